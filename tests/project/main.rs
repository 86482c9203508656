//! The project about itself: its pages, the table of faults, and the tools that tests and benchmarks measure with.

#[path = "../common/mod.rs"]
mod common;

mod checker;
mod fault_matrix;
mod pages;
mod quantiles;
