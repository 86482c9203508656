//! Invariants of every text, for property tests and the fuzz target.

use super::name::rules::Rules;
use super::prefilter::bitmasks::class_masks;
use super::prefilter::classes::classes_of;
use super::prefilter::{self, Prefilter};
use super::scan::Hit;
use super::walk::Walk;
use super::{Mask, Masker, work};

/// Panics unless `text` is masked in one go, in work proportional to its length, and no shortcut misses a hit.
pub(crate) fn hold(text: &str, cut: bool, mask: &Mask) {
    let mut masker = Masker::new(mask);
    work::take();
    let once = masker.text(text, cut).into_owned();
    let work = work::take();
    assert!(
        work <= 1_000 * text.len() as u64 + 8_192,
        "work {work} for {text:?}"
    );
    assert_eq!(masker.text(&once, cut), once, "masked twice, of {text:?}");
    prefilter_agrees(text, &Rules::new(mask));
}

/// A text that the prefilter passes has no hits, and a candidate's offset loses none.
fn prefilter_agrees(text: &str, rules: &Rules) {
    let hits = |from| {
        let mut hits = Vec::new();
        Walk::new(text.as_bytes(), false, rules, &mut hits).read(from);
        hits
    };
    let result = prefilter::prefilter(text.as_bytes(), rules);
    assert_eq!(
        result,
        prefilter::prefilter_by(text.as_bytes(), rules, class_masks),
        "by narrow vectors, of {text:?}"
    );
    if matches!(result, Prefilter::Clean { .. }) {
        assert_eq!(hits_of_all_triggers(text, rules), [], "passed over: {text:?}");
    }
    match result {
        Prefilter::Clean { .. } if rules.prefixes.is_empty() => assert_eq!(hits(0), [], "clean: {text:?}"),
        // Prefixes set by the user are searched in the whole text, independently of the prefilter.
        Prefilter::Clean { .. } => assert_eq!(hits(text.len()), hits(0), "clean: {text:?}"),
        Prefilter::Candidate(from) => assert_eq!(hits(from), hits(0), "from {from} of {text:?}"),
    }
}

/// The hits with a reader at each trigger byte, without `is_clean_at`, which prefilter and walk share.
pub(super) fn hits_of_all_triggers(text: &str, rules: &Rules) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut walk = Walk::new(text.as_bytes(), false, rules, &mut hits);
    for at in (0..text.len()).filter(|&at| classes_of(text.as_bytes()[at]).trigger) {
        walk.trigger(at);
    }
    hits
}
