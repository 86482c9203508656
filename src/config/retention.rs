//! How many rotated files are kept, and for how long; plain data.
//!
//! `sink/retention` acts on it. Invariant: an unset limit deletes nothing.

use super::error::ConfigError;
use super::kinds::{count, plain, size};
use super::raw_value::RawValue;
use super::table_setting::{TableSetting, merge_pairs};
use std::time::Duration;

/// Which rotated log files are kept; all limits that are set apply together, and the current file always stays.
///
/// [`Retention::new`] keeps everything. [`Retention::default`] keeps 30 days and at most 100 files, as the
/// Python original does.
///
/// In files it is a table, `{ max_age = "30d", max_files = 100, max_total_bytes = "1GiB" }`, in which a limit that
/// is left out is none; the word `"none"` takes back all that were set.
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// assert_ne!(asynclogger::Retention::new(), asynclogger::Retention::default());
    /// ```
    #[must_use]
    pub fn new() -> Retention {
        Retention {
            max_age: None,
            max_files: None,
            max_total_bytes: None,
        }
    }

    /// Deletes rotated files whose last line was written longer ago than this.
    ///
    /// A wall clock that jumps ahead while the logger runs deletes nothing at once.
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

    /// Keeps at most so many rotated files, the newest ones; 0 keeps none.
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

    /// Keeps at most so many bytes in rotated files, the newest ones; the current file is not counted.
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

    /// Whether any limit is set.
    pub(crate) fn limits_anything(&self) -> bool {
        *self != Retention::new()
    }
}

impl Default for Retention {
    /// 30 days and 100 files.
    fn default() -> Retention {
        Retention::new()
            .max_age(Duration::from_secs(30 * 24 * 3_600))
            .max_files(100)
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
                "max_age" => self.max_age = Some(plain::read(value)?),
                "max_files" => self.max_files = Some(count::read(value)?),
                _ => self.max_total_bytes = Some(size::read(value)?),
            }
            Ok(())
        })
    }

    fn show(&self) -> RawValue {
        let parts = [
            ("max_age", self.max_age.as_ref().map(plain::show)),
            ("max_files", self.max_files.as_ref().map(count::show)),
            ("max_total_bytes", self.max_total_bytes.as_ref().map(size::show)),
        ];
        let set = parts
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        RawValue::Pairs(set.collect())
    }
}
