//! A backend for the [`log`] facade that is asynchronous without a runtime, fast as formatting itself, safe
//! against forged lines and leaked secrets, and that does not lose a record it accepted.
//!
//! An application calls [`init`] once; every crate in it goes on calling `log::info!`. Libraries depend on `log` alone.
//!
//! ```no_run
//! use asynclogger::Config;
//!
//! fn main() -> Result<(), asynclogger::Error> {
//!     asynclogger::init(Config::new("shop").log_dir("/var/log/shop"))?;
//!     log::info!(user = 7, ms = 1.5; "signed in");
//!     asynclogger::shutdown().wait() // a return from `main` would drain as well; this tells whether it could
//! }
//! ```
//!
//! # How a record travels
//!
//! 1. The call asks whether the record is on: one atomic load if it is not.
//! 2. It writes the record, by value, into a buffer of its thread; formatting happens here, with no lock held.
//! 3. The buffer goes through a bounded queue to the one thread that writes. When [`Config::queue_bytes`] is full,
//!    [`Config::overflow`] decides.
//! 4. That thread takes everything there is, in the order in which it happened, hides secrets ([`Mask`]), makes a line
//!    for each output ([`Format`]), and writes whole batches: the file under a lock that other processes respect, the console
//!    from a thread of its own.
//! 5. Each record ends as written, dropped or failed, and is counted ([`health`]). [`flush`] tells when everything before
//!    it has been written, and of each loss, once.
//!
//! # Where to go from here
//!
//! | question | page |
//! | --- | --- |
//! | which settings are there | [`Config`] |
//! | what a line may look like | [`docs::formats`], [`Schema`] |
//! | containers, systemd, collectors, tests | [`docs::recipes`], [`Capture`] |
//! | from another logger to this one | [`docs::migration`], [`docs::comparison`] |
//! | something is not as expected | [`docs::questions`], [`ErrorKind`], [`Health`] |
//! | how it works, how to change it | [`docs::architecture`], [`docs::contributing`] |
//! | several loggers, loggers that are not installed | [`AsyncLogger`] |
//!
//! # Deliberately absent
//!
//! - A runtime, and a flush for each of them: [`Flush`] and [`Shutdown`] are plain futures, and have a `wait` for threads.
//! - A guard to keep alive: a return from `main`, `process::exit` and a panic drain the queue.
//! - Signal handlers: what happens at SIGTERM is the program's to say.
//! - File operations on a calling thread, but for [`init`] and [`purge`].
//! - Closures as formats or filters: what runs on the writing thread is known, so it can be bounded and cannot log itself.
//! - Decoding: nothing in a message is looked up, expanded or obeyed.
//!
//! # Features
//!
//! All are off by default: `local-time` ([`TimeZone`]`::Local`), `kv-serde` (maps and sequences of key-values stay JSON),
//! `kv-error` (errors of key-values keep their causes).

// Of the library only: tests and examples may print, and may fail by a panic.
// A logger that prints by `println!` panics when the stream is closed.
#![warn(clippy::print_stdout, clippy::print_stderr)]
// Each `expect` says why it cannot fail; `unwrap` says nothing.
#![warn(clippy::unwrap_used)]

mod clock;
mod config;
#[cfg(any(doc, doctest))]
pub mod docs;
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
    pub use crate::worker::{Stage, redirect_notices};
}

/// Compiles and runs the README's programs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeIsTested;
