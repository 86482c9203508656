//! The way of most texts: nothing in them could begin a secret, and no more than one look at each sign is needed.
//!
//! `Masker` asks it first. It decides nothing: where it has a doubt, `scan` reads the text from there on. Both ask
//! [`is_quiet`], so that what one passes over the other would not have taken.

use super::bytes::{back_while, byte, is_token, until};
use super::card::{SHORTEST, is_part};
use super::lanes::{BLOCK, Signs, WIDE, place_of, signs};
use super::rules::Rules;
use super::token::LONG;

/// What a first look at a text has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// From the block that begins here on something needs a closer look.
    Doubt(usize),
    /// Nothing in it can begin a secret.
    Quiet {
        /// Nor anything that a line could not hold as it is.
        plain: bool,
    },
}

/// A copy of a text with something on both sides, so that no look around a sign leaves it.
pub(super) struct Quiet {
    padded: Vec<u8>,
}

/// As many line ends stand before the text.
const AHEAD: usize = 8;
/// Stands behind the text: no anchor, and no run of any kind.
const BEHIND: [u8; 48] = *b" x x x x x x x x x x x x x x x x x x x x x x x x";
/// A block and what is looked at around it.
const WINDOW: usize = AHEAD + BLOCK + 8;

impl Default for Quiet {
    fn default() -> Quiet {
        Quiet {
            padded: vec![b'\n'; AHEAD],
        }
    }
}

impl Quiet {
    pub(super) fn look(&mut self, text: &[u8], rules: &Rules) -> Look {
        if byte(text, 0) | 0x20 == b'b' {
            return Look::Doubt(0);
        }
        self.padded.truncate(AHEAD);
        self.padded.extend_from_slice(text);
        self.padded.extend_from_slice(&BEHIND);
        let (mut at, mut plain, mut fours) = (0, true, Fours::default());
        while at < text.len() {
            let rest = self.padded.get(at..);
            let Some(window) = rest.and_then(|rest| rest.first_chunk::<WINDOW>()) else {
                return Look::Doubt(at);
            };
            let Some(block) = window[AHEAD..].first_chunk::<BLOCK>() else {
                return Look::Doubt(at);
            };
            let signs = signs(block);
            if !signs.plain {
                plain = false;
                if block.contains(&WIDE) {
                    return Look::Doubt(at);
                }
            }
            if fours.are_dense(&signs) && has_long_run(text, at) {
                // It may have begun in the block before, and the scan must see enough of it.
                return Look::Doubt(at.saturating_sub(BLOCK));
            }
            if has_doubt(signs.anchors, window, rules) {
                return Look::Doubt(at);
            }
            at += BLOCK;
        }
        Look::Quiet { plain }
    }
}

/// The last fours of the block before, for runs that go on in the next one.
#[derive(Debug, Default)]
struct Fours {
    tokens: u32,
    lows: u32,
}

impl Fours {
    /// Whether three fours of a token or two of a number stand one behind the other: every run of 15 bytes has such
    /// threes, every run of 11 such twos.
    #[inline]
    fn are_dense(&mut self, signs: &Signs) -> bool {
        let tokens = u32::from(signs.tokens) << 2 | self.tokens;
        let lows = u32::from(signs.lows) << 1 | self.lows;
        (self.tokens, self.lows) = (tokens >> 8, lows >> 8);
        (tokens & tokens >> 1 & tokens >> 2) | (lows & lows >> 1) != 0
    }
}

#[inline]
fn has_doubt(mut flagged: u32, window: &[u8; WINDOW], rules: &Rules) -> bool {
    while flagged != 0 {
        let at = AHEAD + place_of(flagged.trailing_zeros()) % BLOCK;
        flagged &= flagged - 1;
        let [b, a, this, next] = [window[at - 2], window[at - 1], window[at], window[at + 1]];
        let told = ASKED[usize::from(this)] & FOLLOWS[usize::from(next)] != 0;
        if (told || !rules.ends_no_name(b, a)) && !is_quiet_here(window, at, rules) {
            return true;
        }
    }
    false
}

#[inline(never)]
fn is_quiet_here(window: &[u8; WINDOW], at: usize, rules: &Rules) -> bool {
    let around = window[at - 4..].first_chunk::<8>();
    around.is_some_and(|around| is_quiet(*around, rules))
}

/// Whether a run of token characters, or of digits in groups, that reaches into the block at `at` is long enough
/// for a secret.
#[cold]
fn has_long_run(text: &[u8], at: usize) -> bool {
    let end = text.len().min(at + BLOCK);
    has_run(text, at, end, is_token, LONG) || has_run(text, at, end, is_part, SHORTEST)
}

/// Whether as many bytes in a row as `len` are of a kind, of which one is in `at..end`.
fn has_run(text: &[u8], at: usize, end: usize, holds: fn(u8) -> bool, len: usize) -> bool {
    let mut from = at;
    while from < end {
        let to = until(text, from, |byte| !holds(byte));
        let start = if from == at {
            back_while(text, at, 0, holds)
        } else {
            from
        };
        if to - start >= len {
            return true;
        }
        from = to + 1;
    }
    false
}

/// Whether an anchor needs no look: a separator behind a name that is known to be harmless, a mark within a
/// word. Most are. It is the fifth of these bytes.
#[inline]
pub(super) fn is_quiet(around: [u8; 8], rules: &Rules) -> bool {
    let [_, c, b, a, this, next, ..] = around;
    (ASKED[usize::from(this)] & FOLLOWS[usize::from(next)] == 0 && rules.is_harmless(c, b, a))
        || is_quiet_on_a_closer_look(around, rules)
}

#[inline(never)]
fn is_quiet_on_a_closer_look([d, c, b, a, this, next, second, _]: [u8; 8], rules: &Rules) -> bool {
    if this == b'=' || this == b':' {
        let told = match FOLLOWS[usize::from(next)] & !ANY {
            COLON => this == b':',
            BLANK => second | 0x20 == b'b',
            SCHEME => true,
            _ => false,
        };
        return !told && (rules.is_harmless(c, b, a) || (a == b'"' && rules.is_harmless(d, c, b)));
    }
    match this {
        b'"' | b'\'' => !OPENS[usize::from(a)] && next | 0x20 != b'b',
        b'-' => a.is_ascii_alphanumeric(),
        b'<' | b'%' | b'$' => next == b' ',
        b'>' => a != b'-',
        b'@' | 0xEF => false,
        _ => true,
    }
}

/// What the byte behind a separator makes of it: `b` may begin a scheme of credentials, and so may it behind a
/// blank; with a colon a slash begins a URL, and another colon a path.
const FOLLOWS: [u8; 256] = {
    let mut follows = [ANY; 256];
    follows[b'b' as usize] |= SCHEME;
    follows[b'B' as usize] |= SCHEME;
    follows[b'/' as usize] |= COLON;
    follows[b':' as usize] |= COLON;
    follows[b' ' as usize] |= BLANK;
    follows
};
const SCHEME: u8 = 1;
const COLON: u8 = 2;
const BLANK: u8 = 4;
const ANY: u8 = 8;

/// What must not follow a separator that is quiet; other signs are never quiet at the first look.
const ASKED: [u8; 256] = {
    let mut asked = [ANY; 256];
    asked[b'=' as usize] = SCHEME | BLANK;
    asked[b':' as usize] = SCHEME | BLANK | COLON;
    asked
};

/// Behind which bytes a quotation mark may open a secret of its own.
const OPENS: [bool; 256] = {
    let mut opens = [false; 256];
    let after = b" \t\r\n([\\N";
    let mut n = 0;
    while n < after.len() {
        opens[after[n] as usize] = true;
        n += 1;
    }
    opens
};
