//! From the calling threads to the worker: chunks of frames on a flume channel, within a budget of bytes.
//!
//! `logger` puts frames in, `worker` takes chunks out and seals them. Each thread has one chunk for life; the
//! first frame in an empty chunk sends it, and it takes further frames, without touching the channel, until the
//! worker takes its buffers out. So a frame that was put is always in a chunk that was sent.

mod budget;
mod buffer;
mod channel;
mod chunk;

pub(crate) use buffer::Buffer;
pub(crate) use chunk::Chunk;

use crate::config::Overflow;
use crate::health::DropReason;
use crate::sync::{Arc, AtomicBool, AtomicU64, Mutex, Ordering, enter, thread::Thread};
use budget::Budget;
use chunk::Put;
use log::Level;
use std::sync::OnceLock;

/// The producers' side, shared by every thread that logs.
#[derive(Debug)]
pub(crate) struct Queue {
    sender: channel::Sender<Arc<Chunk>>,
    budget: Budget,
    /// Set once, by the worker, before it receives for the last time. SeqCst: a producer that sent after that
    /// last look sees it.
    closed: AtomicBool,
    /// Set by the worker before it sleeps without a limit; whoever swaps it to false wakes it.
    asleep: AtomicBool,
    worker: OnceLock<Thread>,
    /// Every thread's chunk, so that a snapshot can count what was accepted, and those of threads that are gone as
    /// long as something is in them.
    chunks: Mutex<Vec<Arc<Chunk>>>,
    /// What chunks accepted that are no longer listed.
    accepted_before: AtomicU64,
}

/// The worker's side.
#[derive(Debug)]
pub(crate) struct Receiver(channel::Receiver<Arc<Chunk>>);

/// Makes a queue that holds at most `bytes` of records.
pub(crate) fn queue(bytes: usize) -> (Queue, Receiver) {
    let (sender, receiver) = channel::unbounded();
    let queue = Queue {
        sender,
        budget: Budget::new(bytes),
        closed: AtomicBool::new(false),
        asleep: AtomicBool::new(false),
        worker: OnceLock::new(),
        chunks: Mutex::new(Vec::new()),
        accepted_before: AtomicU64::new(0),
    };
    (queue, Receiver(receiver))
}

impl Queue {
    /// Names the thread that takes the records out, to be woken; called once, before the first record.
    pub(crate) fn set_worker(&self, worker: Thread) {
        self.worker.get_or_init(|| worker);
    }

    /// A chunk for a thread that keeps it for life.
    pub(crate) fn new_chunk(&self) -> Arc<Chunk> {
        let chunk = Arc::new(Chunk::default());
        let mut chunks = enter(&self.chunks);
        if chunks.len() == chunks.capacity() {
            let before = chunks.len();
            chunks.retain(|chunk| {
                let listed = !chunk.is_retired() || !chunk.is_empty();
                if !listed {
                    self.accepted_before
                        .fetch_add(chunk.accepted(), Ordering::Relaxed);
                }
                listed
            });
            // Without this, one live thread in a full list would make each new thread look at all.
            if chunks.len() > before / 2 {
                chunks.reserve(before.max(16));
            }
        }
        chunks.push(Arc::clone(&chunk));
        chunk
    }

    /// Records that were ever accepted.
    pub(crate) fn accepted(&self) -> u64 {
        let chunks = enter(&self.chunks);
        let listed: u64 = chunks.iter().map(|chunk| chunk.accepted()).sum();
        listed + self.accepted_before.load(Ordering::Relaxed)
    }

    /// Bytes charged now, and the most that ever were.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        self.budget.bytes()
    }

    /// Puts one frame into the calling thread's `chunk`; its time is stamped when it goes in.
    ///
    /// When the queue is full, `overflow` decides whether to wait. On return the frame is on its way, or the
    /// reason says why not.
    #[inline]
    pub(crate) fn put(
        &self,
        chunk: &Arc<Chunk>,
        frame: &mut [u8],
        level: Level,
        overflow: Overflow,
    ) -> Result<(), DropReason> {
        match chunk.put(frame) {
            Put::Done => Ok(()),
            Put::NeedsBuffer { preferred } => self.put_slow(chunk, frame, level, overflow, preferred),
        }
    }

    #[cold]
    fn put_slow(
        &self,
        chunk: &Arc<Chunk>,
        frame: &mut [u8],
        level: Level,
        overflow: Overflow,
        preferred: usize,
    ) -> Result<(), DropReason> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(DropReason::AfterShutdown);
        }
        let request = budget::Request {
            frame: frame.len(),
            preferred,
            urgent: level <= Level::Warn,
        };
        let (buffer, is_filling) = self.budget.acquire(&request, overflow, || self.wake())?;
        if is_filling {
            self.wake();
        }
        if chunk.put_in(buffer, frame) {
            self.send(chunk)?;
        }
        Ok(())
    }

    /// Sends a chunk that has its first frame, and looks whether the worker sleeps or has gone.
    fn send(&self, chunk: &Arc<Chunk>) -> Result<(), DropReason> {
        let sent = self.sender.send(Arc::clone(chunk)).is_ok();
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.wake();
        }
        if sent && !self.closed.load(Ordering::SeqCst) {
            return Ok(());
        }
        // The worker may have looked for the last time before the send. What it did not take is taken back.
        match chunk.take_back() {
            None => Ok(()),
            Some(buffers) => {
                self.budget.release(Some(buffers));
                Err(DropReason::AfterShutdown)
            }
        }
    }

    /// Wakes the worker from a nap.
    pub(crate) fn wake(&self) {
        if let Some(worker) = self.worker.get() {
            worker.unpark();
        }
    }

    /// Wakes the worker also from its sleep.
    pub(crate) fn wake_up(&self) {
        self.asleep.store(false, Ordering::SeqCst);
        self.wake();
    }

    /// The worker's side: from here on records are refused, and waiting producers give up.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.budget.close();
    }

    /// After a close: takes out of the chunks what the worker has not taken, and gives how many records that were.
    ///
    /// For a worker that does not come back. One that does finds the chunks empty, and a record that is put
    /// meanwhile is in here, or refused.
    pub(crate) fn take_rest(&self) -> u64 {
        let chunks = enter(&self.chunks).clone();
        let mut records = 0;
        for chunk in chunks {
            let buffers = chunk.seal();
            records += buffers.as_deref().map_or(0, Buffer::records);
            self.budget.release(buffers);
        }
        records
    }

    /// The worker's side: says that it is about to sleep without a limit. It must look at the channel once more
    /// before it does.
    pub(crate) fn announce_sleep(&self) {
        self.asleep.store(true, Ordering::SeqCst);
    }

    /// The worker's side: it is awake, and needs no waking.
    pub(crate) fn announce_waking(&self) {
        self.asleep.store(false, Ordering::SeqCst);
    }

    /// The worker's side: gives buffers back whose frames are all settled.
    pub(crate) fn release(&self, buffers: Option<Box<Buffer>>) {
        self.budget.release(buffers);
    }

    /// Whether records come so fast that the worker is to look again soon, by itself: who wakes it gives it the core
    /// on which it runs, and waits there until the worker has done its work.
    pub(crate) fn is_busy(&self) -> bool {
        self.budget.is_busy()
    }

    pub(crate) fn has_waiting_producers(&self) -> bool {
        self.budget.has_waiting()
    }
}

impl Receiver {
    /// Takes every chunk out that is there.
    pub(crate) fn receive(&self, into: &mut Vec<Arc<Chunk>>) {
        // Not `drain()`: it takes the channel's own queue away, and a caller would allocate it anew.
        while let Ok(chunk) = self.0.try_recv() {
            into.push(chunk);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests;
