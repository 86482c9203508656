//! The way of most texts: nothing in them could begin a secret, and no more than one look at each sign is needed.
//!
//! `Masker` asks it first. It decides nothing: where it has a doubt, `scan` reads the text from there on. Both ask
//! [`is_quiet`], so that what one passes over the other would not have taken.

pub(super) mod bitmasks;
pub(super) mod classes;

use super::bytes::{back_while, byte, is_number_part, is_token, until};
use super::name::rules::Rules;
use super::prefilter::bitmasks::{BLOCK, Runs, Signs, signs, signs_by_avx2};
use super::prefilter::classes::WIDE;

/// Runs of token characters from this length on are always flagged; `token` relies on it.
pub(super) const LONG: usize = 15;
/// Runs of digits, blanks and dashes from this length on are always flagged; `card` relies on it: no card number is
/// shorter.
pub(super) const SHORTEST: usize = 13;

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

/// Looks at each block of a text once, and at each anchor in it.
pub(super) fn look(text: &[u8], rules: &Rules) -> Look {
    match rules.avx2 {
        Some(avx2) => avx2.run(|| look_by(text, rules, |block| signs_by_avx2(avx2, block))),
        None => look_by(text, rules, signs),
    }
}

/// As [`look`], the signs of a block being told by `signs`.
#[inline(always)]
pub(super) fn look_by(text: &[u8], rules: &Rules, signs: impl Fn(&[u8; BLOCK]) -> Signs) -> Look {
    if byte(text, 0) | 0x20 == b'b' {
        return Look::Doubt(0);
    }
    let (mut at, mut plain, mut runs, mut short) = (0, true, Runs::default(), None);
    while at < text.len() {
        let rest = &text[at..];
        let (block, skip) = match (rest.first_chunk::<BLOCK>(), text.last_chunk::<BLOCK>()) {
            (Some(block), _) => (block, 0),
            // The end of the text was looked at in part; of a short one there is no block.
            (None, Some(block)) => (block, BLOCK - rest.len()),
            (None, None) => (&*short.insert(filled_up(rest)), BLOCK - rest.len()),
        };
        let signs = signs(block).without(skip);
        if signs.odd {
            plain = false;
            if has_signs_by_avx2(rest) {
                return Look::Doubt(at);
            }
        }
        let long = runs.are_long::<{ LONG as u32 }, { SHORTEST as u32 }>(&signs);
        if long != [false; 2] && has_long_run(text, at, long) {
            // It may have begun in the block before, and the scan must see enough of it.
            return Look::Doubt(at.saturating_sub(BLOCK / 2));
        }
        if has_doubt(signs.anchors, text, at, rules) {
            return Look::Doubt(at);
        }
        at += BLOCK;
    }
    Look::Quiet { plain }
}

/// A block that ends with a text shorter than it is.
#[inline]
fn filled_up(text: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    block[BLOCK - text.len()..].copy_from_slice(text);
    block
}

#[cold]
#[inline(never)]
fn has_signs_by_avx2(rest: &[u8]) -> bool {
    rest.iter().take(BLOCK).any(|&byte| byte == WIDE)
}

#[inline(always)]
fn has_doubt(mut anchors: u64, text: &[u8], block: usize, rules: &Rules) -> bool {
    while anchors != 0 {
        let at = block + anchors.trailing_zeros() as usize;
        anchors &= anchors - 1;
        if !is_quiet(text, at, 0, rules) {
            return true;
        }
    }
    false
}

/// The eight bytes around the one at `at`, which is the fifth of them.
#[inline]
fn around(text: &[u8], at: usize) -> [u8; 8] {
    let from = at.wrapping_sub(4);
    let around = text.get(from..from.wrapping_add(8)).and_then(<[u8]>::first_chunk);
    around.copied().unwrap_or_else(|| around_at_the_edge(text, at))
}

/// Beyond the text are line ends.
#[cold]
#[inline(never)]
fn around_at_the_edge(text: &[u8], at: usize) -> [u8; 8] {
    std::array::from_fn(|n| byte(text, (at + n).wrapping_sub(4)))
}

/// Whether a run of token characters, or of digits in groups, that reaches into the block at `at` is long enough
/// for a secret, of those that may be.
#[cold]
fn has_long_run(text: &[u8], at: usize, [token, number]: [bool; 2]) -> bool {
    let end = text.len().min(at + BLOCK);
    (token && has_run(text, at, end, is_token, LONG))
        || (number && has_run(text, at, end, is_number_part, SHORTEST))
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

/// Whether the anchor at `at` needs no look: a separator behind a name that is known to be harmless, a mark within a
/// word. Most are. Nothing before `floor` is part of a name.
#[inline(always)]
pub(super) fn is_quiet(text: &[u8], at: usize, floor: usize, rules: &Rules) -> bool {
    let around = around(text, at);
    let [_, c, b, a, this, next, ..] = around;
    let told = ASKED[usize::from(this)] & FOLLOWS[usize::from(next)] != 0;
    let pair = (u64::from_le_bytes(around) >> 16) as u16;
    (!told && (rules.ends_no_name(pair) || rules.is_harmless(c, b, a)))
        || is_quiet_on_a_closer_look(around, text, at, floor, rules)
}

#[inline(never)]
fn is_quiet_on_a_closer_look(around: [u8; 8], text: &[u8], at: usize, floor: usize, rules: &Rules) -> bool {
    let [d, c, b, a, this, next, second, _] = around;
    if this == b'=' || this == b':' {
        let told = match FOLLOWS[usize::from(next)] & !ANY {
            COLON => this == b':',
            BLANK => second | 0x20 == b'b',
            SCHEME => true,
            _ => false,
        };
        return !told
            && (rules.is_harmless(c, b, a)
                || (a == b'"' && rules.is_harmless(d, c, b))
                || rules.is_harmless_name(text, at, floor));
    }
    match this {
        // Behind a separator no word tells what is in the quotes.
        b'"' | b'\'' => {
            (!OPENS[usize::from(a)] || (a == b' ' && SEPARATES[usize::from(b)])) && next | 0x20 != b'b'
        }
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
const OPENS: [bool; 256] = among(b" \t\r\n([\\N");

/// Behind which bytes and a blank it opens none, since no word stands there.
const SEPARATES: [bool; 256] = among(b",:;={|");

const fn among(bytes: &[u8]) -> [bool; 256] {
    let mut among = [false; 256];
    let mut n = 0;
    while n < bytes.len() {
        among[bytes[n] as usize] = true;
        n += 1;
    }
    among
}
