//! The tables and settings, prepared for lookups: is a name that of a secret, and which of its values are secret?
//!
//! Built once by `Masker::new`. [`Rules::may_end`] rejects most names by three letters; [`Rules::policy`] decides.

use crate::config::Mask;
use crate::mask::bytes::{back_while, before, byte, is_control, is_quote, is_space};
use crate::mask::name::ending::Ending;
use crate::mask::name::key::Key;
use crate::mask::name::names::{DESCRIBING, Match, NAMES, TAILS};
use crate::mask::name::suffix_index::{Name, SuffixIndex, class};
use crate::mask::name::value_policy::ValuePolicy;
use crate::process::Avx2;

/// How many digits at the end of a name are ignored: `password20240101`.
const NUMBER: usize = 32;
/// A number with fewer digits is not taken for a port.
const SHORTEST_PORT: usize = 4;

/// A prefix of the user's, and how many characters must follow it.
pub(in crate::mask) struct Own {
    pub(in crate::mask) prefix: Vec<u8>,
    pub(in crate::mask) min_len: usize,
}

pub(in crate::mask) struct Rules {
    /// The vector unit for the prefilter, if the processor has it.
    pub(in crate::mask) avx2: Option<Avx2>,
    pub(in crate::mask) standard: bool,
    pub(in crate::mask) emails: bool,
    names: SuffixIndex,
    tails: SuffixIndex,
    describing: SuffixIndex,
    own: Vec<Vec<u8>>,
    kept: Vec<Vec<u8>>,
    pub(in crate::mask) prefixes: Vec<Own>,
    /// One bit for each three letters: a known name can end in them.
    endings: Box<[u64; 512]>,
    /// One bit for each two bytes: no known name ends in them, which settles most lookups at once.
    pairs: Box<[u64; 1024]>,
}

impl Rules {
    /// Whether nothing can be found, as all rules are off.
    pub(in crate::mask) fn is_idle(&self) -> bool {
        !self.standard && !self.emails && self.own.is_empty() && self.prefixes.is_empty()
    }

    pub(in crate::mask) fn new(mask: &Mask) -> Rules {
        let Mask {
            standard,
            key,
            keep_key,
            token_prefix,
            emails,
        } = mask;
        let mut rules = Rules {
            avx2: Avx2::detect(),
            standard: *standard,
            emails: *emails,
            names: SuffixIndex::new(
                NAMES
                    .iter()
                    .filter(|_| *standard)
                    .flat_map(|(at, policy, names)| names.iter().map(move |name| (*name, *at, *policy))),
            ),
            tails: SuffixIndex::new(TAILS.iter().map(|tail| (*tail, Match::Word, ValuePolicy::Never))),
            describing: SuffixIndex::new(
                DESCRIBING
                    .iter()
                    .map(|name| (*name, Match::Word, ValuePolicy::Never)),
            ),
            own: key.iter().filter_map(|name| normal(name)).collect(),
            kept: keep_key.iter().filter_map(|name| normal(name)).collect(),
            prefixes: token_prefix
                .iter()
                .filter(|(prefix, _)| !prefix.is_empty())
                .map(|(prefix, min_len)| Own {
                    prefix: prefix.clone().into_bytes(),
                    min_len: *min_len,
                })
                .collect(),
            endings: Box::new([0; 512]),
            pairs: Box::new([0; 1024]),
        };
        rules.fill();
        rules
    }

    fn fill(&mut self) {
        let known = self.names.backwards().chain(self.tails.backwards());
        let names: Vec<Vec<u8>> = known.map(<[u8]>::to_vec).chain(self.own.clone()).collect();
        for back in names {
            self.admit(&back);
        }
        // The end of a terminal style sequence, and a percent-coded bracket.
        self.allow([0, 0, b'm'], true);
        self.allow([0, 0, b'd'], false);
        self.pair_up();
    }

    /// The policy of `key`.
    pub(in crate::mask) fn policy(&self, key: &Key) -> ValuePolicy {
        if key.foreign && self.standard {
            return ValuePolicy::Foreign;
        }
        if key.is_empty() || self.kept.iter().any(|name| key.is_backwards(name)) {
            return ValuePolicy::Never;
        }
        if self
            .own
            .iter()
            .any(|name| key.ends_with(0, name) && key.word_begins(name.len()))
        {
            return ValuePolicy::Always;
        }
        let mut skip = key.digits();
        for _ in 0..3 {
            if let Some(name) = self.names.find(key, skip) {
                return name.policy;
            }
            match self.tail(key, skip) {
                0 => break,
                tail => skip += tail,
            }
        }
        ValuePolicy::Never
    }

    /// Whether the name of a secret can end before `at`; rejects most names.
    #[inline]
    pub(in crate::mask) fn may_end(&self, text: &[u8], at: usize) -> bool {
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
                let start = back_while(text, at, at.saturating_sub(NUMBER), |byte| byte.is_ascii_digit());
                let last = before(text, start);
                let name_end = start - usize::from(last == b'.');
                matches!(last, b'_' | b'-' | b' ' | b'%' | b'u' | b'x')
                    || (before(text, name_end).is_ascii_alphabetic() && self.ends_like(text, name_end))
            }
            // A name in emphasis: `_password_:`.
            b'_' | b'-' => {
                let last = before(text, at - 1);
                last.is_ascii_digit() || (last.is_ascii_alphabetic() && self.ends_like(text, at - 1))
            }
            b']' | b';' | b'}' | b'*' | b'!' | b'+' | b'?' | b':' | 0x80.. => true,
            _ => is_control(last),
        }
    }

    /// Whether a known name ends in the three letters before `at`.
    #[inline]
    fn ends_like(&self, text: &[u8], at: usize) -> bool {
        let [c, b, a] = [
            byte(text, at.wrapping_sub(3)),
            byte(text, at.wrapping_sub(2)),
            byte(text, at - 1),
        ];
        // More names end in `_id` than in anything else; few of them are those of secrets.
        let id = matches!([c, b, a], [b'_' | b'-' | b'.', b'i' | b'I', b'd' | b'D']);
        !self.is_harmless(c, b, a) && (!id || matches!(before(text, at - 3) | 0x20, b'n' | b's' | b'y'))
    }

    /// Whether no known name ends before the separator at `at`; the name reaches back no further than `floor`.
    #[inline(never)]
    pub(in crate::mask) fn is_harmless_name(&self, text: &[u8], at: usize, floor: usize) -> bool {
        let quoted = past_quote(text, at, floor);
        let end = past_number(text, quoted, floor);
        // A number may be a port, which a password can follow: `5432:shop:ann:secret`.
        let numbered = quoted - end;
        numbered < SHORTEST_PORT
            && Ending::read(text, end, floor, numbered > 0).is_some_and(|ending| !self.may_be_known(&ending))
    }

    /// Whether a known name may end like this, with or without a tail word after it.
    fn may_be_known(&self, ending: &Ending) -> bool {
        let back = ending.eight.to_le_bytes();
        self.names.may_have(ending)
            || self.tails.may_have(ending)
            || self
                .own
                .iter()
                .any(|name| name.iter().zip(back).all(|(one, other)| *one == other))
    }

    /// Whether no known name ends in a pair of bytes, the first of them in the low byte.
    #[inline]
    pub(in crate::mask) fn ends_no_name(&self, pair: u16) -> bool {
        let pair = usize::from(pair);
        self.pairs[pair >> 6] >> (pair & 63) & 1 == 1
    }

    /// Whether no known name ends in these three bytes, the last of which is a letter.
    #[inline]
    pub(in crate::mask) fn is_harmless(&self, c: u8, b: u8, a: u8) -> bool {
        let bits = ending([c, b, a]);
        let known = self.endings[(bits >> 6) & 511] >> (bits & 63) & 1 == 1;
        a.is_ascii_alphabetic() && !known
    }

    /// Sets the bits of the pairs in which no name ends, whatever the byte before them is.
    fn pair_up(&mut self) {
        for pair in 0..=u16::MAX {
            let [b, a] = pair.to_le_bytes();
            let first = |letter: u8| self.is_harmless(letter, b, a);
            if first(0) && (b'a'..=b'z').all(first) {
                let pair = usize::from(pair);
                self.pairs[pair >> 6] |= 1 << (pair & 63);
            }
        }
    }

    /// Whether a key inside a secret map describes the secret and is not part of it.
    pub(in crate::mask) fn describes(&self, key: &Key) -> bool {
        self.describing.find(key, 0).is_some()
    }

    /// The length of the tail word at the end of the name, which does not change its meaning; 0 if there is none.
    fn tail(&self, key: &Key, skip: usize) -> usize {
        let len = self.tails.find(key, skip).map_or(0, Name::len);
        if key.letter(skip + len).is_some() { len } else { 0 }
    }

    /// Sets the bits for the end of a name, with a separator at any place in it.
    fn admit(&mut self, back: &[u8]) {
        let letter = |n: usize| back.get(n).copied().unwrap_or(0);
        self.allow([letter(2), letter(1), letter(0)], back.len() < 3);
        self.allow([0, letter(1), letter(0)], false);
        self.allow([letter(1), 0, letter(0)], false);
        // The last letter but one may take two bytes: `contraseña`.
        self.allow([0, 0, letter(0)], false);
    }

    fn allow(&mut self, [c, b, a]: [u8; 3], any_first: bool) {
        let firsts = if any_first { 0..=26 } else { class(c)..=class(c) };
        for first in firsts {
            let bits = ending([0, b, a]) | first << 10;
            self.endings[bits >> 6] |= 1 << (bits & 63);
        }
    }
}

/// The offset before one blank or quotation mark between a name and its separator.
fn past_quote(text: &[u8], at: usize, floor: usize) -> usize {
    let last = before(text, at);
    let skipped = at > floor && (last == b' ' || is_quote(last));
    at - usize::from(skipped)
}

/// The offset before the digits at the end of a name, which do not change its meaning.
fn past_number(text: &[u8], at: usize, floor: usize) -> usize {
    back_while(text, at, floor.max(at.saturating_sub(SHORTEST_PORT)), |byte| {
        byte.is_ascii_digit()
    })
}

/// A name in the form of `Key`: letters and digits in lower case, backwards.
/// `None` if it has neither.
fn normal(name: &str) -> Option<Vec<u8>> {
    let key = Key::before(name.as_bytes(), name.len(), 0);
    (!key.is_empty()).then(|| key.backwards().to_vec())
}

#[inline]
fn ending([c, b, a]: [u8; 3]) -> usize {
    class(c) << 10 | class(b) << 5 | class(a)
}
