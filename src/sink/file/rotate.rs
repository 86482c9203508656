//! Performs rotations under the lock: renames the backups and the log, and opens a new log.
//!
//! Invariant: a backup is deleted only after the log itself was renamed, and a log is open at every moment.

use super::current::Log;
use super::durable::Went;
use super::{FileSettings, FileSink, Now, Progress};
use crate::sink::backups::backup_path;
use crate::sink::error::{Failure, FileError, named};
use crate::sink::retention::DELETES;
use crate::sink::rotation::{FREE_LIMIT, Slot, extra_numbers, files_needed, plan};
use crate::sink::storage::Identity;
use std::io;
use std::path::Path;

/// How many numbers of special files are passed over before the rotation fails.
const FOREIGN_LIMIT: u32 = 1_000;

/// What is known about the backups. Valid only while the lock is held.
#[derive(Debug, Default)]
pub(super) struct RotationPass {
    /// The numbers that are free for the next logs; the last one is the next.
    free: Vec<u32>,
    /// The oldest first.
    backups: Vec<(u32, Identity)>,
    deleted: usize,
}

impl FileSink {
    /// Rotates, because `rest` needs a new file. Returns `false` if that failed: the current file stays in use, and the
    /// rotation is tried again later.
    pub(super) fn try_rotate(
        &mut self,
        rest: &[u8],
        now: Now,
        progress: &mut Progress,
    ) -> Result<bool, Failure> {
        match self.rotate(rest, now, &mut progress.rotation) {
            Ok(()) => {
                self.figures.rotations += 1;
                self.end_rotation(now);
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

    /// A new log is open and the one before it is a backup: at once, or later if that failed half-way.
    pub(super) fn end_rotation(&mut self, now: Now) {
        // An attempt that failed may have shifted backups, so that one too many is left.
        let failed_before = self.rotate_retry.failing();
        self.rotate_retry.clear();
        self.clean_after_rotation(now, failed_before);
    }

    fn rotate(&mut self, rest: &[u8], now: Now, pass: &mut RotationPass) -> Result<(), Failure> {
        self.verify_lock()?;
        if pass.free.is_empty() {
            let count = files_needed(rest, self.settings.max_bytes) as usize;
            self.free_numbers(count.min(FREE_LIMIT), pass)?;
        }
        let path = self.settings.path.clone();
        let Some(number) = pass.free.pop() else {
            let none = io::ErrorKind::AlreadyExists.into();
            return Err(FileError::new("cannot find a free number for", &path, &none).into());
        };
        let newest = backup_path(&path, number);
        self.rename(&path, &newest)?;
        pass.backups.push((number, self.log.identity));
        if let Err(error) = self.begin_new_log() {
            // Writing to a file with a backup's name would be worse than another try later.
            self.displaced = self.rename(&newest, &path).is_err();
            // Counted now: there is one more backup, and a batch that ends the rotation may never come.
            self.figures.rotations += u64::from(self.displaced);
            return Err(error.into());
        }
        self.delete_surplus(now, pass);
        Ok(())
    }

    /// Moves the backups up, so that at least the lowest `count` numbers are free.
    fn free_numbers(&mut self, count: usize, pass: &mut RotationPass) -> Result<(), FileError> {
        let path = self.settings.path.clone();
        let (slots, identities) = self.look_at_numbers(count)?;
        let extra = extra_numbers(identities.len(), count, self.settings.backup_count);
        let mut plan = plan(&slots, count + extra);
        for (from, to) in plan.shifts {
            self.rename(&backup_path(&path, from), &backup_path(&path, to))?;
        }
        plan.free.truncate(count);
        pass.free = plan.free;
        pass.backups = plan.backups.into_iter().zip(identities).rev().collect();
        Ok(())
    }

    /// Looks at the numbers 1, 2, ... until enough of them are free; returns their slots, and the backups' identities.
    fn look_at_numbers(&mut self, count: usize) -> Result<(Vec<Slot>, Vec<Identity>), FileError> {
        let (mut slots, mut identities) = (Vec::new(), Vec::new());
        let (mut free, mut foreign) = (0, 0);
        while free < count + extra_numbers(identities.len(), count, self.settings.backup_count) {
            let path = backup_path(&self.settings.path, slots.len() as u32 + 1);
            slots.push(match self.storage.stat(&path) {
                Ok(stat) if stat.regular => {
                    identities.push(stat.identity);
                    Slot::Backup
                }
                Ok(_) if foreign < FOREIGN_LIMIT => {
                    foreign += 1;
                    Slot::Foreign
                }
                Ok(_) => {
                    let taken = io::ErrorKind::AlreadyExists.into();
                    return Err(FileError::new("cannot rotate to", &path, &taken));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    free += 1;
                    Slot::Free
                }
                Err(error) => return Err(FileError::new("cannot look at rotated log file", &path, &error)),
            });
        }
        Ok((slots, identities))
    }

    fn rename(&mut self, from: &Path, to: &Path) -> Result<(), FileError> {
        self.storage
            .rename(from, to)
            .map_err(|error| FileError::new(&format!("cannot rename {} to", named(from)), to, &error))
    }

    /// Opens the new log before the old one is closed.
    fn begin_new_log(&mut self) -> Result<(), FileError> {
        let access = self.log.handle.access();
        let FileSettings { path, mode, .. } = &self.settings;
        let (mut log, _) = Log::open(&mut *self.storage, path, *mode, access)?;
        log.period = self.settings.period_at(self.made_secs);
        self.replace_log(log, Went::ToBackup);
        Ok(())
    }

    /// Deletes the oldest backups until no more than `backup_count` are left.
    fn delete_surplus(&mut self, now: Now, pass: &mut RotationPass) {
        let keep = self.settings.backup_count as usize;
        let surplus = pass.backups.len().saturating_sub(keep);
        let may_go = DELETES.saturating_sub(pass.deleted);
        for (number, identity) in pass.backups.drain(..surplus.min(may_go)) {
            pass.deleted += 1;
            let path = backup_path(&self.settings.path, number);
            if let Err(error) = self.storage.remove(&path) {
                self.figures.purge_failures += 1;
                self.figures.last_error =
                    Some(FileError::new("cannot delete rotated log file", &path, &error));
                // The rotation is complete anyway; `clean` tries again and reports its error.
                self.clean_at = Some(now.tick);
                continue;
            }
            self.figures.purged_files += 1;
            self.durable.forget(identity);
        }
        if surplus > may_go {
            // Another process kept more; `clean` continues in short holds of the lock.
            self.clean_at = Some(now.tick);
        }
    }
}
