//! Checks values that need no parser: names, paths, and settings that limit each other.
//!
//! Limits of single values come from the table. `settings` adds the faults of templates, styles and filters and makes
//! one error of all. Pure: it looks at no file.

use super::error::{ConfigError, quoted};
use super::lookup::rows;
use super::raw_value::SettingValue;
use super::settings::DAY;
use super::unexpanded::unexpanded;
use super::units::{duration_text, size_text};
use super::words::Word;
use super::{Config, Format, Overflow, TimeZone};
use crate::escape::needs_escape;
use std::path::{Component, Path};

const LONGEST_NAME: usize = 200;

/// All faults of `config`, those of the environment first; empty if every value is valid.
pub(crate) fn faults(config: &Config) -> Vec<ConfigError> {
    let mut faults = Faults(config.env_faults.clone());
    faults.outside_of_limits(config);
    faults.of_name(&config.records.name);
    faults.of_file(config);
    faults.of_format("console_format", &config.format.console_format);
    faults.of_format("file_format", &config.format.file_format);
    faults.of_limits(config);
    faults.of_console_line(config);
    faults.of_queue(config);
    faults.of_zone(config.format.time_zone);
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

    /// Every value that is outside of the limits in its row.
    fn outside_of_limits(&mut self, config: &Config) {
        for setting in rows() {
            if let Some(message) = (setting.fault)(config) {
                self.add(setting.key, (setting.show)(config).plain_text(), message);
            }
        }
    }

    fn of_name(&mut self, name: &str) {
        let forbidden =
            |c: char| matches!(c, '/' | '\\') || needs_escape(c) || (cfg!(windows) && "<>:\"|?*".contains(c));
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
        let (dir, file) = (
            config.records.log_dir.as_deref(),
            config.records.log_file.as_deref(),
        );
        for (key, path) in [("log_dir", dir), ("log_file", file)] {
            let Some(path) = path else { continue };
            if path.as_os_str().is_empty() {
                self.add(key, shown(path), "empty; name a path or leave the setting out");
            } else if let Some(reason) = unexpanded(path) {
                self.add(key, shown(path), reason);
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
        if let (Some(period), 0) = (config.rotation.rotate_every, config.rotation.backup_count) {
            let message =
                "`backup_count` = 0 says that the file is never rotated; set it to the files to keep";
            self.add("rotate_every", quoted(period.word()), message);
        }
    }

    fn of_format(&mut self, path: &str, format: &Format) {
        if let (Format::Text(template), Some(message)) = (format, format.fault()) {
            self.add(path, quoted(template), message);
        }
    }

    /// The parts of a record must fit into it.
    fn of_limits(&mut self, config: &Config) {
        let record = config.limits.max_record_bytes;
        for (path, bytes) in [
            ("max_message_bytes", config.limits.max_message_bytes),
            ("max_value_bytes", config.limits.max_value_bytes),
        ] {
            if bytes > record {
                let limit = size_text(record as u64);
                let message = format!("more than `max_record_bytes` = {limit}; lower it, or raise that");
                self.size(path, bytes, message);
            }
        }
    }

    /// A line on the console has room for the parts that every line has, and is no longer than a record.
    fn of_console_line(&mut self, config: &Config) {
        let Some(bytes) = config.format.console_line_bytes else {
            return;
        };
        let record = config.limits.max_record_bytes;
        if bytes < 1024 {
            self.size("console_line_bytes", bytes, "too small; at least 1KiB");
        } else if bytes > record {
            let limit = size_text(record as u64);
            let message = format!("more than `max_record_bytes` = {limit}; lower it, or raise that");
            self.size("console_line_bytes", bytes, message);
        }
    }

    /// Records must fit into the queue and into a batch, and a wait must end.
    fn of_queue(&mut self, config: &Config) {
        let record = config.limits.max_record_bytes;
        let delivery = &config.delivery;
        let limit = size_text(record as u64);
        let least = record.saturating_mul(4);
        if delivery.queue_bytes < least {
            let least = size_text(least as u64);
            let message = format!(
                "too small for `max_record_bytes` = {limit}; set at least four times as much, {least}"
            );
            self.size("queue_bytes", delivery.queue_bytes, message);
        }
        if delivery.batch_bytes < record {
            let message =
                format!("a record of `max_record_bytes` = {limit} would not fit; set at least as much");
            self.size("batch_bytes", delivery.batch_bytes, message);
        }
        if let Overflow::BlockFor(time) = delivery.overflow {
            if time > DAY {
                let message = "too long; set at most 24h, or `block`";
                self.add("overflow.block_for", duration_text(time), message);
            }
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
        for (key, value) in &config.format.field.0 {
            let path = format!("field.{key}");
            // The value may be secret, so only its size is shown.
            if key.is_empty() {
                self.add("field", String::new(), "a key is empty; name each field");
            } else if key.len() > config.limits.max_key_bytes {
                let limit = config.limits.max_key_bytes;
                self.add(
                    "field",
                    quoted(key),
                    format!("the key is longer than `max_key_bytes` = {limit}"),
                );
            } else if value.len() > config.limits.max_value_bytes {
                let (size, limit) = (value.len(), size_text(config.limits.max_value_bytes as u64));
                self.add(
                    &path,
                    format!("{size} bytes"),
                    format!("longer than `max_value_bytes` = {limit}; shorten it"),
                );
            }
        }
    }
}

/// Returns false for `/`, `logs/`, `.` and `..`.
fn names_a_file(path: &Path) -> bool {
    let ends_open = path.as_os_str().as_encoded_bytes().last().is_some_and(|last| {
        let last = char::from(*last);
        std::path::is_separator(last)
    });
    !ends_open && matches!(path.components().next_back(), Some(Component::Normal(_)))
}
