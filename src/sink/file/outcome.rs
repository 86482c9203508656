//! What the file sink is told and what it answers; plain data.
//!
//! The worker reads it. Invariant: an error beside `Next::Done` cost no line.

use crate::clock::{Tick, Wall};
use crate::sink::error::FileError;

/// The moment of a call, on both clocks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Now {
    pub(crate) tick: Tick,
    pub(crate) wall: Wall,
}

/// How far a write came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WriteOutcome {
    /// So many bytes from the front are with the operating system; they end at a line end.
    pub(crate) taken: usize,
    pub(crate) next: Next,
    /// What went wrong, also where the lines were written all the same (a rotation that failed).
    pub(crate) error: Option<FileError>,
}

/// What the caller does after a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Done,
    /// An operation failed: write the rest again then.
    RetryAt(Tick),
    /// Another process has the lock, which is no error: write the rest again then.
    LockRetryAt(Tick),
}

/// What has happened so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileFigures {
    pub(crate) bytes_written: u64,
    pub(crate) write_failures: u64,
    pub(crate) rotations: u64,
    pub(crate) rotate_failures: u64,
    pub(crate) lock_timeouts: u64,
    /// Batches that were written without the lock.
    pub(crate) unlocked_batches: u64,
    /// How often the file at the path was found to be another one, or gone.
    pub(crate) reopened: u64,
    pub(crate) sync_failures: u64,
    /// Backups that were deleted, because there were too many or by the retention.
    pub(crate) purged_files: u64,
    pub(crate) purge_failures: u64,
    pub(crate) last_error: Option<FileError>,
}
