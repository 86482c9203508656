//! One row for each setting: its key, how its value is read from a file or a variable, and how it is shown.
//!
//! `serial` and `env` know the settings from here only. A new setting is a field, a setter, and a row.

use super::Config;
use super::error::ConfigError;
use super::kinds::{console, count, mode, plain, size};
use super::raw_value::RawValue;
use super::table_setting::TableSetting;
use super::words::{level, level_word, record_level};
use crate::nearest::nearest;

/// A setting as files and variables see it.
pub(super) struct Setting {
    /// The name of the setter.
    pub(super) key: &'static str,
    pub(super) read: fn(&mut Config, &RawValue) -> Result<(), Vec<ConfigError>>,
    /// `RawValue::Nothing` if it is not set.
    pub(super) show: fn(&Config) -> RawValue,
}

/// The row of the setting `key`, kept in the field of that name or in `=> field`, read and shown by a module.
macro_rules! setting {
    ($key:ident, $kind:ident) => {
        setting!($key => $key, $kind)
    };
    ($key:ident => $field:ident, $kind:ident) => {
        Setting {
            key: stringify!($key),
            read: |config, raw| {
                config.$field = $kind::read(raw).map_err(|message| one_fault(stringify!($key), raw, message))?;
                Ok(())
            },
            show: |config| $kind::show(&config.$field),
        }
    };
}

/// In the order in which a file is written.
pub(super) static SETTINGS: &[Setting] = &[
    setting!(name, plain),
    setting!(log_dir => dir, plain),
    setting!(log_file => file, plain),
    setting!(console, console),
    setting!(level, plain),
    setting!(filter, plain),
    setting!(rust_log, plain),
    setting!(console_level, plain),
    setting!(file_level, plain),
    setting!(console_format, plain),
    setting!(file_format, plain),
    setting!(color, plain),
    setting!(newlines, plain),
    setting!(json_schema, plain),
    setting!(source, plain),
    setting!(time_zone, plain),
    setting!(max_bytes, size),
    setting!(backup_count, count),
    setting!(rotate_every, plain),
    setting!(locking, plain),
    setting!(file_mode, mode),
    setting!(queue_bytes, size),
    Setting {
        key: "overflow",
        read: |config, raw| {
            config.overflow = plain::read(raw).map_err(|message| overflow_fault(raw, message))?;
            Ok(())
        },
        show: |config| plain::show(&config.overflow),
    },
    setting!(batch_bytes, size),
    setting!(flush_interval, plain),
    setting!(shutdown_timeout, plain),
    setting!(max_message_bytes, size),
    setting!(max_key_bytes, size),
    setting!(max_value_bytes, size),
    setting!(max_record_bytes, size),
    setting!(log_panics, plain),
    setting!(flush_on_exit, plain),
    Setting {
        key: "retention",
        read: |config, raw| config.retention.merge("retention", raw),
        // A retention without a limit is none.
        show: |config| match config.retention.limits_anything() {
            true => config.retention.show(),
            false => RawValue::Nothing,
        },
    },
    Setting {
        key: "mask",
        read: |config, raw| config.mask.merge("mask", raw),
        show: |config| config.mask.show(),
    },
    Setting {
        key: "level_for",
        read: |config, raw| {
            each_pair("level_for", raw, |target, value| {
                config.level_for.insert(target.to_owned(), level(value)?);
                Ok(())
            })
        },
        show: |config| {
            table(
                config
                    .level_for
                    .iter()
                    .map(|(target, level)| (target.as_str(), level_word(*level))),
            )
        },
    },
    Setting {
        key: "level_color",
        read: |config, raw| {
            each_pair("level_color", raw, |level, style| {
                config.level_color.insert(record_level(level)?, style.to_owned());
                Ok(())
            })
        },
        show: |config| {
            let word = |level: &log::Level| level_word(level.to_level_filter());
            table(
                config
                    .level_color
                    .iter()
                    .map(|(level, style)| (word(level), style.as_str())),
            )
        },
    },
    Setting {
        key: "field",
        read: |config, raw| {
            each_pair("field", raw, |key, value| {
                config.set_field(key.to_owned(), value.to_owned());
                Ok(())
            })
        },
        show: |config| {
            table(
                config
                    .fields
                    .iter()
                    .map(|(key, value)| (key.as_str(), value.as_str())),
            )
        },
    },
];

/// Sets one setting by its key; the faults are all that its value has.
pub(super) fn set(config: &mut Config, key: &str, raw: &RawValue) -> Result<(), Vec<ConfigError>> {
    match SETTINGS.iter().find(|setting| setting.key == key) {
        Some(setting) => (setting.read)(config, raw),
        None => Err(vec![ConfigError::new(key, "", unknown(key))]),
    }
}

/// The names of all settings.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.key)
}

fn unknown(key: &str) -> String {
    let meant = meant(key).map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
    format!("there is no such setting{meant}")
}

/// What other loggers call our settings, where the words have too little in common.
pub(super) const FOREIGN_KEYS: [(&str, &str); 14] = [
    ("buffer_size", "queue_bytes"),
    ("colour", "color"),
    ("colours", "color"),
    ("directory", "log_dir"),
    ("filename", "log_file"),
    ("max_files", "backup_count"),
    ("max_size", "max_bytes"),
    ("path", "log_file"),
    ("redact", "mask"),
    ("rotation", "rotate_every"),
    ("stderr", "console"),
    ("stdout", "console"),
    ("template", "console_format"),
    ("timeout", "shutdown_timeout"),
];

/// The setting that `key` most likely stands for.
pub(super) fn meant(key: &str) -> Option<&'static str> {
    let plain = key.to_ascii_lowercase().replace('-', "_");
    let foreign = FOREIGN_KEYS.iter().find(|(theirs, _)| *theirs == plain);
    foreign.map(|(_, ours)| *ours).or_else(|| nearest(key, keys()))
}

fn one_fault(key: &str, raw: &RawValue, message: String) -> Vec<ConfigError> {
    vec![ConfigError::new(key, raw.to_string(), message)]
}

/// A faulty time has a path of its own: it stands one level deeper.
fn overflow_fault(raw: &RawValue, message: String) -> Vec<ConfigError> {
    match raw.pairs().as_deref() {
        Ok([(key, time)]) if key == "block_for" => one_fault("overflow.block_for", time, message),
        _ => one_fault("overflow", raw, message),
    }
}

/// Sets each pair; pairs that were there before stay.
fn each_pair(
    key: &str,
    raw: &RawValue,
    mut set: impl FnMut(&str, &str) -> Result<(), String>,
) -> Result<(), Vec<ConfigError>> {
    let pairs = raw
        .pairs()
        .map_err(|message| vec![ConfigError::new(key, "", message)])?;
    let mut faults = Vec::new();
    for (name, value) in &pairs {
        if let Err(message) = value.text().and_then(|text| set(name, &text)) {
            let path = format!("{key}.{}", name.escape_debug());
            faults.push(ConfigError::new(path, value.to_string(), message));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn table<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> RawValue {
    let pairs: Vec<(String, RawValue)> = pairs
        .map(|(key, value)| (key.to_owned(), RawValue::Text(value.to_owned())))
        .collect();
    if pairs.is_empty() {
        RawValue::Nothing
    } else {
        RawValue::Pairs(pairs)
    }
}
