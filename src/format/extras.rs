//! Key names of key-values: cleaned, cut, made unique, and cached.
//!
//! Each renderer has one cache, because keys repeat from record to record. The cache is bounded: if a set is full, a
//! new key replaces another one, and long keys are not cached.

use super::CacheFigures;
use crate::record::{same, text};

/// A cached key.
#[derive(Debug, Default)]
pub(super) struct Key {
    raw_hash: u64,
    raw: Vec<u8>,
    pub(super) text: String,
    /// The key with its delimiters: `, user=` or `,"user":`.
    pub(super) written: String,
    /// Hash of `text`. Two keys with equal hashes are treated as the same key.
    pub(super) hash: u64,
    /// The key was longer than the limit.
    pub(super) cut: bool,
    pub(super) form: ValueForm,
    /// The entry that was looked up after this one the last time.
    next: usize,
}

/// A key that is written under another, already clean name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Renamed {
    pub(super) raw: &'static str,
    pub(super) shown: &'static str,
    pub(super) form: ValueForm,
}

/// How the value of a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ValueForm {
    /// By its type.
    #[default]
    Typed,
    /// As an id, with this number of hexadecimal digits.
    Id(u8),
    /// As text, whatever its type.
    Text,
}

#[derive(Debug)]
pub(super) struct Keys {
    /// Length to which keys are cut, in bytes.
    limit: usize,
    /// Keys that get the prefix `x_`.
    reserved: Vec<String>,
    renamed: Vec<Renamed>,
    delimiters: KeyDelimiters,
    /// Sets of [`WAYS`] indices into `entries`, each plus one; 0 is empty.
    index: Vec<u16>,
    entries: Vec<Key>,
    /// The entry looked up last. Records of one call site look up the same keys in the same order, so the next entry
    /// is usually the one stored in it.
    last: usize,
    scratch: Key,
    hits: u64,
    misses: u64,
}

/// The text before and after each key.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyDelimiters(pub(super) &'static str, pub(super) &'static str);

const WAYS: usize = 4;
const PLACES: usize = 1024;
/// Longer keys are not cached, which bounds the size of the cache.
const LONGEST_KEPT: usize = 64;

impl Keys {
    pub(super) fn new(limit: usize, reserved: Vec<String>, delimiters: KeyDelimiters) -> Keys {
        Keys {
            limit,
            reserved,
            renamed: Vec::new(),
            delimiters,
            index: vec![0; PLACES],
            entries: Vec::new(),
            last: 0,
            scratch: Key::default(),
            hits: 0,
            misses: 0,
        }
    }

    /// Sets the keys that are written under other names.
    pub(super) fn rename(&mut self, renamed: Vec<Renamed>) {
        self.renamed = renamed;
    }

    /// Returns the key as it is written.
    #[inline(always)]
    pub(super) fn clean(&mut self, raw: &[u8]) -> &Key {
        let next = self.entries.get(self.last).map_or(0, |last| last.next);
        if self.entries.get(next).is_some_and(|entry| same(&entry.raw, raw)) {
            self.hits += 1;
            self.last = next;
            return &self.entries[next];
        }
        self.find(raw)
    }

    #[inline(never)]
    fn find(&mut self, raw: &[u8]) -> &Key {
        let hash = hash_of(raw);
        let set = hash as usize % (PLACES / WAYS) * WAYS;
        let found = self.index[set..set + WAYS]
            .iter()
            .map(|&number| usize::from(number).wrapping_sub(1))
            .find(|&number| {
                self.entries
                    .get(number)
                    .is_some_and(|entry| entry.raw_hash == hash && entry.raw == raw)
            });
        let Some(number) = found else {
            return self.learn(raw, hash, set);
        };
        self.hits += 1;
        if let Some(last) = self.entries.get_mut(self.last) {
            last.next = number;
        }
        self.last = number;
        &self.entries[number]
    }

    pub(super) fn figures(&self) -> CacheFigures {
        CacheFigures {
            size: self.entries.len() as u64,
            hits: self.hits,
            misses: self.misses,
        }
    }

    #[cold]
    fn learn(&mut self, raw: &[u8], hash: u64, set: usize) -> &Key {
        self.misses += 1;
        let entry = if raw.len() > LONGEST_KEPT {
            &mut self.scratch
        } else {
            let way = (0..WAYS).find(|&way| self.index[set + way] == 0);
            let place = set + way.unwrap_or(self.misses as usize % WAYS);
            if self.index[place] == 0 {
                self.entries.push(Key::default());
                self.index[place] = self.entries.len() as u16;
            }
            &mut self.entries[usize::from(self.index[place]) - 1]
        };
        entry.raw_hash = hash;
        entry.raw.clear();
        entry.raw.extend_from_slice(raw);
        let raw = text(raw);
        entry.text.clear();
        let renamed = self.renamed.iter().find(|renamed| renamed.raw == raw);
        entry.form = renamed.map_or(ValueForm::Typed, |renamed| renamed.form);
        entry.cut = match renamed {
            Some(renamed) => {
                entry.text.push_str(renamed.shown);
                false
            }
            None => clean_into(&mut entry.text, raw, self.limit, &self.reserved),
        };
        entry.hash = hash_of(entry.text.as_bytes());
        entry.written.clear();
        for part in [self.delimiters.0, &entry.text, self.delimiters.1] {
            entry.written.push_str(part);
        }
        entry
    }
}

/// Writes `raw` as a key: any character outside `[A-Za-z0-9_.-]` becomes `_`, a leading `_` becomes `x_`, a reserved
/// key gets the prefix `x_`, and a key longer than `limit` is cut and ends in `...`. Returns whether it was cut.
pub(super) fn clean_into(out: &mut String, raw: &str, limit: usize, reserved: &[String]) -> bool {
    const CUT: &str = "...";
    let clean = |c: char| match c {
        'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '-' => c,
        _ => '_',
    };
    // The rest is cut below, so a key of a megabyte is not copied first.
    let limit = limit.max(CUT.len() + 1);
    out.extend(raw.chars().take(limit.saturating_add(1)).map(clean));
    if out.is_empty() {
        out.push('_');
    }
    if out.starts_with('_') {
        out.insert(0, 'x');
    } else if reserved.iter().any(|name| name == out) {
        out.insert_str(0, "x_");
    }
    let cut = out.len() > limit;
    if cut {
        out.truncate(limit - CUT.len());
        out.push_str(CUT);
    }
    cut
}

/// Makes the keys of one record unique.
///
/// Fast path: as long as the keys are those of the previous record in the same order, no lookup is needed, because
/// those were unique.
#[derive(Debug, Default)]
pub(super) struct Unique {
    /// Sorted hashes of the keys that every line has.
    always: Vec<u64>,
    /// Sorted hashes of the keys of this line, including `always`. Not maintained while the record follows `before`.
    used: Vec<u64>,
    /// Hashes of the keys of the previous record in its order, without repeated ones.
    before: Vec<u64>,
    /// Number of keys of this record that matched `before`.
    followed: usize,
    follows: bool,
}

impl Unique {
    pub(super) fn new<'a>(always: impl Iterator<Item = &'a str>) -> Unique {
        let mut always: Vec<u64> = always.map(|key| hash_of(key.as_bytes())).collect();
        always.sort_unstable();
        Unique {
            always,
            ..Unique::default()
        }
    }

    /// Starts a new record.
    #[inline]
    pub(super) fn begin(&mut self) {
        (self.followed, self.follows) = (0, true);
    }

    /// Adds `key` to the record. Returns `None` if it is unique, otherwise a number `n` such that `key_n` is unique.
    #[inline]
    pub(super) fn suffix(&mut self, key: &Key) -> Option<u32> {
        if self.follows && self.before.get(self.followed) == Some(&key.hash) {
            self.followed += 1;
            return None;
        }
        self.suffix_of_another(key)
    }

    #[inline(never)]
    fn suffix_of_another(&mut self, key: &Key) -> Option<u32> {
        if self.follows {
            self.leave();
        }
        if self.take(key.hash) {
            self.before.push(key.hash);
            return None;
        }
        Some(self.free_number(&key.text))
    }

    /// Leaves the fast path: from here on the keys differ from those of the previous record.
    fn leave(&mut self) {
        self.follows = false;
        self.used.clear();
        self.used.extend_from_slice(&self.always);
        self.before.truncate(self.followed);
        for n in 0..self.followed {
            self.take(self.before[n]);
        }
    }

    #[cold]
    fn free_number(&mut self, key: &str) -> u32 {
        let mut name = String::with_capacity(key.len() + 8);
        // Small numbers first, then the number of keys in the record; otherwise a thousand equal keys would need half
        // a million tries.
        let mut number = 2;
        loop {
            name.clear();
            name.push_str(key);
            name.push('_');
            name.push_str(itoa::Buffer::new().format(number));
            if self.take(hash_of(name.as_bytes())) {
                return number;
            }
            number = if number == 9 {
                self.used.len().max(10) as u32
            } else {
                number + 1
            };
        }
    }

    /// Adds `hash`; returns `false` if it was already there.
    #[inline]
    fn take(&mut self, hash: u64) -> bool {
        match self.used.binary_search(&hash) {
            Ok(_) => false,
            Err(place) => {
                self.used.insert(place, hash);
                true
            }
        }
    }
}

/// A fast hash modelled on rustc's FxHash, with a final step that mixes the high bits into the low ones.
#[inline]
fn hash_of(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x517c_c1b7_2722_0a95;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let mut hash = mix(0, bytes.len() as u64);
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        hash = mix(hash, u64::from_le_bytes(*word));
        rest = after;
    }
    if let Some((word, after)) = rest.split_first_chunk::<4>() {
        hash = mix(hash, u64::from(u32::from_le_bytes(*word)));
        rest = after;
    }
    for &byte in rest {
        hash = mix(hash, u64::from(byte));
    }
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests;
