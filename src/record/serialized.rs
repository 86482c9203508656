//! Values that were logged with `key:serde`: stored as what `serde_json` makes of them; only with the feature
//! `kv-serde`.
//!
//! `capture` calls it for values that `log` has no type for: maps, sequences, structs, enums, newtypes, and also
//! values that only have a `Display` or `Debug`. Numbers, texts, booleans and null become values of that type, also
//! inside of newtypes and `Some`; everything else becomes a JSON document. An endless value stops at the limit, and
//! one nested too deeply is refused before the recursion can exhaust the stack.

mod bounded;
mod scalar;

use super::ValueKind;
use super::pair::Pair;
use crate::process;
use bounded::{Bounded, Depth};
use log::kv::Value;
use scalar::Scalar;
use serde::Serialize;
use std::io::{self, ErrorKind, Write};

/// Stored in place of a value with more levels than [`bounded::LEVELS`]. Its `Debug` is not tried: it would recurse
/// as deeply.
const TOO_DEEP_MARK: &str = "<nested too deeply>";

/// Stores `value`. If it cannot be serialized, or its JSON does not fit, its `Debug` text is stored.
pub(super) fn store(value: &Value<'_>, pair: &mut Pair<'_, '_>) {
    let depth = Depth::new();
    if Scalar::new(pair, &depth).accepts(value) {
        return;
    }
    match document(value, pair.limits().value, &depth) {
        Some(document) => pair.whole(ValueKind::Json, &document),
        None if depth.is_exceeded() => pair.whole(ValueKind::Text, TOO_DEEP_MARK),
        None => pair.shown(ValueKind::Text, format_args!("{value}")),
    }
}

/// Whether a float may be a widened `f32` that has a shorter form as an `f32`, as 0.1 has.
#[inline]
pub(super) fn may_be_f32(value: f64) -> bool {
    // A decimal with at most six digits has the same form in both types. Most logged floats are of that kind.
    let hundredths = value * 100.0;
    let is_short = hundredths.abs() < 1e6 && hundredths.fract() == 0.0;
    !is_short && f64::from(value as f32) == value
}

/// Returns the value as JSON, if it is not nested too deeply and fits into `limit` bytes.
fn document(value: &Value<'_>, limit: usize, depth: &Depth) -> Option<String> {
    // A user's `Serialize` may panic; then the value is stored as text, with its own mark.
    process::caught(|| {
        let out = Limited {
            bytes: Vec::new(),
            limit,
        };
        let mut serializer = serde_json::Serializer::new(out);
        Bounded::new(value, depth).serialize(&mut serializer).ok()?;
        String::from_utf8(serializer.into_inner().bytes).ok()
    })?
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

#[cfg(test)]
mod tests;
