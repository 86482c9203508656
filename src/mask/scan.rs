//! A text with what was found in it so far: all that readers share.
//!
//! Each kind of place that can hold a secret has its reader, an `impl Scan` in a file below `readers`, `shapes` or
//! `value`. Readers report with [`Scan::hide`] and move on with [`Scan::skip_to`]; `walk` decides who reads where.
//! Hits found by readers never overlap and come in order: `done` only grows, and nothing before it is read again.

use super::name::key::Key;
use super::name::rules::Rules;
use super::name::value_policy::ValuePolicy;
use super::regions::{Maps, Regions};

/// The replacement shown for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    Stars,
    /// Stars in quotation marks, each mark after this number of backslashes: JSON stays JSON.
    Quoted(usize),
}

/// A part of a text that must not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) show: Show,
}

pub(super) struct Scan<'t> {
    pub(super) text: &'t [u8],
    pub(super) rules: &'t Rules,
    /// The text was cut, so its last token may be the first half of a secret.
    pub(super) cut: bool,
    hits: &'t mut Vec<Hit>,
    /// Everything before this offset is decided.
    done: usize,
    pub(super) regions: Regions,
    pub(super) maps: Maps,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t [u8], cut: bool, rules: &'t Rules, hits: &'t mut Vec<Hit>) -> Scan<'t> {
        Scan {
            text,
            rules,
            cut,
            hits,
            done: 0,
            regions: Regions::default(),
            maps: Maps::default(),
        }
    }

    /// The offset before which everything is decided; readers look back no further.
    #[inline]
    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// Marks everything before `end` as decided.
    pub(super) fn skip_to(&mut self, end: usize) {
        self.done = self.done.max(end);
    }

    /// Reports that `start..end` must not be shown, and marks everything before `end` as decided.
    pub(super) fn hide(&mut self, start: usize, end: usize, show: Show) {
        let start = start.max(self.done);
        if start >= end {
            return;
        }
        self.done = end;
        let starred = self.text[start..end].iter().all(|&byte| byte == b'*');
        if !starred {
            self.hits.push(Hit { start, end, show });
        }
    }

    /// Reports a hit of a separate pass over the whole text: it may overlap others, and `done` does not change.
    pub(super) fn hide_anywhere(&mut self, start: usize, end: usize) {
        let show = Show::Stars;
        self.hits.push(Hit { start, end, show });
    }

    /// The policy for the values of `key`, whose separator is at `at`, in the regions around it.
    pub(super) fn policy_of(&mut self, key: &Key, at: usize) -> ValuePolicy {
        let policy = self.rules.policy(key);
        if self.regions.expects_value(at) && key.is("value") {
            self.regions.end_expected();
            return ValuePolicy::Always;
        }
        let weak = policy.yields_to_map();
        match self.regions.nested(at) {
            Some(nested) if weak && !key.is_empty() && !self.rules.describes(key) => nested,
            _ => policy,
        }
    }
}
