//! The settings and tables made ready for quick answers: is this name secret, and which of its values?
//!
//! Built once by `Masker::new`; asked by `scan` for each separator in a text and for the key of each key-value.

use super::bytes::{back_while, before, byte, is_control, is_quote, is_space};
use super::key::Key;
use super::names::{At, DESCRIBING, NAMES, TAILS};
use super::prefixes::PREFIXES;
use crate::config::Mask;

/// Which values of a key are secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Never,
    /// All but words of status and marks of redaction.
    Always,
    /// As always, but for paths: the variable `PWD` is a directory.
    Directory,
    /// As always, but for paths to files.
    Keyfile,
    /// As always, and the rest of the line belongs to it.
    Phrase,
    /// As always, but for numbers of up to three digits, which count or name something.
    Short,
    /// As always, but for what a parser calls a token: a short word, a sign.
    Token,
    /// As always, but for numbers: something is counted.
    Count,
    /// All but words and small numbers.
    Open,
    /// What is long enough to be a key or a signature.
    Long,
    /// Long values, and only in a query.
    Query,
    /// Numbers of four digits or more.
    Digits,
    /// A scheme and credentials.
    Header,
    /// A list of cookies.
    Cookies,
    /// `user/password@`.
    Slash,
    /// The name of a secret; the value comes under the key `value`.
    NameOf,
}

struct Name {
    back: Vec<u8>,
    at: At,
    test: Test,
}

/// An own prefix, and how many characters must follow.
pub(super) struct Own {
    pub(super) prefix: Vec<u8>,
    pub(super) min_len: usize,
}

pub(super) struct Rules {
    pub(super) standard: bool,
    pub(super) emails: bool,
    /// Names by their last letter, longer ones first.
    names: [Vec<Name>; 27],
    tails: Vec<Vec<u8>>,
    own: Vec<Vec<u8>>,
    kept: Vec<Vec<u8>>,
    pub(super) prefixes: Vec<Own>,
    /// Where in `PREFIXES` those with a first byte begin and end.
    firsts: [(u8, u8); 128],
    /// A bit for each three letters in which a name can end.
    endings: Vec<u64>,
}

impl Rules {
    /// Whether no rule is left that could find something.
    pub(super) fn is_idle(&self) -> bool {
        !self.standard && !self.emails && self.own.is_empty() && self.prefixes.is_empty()
    }

    pub(super) fn new(mask: &Mask) -> Rules {
        let Mask {
            standard,
            key,
            keep_key,
            token_prefix,
            emails,
        } = mask;
        let mut rules = Rules {
            standard: *standard,
            emails: *emails,
            names: [const { Vec::new() }; 27],
            tails: TAILS.iter().map(|tail| tail.bytes().rev().collect()).collect(),
            own: key
                .iter()
                .map(|name| normal(name))
                .filter(|name| !name.is_empty())
                .collect(),
            kept: keep_key.iter().map(|name| normal(name)).collect(),
            prefixes: Vec::new(),
            firsts: first_bytes(),
            endings: vec![0; 1 << 9],
        };
        for (prefix, min_len) in token_prefix.iter().filter(|(prefix, _)| !prefix.is_empty()) {
            rules.prefixes.push(Own {
                prefix: prefix.clone().into_bytes(),
                min_len: *min_len,
            });
        }
        rules.fill();
        rules
    }

    fn fill(&mut self) {
        let known = if self.standard { NAMES } else { &[] };
        for &(name, at, test) in known {
            let back: Vec<u8> = name.bytes().rev().collect();
            let slot = slot(back[0]);
            self.admit(&back);
            self.names[slot].push(Name { back, at, test });
        }
        for names in &mut self.names {
            names.sort_by_key(|name| std::cmp::Reverse(name.back.len()));
        }
        for tail in self.tails.clone() {
            self.admit(&tail);
        }
        for own in self.own.clone() {
            self.admit(&own);
        }
        // What ends a style sequence of a terminal.
        self.allow([0, 0, b'm'], true);
    }

    /// Which values of `key` are secret.
    pub(super) fn test(&self, key: &Key) -> Test {
        if key.is_empty() || self.kept.iter().any(|name| key.is(name)) {
            return Test::Never;
        }
        if self
            .own
            .iter()
            .any(|name| key.ends_with(0, name) && key.word_begins(name.len()))
        {
            return Test::Always;
        }
        let mut skip = key.digits();
        for _ in 0..3 {
            let found = self.find(key, skip);
            let tail = self.tail(key, skip);
            if found.is_some() || tail == 0 {
                return found.unwrap_or(Test::Never);
            }
            skip += tail;
        }
        Test::Never
    }

    /// Whether a name that is secret can end before `at`; most names are turned away here.
    #[inline]
    pub(super) fn may_end(&self, text: &[u8], at: usize) -> bool {
        let last = before(text, at);
        if last.is_ascii_lowercase() || last.is_ascii_uppercase() {
            return self.ends_like(text, at);
        }
        if is_quote(last) {
            let at = back_while(text, at - 1, 0, |byte| byte == b'\\');
            let last = before(text, at);
            return if last.is_ascii_alphabetic() {
                self.ends_like(text, at)
            } else {
                !last.is_ascii_punctuation() || matches!(last, b']' | b'*')
            };
        }
        self.may_end_slowly(text, at)
    }

    fn may_end_slowly(&self, text: &[u8], at: usize) -> bool {
        let last = before(text, at);
        match last {
            b' ' | b'\t' | b'\r' | b'\n' => {
                let limit = at.saturating_sub(32);
                let at = back_while(text, at, limit, is_space);
                at > limit && !is_space(before(text, at)) && self.may_end(text, at)
            }
            b'0'..=b'9' => {
                let start = back_while(text, at, at.saturating_sub(4), |byte| byte.is_ascii_digit());
                let last = before(text, start);
                matches!(last, b'_' | b'-' | b' ' | b'%' | b'u' | b'x')
                    || (last.is_ascii_alphabetic() && self.ends_like(text, start))
            }
            b']' | b';' | b'}' | b'*' | b'!' | b'+' | b'?' | b':' | 0x80.. => true,
            _ => is_control(last),
        }
    }

    #[inline]
    fn ends_like(&self, text: &[u8], at: usize) -> bool {
        let [c, b, a] = [
            byte(text, at.wrapping_sub(3)),
            byte(text, at.wrapping_sub(2)),
            byte(text, at - 1),
        ];
        let bits = ending([c, b, a]);
        if self.endings[bits >> 6] >> (bits & 63) & 1 == 0 {
            return false;
        }
        // `_id` and `name` end more names than all others; few of those are secret.
        match [c, b | 0x20, a | 0x20] {
            [b'_' | b'-' | b'.', b'i', b'd'] => matches!(before(text, at - 3) | 0x20, b'n' | b's' | b'y'),
            _ => true,
        }
    }

    /// Whether a key inside of a secret map describes it and is not part of the secret.
    pub(super) fn describes(&self, key: &Key) -> bool {
        let fits = |name: &&str| {
            key.ends_with(0, &name.bytes().rev().collect::<Vec<u8>>()) && key.word_begins(name.len())
        };
        DESCRIBING.iter().any(|name| fits(&name))
    }

    fn find(&self, key: &Key, skip: usize) -> Option<Test> {
        let names = &self.names[slot(key.letter(skip)?)];
        let fits = |name: &&Name| {
            key.ends_with(skip, &name.back) && (name.at == At::End || key.word_begins(skip + name.back.len()))
        };
        names.iter().find(fits).map(|name| name.test)
    }

    /// The length of the word at the end of the name, if it does not make it another one.
    fn tail(&self, key: &Key, skip: usize) -> usize {
        let fits = |tail: &&Vec<u8>| key.ends_with(skip, tail) && key.word_begins(skip + tail.len());
        let len = self.tails.iter().find(fits).map_or(0, Vec::len);
        if key.letter(skip + len).is_some() { len } else { 0 }
    }

    /// The known prefixes of tokens that begin with `first`.
    #[inline]
    pub(super) fn prefixes_from(&self, first: u8) -> &'static [super::prefixes::Prefix] {
        let (from, to) = self.firsts.get(usize::from(first)).copied().unwrap_or((0, 0));
        &PREFIXES[usize::from(from)..usize::from(to)]
    }

    /// Sets the bits for the ends of a name, wherever a separator stands in it.
    fn admit(&mut self, back: &[u8]) {
        let letter = |n: usize| back.get(n).copied().unwrap_or(0);
        self.allow([letter(2), letter(1), letter(0)], back.len() < 3);
        self.allow([0, letter(1), letter(0)], false);
        self.allow([letter(1), 0, letter(0)], false);
    }

    fn allow(&mut self, [c, b, a]: [u8; 3], any_first: bool) {
        let firsts = if any_first { 0..=26 } else { class(c)..=class(c) };
        for first in firsts {
            let bits = ending([0, b, a]) | first << 10;
            self.endings[bits >> 6] |= 1 << (bits & 63);
        }
    }
}

fn first_bytes() -> [(u8, u8); 128] {
    let mut firsts = [(0, 0); 128];
    for (n, prefix) in PREFIXES.iter().enumerate() {
        let (from, to) = &mut firsts[usize::from(prefix.text.as_bytes()[0] & 0x7F)];
        *from = if *to == 0 { n as u8 } else { *from };
        *to = n as u8 + 1;
    }
    firsts
}

/// A name as `Key` keeps it: letters and digits in lower case, backwards.
fn normal(name: &str) -> Vec<u8> {
    Key::before(name.as_bytes(), name.len(), 0).backwards().to_vec()
}

fn slot(letter: u8) -> usize {
    if letter.is_ascii_lowercase() {
        usize::from(letter - b'a') + 1
    } else {
        0
    }
}

/// 1 to 26 for a letter, 0 for anything else.
#[inline]
fn class(byte: u8) -> usize {
    let letter = (byte | 0x20).wrapping_sub(b'a');
    if letter < 26 { usize::from(letter) + 1 } else { 0 }
}

#[inline]
fn ending([c, b, a]: [u8; 3]) -> usize {
    class(c) << 10 | class(b) << 5 | class(a)
}
