//! A first look at 64 bytes at once: which of them are anchors, and whether a run of token characters or of digits
//! could go through them.
//!
//! Written as `lanes` is. It tells less of each byte than that, for a smaller part of the work.

use super::lanes::kinds;

/// How many bytes are looked at in one go.
pub(super) const BLOCK: usize = 64;

/// Eight rows of eight bytes: the bit `8 n + row` is about the byte `n` of a row.
type Rows = u64;

/// What a first look tells of a block: two words, so that they are given back in registers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    /// A bit for each anchor; [`place_of`] tells where it stands.
    pub(super) anchors: Rows,
    /// In which fours of each row a run ends, as [`Runs`] keeps them, and `ODD`.
    ends: u64,
}

/// Some of the bytes are not what every line can hold as they are.
const ODD: u64 = 1 << 63;

impl Signs {
    /// Whether every line can hold these bytes as they are.
    #[inline]
    pub(super) fn are_plain(&self) -> bool {
        self.ends & ODD == 0
    }
}

/// The signs of `LEN` bytes, a whole block or the half of one that ends a text.
///
/// A call of its own: where it is inlined the compiler takes the vectors apart, for twice the work.
#[inline(never)]
pub(super) fn signs<const LEN: usize>(block: &[u8; LEN]) -> Signs {
    let (mut marks, mut breaks, mut highs, mut odds) = ([0; LEN], [0; LEN], [0; LEN], [0; LEN]);
    for (n, &byte) in block.iter().enumerate() {
        let [anchor, token, high, odd] = kinds(byte);
        let row = 1u8 << (n / 8);
        let bit = |is: bool| u8::from(is).wrapping_neg() & row;
        (marks[n], breaks[n], highs[n], odds[n]) = (bit(anchor), bit(!token), bit(high), u8::from(odd));
    }
    // In the rows behind the text nothing goes on.
    let behind = (0x100 - (1 << (LEN / 8))) * LAST_ROW;
    let odd = if joined(&odds) == 0 { 0 } else { ODD };
    Signs {
        anchors: joined(&marks),
        ends: (in_fours(joined(&breaks)) | in_fours(joined(&highs)) << 16 | behind) << 1 | odd,
    }
}

/// All rows in one.
#[inline]
fn joined<const LEN: usize>(flags: &[u8; LEN]) -> Rows {
    flags.chunks_exact(8).fold(0, |all, row| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(row);
        all | u64::from_le_bytes(bytes)
    })
}

/// In which fours of each row a bit is set.
#[inline]
fn in_fours(rows: Rows) -> u64 {
    let twos = rows | rows >> 16;
    (twos | twos >> 8) & FIRST_FOURS
}

/// Where in its block the byte of a bit of [`Signs`] stands.
#[inline]
pub(super) fn place_of(bit: u32) -> usize {
    ((bit & 7) * 8 + (bit >> 3)) as usize
}

/// Runs of bytes, through all blocks of a text: which fours of a row can all be part of one.
///
/// Sixteen bits each for the first fours of all rows and tokens, the same and numbers, then for the second fours. The
/// lowest bit of the sixteen is for the last row of the block before, the next one for the first row of this one.
#[derive(Debug, Default)]
pub(super) struct Runs(u64);

/// The lowest bit of each sixteen.
const LAST_ROW: u64 = 0x0001_0001_0001_0001;
const ALL_ROWS: u64 = 0x01FE * LAST_ROW;
const FIRST_FOURS: u64 = 0x0000_00FF_0000_00FF;
const OF_TOKENS: u64 = 0xFFFF;
const OF_NUMBERS: u64 = OF_TOKENS << 16;

impl Runs {
    /// Whether three fours of a token, and two of a number, stand one behind the other: every run of 15 bytes has such
    /// threes, every run of 11 such twos.
    #[inline]
    pub(super) fn may_be_long(&mut self, signs: &Signs) -> [bool; 2] {
        let fours = !signs.ends & ALL_ROWS | self.0 >> 8 & LAST_ROW;
        self.0 = fours;
        let (first, second) = (fours, fours >> 32);
        let twos = second & (first & !LAST_ROW | first >> 1);
        let threes = second & first >> 1 & (first | second >> 1);
        [threes & OF_TOKENS != 0, twos & OF_NUMBERS != 0]
    }
}
