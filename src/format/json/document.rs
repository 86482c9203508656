//! Checks that a text is a JSON document that every parser accepts inside a line.
//!
//! Stricter than parsing: no key twice in one object, no number outside the range of a float, and no nesting deeper
//! than parsers with a depth limit (usually 128) accept.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

const DEEPEST: usize = 100;

pub(super) fn is_valid(text: &str) -> bool {
    let mut reader = serde_json::Deserializer::from_str(text);
    AnyValue { deeper: DEEPEST }.deserialize(&mut reader).is_ok() && reader.end().is_ok()
}

/// Reads any value and discards it.
#[derive(Clone, Copy)]
struct AnyValue {
    /// Nesting levels allowed below this one.
    deeper: usize,
}

impl AnyValue {
    fn below<E: Error>(self) -> Result<AnyValue, E> {
        match self.deeper.checked_sub(1) {
            Some(deeper) => Ok(AnyValue { deeper }),
            None => Err(E::custom("too deep")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let below = self.below()?;
        while values.next_element_seed(below)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<(), A::Error> {
        let below = self.below()?;
        let mut keys = HashSet::new();
        while let Some(key) = pairs.next_key::<String>()? {
            if !keys.insert(key) {
                return Err(A::Error::custom("a key twice"));
            }
            pairs.next_value_seed(below)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_from_what_only_looks_like_one() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        for sound in [
            "{}",
            "[1, -2.5, \"x\", null, true, {\"a\":{\"a\":1}}]",
            " 7 ",
            "\"x\"",
            &nested(DEEPEST),
        ] {
            assert!(is_valid(sound), "{sound}");
        }
        for faulty in [
            "",
            "{",
            "[1,]",
            "1 2",
            "NaN",
            "1e999",
            "{\"a\":1,\"a\":2}",
            "\"a\nb\"",
            &nested(DEEPEST + 1),
            &nested(100_000),
        ] {
            assert!(!is_valid(faulty), "{faulty}");
        }
    }
}
