//! A cache of the parts of a line that depend only on the call site: target, module, file, line, level and thread.
//!
//! Each renderer has its own. The cache key is everything that a frame holds of the call site, so an entry is used only
//! for records whose call site, level and thread are all equal.

use super::LineFlags;
use super::line::Line;
use crate::record::View;

/// Number of entries. Each call site has one entry that it can use, given by its hash; a newer call site overwrites it.
const ENTRIES: usize = 32;
/// Call sites with longer names, in bytes, are not cached.
const LONGEST_CACHED: usize = 512;

#[derive(Debug, Default)]
pub(super) struct CallsiteCache {
    entries: [CacheEntry; ENTRIES],
}

#[derive(Debug, Default)]
struct CacheEntry {
    call_site: Vec<u8>,
    bytes: Vec<u8>,
    escaped: bool,
}

impl CallsiteCache {
    /// Writes the cached bytes for the record's call site, using the `reserved` bytes that were reserved for them.
    ///
    /// Returns `false`, with nothing written or released, if the call site is not cached or there is not enough room.
    #[inline]
    pub(super) fn write(&self, view: &View<'_>, reserved: usize, line: &mut Line<'_>) -> bool {
        let entry = &self.entries[view.call_site_hash() % ENTRIES];
        if entry.call_site != view.call_site() {
            return false;
        }
        line.release(reserved);
        let fits = line.try_write(&entry.bytes);
        if fits {
            line.mark_escaped(entry.escaped);
        } else {
            line.reserve(reserved);
        }
        fits
    }

    /// Runs `write`, and caches what it has written unless some of it was cut.
    #[cold]
    pub(super) fn write_and_store<'o>(
        &mut self,
        view: &View<'_>,
        line: &mut Line<'o>,
        write: impl FnOnce(&mut Line<'o>),
    ) {
        let from = line.len();
        let LineFlags { truncated, escaped } = line.with_flags(write);
        if truncated || view.call_site().len() > LONGEST_CACHED {
            return;
        }
        let entry = &mut self.entries[view.call_site_hash() % ENTRIES];
        entry.call_site.clear();
        entry.call_site.extend_from_slice(view.call_site());
        entry.bytes.clear();
        entry.bytes.extend_from_slice(line.since(from));
        entry.escaped = escaped;
    }
}
