//! Deletes surplus backups on the worker's thread: at the start, and after rotations if a retention is set.
//!
//! The worker calls it between batches. Invariant: one call holds the lock for at most 16 deletions, and
//! without the lock nothing is deleted.

use super::{FileSink, Now};
use crate::clock::Tick;
use crate::sink::error::{Failure, FileError};
use crate::sink::lock::LockOutcome;
use crate::sink::retention::{self, Limits};
use std::time::Duration;

/// The pause before a lock that another process holds is tried again.
const LOCK_AGAIN: Duration = Duration::from_millis(500);

impl FileSink {
    /// When to call `clean`, if at all.
    pub(crate) fn clean_at(&self) -> Option<Tick> {
        self.clean_at
    }

    /// Deletes some surplus backups; `clean_at` returns a time if there may be more.
    ///
    /// # Errors
    ///
    /// If they cannot be listed or one cannot be deleted; the next rotation tries again.
    pub(crate) fn clean(&mut self, now: Now) -> Result<(), FileError> {
        self.clean_at = None;
        if !self.cleans() {
            return Ok(());
        }
        match self.lock.acquire_at_once(&mut *self.storage, now.tick) {
            Some(LockOutcome::Exclusive) => {}
            // Without locks nothing is rotated either, so nothing becomes surplus.
            Some(LockOutcome::Unsupported) => return Ok(()),
            Some(LockOutcome::TimedOut) | None => {
                self.clean_at = Some(now.tick.after(LOCK_AGAIN));
                return Ok(());
            }
        }
        // A process that holds another lock file may rotate at the same time, and give a number to another backup.
        let cleaned = match self.verify_lock() {
            Ok(()) => self.clean_locked(now),
            Err(Failure::LockReplaced) => {
                self.clean_at = Some(now.tick.after(LOCK_AGAIN));
                return Ok(());
            }
            Err(Failure::Io(error)) => Err(error),
        };
        self.lock.release();
        if let Err(error) = &cleaned {
            self.figures.purge_failures += 1;
            self.figures.last_error = Some(error.clone());
        }
        cleaned
    }

    pub(super) fn clean_after_rotation(&mut self, now: Now, failed_before: bool) {
        if failed_before || self.settings.retention.limits_anything() {
            self.clean_at = Some(now.tick);
        }
    }

    fn cleans(&self) -> bool {
        self.settings.backup_count > 0 || self.settings.retention.limits_anything()
    }

    fn clean_locked(&mut self, now: Now) -> Result<(), FileError> {
        let limits = Limits {
            retention: &self.settings.retention,
            backup_count: Some(self.settings.backup_count),
            now_secs: self.steady_clock.secs(now.tick, now.wall),
        };
        let hold = retention::delete_some(&mut *self.storage, &self.settings.path, &limits)?;
        for backup in &hold.deleted {
            self.figures.purged_files += 1;
            self.durable.forget(backup.identity);
        }
        if hold.more {
            self.clean_at = Some(now.tick);
        }
        hold.error.map_or(Ok(()), Err)
    }
}
