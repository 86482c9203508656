//! How much of a record is kept and shown.

use crate::config::Config;
use crate::config::kinds::size;
use crate::config::limit::{Limit, at_least, between};
use crate::config::table::{Setting, settings};

settings! {
    /// # Limits of a record
    ///
    /// Longer parts are cut, and the cut is marked.
    impl Config as limits: LimitSettings;

    /// Sets how many bytes of a message are shown.
    ///
    /// Default: 16 KiB. At least 1 and at most [`max_record_bytes`](Config::max_record_bytes). A longer message is
    /// cut between characters, ends with `[...TRUNCATED]`, and is counted; the rest of it is never formatted.
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
    max_message_bytes(bytes: usize) -> usize {
        default: 16 * 1024,
        kind: size,
        limits: at_least(1).also("at most `max_record_bytes`"),
        help: "of a message; then `[...TRUNCATED]`",
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
    max_key_bytes(bytes: usize) -> usize {
        default: 256,
        kind: size,
        limits: between(8, 4096).outside("must be from 8 to 4096"),
        help: "of a key of a key-value",
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
    max_value_bytes(bytes: usize) -> usize {
        default: 1024,
        kind: size,
        limits: at_least(1).also("at most `max_record_bytes`"),
        help: "of its value",
    }

    /// Sets the most bytes that one record takes, as it is captured and as a line.
    ///
    /// Default: 32 KiB. From 1 KiB to 64 MiB. Key-values beyond it are left out and counted; a line that gets longer
    /// by escapes is cut, never inside an escape.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").max_record_bytes(64 * 1024).max_message_bytes(48 * 1024);
    /// assert!(config.validate().is_ok());
    /// ```
    max_record_bytes(bytes: usize) -> usize {
        default: 32 * 1024,
        kind: size,
        limits: between(1024, 64 * 1024 * 1024),
        help: "of a whole record and of its line",
    }
}
