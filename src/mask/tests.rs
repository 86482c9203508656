//! What is hidden and what stays, by the files of `tests/corpus` and by tables of forms.

mod bitmasks;
mod cards;
mod context;
mod corpus;
mod forms;
mod invariants;
mod keys;
mod places;
mod prefilter;
mod records;
mod rewrite;
mod shapes;
mod tokens;
mod values;

use super::*;
use std::cell::RefCell;

std::thread_local! {
    /// One for all texts of a test, as the worker has one for all records.
    static STANDARD: RefCell<Masker> = RefCell::new(Masker::new(&Mask::standard()));
}

fn masked(text: &str) -> String {
    STANDARD.with_borrow_mut(|masker| masker.text(text, false).into_owned())
}

fn masked_when_cut(text: &str) -> String {
    STANDARD.with_borrow_mut(|masker| masker.text(text, true).into_owned())
}

/// Panics with all faults, if there are any.
#[track_caller]
fn none_of(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Panics with all texts that `mask` shows differently from their rows.
#[track_caller]
fn all_shown(rows: &[(&str, &str)], mask: fn(&str) -> String) {
    let fault = |(text, shown): &(&str, &str)| format!("{text:?} -> {:?}, not {shown:?}", mask(text));
    let faults: Vec<String> = rows
        .iter()
        .filter(|(text, shown)| mask(text) != *shown)
        .map(fault)
        .collect();
    none_of(&faults);
}

/// As [`all_shown`], for texts that stay as they are.
#[track_caller]
fn all_stay(texts: &[&str]) {
    let rows: Vec<(&str, &str)> = texts.iter().map(|text| (*text, *text)).collect();
    all_shown(&rows, masked);
}
