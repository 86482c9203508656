//! Carries records from the calling threads to the worker: chunks of frames on a flume channel, within a budget of
//! bytes.
//!
//! `logger` puts frames in; `worker` takes chunks out and seals them. Each thread owns one chunk for its whole life.
//! The first frame in an empty chunk sends the chunk; further frames are added without touching the channel until the
//! worker takes the chunk's buffers out. So every frame that was put is in a chunk that was sent.

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

/// The producers' side, shared by all threads that log.
#[derive(Debug)]
pub(crate) struct Queue {
    sender: channel::Sender<Arc<Chunk>>,
    budget: Budget,
    /// Set once by the worker, before it receives for the last time. SeqCst: a producer that sends after that last
    /// receive sees it.
    closed: AtomicBool,
    /// Set by the worker before it sleeps without a time limit; the producer that swaps it back to false wakes the
    /// worker.
    asleep: AtomicBool,
    worker: OnceLock<Thread>,
    /// The chunks of all threads, so that a snapshot can count accepted records. The chunk of a thread that has ended
    /// stays listed until it is empty.
    chunks: Mutex<Vec<Arc<Chunk>>>,
    /// Records accepted by chunks that are no longer listed.
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
    /// Sets the thread to wake, which takes the records out. Called once, before the first record.
    pub(crate) fn set_worker(&self, worker: Thread) {
        self.worker.get_or_init(|| worker);
    }

    /// Creates a chunk for a thread, which keeps it for its whole life.
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
            // Otherwise one live thread in a full list would make each new thread scan the whole list.
            if chunks.len() > before / 2 {
                chunks.reserve(before.max(16));
            }
        }
        chunks.push(Arc::clone(&chunk));
        chunk
    }

    /// Number of records accepted so far.
    pub(crate) fn accepted(&self) -> u64 {
        let chunks = enter(&self.chunks);
        let listed: u64 = chunks.iter().map(|chunk| chunk.accepted()).sum();
        listed + self.accepted_before.load(Ordering::Relaxed)
    }

    /// As `accepted`, or `None` if a thread is changing the list of chunks. It never waits for that thread.
    pub(crate) fn accepted_at_once(&self) -> Option<u64> {
        let chunks = self.chunks.try_lock().ok()?;
        let listed: u64 = chunks.iter().map(|chunk| chunk.accepted()).sum();
        Some(listed + self.accepted_before.load(Ordering::Relaxed))
    }

    /// Bytes charged now, and their peak.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        self.budget.bytes()
    }

    /// Puts one frame into the calling thread's `chunk` and stamps it with the current time.
    ///
    /// If the queue is full, `overflow` decides whether to wait. After `Ok` the frame will reach the worker; otherwise
    /// the reason for the drop is returned.
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

    /// Sends a chunk that just got its first frame, then checks whether the worker sleeps or has gone.
    fn send(&self, chunk: &Arc<Chunk>) -> Result<(), DropReason> {
        let sent = self.sender.send(Arc::clone(chunk)).is_ok();
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.wake();
        }
        if sent && !self.closed.load(Ordering::SeqCst) {
            return Ok(());
        }
        // The worker may have received for the last time before the send. Take back what it did not take.
        match chunk.take_back() {
            None => Ok(()),
            Some(buffers) => {
                self.budget.release(Some(buffers));
                Err(DropReason::AfterShutdown)
            }
        }
    }

    /// Wakes the worker from a nap, which is a sleep with a time limit.
    pub(crate) fn wake(&self) {
        if let Some(worker) = self.worker.get() {
            worker.unpark();
        }
    }

    /// Wakes the worker from a nap or from a sleep without a limit.
    pub(crate) fn wake_up(&self) {
        self.asleep.store(false, Ordering::SeqCst);
        self.wake();
    }

    /// Worker's side: refuses records from now on and ends the waits of producers.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.budget.close();
    }

    /// After `close`: removes the frames that the worker has not taken, and returns their number.
    ///
    /// Called in place of a worker that does not come back. If it does come back, it finds the chunks empty; a record
    /// put at the same time is either counted here or refused.
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

    /// Worker's side: announces a sleep without a limit. The worker must check the channel once more before it
    /// sleeps.
    pub(crate) fn announce_sleep(&self) {
        self.asleep.store(true, Ordering::SeqCst);
    }

    /// Worker's side: announces that it is awake and need not be woken.
    pub(crate) fn announce_waking(&self) {
        self.asleep.store(false, Ordering::SeqCst);
    }

    /// Worker's side: returns buffers whose frames are all settled.
    pub(crate) fn release(&self, buffers: Option<Box<Buffer>>) {
        self.budget.release(buffers);
    }

    /// Returns true at high record rates. The worker then polls on a short timer, because a producer that wakes it
    /// would often be preempted by it for a whole batch.
    pub(crate) fn is_busy(&self) -> bool {
        self.budget.is_busy()
    }

    pub(crate) fn has_waiting_producers(&self) -> bool {
        self.budget.has_waiting()
    }
}

impl Receiver {
    /// Receives all chunks that were sent.
    pub(crate) fn receive(&self, into: &mut Vec<Arc<Chunk>>) {
        // Not `drain()`: it takes the channel's internal queue, which the next sender would have to allocate again.
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
