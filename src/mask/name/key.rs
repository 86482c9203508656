//! The name of a key, read backwards from a separator; keys of key-values are read the same way.
//!
//! Only letters and digits count, in lower case. The offsets at which words begin are kept as well: so `api_key`,
//! `apiKey`, `API-Key` and `Api Key` are one name, and `passwordless` does not end in `password`.

use crate::mask::bytes::{Folded, back_while, before, fold, has, is_control, is_space, last_char};
use crate::mask::name::names::FOREIGN;
use crate::mask::quote::Quote;
use crate::mask::work;

/// More letters than the longest known name has; letters further left do not matter.
const KEPT: usize = 48;
/// How many bytes of blanks and marks are allowed between a name and its separator.
const GAP: usize = 64;

/// A name, read from its end to its beginning.
#[derive(Debug)]
pub(in crate::mask) struct Key {
    back: [u8; KEPT + 8],
    len: usize,
    /// Bit n: a word begins at `back[n]`.
    words: u64,
    /// Bit n: a name begins at `back[n]`; words joined by blanks may be several.
    names: u64,
    /// The quotes around the name.
    pub(in crate::mask) quote: Quote,
    /// The byte before the last of the names.
    pub(in crate::mask) before: u8,
    /// The offset at which that name begins.
    pub(in crate::mask) start: usize,
    /// The name ends in a word for a password or token in a non-Latin script.
    pub(in crate::mask) foreign: bool,
}

/// The result of one step to the left.
enum Step {
    Letter(u8),
    Joint,
    Blank,
    Nothing,
    End,
}

impl Key {
    /// The name that ends before `at`, past blanks, quotes and brackets; reads nothing before `floor`.
    pub(in crate::mask) fn before(text: &[u8], at: usize, floor: usize) -> Key {
        let floor = floor.min(at);
        let (at, quote) = if before(text, at).is_ascii_lowercase() && before(text, at) != b'm' {
            (at, Quote::None)
        } else {
            skip_closing(text, at, floor)
        };
        let mut key = Key {
            back: [0; KEPT + 8],
            len: 0,
            words: 0,
            names: 0,
            quote,
            before: b'\n',
            start: at,
            foreign: is_foreign(&text[floor..at.max(floor)]),
        };
        key.read(text, at, floor);
        key
    }

    fn read(&mut self, text: &[u8], mut at: usize, floor: usize) {
        let mut blanks = 0;
        let mut spaced = false;
        let mut right = 0;
        while at > floor && self.len < KEPT {
            let (step, start) = step(text, at);
            work::count(at - start + 1);
            right = match step {
                Step::Letter(letter) => {
                    self.start = if spaced { self.start } else { start };
                    self.push(letter, right)
                }
                Step::Joint => self.begin_word(),
                Step::Blank if blanks < 4 && self.len > 0 => {
                    // Letters with a blank between each two are one word: `p a s s w o r d`.
                    blanks += usize::from(!self.is_single());
                    spaced = true;
                    self.begin_name();
                    self.begin_word()
                }
                Step::Nothing => right,
                Step::Blank | Step::End => break,
            };
            at = start;
        }
        let escape = before(text, at) == b'\\' && matches!(self.last(), b'n' | b'r' | b't');
        if escape {
            // A line end written as two characters is not part of the name.
            self.len -= 1;
            self.back[self.len] = 0;
        }
        self.begin_name();
        self.begin_word();
        self.before = before(text, self.start);
    }

    /// Adds a letter. A word begins where lower case meets upper case (`apiKey`, `APIKey`) or a digit meets a letter.
    fn push(&mut self, letter: u8, right: u8) -> u8 {
        let humped = !letter.is_ascii_uppercase() && right.is_ascii_uppercase();
        let numbered = letter.is_ascii_digit() && right.is_ascii_alphabetic();
        if humped || numbered {
            self.begin_word();
        }
        self.back[self.len] = letter.to_ascii_lowercase();
        self.len += 1;
        if letter.is_ascii_uppercase() && right.is_ascii_lowercase() {
            self.begin_word();
        }
        letter
    }

    /// Marks the letter that was read last as the beginning of a word; returns "no letter to the right".
    fn begin_word(&mut self) -> u8 {
        self.words |= (1 << self.len) >> 1;
        0
    }

    fn begin_name(&mut self) {
        self.names |= (1 << self.len) >> 1;
    }

    /// Whether the letter that was read last is a word by itself.
    fn is_single(&self) -> bool {
        self.len >= 2 && self.words >> (self.len - 2) & 1 == 1
    }

    fn last(&self) -> u8 {
        self.back[..self.len].last().copied().unwrap_or(0)
    }

    pub(in crate::mask) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the name ends in `tail` (stored backwards), `skip` letters from its end.
    #[inline]
    pub(in crate::mask) fn ends_with(&self, skip: usize, tail: &[u8]) -> bool {
        self.back[..self.len]
            .get(skip..)
            .is_some_and(|rest| rest.starts_with(tail))
    }

    /// Eight letters of the name, `skip` letters from its end; the last letter in the lowest byte.
    #[inline]
    pub(in crate::mask) fn eight(&self, skip: usize) -> u64 {
        let eight = self.back.get(skip..).and_then(<[u8]>::first_chunk);
        eight.map_or(0, |eight| u64::from_le_bytes(*eight))
    }

    /// Whether a word begins with the letter `count` from the end.
    #[inline]
    pub(in crate::mask) fn word_begins(&self, count: usize) -> bool {
        count > 0 && self.words >> (count - 1) & 1 == 1
    }

    /// Whether this is the whole name: these letters, with nothing joined to them.
    pub(in crate::mask) fn is(&self, name: &str) -> bool {
        self.backwards()
            .iter()
            .take(name.len())
            .eq(name.as_bytes().iter().rev())
            && self.is_whole(name.len())
    }

    /// As [`is`](Key::is), for a name whose letters are stored last one first.
    pub(in crate::mask) fn is_backwards(&self, name: &[u8]) -> bool {
        self.ends_with(0, name) && self.is_whole(name.len())
    }

    /// Whether a name begins `len` letters from the end.
    fn is_whole(&self, len: usize) -> bool {
        len > 0 && self.names >> (len - 1) & 1 == 1
    }

    /// The letter `skip` from the end.
    #[inline]
    pub(in crate::mask) fn letter(&self, skip: usize) -> Option<u8> {
        self.back[..self.len].get(skip).copied()
    }

    /// The number of digits at the end.
    pub(in crate::mask) fn digits(&self) -> usize {
        self.back[..self.len]
            .iter()
            .take_while(|letter| letter.is_ascii_digit())
            .count()
    }

    /// The letters, last one first.
    pub(in crate::mask) fn backwards(&self) -> &[u8] {
        &self.back[..self.len]
    }
}

/// Whether a name ends in a word for a password or a token in a non-Latin script.
fn is_foreign(name: &[u8]) -> bool {
    name.last().is_some_and(|last| *last >= 0x80)
        && FOREIGN.iter().any(|word| name.ends_with(word.as_bytes()))
}

/// The offset before all text that is allowed between a name and its separator, and the quotes around the name.
fn skip_closing(text: &[u8], at: usize, floor: usize) -> (usize, Quote) {
    let limit = floor.max(at.saturating_sub(GAP));
    let at = skip_blanks(text, at, limit);
    let operator = |byte: u8| matches!(byte, b'!' | b'+' | b'?' | b'*' | b':');
    let at = skip_blanks(text, back_while(text, at, limit, operator), limit);
    let bracket = if before(text, at) == b']' {
        1
    } else if at >= limit + 3 && has(text, at - 3, b"%5D") {
        3
    } else {
        0
    };
    let at = at - bracket.min(at - limit);
    match Quote::ending(text, at) {
        Some((quote, start)) if start > floor => (skip_blanks(text, start, limit), quote),
        _ => (at, Quote::None),
    }
}

/// The offset before blanks and invisible characters.
fn skip_blanks(text: &[u8], mut at: usize, limit: usize) -> usize {
    while at > limit {
        let last = text[at - 1];
        let start = match last {
            _ if is_space(last) || is_control(last) => at - 1,
            b'm' | 0x80.. => match step_left(text, at) {
                (Step::Nothing | Step::Blank, start) => start,
                _ => return at,
            },
            _ => return at,
        };
        at = start.max(limit);
    }
    at
}

/// One step to the left: plain letters at once, everything else in `step_left`.
#[inline]
fn step(text: &[u8], at: usize) -> (Step, usize) {
    let last = text[at - 1];
    let escaped = last == b'm'
        || before(text, at.saturating_sub(2)) == b'%'
        || before(text, at.saturating_sub(5)) == b'\\';
    if last.is_ascii_alphanumeric() && !escaped {
        return (Step::Letter(last), at - 1);
    }
    step_left(text, at)
}

fn step_left(text: &[u8], at: usize) -> (Step, usize) {
    let last = text[at - 1];
    match last {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
            if let Some(start) = style_start(text, at) {
                return (Step::Nothing, start);
            }
            coded(text, at).unwrap_or((Step::Letter(last), at - 1))
        }
        b'_' | b'-' | b'.' => (Step::Joint, at - 1),
        b' ' => (Step::Blank, at - 1),
        b'}' => braced(text, at).unwrap_or((Step::End, at)),
        0x80.. => match last_char(text, at) {
            Some((char, start)) => (step_of(fold(char)), start),
            None => (Step::End, at),
        },
        _ if is_control(last) => (Step::Nothing, at - 1),
        _ => (Step::End, at),
    }
}

fn step_of(folded: Folded) -> Step {
    match folded {
        Folded::Plain(b'_' | b'-' | b'.') => Step::Joint,
        Folded::Plain(b' ') => Step::Blank,
        Folded::Plain(byte) if byte.is_ascii_alphanumeric() => Step::Letter(byte),
        Folded::Invisible => Step::Nothing,
        Folded::Plain(_) | Folded::Other => Step::End,
    }
}

/// The offset at which the terminal style sequence that ends at `at` begins: ESC, `[`, digits, `m`.
pub(in crate::mask) fn style_start(text: &[u8], at: usize) -> Option<usize> {
    let floor = at.saturating_sub(16);
    if text[at - 1] != b'm' {
        return None;
    }
    let start = back_while(text, at - 1, floor, |byte| byte.is_ascii_digit() || byte == b';');
    (before(text, start) == b'[' && start >= 2 && text[start - 2] == 0x1B).then(|| start - 2)
}

/// A letter written as `%70` or `\u0070`.
fn coded(text: &[u8], at: usize) -> Option<(Step, usize)> {
    let hex = |from: usize| -> Option<u32> {
        let digits = std::str::from_utf8(&text[from..at]).ok()?;
        digits
            .bytes()
            .all(|digit| digit.is_ascii_hexdigit())
            .then(|| u32::from_str_radix(digits, 16).ok())?
    };
    let (code, start) = if at >= 3 && text[at - 3] == b'%' {
        (hex(at - 2)?, at - 3)
    } else if at >= 6 && text[at - 6] == b'\\' && text[at - 5] == b'u' {
        (hex(at - 4)?, at - 6)
    } else {
        return None;
    };
    Some((step_of(fold(char::from_u32(code)?)), start))
}

/// A character that the `Debug` of Rust shows as `\u{200b}`.
fn braced(text: &[u8], at: usize) -> Option<(Step, usize)> {
    let start = back_while(text, at - 1, at.saturating_sub(8), |byte| {
        byte.is_ascii_hexdigit()
    });
    let opened = start.checked_sub(3)?;
    if &text[opened..start] != b"\\u{" {
        return None;
    }
    let digits = std::str::from_utf8(&text[start..at - 1]).ok()?;
    let char = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    Some((step_of(fold(char)), opened))
}
