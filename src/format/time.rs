//! Formats times: RFC 3339 by default, or a strftime pattern, in UTC or in the configured zone.
//!
//! Used by every layout. The text of a second is formatted once and kept; for each record only the fraction is filled
//! in. Years 1 to 9999 are exact; a time outside them is shown as the nearest one inside.

mod civil;

use super::fault::FormatFault;
use crate::clock::{Wall, Zone, offset_text};
use civil::{Civil, nanos_beyond_years};

/// The pattern of Python's `asctime`.
pub(super) const ASCTIME: &str = "%Y-%m-%d %H:%M:%S";

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: String,
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Literal(String),
    Number(Part, Pad, usize),
    /// Digits of the fraction of the second.
    Fraction(usize),
    WeekdayName,
    MonthName,
    HalfDay,
    /// `+0000`
    Offset,
    /// `+00:00`
    OffsetInParts,
    /// `Z` in UTC, else `+01:00`.
    OffsetOfRfc3339,
    /// `UTC`
    ZoneName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Hour12,
    Minute,
    Second,
    DayOfYear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pad {
    Zero,
    Blank,
}

/// Directives of a pattern, without the `%`.
const DIRECTIVES: [&str; 19] = [
    "Y", "m", "d", "H", "M", "S", "3f", "6f", "9f", ".3f", ".6f", ".9f", "j", "a", "b", "y", "e", "I", "p",
];
const ZONE_DIRECTIVES: [&str; 4] = ["z", ":z", "Z", "%"];

impl Pattern {
    /// `2025-01-02T03:04:05.123456Z`; in a zone other than UTC `2025-01-02T04:04:05.123456+01:00`.
    pub(crate) fn rfc3339() -> Pattern {
        // OK because a test writes times with it.
        let mut pattern = Pattern::parse("%Y-%m-%dT%H:%M:%S%.6f").expect("the pattern of RFC 3339 is sound");
        pattern.items.push(Item::OffsetOfRfc3339);
        pattern
    }

    /// `2025-01-02T03:04:05.123Z`
    pub(super) fn rfc3339_millis() -> Pattern {
        // OK because a test writes times with it.
        Pattern::parse("%Y-%m-%dT%H:%M:%S%.3fZ").expect("the pattern of RFC 3339 is sound")
    }

    pub(super) fn parse(text: &str) -> Result<Pattern, FormatFault> {
        let mut items = Vec::new();
        let mut rest = text;
        while let Some(percent) = rest.find('%') {
            push_literal(&mut items, &rest[..percent]);
            let after = &rest[percent + 1..];
            let Some(name) = directive(after) else {
                return Err(unknown(text, text.len() - after.len() - 1, after));
            };
            push_directive(&mut items, name);
            rest = &after[name.len()..];
        }
        push_literal(&mut items, rest);
        Ok(Pattern {
            text: text.to_owned(),
            items,
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

fn directive(after: &str) -> Option<&'static str> {
    DIRECTIVES
        .into_iter()
        .chain(ZONE_DIRECTIVES)
        .find(|name| after.starts_with(name))
}

fn unknown(text: &str, at: usize, after: &str) -> FormatFault {
    let name: String = after.chars().take(1).collect();
    let what = match name.as_str() {
        "" => "a pattern of a time ends with `%`: write `%%` for a literal one".to_owned(),
        "f" | "." | "3" | "6" | "9" | "N" | "L" => {
            "a fraction of a second is `%3f`, `%6f`, `%9f`, `%.3f`, `%.6f` or `%.9f`".to_owned()
        }
        "T" | "X" => format!("`%{name}` is not supported: write `%H:%M:%S`"),
        "F" | "D" | "x" => format!("`%{name}` is not supported: write `%Y-%m-%d`"),
        _ => format!(
            "`%{}` is not supported: a time is made of {}",
            crate::escape::shown(&name),
            DIRECTIVES.map(|name| format!("%{name}")).join(" ") + " %z %:z %Z %%"
        ),
    };
    FormatFault::in_text(text, at, (1 + name.len()).min(text.len() - at), what)
}

fn push_literal(items: &mut Vec<Item>, text: &str) {
    match items.last_mut() {
        _ if text.is_empty() => {}
        Some(Item::Literal(before)) => before.push_str(text),
        _ => items.push(Item::Literal(text.to_owned())),
    }
}

fn push_directive(items: &mut Vec<Item>, name: &str) {
    if name.starts_with('.') {
        push_literal(items, ".");
    }
    items.push(match name {
        "Y" => Item::Number(Part::Year, Pad::Zero, 4),
        "y" => Item::Number(Part::ShortYear, Pad::Zero, 2),
        "m" => Item::Number(Part::Month, Pad::Zero, 2),
        "d" => Item::Number(Part::Day, Pad::Zero, 2),
        "e" => Item::Number(Part::Day, Pad::Blank, 2),
        "j" => Item::Number(Part::DayOfYear, Pad::Zero, 3),
        "H" => Item::Number(Part::Hour, Pad::Zero, 2),
        "I" => Item::Number(Part::Hour12, Pad::Zero, 2),
        "M" => Item::Number(Part::Minute, Pad::Zero, 2),
        "S" => Item::Number(Part::Second, Pad::Zero, 2),
        "a" => Item::WeekdayName,
        "b" => Item::MonthName,
        "p" => Item::HalfDay,
        "z" => Item::Offset,
        ":z" => Item::OffsetInParts,
        "Z" => Item::ZoneName,
        "%" => return push_literal(items, "%"),
        // `3f`, `.3f` and so on.
        fraction => Item::Fraction(usize::from(fraction.as_bytes()[fraction.len() - 2] - b'0')),
    });
}

/// Formats times in one pattern and caches the last second.
#[derive(Debug)]
pub(super) struct TimeFormatter {
    pattern: Pattern,
    zone: Zone,
    /// The second that `text` shows; `None` before the first.
    second: Option<i64>,
    /// Offset from UTC in that second, in seconds east.
    offset: i32,
    /// Nanoseconds to show for a time outside the years 1 to 9999.
    nanos: Option<u32>,
    text: Vec<u8>,
    /// Offsets in `text` of the fraction's digits, and their number.
    fractions: Vec<(usize, usize)>,
}

impl TimeFormatter {
    pub(super) fn new(pattern: Pattern, zone: &Zone) -> TimeFormatter {
        TimeFormatter {
            pattern,
            zone: zone.clone(),
            second: None,
            offset: 0,
            nanos: None,
            text: Vec::new(),
            fractions: Vec::new(),
        }
    }

    /// Returns `at` as text.
    #[inline]
    pub(super) fn text(&mut self, at: Wall) -> &[u8] {
        if self.second != Some(at.secs) {
            self.write_second(at.secs);
        }
        let nanos = self.nanos.unwrap_or(at.nanos);
        for &(place, digits) in &self.fractions {
            write_fraction(&mut self.text[place..place + digits], nanos);
        }
        &self.text
    }

    #[cold]
    fn write_second(&mut self, secs: i64) {
        self.offset = self.zone.offset(secs);
        // The zone's local time, as seconds as if it were UTC.
        let local = secs.saturating_add(i64::from(self.offset));
        self.nanos = nanos_beyond_years(local);
        let civil = Civil::at(local);
        self.second = Some(secs);
        self.text.clear();
        self.fractions.clear();
        for item in &self.pattern.items {
            match item {
                Item::Literal(text) => self.text.extend_from_slice(text.as_bytes()),
                &Item::Number(part, pad, width) => push_number(&mut self.text, civil.part(part), pad, width),
                &Item::Fraction(digits) => {
                    self.fractions.push((self.text.len(), digits));
                    self.text.resize(self.text.len() + digits, b'0');
                }
                Item::WeekdayName => self.text.extend_from_slice(civil.weekday_name().as_bytes()),
                Item::MonthName => self.text.extend_from_slice(civil.month_name().as_bytes()),
                Item::HalfDay => self.text.extend_from_slice(civil.half_day().as_bytes()),
                Item::Offset => {
                    let offset = offset_text(self.offset).replace(':', "");
                    self.text.extend_from_slice(offset.as_bytes());
                }
                Item::OffsetOfRfc3339 if self.zone.is_utc() => self.text.push(b'Z'),
                Item::OffsetInParts | Item::OffsetOfRfc3339 => {
                    self.text.extend_from_slice(offset_text(self.offset).as_bytes());
                }
                Item::ZoneName => self.text.extend_from_slice(self.zone.name(secs).as_bytes()),
            }
        }
    }
}

fn push_number(out: &mut Vec<u8>, number: u32, pad: Pad, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number).as_bytes();
    let fill = if pad == Pad::Zero { b'0' } else { b' ' };
    out.resize(out.len() + width.saturating_sub(digits.len()), fill);
    out.extend_from_slice(digits);
}

/// Writes the first digits of the fraction, as many as `place` holds: 3, 6 or 9.
#[inline]
fn write_fraction(place: &mut [u8], nanos: u32) {
    if let Ok(place) = <&mut [u8; 6]>::try_from(&mut *place) {
        // The usual case, two digits at a time.
        let micros = nanos / 1_000;
        let pairs = [micros / 10_000, micros / 100 % 100, micros % 100];
        let [a, b, c] = pairs.map(|pair| PAIRS[pair as usize % 100]);
        *place = [a[0], a[1], b[0], b[1], c[0], c[1]];
        return;
    }
    let mut digits = if place.len() == 3 {
        nanos / 1_000_000
    } else {
        nanos
    };
    for byte in place.iter_mut().rev() {
        *byte = b'0' + (digits % 10) as u8;
        digits /= 10;
    }
}

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        n += 1;
    }
    pairs
};
#[cfg(test)]
mod tests;
