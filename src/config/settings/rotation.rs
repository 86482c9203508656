//! The log file: when it is rotated, what is kept of it, and how it is shared.

use crate::config::kinds::{by_type, count, mode, size, table};
use crate::config::limit::{Limit, any, at_least, between};
use crate::config::table::{Setting, settings};
use crate::config::{Config, Locking, Period, Retention};

settings! {
    /// # The log file
    ///
    /// Rotation, retention, locks and permissions.
    impl Config as rotation: RotationSettings;

    /// Sets the size in bytes at which the log file is rotated.
    ///
    /// Default: 10 MiB (10_485_760). At least 1; to never rotate the file, set
    /// [`backup_count`](Config::backup_count) to 0. A file ends with a whole line at or before this size; a single
    /// line that is longer gets a file to itself.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_dir("logs").max_bytes(100 * 1024 * 1024);
    /// ```
    max_bytes(bytes: u64) -> u64 {
        default: 10 * 1024 * 1024,
        kind: size,
        limits: at_least(1)
            .below("must be at least 1; for a file that is never rotated set `backup_count` to 0"),
        help: "size at which the file is rotated",
    }

    /// Sets how many rotated files are kept next to the current one, as `<file>.1` (the newest) to `<file>.<n>`.
    ///
    /// Default: 5. The oldest is deleted when a further rotation would exceed this number; 0 means that the file is
    /// never rotated.
    ///
    /// # Examples
    ///
    /// ```
    /// let for_logrotate = asynclogger::Config::new("shop").log_dir("/var/log/shop").backup_count(0);
    /// ```
    backup_count(files: u32) -> u32 {
        default: 5,
        kind: count,
        limits: at_least(0),
        help: "rotated files that are kept; 0: never rotated",
    }

    /// Rotates the log file by time as well: with the first record of a new hour or day, in UTC or the
    /// zone of [`time_zone`](Config::time_zone). `None` turns it off.
    ///
    /// Default: none, only [`max_bytes`](Config::max_bytes), which always applies too. A file belongs to the
    /// period in which it was last written. An empty file is not rotated, a clock that was set back rotates nothing,
    /// and an hour that repeats at the end of summer time counts once. [`backup_count`](Config::backup_count) is the
    /// number of files to keep; 0 is an error when the logger starts.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Period};
    ///
    /// let two_weeks_by_day = Config::new("shop").log_dir("/var/log/shop").rotate_every(Period::Day).backup_count(14);
    /// let by_size_only = two_weeks_by_day.rotate_every(None);
    /// ```
    #[doc(alias = "rotation")]
    rotate_every(period: impl Into<Option<Period>>) -> Option<Period> {
        default: None,
        kind: by_type,
        limits: any(),
        help: "`hour` or `day`: the file is rotated then too",
        unset: "none",
    }

    /// Sets which rotated files are deleted, in addition to those beyond [`backup_count`](Config::backup_count).
    ///
    /// Default: [`Retention::new`], no further limit. It is applied when the logger starts and after each rotation;
    /// [`purge`](crate::purge) applies one at any time. All limits apply together, the current file always stays,
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
    /// assert_eq!(config.get("retention").as_deref(), Some("max_age=30d"));
    /// ```
    retention(retention: Retention) -> Retention {
        default: Retention::new(),
        kind: table,
        limits: any(),
        help: "`max_age`, `max_files`, `max_total_bytes` of rotated files, in addition to `backup_count`",
        unset: "none",
    }

    /// Sets whether a lock file next to the log file lets several processes write and rotate it together.
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
    locking(locking: Locking) -> Locking {
        default: Locking::default(),
        kind: by_type,
        limits: any(),
        help: "`shared`, `require` (no start without working locks), `off`",
    }

    /// Sets the permissions with which the log file is created, limited by the umask; Unix only.
    ///
    /// Default: 0o640. At most 0o777, and the owner must be able to read and write (0o600). An existing file keeps
    /// its permissions, and hands them on: after a rotation the new file has the mode, owner and group of the one before,
    /// as far as the process may set them, whatever the umask is.
    ///
    /// # Examples
    ///
    /// ```
    /// let private = asynclogger::Config::new("shop").log_dir("logs").file_mode(0o600);
    /// assert!(private.validate().is_ok());
    /// ```
    file_mode(mode: u32) -> u32 {
        default: 0o640,
        kind: mode,
        // Every number in the range has both bits of 0o600.
        limits: between(0o600, 0o777)
            .outside("must be octal, from 0600 to 0777, with read and write for the owner, as in \"0640\""),
        help: "permissions of a new file (Unix)",
    }
}
