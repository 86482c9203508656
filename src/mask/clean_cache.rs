//! Names without a secret, remembered so that they need not be looked at again; `Masker` asks for targets, threads
//! and keys.

use crate::record::same;

/// How many names are remembered.
const PLACES: usize = 64;
/// Longer names are not kept.
const LONGEST: usize = 512;

/// The newest of those names that fall into one place.
pub(super) struct CleanCache([Vec<u8>; PLACES]);

impl Default for CleanCache {
    fn default() -> CleanCache {
        CleanCache([const { Vec::new() }; PLACES])
    }
}

impl CleanCache {
    #[inline]
    pub(super) fn has(&self, name: &[u8]) -> bool {
        same(&self.0[place(name)], name)
    }

    pub(super) fn keep(&mut self, name: &[u8]) {
        if name.len() <= LONGEST {
            let kept = &mut self.0[place(name)];
            kept.clear();
            kept.extend_from_slice(name);
        }
    }
}

#[inline]
fn place(name: &[u8]) -> usize {
    let at = |n: usize| usize::from(name.get(n).copied().unwrap_or(0));
    // The line of a place is at 10, its thread at the end.
    (name.len() * 7 + at(10) * 5 + at(name.len() / 2) * 3 + at(name.len().wrapping_sub(1))) % PLACES
}
