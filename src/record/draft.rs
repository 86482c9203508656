//! The buffer that a frame is written into. Its spare capacity is kept zeroed, so that a short piece of text, of
//! which a message has many, can be stored in place; appending to a `Vec` would be a function call for each.

use super::short::copy_short;
use std::ops::{Deref, DerefMut};

/// A growing byte buffer.
#[derive(Debug, Default, Clone)]
pub(crate) struct Draft {
    /// The written bytes, followed by spare room.
    room: Vec<u8>,
    len: usize,
}

impl Draft {
    pub(crate) const fn new() -> Draft {
        Draft {
            room: Vec::new(),
            len: 0,
        }
    }

    pub(crate) fn with_capacity(bytes: usize) -> Draft {
        Draft {
            room: vec![0; bytes],
            len: 0,
        }
    }

    /// Capacity in bytes.
    #[inline]
    pub(crate) fn capacity(&self) -> usize {
        self.room.len()
    }

    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Shortens the content to `len` bytes.
    #[inline]
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Appends `bytes`.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if !self.push_short(bytes) {
            self.push_long(bytes);
        }
    }

    /// Appends `bytes` if there are at most 32 and they fit without growing. Returns whether they were appended.
    #[inline(always)]
    pub(super) fn push_short(&mut self, bytes: &[u8]) -> bool {
        let room = self
            .room
            .get_mut(self.len..)
            .and_then(|room| room.get_mut(..bytes.len()));
        let is_done = room.is_some_and(|room| copy_short(room, bytes));
        self.len += if is_done { bytes.len() } else { 0 };
        is_done
    }

    #[inline(never)]
    fn push_long(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if end > self.room.len() {
            self.room.reserve(end - self.room.len());
            self.room.resize(self.room.capacity(), 0);
        }
        self.room[self.len..end].copy_from_slice(bytes);
        self.len = end;
    }
}

impl Deref for Draft {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.room[..self.len]
    }
}

impl DerefMut for Draft {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.room[..self.len]
    }
}

#[cfg(test)]
impl From<Vec<u8>> for Draft {
    fn from(room: Vec<u8>) -> Draft {
        Draft {
            len: room.len(),
            room,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_every_length_follow_each_other_whole() {
        let text: Vec<u8> = (0..=255).collect();
        for capacity in [0, 1, 30, 4_096] {
            let (mut draft, mut all) = (Draft::with_capacity(capacity), Vec::new());
            for len in 0..100 {
                for piece in [&text[..len], &text[200 - len..200]] {
                    draft.push(piece);
                    all.extend_from_slice(piece);
                    assert_eq!(*draft, all[..], "{len} bytes, room for {capacity} at first");
                }
            }
        }
    }

    #[test]
    fn what_was_forgotten_is_written_over() {
        let mut draft = Draft::from(b"request served".to_vec());
        draft.truncate(8);
        draft.truncate(100);
        assert_eq!(*draft, *b"request ");
        draft.push(b"refused, and told why in more than 32 bytes");
        assert_eq!(*draft, *b"request refused, and told why in more than 32 bytes");
        draft.clear();
        assert!(draft.is_empty() && draft.capacity() >= 51);
    }

    #[test]
    fn a_long_piece_is_not_taken_for_a_short_one() {
        let mut draft = Draft::with_capacity(100);
        assert!(!draft.push_short(&[1; 33]));
        assert!(draft.push_short(&[1; 32]) && draft.len() == 32);
        assert!(!Draft::with_capacity(5).push_short(&[1; 6]), "no room");
    }
}
