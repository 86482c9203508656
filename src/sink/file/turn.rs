//! Carries a rotation out, under the lock: moves the backups and the log up, opens a new log.
//!
//! Invariant: a backup is deleted only after the log itself has moved, and there is a log at every moment.

use super::current::Log;
use super::durable::Went;
use super::{FileSink, Now, Progress};
use crate::sink::backups::backup_path;
use crate::sink::rotation::{Slot, plan};
use crate::sink::storage::Identity;
use crate::sink::trouble::{Failure, FileError};
use std::io;
use std::path::{Path, PathBuf};

/// How many surplus backups one rotation deletes at most.
const DELETES: usize = 16;
/// How many names that are not ours are passed over, before the rotation gives up.
const FOREIGN_LIMIT: u32 = 1_000;

impl FileSink {
    /// Rotates; `false` if that failed, which leaves the current file in use and is tried again later.
    pub(super) fn try_rotate(&mut self, now: Now, progress: &mut Progress) -> Result<bool, Failure> {
        match self.rotate(now) {
            Ok(()) => {
                self.figures.rotations += 1;
                // An attempt that failed may have shifted backups, so that one too many is left.
                let failed_before = self.rotate_retry.failing();
                self.rotate_retry.clear();
                self.clean_after_rotation(now, failed_before);
                Ok(true)
            }
            Err(Failure::LockReplaced) => Err(Failure::LockReplaced),
            Err(Failure::Io(error)) => {
                self.figures.rotate_failures += 1;
                self.rotate_retry.fail(now.tick);
                progress.error = Some(error);
                Ok(false)
            }
        }
    }

    fn rotate(&mut self, now: Now) -> Result<(), Failure> {
        self.verify_lock()?;
        let path = self.settings.path.clone();
        let taken = self.taken_numbers()?;
        let plan = plan(&taken, self.settings.backup_count);
        for (from, to) in plan.shifts {
            self.rename(&backup_path(&path, from), &backup_path(&path, to))?;
        }
        let newest = backup_path(&path, plan.newest);
        self.rename(&path, &newest)?;
        if let Err(error) = self.begin_new_log(now) {
            // Going on in a file that is called a backup would be worse than one more try later.
            self.displaced = self.rename(&newest, &path).is_err();
            return Err(error.into());
        }
        self.delete_from(plan.surplus_from, now);
        Ok(())
    }

    /// What stands at the numbers 1, 2, ... up to the first free one.
    fn taken_numbers(&mut self) -> Result<Vec<Slot>, FileError> {
        let mut taken = Vec::new();
        let mut foreign = 0;
        loop {
            let path = backup_path(&self.settings.path, taken.len() as u32 + 1);
            match self.storage.stat(&path) {
                Ok(stat) if stat.regular => taken.push(Slot::Backup),
                Ok(_) if foreign < FOREIGN_LIMIT => {
                    foreign += 1;
                    taken.push(Slot::Foreign);
                }
                Ok(_) => {
                    return Err(FileError::new(
                        "cannot rotate to",
                        &path,
                        &io::ErrorKind::AlreadyExists.into(),
                    ));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(taken),
                Err(error) => return Err(FileError::new("cannot look at rotated log file", &path, &error)),
            }
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) -> Result<(), FileError> {
        self.storage
            .rename(from, to)
            .map_err(|error| FileError::new(&format!("cannot rename {from:?} to"), to, &error))
    }

    /// Opens the new log before the old one is let go.
    fn begin_new_log(&mut self, now: Now) -> Result<(), FileError> {
        let (mut log, _) = Log::open(&mut *self.storage, &self.settings.path, self.settings.mode)?;
        log.period = self.settings.period_at(now.wall.secs);
        self.replace_log(log, Went::ToBackup);
        Ok(())
    }

    /// Deletes the backups from `first` on, the oldest first: a gap would hide what is behind it.
    fn delete_from(&mut self, first: Option<u32>, now: Now) {
        let run = first.map_or_else(Vec::new, |first| self.run_from(first));
        if run.len() > DELETES {
            // Another process kept more; `clean` goes on in small holds of the lock.
            self.clean_at = Some(now.tick);
            return;
        }
        for (path, identity) in run.into_iter().rev() {
            if let Err(error) = self.storage.remove(&path) {
                // The next rotation tries again.
                let error = FileError::new("cannot delete rotated log file", &path, &error);
                self.figures.purge_failures += 1;
                self.figures.last_error = Some(error);
                return;
            }
            self.figures.purged_files += 1;
            self.durable.forget(identity);
        }
    }

    /// The backups from `first` on up to the first number that is free or not ours, one more than may go.
    fn run_from(&mut self, first: u32) -> Vec<(PathBuf, Identity)> {
        let mut run = Vec::new();
        for number in (first..=u32::MAX).take(DELETES + 1) {
            let path = backup_path(&self.settings.path, number);
            match self.storage.stat(&path) {
                Ok(stat) if stat.regular => run.push((path, stat.identity)),
                _ => break,
            }
        }
        run
    }
}
