//! Judges values that need no parser: sizes beside each other, times, names and paths.
//!
//! `settings` adds the faults of templates, styles and filters and makes one error of all. Pure: no file is looked at.

use super::choices::FORMAT_WORDS;
use super::error::{ConfigError, quoted};
use super::raw_value::SettingValue;
use super::units::{duration_text, size_text};
use super::words::Word;
use super::{Config, Format, Overflow, TimeZone};
use crate::escape::is_on_table;
use crate::nearest::hint;
use std::path::{Component, Path};
use std::time::Duration;

const LONGEST_NAME: usize = 200;
const SMALLEST_RECORD: usize = 1024;
const LARGEST_RECORD: usize = 64 * 1024 * 1024;
const KEY_BYTES: std::ops::RangeInclusive<usize> = 8..=4096;
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// All faults of `config`, the environment's first; empty if its values fit together.
pub(crate) fn faults(config: &Config) -> Vec<ConfigError> {
    let mut faults = Faults(config.env_faults.clone());
    faults.of_name(&config.name);
    faults.of_file(config);
    faults.of_format("console_format", &config.console_format);
    faults.of_format("file_format", &config.file_format);
    faults.of_limits(config);
    faults.of_queue(config);
    faults.of_times(config);
    faults.of_zone(config.time_zone);
    faults.of_fields(config);
    faults.0
}

struct Faults(Vec<ConfigError>);

impl Faults {
    fn add(&mut self, path: &str, value: String, message: impl Into<String>) {
        self.0.push(ConfigError::new(path, value, message));
    }

    fn size(&mut self, path: &str, bytes: usize, message: impl Into<String>) {
        self.add(path, size_text(bytes as u64), message);
    }

    fn of_name(&mut self, name: &str) {
        let forbidden =
            |c: char| matches!(c, '/' | '\\') || is_on_table(c) || (cfg!(windows) && "<>:\"|?*".contains(c));
        let message = if name.is_empty() {
            "empty; give the logger a name, as in \"my-app\""
        } else if name == "." || name == ".." {
            "this names a directory; give the logger a name, as in \"my-app\""
        } else if name.contains(forbidden) {
            "a name becomes a file name, so it cannot contain this character; a directory belongs in `log_dir`"
        } else if name.len() > LONGEST_NAME {
            "too long for a file name; at most 200 bytes"
        } else {
            return;
        };
        self.add("name", quoted(name), message);
    }

    fn of_file(&mut self, config: &Config) {
        let shown = |path: &Path| quoted(&path.to_string_lossy());
        let (dir, file) = (config.dir.as_deref(), config.file.as_deref());
        for (key, path) in [("log_dir", dir), ("log_file", file)] {
            let Some(path) = path else { continue };
            if path.as_os_str().is_empty() {
                self.add(key, shown(path), "empty; name a path or leave the setting out");
            } else if path.as_os_str().as_encoded_bytes().contains(&0) {
                self.add(key, shown(path), "a path cannot contain NUL");
            } else if key == "log_file" && !names_a_file(path) {
                self.add(
                    key,
                    shown(path),
                    "this names a directory; use `log_dir`, or add the file's name",
                );
            }
        }
        if let (Some(_), Some(file)) = (dir, file) {
            self.add(
                "log_file",
                shown(file),
                "`log_dir` is set too; remove one of them",
            );
        }
        if config.max_bytes == 0 {
            let message = "must be at least 1; for a file that is never rotated set `backup_count` to 0";
            self.add("max_bytes", "0".to_owned(), message);
        }
        if let (Some(period), 0) = (config.rotate_every, config.backup_count) {
            let message =
                "`backup_count` = 0 says that the file is never rotated; set it to the files to keep";
            self.add("rotate_every", quoted(period.word()), message);
        }
        if config.file_mode > 0o777 || config.file_mode & 0o600 != 0o600 {
            let message =
                "must be octal, from 0600 to 0777, with read and write for the owner, as in \"0640\"";
            self.add("file_mode", format!("{:04o}", config.file_mode), message);
        }
    }

    fn of_format(&mut self, path: &str, format: &Format) {
        if let Format::Text(template) = format {
            if !template.contains('{') {
                let hint = hint(template, FORMAT_WORDS);
                let message =
                    format!("neither `text`, `json`, `logfmt` nor a template, which has a `{{`{hint}");
                self.add(path, quoted(template), message);
            }
        }
    }

    fn of_limits(&mut self, config: &Config) {
        let record = config.max_record_bytes;
        if record < SMALLEST_RECORD {
            self.size("max_record_bytes", record, "too small; set at least 1KiB");
        } else if record > LARGEST_RECORD {
            self.size("max_record_bytes", record, "too large; set at most 64MiB");
        }
        for (path, bytes) in [
            ("max_message_bytes", config.max_message_bytes),
            ("max_value_bytes", config.max_value_bytes),
        ] {
            if bytes == 0 {
                self.size(path, bytes, "too small; set at least 1");
            } else if bytes > record {
                let limit = size_text(record as u64);
                self.size(
                    path,
                    bytes,
                    format!("more than `max_record_bytes` = {limit}; lower it, or raise that"),
                );
            }
        }
        let key = config.max_key_bytes;
        if !KEY_BYTES.contains(&key) {
            self.size("max_key_bytes", key, "must be from 8 to 4096");
        }
    }

    fn of_queue(&mut self, config: &Config) {
        let record = config.max_record_bytes;
        let limit = size_text(record as u64);
        let least = record.saturating_mul(4);
        if config.queue_bytes < least {
            let least = size_text(least as u64);
            let message = format!(
                "too small for `max_record_bytes` = {limit}; set at least four times as much, {least}"
            );
            self.size("queue_bytes", config.queue_bytes, message);
        }
        if config.batch_bytes < record {
            let message =
                format!("a record of `max_record_bytes` = {limit} would not fit; set at least as much");
            self.size("batch_bytes", config.batch_bytes, message);
        }
    }

    fn of_times(&mut self, config: &Config) {
        if config.flush_interval.is_zero() {
            self.add(
                "flush_interval",
                "0s".to_owned(),
                "must be more than 0; the default is 5ms",
            );
        }
        let mut within = |path, time: Duration, limit: Duration, message: &str| {
            if time > limit {
                self.add(
                    path,
                    duration_text(time),
                    format!("too long; set at most {message}"),
                );
            }
        };
        within("flush_interval", config.flush_interval, HOUR, "1h");
        within("shutdown_timeout", config.shutdown_timeout, DAY, "24h");
        if let Overflow::BlockFor(time) = config.overflow {
            within("overflow.block_for", time, DAY, "24h, or `block`");
        }
    }

    fn of_zone(&mut self, zone: TimeZone) {
        if let TimeZone::Fixed { minutes_east } = zone {
            if minutes_east.unsigned_abs() >= 24 * 60 {
                self.add(
                    "time_zone",
                    zone.show().to_string(),
                    "must be less than a day, up to +23:59 or -23:59",
                );
            }
        }
    }

    fn of_fields(&mut self, config: &Config) {
        for (key, value) in &config.fields {
            let path = format!("field.{key}");
            // The value itself may be secret, so only its size is shown.
            if key.is_empty() {
                self.add("field", String::new(), "a key is empty; name each field");
            } else if key.len() > config.max_key_bytes {
                let limit = config.max_key_bytes;
                self.add(
                    "field",
                    quoted(key),
                    format!("the key is longer than `max_key_bytes` = {limit}"),
                );
            } else if value.len() > config.max_value_bytes {
                let (size, limit) = (value.len(), size_text(config.max_value_bytes as u64));
                self.add(
                    &path,
                    format!("{size} bytes"),
                    format!("longer than `max_value_bytes` = {limit}; shorten it"),
                );
            }
        }
    }
}

/// Not `/`, `logs/`, `.` or `..`.
fn names_a_file(path: &Path) -> bool {
    let ends_open = path.as_os_str().as_encoded_bytes().last().is_some_and(|last| {
        let last = char::from(*last);
        std::path::is_separator(last)
    });
    !ends_open && matches!(path.components().next_back(), Some(Component::Normal(_)))
}
