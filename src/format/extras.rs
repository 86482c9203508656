//! The keys of key-values: cleaned, limited, told apart, and remembered.
//!
//! Each renderer has one cache, for keys repeat from record to record. It is bounded: a key that finds no
//! place takes that of another, and a long one is cleaned anew each time.

use super::CacheFigures;
use crate::record::{same, text};

/// A key as a line shows it.
#[derive(Debug, Default)]
pub(super) struct Key {
    raw_hash: u64,
    raw: Vec<u8>,
    pub(super) text: String,
    /// With what stands around it: `, user=` or `,"user":`.
    pub(super) written: String,
    /// Of `text`; two keys of one hash are taken for the same.
    pub(super) hash: u64,
    /// It was longer than the limit.
    pub(super) cut: bool,
    /// It is that of an id: so many hexadecimal digits; 0 if it is any other.
    pub(super) id_digits: u8,
    /// The key that was asked for behind this one.
    next: usize,
}

/// A key that is shown by another name, which needs no cleaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Renamed {
    pub(super) raw: &'static str,
    pub(super) shown: &'static str,
    pub(super) id_digits: u8,
}

#[derive(Debug)]
pub(super) struct Keys {
    /// The longest key that is shown, in bytes.
    limit: usize,
    /// These get the prefix `x_`.
    reserved: Vec<String>,
    renamed: Vec<Renamed>,
    delimiters: KeyDelimiters,
    /// Sets of [`WAYS`] numbers of entries, plus one; 0 is no entry.
    index: Vec<u16>,
    entries: Vec<Key>,
    /// The entry that was asked for last: who logs the same again asks for the same one behind it.
    last: usize,
    scratch: Key,
    hits: u64,
    misses: u64,
}

/// What stands before and behind each key.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyDelimiters(pub(super) &'static str, pub(super) &'static str);

const WAYS: usize = 4;
const PLACES: usize = 1024;
/// Longer keys are not kept, so that the cache stays small whatever is logged.
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

    /// Shows these keys by other names.
    pub(super) fn rename(&mut self, renamed: Vec<Renamed>) {
        self.renamed = renamed;
    }

    /// `raw` as it is shown.
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
        entry.id_digits = renamed.map_or(0, |renamed| renamed.id_digits);
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

/// Writes `raw` as a key: anything outside `[A-Za-z0-9_.-]` becomes `_`, a leading `_` becomes `x_`, a reserved
/// key gets the prefix `x_`, and a longer one than `limit` is cut with `...`; tells whether it was.
pub(super) fn clean_into(out: &mut String, raw: &str, limit: usize, reserved: &[String]) -> bool {
    const CUT: &str = "...";
    let clean = |c: char| match c {
        'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '-' => c,
        _ => '_',
    };
    // What is beyond the limit is cut below; a key of a megabyte is not copied for that.
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

/// Tells the keys of one record apart.
///
/// As long as they are those of the record before, in the same order, they differ as those did.
#[derive(Debug, Default)]
pub(super) struct Unique {
    /// Hashes of the keys that every line has, sorted.
    always: Vec<u64>,
    /// Hashes of the keys of this line, sorted, those of `always` among them; not kept while it follows `before`.
    used: Vec<u64>,
    /// Hashes of the keys of the record before, in its order, without those that were there already.
    before: Vec<u64>,
    /// How many keys of this record were those of `before`.
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

    /// Begins a record.
    #[inline]
    pub(super) fn begin(&mut self) {
        (self.followed, self.follows) = (0, true);
    }

    /// Takes `key`. `None`: it is new; else the number that `key_2` needs to be new.
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

    /// From here on the keys are others than those of the record before.
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
        // Small numbers while there are few; then the place in the record, lest a thousand equal keys need
        // half a million tries.
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

    /// Whether `hash` was free; it is not any more.
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

/// A quick hash in the manner of rustc's FxHash; the last step spreads it to all bits.
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
