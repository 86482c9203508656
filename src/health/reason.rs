//! Why a record was dropped.

use serde::Serialize;
use std::fmt;

/// Why a record was dropped.
///
/// `Display` and serialisation use the words of [`as_str`](DropReason::as_str).
///
/// # Examples
///
/// ```
/// use asynclogger::{AsyncLogger, Config, DropReason};
///
/// # fn main() -> Result<(), asynclogger::Error> {
/// let logger = AsyncLogger::start_with(Config::new("app").console(None), std::io::sink())?;
/// logger.shutdown().wait()?;
/// log::info!(logger: logger, "too late");
/// assert_eq!(logger.health().dropped.by_reason[&DropReason::AfterShutdown], 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// The queue was full, and stayed full for as long as `overflow` allows a call to wait.
    QueueFull,
    /// The queue was full, and no room had become free during the whole wait of an earlier call; this call did not
    /// wait.
    QueueStalled,
    /// The logger was shut down before the record was logged or written.
    AfterShutdown,
    /// Every output that wanted the record has ended.
    NoOutput,
    /// The only output that wanted the record was too far behind, while the log file was being written.
    OutputFull,
    /// The record was logged on one of the logger's own threads.
    OwnThread,
    /// The record was logged from inside the logger's own code (by an allocator, for example), or nested too deeply
    /// in the formatting of other records.
    Nested,
    /// The record was logged in a child process made by `fork`, in which no logger could be started.
    Forked,
}

impl DropReason {
    /// All reasons, in the order of their numbers.
    pub(super) const ALL: [DropReason; 8] = [
        DropReason::QueueFull,
        DropReason::QueueStalled,
        DropReason::AfterShutdown,
        DropReason::NoOutput,
        DropReason::OutputFull,
        DropReason::OwnThread,
        DropReason::Nested,
        DropReason::Forked,
    ];

    /// The reason as a word, such as `queue_full`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(asynclogger::DropReason::QueueFull.as_str(), "queue_full");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            DropReason::QueueFull => "queue_full",
            DropReason::QueueStalled => "queue_stalled",
            DropReason::AfterShutdown => "after_shutdown",
            DropReason::NoOutput => "no_output",
            DropReason::OutputFull => "output_full",
            DropReason::OwnThread => "own_thread",
            DropReason::Nested => "nested",
            DropReason::Forked => "forked",
        }
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
