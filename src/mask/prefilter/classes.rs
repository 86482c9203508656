//! Looks at 32 bytes at once and tells where something could begin; `scan` reads text only through it.
//!
//! Written so that the compiler turns it into vector instructions: comparisons only, no branch, no table. What
//! it does not flag costs nothing more.

/// How many bytes are looked at in one go.
pub(in crate::mask) const BLOCK: usize = 32;

/// One byte of flags for each byte of a block, as four little-endian words.
pub(in crate::mask) type Lanes = [u64; BLOCK / 8];

/// A sign that may begin, end or name a secret.
const ANCHOR: u8 = 0x80;
/// Not part of a token.
const BREAK: u8 = 0x40;
/// Not part of a number.
const NO_NUMBER: u8 = 0x20;
/// A control character, a quotation mark, a backslash, or not ASCII.
const ODD: u8 = 0x10;
const EACH: u64 = 0x0101_0101_0101_0101;

/// The flags of the block at `at`, and where that block begins: the last one of a text begins before `at`.
#[inline]
pub(in crate::mask) fn lanes(text: &[u8], at: usize) -> (Lanes, usize) {
    if let Some(block) = text[at..].first_chunk::<BLOCK>() {
        return (classify_all(block), at);
    }
    if let Some(block) = text.last_chunk::<BLOCK>() {
        return (classify_all(block), text.len() - BLOCK);
    }
    let mut block = [b' '; BLOCK];
    block[..text.len()].copy_from_slice(text);
    (classify_all(&block), 0)
}

/// As [`classify`], and what begins the wide forms of `=` and `:` is an anchor, too.
#[inline]
fn classify_all(block: &[u8; BLOCK]) -> Lanes {
    let mut lanes = classify(block);
    if !is_plain(&lanes) {
        for (n, _) in block.iter().enumerate().filter(|(_, byte)| **byte == WIDE) {
            lanes[n / 8] |= u64::from(ANCHOR) << (8 * (n % 8));
        }
    }
    lanes
}

/// Begins the wide forms of `=` and `:` in UTF-8.
pub(in crate::mask) const WIDE: u8 = 0xEF;

#[inline]
pub(in crate::mask) fn classify(block: &[u8; BLOCK]) -> Lanes {
    let mut flags = [0u8; BLOCK];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        let kinds = kinds(byte);
        *flag = (u8::from(kinds.odd) * ODD)
            | (u8::from(kinds.anchor) * ANCHOR)
            | (u8::from(!kinds.token) * BREAK)
            | (u8::from(!kinds.number) * NO_NUMBER);
    }
    let mut words = [0u64; BLOCK / 8];
    for (word, chunk) in words.iter_mut().zip(flags.chunks_exact(8)) {
        let mut eight = [0u8; 8];
        eight.copy_from_slice(chunk);
        *word = u64::from_le_bytes(eight);
    }
    words
}

/// What a byte can be.
#[derive(Debug, Clone, Copy)]
pub(in crate::mask) struct Kinds {
    /// A sign that may begin, end or name a secret.
    pub(in crate::mask) anchor: bool,
    /// Part of a token, or `[ \ ] ^ { | } ~` or a back quote.
    pub(in crate::mask) token: bool,
    /// A digit, or what may stand between digits.
    pub(in crate::mask) number: bool,
    /// Not what every line can hold as it is.
    pub(in crate::mask) odd: bool,
}

#[inline]
pub(in crate::mask) const fn kinds(byte: u8) -> Kinds {
    let signed = byte as i8;
    let (quote, paren, zero) = (signed > b'!' as i8, signed > b'\'' as i8, signed > b'/' as i8);
    let (colon, letter) = (signed > b'9' as i8, signed > b'@' as i8);
    let dash = byte == b'-';
    let digit = zero & !colon;
    Kinds {
        // `: ; < = > ? @`, then `" # $ % & '`.
        anchor: (colon & !letter) | (quote & !paren) | dash,
        token: letter | digit | dash,
        number: digit | dash | (byte == b' '),
        // One more than DEL is negative, as are all bytes beyond ASCII: one comparison finds them with the controls.
        odd: (signed.wrapping_add(1) <= 0x20) | (byte == b'"') | (byte == b'\\'),
    }
}

/// Which bytes of a block are worth a look: a bit for each.
#[inline]
pub(in crate::mask) fn anchors(lanes: &Lanes) -> u32 {
    lanes
        .iter()
        .rev()
        .fold(0, |bits, &word| bits << 8 | bits_of(word))
}

/// The highest bit of each byte, in one byte: the product moves bit `8 n + 7` to bit `56 + n`.
#[inline]
fn bits_of(word: u64) -> u32 {
    ((word & (EACH * ANCHOR as u64)).wrapping_mul(0x0002_0408_1020_4081) >> 56) as u32
}

/// Whether every line can hold these bytes as they are.
#[inline]
pub(in crate::mask) fn is_plain(lanes: &Lanes) -> bool {
    lanes.iter().fold(0, |all, &word| all | word) & (EACH * ODD as u64) == 0
}

/// Whether all eight bytes can be part of a token; each run of 15 such bytes has a word like this.
#[inline]
pub(in crate::mask) fn is_run(word: u64) -> bool {
    word & (EACH * BREAK as u64) == 0
}

/// Whether all of the first and of the last four bytes can be part of a number in groups: each card number, however
/// it stands in its block, has two such fours one behind the other.
#[inline]
pub(in crate::mask) fn lows(word: u64) -> [bool; 2] {
    const FOUR: u64 = 0xFFFF_FFFF & (EACH * NO_NUMBER as u64);
    [word & FOUR == 0, word & FOUR << 32 == 0]
}
