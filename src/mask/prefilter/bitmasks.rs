//! A first look at 64 bytes at once: which of them are anchors, and which are part of a token or of a number.
//!
//! On vectors of 32 bytes where the processor has them. Elsewhere it is written as `lanes` is.

use crate::mask::prefilter::classes::{Kinds, kinds};
use crate::process::{Avx2, Kind};

pub(in crate::mask) use crate::process::BLOCK;

/// What a first look tells of a block: the bit n is about the byte n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mask) struct Signs {
    pub(in crate::mask) anchors: u64,
    tokens: u64,
    numbers: u64,
    /// Some of the bytes are not what every line can hold as they are.
    pub(in crate::mask) odd: bool,
}

impl Signs {
    /// Those of a block without its first `len` bytes, fewer than all.
    #[inline]
    pub(in crate::mask) fn without(self, len: usize) -> Signs {
        Signs {
            anchors: self.anchors >> len,
            tokens: self.tokens >> len,
            numbers: self.numbers >> len,
            odd: self.odd,
        }
    }
}

/// The signs of a block.
///
/// A call of its own: where it is inlined the compiler takes the vectors apart, for twice the work.
#[inline(never)]
pub(in crate::mask) fn signs(block: &[u8; BLOCK]) -> Signs {
    let (mut marks, mut tokens, mut numbers, mut odds) = ([0; BLOCK], [0; BLOCK], [0; BLOCK], [0; BLOCK]);
    for (n, &byte) in block.iter().enumerate() {
        let kinds = kinds(byte);
        let row = 1u8 << (n / 8);
        let bit = |is: bool| u8::from(is).wrapping_neg() & row;
        (marks[n], tokens[n], numbers[n]) = (bit(kinds.anchor), bit(kinds.token), bit(kinds.number));
        odds[n] = u8::from(kinds.odd);
    }
    Signs {
        anchors: in_order(joined(&marks)),
        tokens: in_order(joined(&tokens)),
        numbers: in_order(joined(&numbers)),
        odd: joined(&odds) != 0,
    }
}

/// Eight rows of eight bytes in one: the bit `8 n + row` is about the byte `n` of a row.
#[inline]
fn joined(flags: &[u8; BLOCK]) -> u64 {
    flags.chunks_exact(8).fold(0, |all, row| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(row);
        all | u64::from_le_bytes(bytes)
    })
}

/// Row after row: a square of bits is turned by exchanging its quarters, and theirs.
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

/// As [`signs`], on wide vectors.
#[inline]
pub(in crate::mask) fn signs_by_avx2(avx2: Avx2, block: &[u8; BLOCK]) -> Signs {
    let [anchor, token, number, odd] = KINDS;
    let ([anchors, tokens, numbers], odd) = avx2.find(block, &[anchor, token, number], &odd);
    Signs {
        anchors,
        tokens,
        numbers,
        odd,
    }
}

/// What [`kinds`] tells of each byte.
const KINDS: [Kind; 4] = {
    let mut all = [[false; 128]; 4];
    let mut byte = 0;
    while byte < 128 {
        let kinds: Kinds = kinds(byte as u8);
        all[0][byte] = kinds.anchor;
        all[1][byte] = kinds.token;
        all[2][byte] = kinds.number;
        all[3][byte] = kinds.odd;
        byte += 1;
    }
    [
        Kind::of(&all[0]),
        Kind::of(&all[1]),
        Kind::of(&all[2]),
        Kind::of(&all[3]),
    ]
};

/// How many bytes of each kind the blocks up to now end with.
#[derive(Debug, Default)]
pub(in crate::mask) struct Runs {
    tokens: u32,
    numbers: u32,
}

impl Runs {
    /// Whether `TOKEN` bytes of a token, and `NUMBER` of a number, stand one behind the other and end in this block.
    #[inline]
    pub(in crate::mask) fn are_long<const TOKEN: u32, const NUMBER: u32>(
        &mut self,
        signs: &Signs,
    ) -> [bool; 2] {
        [
            goes_on::<TOKEN>(&mut self.tokens, signs.tokens),
            goes_on::<NUMBER>(&mut self.numbers, signs.numbers),
        ]
    }
}

/// Whether a run of `LONG` bits, 9 to 16, ends in `bits`, what came `before` included; keeps how many are at the end.
#[inline]
fn goes_on<const LONG: u32>(before: &mut u32, bits: u64) -> bool {
    let across = *before + bits.trailing_ones();
    *before = bits.leading_ones();
    let twos = bits & bits >> 1;
    let fours = twos & twos >> 2;
    let eights = fours & fours >> 4;
    across >= LONG || eights & eights >> (LONG - 8) != 0
}
