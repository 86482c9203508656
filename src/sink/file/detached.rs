//! Writes to the open file while its path cannot be looked at, and reports errors that cost no line.
//!
//! A path can become unreachable while the file is open: after `setuid` or `chroot`, when a directory above it is closed,
//! or when a security module forbids the call. The open file still takes lines. Invariant: a detached file is not
//! rotated, and it is left only for a file that was opened at the path.

use super::current::Log;
use super::{FileSink, Progress};
use crate::error::{Error, ErrorKind};
use crate::sink::error::{Failure, FileError};
use crate::sink::lock::{LockFile, LockOutcome};
use crate::sink::storage::{Stat, Storage};
use std::io;
use std::path::Path;

/// Whether the open file is detached: written although its path cannot be looked at.
#[derive(Debug, Default)]
pub(super) struct Detached {
    is: bool,
    /// The reason, until it is reported. It is reported once for each time.
    news: Option<FileError>,
}

impl Detached {
    fn begin(&mut self, reason: FileError) {
        if !self.is {
            let mut news = reason;
            news.text
                .push_str("; the file that is open is written on, and not rotated");
            *self = Detached {
                is: true,
                news: Some(news),
            };
        }
    }

    /// The path leads to the open file.
    pub(super) fn end(&mut self) {
        *self = Detached::default();
    }
}

impl FileSink {
    /// Whether the open file is written although its path cannot be looked at.
    pub(crate) fn is_detached(&self) -> bool {
        self.detached.is
    }

    /// Continues with the open file because its path cannot be looked at, for `reason`, and returns its size.
    ///
    /// # Errors
    ///
    /// The reason, if the open file was deleted: nobody could read what is written there.
    pub(super) fn write_unseen(&mut self, reason: FileError) -> Result<u64, Failure> {
        let size = match self.log.handle.stat() {
            Ok(stat) if stat.links == 0 => return Err(reason.into()),
            Ok(stat) => stat.size,
            // The system forbids the call for open files too, and nothing indicates that this one was deleted.
            Err(_) => self.log.end.unwrap_or(0),
        };
        self.detached.begin(reason);
        Ok(size)
    }

    /// Continues with the open file, which another program has moved, because the file at the path cannot be opened or
    /// created for want of a permission. Returns its size.
    ///
    /// # Errors
    ///
    /// The error of the open, if it is another one, or if the open file was deleted.
    pub(super) fn write_moved(&mut self, failure: Failure) -> Result<u64, Failure> {
        let reason = match failure {
            Failure::Io(error) if error.kind == io::ErrorKind::PermissionDenied => error,
            other => return Err(other),
        };
        match self.log.handle.stat() {
            Ok(stat) if stat.links > 0 => {
                self.detached.begin(reason);
                Ok(stat.size)
            }
            _ => Err(reason.into()),
        }
    }

    /// Counts a pass by the lock it had, and adds an error that cost no line, if there is no other.
    pub(super) fn count_lock(&mut self, outcome: LockOutcome, progress: &mut Progress) {
        self.figures.lock_timeouts = self.lock.timeouts();
        self.figures.unlocked_batches += u64::from(outcome != LockOutcome::Exclusive && progress.taken > 0);
        if progress.error.is_some() {
            return;
        }
        // A lock file that cannot be opened has the same reason.
        let lock_error = lock_error(&mut self.lock).filter(|_| !self.detached.is);
        progress.error = self.detached.news.take().or(lock_error);
    }
}

/// The log that was opened; in a forked child that cannot open it, the one that its parent had open.
pub(super) fn or_inherited(
    opened: Result<(Log, Stat), FileError>,
    storage: &mut dyn Storage,
) -> Result<(Log, Stat, Detached), Error> {
    let mut detached = Detached::default();
    let reason = match opened {
        Ok((log, stat)) => return Ok((log, stat, detached)),
        Err(reason) => reason,
    };
    let Some(mut handle) = storage.inherited_log() else {
        return Err(reason.into_error());
    };
    match handle.stat() {
        Ok(stat) if stat.links > 0 => {
            detached.begin(reason);
            Ok((Log::of(handle, stat.identity), stat, detached))
        }
        _ => Err(reason.into_error()),
    }
}

fn lock_error(lock: &mut LockFile) -> Option<FileError> {
    let error = lock.take_news()?;
    let path = lock.path().unwrap_or(Path::new(""));
    let mut error = FileError::new("cannot lock", path, &error);
    error.text.push_str("; without locks the log is not rotated");
    Some(error)
}

/// The error of a start with `Locking::Require` where locks do not work.
pub(super) fn locks_required(lock: &mut LockFile) -> Error {
    let error = lock_error(lock).map_or_else(
        || "file locks do not work beside the log file".to_owned(),
        |error| error.text,
    );
    Error::new(
        ErrorKind::Io,
        format!("{error}; choose another directory, or Locking::Shared to go on without rotation"),
    )
}
