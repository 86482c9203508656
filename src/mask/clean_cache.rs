//! A cache of names without a secret: targets, threads and keys repeat, so `Masker` need not scan them again.

use crate::record::same;

/// Number of entries.
const PLACES: usize = 64;
/// Longer names are not cached.
const LONGEST: usize = 512;

/// One name for each hash value, the newest.
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
    // In the bytes of a call site, the line is at offset 10 and the thread at the end.
    (name.len() * 7 + at(10) * 5 + at(name.len() / 2) * 3 + at(name.len().wrapping_sub(1))) % PLACES
}
