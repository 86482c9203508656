//! What a program asks of a running logger: to flush, to stop, how it is, and to listen to other levels.
//!
//! None of it travels in the queue, so a full queue holds up none of it. Before and after its life a logger answers too:
//! the figures stay, and requests get the answer of the shutdown.

use super::AsyncLogger;
use crate::error::Error;
use crate::health::{FailedRecord, Health};
use crate::ticket::{Flush, Request, Shutdown};

impl AsyncLogger {
    /// Asks that everything accepted so far is handed to the operating system; see [`Flush`].
    ///
    /// The request is sent at once, also when the queue is full. After [`shutdown`](AsyncLogger::shutdown) it gets shutdown's
    /// answer.
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

    /// As [`flush`](AsyncLogger::flush), and that it is on the disk (`fdatasync`).
    ///
    /// It covers every file that was written since the last sync, rotated ones too. An output that is no file is flushed.
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

    /// Asks that the file is opened anew by its path, then flushes. Never needed for logrotate: a file that was
    /// renamed or removed is noticed with the next batch.
    ///
    /// # Errors
    ///
    /// As listed at [`Flush`]; a file that cannot be opened is [`ErrorKind::Io`](crate::ErrorKind::Io), and tried again.
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

    /// Drains, closes and ends the logger, within `shutdown_timeout`; see [`Shutdown`]. Later calls get the same
    /// answer, and records that come later are dropped and counted as `after_shutdown`.
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

    /// A snapshot of what became of every record and how the outputs are; never waits for I/O.
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

    /// The last 100 records that were accepted and could not be written, oldest first; each cut at 1 KiB.
    ///
    /// A record that was dropped is not among them: it never got that far. They stay after the shutdown.
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

    /// Replaces the filter and gives the one that was in force before.
    ///
    /// The directives are those of `RUST_LOG`: `"info,hyper=warn"`. Records that are on their way are not
    /// filtered again. A level that `log`'s `max_level_*` features took out of the program stays silent; standard
    /// error says so once in a process.
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
    /// log::info!(logger: logger, "not heard");
    /// logger.set_filter(&before)?;
    /// log::info!(logger: logger, "heard");
    /// logger.shutdown().wait()?;
    /// assert_eq!(capture.lines().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_filter(&self, directives: &str) -> Result<String, Error> {
        self.core.set_filter(directives)
    }
}
