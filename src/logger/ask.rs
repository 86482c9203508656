//! The public methods of a running logger: flush, sync, reopen, shutdown, health, filter, purge.
//!
//! `requests` serves them, also for the installed logger.

use super::AsyncLogger;
use crate::config::Retention;
use crate::error::Error;
use crate::health::{FailedRecord, Health};
use crate::sink::retention::{Purge, PurgeReport};
use crate::ticket::{Flush, Request, Shutdown};

impl AsyncLogger {
    /// Hands everything accepted so far to the operating system; [`Flush`] reports when that is done.
    ///
    /// The request is sent at once, even if the queue is full. After [`shutdown`](AsyncLogger::shutdown) the answer
    /// is that of the shutdown.
    ///
    /// # Errors
    ///
    /// As listed at [`Flush`].
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(Config::new("app").console(None), capture.clone())?;
    /// for part in 0..100 {
    ///     log::info!(logger: logger, part; "packed");
    /// }
    /// logger.flush().wait()?;
    /// assert_eq!(capture.lines().len(), 100);
    /// # Ok(())
    /// # }
    /// ```
    pub fn flush(&self) -> Flush {
        self.core.ask(Request::Flush)
    }

    /// As [`flush`](AsyncLogger::flush), and waits until the data are on the disk (`fdatasync`).
    ///
    /// It covers every file that was written since the last sync, including rotated files. Other outputs are flushed.
    ///
    /// # Errors
    ///
    /// As listed at [`Flush`].
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// use asynclogger::{AsyncLogger, Config};
    ///
    /// let orders = AsyncLogger::start(Config::new("orders").console(None).log_dir(dir.path()))?;
    /// log::info!(logger: orders, order = 7; "paid");
    /// orders.sync().wait()?; // from here on a power cut does not take it
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync(&self) -> Flush {
        self.core.ask(Request::Sync)
    }

    /// Opens the log file again by its path, then flushes.
    ///
    /// logrotate does not need it: the logger notices with its next batch that the file was renamed or removed.
    ///
    /// # Errors
    ///
    /// As listed at [`Flush`]; [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be opened. The logger then
    /// tries again.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// use asynclogger::{AsyncLogger, Config};
    ///
    /// let logger = AsyncLogger::start(Config::new("app").console(None).log_dir(dir.path()))?;
    /// std::fs::rename(dir.path().join("app.log"), dir.path().join("yesterday.log"))?;
    /// logger.reopen().wait()?;
    /// assert!(dir.path().join("app.log").exists());
    /// # Ok(())
    /// # }
    /// ```
    pub fn reopen(&self) -> Flush {
        self.core.ask(Request::Reopen)
    }

    /// Writes what is queued, closes the outputs and ends the logger, within `shutdown_timeout`; see [`Shutdown`].
    ///
    /// Later calls get the same answer. Records logged later are dropped and counted as `after_shutdown`.
    ///
    /// # Errors
    ///
    /// As listed at [`Shutdown`].
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(Config::new("app").console(None), capture.clone())?;
    /// log::info!(logger: logger, "the last line");
    /// logger.shutdown().wait()?;
    /// log::info!(logger: logger, "too late");
    /// assert_eq!(capture.lines().len(), 1);
    /// assert_eq!(logger.health().dropped.by_reason[&asynclogger::DropReason::AfterShutdown], 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn shutdown(&self) -> Shutdown {
        self.core.shutdown()
    }

    /// A snapshot of the counters and of the state of each output. It never waits for I/O.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(Config::new("app").console(None), capture.clone())?;
    /// log::info!(logger: logger, "ready");
    /// logger.shutdown().wait()?;
    /// let health = logger.health();
    /// assert_eq!((health.total_messages, health.written, health.pending), (1, 1, 0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn health(&self) -> Health {
        self.core.health()
    }

    /// The last 100 records that were accepted but could not be written, oldest first; each cut at 1 KiB.
    ///
    /// Dropped records are not among them, since they were never accepted. The records stay after the shutdown.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(Config::new("app").console(None), capture.clone())?;
    /// log::info!(logger: logger, "ready");
    /// logger.shutdown().wait()?;
    /// for record in logger.failed_records() {
    ///     println!("{} {}: {}", record.level, record.message, record.error);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn failed_records(&self) -> Vec<FailedRecord> {
        self.core.failed_records()
    }

    /// Replaces the filter and returns the one before.
    ///
    /// The directives are those of `RUST_LOG`: `"info,hyper=warn"`. Records that are queued already are not filtered
    /// again. A level that `log`'s `max_level_*` features compiled out of the program stays off; the logger reports
    /// that on standard error, once in a process.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) names the directive that is wrong; the filter stays as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(Config::new("app").console(None), capture.clone())?;
    /// let before = logger.set_filter("warn")?;
    /// log::info!(logger: logger, "off");
    /// logger.set_filter(&before)?;
    /// log::info!(logger: logger, "on");
    /// logger.shutdown().wait()?;
    /// assert_eq!(capture.lines().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_filter(&self, directives: &str) -> Result<String, Error> {
        self.core.set_filter(directives)
    }

    /// The filter in force, as directives of `RUST_LOG`; [`set_filter`](AsyncLogger::set_filter) takes them back.
    ///
    /// A change by `set_filter` shows here at once. In a forked child it is the filter of that child. It can be read
    /// after [`shutdown`](AsyncLogger::shutdown) too.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let config = Config::new("app").console(None).filter("info,hyper=warn");
    /// let logger = AsyncLogger::start_with(config, std::io::sink())?;
    /// assert_eq!(logger.filter(), "info,hyper=warn");
    /// logger.set_filter("debug")?;
    /// assert_eq!(logger.filter(), "debug");
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(&self) -> String {
        self.core.directives()
    }

    /// Deletes the backups of the log file that `retention` does not keep, and reports what it did.
    ///
    /// It runs on the calling thread. It deletes only regular files that are named as the log file, a dot and a
    /// number. It never deletes the current file, and follows no link.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotRunning`](crate::ErrorKind::NotRunning) if the logger has no log file, and
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the directory cannot be read or the lock is not free in time. Files
    /// that could not be deleted are in the report.
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

    /// As [`purge`](AsyncLogger::purge), but deletes nothing: the report lists what would be deleted.
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
