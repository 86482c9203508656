//! A backend for the [`log`] facade that is asynchronous without a runtime, fast as formatting itself, safe
//! against forged lines and leaked secrets, and that does not lose a record it accepted.

// Of the library only: tests and examples may print, and may fail by a panic.
// A logger that prints by `println!` panics when the stream is closed.
#![warn(clippy::print_stdout, clippy::print_stderr)]
// Each `expect` says why it cannot fail; `unwrap` says nothing.
#![warn(clippy::unwrap_used)]

mod clock;
mod config;
mod error;
mod escape;
mod filter;
mod format;
mod global;
mod health;
mod level;
mod logger;
mod mask;
mod process;
mod queue;
mod record;
mod settings;
mod sink;
mod sync;
mod ticket;
mod worker;

pub use config::{
    Color, Config, Console, Format, Locking, Mask, Newlines, Overflow, Period, Retention, Schema, TimeZone,
};
pub use error::{Error, ErrorKind};
pub use global::{
    failed_records, flush, health, init, init_with, purge, purge_dry_run, reopen, set_filter, shutdown, sync,
};
pub use health::{Batches, Dropped, ExtrasCache, FailedRecord, Health, OutputHealth, State};
pub use logger::AsyncLogger;
pub use mask::Secret;
pub use sink::retention::PurgeReport;
pub use sink::writer::Capture;
pub use ticket::{Flush, Shutdown};

/// What the fuzz targets of `tests/fuzz` call, and property tests too; in no build of a user's.
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;

/// Parts that tests replace; no part of the public face.
#[doc(hidden)]
pub mod seams {
    pub use crate::logger::{Cleaner, Seams};
    pub use crate::sink::disk::Disk;
    pub use crate::sink::storage::{Handle, Identity, Stat, Storage};
    pub use crate::worker::Stage;
}

/// Compiles and runs the README's programs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeIsTested;
