//! Arguments and results of the file sink; plain data.
//!
//! The worker reads it. Invariant: an error next to `Next::Done` cost no line.

use crate::clock::{Tick, Wall};
use crate::sink::error::FileError;

/// The time of a call, on both clocks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Now {
    pub(crate) tick: Tick,
    pub(crate) wall: Wall,
}

/// The result of a write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WriteOutcome {
    /// The number of bytes that were passed to the operating system; they end at a line end.
    pub(crate) taken: usize,
    pub(crate) next: Next,
    /// An error, also one that cost no line, such as a failed rotation.
    pub(crate) error: Option<FileError>,
}

/// What the caller must do after a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Done,
    /// An operation failed: write the rest at this time.
    RetryAt(Tick),
    /// Another process has the lock, which is not an error: write the rest at this time.
    LockRetryAt(Tick),
}

/// Figures since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileFigures {
    pub(crate) bytes_written: u64,
    pub(crate) write_failures: u64,
    pub(crate) rotations: u64,
    pub(crate) rotate_failures: u64,
    pub(crate) lock_timeouts: u64,
    /// Batches that were written without the lock.
    pub(crate) unlocked_batches: u64,
    /// How often the file at the path was found to be another one, or missing.
    pub(crate) reopened: u64,
    pub(crate) sync_failures: u64,
    /// Backups that were deleted, by `backup_count` or by the retention.
    pub(crate) purged_files: u64,
    pub(crate) purge_failures: u64,
    pub(crate) last_error: Option<FileError>,
}
