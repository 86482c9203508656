//! One thread's chunk, which holds its frames until the worker takes them.
//!
//! While the lock is held, nothing allocates, waits, sends or runs user code.

use super::Buffer;
use super::budget::next_size;
use crate::clock::Tick;
use crate::record;
use crate::sync::{
    AtomicBool, AtomicU64, Mutex,
    Ordering::{Acquire, Relaxed, Release},
    enter,
};

/// The frames of one thread. Chunks are never reused: a thread must not reach a chunk that another thread has opened.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    inner: Mutex<Inner>,
    /// Changed by its thread only; read by snapshots.
    accepted: AtomicU64,
    retired: AtomicBool,
}

#[derive(Debug, Default)]
struct Inner {
    /// The newest buffer. `None`: the chunk is empty and not sent.
    newest: Option<Box<Buffer>>,
    /// Bytes of frames since the chunk was opened.
    used: usize,
    /// Bytes of frames while the chunk was open the last time.
    used_before: usize,
}

/// The result of [`Chunk::put`].
pub(super) enum Put {
    Done,
    /// A buffer of the preferred size is needed.
    NeedsBuffer {
        preferred: usize,
    },
}

impl Chunk {
    /// Puts a frame into the newest buffer, if it fits.
    #[inline(always)]
    pub(super) fn put(&self, frame: &mut [u8]) -> Put {
        let mut inner = enter(&self.inner);
        let Some(newest) = &mut inner.newest else {
            return Put::NeedsBuffer {
                preferred: next_size(inner.used_before),
            };
        };
        if frame.len() > newest.room() {
            return Put::NeedsBuffer {
                preferred: next_size(newest.charge() + 1),
            };
        }
        // The time is read under the lock, so that the frames of a chunk are in the order of their times.
        record::stamp(frame, Tick::now());
        newest.push(frame);
        inner.used += frame.len();
        self.accepted.store(self.accepted.load(Relaxed) + 1, Relaxed);
        Put::Done
    }

    /// Puts a frame into a new buffer. Returns whether the chunk was empty and must now be sent.
    pub(super) fn put_in(&self, mut buffer: Box<Buffer>, frame: &mut [u8]) -> bool {
        let mut inner = enter(&self.inner);
        let older = inner.newest.take();
        let opened = older.is_none();
        record::stamp(frame, Tick::now());
        buffer.push(frame);
        buffer.set_older(older);
        inner.newest = Some(buffer);
        inner.used += frame.len();
        self.accepted.store(self.accepted.load(Relaxed) + 1, Relaxed);
        opened
    }

    /// Worker's side: takes the buffers out, newest first, and closes the chunk until its next frame.
    pub(crate) fn seal(&self) -> Option<Box<Buffer>> {
        let mut inner = enter(&self.inner);
        inner.used_before = inner.used;
        inner.used = 0;
        inner.newest.take()
    }

    /// Producer's side after a close: takes the frames back, unless the worker has taken them.
    pub(super) fn take_back(&self) -> Option<Box<Buffer>> {
        let buffers = self.seal()?;
        // There is exactly one frame: this thread opened the chunk with the frame that it is putting.
        self.accepted
            .store(self.accepted.load(Relaxed).saturating_sub(1), Relaxed);
        Some(buffers)
    }

    pub(super) fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// Marks that its thread has ended and no further frame comes.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Release);
    }

    pub(super) fn is_empty(&self) -> bool {
        enter(&self.inner).newest.is_none()
    }

    /// Whether its thread has ended, so that its count is final.
    pub(super) fn is_retired(&self) -> bool {
        self.retired.load(Acquire)
    }
}
