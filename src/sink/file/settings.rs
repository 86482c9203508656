//! The settings of the log file, with the path checked once.
//!
//! Invariant: a checked path is absolute, and its file name is short enough for the names of backups and lock file.

use super::refuse::refuse_special;
use crate::clock::Zone;
use crate::config::{Locking, Period, Retention};
use crate::error::{Error, ErrorKind};
use crate::sink::error::{FileError, named};
use crate::sink::rooted::Root;
use crate::sink::rotation::period_of;
use std::path::PathBuf;

/// The longest file name with which backups (`.<number>`) and the lock file stay within 255 bytes.
const NAME_LIMIT: usize = 244;

/// The settings of one log file.
#[derive(Debug, Clone)]
pub(crate) struct FileSettings {
    pub(crate) path: PathBuf,
    pub(crate) max_bytes: u64,
    pub(crate) backup_count: u32,
    pub(crate) rotate_every: Option<Period>,
    pub(crate) zone: Zone,
    pub(crate) locking: Locking,
    pub(crate) mode: u32,
    pub(crate) retention: Retention,
    /// The root directory below which the path was meant.
    pub(crate) root: Root,
}

impl FileSettings {
    /// The number of the hour or day that a moment falls into; always the same without rotation by time.
    pub(super) fn period_at(&self, secs: i64) -> i64 {
        self.rotate_every
            .map_or(0, |period| period_of(secs, period, &self.zone))
    }
}

/// Makes the path absolute, so that it does not change with the working directory, and refuses paths that cannot be logs.
pub(super) fn with_checked_path(mut settings: FileSettings) -> Result<FileSettings, Error> {
    let path = &settings.path;
    let refused = |reason: &str| {
        Err(Error::new(
            ErrorKind::Config,
            format!("cannot log to {}: {reason}", named(path)),
        ))
    };
    let text = path.as_os_str().as_encoded_bytes();
    let Some(name) = path.file_name() else {
        return refused("it has no file name; give the path of a file");
    };
    if text
        .last()
        .is_some_and(|last| std::path::is_separator(char::from(*last)))
    {
        return refused("it ends like a directory; give the path of a file");
    }
    if text.contains(&0) {
        return refused("it contains a NUL byte; remove it");
    }
    if name.len() > NAME_LIMIT {
        return refused(
            "its file name is longer than 244 bytes, so rotated files could not be named; shorten it",
        );
    }
    refuse_special(path).map_err(FileError::into_error)?;
    match std::path::absolute(path) {
        Ok(absolute) => {
            settings.path = absolute;
            Ok(settings)
        }
        Err(error) => {
            Err(FileError::new("cannot find the working directory for log file", path, &error).into_error())
        }
    }
}
