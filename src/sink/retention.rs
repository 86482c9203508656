//! Chooses the backups to delete, by count, age and total bytes, and deletes them under the lock.
//!
//! The file sink calls it at the start and after rotations, a calling thread for `purge`. Invariant: only regular
//! files that `backups` lists as backups are deleted, never the current log, and at most 16 in one hold of the lock.

use super::backups::{self, Backup, backup_path};
use super::error::FileError;
use super::lock::{Acquired, LockFile, LockOutcome};
use super::rotation::Slot;
use super::storage::Storage;
use crate::clock::{Tick, Wall};
use crate::config::{Locking, Retention};
use crate::error::{Error, ErrorKind};
use std::path::Path;
use std::time::Duration;

/// How many files are deleted in one hold of the lock.
pub(super) const DELETES: usize = 16;

/// What a purge did, or would do.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = tempfile::tempdir()?;
/// use asynclogger::{AsyncLogger, Config, Retention};
///
/// let logger = AsyncLogger::start(Config::new("app").console(None).log_dir(dir.path()))?;
/// let report = logger.purge(&Retention::new().max_files(10))?;
/// assert!(report.errors.is_empty());
/// assert_eq!(serde_json::to_value(&report)?["deleted_files"], 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct PurgeReport {
    /// The number of rotated files before the purge.
    pub total_files: u64,
    /// How many of them were deleted, or would be.
    pub deleted_files: u64,
    /// The bytes in the deleted files.
    pub deleted_bytes: u64,
    /// The number of names that look like a rotated file and were left alone: a directory, a link, or a number that
    /// this logger cannot have made, such as the date in `app.log.20240101`.
    pub skipped_files: u64,
    /// Why a file could not be deleted, one sentence each.
    pub errors: Vec<String>,
}

/// Whether a purge deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purge {
    Delete,
    DryRun,
}

/// The log whose backups are purged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    /// The path of the log itself, absolute.
    pub(crate) log: &'p Path,
    pub(crate) locking: Locking,
    pub(crate) mode: u32,
}

/// Deletes the backups that `retention` does not keep. Runs on the calling thread, with its own file handles.
///
/// `now_secs` comes from a [`SteadyClock`]; `wait` sleeps while another process holds the lock.
///
/// # Errors
///
/// If the backups cannot be listed, or the lock cannot be taken. A file that cannot be deleted is in the report.
pub(crate) fn purge(
    place: &Place<'_>,
    retention: &Retention,
    storage: &mut dyn Storage,
    now_secs: i64,
    how: Purge,
    wait: &mut dyn FnMut(Duration),
) -> Result<PurgeReport, Error> {
    let limits = Limits {
        retention,
        backup_count: None,
        now_secs,
    };
    let backups = list(storage, place.log).map_err(FileError::into_error)?;
    let mut report = PurgeReport {
        total_files: count(&backups, Slot::Backup),
        skipped_files: count(&backups, Slot::Foreign),
        ..PurgeReport::default()
    };
    let chosen = choose(&backups, &limits);
    if how == Purge::DryRun {
        chosen.iter().for_each(|backup| report.add(backup));
    }
    if how == Purge::DryRun || chosen.is_empty() {
        return Ok(report);
    }
    let mut lock = LockFile::beside(place.log, place.locking, place.mode);
    loop {
        wait_for(&mut lock, storage, wait)?;
        let hold = delete_some(storage, place.log, &limits);
        lock.release();
        let hold = hold.map_err(FileError::into_error)?;
        hold.deleted.iter().for_each(|backup| report.add(backup));
        let error = hold.error.map(|error| error.text);
        report
            .errors
            .extend(error.filter(|text| !report.errors.contains(text)));
        if !hold.more || hold.deleted.is_empty() {
            return Ok(report);
        }
    }
}

impl PurgeReport {
    fn add(&mut self, backup: &Backup) {
        self.deleted_files += 1;
        self.deleted_bytes += backup.size;
    }
}

/// The limits that a backup is compared with.
#[derive(Debug)]
pub(super) struct Limits<'r> {
    pub(super) retention: &'r Retention,
    /// `backup_count`, if it applies.
    pub(super) backup_count: Option<u32>,
    pub(super) now_secs: i64,
}

/// The result of one hold of the lock.
#[derive(Debug, Default)]
pub(super) struct Hold {
    pub(super) deleted: Vec<Backup>,
    /// Whether there are more files to delete.
    pub(super) more: bool,
    pub(super) error: Option<FileError>,
}

/// Lists the backups and deletes the oldest surplus ones; the caller has the lock.
pub(super) fn delete_some(
    storage: &mut dyn Storage,
    log: &Path,
    limits: &Limits<'_>,
) -> Result<Hold, FileError> {
    let backups = list(storage, log)?;
    let chosen = choose(&backups, limits);
    let mut hold = Hold {
        more: chosen.len() > DELETES,
        ..Hold::default()
    };
    for backup in chosen.into_iter().rev().take(DELETES) {
        let path = backup_path(log, backup.number);
        match storage.remove(&path) {
            Ok(()) => hold.deleted.push(backup),
            Err(error) => {
                hold.error
                    .get_or_insert_with(|| FileError::new("cannot delete rotated log file", &path, &error));
            }
        }
    }
    Ok(hold)
}

/// Returns the backups to delete. Both lists have the newest first.
///
/// The order of the backups is that of their numbers. Their times may come from a wrong clock.
fn choose(backups: &[Backup], limits: &Limits<'_>) -> Vec<Backup> {
    let Retention {
        max_age,
        max_files,
        max_total_bytes,
    } = limits.retention;
    let oldest_secs = max_age.map(|age| {
        let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        limits.now_secs.saturating_sub(age)
    });
    // With `backup_count` 0 nothing rotates, and the backups of an earlier run stay.
    let backup_count = limits.backup_count.filter(|count| *count > 0);
    let mut bytes = 0u64;
    let own = backups.iter().filter(|backup| backup.slot == Slot::Backup);
    own.zip(1u32..)
        .filter(|(backup, rank)| {
            bytes = bytes.saturating_add(backup.size);
            max_files.is_some_and(|files| *rank > files)
                || max_total_bytes.is_some_and(|total| bytes > total)
                || oldest_secs.is_some_and(|oldest| backup.modified < oldest)
                || backup_count.is_some_and(|count| *rank > count)
        })
        .map(|(backup, _)| *backup)
        .collect()
}

/// A wall clock that does not follow a jump ahead at once.
///
/// With a wrong clock, the limit by age could delete every file. The clock follows a jump ahead of more than an hour
/// only after the system's clock has shown it for a day, and a jump back, which deletes nothing, at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SteadyClock {
    tick: Tick,
    secs: i64,
    ahead_since: Option<Tick>,
}

impl SteadyClock {
    const JUMP_SECS: i64 = 3_600;
    const BELIEVED_AFTER: Duration = Duration::from_secs(24 * 3_600);

    pub(crate) fn new(tick: Tick, wall: Wall) -> SteadyClock {
        SteadyClock {
            tick,
            secs: wall.secs,
            ahead_since: None,
        }
    }

    /// The time from which ages are measured, in seconds since 1970.
    pub(crate) fn secs(&mut self, tick: Tick, wall: Wall) -> i64 {
        let expected = self.secs.saturating_add(tick.since(self.tick).as_secs() as i64);
        if wall.secs.saturating_sub(expected) > Self::JUMP_SECS {
            let since = *self.ahead_since.get_or_insert(tick);
            if tick.since(since) < Self::BELIEVED_AFTER {
                return expected;
            }
        }
        *self = SteadyClock::new(tick, wall);
        wall.secs
    }
}

fn list(storage: &mut dyn Storage, log: &Path) -> Result<Vec<Backup>, FileError> {
    backups::list(storage, log)
        .map_err(|error| FileError::new("cannot list the rotated files of", log, &error))
}

fn count(backups: &[Backup], slot: Slot) -> u64 {
    backups.iter().filter(|backup| backup.slot == slot).count() as u64
}

/// Waits for the lock, for at most as long as a batch would.
fn wait_for(
    lock: &mut LockFile,
    storage: &mut dyn Storage,
    wait: &mut dyn FnMut(Duration),
) -> Result<(), Error> {
    // The sum of the waits is the clock: nothing else here takes time.
    let mut now = Tick(0);
    loop {
        match lock.acquire(storage, now) {
            Acquired::Outcome(LockOutcome::Exclusive) => return Ok(()),
            Acquired::WaitUntil(deadline) => {
                wait(deadline.since(now));
                now = deadline;
            }
            Acquired::Outcome(LockOutcome::TimedOut) => {
                return Err(Error::new(
                    ErrorKind::Timeout,
                    "cannot delete rotated log files: another process has held the lock for half a second; \
                     try again",
                ));
            }
            Acquired::Outcome(LockOutcome::Unsupported) => return Err(no_lock(lock)),
        }
    }
}

fn no_lock(lock: &mut LockFile) -> Error {
    let path = lock.path().unwrap_or(Path::new("")).to_owned();
    let error = lock
        .take_news()
        .unwrap_or_else(|| std::io::ErrorKind::Unsupported.into());
    FileError::new("cannot delete rotated log files without the lock", &path, &error).into_error()
}

#[cfg(test)]
mod tests;
