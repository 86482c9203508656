//! A value as a file or a variable holds it, before its setting interprets it.
//!
//! Every format of serde and every environment variable arrives as a [`RawValue`]. So each setting has one reader, and
//! all faults are found together, not only the first.

use super::error::quoted;
use super::units::{duration, duration_text};
use super::words::{Word, level, level_word};
use log::LevelFilter;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// A value without a type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawValue {
    /// `null`; for a setting that is shown: not set.
    Nothing,
    Switch(bool),
    Number(u64),
    Text(String),
    Pairs(Vec<(String, RawValue)>),
    List(Vec<RawValue>),
    /// The description of a value that no setting takes: a negative number, a fraction, ...
    Other(String),
}

impl RawValue {
    /// Returns the text; a number or a switch without quotes counts as text.
    pub(crate) fn text(&self) -> Result<String, String> {
        match self {
            RawValue::Text(text) => Ok(text.clone()),
            RawValue::Number(number) => Ok(number.to_string()),
            RawValue::Switch(on) => Ok(on.to_string()),
            _ => Err("must be text".to_owned()),
        }
    }

    /// Returns the value as an environment variable holds it: text without quotes, tables as `key=value,key=value`.
    pub(crate) fn plain_text(&self) -> String {
        match self {
            RawValue::Nothing => String::new(),
            RawValue::Switch(on) => on.to_string(),
            RawValue::Number(number) => number.to_string(),
            RawValue::Text(text) | RawValue::Other(text) => text.clone(),
            RawValue::List(items) => joined(items.iter().map(RawValue::plain_text)),
            RawValue::Pairs(pairs) => joined(pairs.iter().flat_map(|(key, value)| match value {
                RawValue::List(items) => items.iter().map(|item| pair_text(key, '=', item)).collect(),
                RawValue::Pairs(inner) => {
                    let each = inner.iter();
                    each.map(|(name, value)| format!("{key}={}", pair_text(name, ':', value)))
                        .collect()
                }
                single => vec![pair_text(key, '=', single)],
            })),
        }
    }

    /// Returns true if this is `word`, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self, RawValue::Text(text) if text.trim().eq_ignore_ascii_case(word))
    }

    /// Returns the items of a list; any other value is a list of one.
    pub(crate) fn items(&self) -> &[RawValue] {
        match self {
            RawValue::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }

    /// Returns the pairs of a table, or of the text `key=value,key=value` of a variable.
    pub(crate) fn pairs(&self) -> Result<Vec<(String, RawValue)>, String> {
        let fault = || "must be a table of keys and values, or text as in `key=value,key=value`".to_owned();
        match self {
            RawValue::Pairs(pairs) => Ok(pairs.clone()),
            RawValue::Text(text) => text
                .split(',')
                .map(|pair| {
                    let (key, value) = pair.split_once('=').ok_or_else(fault)?;
                    Ok((key.trim().to_owned(), RawValue::Text(value.trim().to_owned())))
                })
                .collect(),
            _ => Err(fault()),
        }
    }
}

fn pair_text(key: &str, separator: char, value: &RawValue) -> String {
    format!("{key}{separator}{}", value.plain_text())
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

/// The form for errors; a table shows only its keys, because its values may be secret.
impl fmt::Display for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RawValue::Nothing => f.write_str("null"),
            RawValue::Switch(on) => write!(f, "{on}"),
            RawValue::Number(number) => write!(f, "{number}"),
            RawValue::Text(text) => f.write_str(&quoted(text)),
            RawValue::Pairs(pairs) => {
                let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
                write!(f, "a table of {}", quoted(&keys.join(", ")))
            }
            RawValue::List(_) => f.write_str("a list"),
            RawValue::Other(what) => f.write_str(what),
        }
    }
}

impl Serialize for RawValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            RawValue::Nothing => serializer.serialize_none(),
            RawValue::Switch(on) => serializer.serialize_bool(*on),
            RawValue::Number(number) => serializer.serialize_u64(*number),
            RawValue::Text(text) => serializer.serialize_str(text),
            RawValue::Pairs(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            RawValue::List(items) => serializer.collect_seq(items),
            RawValue::Other(what) => Err(S::Error::custom(what)),
        }
    }
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawValue, D::Error> {
        deserializer.deserialize_any(RawValueVisitor)
    }
}

struct RawValueVisitor;

impl<'de> Visitor<'de> for RawValueVisitor {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a setting")
    }

    fn visit_bool<E>(self, on: bool) -> Result<RawValue, E> {
        Ok(RawValue::Switch(on))
    }

    fn visit_u64<E>(self, number: u64) -> Result<RawValue, E> {
        Ok(RawValue::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<RawValue, E> {
        Ok(u64::try_from(number).map_or_else(|_| RawValue::Other(number.to_string()), RawValue::Number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<RawValue, E> {
        Ok(RawValue::Other(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawValue, E> {
        Ok(RawValue::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Nothing)
    }

    fn visit_none<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawValue, D::Error> {
        RawValue::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(RawValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawValue, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(RawValue::Pairs(pairs))
    }
}

/// A type that reads and shows its own values, the same way in every setting.
pub(crate) trait SettingValue: Sized {
    /// Reads a value; the error says what is wrong and what to write.
    fn read(raw: &RawValue) -> Result<Self, String>;

    /// Returns a raw value that `read` reads back the same.
    fn show(&self) -> RawValue;
}

impl<T: Word> SettingValue for T {
    fn read(raw: &RawValue) -> Result<T, String> {
        T::from_word(&raw.text()?)
    }

    fn show(&self) -> RawValue {
        RawValue::Text(self.word().to_owned())
    }
}

impl SettingValue for bool {
    fn read(raw: &RawValue) -> Result<bool, String> {
        let word = raw.text().unwrap_or_default();
        match word.trim().to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        }
    }

    fn show(&self) -> RawValue {
        RawValue::Switch(*self)
    }
}

impl SettingValue for String {
    fn read(raw: &RawValue) -> Result<String, String> {
        raw.text()
    }

    fn show(&self) -> RawValue {
        RawValue::Text(self.clone())
    }
}

impl SettingValue for PathBuf {
    fn read(raw: &RawValue) -> Result<PathBuf, String> {
        raw.text().map(PathBuf::from)
    }

    fn show(&self) -> RawValue {
        match self.to_str() {
            Some(text) => RawValue::Text(text.to_owned()),
            None => RawValue::Other(format!(
                "the path {self:?} is not UTF-8 and cannot be written as text"
            )),
        }
    }
}

impl SettingValue for LevelFilter {
    fn read(raw: &RawValue) -> Result<LevelFilter, String> {
        level(&raw.text()?)
    }

    fn show(&self) -> RawValue {
        RawValue::Text(level_word(*self).to_owned())
    }
}

impl SettingValue for Duration {
    fn read(raw: &RawValue) -> Result<Duration, String> {
        match raw {
            RawValue::Number(millis) => Ok(Duration::from_millis(*millis)),
            RawValue::Text(text) => duration(text),
            _ => Err("must be a duration, as in `250ms`".to_owned()),
        }
    }

    fn show(&self) -> RawValue {
        RawValue::Text(duration_text(*self))
    }
}

/// Not set is `null`, or no key at all.
impl<T: SettingValue> SettingValue for Option<T> {
    fn read(raw: &RawValue) -> Result<Option<T>, String> {
        match raw {
            RawValue::Nothing => Ok(None),
            raw => T::read(raw).map(Some),
        }
    }

    fn show(&self) -> RawValue {
        self.as_ref().map_or(RawValue::Nothing, T::show)
    }
}
