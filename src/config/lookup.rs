//! Finds settings by their keys, over the rows of all groups.
//!
//! `serial`, `env` and `check` know the settings from here only.

use super::Config;
use super::error::ConfigError;
use super::raw_value::RawValue;
use super::settings::GROUPS;
use super::table::Setting;
use crate::nearest::nearest;

/// All rows, in the order in which a file is written.
pub(super) fn rows() -> impl Iterator<Item = &'static Setting> {
    GROUPS.into_iter().flatten()
}

/// The keys of all settings.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    rows().map(|setting| setting.key)
}

/// Sets one setting by its key; the errors are all that is wrong with its value.
pub(super) fn set(config: &mut Config, key: &str, raw: &RawValue) -> Result<(), Vec<ConfigError>> {
    match rows().find(|setting| setting.key == key) {
        Some(setting) => (setting.read)(config, raw),
        None => Err(vec![ConfigError::new(key, "", unknown(key, raw))]),
    }
}

/// A table full of our keys is a section of an application's own file, not a misspelt setting.
fn unknown(key: &str, raw: &RawValue) -> String {
    if let RawValue::Pairs(pairs) = raw {
        if !pairs.is_empty() && pairs.iter().all(|(inner, _)| keys().any(|known| known == inner)) {
            return "this section holds settings, which belong at the top level of a settings file; \
                    a program that has them in a section reads them as a field of that name, of type \
                    `asynclogger::Config`, in its own configuration"
                .to_owned();
        }
    }
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
