//! One driver for every logger: the same threads, records, clock and checks.
//!
//! A program of this crate sets up its logger, and [`drive`] does the rest: it logs according to the command line
//! ([`Spec`]), waits for the end of the logger, counts the lines in the files, and prints one JSON object.

#[path = "../../common/clock.rs"]
pub mod clock;
mod drive;
#[path = "../../common/histogram.rs"]
pub mod histogram;
#[path = "../../common/item.rs"]
mod item;
#[path = "../../common/process.rs"]
pub mod process;
mod shape;
mod spec;
mod tally;

pub use drive::drive;
pub use item::{Item, item};
pub use shape::via_log;
pub use spec::{Mode, Shape, Spec, spec};
