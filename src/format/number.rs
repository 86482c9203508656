//! Writes numbers, in the same way in every layout.
//!
//! Each is exact: integers with all digits, floats in the shortest form that parses back to the same value.

use super::line::Line;
use crate::record::Value;

/// Writes `value` if it is a finite number. Returns whether it was.
#[inline]
pub(super) fn number(line: &mut Line<'_>, value: &Value<'_>) -> bool {
    match *value {
        Value::U64(number) => line.write_integer(number),
        Value::I64(number) => line.write_integer(number),
        Value::U128(number) => line.write_integer(number),
        Value::I128(number) => line.write_integer(number),
        Value::F64(number) if number.is_finite() => float(line, number),
        _ => return false,
    }
    true
}

/// The text for a float that JSON has no number for.
pub(super) fn non_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

fn float(line: &mut Line<'_>, number: f64) {
    let mut buffer = [0; 32];
    let mut rest = buffer.as_mut_slice();
    serde_json::to_writer(&mut rest, &number)
        // OK because the shortest form of a float has at most 24 bytes.
        .expect("32 bytes are enough for a float");
    let left = rest.len();
    line.write_all_or_none(&buffer[..buffer.len() - left]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: Value<'_>) -> String {
        let mut out = Vec::new();
        let mut line = Line::begin(&mut out, 100);
        assert!(number(&mut line, &value));
        line.finish();
        String::from_utf8(out).unwrap().trim_end().to_owned()
    }

    #[test]
    fn every_number_is_exact() {
        assert_eq!(shown(Value::U64(u64::MAX)), "18446744073709551615");
        assert_eq!(shown(Value::I64(i64::MIN)), "-9223372036854775808");
        assert_eq!(shown(Value::U128(u128::MAX)), u128::MAX.to_string());
        assert_eq!(shown(Value::I128(i128::MIN)), i128::MIN.to_string());
        for float in [
            0.0,
            -0.0,
            0.1,
            1.5,
            7.0,
            1e300,
            f64::MIN,
            f64::MAX,
            5e-324,
            f64::MIN_POSITIVE,
        ] {
            let text = shown(Value::F64(float));
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), float.to_bits(), "{text}");
        }
    }

    #[test]
    fn what_is_no_finite_number_is_left_to_the_layout() {
        let mut out = Vec::new();
        let mut line = Line::begin(&mut out, 100);
        for value in [
            Value::F64(f64::NAN),
            Value::Null,
            Value::Bool(true),
            Value::Str("1"),
        ] {
            assert!(!number(&mut line, &value));
        }
        assert_eq!(line.len(), 0);
    }
}
