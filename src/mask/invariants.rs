//! What must be true of every text, for property tests and the fuzz target: `fuzzing` calls it.

use super::name::rules::Rules;
use super::prefilter::bitmasks::class_masks;
use super::prefilter::classes::classes_of;
use super::prefilter::{self, Prefilter};
use super::scan::Hit;
use super::walk::Walk;
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
        Walk::new(text.as_bytes(), false, rules, &mut hits).read(from);
        hits
    };
    let first = prefilter::prefilter(text.as_bytes(), rules);
    assert_eq!(
        first,
        prefilter::prefilter_by(text.as_bytes(), rules, class_masks),
        "by narrow vectors, of {text:?}"
    );
    if matches!(first, Prefilter::Clean { .. }) {
        assert_eq!(hits_of_all_triggers(text, rules), [], "passed over: {text:?}");
    }
    match first {
        Prefilter::Clean { .. } if rules.prefixes.is_empty() => assert_eq!(hits(0), [], "quiet: {text:?}"),
        // A user's own prefixes are looked for everywhere.
        Prefilter::Clean { .. } => assert_eq!(hits(text.len()), hits(0), "quiet: {text:?}"),
        Prefilter::Candidate(from) => assert_eq!(hits(from), hits(0), "from {from} of {text:?}"),
    }
}

/// What a close look at each sign finds: `Scan` itself passes over the same ones as the first look.
pub(super) fn hits_of_all_triggers(text: &str, rules: &Rules) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut walk = Walk::new(text.as_bytes(), false, rules, &mut hits);
    for at in (0..text.len()).filter(|&at| classes_of(text.as_bytes()[at]).trigger) {
        walk.trigger(at);
    }
    hits
}
