//! Times against jiff: every year from 1 to 9999, and every change of the clocks of three zones.

use super::*;
use jiff::Timestamp;
use jiff::tz::TimeZone as Judge;

/// Every directive that both know, each with what stands between.
const ALL: &str = "%Y-%m-%dT%H:%M:%S%.6f|%j|%a|%b|%y|%e|%I|%p|%3f|%9f|%.3f|%.9f";

fn judged(pattern: &str, at: Wall, zone: &Judge) -> String {
    let moment = Timestamp::new(at.secs, at.nanos as i32).unwrap();
    moment.to_zoned(zone.clone()).strftime(pattern).to_string()
}

fn shown(pattern: &str, at: Wall, zone: &Zone) -> String {
    let mut formatter = TimeFormatter::new(Pattern::parse(pattern).unwrap(), zone);
    String::from_utf8(formatter.text(at).to_vec()).unwrap()
}

/// Compares the time of day, its offset and the RFC 3339 form with the judge's.
#[track_caller]
fn agrees(at: Wall, zone: &Zone, judge: &Judge) {
    assert_eq!(shown(ALL, at, zone), judged(ALL, at, judge), "{at:?}");
    let offset = judge.to_offset(Timestamp::from_second(at.secs).unwrap());
    if offset.seconds() % 60 == 0 {
        for pattern in ["%z", "%:z"] {
            assert_eq!(shown(pattern, at, zone), judged(pattern, at, judge), "{at:?}");
        }
    }
    let mut formatter = TimeFormatter::new(Pattern::rfc3339(), zone);
    let text = String::from_utf8(formatter.text(at).to_vec()).unwrap();
    let back: Timestamp = text.parse().unwrap();
    let micros = at.nanos / 1_000 * 1_000;
    assert_eq!(back, Timestamp::new(at.secs, micros as i32).unwrap(), "{text}");
}

#[test]
fn every_year_from_1_to_9999_is_as_jiff_has_it() {
    let mut at = FIRST_SECOND;
    let mut count = 0;
    // A step of 11 days and some hours meets each month of each year, and each hour and second of a day.
    while at <= Timestamp::MAX.as_second() {
        let nanos = (at.unsigned_abs() * 7_919 % 1_000_000_000) as u32;
        agrees(Wall { secs: at, nanos }, &Zone::Utc, &Judge::UTC);
        at += 11 * 86_400 + 3 * 3_600 + 17 * 60 + 41;
        count += 1;
    }
    assert!(count > 9_999 * 32, "{count}");
}

#[test]
fn the_first_and_last_days_of_every_february_are_as_jiff_has_them() {
    for year in 1..=9_998 {
        for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
            let noon = jiff::civil::date(year, month, day).at(12, 0, 0, 0);
            let secs = noon.to_zoned(Judge::UTC).unwrap().timestamp().as_second();
            agrees(
                Wall {
                    secs,
                    nanos: 999_999_999,
                },
                &Zone::Utc,
                &Judge::UTC,
            );
        }
    }
}

#[test]
fn a_fixed_zone_is_as_jiff_has_it() {
    for minutes in [-1_439, -720, -570, -1, 0, 1, 330, 345, 840, 1_439] {
        let judge = jiff::tz::Offset::from_seconds(minutes * 60)
            .unwrap()
            .to_time_zone();
        for secs in [0, -1, 1_735_787_045, 951_782_399, 4_102_444_800, -62_135_000_000] {
            agrees(
                Wall {
                    secs,
                    nanos: 123_456_789,
                },
                &Zone::Fixed(minutes * 60),
                &judge,
            );
        }
    }
}

#[test]
fn a_fixed_zone_at_the_ends_of_the_years_stays_inside_of_them() {
    let at = |secs, zone| {
        shown(
            "%Y-%m-%dT%H:%M:%S%.3f",
            Wall {
                secs,
                nanos: 5_000_000,
            },
            &Zone::Fixed(zone),
        )
    };
    assert_eq!(at(FIRST_SECOND, -3_600), "0001-01-01T00:00:00.000");
    assert_eq!(at(FIRST_SECOND, 3_600), "0001-01-01T01:00:00.005");
    assert_eq!(at(LAST_SECOND, 3_600), "9999-12-31T23:59:59.999");
    assert_eq!(at(i64::MAX, 3_600), "9999-12-31T23:59:59.999");
    assert_eq!(at(i64::MIN, -3_600), "0001-01-01T00:00:00.000");
}

mod local {
    use super::*;

    /// North and south of the equator, and one whose summer time is half an hour.
    const ZONES: [&str; 3] = ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"];

    /// Every moment at which the clocks of a zone change, as far as a year.
    fn changes(zone: &Judge, until_year: i16) -> Vec<i64> {
        zone.following(Timestamp::MIN)
            .map(|change| change.timestamp())
            .take_while(|at| at.to_zoned(Judge::UTC).year() < until_year)
            .map(|at| at.as_second())
            .collect()
    }

    #[test]
    fn around_every_change_of_the_clocks_times_are_as_jiff_has_them() {
        for name in ZONES {
            let judge = Judge::get(name).unwrap();
            let zone = Zone::Local(judge.clone());
            let changes = changes(&judge, 2101);
            assert!(changes.len() > 200, "{name}: {}", changes.len());
            for change in changes {
                let rounded = |secs| {
                    zone.offset(secs) != judge.to_offset(Timestamp::from_second(secs).unwrap()).seconds()
                };
                for secs in [
                    -7_200, -3_601, -1_801, -1, 0, 1, 1_799, 1_800, 3_599, 3_600, 7_200,
                ]
                .map(|near| change + near)
                {
                    // Local mean time is rounded to minutes; all else is as it is.
                    if rounded(secs) {
                        assert!(secs < 0, "{name}: {secs}");
                        continue;
                    }
                    agrees(
                        Wall {
                            secs,
                            nanos: 987_654_321,
                        },
                        &zone,
                        &judge,
                    );
                    assert_eq!(
                        shown("%Z", Wall { secs, nanos: 0 }, &zone),
                        judged("%Z", Wall { secs, nanos: 0 }, &judge)
                    );
                }
            }
        }
    }

    #[test]
    fn a_local_mean_time_and_its_offset_are_exact_together() {
        let zone = Zone::Local(Judge::get("Europe/Berlin").unwrap());
        let secs = -2_500_000_000;
        assert_eq!(
            zone.offset(secs),
            53 * 60,
            "0:53:28 is shown as the nearest minute"
        );
        let mut formatter = TimeFormatter::new(Pattern::rfc3339(), &zone);
        let text = String::from_utf8(formatter.text(Wall { secs, nanos: 0 }).to_vec()).unwrap();
        assert_eq!(text.parse::<Timestamp>().unwrap().as_second(), secs, "{text}");
    }

    #[test]
    fn kept_seconds_follow_a_change_of_the_clocks() {
        let zone = Zone::Local(Judge::get("Europe/Berlin").unwrap());
        // 2025-10-26 01:00 UTC: 03:00 becomes 02:00.
        let change = 1_761_440_400;
        let mut formatter = TimeFormatter::new(Pattern::rfc3339(), &zone);
        let mut at = |secs| String::from_utf8(formatter.text(Wall { secs, nanos: 0 }).to_vec()).unwrap();
        assert_eq!(at(change - 1), "2025-10-26T02:59:59.000000+02:00");
        assert_eq!(at(change), "2025-10-26T02:00:00.000000+01:00");
        assert_eq!(at(change - 1), "2025-10-26T02:59:59.000000+02:00");
    }

    #[test]
    fn moments_that_no_zone_knows_are_shown_all_the_same() {
        let zone = Zone::Local(Judge::get("Europe/Berlin").unwrap());
        for secs in [i64::MIN, FIRST_SECOND - 1, LAST_SECOND, i64::MAX] {
            let text = shown("%Y%:z%Z", Wall { secs, nanos: 0 }, &zone);
            assert!(text.starts_with("0001") || text.starts_with("9999"), "{text}");
        }
    }
}
