//! `purge()`: deletes surplus backups on the caller's thread, with handles of its own.
//!
//! It and `init` are the only calls that touch files; it takes the same lock as the worker, batch by batch.

use super::{AsyncLogger, Core, child};
use crate::clock::{Tick, Wall, WallClock};
use crate::config::{Locking, Retention};
use crate::error::{Error, ErrorKind};
use crate::sink::disk::Disk;
use crate::sink::retention::{Place, Purge, PurgeReport, SteadyClock, purge};
use crate::sync::{Mutex, Ordering::Relaxed, enter};
use std::path::PathBuf;
use std::thread;

/// Where the log file of a logger is.
pub(super) struct FilePlace {
    pub(super) path: PathBuf,
    pub(super) locking: Locking,
    pub(super) mode: u32,
    pub(super) clock: WallClock,
    /// Knows the age of files also after the wall clock jumped.
    pub(super) steady: Mutex<SteadyClock>,
}

impl AsyncLogger {
    /// Deletes the backups of the log file that `retention` does not keep, and reports what it did.
    ///
    /// Runs on the calling thread. Only regular files are deleted whose whole name is the log's with a number
    /// behind it; never the current file, and no link is followed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotRunning`] without a log file, and [`ErrorKind::Io`] when the directory cannot be read or
    /// the lock cannot be had. What could not be deleted is in the report.
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
    /// assert_eq!(report.deleted_files, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn purge(&self, retention: &Retention) -> Result<PurgeReport, Error> {
        self.core.purge(retention, Purge::Delete)
    }

    /// As [`purge`](AsyncLogger::purge), and deletes nothing: the report tells what would be deleted.
    ///
    /// # Errors
    ///
    /// As [`purge`](AsyncLogger::purge).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// use asynclogger::{AsyncLogger, Config, Retention};
    ///
    /// std::fs::write(dir.path().join("app.log.1"), "an old line\n")?;
    /// let logger = AsyncLogger::start(Config::new("app").console(None).log_dir(dir.path()))?;
    /// let report = logger.purge_dry_run(&Retention::new().max_files(0))?;
    /// assert_eq!((report.deleted_files, report.deleted_bytes), (1, 12));
    /// assert!(dir.path().join("app.log.1").exists());
    /// # Ok(())
    /// # }
    /// ```
    pub fn purge_dry_run(&self, retention: &Retention) -> Result<PurgeReport, Error> {
        self.core.purge(retention, Purge::DryRun)
    }
}

impl Core {
    pub(crate) fn purge(&self, retention: &Retention, how: Purge) -> Result<PurgeReport, Error> {
        let core = self
            .get_or_start_in_child()
            .map_err(|_| child::not_logged_yet("purge"))?;
        let Some(file) = &core.file else {
            let text = "purge: this logger writes no file; set log_dir or log_file".to_owned();
            return Err(Error::new(ErrorKind::NotRunning, text));
        };
        let now_secs = enter(&file.steady).secs(Tick::now(), Wall::from(file.clock.now()));
        let place = Place {
            log: &file.path,
            locking: file.locking,
            mode: file.mode,
        };
        let report = purge(&place, retention, &mut Disk, now_secs, how, &mut thread::sleep)
            .map_err(|error| self.masked(error))?;
        if how == Purge::Delete {
            core.shared
                .counters
                .purged_by_calls
                .fetch_add(report.deleted_files, Relaxed);
        }
        Ok(report)
    }
}
