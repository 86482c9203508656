//! Prefilter and walk agree: the prefilter passes over nothing that the walk would have found.

use super::corpus::rows;
use super::invariants::text;
use super::*;
use crate::mask::invariants::hits_of_all_triggers;
use crate::mask::name::names::{NAMES, TAILS};
use crate::mask::prefilter::bitmasks::class_masks;
use crate::mask::prefilter::{Prefilter, prefilter, prefilter_by};
use proptest::prelude::*;
use std::sync::LazyLock;

/// The hits from `from` on.
fn hits(text: &str, rules: &Rules, from: usize) -> Vec<Hit> {
    let mut hits = Vec::new();
    Walk::new(text.as_bytes(), false, rules, &mut hits).read(from);
    hits
}

/// Whether the prefilter leads to the same hits as reading the whole text, on vectors of any width.
fn agrees(text: &str, rules: &Rules) -> bool {
    let all = hits(text, rules, 0);
    let found = prefilter(text.as_bytes(), rules);
    if found != prefilter_by(text.as_bytes(), rules, class_masks) {
        return false;
    }
    match found {
        Prefilter::Clean { .. } => all.is_empty(),
        Prefilter::Candidate(from) => hits(text, rules, from) == all,
    }
}

#[test]
fn the_prefilter_passes_over_no_row_of_the_corpus() {
    let rules = Rules::new(&Mask::standard().emails(true));
    let files = ["secrets", "secrets-more", "benign", "benign-more", "injection"];
    let rows = files.into_iter().flat_map(rows);
    // Moved through a block, so that each byte is at each offset once.
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
        let found = prefilter(clean.as_bytes(), &rules);
        assert_eq!(found, Prefilter::Clean { plain: true }, "{clean:?}");
        for at in 0..len {
            for odd in ["\0", "\x1f", "\x7f", "\\", "\"", "\u{80}", "ÿ", "\u{202e}"] {
                let mut text = clean.clone();
                text.replace_range(at..=at, odd);
                let found = prefilter(text.as_bytes(), &rules);
                assert_ne!(
                    found,
                    Prefilter::Clean { plain: true },
                    "{odd:?} at {at} of {len}"
                );
            }
        }
    }
}

#[test]
fn an_ordinary_line_is_clean() {
    let rules = Rules::new(&Mask::standard());
    for text in [
        "request served thread=0 seq=12345 path=/api/v1/users/42/orders status=200 micros=4711 score=0.123",
        "GET /api/v1/search?q=rust+logging 200 in 12 ms",
        "connection to db.example.com:5432 opened, 3 of 10 in use",
        "configuration reloaded: 12 routes, 4 listeners (took 3.2 ms)",
        "12:30:45 request_id=8f3a2 trace_id: 17 duration=12ms bytes=512 version=3 region = eu-1",
        "severity=high priority=2 city: Graz, capacity=4, userId=7, APP_VERSION=1.2",
        "retry 3: id: 7, partition=12, offset=99, release=2024, action: reload, role=reader",
    ] {
        assert_eq!(
            prefilter(text.as_bytes(), &rules),
            Prefilter::Clean { plain: true },
            "{text:?}"
        );
    }
    let quoted = "{\"id\": 3, \"duration\": 12, \"version\": \"x\", \"user_id\":7}";
    assert_eq!(
        prefilter(quoted.as_bytes(), &rules),
        Prefilter::Clean { plain: false }
    );
}

/// Known names and others that end like them, as people write them before a separator.
fn named() -> impl Strategy<Value = String> {
    let names = NAMES.iter().flat_map(|(_, _, names)| names.iter());
    let names: Vec<&str> = names.chain(TAILS).copied().collect();
    let name = (prop::sample::select(names), 0usize..12).prop_map(|(name, at)| {
        let at = at.min(name.len());
        if name.is_char_boundary(at) {
            name[at..].to_owned()
        } else {
            name.to_owned()
        }
    });
    let word = prop_oneof![
        4 => name.clone(),
        1 => name.prop_map(|name| name.to_uppercase()),
        1 => "[a-z]{1,3}",
        1 => "[A-Z]?[a-z]{0,2}",
    ];
    let joint = prop::sample::select(vec![
        "",
        "",
        "_",
        "-",
        ".",
        " ",
        "  ",
        "1",
        "%5f",
        "\\u0070",
        "\u{1b}[0m",
        "{",
        ",",
    ]);
    let ends = prop::sample::select(vec![
        "", "", "", "1", "_12", " 1 2", "\"", " ", "'", "*", "]", ":5432", "%22",
    ]);
    let marks = prop::sample::select(vec!["=", ": ", ":", " = ", "=\"", "\": \"", ": '", ":shop:ann:"]);
    (prop::collection::vec((word, joint), 1..5), ends, marks).prop_map(|(words, end, mark)| {
        let words: String = words
            .into_iter()
            .map(|(word, joint)| joint.to_owned() + &word)
            .collect();
        format!("{words}{end}{mark}hunter2_x")
    })
}

/// Without and with e-mail addresses.
static RULES: LazyLock<[Rules; 2]> =
    LazyLock::new(|| [false, true].map(|emails| Rules::new(&Mask::standard().emails(emails).key("user"))));

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_prefilter_passes_over_no_known_name(first in named(), second in named()) {
        let rules = &RULES[0];
        let text = format!("{first} {second}");
        for text in [first, text] {
            prop_assert!(agrees(&text, rules), "{:?}", text);
            // The walk skips the same trigger bytes, so its hits prove nothing here; but it finds long runs without the
            // prefilter.
            let has_run = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').any(|run| run.len() >= 15);
            if !has_run {
                prop_assert_eq!(hits(&text, rules, 0), hits_of_all_triggers(&text, rules), "{:?}", text);
            }
        }
    }

    #[test]
    fn the_prefilter_and_the_walk_agree(text in text(), emails: bool) {
        prop_assert!(agrees(&text, &RULES[usize::from(emails)]), "{:?}", text);
    }
}
