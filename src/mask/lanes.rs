//! Looks at 32 bytes at once and tells where something could begin; `scan` reads text only through it.
//!
//! Written so that the compiler turns it into vector instructions: no branch, no table. What it does not flag
//! costs nothing more.

/// How many bytes are looked at in one go.
pub(super) const BLOCK: usize = 32;

/// One byte of flags for each byte of a block, as four little-endian words.
pub(super) type Lanes = [u64; BLOCK / 8];

const ANCHOR: u8 = 0x80;
const TOKEN: u8 = 0x40;
const DIGIT: u8 = 0x01;
const EACH: u64 = 0x0101_0101_0101_0101;

/// The flags of the block at `at`; beyond the end of the text there are blanks.
#[inline]
pub(super) fn lanes(text: &[u8], at: usize) -> Lanes {
    let rest = &text[at..];
    match rest.first_chunk::<BLOCK>() {
        Some(block) => classify(block),
        None => {
            let mut block = [b' '; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            classify(&block)
        }
    }
}

#[inline]
fn classify(block: &[u8; BLOCK]) -> Lanes {
    let mut flags = [0u8; BLOCK];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        let separator = byte.wrapping_sub(b':') < 7; // : ; < = > ? @
        let mark = byte.wrapping_sub(b'"') < 6; // " # $ % & '
        let dash = byte == b'-';
        let wide = byte == 0xEF; // begins the wide forms of `=` and `:`
        let digit = byte.wrapping_sub(b'0') < 10;
        let letter = (byte as i8) >= b'A' as i8;
        let anchor = separator | mark | dash | wide;
        let token = digit | letter | dash;
        *flag = (u8::from(anchor) * ANCHOR) | (u8::from(token) * TOKEN) | (u8::from(digit) * DIGIT);
    }
    let mut words = [0u64; BLOCK / 8];
    for (word, chunk) in words.iter_mut().zip(flags.chunks_exact(8)) {
        let mut eight = [0u8; 8];
        eight.copy_from_slice(chunk);
        *word = u64::from_le_bytes(eight);
    }
    words
}

/// Which bytes of a word are worth a look: the highest bit of each.
#[inline]
pub(super) fn anchors(word: u64) -> u64 {
    word & (EACH * ANCHOR as u64)
}

/// Whether all eight bytes can be part of a token; each run of 15 such bytes has a word like this.
#[inline]
pub(super) fn is_run(word: u64) -> bool {
    let tokens = EACH * TOKEN as u64;
    word & tokens == tokens
}

/// Whether at least six of the eight bytes are digits; each card number in groups has a word like this.
#[inline]
pub(super) fn is_digits(word: u64) -> bool {
    (word & EACH).wrapping_mul(EACH) >> 56 >= 6
}
