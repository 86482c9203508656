//! The counters of a logger, and the snapshot that people and dashboards read.
//!
//! Every stage counts here, with relaxed atomics; `logger` builds the snapshot. A record that ends without being
//! counted is a bug.

mod counters;
mod prometheus;
mod reason;
mod serial;
mod show;
mod state;

pub(crate) use counters::{Counters, Levels, OutputCounters};
pub use reason::DropReason;
pub use state::{OutputState, State};

use log::Level;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// A snapshot of a logger: what happened to every record, and the state of each output.
///
/// Taking one is cheap and never waits for I/O. `total_messages = written + failed + dropped.total + pending`
/// holds whenever the logger is idle; while it runs, the counters are read one after another and may differ by
/// a few records.
///
/// It serialises under these field names. Times serialise as Unix seconds and durations as seconds, both as
/// floats; states, reasons and levels serialise as lower-case words. `Display` prints a summary for people, and
/// [`to_prometheus`](Health::to_prometheus) the text format of Prometheus.
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
    /// The logger's name, as set by `Config::new`; empty before a logger was started.
    pub name: String,
    /// The state of the logger.
    pub state: State,
    /// Records that at least one output wanted.
    pub total_messages: u64,
    /// Records written by their primary output: the file if there is one, otherwise the console, otherwise the
    /// custom writer.
    pub written: u64,
    /// Records that were accepted but could not be written; `failed_records()` returns the last 100.
    pub failed: u64,
    /// Records that are accepted and not yet written, failed or dropped.
    pub pending: u64,
    /// Dropped records, by reason and by level.
    pub dropped: Dropped,
    /// Errors of outputs and of the worker's stages since the start.
    pub error_count: u64,
    /// The last error, masked and escaped.
    pub last_error: Option<String>,
    /// When the last error happened. Serialised as Unix seconds.
    #[serde(serialize_with = "serial::optional_unix_seconds")]
    pub last_error_time: Option<SystemTime>,
    /// Number of failed records that `failed_records()` returns now, at most 100.
    pub failed_logs_count: u64,
    /// Bytes of the queue in use now.
    pub queue_bytes: u64,
    /// Peak of `queue_bytes` since the start.
    pub queue_bytes_max: u64,
    /// The batches written so far.
    pub batches: Batches,
    /// Time since the queue was last empty, with everything accepted before written; `None` if that has not
    /// happened yet. Serialised in seconds.
    #[serde(serialize_with = "serial::optional_seconds")]
    pub time_since_flush: Option<Duration>,
    /// Bytes written by primary outputs.
    pub bytes_written: u64,
    /// Rotations of the log file.
    pub rotations: u64,
    /// Old log files deleted, by retention and by `purge`.
    pub purged_files: u64,
    /// Times the worker gave up waiting for the log file's lock because another process held it too long.
    pub lock_timeouts: u64,
    /// Batches written to the log file without the lock; no rotation takes place during such a write.
    pub unlocked_batches: u64,
    /// Times the log's path no longer named the open file (it was renamed, deleted or recreated), so that the
    /// log was opened again.
    pub reopened_files: u64,
    /// Secrets masked.
    pub masked: u64,
    /// Records that were shortened to fit a limit.
    pub truncated: u64,
    /// Records with a character that was escaped because it could have broken the line or controlled the terminal.
    pub escaped: u64,
    /// Lines written by the logger itself, such as drop summaries. No other counter includes them.
    pub own_lines: u64,
    /// Diagnostics of the cache of key names.
    pub extras_cache: ExtrasCache,
    /// One entry for each output.
    pub outputs: Vec<OutputHealth>,
}

/// Counts of dropped records.
///
/// Once a logger has started, both maps have an entry for every reason and every level, also where the count is 0;
/// before that they are empty.
///
/// # Examples
///
/// ```
/// use asynclogger::{AsyncLogger, Config, DropReason};
/// use log::Level;
///
/// # fn main() -> Result<(), asynclogger::Error> {
/// let logger = AsyncLogger::start_with(Config::new("app").console(None), std::io::sink())?;
/// logger.shutdown().wait()?;
/// log::warn!(logger: logger, "too late");
/// let dropped = logger.health().dropped;
/// assert_eq!(dropped.total, 1);
/// assert_eq!(dropped.by_reason[&DropReason::AfterShutdown], 1);
/// assert_eq!(dropped.by_level[&Level::Warn], 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Dropped {
    /// All dropped records.
    pub total: u64,
    /// The same records by reason. The serialised keys are the words of [`DropReason::as_str`].
    #[serde(serialize_with = "serial::by_reason")]
    pub by_reason: BTreeMap<DropReason, u64>,
    /// The same records by level. The serialised keys are `error`, `warn`, `info`, `debug` and `trace`.
    #[serde(serialize_with = "serial::by_level")]
    pub by_level: BTreeMap<Level, u64>,
}

/// Statistics of the batches written so far. A batch is what the worker writes in one go.
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
    /// Number of batches.
    pub count: u64,
    /// Records in the last batch.
    pub records_last: u64,
    /// Mean number of records in a batch; 0 before the first.
    pub records_mean: f64,
    /// Records in the largest batch.
    pub records_max: u64,
}

/// Diagnostics of a cache inside the logger, which holds the keys of key-values as they appear in a line (cleaned, cut
/// and quoted).
///
/// Many misses with few keys in the program mean that keys are generated at run time. Each output caches at most 1024
/// keys of at most 64 bytes; the figures are sums over all outputs. They describe an implementation detail: do not
/// build alerts on them.
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
    /// Keys in the cache.
    pub size: u64,
    /// Times a key was found in the cache.
    pub hits: u64,
    /// Times a key was not in the cache.
    pub misses: u64,
}

/// State and counters of one output.
///
/// # Examples
///
/// ```
/// use asynclogger::{AsyncLogger, Config, OutputState};
///
/// # fn main() -> Result<(), asynclogger::Error> {
/// let logger = AsyncLogger::start_with(Config::new("app").console(None), std::io::sink())?;
/// log::info!(logger: logger, "ready");
/// logger.flush().wait()?;
/// let output = &logger.health().outputs[0];
/// assert_eq!((output.name.as_str(), output.state, output.written), ("writer", OutputState::Running, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutputHealth {
    /// The output's name: `file`, `console` or `writer`.
    pub name: String,
    /// The state of the output.
    pub state: OutputState,
    /// Records written to this output.
    pub written: u64,
    /// Records that could not be written to this output.
    pub failed: u64,
    /// Records not passed to this output because it was too far behind.
    pub dropped: u64,
    /// The last error of this output, masked and escaped.
    pub last_error: Option<String>,
}

/// A record that was accepted but could not be written.
///
/// # Examples
///
/// ```
/// for record in asynclogger::failed_records() {
///     let age = record.time.elapsed().unwrap_or_default();
///     println!("{}s ago: {} {}: {}", age.as_secs(), record.level, record.message, record.error);
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FailedRecord {
    /// When it was logged. Serialised as Unix seconds.
    #[serde(serialize_with = "serial::unix_seconds")]
    pub time: SystemTime,
    /// The level.
    pub level: Level,
    /// The target, escaped.
    pub target: String,
    /// The message: masked, escaped and cut to 1 KiB.
    pub message: String,
    /// Why the record was not written.
    pub error: String,
}

impl Health {
    /// The snapshot of a logger that has not been started.
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
    /// Marks a running output as stopped, after the logger was shut down.
    pub(crate) fn stop(&mut self) {
        if self.state == OutputState::Running {
            self.state = OutputState::Stopped;
        }
    }
}
