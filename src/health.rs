//! Counters, and the snapshot that people and dashboards read.
//!
//! Every stage counts here, with relaxed atomics; `logger` makes the snapshot. A record that ends without being
//! counted here is a defect.

mod counters;
mod prometheus;
mod show;

pub(crate) use counters::{Counters, DropReason, Levels, OutputCounters};

use log::Level;
use serde::Serialize;
use std::collections::BTreeMap;

/// How a logger is.
///
/// # Examples
///
/// ```
/// assert_eq!(asynclogger::health().state, asynclogger::State::NotStarted);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// No logger was started yet.
    NotStarted,
    /// Every output takes what it is given.
    Running,
    /// An output is failing, stuck or gone; `outputs` says which.
    Degraded,
    /// The logger was shut down; the figures are its last.
    Stopped,
}

/// A snapshot of a logger: what became of every record, and how its outputs are.
///
/// Cheap to take, and it never waits for I/O. `total_messages = written + failed + dropped.total + pending`
/// whenever the logger is at rest; while it runs, the parts are read one after another and may be a few
/// records apart. It serialises with these names, and prints itself for people and for Prometheus
/// ([`to_prometheus`](Health::to_prometheus)).
///
/// # Examples
///
/// ```
/// let health = asynclogger::health();
/// assert_eq!(health.state, asynclogger::State::NotStarted);
/// assert_eq!(health.total_messages, health.written + health.pending);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// The logger's name, as set by `Config::new`.
    pub name: String,
    /// How the logger is.
    pub state: State,
    /// Records that at least one output wanted.
    pub total_messages: u64,
    /// Records that their main output took: the file, else the console, else the writer.
    pub written: u64,
    /// Records that were taken in and could not be written; the last 100 are in `failed_records()`.
    pub failed: u64,
    /// Records that are on their way.
    pub pending: u64,
    /// Records that were dropped, and why.
    pub dropped: Dropped,
    /// Errors of outputs and stages since the start.
    pub error_count: u64,
    /// The last of them, masked and escaped.
    pub last_error: Option<String>,
    /// When it happened, in Unix seconds.
    pub last_error_time: Option<f64>,
    /// How many failed records are kept for reading, at most 100.
    pub failed_logs_count: u64,
    /// Bytes of the queue in use now.
    pub queue_bytes: u64,
    /// The most bytes of the queue that were ever in use.
    pub queue_bytes_max: u64,
    /// The batches that were written.
    pub batches: Batches,
    /// Seconds since everything that was accepted had been written; `None` before the first time.
    pub time_since_flush: Option<f64>,
    /// Bytes that the main outputs took.
    pub bytes_written: u64,
    /// Rotations of the log file.
    pub rotations: u64,
    /// Old log files that were deleted.
    pub purged_files: u64,
    /// How often another process kept the lock of the log file longer than the worker waits for it.
    pub lock_timeouts: u64,
    /// Batches that were written to the log file without the lock, and so with no rotation.
    pub unlocked_batches: u64,
    /// How often another file was found at the log's path, or none: one that was renamed, deleted or created anew.
    pub reopened_files: u64,
    /// Places in which a secret was masked.
    pub masked: u64,
    /// Records of which a part was cut.
    pub truncated: u64,
    /// Records of which a part was escaped, because it could have changed the line or the terminal.
    pub escaped: u64,
    /// Lines that the logger wrote on its own account, such as drop summaries; they are in no other count.
    pub own_lines: u64,
    /// What the worker remembers of keys.
    pub extras_cache: ExtrasCache,
    /// One entry for each output.
    pub outputs: Vec<OutputHealth>,
}

/// Records that were dropped.
///
/// # Examples
///
/// ```
/// use asynclogger::{AsyncLogger, Config};
///
/// # fn main() -> Result<(), asynclogger::Error> {
/// let logger = AsyncLogger::start_with(Config::new("app").console(None), std::io::sink())?;
/// logger.shutdown().wait()?;
/// log::warn!(logger: logger, "too late");
/// let dropped = logger.health().dropped;
/// assert_eq!((dropped.total, dropped.by_reason["after_shutdown"], dropped.by_level["warn"]), (1, 1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Dropped {
    /// All of them.
    pub total: u64,
    /// By reason: `queue_full`, `queue_stalled`, `after_shutdown`, `no_output`,
    /// `output_full`, `own_thread`, `nested`, `forked`.
    pub by_reason: BTreeMap<&'static str, u64>,
    /// By level: `error`, `warn`, `info`, `debug`, `trace`.
    pub by_level: BTreeMap<&'static str, u64>,
}

/// The batches that were written.
///
/// # Examples
///
/// ```
/// use asynclogger::{AsyncLogger, Config};
///
/// # fn main() -> Result<(), asynclogger::Error> {
/// let logger = AsyncLogger::start_with(Config::new("app").console(None), std::io::sink())?;
/// log::info!(logger: logger, "ready");
/// logger.flush().wait()?;
/// assert_eq!(logger.health().batches.count, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct Batches {
    /// How many.
    pub count: u64,
    /// Records in the last one.
    pub records_last: u64,
    /// Records in one, on the average.
    pub records_mean: f64,
    /// Records in the largest.
    pub records_max: u64,
}

/// What is remembered per key of the key-values: how it is cleaned, cut and quoted in a line.
///
/// Each output remembers at most 1024 keys of at most 64 bytes; these are the sums.
///
/// # Examples
///
/// ```
/// use asynclogger::{AsyncLogger, Config};
///
/// # fn main() -> Result<(), asynclogger::Error> {
/// let logger = AsyncLogger::start_with(Config::new("app").console(None), std::io::sink())?;
/// for user in 0..3 {
///     log::info!(logger: logger, user; "signed in");
/// }
/// logger.flush().wait()?;
/// assert_eq!(logger.health().extras_cache.misses, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct ExtrasCache {
    /// Keys that are remembered.
    pub size: u64,
    /// Times a key was found there.
    pub hits: u64,
    /// Times it was not.
    pub misses: u64,
}

/// How one output is.
///
/// # Examples
///
/// ```
/// use asynclogger::{AsyncLogger, Config};
///
/// # fn main() -> Result<(), asynclogger::Error> {
/// let logger = AsyncLogger::start_with(Config::new("app").console(None), std::io::sink())?;
/// log::info!(logger: logger, "ready");
/// logger.flush().wait()?;
/// let outputs = logger.health().outputs;
/// assert_eq!((outputs[0].name, outputs[0].state, outputs[0].written), ("writer", "running", 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutputHealth {
    /// `file`, `console` or `writer`.
    pub name: &'static str,
    /// `running`, `failing` (it retries), `ended` (its reader is gone), or `stopped` (the logger was shut down).
    pub state: &'static str,
    /// Records that it took.
    pub written: u64,
    /// Records that it could not write.
    pub failed: u64,
    /// Records that were not even tried, because it was too far behind.
    pub dropped: u64,
    /// Its last error, masked and escaped.
    pub last_error: Option<String>,
}

/// A record that was accepted and could not be written.
///
/// # Examples
///
/// ```
/// for record in asynclogger::failed_records() {
///     println!("{} {} {}: {}", record.time, record.level, record.message, record.error);
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FailedRecord {
    /// When it was logged, in Unix seconds.
    pub time: f64,
    /// Its level.
    pub level: Level,
    /// Its target, escaped.
    pub target: String,
    /// Its message, masked, escaped and cut at 1 KiB.
    pub message: String,
    /// Why it was not written.
    pub error: String,
}

impl Health {
    /// The snapshot of a logger that was never started.
    pub(crate) fn not_started() -> Health {
        Health {
            name: String::new(),
            state: State::NotStarted,
            total_messages: 0,
            written: 0,
            failed: 0,
            pending: 0,
            dropped: Dropped::default(),
            error_count: 0,
            last_error: None,
            last_error_time: None,
            failed_logs_count: 0,
            queue_bytes: 0,
            queue_bytes_max: 0,
            batches: Batches::default(),
            time_since_flush: None,
            bytes_written: 0,
            rotations: 0,
            purged_files: 0,
            lock_timeouts: 0,
            unlocked_batches: 0,
            reopened_files: 0,
            masked: 0,
            truncated: 0,
            escaped: 0,
            own_lines: 0,
            extras_cache: ExtrasCache::default(),
            outputs: Vec::new(),
        }
    }
}

impl OutputHealth {
    /// The logger has stopped, and with it an output that was still there.
    pub(crate) fn stop(&mut self) {
        if self.state == "running" {
            self.state = "stopped";
        }
    }
}
