//! Checks that a text is a JSON document that every parser accepts inside a line, and writes it so that all can read it.
//!
//! Stricter than parsing: no key twice in one object, no number outside the range of a float, and no nesting deeper
//! than parsers with a depth limit (usually 128) accept.

use super::super::number::IntegerRange;
use crate::escape::NUL_SIGN;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

const DEEPEST: usize = 100;

pub(super) fn is_valid(text: &str) -> bool {
    let mut reader = serde_json::Deserializer::from_str(text);
    AnyValue { deeper: DEEPEST }.deserialize(&mut reader).is_ok() && reader.end().is_ok()
}

/// Returns the valid document `text` as it is written: integers outside of `integers` as text, and NUL as its sign, the
/// same as outside of documents.
pub(super) fn for_readers(text: &str, integers: IntegerRange) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let (mut out, mut copied) = (String::new(), 0);
    let (mut at, mut in_string) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        let mut instead = None;
        let len = match byte {
            b'\\' if bytes[at..].starts_with(NUL) => {
                instead = Some(NUL_SIGN.to_owned());
                NUL.len()
            }
            // Only strings have backslashes, and the next byte is a part of the escape.
            b'\\' => 2,
            b'-' | b'0'..=b'9' if !in_string => {
                let len = number_len(&bytes[at..]);
                let digits = &text[at..at + len];
                instead = (!integers.has_digits(digits)).then(|| format!("\"{digits}\""));
                len
            }
            _ => 1,
        };
        if let Some(instead) = instead {
            out.push_str(&text[copied..at]);
            out.push_str(&instead);
            copied = at + len;
        }
        in_string ^= byte == b'"';
        at += len;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

const NUL: &[u8] = b"\\u0000";

/// Length of the number at the start of `bytes`.
fn number_len(bytes: &[u8]) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    bytes.iter().take_while(|byte| is_part(byte)).count()
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
            // Two keys that are equal as they are written would be one to a reader.
            if !keys.insert(key.replace('\0', NUL_SIGN)) {
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
    fn big_integers_and_nul_are_written_for_readers_and_nothing_else_changes() {
        let [least, most] = [i64::MIN.to_string(), u64::MAX.to_string()];
        for (document, shown) in [
            (
                format!("[{least},{most},1,-0.5,1e300]"),
                format!("[{least},\"{most}\",1,-0.5,1e300]"),
            ),
            (
                format!("{{\"{most}\":{most}}}"),
                format!("{{\"{most}\":\"{most}\"}}"),
            ),
            (format!("\"a\\\"{most}\""), format!("\"a\\\"{most}\"")),
            (most.clone(), format!("\"{most}\"")),
            (
                "\"a\\u0000b\\\\u0000\\u0001\"".into(),
                "\"a\u{2400}b\\\\u0000\\u0001\"".into(),
            ),
            ("{\"é\":\"漢\\n\"}".into(), "{\"é\":\"漢\\n\"}".into()),
        ] {
            assert!(is_valid(&document), "{document}");
            let found = for_readers(&document, IntegerRange::I64);
            assert_eq!(found, shown, "{document}");
            assert!(is_valid(&found), "{found}");
        }
        assert!(!is_valid("{\"a\\u0000\":1,\"a\u{2400}\":2}"));
    }

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
