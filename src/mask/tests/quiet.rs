//! The first look and the scan agree: what one passes over, the other would not have found.

use super::corpus::rows;
use super::laws::text;
use super::*;
use crate::mask::quiet::{Look, look};
use proptest::prelude::*;

/// What the scan finds from `from` on.
fn hits(text: &str, rules: &Rules, from: usize) -> Vec<Hit> {
    let mut hits = Vec::new();
    Scan::new(text.as_bytes(), false, rules, &mut hits).walk(from);
    hits
}

/// Whether the first look leads to the same as a scan of all.
fn agrees(text: &str, rules: &Rules) -> bool {
    let all = hits(text, rules, 0);
    match look(text.as_bytes(), rules) {
        Look::Quiet { .. } => all.is_empty(),
        Look::Doubt(from) => hits(text, rules, from) == all,
    }
}

#[test]
fn the_first_look_passes_over_no_row_of_the_corpus() {
    let rules = Rules::new(&Mask::standard().emails(true));
    let files = ["secrets", "secrets-more", "benign", "benign-more", "injection"];
    let rows = files.into_iter().flat_map(rows);
    // Moved through a block, so that each sign stands at each place of it.
    let moved =
        rows.flat_map(|row| (0..34).map(move |n| "x ".repeat(n / 2) + &" ".repeat(n % 2) + &row.text));
    let faults: Vec<String> = moved.filter(|text| !agrees(text, &rules)).collect();
    none_of(&faults);
}

#[test]
fn a_plain_text_is_one_that_no_line_changes() {
    let rules = Rules::new(&Mask::standard());
    for len in [0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 200] {
        let clean = "ok ".repeat(len).split_off(2 * len);
        let told = look(clean.as_bytes(), &rules);
        assert_eq!(told, Look::Quiet { plain: true }, "{clean:?}");
        for at in 0..len {
            for odd in ["\0", "\x1f", "\x7f", "\\", "\"", "\u{80}", "ÿ", "\u{202e}"] {
                let mut text = clean.clone();
                text.replace_range(at..=at, odd);
                let told = look(text.as_bytes(), &rules);
                assert_ne!(told, Look::Quiet { plain: true }, "{odd:?} at {at} of {len}");
            }
        }
    }
}

#[test]
fn an_ordinary_line_needs_no_second_look() {
    let rules = Rules::new(&Mask::standard());
    for text in [
        "request served thread=0 seq=12345 path=/api/v1/users/42/orders status=200 micros=4711 score=0.123",
        "GET /api/v1/search?q=rust+logging 200 in 12 ms",
        "connection to db.example.com:5432 opened, 3 of 10 in use",
        "configuration reloaded: 12 routes, 4 listeners (took 3.2 ms)",
    ] {
        assert_eq!(
            look(text.as_bytes(), &rules),
            Look::Quiet { plain: true },
            "{text:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_first_look_and_the_scan_agree(text in text(), emails: bool) {
        let rules = Rules::new(&Mask::standard().emails(emails).key("user"));
        prop_assert!(agrees(&text, &rules), "{:?}", text);
    }
}
