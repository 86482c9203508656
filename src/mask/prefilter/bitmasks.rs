//! Classifies 64 bytes at once into bitmasks: trigger bytes, token characters, characters of numbers.
//!
//! With AVX2 where the processor has it; the portable version is written so that the compiler vectorises it.

use crate::mask::prefilter::classes::{Classes, classes_of};
use crate::process::{Avx2, Kind};

pub(in crate::mask) use crate::process::BLOCK;

/// The classes of the bytes of a block: bit n is byte n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mask) struct ClassMasks {
    pub(in crate::mask) triggers: u64,
    tokens: u64,
    numbers: u64,
    /// Some byte of the block needs escaping in some format.
    pub(in crate::mask) needs_escape: bool,
}

impl ClassMasks {
    /// The masks of the block without its first `len` bytes; `len` is less than 64.
    #[inline]
    pub(in crate::mask) fn without(self, len: usize) -> ClassMasks {
        ClassMasks {
            triggers: self.triggers >> len,
            tokens: self.tokens >> len,
            numbers: self.numbers >> len,
            needs_escape: self.needs_escape,
        }
    }
}

/// Classifies a block, portable version.
///
/// Never inlined: the compiler splits the vectors where it is, which doubles the work.
#[inline(never)]
pub(in crate::mask) fn class_masks(block: &[u8; BLOCK]) -> ClassMasks {
    let (mut marks, mut tokens, mut numbers, mut odds) = ([0; BLOCK], [0; BLOCK], [0; BLOCK], [0; BLOCK]);
    for (n, &byte) in block.iter().enumerate() {
        let classes = classes_of(byte);
        let row = 1u8 << (n / 8);
        let bit = |is: bool| u8::from(is).wrapping_neg() & row;
        (marks[n], tokens[n], numbers[n]) = (bit(classes.trigger), bit(classes.token), bit(classes.number));
        odds[n] = u8::from(classes.needs_escape);
    }
    ClassMasks {
        triggers: in_order(joined(&marks)),
        tokens: in_order(joined(&tokens)),
        numbers: in_order(joined(&numbers)),
        needs_escape: joined(&odds) != 0,
    }
}

/// Folds eight rows of eight bytes into one word: bit `8 n + row` is byte `n` of the row.
#[inline]
fn joined(flags: &[u8; BLOCK]) -> u64 {
    flags.chunks_exact(8).fold(0, |all, row| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(row);
        all | u64::from_le_bytes(bytes)
    })
}

/// Transposes the 8 by 8 bits into the order of the bytes: quarters are exchanged, then theirs.
#[inline]
fn in_order(mut rows: u64) -> u64 {
    for (by, quarter) in [
        (7, 0x00AA_00AA_00AA_00AA),
        (14, 0x0000_CCCC_0000_CCCC),
        (28, 0xF0F0_F0F0),
    ] {
        let differ = (rows ^ rows >> by) & quarter;
        rows ^= differ ^ differ << by;
    }
    rows
}

/// As [`class_masks`], with AVX2.
#[inline]
pub(in crate::mask) fn class_masks_by_avx2(avx2: Avx2, block: &[u8; BLOCK]) -> ClassMasks {
    let [trigger, token, number, escaped] = KINDS;
    let ([triggers, tokens, numbers], needs_escape) = avx2.find(block, &[trigger, token, number], &escaped);
    ClassMasks {
        triggers,
        tokens,
        numbers,
        needs_escape,
    }
}

/// The results of [`classes_of`] as tables for the vector code.
const KINDS: [Kind; 4] = {
    let mut all = [[false; 128]; 4];
    let mut byte = 0;
    while byte < 128 {
        let classes: Classes = classes_of(byte as u8);
        all[0][byte] = classes.trigger;
        all[1][byte] = classes.token;
        all[2][byte] = classes.number;
        all[3][byte] = classes.needs_escape;
        byte += 1;
    }
    [
        Kind::of(&all[0]),
        Kind::of(&all[1]),
        Kind::of(&all[2]),
        Kind::of(&all[3]),
    ]
};

/// The length of the run of each class with which the last block ends.
#[derive(Debug, Default)]
pub(in crate::mask) struct RunLengths {
    tokens: u32,
    numbers: u32,
}

impl RunLengths {
    /// Whether a run of `TOKEN` token characters, and one of `NUMBER` characters of a number, ends in this block.
    #[inline]
    pub(in crate::mask) fn are_long<const TOKEN: u32, const NUMBER: u32>(
        &mut self,
        masks: &ClassMasks,
    ) -> [bool; 2] {
        [
            goes_on::<TOKEN>(&mut self.tokens, masks.tokens),
            goes_on::<NUMBER>(&mut self.numbers, masks.numbers),
        ]
    }
}

/// Whether a run of `LONG` bits (9 to 16) ends in `bits`, including the `before` bits of the previous block; sets
/// `before` to the length of the run at the end.
#[inline]
fn goes_on<const LONG: u32>(before: &mut u32, bits: u64) -> bool {
    let across = *before + bits.trailing_ones();
    *before = bits.leading_ones();
    let twos = bits & bits >> 1;
    let fours = twos & twos >> 2;
    let eights = fours & fours >> 4;
    across >= LONG || eights & eights >> (LONG - 8) != 0
}
