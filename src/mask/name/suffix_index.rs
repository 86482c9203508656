//! An index of names by their last two letters.

use crate::mask::name::ending::Ending;
use crate::mask::name::key::Key;
use crate::mask::name::names::Match;
use crate::mask::name::value_policy::ValuePolicy;
use std::cmp::Reverse;

/// A name; its last eight letters are compared at once.
pub(in crate::mask) struct Name {
    mask: u64,
    eight: u64,
    back: Vec<u8>,
    at: Match,
    pub(in crate::mask) policy: ValuePolicy,
}

impl Name {
    fn new(name: &str, at: Match, policy: ValuePolicy) -> Name {
        let back: Vec<u8> = name.bytes().rev().collect();
        let (mut mask, mut eight) = (0, 0);
        for (n, &letter) in back.iter().take(8).enumerate() {
            mask |= 0xFF << (8 * n);
            eight |= u64::from(letter) << (8 * n);
        }
        Name {
            mask,
            eight,
            back,
            at,
            policy,
        }
    }

    pub(in crate::mask) fn len(&self) -> usize {
        self.back.len()
    }

    #[inline]
    fn fits(&self, key: &Key, skip: usize, eight: u64) -> bool {
        eight & self.mask == self.eight
            && (self.back.len() <= 8 || key.ends_with(skip, &self.back))
            && (self.at == Match::Suffix || key.word_begins(skip + self.back.len()))
    }
}

/// Names sorted by their last two letters, longer ones first, and the row at which each pair begins.
pub(in crate::mask) struct SuffixIndex {
    names: Vec<Name>,
    starts: Vec<u16>,
}

impl SuffixIndex {
    pub(in crate::mask) fn new<'n>(
        names: impl Iterator<Item = (&'n str, Match, ValuePolicy)>,
    ) -> SuffixIndex {
        let mut names: Vec<Name> = names
            .map(|(name, at, policy)| Name::new(name, at, policy))
            .collect();
        names.sort_by_key(|name| (pair(name.eight), Reverse(name.back.len())));
        let start = |pair_at: usize| names.partition_point(|name| pair(name.eight) < pair_at) as u16;
        SuffixIndex {
            starts: (0..=PAIRS).map(start).collect(),
            names,
        }
    }

    /// The longest name in which `key` ends, `skip` letters from its end.
    pub(in crate::mask) fn find(&self, key: &Key, skip: usize) -> Option<&Name> {
        let eight = key.eight(skip);
        let pair = pair(eight);
        let names = usize::from(self.starts[pair])..usize::from(self.starts[pair + 1]);
        self.names[names].iter().find(|name| name.fits(key, skip, eight))
    }

    /// Whether a name may end like this.
    pub(in crate::mask) fn may_have(&self, ending: &Ending) -> bool {
        let pair = pair(ending.eight);
        let names = usize::from(self.starts[pair])..usize::from(self.starts[pair + 1]);
        self.names[names].iter().any(|name| {
            let begins = ending.words >> (name.back.len().min(8) - 1) & 1 == 1;
            ending.eight & name.mask == name.eight && (name.at == Match::Suffix || begins)
        })
    }

    /// The names, last letter first.
    pub(in crate::mask) fn backwards(&self) -> impl Iterator<Item = &[u8]> {
        self.names.iter().map(|name| name.back.as_slice())
    }
}

/// The number of pairs of letters, with "none" as a letter.
const PAIRS: usize = 27 * 27;

/// The number of the last two letters of a name.
fn pair(eight: u64) -> usize {
    class(eight as u8) * 27 + class((eight >> 8) as u8)
}

const CLASS: [u8; 256] = {
    let mut classes = [0; 256];
    let mut letter = 0;
    while letter < 26 {
        classes[(b'a' + letter) as usize] = letter + 1;
        classes[(b'A' + letter) as usize] = letter + 1;
        letter += 1;
    }
    classes
};

/// 1 to 26 for a letter in any case, 0 for anything else.
#[inline]
pub(in crate::mask) fn class(byte: u8) -> usize {
    usize::from(CLASS[usize::from(byte)])
}
