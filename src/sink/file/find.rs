//! Finds the file that stands at the log's path: the one that is open, another one, or none.
//!
//! Each batch begins here. Invariant: what is no regular file, or has a second name, is not written to; the
//! batch waits until it has gone.

use super::current::{Log, refuse};
use super::durable::Went;
use super::{FileSink, Now};
use crate::clock::Tick;
use crate::sink::error::{Failure, FileError};
use crate::sink::lock::{LockOutcome, Standing};
use crate::sink::storage::Stat;
use std::io;
use std::time::Duration;

/// How often the files kept for a sync are looked at, whether they have been deleted.
pub(super) const LOOK_AT_KEPT: Duration = Duration::from_secs(60);

impl FileSink {
    /// Ends the line that this process tore, before another file is looked for; gives the bytes of `rest` that are
    /// there with it. A file that has been moved away may not take it, and is let go.
    pub(super) fn end_torn(&mut self, rest: &[u8]) -> Result<usize, Failure> {
        if !self.log.is_torn() {
            return Ok(0);
        }
        let path = &self.settings.path;
        let stays = match self.storage.stat(path) {
            Ok(stat) => stat.identity == self.log.identity,
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.displaced,
            Err(error) => return Err(FileError::new("cannot look at log file", path, &error).into()),
        };
        match self.log.end_torn(rest) {
            Err(error) if stays => {
                Err(FileError::new("cannot end the last line of log file", path, &error).into())
            }
            ended => Ok(ended.unwrap_or(0)),
        }
    }

    /// Makes `log` the file that stands at the path, with its end at a line end, and returns its size.
    pub(super) fn find(&mut self, outcome: LockOutcome, now: Now) -> Result<u64, Failure> {
        let path = &self.settings.path;
        let size = match self.storage.stat(path) {
            Ok(stat) if stat.identity == self.log.identity && !self.reopen => stat.size,
            Ok(stat) => {
                refuse(path, &stat)?;
                self.open_again(now, &stat)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.open_missing(now)?,
            Err(error) => return Err(FileError::new("cannot look at log file", path, &error).into()),
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

    /// Opens another file, or one whose handle is in doubt. If only the open fails, the handle stays.
    fn open_again(&mut self, now: Now, at_path: &Stat) -> Result<u64, Failure> {
        match self.open_log(now) {
            Err(Failure::Io(_)) if at_path.identity == self.log.identity => Ok(at_path.size),
            opened => opened,
        }
    }

    /// Creates a file that is missing. If a rotation of our own is to blame and the file cannot be created, the
    /// renamed one is written on.
    fn open_missing(&mut self, now: Now) -> Result<u64, Failure> {
        match self.open_log(now) {
            Err(Failure::Io(error)) if self.displaced => match self.log.handle.stat() {
                Ok(stat) => Ok(stat.size),
                Err(_) => Err(error.into()),
            },
            opened => opened,
        }
    }

    /// Opens what stands at the path, and keeps the file that was open before for the next sync.
    pub(super) fn open_log(&mut self, now: Now) -> Result<u64, Failure> {
        self.verify_lock()?;
        let Self {
            settings, storage, ..
        } = self;
        let (mut log, stat) = Log::open(&mut **storage, &settings.path, settings.mode)?;
        self.reopen = false;
        log.period = settings.period_at(now.wall.secs);
        if stat.size > 0 {
            // Somebody else put it there just now, perhaps a moment later than `now`.
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

    /// Closes, once in a while, files that were kept for a sync and have been deleted.
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
