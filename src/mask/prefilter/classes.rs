//! Classifies 32 bytes at once into one byte of flags each; `walk` reads a text through it.
//!
//! Comparisons only, no branch and no table, so that the compiler turns it into vector instructions. A byte without
//! a flag costs nothing more.

/// Bytes classified at once.
pub(in crate::mask) const BLOCK: usize = 32;

/// One byte of flags for each byte of a block, as four little-endian words.
pub(in crate::mask) type ByteClasses = [u64; BLOCK / 8];

/// A byte at which a reader may have to look: a separator, quotation mark, dash, `@`, `<` or similar.
const TRIGGER: u8 = 0x80;
/// Not part of a token.
const BREAK: u8 = 0x40;
/// Not part of a number.
const NO_NUMBER: u8 = 0x20;
/// A control character, a double quotation mark, a backslash, or not ASCII.
const NEEDS_ESCAPE: u8 = 0x10;
const EACH: u64 = 0x0101_0101_0101_0101;

/// The flags of the block at `at`, and where that block begins: the last one of a text may begin before `at`.
#[inline]
pub(in crate::mask) fn byte_classes(text: &[u8], at: usize) -> (ByteClasses, usize) {
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

/// As [`classify`], with the first byte of the wide forms of `=` and `:` as a trigger byte, too.
#[inline]
fn classify_all(block: &[u8; BLOCK]) -> ByteClasses {
    let mut byte_classes = classify(block);
    if !is_plain(&byte_classes) {
        for (n, _) in block.iter().enumerate().filter(|(_, byte)| **byte == WIDE) {
            byte_classes[n / 8] |= u64::from(TRIGGER) << (8 * (n % 8));
        }
    }
    byte_classes
}

/// The first byte of the wide forms of `=` and `:` in UTF-8.
pub(in crate::mask) const WIDE: u8 = 0xEF;

#[inline]
pub(in crate::mask) fn classify(block: &[u8; BLOCK]) -> ByteClasses {
    let mut flags = [0u8; BLOCK];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        let classes = classes_of(byte);
        *flag = (u8::from(classes.needs_escape) * NEEDS_ESCAPE)
            | (u8::from(classes.trigger) * TRIGGER)
            | (u8::from(!classes.token) * BREAK)
            | (u8::from(!classes.number) * NO_NUMBER);
    }
    let mut words = [0u64; BLOCK / 8];
    for (word, chunk) in words.iter_mut().zip(flags.chunks_exact(8)) {
        let mut eight = [0u8; 8];
        eight.copy_from_slice(chunk);
        *word = u64::from_le_bytes(eight);
    }
    words
}

/// The classes of a byte.
#[derive(Debug, Clone, Copy)]
pub(in crate::mask) struct Classes {
    /// A byte at which a reader may have to look.
    pub(in crate::mask) trigger: bool,
    /// A letter, a digit or `_ -`, and also ``[ \ ] ^ ` { | } ~``, which a comparison cannot keep apart.
    pub(in crate::mask) token: bool,
    /// A digit, or a separator between digits.
    pub(in crate::mask) number: bool,
    /// Needs escaping in some format.
    pub(in crate::mask) needs_escape: bool,
}

#[inline]
pub(in crate::mask) const fn classes_of(byte: u8) -> Classes {
    let signed = byte as i8;
    let (quote, paren, zero) = (signed > b'!' as i8, signed > b'\'' as i8, signed > b'/' as i8);
    let (colon, letter) = (signed > b'9' as i8, signed > b'@' as i8);
    let dash = byte == b'-';
    let digit = zero & !colon;
    Classes {
        // `: ; < = > ? @`, then `" # $ % & '`.
        trigger: (colon & !letter) | (quote & !paren) | dash,
        token: letter | digit | dash,
        number: digit | dash | (byte == b' '),
        // DEL + 1 is negative as an i8, as are all bytes beyond ASCII: one comparison finds them and the controls.
        needs_escape: (signed.wrapping_add(1) <= 0x20) | (byte == b'"') | (byte == b'\\'),
    }
}

/// The trigger bytes of a block, one bit each.
#[inline]
pub(in crate::mask) fn triggers(byte_classes: &ByteClasses) -> u32 {
    byte_classes
        .iter()
        .rev()
        .fold(0, |bits, &word| bits << 8 | bits_of(word))
}

/// The highest bit of each byte, in one byte: the product moves bit `8 n + 7` to bit `56 + n`.
#[inline]
fn bits_of(word: u64) -> u32 {
    ((word & (EACH * TRIGGER as u64)).wrapping_mul(0x0002_0408_1020_4081) >> 56) as u32
}

/// Whether none of these bytes needs escaping.
#[inline]
pub(in crate::mask) fn is_plain(byte_classes: &ByteClasses) -> bool {
    byte_classes.iter().fold(0, |all, &word| all | word) & (EACH * NEEDS_ESCAPE as u64) == 0
}

/// Whether all eight bytes are token characters; each run of 15 of them fills such a word.
#[inline]
pub(in crate::mask) fn is_run(word: u64) -> bool {
    word & (EACH * BREAK as u64) == 0
}

/// Whether the first four bytes, and the last four, can be part of a number in groups: each card number contains two
/// such groups of four in a row, wherever it is in its block.
#[inline]
pub(in crate::mask) fn lows(word: u64) -> [bool; 2] {
    const FOUR: u64 = 0xFFFF_FFFF & (EACH * NO_NUMBER as u64);
    [word & FOUR == 0, word & FOUR << 32 == 0]
}
