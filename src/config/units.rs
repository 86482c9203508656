//! Sizes and durations as people write them: `"10MiB"`, `"1_000"`, `"250ms"`, `"1.5s"`.
//!
//! Printed values read back exactly. A number without a unit is bytes or milliseconds.

use std::time::Duration;

const SIZE_UNITS: [(&str, u128); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

/// In nanoseconds, the longest first.
const TIME_UNITS: [(&str, u128); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

const NANOS: u128 = 1_000_000_000;
const NOT_A_SIZE: &str =
    "not a size; write a number of bytes, or a number and a unit as in `10MiB`, `512KiB`, `4kB`";
const NOT_A_TIME: &str =
    "not a duration; write a number and one unit of ns, us, ms, s, m, h, d, as in `250ms`";

/// Reads a size in bytes; units in any case, `KiB` is 1024 and `kB` 1000.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let (billionths, unit) = amount(text).ok_or(NOT_A_SIZE)?;
    let same = |(name, _): &&(&str, u128)| name.eq_ignore_ascii_case(unit);
    let factor = match SIZE_UNITS.iter().find(same) {
        Some((_, factor)) => *factor,
        None if unit.is_empty() => 1,
        None if ["k", "m", "g", "t"].contains(&unit.to_ascii_lowercase().as_str()) => {
            let prefix = unit.to_ascii_uppercase();
            return Err(format!(
                "`{unit}` is ambiguous; write {prefix}iB (powers of 1024) or {prefix}B (of 1000)"
            ));
        }
        None => return Err(NOT_A_SIZE.to_owned()),
    };
    let bytes = billionths.checked_mul(factor).ok_or("too large")?;
    if bytes % NANOS != 0 {
        return Err("not a whole number of bytes".to_owned());
    }
    u64::try_from(bytes / NANOS).map_err(|_| "too large".to_owned())
}

/// Prints a size in the largest unit that fits exactly; [`size`] reads it back.
pub(crate) fn size_text(bytes: u64) -> String {
    for (unit, factor) in SIZE_UNITS.iter().take(4) {
        let bytes = u128::from(bytes);
        if bytes > 0 && bytes % factor == 0 {
            return format!("{}{unit}", bytes / factor);
        }
    }
    bytes.to_string()
}

/// Reads a duration; without a unit it is in milliseconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (billionths, unit) = amount(text).ok_or(NOT_A_TIME)?;
    let unit = match unit {
        "" => "ms",
        "µs" | "μs" => "us",
        "min" => "m",
        other => other,
    };
    let known = TIME_UNITS.iter().find(|(name, _)| *name == unit);
    let (_, factor) = known.ok_or(NOT_A_TIME)?;
    let nanos = billionths.checked_mul(*factor).ok_or("too long")?;
    if nanos % NANOS != 0 {
        return Err("finer than a nanosecond".to_owned());
    }
    let nanos = nanos / NANOS;
    let secs = u64::try_from(nanos / NANOS).map_err(|_| "too long")?;
    Ok(Duration::new(secs, (nanos % NANOS) as u32))
}

/// Prints a duration in the largest unit that fits exactly (one day as `24h`); [`duration`] reads it back.
pub(crate) fn duration_text(time: Duration) -> String {
    let nanos = time.as_nanos();
    if nanos == 0 {
        return "0s".to_owned();
    }
    for (unit, factor) in TIME_UNITS {
        if nanos % factor == 0 && (unit != "d" || nanos > factor) {
            return format!("{}{unit}", nanos / factor);
        }
    }
    format!("{nanos}ns")
}

/// Splits text into a number, in billionths, and its unit.
///
/// `None` if there is no number, or it has more than nine decimals, or is too large.
fn amount(text: &str) -> Option<(u128, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '_' | '.')));
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| {
        let fits = part.starts_with(|c: char| c.is_ascii_digit()) && !part.ends_with('_');
        fits.then(|| part.replace('_', ""))
    };
    let (whole, decimals) = (digits(whole)?, digits(decimals)?);
    if decimals.len() > 9 {
        return None;
    }
    let decimals: u128 = format!("{decimals:0<9}").parse().ok()?;
    let whole: u128 = whole.parse().ok()?;
    let billionths = whole.checked_mul(NANOS)?.checked_add(decimals)?;
    Some((billionths, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_read_with_every_unit() {
        for (text, bytes) in [
            ("0", 0),
            ("1_000", 1_000),
            ("10MiB", 10_485_760),
            ("512 kib", 524_288),
            ("1.5KiB", 1_536),
            ("4kB", 4_000),
            ("2 GB", 2_000_000_000),
            (" 7B ", 7),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn a_wrong_size_is_refused_with_the_reason() {
        for (text, fault) in [
            ("", "not a size"),
            ("MiB", "not a size"),
            ("-5", "not a size"),
            ("1__", "not a size"),
            ("1.2.3", "not a size"),
            ("10 MiBs", "not a size"),
            ("10M", "write MiB (powers of 1024) or MB"),
            ("0.5", "not a whole number"),
            ("99999999TiB", "too large"),
            ("18446744073709551616", "too large"),
            ("999999999999999999999999TiB", "too large"),
            ("400000000000000000000000000000", "not a size"),
            ("9999999999999999999999999999999999999999", "not a size"),
        ] {
            let text = size(text).expect_err(text);
            assert!(text.contains(fault), "{text}");
        }
    }

    #[test]
    fn durations_are_read_with_every_unit() {
        for (text, nanos) in [
            ("250", 250_000_000),
            ("250ms", 250_000_000),
            ("1.5 s", 1_500_000_000),
            ("5us", 5_000),
            ("5µs", 5_000),
            ("7ns", 7),
            ("1m", 60_000_000_000),
            ("2h", 7_200_000_000_000),
            ("1d", 86_400_000_000_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn a_wrong_duration_is_refused_with_the_reason() {
        for (text, fault) in [
            ("", "not a duration"),
            ("soon", "not a duration"),
            ("5M", "not a duration"),
            ("1h30m", "not a duration"),
            ("0.5ns", "finer than a nanosecond"),
            ("99999999999999999999s", "too long"),
            ("999999999999999999999999d", "too long"),
        ] {
            let text = duration(text).expect_err(text);
            assert!(text.contains(fault), "{text}");
        }
    }

    #[test]
    fn the_largest_exact_unit_is_printed() {
        assert_eq!(size_text(10_485_760), "10MiB");
        assert_eq!(size_text(1_000), "1000");
        assert_eq!(size_text(0), "0");
        assert_eq!(duration_text(Duration::from_secs(60)), "1m");
        assert_eq!(duration_text(Duration::from_secs(24 * 3_600)), "24h");
        assert_eq!(duration_text(Duration::from_secs(30 * 24 * 3_600)), "30d");
        assert_eq!(duration_text(Duration::from_millis(1_500)), "1500ms");
        assert_eq!(duration_text(Duration::ZERO), "0s");
    }

    proptest! {
        #[test]
        fn printed_values_read_back_exactly(bytes: u64, shift in 0..64, secs: u64, nanos in 0..1_000_000_000_u32) {
            prop_assert_eq!(size(&size_text(bytes << shift)), Ok(bytes << shift));
            let time = Duration::new(secs, nanos);
            prop_assert_eq!(duration(&duration_text(time)), Ok(time));
            let seconds = Duration::from_secs(secs);
            prop_assert_eq!(duration(&duration_text(seconds)), Ok(seconds));
        }

        #[test]
        fn no_text_makes_a_reader_panic(text in "[0-9_.kMiBsm\u{b5} -]{0,40}") {
            prop_assert!(size(&text).is_ok() || size(&text).is_err_and(|fault| !fault.is_empty()));
            prop_assert!(duration(&text).is_ok() || duration(&text).is_err_and(|fault| !fault.is_empty()));
        }
    }
}
