//! A value as it stands in a file or a variable, before its setting makes sense of it.
//!
//! Every format of serde and every environment variable comes in through [`Raw`], so that a setting has one
//! reader, and all its faults are found in one go, not only the first.

use super::error::quoted;
use super::units::{duration, duration_text};
use super::words::{Word, level, level_word};
use log::LevelFilter;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// A value without a meaning yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Raw {
    /// `null`; as the value of a setting that is shown: it is not set.
    Nothing,
    Switch(bool),
    Number(u64),
    Text(String),
    Pairs(Vec<(String, Raw)>),
    List(Vec<Raw>),
    /// What no setting takes (a negative number, a fraction, ...), described.
    Other(String),
}

impl Raw {
    /// Text, also where a number or a switch was written without quotes.
    pub(crate) fn text(&self) -> Result<String, String> {
        match self {
            Raw::Text(text) => Ok(text.clone()),
            Raw::Number(number) => Ok(number.to_string()),
            Raw::Switch(on) => Ok(on.to_string()),
            _ => Err("must be text".to_owned()),
        }
    }

    /// Whether it is this word, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self, Raw::Text(text) if text.trim().eq_ignore_ascii_case(word))
    }

    /// The values of a list; what is no list stands for a list of one.
    pub(crate) fn items(&self) -> &[Raw] {
        match self {
            Raw::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }

    /// Pairs, also as the text `key=value,key=value` of a variable.
    pub(crate) fn pairs(&self) -> Result<Vec<(String, Raw)>, String> {
        let fault = || "must be a table of keys and values, or text as in `key=value,key=value`".to_owned();
        match self {
            Raw::Pairs(pairs) => Ok(pairs.clone()),
            Raw::Text(text) => text
                .split(',')
                .map(|pair| {
                    let (key, value) = pair.split_once('=').ok_or_else(fault)?;
                    Ok((key.trim().to_owned(), Raw::Text(value.trim().to_owned())))
                })
                .collect(),
            _ => Err(fault()),
        }
    }
}

/// As a fault shows it; of pairs only the keys, since values may be secret.
impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Raw::Nothing => f.write_str("null"),
            Raw::Switch(on) => write!(f, "{on}"),
            Raw::Number(number) => write!(f, "{number}"),
            Raw::Text(text) => f.write_str(&quoted(text)),
            Raw::Pairs(pairs) => {
                let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
                write!(f, "a table of {}", quoted(&keys.join(", ")))
            }
            Raw::List(_) => f.write_str("a list"),
            Raw::Other(what) => f.write_str(what),
        }
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Raw::Nothing => serializer.serialize_none(),
            Raw::Switch(on) => serializer.serialize_bool(*on),
            Raw::Number(number) => serializer.serialize_u64(*number),
            Raw::Text(text) => serializer.serialize_str(text),
            Raw::Pairs(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Raw::List(items) => serializer.collect_seq(items),
            Raw::Other(what) => Err(S::Error::custom(what)),
        }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a setting")
    }

    fn visit_bool<E>(self, on: bool) -> Result<Raw, E> {
        Ok(Raw::Switch(on))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        Ok(Raw::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(u64::try_from(number).map_or_else(|_| Raw::Other(number.to_string()), Raw::Number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Raw, E> {
        Ok(Raw::Other(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Raw::Pairs(pairs))
    }
}

/// A type whose values all settings of that type read and show alike.
pub(crate) trait Plain: Sized {
    /// Reads a value; the error says what is wrong with it and what to write.
    fn read(raw: &Raw) -> Result<Self, String>;

    /// The value so that `read` gives it back.
    fn show(&self) -> Raw;
}

impl<T: Word> Plain for T {
    fn read(raw: &Raw) -> Result<T, String> {
        T::from_word(&raw.text()?)
    }

    fn show(&self) -> Raw {
        Raw::Text(self.word().to_owned())
    }
}

impl Plain for bool {
    fn read(raw: &Raw) -> Result<bool, String> {
        let word = raw.text().unwrap_or_default();
        match word.trim().to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        }
    }

    fn show(&self) -> Raw {
        Raw::Switch(*self)
    }
}

impl Plain for String {
    fn read(raw: &Raw) -> Result<String, String> {
        raw.text()
    }

    fn show(&self) -> Raw {
        Raw::Text(self.clone())
    }
}

impl Plain for PathBuf {
    fn read(raw: &Raw) -> Result<PathBuf, String> {
        raw.text().map(PathBuf::from)
    }

    fn show(&self) -> Raw {
        match self.to_str() {
            Some(text) => Raw::Text(text.to_owned()),
            None => Raw::Other(format!(
                "the path {self:?} is not UTF-8 and cannot be written as text"
            )),
        }
    }
}

impl Plain for LevelFilter {
    fn read(raw: &Raw) -> Result<LevelFilter, String> {
        level(&raw.text()?)
    }

    fn show(&self) -> Raw {
        Raw::Text(level_word(*self).to_owned())
    }
}

impl Plain for Duration {
    fn read(raw: &Raw) -> Result<Duration, String> {
        match raw {
            Raw::Number(millis) => Ok(Duration::from_millis(*millis)),
            Raw::Text(text) => duration(text),
            _ => Err("must be a duration, as in `250ms`".to_owned()),
        }
    }

    fn show(&self) -> Raw {
        Raw::Text(duration_text(*self))
    }
}

/// Not set is `null`, or rather no key at all.
impl<T: Plain> Plain for Option<T> {
    fn read(raw: &Raw) -> Result<Option<T>, String> {
        match raw {
            Raw::Nothing => Ok(None),
            raw => T::read(raw).map(Some),
        }
    }

    fn show(&self) -> Raw {
        self.as_ref().map_or(Raw::Nothing, T::show)
    }
}
