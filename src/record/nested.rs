//! Maps and sequences in key-values (`key:serde`), stored as JSON; only with the feature `kv-serde`.
//!
//! `capture` calls it for values that are not of a simple type. An endless value stops at the limit, and one nested too
//! deeply is refused before the recursion can exhaust the stack.

use crate::process;
use log::kv::Value;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};
use std::io::{self, ErrorKind, Write};

/// Largest nesting depth of maps and sequences.
const DEPTH: usize = 64;

/// Returns the value as a JSON object or array, if it is one, is not nested too deeply, and fits into `limit` bytes.
pub(super) fn document(value: &Value<'_>, limit: usize) -> Option<String> {
    // A user's `Serialize` may panic; then the value is stored as text, with its own mark.
    let json = process::caught(|| serialize(value, limit))??;
    json.starts_with(['{', '[']).then_some(json)
}

fn serialize(value: &Value<'_>, limit: usize) -> Option<String> {
    let out = Limited {
        bytes: Vec::new(),
        limit,
    };
    let mut serializer = serde_json::Serializer::with_formatter(out, DepthLimit { depth: 0 });
    value.serialize(&mut serializer).ok()?;
    String::from_utf8(serializer.into_inner().bytes).ok()
}

struct Limited {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            return Err(io::Error::from(ErrorKind::WriteZero));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A formatter that returns an error when the nesting becomes too deep.
struct DepthLimit {
    depth: usize,
}

impl DepthLimit {
    fn enter_level(&mut self) -> io::Result<()> {
        self.depth += 1;
        if self.depth > DEPTH {
            Err(io::Error::from(ErrorKind::InvalidData))
        } else {
            Ok(())
        }
    }
}

impl Formatter for DepthLimit {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter_level()?;
        CompactFormatter.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        CompactFormatter.end_array(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter_level()?;
        CompactFormatter.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        CompactFormatter.end_object(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_map_is_kept_as_json_and_a_plain_value_is_not_taken() {
        let map = BTreeMap::from([("a", vec![1, 2])]);
        assert_eq!(
            document(&Value::from_serde(&map), 100).as_deref(),
            Some(r#"{"a":[1,2]}"#)
        );
        assert_eq!(document(&Value::from_serde(&7), 100), None);
        assert_eq!(document(&Value::from_debug(&map), 100), None);
        assert_eq!(document(&Value::from_serde(&map), 5), None);
    }

    #[derive(Debug)]
    struct Deep(usize);

    impl Serialize for Deep {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            if self.0 == 0 {
                serializer.serialize_unit()
            } else {
                [Deep(self.0 - 1)].serialize(serializer)
            }
        }
    }

    #[test]
    fn a_value_of_a_hundred_thousand_levels_is_refused_and_no_stack_overflows() {
        assert!(document(&Value::from_serde(&Deep(10)), 1000).is_some());
        assert_eq!(document(&Value::from_serde(&Deep(100_000)), 1_000_000), None);
    }

    #[test]
    fn a_value_fits_up_to_its_last_byte_and_its_last_level() {
        let map = BTreeMap::from([("a", vec![1, 2])]);
        let json = r#"{"a":[1,2]}"#;
        assert_eq!(
            document(&Value::from_serde(&map), json.len()).as_deref(),
            Some(json)
        );
        assert_eq!(document(&Value::from_serde(&map), json.len() - 1), None);
        assert!(document(&Value::from_serde(&Deep(DEPTH)), 1_000).is_some());
        assert_eq!(document(&Value::from_serde(&Deep(DEPTH + 1)), 1_000), None);
    }

    #[test]
    fn what_stands_beside_each_other_is_not_nested() {
        let beside = vec![(vec![1], BTreeMap::from([("a", 1)])); 2 * DEPTH];
        assert!(document(&Value::from_serde(&beside), 10_000).is_some());
    }
}
