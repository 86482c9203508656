//! The backups of a log in its directory: their paths, and a list of them.
//!
//! `retention`, the rotation and the sync use it. Invariant: a file counts as a backup only if its whole name is one
//! that rotations of this log can have made.

use super::rotation::{FREE_LIMIT, Slot, backup_name, backup_number};
use super::storage::{Identity, Storage};
use std::io;
use std::path::{Path, PathBuf};

/// The longest distance between the numbers of two backups that rotations leave behind, also if one was interrupted.
///
/// A rotation frees up to [`FREE_LIMIT`] numbers for the batch and as many extra ones. A larger number after a gap is
/// another program's: `app.log.20240101` is a date of logrotate, `app.log.1735689600` a time of rotatelogs.
const GAP: u32 = 2 * FREE_LIMIT as u32 + 1;

/// A file, or something else, with the name of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Backup {
    pub(super) number: u32,
    pub(super) slot: Slot,
    pub(super) size: u64,
    /// In seconds since 1970.
    pub(super) modified: i64,
    pub(super) identity: Identity,
}

/// The path of backup `number` of `log`.
pub(super) fn backup_path(log: &Path, number: u32) -> PathBuf {
    log.with_file_name(backup_name(log.file_name().unwrap_or_default(), number))
}

/// The numbers of all names that look like a backup's, the newest first.
pub(super) fn numbers(storage: &mut dyn Storage, log: &Path) -> io::Result<Vec<u32>> {
    let (Some(dir), Some(log_name)) = (log.parent(), log.file_name()) else {
        return Ok(Vec::new());
    };
    let mut numbers = Vec::new();
    let listed = storage.list(dir, &mut |name| numbers.extend(backup_number(log_name, name)));
    match listed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Everything with a name like a backup's, the newest first. Only `Slot::Backup` is a backup.
pub(super) fn list(storage: &mut dyn Storage, log: &Path) -> io::Result<Vec<Backup>> {
    let mut backups = Vec::new();
    for number in numbers(storage, log)? {
        match storage.stat(&backup_path(log, number)) {
            Ok(stat) => backups.push(Backup {
                number,
                slot: if stat.regular { Slot::Backup } else { Slot::Foreign },
                size: stat.size,
                modified: stat.modified,
                identity: stat.identity,
            }),
            // It was deleted or renamed in the meantime.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    mark_foreign(&mut backups);
    Ok(backups)
}

/// Marks the files whose numbers no rotation can have made: all that follow a gap of more than [`GAP`] numbers.
///
/// A rotation passes over numbers that a directory, a link or a device has, so these do not count as a part of a gap,
/// and they do not end one either.
pub(super) fn mark_foreign(backups: &mut [Backup]) {
    let (mut last, mut passed_over, mut foreign) = (0, 0, false);
    for backup in backups {
        if backup.slot != Slot::Backup {
            passed_over += 1;
            continue;
        }
        foreign = foreign || backup.number - last - passed_over > GAP;
        if foreign {
            backup.slot = Slot::Foreign;
        }
        (last, passed_over) = (backup.number, 0);
    }
}
