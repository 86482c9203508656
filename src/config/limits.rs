//! The setters of files, secrets, queue, times and limits.

use super::{Config, Locking, Mask, Overflow, Period, Retention};
use std::time::Duration;

impl Config {
    /// Sets the size in bytes at which the log file is rotated.
    ///
    /// Default: 10 MiB (10_485_760). At least 1; a file that must never be rotated has
    /// a [`backup_count`](Config::backup_count) of 0. A file ends with a whole line at or before this size; a single
    /// line that is longer has a file for itself.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_dir("logs").max_bytes(100 * 1024 * 1024);
    /// ```
    pub fn max_bytes(mut self, bytes: u64) -> Config {
        self.max_bytes = bytes;
        self
    }

    /// Sets how many rotated files are kept beside the current one, as `<file>.1` (the newest) to `<file>.<n>`.
    ///
    /// Default: 5. The oldest is deleted when there would be one more; 0 means that the file is never rotated.
    ///
    /// # Examples
    ///
    /// ```
    /// let for_logrotate = asynclogger::Config::new("shop").log_dir("/var/log/shop").backup_count(0);
    /// ```
    pub fn backup_count(mut self, files: u32) -> Config {
        self.backup_count = files;
        self
    }

    /// Rotates the log file by time too: with the first record of a new hour or day, in UTC or the
    /// zone of [`time_zone`](Config::time_zone).
    ///
    /// Default: never, only by [`max_bytes`](Config::max_bytes), which applies beside this. A file belongs to the
    /// period in which it was last written; one that is empty is not rotated, and a clock that was set back rotates
    /// nothing; an hour that is repeated at the end of summer time counts once. [`backup_count`](Config::backup_count) has to be as many as the files that are to be kept, and not 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Period};
    ///
    /// let two_weeks_by_day = Config::new("shop").log_dir("/var/log/shop").rotate_every(Period::Day).backup_count(14);
    /// ```
    pub fn rotate_every(mut self, period: Period) -> Config {
        self.rotate_every = Some(period);
        self
    }

    /// Sets which rotated files are deleted, beyond those that [`backup_count`](Config::backup_count) has no room for.
    ///
    /// Default: [`Retention::new`], no further limit. It is applied when the logger starts and after each rotation;
    /// [`purge`](crate::purge) applies one at any time. All limits count together, the current file always stays,
    /// and only regular files named `<file>.<number>` are ever deleted.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Retention};
    /// use std::time::Duration;
    ///
    /// let a_month = Retention::new().max_age(Duration::from_secs(30 * 24 * 3_600));
    /// let config = Config::new("shop").log_dir("/var/log/shop").backup_count(1_000).retention(a_month);
    /// assert_eq!(serde_json::to_value(&config)?["retention"]["max_age"], "30d");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn retention(mut self, retention: Retention) -> Config {
        self.retention = retention;
        self
    }

    /// Sets whether a lock beside the log file lets several processes write and rotate it together.
    ///
    /// Default: [`Locking::Shared`].
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Locking};
    ///
    /// let alone = Config::new("shop").log_dir("logs").locking(Locking::Off);
    /// ```
    pub fn locking(mut self, locking: Locking) -> Config {
        self.locking = locking;
        self
    }

    /// Sets the permissions with which the log file is created, as far as the umask allows them; Unix only.
    ///
    /// Default: 0o640. At most 0o777, and the owner must be able to read and write (0o600). A file that exists keeps
    /// what it has.
    ///
    /// # Examples
    ///
    /// ```
    /// let private = asynclogger::Config::new("shop").log_dir("logs").file_mode(0o600);
    /// assert!(private.validate().is_ok());
    /// ```
    pub fn file_mode(mut self, mode: u32) -> Config {
        self.file_mode = mode;
        self
    }

    /// Sets which keys and which text are secret and are shown as `***`, in every output.
    ///
    /// Default: [`Mask::standard`]. What a user's own keys and tokens are called is added to it; see [`Mask`].
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// use asynclogger::{AsyncLogger, Capture, Config, Mask};
    ///
    /// let config = Config::new("shop")
    ///     .console(None)
    ///     .file_format("{message}{extras}")
    ///     .mask(Mask::standard().key("voucher"));
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, voucher = "WINTER-7", password = "hunter2"; "bought");
    /// logger.flush().wait()?;
    /// assert_eq!(capture.lines(), ["bought [voucher=***, password=***]"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn mask(mut self, mask: Mask) -> Config {
        self.mask = mask;
        self
    }

    /// Sets how many bytes of records may wait between the calls and the outputs.
    ///
    /// Default: 4 MiB. At least four times [`max_record_bytes`](Config::max_record_bytes). The last quarter is for
    /// `Warn` and `Error`. When it is full, [`overflow`](Config::overflow) decides. It is a bound, not an
    /// allocation: memory is taken as records come.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").queue_bytes(16 * 1024 * 1024);
    /// ```
    pub fn queue_bytes(mut self, bytes: usize) -> Config {
        self.queue_bytes = bytes;
        self
    }

    /// Sets what a call does when the queue is full.
    ///
    /// Default: [`Overflow::BlockFor`] 100 ms, at most 24 h. Every drop is counted by level and told by a `WARN` line
    /// in the log itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Overflow};
    /// use std::time::Duration;
    ///
    /// let never_waits = Config::new("shop").overflow(Overflow::DropNewest);
    /// let loses_nothing = Config::new("shop").overflow(Overflow::Block);
    /// let patient = Config::new("shop").overflow(Overflow::BlockFor(Duration::from_secs(2)));
    /// ```
    pub fn overflow(mut self, overflow: Overflow) -> Config {
        self.overflow = overflow;
        self
    }

    /// Sets the most bytes that are handed to the operating system in one write.
    ///
    /// Default: 256 KiB. At least [`max_record_bytes`](Config::max_record_bytes), so that every line fits.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").batch_bytes(64 * 1024);
    /// ```
    pub fn batch_bytes(mut self, bytes: usize) -> Config {
        self.batch_bytes = bytes;
        self
    }

    /// Sets the longest time from a call to the write of its record, while the outputs keep up.
    ///
    /// Default: 5 ms. More than 0 and at most 1 h. It bounds what a SIGKILL or a power cut can take; a longer one
    /// makes larger batches. [`flush`](crate::flush) does not wait for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let saves_power = asynclogger::Config::new("shop").flush_interval(Duration::from_millis(250));
    /// ```
    pub fn flush_interval(mut self, interval: Duration) -> Config {
        self.flush_interval = interval;
        self
    }

    /// Sets how long `shutdown()`, the end of the process and the drop of a logger wait for the queue to drain.
    ///
    /// Default: 5 s. At most 24 h. What is unwritten then is counted and told as the error of `shutdown()`; 0 does
    /// not wait at all.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let config = asynclogger::Config::new("shop").shutdown_timeout(Duration::from_secs(20));
    /// ```
    pub fn shutdown_timeout(mut self, limit: Duration) -> Config {
        self.shutdown_timeout = limit;
        self
    }

    /// Sets whether the end of the process drains the logger, within [`shutdown_timeout`](Config::shutdown_timeout).
    ///
    /// Default: true. It is done by an `atexit` handler, so it covers a return from `main`, `std::process::exit` on any
    /// thread, and a panic that unwinds `main`; `_exit`, `abort` and signals end a process without it, and so does
    /// Windows. With `false` what was logged within the last [`flush_interval`](Config::flush_interval) may be lost,
    /// unless [`shutdown`](crate::shutdown) is called. Nothing waits at the exit then.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").flush_on_exit(false);
    /// ```
    pub fn flush_on_exit(mut self, on: bool) -> Config {
        self.flush_on_exit = on;
        self
    }

    /// Sets whether a panic leaves a record, at `Error` with the target `panic`: its thread, place and text, and the
    /// backtrace if `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE` asks for it.
    ///
    /// Default: true. For the logger that [`init`](crate::init) installed, which puts a panic hook before the one that
    /// is there; that one runs as always and prints to standard error, so a console there does not get the record a
    /// second time. Panics that are caught leave a record too; those of a logger's own threads do not, health has
    /// them. The hook only hands the record over, and waits for a full queue at most 100 ms, or as
    /// [`overflow`](Config::overflow) says if that is less. In a program that is compiled with `panic = "abort"` it
    /// also flushes, for at most 500 ms, because nothing else runs after it. The filter applies to the target
    /// `panic`. A program that sets a hook of its own after `init` keeps this one by calling the hook that
    /// `std::panic::take_hook` gave it.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_panics(false);
    /// ```
    pub fn log_panics(mut self, on: bool) -> Config {
        self.log_panics = on;
        self
    }

    /// Sets how many bytes of a message are shown.
    ///
    /// Default: 16 KiB. At least 1 and at most [`max_record_bytes`](Config::max_record_bytes). A longer message is
    /// cut at a character, ends with `[...TRUNCATED]`, and is counted; what is beyond is never formatted to its end.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let config = Config::new("app").console(None).file_format("{message}").max_message_bytes(20);
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, "a message of more than twenty bytes");
    /// logger.flush().wait()?;
    /// assert!(capture.lines()[0].ends_with("[...TRUNCATED]"));
    /// assert_eq!(logger.health().truncated, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn max_message_bytes(mut self, bytes: usize) -> Config {
        self.max_message_bytes = bytes;
        self
    }

    /// Sets how many bytes of a key are shown.
    ///
    /// Default: 256. From 8 to 4096. A longer key is cut and ends with `...`.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").max_key_bytes(64);
    /// ```
    pub fn max_key_bytes(mut self, bytes: usize) -> Config {
        self.max_key_bytes = bytes;
        self
    }

    /// Sets how many bytes of a value are shown.
    ///
    /// Default: 1 KiB. At least 1 and at most [`max_record_bytes`](Config::max_record_bytes). A longer value is cut
    /// and marked as cut.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").max_value_bytes(8 * 1024);
    /// ```
    pub fn max_value_bytes(mut self, bytes: usize) -> Config {
        self.max_value_bytes = bytes;
        self
    }

    /// Sets the most bytes that one record takes, as it is captured and as a line.
    ///
    /// Default: 32 KiB. From 1 KiB to 64 MiB. Key-values beyond it are left out and counted; a line that escapes
    /// make longer is cut, never inside an escape.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").max_record_bytes(64 * 1024).max_message_bytes(48 * 1024);
    /// assert!(config.validate().is_ok());
    /// ```
    pub fn max_record_bytes(mut self, bytes: usize) -> Config {
        self.max_record_bytes = bytes;
        self
    }
}
