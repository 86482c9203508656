//! One pass over a text that finds what must not be shown; `Masker` calls it for each part of a record.
//!
//! `lanes` flags where something could begin, and each kind of place has its reader in a file of its own. What
//! was found never overlaps and is in order: `done` only grows, and nothing before it is looked at again.

use super::bytes::{before, byte, has, is_space};
use super::name::key::Key;
use super::name::names::ValuePolicy;
use super::name::rules::Rules;
use super::prefilter::classes::{BLOCK, anchors, is_run, lanes, lows};
use super::prefilter::is_quiet;
use super::readers::tools::Tool;

/// What is shown in the place of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    Stars,
    /// Stars in quotation marks behind so many backslashes: JSON stays JSON.
    Quoted(usize),
}

/// A part of a text that must not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) show: Show,
}

/// Where the next byte of a kind is, so that looking for it again and again costs no more than once.
#[derive(Debug, Default)]
pub(super) struct Next(usize);

impl Next {
    pub(super) fn from(&mut self, at: usize, find: impl FnOnce(usize) -> usize) -> usize {
        if self.0 < at {
            self.0 = find(at);
        }
        self.0
    }
}

pub(super) struct Scan<'t> {
    pub(super) text: &'t [u8],
    pub(super) rules: &'t Rules,
    /// The text goes on, and its last token may be the first half of a secret.
    pub(super) cut: bool,
    pub(super) hits: &'t mut Vec<Hit>,
    /// What is before it has been decided.
    pub(super) done: usize,
    /// Up to here every value belongs to a secret, and which of them are secret.
    pub(super) nested_until: usize,
    nested: ValuePolicy,
    /// Up to here any key may stand before a secret.
    open_until: usize,
    /// Up to here the name `key` is that of a secret.
    pub(super) keys_until: usize,
    /// How many maps were measured, up to where they reach.
    pub(super) maps: usize,
    pub(super) mapped_until: usize,
    /// A name of a secret was read, whose value stands under another key, up to here.
    pub(super) named_until: usize,
    /// The program of a command line and where its name ends, and up to where words were read to find it.
    pub(super) program: Option<(usize, Tool)>,
    pub(super) words_read: usize,
    pub(super) run_done: usize,
    pub(super) card_done: usize,
    pub(super) next_at: Next,
    pub(super) next_gap: Next,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t [u8], cut: bool, rules: &'t Rules, hits: &'t mut Vec<Hit>) -> Scan<'t> {
        Scan {
            text,
            rules,
            cut,
            hits,
            done: 0,
            nested_until: 0,
            nested: ValuePolicy::Never,
            open_until: 0,
            keys_until: 0,
            maps: 0,
            mapped_until: 0,
            named_until: 0,
            program: None,
            words_read: 0,
            run_done: 0,
            card_done: 0,
            next_at: Next::default(),
            next_gap: Next::default(),
        }
    }

    /// Reads the text from `from` on, which begins a block; what is before it holds nothing to find.
    pub(super) fn walk(&mut self, from: usize) {
        if from == 0 && byte(self.text, 0) | 0x20 == b'b' {
            self.spoken(0);
        }
        let mut at = self.done.max(from);
        while at < self.text.len() {
            at = self.block(at);
        }
        if self.cut {
            self.tail();
        }
        if !self.rules.prefixes.is_empty() {
            self.own_prefixes();
        }
    }

    /// Looks at what is flagged in one block; returns where the next one begins.
    #[inline]
    fn block(&mut self, at: usize) -> usize {
        let (lanes, base) = lanes(self.text, at);
        let mut flagged = anchors(&lanes);
        // What stands before the block is not known; `digits` looks.
        let mut low_before = true;
        for (n, word) in lanes.into_iter().enumerate() {
            let from = base + n * 8;
            if from >= self.text.len() {
                break;
            }
            let [first, second] = lows(word);
            if is_run(word) && from >= self.run_done {
                self.run(from);
            }
            if first && (low_before || second) {
                self.dense(from, low_before, second);
            }
            low_before = second;
            self.anchors((flagged & 0xFF) as u8, from, at);
            flagged >>= 8;
            if self.done > at.max(from + 8) {
                return self.done;
            }
        }
        base + BLOCK
    }

    /// Looks at the anchors in the eight bytes at `from` that are not before `at`.
    #[inline]
    fn anchors(&mut self, mut flagged: u8, from: usize, at: usize) {
        while flagged != 0 {
            let place = from + flagged.trailing_zeros() as usize;
            flagged &= flagged - 1;
            // Within a secret map any key may stand before a secret.
            let open = place < self.open_until && matches!(self.text[place], b'=' | b':');
            if place >= at && (open || !self.is_quiet(place)) {
                self.anchor(place);
            }
        }
    }

    fn is_quiet(&self, at: usize) -> bool {
        is_quiet(self.text, at, self.done, self.rules)
    }

    /// Four bytes at `from` that may be digits, and so may those before or behind them.
    #[inline(never)]
    fn dense(&mut self, from: usize, before: bool, behind: bool) {
        for at in [
            from.checked_sub(4).filter(|_| before),
            Some(from).filter(|_| behind),
        ] {
            match at {
                Some(at) if at >= self.card_done && self.rules.standard => self.digits(at),
                _ => {}
            }
        }
    }

    #[inline(never)]
    pub(super) fn anchor(&mut self, at: usize) {
        if at < self.done {
            return;
        }
        match self.text[at] {
            b'=' => self.separator(at, 1),
            b':' => self.colon(at),
            b'-' => self.dash(at),
            b'"' | b'\'' => self.quote(at),
            b'@' => self.at_sign(at),
            b'%' => self.percent(at),
            b'<' if has(self.text, at, b"<- ") => self.separator(at, 2),
            b'<' => self.tag(at),
            b'>' if before(self.text, at) == b'-' => self.separator(at - 1, 2),
            b'$' => self.crypt(at),
            0xEF => self.wide(at),
            _ => {}
        }
    }

    fn colon(&mut self, at: usize) {
        match (byte(self.text, at + 1), byte(self.text, at + 2)) {
            (b'/', b'/') => return self.url(at),
            // A path of Rust or C++, but for the base64 form of LDIF (`userPassword:: ...`).
            (b':', next) if !is_space(next) && next != b':' => return,
            _ => {}
        }
        if self.pgpass(at) {
            return;
        }
        if before(self.text, at) != b':' {
            self.separator(at, 1);
        }
    }

    /// `%3D` and `%3A` separate in a query within a query.
    fn percent(&mut self, at: usize) {
        if has(self.text, at, b"%3A%2F%2F") {
            return self.coded_url(at + 9);
        }
        if has(self.text, at, b"%3D") || has(self.text, at, b"%3A") {
            self.separator(at, 3);
        }
        if has(self.text, at, b"%253D") || has(self.text, at, b"%253A") {
            self.separator(at, 5);
        }
    }

    /// The wide and small forms of `=` and `:`.
    fn wide(&mut self, at: usize) {
        let forms = ["\u{FF1D}", "\u{FF1A}", "\u{FE66}", "\u{FE55}"];
        if forms.iter().any(|form| has(self.text, at, form.as_bytes())) {
            self.separator(at, 3);
        }
    }

    /// Reads the key before a separator, and the value behind it if the key says so.
    fn separator(&mut self, at: usize, width: usize) {
        let from = at + width + usize::from(byte(self.text, at + width) == b' ');
        if byte(self.text, from) | 0x20 == b'b' {
            self.spoken(from);
        }
        if at >= self.done && (at < self.open_until || self.rules.may_end(self.text, at)) {
            self.keyed(at, width);
        }
    }

    #[inline(never)]
    fn keyed(&mut self, at: usize, width: usize) {
        let key = Key::before(self.text, at, self.done);
        let mut policy = self.rules.policy(&key);
        if at < self.named_until && key.is(b"eulav") {
            self.named_until = 0;
            policy = ValuePolicy::Always;
        } else if matches!(policy, ValuePolicy::Never | ValuePolicy::Long)
            && at < self.nested_until
            && !key.is_empty()
            && !self.rules.describes(&key)
        {
            policy = self.nested;
        }
        if policy == ValuePolicy::Never || policy == ValuePolicy::Query {
            policy = self.policy_around(&key, at).unwrap_or(policy);
        }
        if policy != ValuePolicy::Never && !self.in_resource_name(&key) {
            self.value(&key, policy, at, width);
        }
    }

    /// From here to `end` every value belongs to a secret whose key has `policy`.
    pub(super) fn nest(&mut self, end: usize, policy: ValuePolicy) {
        let leaf = match policy {
            ValuePolicy::Always | ValuePolicy::Directory | ValuePolicy::Keyfile | ValuePolicy::Phrase => {
                ValuePolicy::Short
            }
            ValuePolicy::Long | ValuePolicy::Query => return,
            policy => policy,
        };
        if end > self.nested_until {
            self.nested_until = end;
            self.nested = leaf;
            self.open_until = self.open_until.max(end);
        }
    }

    /// The secret that was named stands under the key `value`, up to `end`.
    pub(super) fn expect_value(&mut self, end: usize) {
        self.named_until = end;
        self.open_until = self.open_until.max(end);
    }

    /// Names of resources (`arn:...:secret:name`) are built with colons and are no secrets.
    fn in_resource_name(&self, key: &Key) -> bool {
        if key.before != b':' {
            return false;
        }
        let floor = key.start.saturating_sub(128);
        let start = super::bytes::back_while(self.text, key.start, floor, |byte| {
            !is_space(byte) && !matches!(byte, b'"' | b'\'' | b'(' | b'=')
        });
        has(self.text, start, b"arn:") || has(self.text, start, b"urn:")
    }

    /// Keeps that `start..end` must not be shown; all before `end` is decided then.
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
}
