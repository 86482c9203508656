//! The way of most texts: nothing in them could begin a secret, and no more than one look at each sign is needed.
//!
//! `Masker` asks it first. It decides nothing: where it has a doubt, `scan` reads the text from there on. Both ask
//! [`is_quiet`], so that what one passes over the other would not have taken.

use super::bytes::{back_while, byte, is_token, until};
use super::card::{SHORTEST, is_part};
use super::lanes::{BLOCK, Lanes, WIDE, anchors, classify, is_low, is_plain, is_run};
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
        let (mut at, mut plain) = (0, true);
        while at < text.len() {
            let window = self
                .padded
                .get(at..)
                .and_then(|rest| rest.first_chunk::<WINDOW>());
            let block = window.and_then(|window| window[AHEAD..].first_chunk::<BLOCK>());
            let (Some(window), Some(block)) = (window, block) else {
                return Look::Doubt(at);
            };
            let lanes = classify(block);
            if !is_plain(&lanes) {
                plain = false;
                if block.contains(&WIDE) {
                    return Look::Doubt(at);
                }
            }
            let dense = lanes.iter().any(|&word| is_run(word) || is_low(word));
            if (dense && has_long_run(&lanes, at, text)) || has_doubt(&lanes, window, rules) {
                return Look::Doubt(at);
            }
            at += BLOCK;
        }
        Look::Quiet { plain }
    }
}

#[inline]
fn has_doubt(lanes: &Lanes, window: &[u8; WINDOW], rules: &Rules) -> bool {
    let mut flagged = anchors(lanes);
    while flagged != 0 {
        let place = flagged.trailing_zeros() as usize;
        flagged &= flagged - 1;
        let around = window[AHEAD - 4 + place % BLOCK..].first_chunk::<8>();
        if !around.is_some_and(|around| is_quiet(*around, rules)) {
            return true;
        }
    }
    false
}

/// Whether a run of token characters, or of digits in groups, is long enough for a secret.
#[cold]
fn has_long_run(lanes: &Lanes, at: usize, text: &[u8]) -> bool {
    let reach =
        |at, holds: fn(u8) -> bool| until(text, at, |byte| !holds(byte)) - back_while(text, at, 0, holds);
    let has_long_number = |from: usize| {
        // A word may hold the end of one number and the beginning of another.
        let digit = |at: &usize| byte(text, *at).is_ascii_digit();
        let mut digits = from..from + 8;
        let ends = [digits.find(digit), digits.rfind(digit)];
        ends.into_iter()
            .flatten()
            .any(|at| reach(at, is_part) >= SHORTEST)
    };
    lanes.iter().enumerate().any(|(n, &word)| {
        let from = (at + n * 8).min(text.len());
        (is_run(word) && reach(from, is_token) >= LONG) || (is_low(word) && has_long_number(from))
    })
}

/// Whether an anchor needs no look: a separator behind a name that is known to be harmless, a mark within a
/// word. Most are. It is the fifth of these bytes.
#[inline]
pub(super) fn is_quiet(around: [u8; 8], rules: &Rules) -> bool {
    let [_, c, b, a, this, next, ..] = around;
    let asked = match this {
        b'=' => SCHEME | BLANK,
        b':' => SCHEME | BLANK | COLON,
        _ => 0,
    };
    (asked != 0 && FOLLOWS[usize::from(next)] & asked == 0 && rules.is_harmless(c, b, a))
        || is_quiet_on_a_closer_look(around, rules)
}

#[inline(never)]
fn is_quiet_on_a_closer_look([d, c, b, a, this, next, second, _]: [u8; 8], rules: &Rules) -> bool {
    if this == b'=' || this == b':' {
        let told = match FOLLOWS[usize::from(next)] {
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
    let mut follows = [0; 256];
    follows[b'b' as usize] = SCHEME;
    follows[b'B' as usize] = SCHEME;
    follows[b'/' as usize] = COLON;
    follows[b':' as usize] = COLON;
    follows[b' ' as usize] = BLANK;
    follows
};
const SCHEME: u8 = 1;
const COLON: u8 = 2;
const BLANK: u8 = 4;

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
