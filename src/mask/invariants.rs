//! What must be true of every text, for property tests and the fuzz target: `fuzzing` calls it.

use super::name::rules::Rules;
use super::prefilter::bitmasks::signs;
use super::prefilter::classes::kinds;
use super::prefilter::{self, Look};
use super::scan::{Hit, Scan};
use super::{Mask, Masker, work};

/// Panics unless `text` is masked once and for all, in work that grows with it, and no step passes over a hit.
pub(crate) fn hold(text: &str, cut: bool, mask: &Mask) {
    let mut masker = Masker::new(mask);
    work::take();
    let once = masker.text(text, cut).into_owned();
    let work = work::take();
    assert!(
        work <= 1_000 * text.len() as u64 + 8_192,
        "{work} steps for {text:?}"
    );
    assert_eq!(masker.text(&once, cut), once, "masked twice, of {text:?}");
    first_look_agrees(text, &Rules::new(mask));
}

/// What the first look passes over, the scan of all does not find either.
fn first_look_agrees(text: &str, rules: &Rules) {
    let hits = |from| {
        let mut hits = Vec::new();
        Scan::new(text.as_bytes(), false, rules, &mut hits).walk(from);
        hits
    };
    let first = prefilter::look(text.as_bytes(), rules);
    assert_eq!(
        first,
        prefilter::look_by(text.as_bytes(), rules, signs),
        "by narrow vectors, of {text:?}"
    );
    if matches!(first, Look::Quiet { .. }) {
        assert_eq!(hits_of_all_signs(text, rules), [], "passed over: {text:?}");
    }
    match first {
        Look::Quiet { .. } if rules.prefixes.is_empty() => assert_eq!(hits(0), [], "quiet: {text:?}"),
        // A user's own prefixes are looked for everywhere.
        Look::Quiet { .. } => assert_eq!(hits(text.len()), hits(0), "quiet: {text:?}"),
        Look::Doubt(from) => assert_eq!(hits(from), hits(0), "from {from} of {text:?}"),
    }
}

/// What a close look at each sign finds: `Scan` itself passes over the same ones as the first look.
pub(super) fn hits_of_all_signs(text: &str, rules: &Rules) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut scan = Scan::new(text.as_bytes(), false, rules, &mut hits);
    for at in (0..text.len()).filter(|&at| kinds(text.as_bytes()[at]).anchor) {
        scan.anchor(at);
    }
    hits
}
