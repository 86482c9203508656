mod judged;

use super::civil::{FIRST_SECOND, LAST_SECOND};
use super::*;
use proptest::prelude::*;

fn text(pattern: &str, secs: i64, nanos: u32) -> String {
    let mut formatter = TimeFormatter::new(Pattern::parse(pattern).unwrap(), &Zone::Utc);
    String::from_utf8(formatter.text(Wall { secs, nanos }).to_vec()).unwrap()
}

/// 2025-01-02 03:04:05.123456789 UTC, a Thursday.
const MOMENT: (i64, u32) = (1_735_787_045, 123_456_789);

#[test]
fn every_directive_of_a_moment() {
    let table = [
        ("%Y", "2025"),
        ("%m", "01"),
        ("%d", "02"),
        ("%H", "03"),
        ("%M", "04"),
        ("%S", "05"),
        ("%3f", "123"),
        ("%6f", "123456"),
        ("%9f", "123456789"),
        ("%.3f", ".123"),
        ("%.6f", ".123456"),
        ("%.9f", ".123456789"),
        ("%j", "002"),
        ("%a", "Thu"),
        ("%b", "Jan"),
        ("%y", "25"),
        ("%e", " 2"),
        ("%I", "03"),
        ("%p", "AM"),
        ("%z", "+0000"),
        ("%:z", "+00:00"),
        ("%Z", "UTC"),
        ("%%", "%"),
        ("[%H:%M:%S%.3f] é", "[03:04:05.123] é"),
        ("%%Y", "%Y"),
    ];
    for (pattern, wanted) in table {
        assert_eq!(text(pattern, MOMENT.0, MOMENT.1), wanted, "{pattern}");
    }
}

#[test]
fn the_default_is_rfc_3339_with_microseconds() {
    let mut formatter = TimeFormatter::new(Pattern::rfc3339(), &Zone::Utc);
    let mut at = |secs, nanos| String::from_utf8(formatter.text(Wall { secs, nanos }).to_vec()).unwrap();
    assert_eq!(at(MOMENT.0, MOMENT.1), "2025-01-02T03:04:05.123456Z");
    assert_eq!(at(MOMENT.0, 7_000), "2025-01-02T03:04:05.000007Z");
    assert_eq!(at(MOMENT.0 + 1, 0), "2025-01-02T03:04:06.000000Z");
    assert_eq!(at(-1, 999_999_999), "1969-12-31T23:59:59.999999Z");
}

#[test]
fn noon_and_midnight_are_twelve_on_a_short_clock() {
    let hours = [0, 1, 11, 12, 13, 23].map(|hour| text("%I%p", hour * 3_600, 0));
    assert_eq!(hours, ["12AM", "01AM", "11AM", "12PM", "01PM", "11PM"]);
}

#[test]
fn a_time_outside_of_the_years_is_the_nearest_one_inside() {
    let show = |secs| text("%Y-%m-%dT%H:%M:%S%.3f", secs, 5_000_000);
    assert_eq!(show(FIRST_SECOND), "0001-01-01T00:00:00.005");
    assert_eq!(show(FIRST_SECOND - 1), "0001-01-01T00:00:00.000");
    assert_eq!(show(i64::MIN), "0001-01-01T00:00:00.000");
    assert_eq!(show(LAST_SECOND), "9999-12-31T23:59:59.005");
    assert_eq!(show(i64::MAX), "9999-12-31T23:59:59.999");
}

#[test]
fn every_day_of_ten_thousand_years_follows_the_one_before() {
    let months = |year: u32| {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        [31, 28 + u32::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    };
    // 0001-01-01 was a Monday.
    let (mut secs, mut weekday) = (FIRST_SECOND, 1);
    for year in 1..=9_999 {
        let mut day_of_year = 0;
        for (month, days) in (1..).zip(months(year)) {
            for day in 1..=days {
                day_of_year += 1;
                let civil = Civil::at(secs + 86_399);
                assert_eq!(
                    (
                        civil.year,
                        civil.month,
                        civil.day,
                        civil.day_of_year,
                        civil.weekday
                    ),
                    (year, month, day, day_of_year, weekday)
                );
                secs += 86_400;
                weekday = (weekday + 1) % 7;
            }
        }
    }
    assert_eq!(secs, LAST_SECOND + 1);
}

#[test]
fn a_faulty_pattern_says_where_and_what_to_write() {
    let fault = |text: &str| {
        let fault = Pattern::parse(text).unwrap_err();
        let span = fault.span.unwrap();
        (span.at, span.len, fault.what)
    };
    let (at, len, what) = fault("%Y %Q");
    assert_eq!((at, len), (3, 2));
    assert!(
        what.starts_with("`%Q` is not supported: a time is made of %Y %m"),
        "{what}"
    );
    assert!(what.ends_with("%z %:z %Z %%"));
    assert_eq!(
        fault("%H%").2,
        "a pattern of a time ends with `%`: write `%%` for a literal one"
    );
    assert!(fault("%f").2.starts_with("a fraction of a second is `%3f`"));
    assert_eq!(fault("%T").2, "`%T` is not supported: write `%H:%M:%S`");
}

proptest! {
    #[test]
    fn the_kept_second_never_shows_in_another(moments in proptest::collection::vec((0i64..3, 0u32..1_000_000_000), 1..20)) {
        let mut kept = TimeFormatter::new(Pattern::rfc3339(), &Zone::Utc);
        for (secs, nanos) in moments {
            let fresh = text("%Y-%m-%dT%H:%M:%S%.6fZ", secs, nanos);
            prop_assert_eq!(kept.text(Wall { secs, nanos }), fresh.as_bytes());
        }
    }

    #[test]
    fn any_text_is_a_pattern_or_a_fault(text in "[%.0-9a-zA-Zé ]{0,20}") {
        if let Err(fault) = Pattern::parse(&text) {
            let span = fault.span.unwrap();
            prop_assert!(text.is_char_boundary(span.at) && text.is_char_boundary(span.at + span.len));
        }
    }
}
