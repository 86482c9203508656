//! How many rotated files are kept, and for how long; plain data.
//!
//! `sink/retention` deletes by it. Invariant: a limit that is not set deletes nothing.

use super::error::ConfigError;
use super::kinds::{by_type, count, size};
use super::raw_value::RawValue;
use super::table_setting::{TableSetting, merge_pairs};
use std::time::Duration;

/// Which rotated log files are kept; all limits that are set apply together, and the current file always stays.
///
/// [`Retention::new`] and [`Retention::default`] keep every file.
///
/// In files it is a table, `{ max_age = "30d", max_files = 100, max_total_bytes = "1GiB" }`; a missing key is no limit.
/// The word `"none"` removes all limits that an earlier source set.
///
/// # Examples
///
/// ```
/// use asynclogger::Retention;
/// use std::time::Duration;
///
/// let retention = Retention::new()
///     .max_age(Duration::from_secs(7 * 24 * 3_600))
///     .max_total_bytes(1_073_741_824);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retention {
    pub(crate) max_age: Option<Duration>,
    pub(crate) max_files: Option<u32>,
    pub(crate) max_total_bytes: Option<u64>,
}

impl Retention {
    /// Keeps every file; set at least one limit.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(asynclogger::Retention::new(), asynclogger::Retention::default());
    /// ```
    #[must_use]
    pub fn new() -> Retention {
        Retention::default()
    }

    /// Deletes rotated files whose last line was written longer ago than this.
    ///
    /// A wall clock that jumps ahead while the logger runs does not delete files at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let a_week = asynclogger::Retention::new().max_age(Duration::from_secs(7 * 24 * 3_600));
    /// ```
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Retention {
        self.max_age = Some(age);
        self
    }

    /// Keeps at most this many rotated files, the newest ones; 0 keeps none.
    ///
    /// # Examples
    ///
    /// ```
    /// let ten_files = asynclogger::Retention::new().max_files(10);
    /// ```
    #[must_use]
    pub fn max_files(mut self, files: u32) -> Retention {
        self.max_files = Some(files);
        self
    }

    /// Keeps at most this many bytes in rotated files, the newest ones; the current file does not count.
    ///
    /// # Examples
    ///
    /// ```
    /// let a_gigabyte = asynclogger::Retention::new().max_total_bytes(1_073_741_824);
    /// ```
    #[must_use]
    pub fn max_total_bytes(mut self, bytes: u64) -> Retention {
        self.max_total_bytes = Some(bytes);
        self
    }

    /// Returns true if a limit is set.
    pub(crate) fn limits_anything(&self) -> bool {
        *self != Retention::new()
    }
}

impl TableSetting for Retention {
    fn empty() -> Retention {
        Retention::new()
    }

    fn merge(&mut self, setting: &str, raw: &RawValue) -> Result<(), Vec<ConfigError>> {
        if *raw == RawValue::Nothing || raw.is_word("none") {
            *self = Retention::new();
            return Ok(());
        }
        let known = ["max_age", "max_files", "max_total_bytes"];
        merge_pairs(setting, raw, &known, "`none`", |key, value| {
            match key {
                "max_age" => self.max_age = Some(by_type::read(value)?),
                "max_files" => self.max_files = Some(count::read(value)?),
                _ => self.max_total_bytes = Some(size::read(value)?),
            }
            Ok(())
        })
    }

    fn show(&self) -> RawValue {
        let parts = [
            ("max_age", self.max_age.as_ref().map(by_type::show)),
            ("max_files", self.max_files.as_ref().map(count::show)),
            ("max_total_bytes", self.max_total_bytes.as_ref().map(size::show)),
        ];
        let set = parts
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        RawValue::Pairs(set.collect())
    }
    fn is_set(&self) -> bool {
        self.limits_anything()
    }
}
