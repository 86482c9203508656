//! One pass over a text: finds what must not be shown, block by block; `Masker` calls it for each part of a record.
//!
//! `prefilter::classes` flags the bytes at which something may begin, [`is_clean_at`] drops most of them, and the
//! reader of the place decides. What is found goes into the [`Scan`]. This is the only place that asks whether the
//! standard rules are on: without them only keys, addresses and prefixes of the user's are looked for.

use super::bytes::{back_while, before, byte, has, is_space};
use super::name::key::Key;
use super::name::rules::Rules;
use super::name::value_policy::ValuePolicy;
use super::prefilter::classes::{BLOCK, byte_classes, is_run, lows, triggers};
use super::prefilter::is_clean_at;
use super::readers::command::Commands;
use super::readers::url::Urls;
use super::scan::{Hit, Scan};
use super::shapes::card::Cards;
use super::shapes::token::Runs;

pub(super) struct Walk<'t> {
    scan: Scan<'t>,
    standard: bool,
    runs: Runs,
    cards: Cards,
    urls: Urls,
    commands: Commands,
}

impl<'t> Walk<'t> {
    pub(super) fn new(text: &'t [u8], cut: bool, rules: &'t Rules, hits: &'t mut Vec<Hit>) -> Walk<'t> {
        Walk {
            scan: Scan::new(text, cut, rules, hits),
            standard: rules.standard,
            runs: Runs::default(),
            cards: Cards::default(),
            urls: Urls::default(),
            commands: Commands::default(),
        }
    }

    /// Reads the text from `from` on, which begins a block; nothing before it can be found.
    pub(super) fn read(&mut self, from: usize) {
        let text = self.scan.text;
        if from == 0 {
            self.spoken(0);
        }
        let mut at = self.scan.done().max(from);
        while at < text.len() {
            at = self.block(at);
        }
        if self.standard && self.scan.cut {
            self.scan.tail();
        }
        self.scan.own_prefixes();
    }

    /// Reads the flagged bytes of one block; returns the offset at which the next one begins.
    #[inline]
    fn block(&mut self, at: usize) -> usize {
        let (classes, base) = byte_classes(self.scan.text, at);
        let mut flagged = triggers(&classes);
        // The bytes before the block were not classified; `Cards` looks back.
        let mut low_before = true;
        for (n, word) in classes.into_iter().enumerate() {
            let from = base + n * 8;
            if from >= self.scan.text.len() {
                break;
            }
            let [first, second] = lows(word);
            if is_run(word) && self.runs.is_new(from) {
                self.run(from);
            }
            if first && (low_before || second) {
                self.digits(from, low_before, second);
            }
            low_before = second;
            self.triggers((flagged & 0xFF) as u8, from, at);
            flagged >>= 8;
            if self.scan.done() > at.max(from + 8) {
                return self.scan.done();
            }
        }
        base + BLOCK
    }

    /// Reads at the trigger bytes among the eight bytes at `from` that are not before `at`.
    #[inline]
    fn triggers(&mut self, mut flagged: u8, from: usize, at: usize) {
        while flagged != 0 {
            let place = from + flagged.trailing_zeros() as usize;
            flagged &= flagged - 1;
            // Within a secret map any key may precede a secret.
            let open = self.scan.regions.is_open(place) && matches!(self.scan.text[place], b'=' | b':');
            if place >= at && (open || !self.is_clean_at(place)) {
                self.trigger(place);
            }
        }
    }

    fn is_clean_at(&self, at: usize) -> bool {
        is_clean_at(self.scan.text, at, self.scan.done(), self.scan.rules)
    }

    /// A long run of token characters around `at`.
    #[inline(never)]
    fn run(&mut self, at: usize) {
        let Some((start, end)) = self.runs.next(&self.scan, at) else {
            return;
        };
        let found = self.standard && (self.scan.shaped(start, end) || self.scan.spoken_before(start, end));
        if !found {
            self.scan.after_name(start, end);
        }
    }

    /// Four bytes at `from` that may be digits, and so may those before or after them.
    #[inline(never)]
    fn digits(&mut self, from: usize, before: bool, behind: bool) {
        if !self.standard {
            return;
        }
        if let Some(at) = from.checked_sub(4).filter(|_| before) {
            self.cards.read(&mut self.scan, at);
        }
        if behind {
            self.cards.read(&mut self.scan, from);
        }
    }

    /// Reads at a trigger byte.
    #[inline(never)]
    pub(super) fn trigger(&mut self, at: usize) {
        if at < self.scan.done() {
            return;
        }
        if self.standard {
            self.by_all_rules(at);
        } else {
            self.by_own_rules(at);
        }
    }

    fn by_all_rules(&mut self, at: usize) {
        let text = self.scan.text;
        match text[at] {
            b'=' => self.separator(at, 1),
            b':' if has(text, at, b"://") => self.urls.read(&mut self.scan, at),
            b':' if is_path(text, at) || self.scan.pgpass(at) => {}
            b':' if before(text, at) != b':' => self.separator(at, 1),
            b'-' if begins_flag(text, at) => self.commands.dash(&mut self.scan, at),
            b'"' | b'\'' => self.quote(at),
            b'@' if self.scan.credentials_before(at) => {}
            b'@' => self.scan.address(at),
            b'%' => self.percent(at),
            b'<' if has(text, at, b"<- ") => self.separator(at, 2),
            b'<' => self.scan.tag(at),
            b'>' if before(text, at) == b'-' => self.separator(at - 1, 2),
            b'$' => self.scan.crypt(at),
            0xEF => self.wide(at),
            _ => {}
        }
    }

    /// As [`by_all_rules`](Self::by_all_rules), with nothing but keys and addresses.
    fn by_own_rules(&mut self, at: usize) {
        let text = self.scan.text;
        match text[at] {
            b'=' => self.separator(at, 1),
            b':' if has(text, at, b"://") || is_path(text, at) => {}
            b':' if before(text, at) != b':' => self.separator(at, 1),
            b'-' if begins_flag(text, at) => self.scan.named_flag(at),
            b'"' | b'\'' => self.scan.pair(at),
            b'@' => self.scan.address(at),
            b'%' => self.percent(at),
            b'<' if has(text, at, b"<- ") => self.separator(at, 2),
            b'<' => self.scan.tag(at),
            b'>' if before(text, at) == b'-' => self.separator(at - 1, 2),
            0xEF => self.wide(at),
            _ => {}
        }
    }

    fn quote(&mut self, at: usize) {
        self.spoken(at + 1);
        self.scan.pair(at);
        if at >= self.scan.done() && before(self.scan.text, at) != b'[' {
            self.scan.quoted_after(at);
        }
    }

    /// `Bearer` or `Basic` may begin at `at`.
    fn spoken(&mut self, at: usize) {
        if self.standard && byte(self.scan.text, at) | 0x20 == b'b' {
            self.scan.spoken(at);
        }
    }

    /// `%3D` and `%3A` separate in a query within a query.
    fn percent(&mut self, at: usize) {
        let text = self.scan.text;
        if has(text, at, b"%3A%2F%2F") {
            if self.standard {
                self.scan.coded_url(at + 9);
            }
            return;
        }
        if has(text, at, b"%3D") || has(text, at, b"%3A") {
            self.separator(at, 3);
        }
        if has(text, at, b"%253D") || has(text, at, b"%253A") {
            self.separator(at, 5);
        }
    }

    /// The wide and small forms of `=` and `:`.
    fn wide(&mut self, at: usize) {
        let forms = ["\u{FF1D}", "\u{FF1A}", "\u{FE66}", "\u{FE55}"];
        if forms.iter().any(|form| has(self.scan.text, at, form.as_bytes())) {
            self.separator(at, 3);
        }
    }

    /// Reads the key before a separator, and the value after it if the key is that of a secret.
    fn separator(&mut self, at: usize, width: usize) {
        let text = self.scan.text;
        self.spoken(at + width + usize::from(byte(text, at + width) == b' '));
        let scan = &self.scan;
        if at >= scan.done() && (scan.regions.is_open(at) || scan.rules.may_end(text, at)) {
            self.keyed(at, width);
        }
    }

    #[inline(never)]
    fn keyed(&mut self, at: usize, width: usize) {
        let scan = &mut self.scan;
        let key = Key::before(scan.text, at, scan.done());
        let mut policy = scan.policy_of(&key, at);
        if policy.is_ambiguous() {
            let commands = self.standard.then_some(&mut self.commands);
            policy = scan.policy_around(&key, at, commands).unwrap_or(policy);
        }
        if policy != ValuePolicy::Never && !in_resource_name(scan.text, &key) {
            scan.value(&key, policy, at, width);
        }
    }
}

/// Whether the colon at `at` is part of a path of Rust or C++; two colons with a blank after them are the base64 form
/// of LDIF (`userPassword:: ...`).
fn is_path(text: &[u8], at: usize) -> bool {
    let next = byte(text, at + 2);
    byte(text, at + 1) == b':' && !is_space(next) && next != b':'
}

/// Whether the dash at `at` may begin a flag or a frame, and is not in the middle of a word.
#[inline]
fn begins_flag(text: &[u8], at: usize) -> bool {
    let last = before(text, at);
    !(last.is_ascii_alphanumeric() || matches!(last, b'-' | b'_' | b'.'))
}

/// Whether the key is part of a resource name (`arn:...:secret:name`), which is built with colons and is not secret.
fn in_resource_name(text: &[u8], key: &Key) -> bool {
    if key.before != b':' {
        return false;
    }
    let floor = key.start.saturating_sub(128);
    let start = back_while(text, key.start, floor, |byte| {
        !is_space(byte) && !matches!(byte, b'"' | b'\'' | b'(' | b'=')
    });
    has(text, start, b"arn:") || has(text, start, b"urn:")
}
