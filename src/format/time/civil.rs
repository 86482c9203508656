//! Calendar arithmetic for the years 1 to 9999.

use super::Part;

pub(super) const FIRST_SECOND: i64 = -62_135_596_800;
pub(super) const LAST_SECOND: i64 = 253_402_300_799;

/// For a time outside the years 1 to 9999, the nanoseconds of the nearest time inside, which is shown instead.
pub(super) fn nanos_beyond_years(secs: i64) -> Option<u32> {
    match secs {
        ..FIRST_SECOND => Some(0),
        FIRST_SECOND..=LAST_SECOND => None,
        _ => Some(999_999_999),
    }
}

/// A second of the proleptic Gregorian calendar in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) day_of_year: u32,
    /// 0 is Sunday.
    pub(super) weekday: u32,
    pub(super) second_of_day: u32,
}

impl Civil {
    pub(super) fn at(secs: i64) -> Civil {
        let secs = secs.clamp(FIRST_SECOND, LAST_SECOND);
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

    pub(super) fn part(&self, part: Part) -> u32 {
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

    pub(super) fn weekday_name(&self) -> &'static str {
        ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][self.weekday as usize]
    }

    pub(super) fn month_name(&self) -> &'static str {
        [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][self.month as usize - 1]
    }

    pub(super) fn half_day(&self) -> &'static str {
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
