//! Prefilter: passes most texts after one look at each 64-byte block, without reading them.
//!
//! It never produces a match. On a *candidate* it returns the offset from which `walk` must read the text. Both ask
//! [`is_clean_at`], so the prefilter passes over nothing that the walk would have read. The invariants check that.

pub(super) mod bitmasks;
pub(super) mod classes;

use super::bytes::{back_while, byte, is_number_part, is_token, until};
use super::name::rules::Rules;
use super::prefilter::classes::WIDE;
use bitmasks::{BLOCK, ClassMasks, RunLengths, class_masks, class_masks_by_avx2};

/// Every run of this many token characters is a candidate; `shapes::token` relies on it.
pub(super) const LONG: usize = 15;
/// Every run of this many digits, blanks and dashes is a candidate: the length of the shortest card number.
pub(super) const SHORTEST: usize = 13;

/// The result of the prefilter for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefilter {
    /// A secret may begin in the block at this offset or later; nothing before it can.
    Candidate(usize),
    /// No secret can begin in the text.
    Clean {
        /// The text also needs no escaping.
        plain: bool,
    },
}

/// Looks once at each block of a text, and at each trigger byte in it.
pub(super) fn prefilter(text: &[u8], rules: &Rules) -> Prefilter {
    match rules.avx2 {
        Some(avx2) => avx2.run(|| prefilter_by(text, rules, |block| class_masks_by_avx2(avx2, block))),
        None => prefilter_by(text, rules, class_masks),
    }
}

/// As [`prefilter`], with the given classifier.
#[inline(always)]
pub(super) fn prefilter_by(
    text: &[u8],
    rules: &Rules,
    classify: impl Fn(&[u8; BLOCK]) -> ClassMasks,
) -> Prefilter {
    if byte(text, 0) | 0x20 == b'b' {
        return Prefilter::Candidate(0);
    }
    let (mut at, mut plain, mut runs, mut short) = (0, true, RunLengths::default(), None);
    while at < text.len() {
        let rest = &text[at..];
        let (block, skip) = match (rest.first_chunk::<BLOCK>(), text.last_chunk::<BLOCK>()) {
            (Some(block), _) => (block, 0),
            // The last block overlaps the one before it; a short text is filled up to one block.
            (None, Some(block)) => (block, BLOCK - rest.len()),
            (None, None) => (&*short.insert(filled_up(rest)), BLOCK - rest.len()),
        };
        let masks = classify(block).without(skip);
        if masks.needs_escape {
            plain = false;
            if has_wide_form(rest) {
                return Prefilter::Candidate(at);
            }
        }
        let long = runs.are_long::<{ LONG as u32 }, { SHORTEST as u32 }>(&masks);
        if long != [false; 2] && has_long_run(text, at, long) {
            // The run may have begun in the block before; the walk flags a run only if it sees enough of it.
            return Prefilter::Candidate(at.saturating_sub(BLOCK / 2));
        }
        if has_candidate(masks.triggers, text, at, rules) {
            return Prefilter::Candidate(at);
        }
        at += BLOCK;
    }
    Prefilter::Clean { plain }
}

/// A block with a short text at its end and blanks before it.
#[inline]
fn filled_up(text: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    block[BLOCK - text.len()..].copy_from_slice(text);
    block
}

#[cold]
#[inline(never)]
fn has_wide_form(rest: &[u8]) -> bool {
    rest.iter().take(BLOCK).any(|&byte| byte == WIDE)
}

#[inline(always)]
fn has_candidate(mut triggers: u64, text: &[u8], block: usize, rules: &Rules) -> bool {
    while triggers != 0 {
        let at = block + triggers.trailing_zeros() as usize;
        triggers &= triggers - 1;
        if !is_clean_at(text, at, 0, rules) {
            return true;
        }
    }
    false
}

/// Eight bytes, of which the one at `at` is the fifth.
#[inline]
fn around(text: &[u8], at: usize) -> [u8; 8] {
    let from = at.wrapping_sub(4);
    let around = text.get(from..from.wrapping_add(8)).and_then(<[u8]>::first_chunk);
    around.copied().unwrap_or_else(|| around_at_the_edge(text, at))
}

/// Outside of the text there are line ends.
#[cold]
#[inline(never)]
fn around_at_the_edge(text: &[u8], at: usize) -> [u8; 8] {
    std::array::from_fn(|n| byte(text, (at + n).wrapping_sub(4)))
}

/// Whether a run of token characters, or of digits in groups, that reaches into the block at `at` is long enough for
/// a secret; the flags say which of the two to check.
#[cold]
fn has_long_run(text: &[u8], at: usize, [token, number]: [bool; 2]) -> bool {
    let end = text.len().min(at + BLOCK);
    (token && has_run(text, at, end, is_token, LONG))
        || (number && has_run(text, at, end, is_number_part, SHORTEST))
}

/// Whether `len` bytes in a row satisfy `holds`, at least one of them in `at..end`.
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

/// Whether nothing can be found at the trigger byte at `at`: a separator after a harmless name, a mark within a word.
/// Most trigger bytes are clean. Names reach back no further than `floor`.
#[inline(always)]
pub(super) fn is_clean_at(text: &[u8], at: usize, floor: usize, rules: &Rules) -> bool {
    let around = around(text, at);
    let [_, c, b, a, this, next, ..] = around;
    let unsure = NOT_BEFORE[usize::from(this)] & FOLLOWS[usize::from(next)] != 0;
    let pair = (u64::from_le_bytes(around) >> 16) as u16;
    (!unsure && (rules.ends_no_name(pair) || rules.is_harmless(c, b, a)))
        || is_clean_on_a_closer_look(around, text, at, floor, rules)
}

#[inline(never)]
fn is_clean_on_a_closer_look(around: [u8; 8], text: &[u8], at: usize, floor: usize, rules: &Rules) -> bool {
    let [d, c, b, a, this, next, second, _] = around;
    if this == b'=' || this == b':' {
        let begins = match FOLLOWS[usize::from(next)] & !ANY {
            COLON => this == b':',
            BLANK => second | 0x20 == b'b',
            SCHEME => true,
            _ => false,
        };
        return !begins
            && (rules.is_harmless(c, b, a)
                || (a == b'"' && rules.is_harmless(d, c, b))
                || rules.is_harmless_name(text, at, floor));
    }
    match this {
        // After a separator there is no word that gives the quotes a meaning.
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

/// Flags of the byte after a separator: `b` can begin an authentication scheme (`Bearer`, `Basic`), and a blank can precede
/// one; after a colon, a slash begins a URL and another colon a path.
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

/// Bytes that must not follow a separator if the prefilter is to skip it; it never skips other trigger bytes.
const NOT_BEFORE: [u8; 256] = {
    let mut not_before = [ANY; 256];
    not_before[b'=' as usize] = SCHEME | BLANK;
    not_before[b':' as usize] = SCHEME | BLANK | COLON;
    not_before
};

/// Bytes after which a quotation mark may open a secret that has no key.
const OPENS: [bool; 256] = among(b" \t\r\n([\\N");

/// Bytes after which, with a blank between, it opens none, because there is no word before it.
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
