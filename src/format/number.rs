//! Writes numbers, in the same way in every layout.
//!
//! Each is exact: integers with all digits, floats in the shortest form that parses back to the same value. Integers
//! that readers of JSON cannot represent are written as text there, with the same digits; see [`IntegerRange`].

use super::line::Line;
use crate::config::BigIntegers;
use crate::record::Value;

/// The integers that JSON lines show as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IntegerRange {
    least: i128,
    most: u128,
    /// The same for the usual type, which is compared once for each key-value.
    most_u64: u64,
}

impl IntegerRange {
    /// For readers with signed integers of 64 bits.
    pub(super) const I64: IntegerRange = IntegerRange {
        least: i64::MIN as i128,
        most: i64::MAX as u128,
        most_u64: i64::MAX as u64,
    };
    /// For readers with signed and unsigned integers of 64 bits.
    pub(super) const UP_TO_64_BITS: IntegerRange = IntegerRange {
        least: i64::MIN as i128,
        most: u64::MAX as u128,
        most_u64: u64::MAX,
    };
    const ALL: IntegerRange = IntegerRange {
        least: i128::MIN,
        most: u128::MAX,
        most_u64: u64::MAX,
    };

    /// The range that the user chose, or else that of the schema.
    pub(super) fn new(choice: Option<BigIntegers>, of_the_schema: IntegerRange) -> IntegerRange {
        match choice {
            Some(BigIntegers::Number) => IntegerRange::ALL,
            Some(BigIntegers::Text) => IntegerRange::I64,
            None => of_the_schema,
        }
    }

    /// Returns false if `value` is an integer outside of the range.
    #[inline]
    pub(super) fn has(&self, value: &Value<'_>) -> bool {
        match *value {
            Value::U64(number) => number <= self.most_u64,
            Value::U128(number) => number <= self.most,
            Value::I128(number) => self.has_signed(number),
            _ => true,
        }
    }

    fn has_signed(&self, number: i128) -> bool {
        match u128::try_from(number) {
            Ok(number) => number <= self.most,
            Err(_) => number >= self.least,
        }
    }

    /// Returns false if `digits`, a number in JSON, is an integer outside of the range.
    pub(super) fn has_digits(&self, digits: &str) -> bool {
        let whole = digits.strip_prefix('-').unwrap_or(digits);
        // An `i64` can have 19 digits; no integer with fewer is outside of any range.
        if whole.len() < 19 || *self == IntegerRange::ALL || !whole.bytes().all(|byte| byte.is_ascii_digit())
        {
            return true;
        }
        match (digits.parse::<i128>(), digits.parse::<u128>()) {
            (Ok(number), _) => self.has_signed(number),
            (_, Ok(number)) => number <= self.most,
            _ => false,
        }
    }
}

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

/// The text for NaN and the infinities, in layouts without types.
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

    #[test]
    fn an_integer_is_in_the_range_of_its_readers_as_a_value_and_as_digits() {
        let (small, large) = (i128::from(i64::MIN), i128::from(u64::MAX));
        for (number, in_i64, in_64_bits) in [
            (0, true, true),
            (-1, true, true),
            (small, true, true),
            (small - 1, false, false),
            (i128::from(i64::MAX), true, true),
            (i128::from(i64::MAX) + 1, false, true),
            (large, false, true),
            (large + 1, false, false),
            (i128::MIN, false, false),
            (i128::MAX, false, false),
        ] {
            let ranges = [
                (IntegerRange::I64, in_i64),
                (IntegerRange::UP_TO_64_BITS, in_64_bits),
                (IntegerRange::ALL, true),
            ];
            for (range, is_in) in ranges {
                assert_eq!(range.has(&Value::I128(number)), is_in, "{number} {range:?}");
                assert_eq!(range.has_digits(&number.to_string()), is_in, "{number} {range:?}");
                if let Ok(unsigned) = u128::try_from(number) {
                    assert_eq!(range.has(&Value::U128(unsigned)), is_in, "{number} {range:?}");
                }
                if let Ok(unsigned) = u64::try_from(number) {
                    assert_eq!(range.has(&Value::U64(unsigned)), is_in, "{number} {range:?}");
                }
            }
        }
        let beyond_128_bits = "9".repeat(40);
        for digits in [&beyond_128_bits, &u128::MAX.to_string()] {
            assert!(!IntegerRange::UP_TO_64_BITS.has_digits(digits) && IntegerRange::ALL.has_digits(digits));
        }
        assert!(IntegerRange::I64.has_digits("18446744073709551616.0"));
        assert!(IntegerRange::I64.has_digits("1844674407370955161600e5"));
    }

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
