//! Runs an output that may block on its own thread, behind a bounded channel of rendered batches.
//!
//! The worker never blocks on the channel, so it can always answer requests. The output's thread writes each batch,
//! retries it, and counts its records.

use super::backoff::Backoff;
use super::batch::{BatchWriter, LineEnd, RenderedBatch};
use super::outlook::Outlook;
use crate::clock::{Tick, Wall, WallClock};
use crate::health::{Counters, DropReason, OutputCounters};
use crate::process;
use crate::sync::thread::{self, Thread};
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A batch is given up after this many panics of the writer.
const PANICS: u32 = 3;
/// An output has ended after this many errors in a row that look final.
const LOOKED_FINAL: u32 = 3;
/// The channel's bound in batches; the bound in bytes is `ThreadedOutput::limit`.
const BATCHES: usize = 64;

/// Empty buffers of a batch: for its lines, and for the ends of its lines.
type Buffers = (Vec<u8>, Vec<LineEnd>);

/// The worker's side of an output that has its own thread.
#[derive(Debug)]
pub(crate) struct ThreadedOutput {
    sender: flume::Sender<(u64, RenderedBatch)>,
    shared: Arc<Shared>,
    thread: Thread,
    limit: usize,
    sent: u64,
    wants_lines: bool,
    writes_small_parts: bool,
}

#[derive(Debug)]
struct Shared {
    counters: Arc<OutputCounters>,
    ledger: Arc<Counters>,
    /// The number of the last batch that is settled: written, or given up.
    done: AtomicU64,
    /// Bytes in batches that were sent and are not settled.
    backlog: AtomicUsize,
    /// When the output last took a byte, or got a batch while it was idle.
    moved: AtomicU64,
    failed_tries: AtomicU64,
    /// Set at the shutdown limit: no further retry.
    give_up: AtomicBool,
    /// Empty buffers on their way back to the worker.
    empty: Mutex<Vec<Buffers>>,
}

/// What a threaded output needs in addition to its writer.
pub(crate) struct ThreadedParts {
    pub(crate) logger: u64,
    pub(crate) counters: Arc<OutputCounters>,
    pub(crate) ledger: Arc<Counters>,
    pub(crate) clock: WallClock,
    /// Removes secrets and control characters from the text of a writer's error.
    pub(crate) clean: Arc<dyn Fn(&str) -> String + Send + Sync>,
    /// How many bytes may be sent and not settled.
    pub(crate) limit: usize,
    /// Called when a batch is settled or a try has failed.
    pub(crate) wake: Arc<dyn Fn() + Send + Sync>,
}

impl ThreadedOutput {
    /// Starts the thread that owns `writer`.
    pub(crate) fn start(writer: Box<dyn BatchWriter>, parts: ThreadedParts) -> io::Result<ThreadedOutput> {
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
        let (wants_lines, writes_small_parts) = (writer.wants_lines(), writer.writes_small_parts());
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
            wants_lines,
            writes_small_parts,
        })
    }

    /// Whether its batches carry the ends and levels of their lines.
    pub(crate) fn wants_lines(&self) -> bool {
        self.wants_lines
    }

    /// Whether a batch of `bytes` may be sent now; an idle output accepts a batch of any size.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        let backlog = self.shared.backlog.load(SeqCst);
        !self.sender.is_full() && (backlog == 0 || backlog + bytes <= self.limit)
    }

    /// Sends a batch and returns its number. The caller has checked `has_room`.
    pub(crate) fn send(&mut self, batch: RenderedBatch) -> u64 {
        self.sent += 1;
        if self.shared.backlog.fetch_add(batch.bytes.len(), SeqCst) == 0 {
            self.shared.moved.store(Tick::now().0, Relaxed);
        }
        if let Err(flume::TrySendError::Full((_, batch)) | flume::TrySendError::Disconnected((_, batch))) =
            self.sender.try_send((self.sent, batch))
        {
            // Cannot happen while the thread runs, and the thread runs until the sender is dropped.
            self.shared.leave_out(&batch);
            self.shared.settled(self.sent, batch);
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

    /// Whether it has work and has taken nothing for `limit`.
    pub(crate) fn is_stuck(&self, now: Tick, limit: Duration) -> bool {
        self.shared.backlog.load(SeqCst) > 0 && now.since(Tick(self.shared.moved.load(Relaxed))) >= limit
    }

    /// When `is_stuck` becomes true if the output takes nothing until then.
    pub(crate) fn stuck_at(&self, limit: Duration) -> Option<Tick> {
        let busy = self.shared.backlog.load(SeqCst) > 0;
        busy.then(|| Tick(self.shared.moved.load(Relaxed)).after(limit))
    }

    /// Whether a long pause means that it is stuck. A single write of a user's writer may take long; a retry of a write
    /// that failed does not.
    pub(crate) fn pauses_only_when_stuck(&self) -> bool {
        self.writes_small_parts || self.shared.counters.is_failing()
    }

    pub(crate) fn failed_tries(&self) -> u64 {
        self.shared.failed_tries.load(SeqCst)
    }

    /// Empty buffers for the next batch.
    pub(crate) fn buffers(&self) -> Buffers {
        lock(&self.shared.empty).pop().unwrap_or_default()
    }

    /// Ends all retries; records that still wait count as failed.
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
            empty: Mutex::new(Vec::new()),
        }
    }

    /// Counts a batch as dropped, because the output has ended.
    fn leave_out(&self, batch: &RenderedBatch) {
        self.counters.dropped.fetch_add(batch.records, Relaxed);
        self.ledger.drop_accepted(DropReason::NoOutput, &batch.primary);
    }

    fn settled(&self, number: u64, batch: RenderedBatch) {
        let RenderedBatch {
            mut bytes, mut lines, ..
        } = batch;
        let len = bytes.len();
        bytes.clear();
        lines.clear();
        let mut empty = lock(&self.empty);
        // A busy output needs two: one that is being filled, and one that is being written.
        if empty.len() < 2 {
            empty.push((bytes, lines));
        }
        drop(empty);
        self.moved.store(Tick::now().0, Relaxed);
        self.backlog.fetch_sub(len, SeqCst);
        self.done.store(number, SeqCst);
    }
}

struct Writing {
    writer: Box<dyn BatchWriter>,
    shared: Arc<Shared>,
    clock: WallClock,
    clean: Arc<dyn Fn(&str) -> String + Send + Sync>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// What has gone wrong with a batch so far.
#[derive(Debug, Default)]
struct Faults {
    panics: u32,
    /// Errors in a row that looked final.
    looked_final: u32,
}

/// How the writing of a batch ended.
#[derive(Debug, Clone, Copy)]
enum End {
    Written,
    GivenUp,
    /// The output has ended.
    Ended,
}

impl Writing {
    fn settle(&mut self, number: u64, batch: RenderedBatch) {
        let shared = Arc::clone(&self.shared);
        let end = if shared.counters.has_ended() {
            End::Ended
        } else {
            self.write(&batch)
        };
        match end {
            End::Written => {
                shared.counters.written.fetch_add(batch.records, Relaxed);
                shared.ledger.wrote(batch.primary.total());
                if batch.primary.total() > 0 {
                    shared
                        .ledger
                        .bytes_written
                        .fetch_add(batch.bytes.len() as u64, Relaxed);
                }
            }
            End::GivenUp => {
                shared.counters.failed.fetch_add(batch.records, Relaxed);
                shared.ledger.failed_unseen(batch.primary.total());
                shared.ledger.leave_out(batch.records - batch.primary.total());
            }
            End::Ended => shared.leave_out(&batch),
        }
        shared.settled(number, batch);
        (self.wake)();
    }

    /// Writes all of `batch` and flushes; retries with a back-off until it must give up.
    fn write(&mut self, batch: &RenderedBatch) -> End {
        let len = batch.bytes.len();
        let (mut at, mut faults, mut backoff) = (0, Faults::default(), Backoff::for_output());
        loop {
            let all_written = at == len;
            let tried = process::caught(|| {
                if all_written {
                    self.writer.flush().map(|()| 0)
                } else {
                    self.writer.write_some(batch, at)
                }
            });
            let error = match tried {
                Some(Ok(0)) if all_written => {
                    self.shared.counters.set_working();
                    return End::Written;
                }
                Some(Ok(0)) => io::Error::from(ErrorKind::WriteZero),
                Some(Ok(taken)) => {
                    at = len.min(at + taken);
                    self.shared.moved.store(Tick::now().0, Relaxed);
                    faults.looked_final = 0;
                    backoff.clear();
                    continue;
                }
                Some(Err(error)) if error.kind() == ErrorKind::Interrupted => continue,
                Some(Err(error)) => error,
                None => {
                    faults.panics += 1;
                    io::Error::other("the writer panicked")
                }
            };
            if let Some(end) = self.end_after(&error, &mut faults) {
                return end;
            }
            thread::park_timeout(backoff.wait(Tick::now()));
        }
    }

    /// Reports an error, and returns the end of the batch if it is not to be tried again.
    fn end_after(&mut self, error: &io::Error, faults: &mut Faults) -> Option<End> {
        let text = (self.clean)(&format!(
            "cannot write to the {}: {error}",
            self.shared.counters.name()
        ));
        let outlook = self.writer.outlook(error);
        faults.looked_final = match outlook {
            Outlook::LooksFinal => faults.looked_final + 1,
            Outlook::MayPass | Outlook::Final => 0,
        };
        if outlook == Outlook::Final || faults.looked_final >= LOOKED_FINAL {
            self.report(&text);
            self.shared.counters.set_ended(&text);
            return Some(End::Ended);
        }
        // A full non-blocking pipe is slow, which is not an error.
        if error.kind() != ErrorKind::WouldBlock {
            if !self.shared.counters.is_failing() {
                self.report(&text);
            }
            self.shared.counters.set_failing(&text);
            self.shared.failed_tries.fetch_add(1, SeqCst);
            (self.wake)();
        }
        let gives_up = faults.panics >= PANICS || self.shared.give_up.load(SeqCst);
        gives_up.then_some(End::GivenUp)
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

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    crate::sync::plain::enter(mutex)
}
