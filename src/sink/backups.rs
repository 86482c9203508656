//! The backups of a log in its directory: their paths, and a list of what is there.
//!
//! Used by `retention`, by the rotation and by the sync. Invariant: only names that match the logger's pattern as a
//! whole are listed.

use super::rotation::{Slot, backup_name, backup_number};
use super::storage::{Identity, Storage};
use std::io;
use std::path::{Path, PathBuf};

/// The kind of file with a backup's name.
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

/// The numbers of all files that are named like a backup, the newest first.
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

/// All files that are named like a backup, the newest first.
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
            // It was deleted or renamed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(backups)
}
