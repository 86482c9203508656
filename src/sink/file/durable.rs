//! Remembers the files that were written since the last sync, and syncs them.
//!
//! `sink/file` hands over each file that leaves the log's path. Invariant: a sync that returns `Ok` has covered every file
//! written since the last one, and none whose pages a failed sync marked as clean.

use super::current::Log;
use crate::sink::backups::{self, backup_path};
use crate::sink::error::{FileError, named};
use crate::sink::lock::retry_interrupted;
use crate::sink::storage::{Handle, Identity, Storage};
use std::collections::VecDeque;
use std::io;
use std::path::Path;

/// How many renamed files stay open for the next sync.
const KEPT: usize = 8;
/// How many rotations by other processes may happen while the backups are synced.
const MOVED_ON: u32 = 8;

/// What happened to a file that is no longer at the log's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// It became one of the logger's backups: it can be found by its number.
    ToBackup,
    /// Another program moved or deleted it.
    Elsewhere,
}

/// What a sync must cover in addition to the current file.
#[derive(Debug, Default)]
pub(super) struct Durable {
    kept: VecDeque<Kept>,
    /// Backups were closed unsynced. Their numbers change, so a sync opens all backups again.
    closed_unsynced: bool,
    /// Whether names in the directory changed.
    names_changed: bool,
    /// A sync failed, and no new file was opened since.
    unknown: bool,
    /// The error of a file that another program moved and that could not be synced when it was closed.
    failed: Option<FileError>,
}

#[derive(Debug)]
struct Kept {
    handle: Box<dyn Handle>,
    identity: Identity,
    went: Went,
}

impl Durable {
    /// Keeps a file that left the log's path until it is synced.
    pub(super) fn keep(&mut self, log: Log, went: Went, path: &Path) {
        let mut log = log;
        let deleted = went == Went::Elsewhere && is_deleted(&mut *log.handle);
        if !log.unsynced || deleted {
            return;
        }
        self.kept.push_back(Kept {
            handle: log.handle,
            identity: log.identity,
            went,
        });
        if self.kept.len() > KEPT {
            self.close_oldest(path);
        }
    }

    /// Closes deleted files, to give their space back: nobody can read them.
    pub(super) fn forget_deleted(&mut self) {
        self.kept.retain_mut(|kept| !is_deleted(&mut *kept.handle));
    }

    /// Closes a file that this process has deleted.
    pub(super) fn forget(&mut self, identity: Identity) {
        self.kept.retain(|kept| kept.identity != identity);
    }

    /// Notes that another file was opened.
    pub(super) fn opened_new(&mut self) {
        self.names_changed = true;
        self.unknown = false;
    }

    /// Whether a sync failed for a file that is still in use.
    pub(super) fn unknown(&self) -> bool {
        self.unknown
    }

    /// Syncs everything written since the last sync to the disk.
    pub(super) fn sync(
        &mut self,
        storage: &mut dyn Storage,
        path: &Path,
        log: &mut Log,
    ) -> Result<(), FileError> {
        let mut result = self.failed.take().map_or(Ok(()), Err);
        result = result.and(self.sync_backups(storage, path));
        while let Some(mut kept) = self.kept.pop_front() {
            let synced = sync_handle(&mut *kept.handle, path);
            result = result.and(self.note(synced));
        }
        if log.unsynced {
            let synced = sync_handle(&mut *log.handle, path);
            // After a failure the system marks the pages as clean, so that a second call would return `Ok`.
            log.unsynced = false;
            result = result.and(self.note(synced));
        }
        result = result.and(self.sync_names(storage, path));
        if result.is_ok() && self.unknown {
            return Err(unknown(path));
        }
        result
    }

    fn close_oldest(&mut self, path: &Path) {
        let Some(mut oldest) = self.kept.pop_front() else {
            return;
        };
        match oldest.went {
            Went::ToBackup => self.closed_unsynced = true,
            Went::Elsewhere => {
                if let Err(error) = sync_handle(&mut *oldest.handle, path) {
                    self.failed.get_or_insert(error);
                }
            }
        }
    }

    /// Opens and syncs all backups, from the newest to the oldest. A rotation by another process moves them in the same
    /// direction, so that none is missed.
    fn sync_backups(&mut self, storage: &mut dyn Storage, path: &Path) -> Result<(), FileError> {
        if !self.closed_unsynced {
            return Ok(());
        }
        let failed = |error: &io::Error| FileError::new("cannot find the rotated files of", path, error);
        let mut numbers = backups::numbers(storage, path).map_err(|error| failed(&error))?;
        let last = numbers.last().copied().unwrap_or(0);
        numbers.extend((1..=MOVED_ON).filter_map(|more| last.checked_add(more)));
        for number in numbers {
            let backup = backup_path(path, number);
            if let Some(mut handle) = open_backup(storage, &backup)? {
                self.note(sync_handle(&mut *handle, &backup))?;
            }
        }
        self.closed_unsynced = false;
        Ok(())
    }

    fn sync_names(&mut self, storage: &mut dyn Storage, path: &Path) -> Result<(), FileError> {
        let Some(dir) = path.parent().filter(|_| self.names_changed) else {
            return Ok(());
        };
        match retry_interrupted(|| storage.sync_dir(dir)) {
            Ok(()) => {}
            // Some file systems cannot sync a directory, and do not need to.
            Err(error) if is_unsupported(&error) => {}
            Err(error) => return Err(FileError::new("cannot sync directory", dir, &error)),
        }
        self.names_changed = false;
        Ok(())
    }

    fn note(&mut self, synced: Result<(), FileError>) -> Result<(), FileError> {
        self.unknown |= synced.is_err();
        synced
    }
}

/// Opens a backup; `None` if it is gone, or is not a regular file.
fn open_backup(storage: &mut dyn Storage, path: &Path) -> Result<Option<Box<dyn Handle>>, FileError> {
    let opened = match storage.stat(path) {
        Ok(stat) if stat.regular => storage.open_backup(path).map(Some),
        Ok(_) => Ok(None),
        Err(error) => Err(error),
    };
    match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::new("cannot sync rotated log file", path, &error)),
        Ok(opened) => Ok(opened),
    }
}

fn sync_handle(handle: &mut dyn Handle, path: &Path) -> Result<(), FileError> {
    retry_interrupted(|| handle.sync()).map_err(|error| FileError::new("cannot sync log file", path, &error))
}

/// A file that cannot be looked at counts as not deleted.
fn is_deleted(handle: &mut dyn Handle) -> bool {
    matches!(handle.stat(), Ok(stat) if stat.links == 0)
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
    )
}

fn unknown(path: &Path) -> FileError {
    FileError {
        kind: io::ErrorKind::Other,
        text: format!(
            "an earlier sync of log file {} failed, so it is unknown what is on the disk; check the device, then \
             rotate or move the file",
            named(path)
        ),
    }
}
