//! The project itself: its pages, the table of faults, and the tools with which tests and benchmarks measure.

#[path = "../common/mod.rs"]
mod common;

mod checker;
mod fault_matrix;
mod pages;
mod quantiles;
