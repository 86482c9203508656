//! Writes times: RFC 3339 by default, or a strftime pattern, in UTC.
//!
//! Used by every layout. The text of a second is made once and kept; each record only fills in its fraction.
//! Years 1 to 9999 are exact; a time outside of them is shown as the nearest one inside.

use crate::clock::Wall;

/// What Python's `asctime` shows.
pub(super) const ASCTIME: &str = "%Y-%m-%d %H:%M:%S";

/// A pattern, parsed; compared and printed by its text.
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

/// Every directive that a pattern may hold, without its `%`.
const DIRECTIVES: [&str; 19] = [
    "Y", "m", "d", "H", "M", "S", "3f", "6f", "9f", ".3f", ".6f", ".9f", "j", "a", "b", "y", "e", "I", "p",
];
const ZONE_DIRECTIVES: [&str; 3] = ["z", "Z", "%"];

/// Why a pattern is faulty, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PatternFault {
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) what: String,
}

impl Pattern {
    /// `2025-01-02T03:04:05.123456Z`
    pub(crate) fn rfc3339() -> Pattern {
        // OK because a test writes times with it.
        Pattern::parse("%Y-%m-%dT%H:%M:%S%.6fZ").expect("the pattern of RFC 3339 is sound")
    }

    pub(super) fn parse(text: &str) -> Result<Pattern, PatternFault> {
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

fn unknown(text: &str, at: usize, after: &str) -> PatternFault {
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
            DIRECTIVES.map(|name| format!("%{name}")).join(" ") + " %z %Z %%"
        ),
    };
    PatternFault {
        at,
        len: (1 + name.len()).min(text.len() - at),
        what,
    }
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
        "Z" => Item::ZoneName,
        "%" => return push_literal(items, "%"),
        // `3f`, `.3f` and so on.
        fraction => Item::Fraction(usize::from(fraction.as_bytes()[fraction.len() - 2] - b'0')),
    });
}

/// Writes times of one pattern, and remembers the last second.
#[derive(Debug)]
pub(super) struct Stamps {
    pattern: Pattern,
    /// The second of `text`; `None`: nothing was written yet.
    second: Option<i64>,
    text: Vec<u8>,
    /// Where in `text` digits of the fraction belong, and how many.
    fractions: Vec<(usize, usize)>,
}

impl Stamps {
    pub(super) fn new(pattern: Pattern) -> Stamps {
        Stamps {
            pattern,
            second: None,
            text: Vec::new(),
            fractions: Vec::new(),
        }
    }

    /// The text of `at`.
    #[inline]
    pub(super) fn text(&mut self, at: Wall) -> &[u8] {
        if self.second != Some(at.secs) {
            self.write_second(at.secs);
        }
        let (nanos, _) = within_years(at);
        for &(place, digits) in &self.fractions {
            write_fraction(&mut self.text[place..place + digits], nanos);
        }
        &self.text
    }

    #[cold]
    fn write_second(&mut self, secs: i64) {
        let civil = Civil::at(secs);
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
                Item::Offset => self.text.extend_from_slice(b"+0000"),
                Item::ZoneName => self.text.extend_from_slice(b"UTC"),
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

/// Writes the first digits of the fraction, as many as `place` has room for: 3, 6 or 9.
#[inline]
fn write_fraction(place: &mut [u8], nanos: u32) {
    if let Ok(place) = <&mut [u8; 6]>::try_from(&mut *place) {
        // What nearly every line has, two digits at a time.
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

const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

/// The nanoseconds and the second of `at`, or of the nearest time of the years 1 to 9999.
#[inline]
fn within_years(at: Wall) -> (u32, i64) {
    match at.secs {
        ..FIRST_SECOND => (0, FIRST_SECOND),
        FIRST_SECOND..=LAST_SECOND => (at.nanos, at.secs),
        _ => (999_999_999, LAST_SECOND),
    }
}

/// A second of the proleptic Gregorian calendar in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Civil {
    year: u32,
    month: u32,
    day: u32,
    day_of_year: u32,
    /// 0 is Sunday.
    weekday: u32,
    second_of_day: u32,
}

impl Civil {
    fn at(secs: i64) -> Civil {
        let (_, secs) = within_years(Wall { secs, nanos: 0 });
        let days = secs.div_euclid(86_400);
        let (year, month, day) = civil_from_days(days);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let before = DAYS_BEFORE_MONTH[month as usize - 1] + u32::from(leap && month > 2);
        Civil {
            year,
            month,
            day,
            day_of_year: before + day,
            // 1970-01-01 was a Thursday.
            weekday: (days + 4).rem_euclid(7) as u32,
            second_of_day: secs.rem_euclid(86_400) as u32,
        }
    }

    fn part(&self, part: Part) -> u32 {
        let hour = self.second_of_day / 3_600;
        match part {
            Part::Year => self.year,
            Part::ShortYear => self.year % 100,
            Part::Month => self.month,
            Part::Day => self.day,
            Part::DayOfYear => self.day_of_year,
            Part::Hour => hour,
            Part::Hour12 => (hour + 11) % 12 + 1,
            Part::Minute => self.second_of_day / 60 % 60,
            Part::Second => self.second_of_day % 60,
        }
    }

    fn weekday_name(&self) -> &'static str {
        ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][self.weekday as usize]
    }

    fn month_name(&self) -> &'static str {
        [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][self.month as usize - 1]
    }

    fn half_day(&self) -> &'static str {
        if self.second_of_day < 43_200 { "AM" } else { "PM" }
    }
}

const DAYS_BEFORE_MONTH: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Year, month and day of the day `days` after 1970-01-01, for the years 1 to 9999.
///
/// The method is that of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (civil_from_days):
/// years begin in March, so that the leap day is the last of its year, and 400 of them have 146,097 days.
fn civil_from_days(days: i64) -> (u32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

#[cfg(test)]
mod tests;
