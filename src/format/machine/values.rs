//! Writes the value of a key-value: numbers, booleans and null as such, everything else as text.
//!
//! An integer that readers of the line cannot represent is written as text as well.

use super::super::line::{CutText, Line};
use super::super::number::{IntegerRange, number};
use super::Syntax;
use crate::record::{Extra, Value, text};
use std::io::Write;

/// How much of a value is shown, and which integers are numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct ValueLimits {
    pub(super) bytes: usize,
    pub(super) integers: IntegerRange,
}

// Inlined, it would make the loop over the key-values slower than the call is.
#[inline(never)]
pub(super) fn value<S: Syntax>(line: &mut Line<'_>, extra: &Extra<'_>, limits: &ValueLimits) {
    if !limits.integers.has(&extra.value) {
        number_as_text::<S>(line, &extra.value);
        return;
    }
    if number(line, &extra.value) {
        return;
    }
    let limited = |text| {
        let mut cut_text = CutText::limited(text, limits.bytes);
        cut_text.cut |= extra.cut;
        cut_text
    };
    match extra.value {
        Value::Bool(flag) => line.write_all_or_none(if flag { b"true" } else { b"false" }),
        Value::Null => line.write_all_or_none(b"null"),
        Value::F64(number) => S::write_non_finite(line, number),
        Value::Char(c) => S::write_text(line, CutText::whole(c.encode_utf8(&mut [0; 4]))),
        Value::Str(text) | Value::Text(text) | Value::Error(text) => S::write_text(line, limited(text)),
        Value::Json(text) => S::write_document(line, limited(text), limits.integers),
        // Written by `number`.
        Value::U64(_) | Value::I64(_) | Value::U128(_) | Value::I128(_) => {}
    }
}

/// Writes the digits of a number as text, if `value` is one. Returns whether it was.
#[cold]
fn number_as_text<S: Syntax>(line: &mut Line<'_>, value: &Value<'_>) -> bool {
    let mut digits = Vec::new();
    let is_number = number(&mut Line::begin(&mut digits, LONGEST_NUMBER + 1), value);
    if is_number {
        S::write_text(line, CutText::whole(text(&digits)));
    }
    is_number
}

/// Digits and sign of `i128::MIN`; `u128::MAX` has 39, a float at most 24.
const LONGEST_NUMBER: usize = 40;

/// Writes a value of any type as text; null stays null.
#[cold]
pub(super) fn as_text<S: Syntax>(line: &mut Line<'_>, extra: &Extra<'_>, limits: &ValueLimits) {
    match extra.value {
        Value::Bool(flag) => S::write_text(line, CutText::whole(if flag { "true" } else { "false" })),
        Value::Json(document) => {
            let as_text = Extra {
                value: Value::Text(document),
                ..*extra
            };
            value::<S>(line, &as_text, limits);
        }
        _ if number_as_text::<S>(line, &extra.value) => {}
        _ => value::<S>(line, extra, limits),
    }
}

/// Writes the value of an id: a number in hexadecimal with at least `digits` digits, other values as usual.
#[inline(never)]
pub(super) fn id<S: Syntax>(line: &mut Line<'_>, extra: &Extra<'_>, limits: &ValueLimits, digits: u8) {
    let Some(number) = id_number(&extra.value) else {
        return value::<S>(line, extra, limits);
    };
    let mut buffer = [0; 32];
    let mut rest = buffer.as_mut_slice();
    write!(rest, "{number:0width$x}", width = usize::from(digits))
        // OK because 128 bits have at most 32 digits, and no id is defined with more.
        .expect("32 bytes are enough for an id");
    let left = rest.len();
    let text = std::str::from_utf8(&buffer[..buffer.len() - left]).unwrap_or_default();
    S::write_text(line, CutText::whole(text));
}

/// Whether a value may be written into a field that accepts only ids: `digits` hexadecimal digits that are not all
/// zero (W3C Trace Context), or a number that has as many.
pub(super) fn is_id(value: &Value<'_>, digits: u8) -> bool {
    match *value {
        Value::Str(text) | Value::Text(text) | Value::Error(text) => {
            let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
            text.len() == usize::from(digits) && is_hex && text.bytes().any(|byte| byte != b'0')
        }
        _ => id_number(value).is_some_and(|number| {
            let beyond = number.checked_shr(4 * u32::from(digits)).unwrap_or(0);
            number != 0 && beyond == 0
        }),
    }
}

fn id_number(value: &Value<'_>) -> Option<u128> {
    match *value {
        Value::U64(number) => Some(number.into()),
        Value::U128(number) => Some(number),
        Value::I64(number) => number.try_into().ok(),
        Value::I128(number) => number.try_into().ok(),
        _ => None,
    }
}
