//! The setting of the time zone.

use super::raw_value::{RawValue, SettingValue};
use crate::clock::offset_text;

/// The zone of the times in lines, and of the hours and days after which the log file is rotated.
///
/// In files: `"utc"`, an offset such as `"+05:30"`, or `"local"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, TimeZone};
///
/// let in_india = Config::new("shop").time_zone(TimeZone::Fixed { minutes_east: 5 * 60 + 30 });
/// assert_eq!(in_india.get("time_zone").as_deref(), Some("+05:30"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TimeZone {
    /// UTC, the default: every hour has 60 minutes, every day 24 hours, and lines of several machines compare.
    #[default]
    Utc,
    /// A constant offset from UTC.
    Fixed {
        /// Minutes east of UTC, negative for the west: from -1439 to 1439, less than a day.
        minutes_east: i16,
    },
    /// The zone of the machine, including summer time, as `TZ` or else `/etc/localtime` names it when the logger starts;
    /// needs the feature `local-time`. If neither names a zone, it is UTC. If they name a zone of which this machine has
    /// no data (most systems have them in the package `tzdata`), it is UTC too, and one line on standard error reports that.
    #[cfg(feature = "local-time")]
    Local,
}

impl TimeZone {
    /// Reads an offset such as `+05:30`.
    fn from_offset(text: &str) -> Option<TimeZone> {
        let (sign, digits) = match text.as_bytes().first()? {
            b'+' => (1, &text[1..]),
            b'-' => (-1, &text[1..]),
            _ => return None,
        };
        let (hours, minutes) = digits.split_once(':')?;
        let number = |digits: &str| -> Option<i32> {
            let all_digits = digits.len() >= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            all_digits.then(|| digits.parse().ok())?
        };
        let minutes = number(minutes).filter(|minutes| *minutes < 60)?;
        let minutes = number(hours)?.checked_mul(60)?.checked_add(minutes)?;
        let minutes_east = i16::try_from(sign * minutes).ok()?;
        Some(TimeZone::Fixed { minutes_east })
    }

    #[cfg(feature = "local-time")]
    fn local() -> Result<TimeZone, String> {
        Ok(TimeZone::Local)
    }

    #[cfg(not(feature = "local-time"))]
    fn local() -> Result<TimeZone, String> {
        Err("local time needs asynclogger's feature `local-time`".to_owned())
    }
}

impl SettingValue for TimeZone {
    fn read(raw: &RawValue) -> Result<TimeZone, String> {
        let text = raw.text().unwrap_or_default();
        let text = text.trim();
        if text.eq_ignore_ascii_case("utc") {
            Ok(TimeZone::Utc)
        } else if text.eq_ignore_ascii_case("local") {
            TimeZone::local()
        } else {
            TimeZone::from_offset(text)
                .ok_or_else(|| "must be `utc`, `local` or an offset as in `+05:30`".to_owned())
        }
    }

    fn show(&self) -> RawValue {
        RawValue::Text(match *self {
            TimeZone::Utc => "utc".to_owned(),
            TimeZone::Fixed { minutes_east } => offset_text(i32::from(minutes_east) * 60),
            #[cfg(feature = "local-time")]
            TimeZone::Local => "local".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<TimeZone, String> {
        TimeZone::read(&RawValue::Text(text.to_owned()))
    }

    #[test]
    fn offsets_are_read_with_their_sign() {
        let table = [
            ("+00:00", 0),
            ("+05:30", 330),
            ("-00:30", -30),
            (" -09:30 ", -570),
            ("+14:00", 840),
            ("-23:59", -1439),
        ];
        for (text, minutes_east) in table {
            assert_eq!(read(text), Ok(TimeZone::Fixed { minutes_east }), "{text}");
        }
        assert_eq!(read("UTC"), Ok(TimeZone::Utc));
    }

    #[test]
    fn a_wrong_zone_is_refused_with_the_valid_forms() {
        for text in [
            "",
            "+",
            "+5",
            "+5:30",
            "05:30",
            "+05:60",
            "+05:3",
            "+0530",
            "+05:30:00",
            "++5:30",
            "+999:00",
            "Europe/Berlin",
            "é",
        ] {
            let fault = read(text).unwrap_err();
            assert!(fault.ends_with("an offset as in `+05:30`"), "{text}: {fault}");
        }
        #[cfg(not(feature = "local-time"))]
        assert!(read("local").unwrap_err().contains("feature `local-time`"));
        #[cfg(feature = "local-time")]
        assert_eq!(read("local"), Ok(TimeZone::Local));
    }
}
