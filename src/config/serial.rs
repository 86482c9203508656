//! Configurations to and from every format of serde, under the names of the setters.
//!
//! Reading starts from the defaults, refuses keys that it does not know, and reports all faults at once.

use super::error::{ConfigError, named};
use super::raw_value::{RawValue, SettingValue};
use super::table::{SETTINGS, set};
use super::table_setting::TableSetting;
use super::{
    Color, Config, Console, Format, Locking, Mask, Newlines, Overflow, Period, Retention, Schema, TimeZone,
};
use crate::error::{Error, ErrorKind};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::path::Path;

impl Config {
    /// Reads a configuration from a JSON file whose keys are the names of the setters.
    ///
    /// Whatever the file leaves out has its default; values are written as [`Config`] says. Values are read here
    /// and judged as a whole when a logger starts, or by [`validate`](Config::validate).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] if the file cannot be read, [`ErrorKind::Config`] if it is not JSON in UTF-8 (line and column
    /// are named), has a key that is no setting (the nearest one is named), or a value that its setting cannot take;
    /// all such faults are told.
    ///
    /// # Examples
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("logging.json");
    /// std::fs::write(&path, r#"{ "name": "shop", "level": "warn", "max_bytes": "20MiB" }"#)?;
    /// let config = asynclogger::Config::from_json_file(&path)?;
    /// assert_eq!(serde_json::to_value(&config)?["max_bytes"], "20MiB");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json_file(path: impl AsRef<Path>) -> Result<Config, Error> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|cause| {
            let text = format!(
                "cannot read the configuration {}: {}; check the path",
                named(path),
                cause.kind()
            );
            Error::new(ErrorKind::Io, text).with_source(cause)
        })?;
        let unusable = |fault: &dyn fmt::Display| {
            Error::new(
                ErrorKind::Config,
                format!("cannot use the configuration {}: {fault}", named(path)),
            )
        };
        let text = String::from_utf8(bytes).map_err(|_| unusable(&"it is not UTF-8; save it as UTF-8"))?;
        // Editors on Windows put a byte order mark in front, which JSON does not know.
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        let read: Reading = serde_json::from_str(text).map_err(|cause| match cause.is_data() {
            true => unusable(&cause),
            false => unusable(&format_args!("it is not JSON: {cause}")),
        })?;
        match ConfigError::error(&read.faults) {
            None => Ok(read.config),
            Some(error) => Err(unusable(&error)),
        }
    }
}

impl Serialize for Config {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let set = SETTINGS.iter().map(|setting| (setting.key, (setting.show)(self)));
        let set: Vec<(&str, RawValue)> = set.filter(|(_, value)| *value != RawValue::Nothing).collect();
        let mut map = serializer.serialize_map(Some(set.len()))?;
        for (key, value) in &set {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Config, D::Error> {
        let read = Reading::deserialize(deserializer)?;
        match ConfigError::error(&read.faults) {
            None => Ok(read.config),
            Some(error) => Err(D::Error::custom(error)),
        }
    }
}

/// What was read, and all that is wrong with it: faults are no error of the format, whose place would be the end
/// of the file.
struct Reading {
    config: Config,
    faults: Vec<ConfigError>,
}

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reading, D::Error> {
        deserializer.deserialize_map(ReadingVisitor)
    }
}

struct ReadingVisitor;

impl<'de> Visitor<'de> for ReadingVisitor {
    type Value = Reading;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reading, A::Error> {
        let mut config = Config::default();
        let mut faults = Vec::new();
        let mut seen = Vec::new();
        while let Some((key, raw)) = map.next_entry::<String, RawValue>()? {
            if seen.contains(&key) {
                faults.push(ConfigError::new(
                    key.as_str(),
                    "",
                    "the key stands there twice; remove one",
                ));
            } else if let Err(more) = set(&mut config, &key, &raw) {
                faults.extend(more);
            }
            seen.push(key);
        }
        Ok(Reading { config, faults })
    }
}

/// serde by way of [`SettingValue`], so that a value reads and prints alike alone and inside a `Config`.
macro_rules! serde_as_value {
    ($($choice:ty)*) => {$(
        impl Serialize for $choice {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.show().serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $choice {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$choice, D::Error> {
                let raw = RawValue::deserialize(deserializer)?;
                <$choice>::read(&raw).map_err(|message| D::Error::custom(format_args!("{raw}: {message}")))
            }
        }
    )*};
}

serde_as_value!(Console Format Schema Color Newlines TimeZone Overflow Locking Period);

/// serde by way of [`TableSetting`], for the settings that are tables.
macro_rules! serde_as_table {
    ($($part:ident: $setting:literal)*) => {$(
        impl Serialize for $part {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.show().serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $part {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$part, D::Error> {
                let raw = RawValue::deserialize(deserializer)?;
                let mut part = $part::empty();
                let faults = part.merge($setting, &raw).err().unwrap_or_default();
                ConfigError::error(&faults).map_or(Ok(part), |error| Err(D::Error::custom(error)))
            }
        }
    )*};
}

serde_as_table!(Retention: "retention" Mask: "mask");
