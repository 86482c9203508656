//! A backend for the [`log`] facade. Calls hand their records to one background thread, which writes whole lines to a
//! file and the console. It needs no async runtime, masks secrets, keeps every record on one line, and counts what
//! becomes of each record: written, dropped or failed.
//!
//! A program calls [`init`] once; all its crates keep calling `log::info!`. Libraries depend on `log` alone.
//!
//! ```no_run
//! use asynclogger::Config;
//!
//! fn main() -> Result<(), asynclogger::Error> {
//!     asynclogger::init(Config::default().log_dir("/var/log/shop"))?;
//!     log::info!(user = 7, ms = 1.5; "signed in");
//!     asynclogger::shutdown().wait() // a return from `main` drains the queue as well; this returns an error if it could not
//! }
//! ```
//!
//! The crate named like the executable logs at debug, all others at info. `RUST_LOG` overrides that, with the syntax
//! of `env_logger`: `RUST_LOG=info,shop::db=trace,hyper=off`.
//!
//! # How a record travels
//!
//! 1. The call checks whether the record is enabled: one atomic load if it is not.
//! 2. It copies the record, by value, into a buffer of its thread. Formatting happens here, with no lock held.
//! 3. The buffer goes through a bounded queue to the background thread. If [`Config::queue_bytes`] are in use,
//!    [`Config::overflow`] decides whether the call waits or the record is dropped.
//! 4. That thread takes all queued records in the order in which they happened, masks secrets ([`Mask`]), renders a line
//!    for each output ([`Format`]), and writes whole batches: the file under a lock that is shared with other processes, the
//!    console from its own thread.
//! 5. Each record ends as written, dropped or failed, and is counted ([`health`]). [`flush`] completes when everything
//!    before it has been written, and returns an error for losses, once.
//!
//! # What can be lost
//!
//! A return from `main`, `process::exit` and a panic drain the queue. SIGKILL, `abort()` and a signal without a handler
//! lose what is not written: what is in the queue, up to [`Config::queue_bytes`] when records come faster than they can be
//! written, and what the buffers of a console or writer hold. The page [`docs::promises`] has a row for each case.
//!
//! # Where to go from here
//!
//! | question | page |
//! | --- | --- |
//! | which settings exist | [`Config`], [`docs::settings`] |
//! | what a line may look like | [`docs::formats`], [`Schema`] |
//! | rotation, retention, several processes | [`docs::files`], [`Retention`] |
//! | containers, systemd, axum, audit logs, collectors, tests | [`docs::recipes`], [`Capture`] |
//! | what is masked | [`docs::masking`], [`Secret`] |
//! | moving from another logger | [`docs::migration`], [`docs::comparison`] |
//! | something does not work | [`docs::questions`], [`ErrorKind`], [`Health`] |
//! | what is promised, and on which platforms | [`docs::promises`], [`docs::platforms`] |
//! | how it works, how to change it | [`docs::architecture`], [`docs::contributing`] |
//! | several loggers, loggers that are not installed | [`AsyncLogger`] |
//!
//! # Deliberately absent
//!
//! - A runtime, and a flush for each runtime: [`Flush`] and [`Shutdown`] are plain futures, and have a `wait` for threads.
//! - A guard to keep alive: a return from `main`, `process::exit` and a panic drain the queue.
//! - Signal handlers: the program decides what happens at SIGTERM.
//! - File operations on a calling thread, except in [`init`] and [`purge`].
//! - Decoding: nothing in a message is looked up, expanded or interpreted.
//!
//! # Features
//!
//! All are off by default: `local-time` ([`TimeZone`]`::Local`), `toml` (`Config::from_toml_file`), `kv-serde` (maps and
//! sequences of key-values stay JSON), `kv-error` (errors of key-values keep their causes).
//!
//! # Stability
//!
//! The hidden modules `seams` and `fuzzing` are for the tests of this crate and exempt from semantic versioning.

// For the library only: tests and examples may print, and may panic.
// `println!` panics when its stream is closed.
#![warn(clippy::print_stdout, clippy::print_stderr)]
// Each `expect` states why it cannot fail; `unwrap` cannot.
#![warn(clippy::unwrap_used)]

// The first, with a blank line that keeps it there: rustdoc shows the functions of `Config` in this order, so `validate`
// stands before the settings.
mod settings;

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
mod nearest;
mod process;
mod queue;
mod record;
mod sink;
mod sync;
mod ticket;
mod worker;

pub use config::{
    BigIntegers, Color, Config, Console, Format, Locking, Mask, Newlines, Overflow, Period, Retention,
    Schema, TimeZone,
};
pub use error::{Error, ErrorKind};
pub use global::{
    failed_records, filter, flush, health, init, init_with, purge, purge_dry_run, reopen, set_filter,
    shutdown, start, sync,
};
pub use health::{
    Batches, DropReason, Dropped, ExtrasCache, FailedRecord, Health, OutputHealth, OutputState, State,
};
pub use logger::AsyncLogger;
pub use mask::Secret;
pub use sink::retention::PurgeReport;
pub use sink::writer::Capture;
pub use ticket::{Flush, Shutdown};

/// Called by the fuzz targets of `tests/fuzz` and by property tests; not part of any user's build.
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;

/// Parts that tests replace. Not part of the public API: exempt from semantic versioning.
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
