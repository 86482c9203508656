//! A small harness for the benchmarks: the command line, and rounds of figures with their spread.
//!
//! No figure is compared with a limit here. It is printed as the median of its rounds with the smallest and the
//! largest; a ratio is taken within a round, so that both sides run on the same machine in the same state.
#![allow(dead_code)] // each benchmark uses a part of it

pub mod args;
pub mod clock;
pub mod histogram;
pub mod item;
pub mod load;
pub mod loggers;
pub mod process;
pub mod sheet;
