//! Finds the file at the log's path: the open one, another one, or none.
//!
//! Each batch begins here. Invariant: a special file, or a file with a second name, is not written to; the batch waits
//! until it is gone.

use super::current::Log;
use super::durable::Went;
use super::refuse::refuse;
use super::{FileSink, Now};
use crate::clock::Tick;
use crate::sink::error::{Failure, FileError};
use crate::sink::lock::{LockOutcome, Standing};
use crate::sink::storage::Stat;
use std::io;
use std::time::Duration;

/// How often the sink checks whether files that it keeps open for a sync were deleted.
pub(super) const LOOK_AT_KEPT: Duration = Duration::from_secs(60);

impl FileSink {
    /// Ends a line that this process wrote in part, before another file is looked for. Returns the number of bytes of
    /// `rest` that are complete in the file with that. If a file that was moved away does not take the line end, it is
    /// closed without.
    pub(super) fn end_torn(&mut self, rest: &[u8]) -> Result<usize, Failure> {
        if !self.log.is_torn() {
            return Ok(0);
        }
        let path = &self.settings.path;
        let stays = match self.storage.stat(path) {
            Ok(stat) => stat.identity == self.log.identity,
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.displaced,
            Err(_) => true,
        };
        match self.log.end_torn(rest) {
            Err(error) if stays => {
                Err(FileError::new("cannot end the last line of log file", path, &error).into())
            }
            ended => Ok(ended.unwrap_or(0)),
        }
    }

    /// Makes `log` the file at the path, ends its last line if that is torn, and returns its size.
    pub(super) fn find(&mut self, outcome: LockOutcome, now: Now) -> Result<u64, Failure> {
        let path = &self.settings.path;
        let size = match self.storage.stat(path) {
            Ok(stat) if stat.identity == self.log.identity && !self.reopen => {
                self.detached.end();
                stat.size
            }
            Ok(stat) => {
                refuse(path, &stat)?;
                self.open_again(now, &stat)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.open_missing(now)?,
            Err(error) => {
                let error = FileError::new("cannot look at log file", path, &error);
                self.write_unseen(error)?
            }
        };
        if self.log.end.is_some_and(|end| end != size) {
            self.others_wrote = Some(now.tick);
        }
        let settled = self.log.settle(size, outcome);
        settled.map_err(|error| {
            let path = &self.settings.path;
            FileError::new("cannot end the last line of log file", path, &error).into()
        })
    }

    /// Opens another file, or the same one again if its handle may be stale. If only the open fails, the handle stays.
    fn open_again(&mut self, now: Now, at_path: &Stat) -> Result<u64, Failure> {
        match self.open_log(now) {
            Err(Failure::Io(_)) if at_path.identity == self.log.identity => Ok(at_path.size),
            opened => opened.or_else(|failure| self.write_moved(failure)),
        }
    }

    /// Creates a missing file. If it is missing because of a rotation by this process and cannot be created, the renamed
    /// one is still written.
    fn open_missing(&mut self, now: Now) -> Result<u64, Failure> {
        match self.open_log(now) {
            Err(Failure::Io(error)) if self.displaced => match self.log.handle.stat() {
                Ok(stat) => Ok(stat.size),
                Err(_) => Err(error.into()),
            },
            opened => opened.or_else(|failure| self.write_moved(failure)),
        }
    }

    /// Opens the file at the path, and keeps the one that was open before for the next sync.
    pub(super) fn open_log(&mut self, now: Now) -> Result<u64, Failure> {
        self.verify_lock()?;
        let access = self.log.handle.access();
        let Self {
            settings, storage, ..
        } = self;
        let (mut log, stat) = Log::open(&mut **storage, &settings.path, settings.mode, access)?;
        self.detached.end();
        self.reopen = false;
        log.period = settings.period_at(self.made_secs);
        if stat.size > 0 {
            // Another process created it, perhaps a moment after `now`.
            log.period = log.period.max(settings.period_at(stat.modified));
        }
        if log.identity == self.log.identity {
            self.replace_log(log, Went::Elsewhere);
            return Ok(stat.size);
        }
        if self.displaced {
            self.replace_log(log, Went::ToBackup);
            self.end_rotation(now);
        } else {
            self.others_wrote = Some(now.tick);
            self.replace_log(log, Went::Elsewhere);
        }
        Ok(stat.size)
    }

    /// Has the file opened anew if the program has closed its descriptor (`closefrom`), and returns the report.
    pub(super) fn look_at_descriptor(&mut self) -> Option<FileError> {
        if self.log.handle.is_ours() {
            return None;
        }
        self.reopen = true;
        // Half a line that was written through it is found at the end of the file.
        self.log.forget_end();
        let cause = io::Error::other("its descriptor was closed by the program; it is opened anew");
        Some(FileError::new("lost log file", &self.settings.path, &cause))
    }

    pub(super) fn replace_log(&mut self, log: Log, went: Went) {
        self.displaced = false;
        let old = std::mem::replace(&mut self.log, log);
        if old.identity == self.log.identity {
            self.log.take_over(&old);
            return;
        }
        self.durable.keep(old, went, &self.settings.path);
        self.durable.opened_new();
        self.figures.reopened += u64::from(went == Went::Elsewhere);
    }

    /// Closes deleted files that were kept for a sync, once a minute.
    pub(super) fn look_at_kept(&mut self, now: Tick) {
        if now >= self.look_at_kept {
            self.look_at_kept = now.after(LOOK_AT_KEPT);
            self.durable.forget_deleted();
        }
    }

    pub(super) fn verify_lock(&mut self) -> Result<(), Failure> {
        match self.lock.verify(&mut *self.storage) {
            Ok(Standing::Valid) => Ok(()),
            Ok(Standing::Replaced) => Err(Failure::LockReplaced),
            Err(error) => {
                let path = self.lock.path().unwrap_or(&self.settings.path);
                Err(FileError::new("cannot look at lock file", path, &error).into())
            }
        }
    }
}
