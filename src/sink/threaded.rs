//! Runs an output that may block on a thread of its own, behind a bounded channel of rendered batches.
//!
//! The worker only ever tries to send, so that it can always answer. What becomes of a batch is counted here,
//! by the thread that wrote it or could not.

use super::backoff::Backoff;
use crate::clock::{Tick, Wall, WallClock};
use crate::health::{Counters, DropReason, Levels, OutputCounters};
use crate::process;
use crate::sync::thread::{self, Thread};
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A batch in which the writer panics so often is given up.
const PANICS: u32 = 3;
/// The channel's bound in batches; the bound in bytes is `ThreadedOutput::limit`.
const BATCHES: usize = 64;

/// A rendered batch on its way to an output.
#[derive(Debug)]
pub(crate) struct RenderedBatch {
    /// Whole lines.
    pub(crate) bytes: Vec<u8>,
    /// Records in it.
    pub(crate) records: u64,
    /// Those for which this output is the main one, by level.
    pub(crate) main: Levels,
}

/// The worker's side of an output with a thread of its own.
#[derive(Debug)]
pub(crate) struct ThreadedOutput {
    sender: flume::Sender<(u64, RenderedBatch)>,
    shared: Arc<Shared>,
    thread: Thread,
    limit: usize,
    sent: u64,
}

#[derive(Debug)]
struct Shared {
    counters: Arc<OutputCounters>,
    ledger: Arc<Counters>,
    /// The number of the last batch that is settled, written or not.
    done: AtomicU64,
    /// Bytes that were sent and are not settled.
    backlog: AtomicUsize,
    /// When the output last took a byte, or was given the first one.
    moved: AtomicU64,
    failed_tries: AtomicU64,
    /// Set at the shutdown limit: no further try.
    give_up: AtomicBool,
    /// Empty buffers on their way back to the worker.
    spare: Mutex<Vec<Vec<u8>>>,
}

/// What a threaded output needs beside its writer.
pub(crate) struct ThreadedParts {
    pub(crate) logger: u64,
    pub(crate) counters: Arc<OutputCounters>,
    pub(crate) ledger: Arc<Counters>,
    pub(crate) clock: WallClock,
    /// Makes the text of a writer's error fit to be shown.
    pub(crate) clean: Arc<dyn Fn(&str) -> String + Send + Sync>,
    /// Bytes that may wait for it.
    pub(crate) limit: usize,
    /// Called when a batch is settled or a try has failed.
    pub(crate) wake: Arc<dyn Fn() + Send + Sync>,
}

impl ThreadedOutput {
    /// Starts the thread that owns `writer`.
    pub(crate) fn start(writer: Box<dyn Write + Send>, parts: ThreadedParts) -> io::Result<ThreadedOutput> {
        let (sender, receiver) = flume::bounded(BATCHES);
        let ThreadedParts {
            logger,
            counters,
            ledger,
            clock,
            clean,
            limit,
            wake,
        } = parts;
        let name = format!("asynclogger-{}", counters.name());
        let shared = Arc::new(Shared::new(counters, ledger));
        let mut writing = Writing {
            writer,
            shared: Arc::clone(&shared),
            clock,
            clean,
            wake,
        };
        let thread = process::start_own_thread(logger, &name, move || {
            while let Ok((number, batch)) = receiver.recv() {
                writing.settle(number, batch);
            }
            writing.drop_writer();
        })?;
        Ok(ThreadedOutput {
            sender,
            shared,
            thread,
            limit,
            sent: 0,
        })
    }

    /// Whether a batch of `bytes` may be sent now; an idle output takes any.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        let backlog = self.shared.backlog.load(SeqCst);
        !self.sender.is_full() && (backlog == 0 || backlog + bytes <= self.limit)
    }

    /// Sends a batch and gives its number; the caller has seen that there is room.
    pub(crate) fn send(&mut self, batch: RenderedBatch) -> u64 {
        self.sent += 1;
        if self.shared.backlog.fetch_add(batch.bytes.len(), SeqCst) == 0 {
            self.shared.moved.store(Tick::now().0, Relaxed);
        }
        if let Err(flume::TrySendError::Full((_, batch)) | flume::TrySendError::Disconnected((_, batch))) =
            self.sender.try_send((self.sent, batch))
        {
            // Only a thread that is gone refuses here, and it never goes while the sender is there.
            self.shared.leave_out(&batch);
            self.shared.settled(self.sent, batch.bytes);
        }
        self.sent
    }

    /// The number of the last batch that was sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// Whether every batch up to `number` is settled.
    pub(crate) fn is_done(&self, number: u64) -> bool {
        self.shared.done.load(SeqCst) >= number
    }

    /// Whether it has work and has moved nothing for `limit`.
    pub(crate) fn is_stuck(&self, now: Tick, limit: Duration) -> bool {
        self.shared.backlog.load(SeqCst) > 0 && now.since(Tick(self.shared.moved.load(Relaxed))) >= limit
    }

    /// When it will have moved nothing for `limit`, if it has work and nothing changes.
    pub(crate) fn stuck_at(&self, limit: Duration) -> Option<Tick> {
        let busy = self.shared.backlog.load(SeqCst) > 0;
        busy.then(|| Tick(self.shared.moved.load(Relaxed)).after(limit))
    }

    pub(crate) fn failed_tries(&self) -> u64 {
        self.shared.failed_tries.load(SeqCst)
    }

    /// An empty buffer for the next batch.
    pub(crate) fn buffer(&self) -> Vec<u8> {
        lock(&self.shared.spare).pop().unwrap_or_default()
    }

    /// Ends all retries; what is still waiting counts as failed.
    pub(crate) fn give_up(&self) {
        self.shared.give_up.store(true, SeqCst);
        self.thread.unpark();
    }
}

impl Shared {
    fn new(counters: Arc<OutputCounters>, ledger: Arc<Counters>) -> Shared {
        Shared {
            counters,
            ledger,
            done: AtomicU64::new(0),
            backlog: AtomicUsize::new(0),
            moved: AtomicU64::new(0),
            failed_tries: AtomicU64::new(0),
            give_up: AtomicBool::new(false),
            spare: Mutex::new(Vec::new()),
        }
    }

    /// Counts a batch that an output which has ended does not get.
    fn leave_out(&self, batch: &RenderedBatch) {
        self.counters.dropped.fetch_add(batch.records, Relaxed);
        self.ledger.drop_accepted(DropReason::NoOutput, &batch.main);
    }

    fn settled(&self, number: u64, mut bytes: Vec<u8>) {
        let len = bytes.len();
        bytes.clear();
        let mut spare = lock(&self.spare);
        // One in hand and one on its way are all that a busy output needs.
        if spare.len() < 2 {
            spare.push(bytes);
        }
        drop(spare);
        self.moved.store(Tick::now().0, Relaxed);
        self.backlog.fetch_sub(len, SeqCst);
        self.done.store(number, SeqCst);
    }
}

struct Writing {
    writer: Box<dyn Write + Send>,
    shared: Arc<Shared>,
    clock: WallClock,
    clean: Arc<dyn Fn(&str) -> String + Send + Sync>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// How the writing of a batch ended.
enum End {
    Written,
    GivenUp,
    ReaderGone,
}

impl Writing {
    fn settle(&mut self, number: u64, batch: RenderedBatch) {
        let shared = Arc::clone(&self.shared);
        let end = if shared.counters.has_ended() {
            End::ReaderGone
        } else {
            self.write(&batch.bytes)
        };
        match end {
            End::Written => {
                shared.counters.written.fetch_add(batch.records, Relaxed);
                shared.ledger.wrote(batch.main.total());
                if batch.main.total() > 0 {
                    shared
                        .ledger
                        .bytes_written
                        .fetch_add(batch.bytes.len() as u64, Relaxed);
                }
            }
            End::GivenUp => {
                shared.counters.failed.fetch_add(batch.records, Relaxed);
                shared.ledger.failed_unseen(batch.main.total());
                shared.ledger.leave_out(batch.records - batch.main.total());
            }
            End::ReaderGone => shared.leave_out(&batch),
        }
        shared.settled(number, batch.bytes);
        (self.wake)();
    }

    /// Writes all of `bytes` and flushes; retries with back-off until it must give up.
    fn write(&mut self, bytes: &[u8]) -> End {
        let (mut at, mut panics, mut backoff) = (0, 0, Backoff::for_output());
        loop {
            let rest = &bytes[at..];
            let tried = process::caught(|| {
                if rest.is_empty() {
                    self.writer.flush().map(|()| 0)
                } else {
                    self.writer.write(rest)
                }
            });
            let error = match tried {
                Some(Ok(0)) if rest.is_empty() => {
                    self.shared.counters.set_working();
                    return End::Written;
                }
                Some(Ok(0)) => io::Error::from(ErrorKind::WriteZero),
                Some(Ok(taken)) => {
                    at = bytes.len().min(at + taken);
                    self.shared.moved.store(Tick::now().0, Relaxed);
                    backoff.clear();
                    continue;
                }
                Some(Err(error)) if error.kind() == ErrorKind::Interrupted => continue,
                Some(Err(error)) => error,
                None => {
                    panics += 1;
                    io::Error::other("the writer panicked")
                }
            };
            if self.gives_up(&error, panics) {
                return if is_gone(&error) {
                    End::ReaderGone
                } else {
                    End::GivenUp
                };
            }
            thread::park_timeout(backoff.wait(Tick::now()));
        }
    }

    /// Takes note of an error and tells whether the batch is lost.
    fn gives_up(&mut self, error: &io::Error, panics: u32) -> bool {
        let text = (self.clean)(&format!(
            "cannot write to the {}: {error}",
            self.shared.counters.name()
        ));
        if is_gone(error) {
            self.report(&text);
            self.shared.counters.set_ended(&text);
            return true;
        }
        // A pipe that is full and does not block is slow, which is no error.
        if error.kind() != ErrorKind::WouldBlock {
            if !self.shared.counters.is_failing() {
                self.report(&text);
            }
            self.shared.counters.set_failing(&text);
            self.shared.failed_tries.fetch_add(1, SeqCst);
            (self.wake)();
        }
        panics >= PANICS || self.shared.give_up.load(SeqCst)
    }

    fn report(&self, text: &str) {
        self.shared.ledger.error(text, Wall::from(self.clock.now()));
    }

    /// A user's writer may panic when it is dropped.
    fn drop_writer(self) {
        let writer = self.writer;
        let _: Option<()> = process::caught(move || drop(writer));
    }
}

/// Whether nobody will ever read there again.
fn is_gone(error: &io::Error) -> bool {
    const EBADF: i32 = 9;
    error.kind() == ErrorKind::BrokenPipe || (cfg!(unix) && error.raw_os_error() == Some(EBADF))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    crate::sync::plain::enter(mutex)
}
