//! The benchmarks' own small harness: what the command line says, and rounds of figures with their spread.
//!
//! Nothing here judges: a figure is printed as the median of its rounds with the smallest and the largest, and a
//! ratio is taken within a round, where both sides had the same machine.
#![allow(dead_code)] // each benchmark uses a part of it

pub mod args;
pub mod clock;
pub mod histogram;
pub mod item;
pub mod load;
pub mod loggers;
pub mod process;
pub mod sheet;
