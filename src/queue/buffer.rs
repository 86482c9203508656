//! A buffer of frames. Its whole capacity is charged to the budget while it holds a frame that is not yet written.

use crate::process;
use crate::record::frame_len;

/// Consecutive frames. The buffers of one chunk form a linked list, newest first.
#[derive(Debug)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    older: Option<Box<Buffer>>,
}

impl Buffer {
    pub(super) fn with_capacity(bytes: usize) -> Box<Buffer> {
        Box::new(Buffer {
            bytes: Vec::with_capacity(bytes),
            older: None,
        })
    }

    /// Bytes charged for it.
    pub(super) fn charge(&self) -> usize {
        self.bytes.capacity()
    }

    pub(super) fn room(&self) -> usize {
        self.bytes.capacity() - self.bytes.len()
    }

    /// Appends a frame. The caller has checked that it fits, so nothing is allocated.
    #[inline]
    pub(super) fn push(&mut self, frame: &[u8]) {
        debug_assert!(frame.len() <= self.room());
        self.bytes.extend_from_slice(frame);
        // The next frame probably has a similar length.
        process::fetch_to_write(self.bytes.spare_capacity_mut(), frame.len());
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// The frames, oldest first.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Number of frames in this buffer and the older ones linked to it.
    pub(super) fn records(&self) -> u64 {
        let mut records = 0;
        let mut next = Some(self);
        while let Some(buffer) = next {
            let mut bytes = buffer.bytes();
            while let Some(len) = frame_len(bytes) {
                records += 1;
                bytes = &bytes[len..];
            }
            next = buffer.older.as_deref();
        }
        records
    }

    /// Links `older` to this buffer.
    pub(crate) fn set_older(&mut self, older: Option<Box<Buffer>>) {
        self.older = older;
    }

    pub(crate) fn take_older(&mut self) -> Option<Box<Buffer>> {
        self.older.take()
    }
}

/// Frees the list in a loop: the default drop would recurse, and the list may be long.
impl Drop for Buffer {
    fn drop(&mut self) {
        let mut next = self.older.take();
        while let Some(mut buffer) = next {
            next = buffer.older.take();
        }
    }
}

#[cfg(test)]
impl Buffer {
    #[cfg(loom)]
    pub(super) fn older(&self) -> Option<&Buffer> {
        self.older.as_deref()
    }

    /// A buffer that holds `frames`.
    pub(crate) fn of_frames(frames: &[Vec<u8>]) -> Box<Buffer> {
        let mut buffer = Buffer::with_capacity(frames.iter().map(Vec::len).sum());
        frames.iter().for_each(|frame| buffer.push(frame));
        buffer
    }
}
