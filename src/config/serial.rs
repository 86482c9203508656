//! serde for configurations and their parts, under the names of the setters.
//!
//! Reading starts from the defaults, refuses unknown keys, and reports all faults at once.

use super::error::ConfigError;
use super::lookup::{rows, set};
use super::raw_value::{RawValue, SettingValue};
use super::table_setting::TableSetting;
use super::{
    BigIntegers, Color, Config, Console, Format, Locking, Mask, Newlines, Overflow, Period, Retention,
    Schema, TimeZone,
};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

impl Serialize for Config {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let set = rows().map(|setting| (setting.key, (setting.show)(self)));
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

/// What was read, and all that is wrong with it.
///
/// Faults are not errors of the format: those would point to the end of the file.
pub(super) struct Reading {
    pub(super) config: Config,
    pub(super) faults: Vec<ConfigError>,
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

/// serde through [`SettingValue`]: a value alone is read and written as inside a `Config`.
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

serde_as_value!(BigIntegers Console Format Schema Color Newlines TimeZone Overflow Locking Period);

/// serde through [`TableSetting`], for the settings that are tables.
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
