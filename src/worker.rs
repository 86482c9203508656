//! The thread that takes records out of the queue and has them written: the only file that knows the order of
//! the stages.
//!
//! One iteration of the loop: take the tickets; take a batch, mask and render each of its records, and write it; answer
//! tickets; nap. The worker's data outlives an iteration that panics, so a stage that panics loses at most the current
//! record. The worker never logs through `log`, and waits only while it is parked or writes to a file.

mod answers;
mod backlog;
mod batch;
mod closing;
mod deliver;
mod nap;
mod notice;
mod output;
mod recover;
mod watch;

pub use notice::redirect_notices;
pub(crate) use notice::{clean, print_notice};
pub(crate) use output::{Output, Target};

use crate::clock::{Anchor, Tick, WallClock};
use crate::health::{Counters, DropReason, Levels, OutputCounters};
use crate::mask::Masker;
use crate::process;
use crate::queue::{Chunk, Queue, Receiver};
use crate::record::{Draft, View};
use crate::sync::{Arc, AtomicU64, plain};
use crate::ticket::{Cell, Loss, Request, Ticket};
use answers::PendingTicket;
use backlog::Backlog;
use batch::Batch;
use closing::Closing;
use notice::{Notices, Summary};
use std::time::Duration;
use watch::NameWatch;

/// Where a test may stop or break the worker; see `AsyncLogger::start_with_seams`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Before chunks are taken out of the queue.
    Receive,
    /// Before a record is masked.
    Mask,
    /// Before a record is rendered.
    Format,
    /// Before a batch is written.
    Write,
    /// Before tickets are answered.
    Answer,
    /// Before a record that failed is masked once more, to be shown in health.
    Fail,
}

/// Called between the stages, on the worker's thread.
pub(crate) type Hook = Arc<dyn Fn(Stage) + Send + Sync>;

/// What the callers' side and the worker share.
pub(crate) struct Shared {
    pub(crate) id: u64,
    pub(crate) queue: Queue,
    pub(crate) cell: Arc<Cell>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) outputs: Vec<Arc<OutputCounters>>,
    /// When the worker gives up what it could not write; `u64::MAX` until a shutdown is asked for.
    pub(crate) deadline: AtomicU64,
    /// Set by `set_filter`: the levels are no longer those of the start.
    pub(crate) has_new_filter: plain::AtomicBool,
}

impl Shared {
    /// Losses since the start.
    pub(crate) fn loss(&self) -> Loss {
        Loss {
            dropped: self.counters.dropped_levels().total(),
            failed: self.counters.failed_count(),
            left_out: self.counters.left_out_count(),
        }
    }

    /// Records that were accepted and have not ended.
    pub(crate) fn pending(&self) -> u64 {
        // Read before `accepted`: every settled record was accepted before, so the difference is not negative.
        let settled = self.counters.settled_count();
        self.queue.accepted().saturating_sub(settled)
    }
}

/// Everything a worker starts with.
pub(crate) struct WorkerParts {
    pub(crate) shared: Arc<Shared>,
    pub(crate) receiver: Receiver,
    pub(crate) outputs: Vec<Output>,
    pub(crate) masker: Masker,
    pub(crate) clock: WallClock,
    pub(crate) hook: Option<Hook>,
    pub(crate) name: String,
    /// The crate that logs at debug because the logger has its name, if it is to be reported when it never logs.
    pub(crate) watched_crate: Option<String>,
    /// Where notices go: standard error, if it is open.
    pub(crate) notices: Option<process::Stream>,
    pub(crate) flush_interval: Duration,
    /// At the shutdown an output that takes nothing for this long is given up.
    pub(crate) stuck_limit: Duration,
    pub(crate) batch_bytes: usize,
    pub(crate) max_record_bytes: usize,
}

pub(crate) struct Worker {
    shared: Arc<Shared>,
    receiver: Receiver,
    received: Vec<Arc<Chunk>>,
    backlog: Backlog,
    batch: Batch,
    masker: Masker,
    masked: Draft,
    pending: Vec<PendingTicket>,
    new_tickets: Vec<Ticket>,
    notices: Notices,
    name_watch: Option<NameWatch>,
    summary: Summary,
    anchor: Anchor,
    clock: WallClock,
    hook: Option<Hook>,
    flush_interval: Duration,
    /// Every record accepted up to this time is written by its primary output.
    written_through: Tick,
    last_record: Tick,
    /// The record rate was high at the last pass.
    is_busy: bool,
    closing: Closing,
    stage: Stage,
    panics: u32,
}

/// Whether the loop goes on.
#[derive(Debug, PartialEq, Eq)]
enum Flow {
    GoOn,
    Stop,
}

/// The result of a pass.
#[derive(Debug, PartialEq, Eq)]
enum Pass {
    /// It wrote at least one full batch: there may be more records, so the worker must not nap.
    Full,
    Done,
}

impl Worker {
    pub(crate) fn new(parts: WorkerParts) -> Worker {
        let WorkerParts {
            shared,
            receiver,
            outputs,
            masker,
            clock,
            hook,
            name,
            watched_crate,
            notices,
            flush_interval,
            stuck_limit,
            batch_bytes,
            max_record_bytes,
        } = parts;
        Worker {
            shared,
            receiver,
            received: Vec::new(),
            backlog: Backlog::default(),
            batch: Batch::new(outputs, batch_bytes, max_record_bytes),
            masker,
            masked: Draft::new(),
            pending: Vec::new(),
            new_tickets: Vec::new(),
            notices: Notices::new(name, notices),
            name_watch: watched_crate.map(NameWatch::new),
            summary: Summary::default(),
            anchor: Anchor::read(&clock),
            clock,
            hook,
            flush_interval,
            written_through: Tick(0),
            last_record: Tick::now(),
            is_busy: false,
            closing: Closing::new(stuck_limit),
            stage: Stage::Receive,
            panics: 0,
        }
    }

    /// Runs until a shutdown is answered; the body of the logger's thread.
    pub(crate) fn run(mut self) {
        loop {
            match process::caught(|| self.run_once()) {
                Some(Flow::GoOn) => {}
                Some(Flow::Stop) => break,
                None => {
                    self.recover();
                    // `run_once` checks the limit itself, but not if a stage panics in every iteration. Then no chunk
                    // was received either.
                    if self.closing_is_over() {
                        self.receive();
                        break;
                    }
                }
            }
        }
        let _: Option<()> = process::caught(|| self.end_watch());
        self.finish();
    }

    /// One iteration of the loop.
    fn run_once(&mut self) -> Flow {
        self.stage = Stage::Receive;
        self.take_tickets();
        self.give_up_stuck_outputs();
        // What a panic left over goes first, too: a summary must not share a batch with records.
        if !self.batch.is_empty() {
            self.deliver();
        }
        let mut pass = Pass::Done;
        if !self.batch.is_kept() {
            pass = self.pass();
        }
        self.clean_backups();
        self.summarize();
        self.answer();
        self.panics = 0;
        if self.is_finished() {
            return Flow::Stop;
        }
        if pass == Pass::Done {
            self.park();
        }
        Flow::GoOn
    }

    /// Takes the records logged up to now through all stages, in the order of their times.
    fn pass(&mut self) -> Pass {
        self.enter_stage(Stage::Receive);
        self.anchor.refresh(&self.clock);
        self.is_busy = self.shared.queue.is_busy();
        // The cutoff comes before the chunks: whatever happened before a record at or before it is in them.
        let cutoff = if self.is_closing() {
            Tick(u64::MAX)
        } else {
            Tick::now()
        };
        self.receive();
        let mut pass = Pass::Done;
        loop {
            let cut = self.next_cut(cutoff);
            while let Some(frame) = self.backlog.next(cut) {
                self.batch.begin(frame);
                self.process();
                if self.batch.is_full() {
                    self.watch_names();
                    self.deliver();
                    pass = Pass::Full;
                    if self.batch.is_kept() {
                        return Pass::Done;
                    }
                }
            }
            self.deliver_rest();
            if self.batch.is_kept() {
                return pass;
            }
            if cut >= cutoff {
                break;
            }
        }
        self.batch.made = None;
        self.written_through = cutoff;
        self.shared.counters.flushed(Tick::now());
        pass
    }

    /// Writes a batch that is not full.
    fn deliver_rest(&mut self) {
        if !self.batch.is_empty() {
            self.last_record = Tick::now();
            self.watch_names();
            self.deliver();
        }
    }

    /// The time up to which the next records belong into one file: `cutoff`, or the end of the hour or day of the first of
    /// them if that comes earlier.
    fn next_cut(&mut self, cutoff: Tick) -> Tick {
        let Some(first) = self.backlog.next_time().filter(|first| *first <= cutoff) else {
            return cutoff;
        };
        let made = self.anchor.wall(first);
        self.batch.made = Some(made);
        match self.batch.period_end(made.secs) {
            Some(end) => cutoff.min(self.anchor.tick_before(end)).max(first),
            None => cutoff,
        }
    }

    /// Receives all chunks first and seals them afterwards, because callers send more chunks meanwhile.
    fn receive(&mut self) {
        self.receiver.receive(&mut self.received);
        while let Some(chunk) = self.received.pop() {
            if let Some(buffers) = chunk.seal() {
                self.backlog.add(buffers);
            }
        }
    }

    /// Masks and renders the current record.
    fn process(&mut self) {
        let Some(frame) = self.batch.current() else { return };
        let Some(view) = View::read(self.backlog.frame(frame)) else {
            return self.fail_current("the record was damaged in memory");
        };
        self.stage = Stage::Mask;
        if let Some(hook) = &self.hook {
            hook(Stage::Mask);
        }
        let masked = self.masker.mask(view, &mut self.masked);
        self.stage = Stage::Format;
        if let Some(hook) = &self.hook {
            hook(Stage::Format);
        }
        let wall = self.anchor.wall(view.time);
        let main = self.batch.render(&masked.view, wall, masked.places);
        if main.is_none() {
            self.shared
                .counters
                .drop_accepted(DropReason::NoOutput, &Levels::from(view.level));
        }
        self.batch.end();
    }

    fn take_tickets(&mut self) {
        // A shutdown takes effect even if its future was dropped at once, so the deadline is checked, not a ticket.
        if self.deadline() != Tick(u64::MAX) {
            self.begin_closing();
        }
        self.shared.cell.take(&mut self.new_tickets);
        let now = Tick::now();
        while let Some(ticket) = self.new_tickets.pop() {
            self.forget_dropped_tickets();
            // Pushed before the reopen, so that its ticket is answered even if the reopen panics.
            self.pending.push(PendingTicket::new(ticket, now, &self.batch));
            if ticket.request == Request::Reopen {
                let refused = self.reopen(now);
                self.pending
                    .last_mut()
                    .into_iter()
                    .for_each(|ticket| ticket.refused.clone_from(&refused));
            }
        }
    }

    fn enter_stage(&mut self, stage: Stage) {
        self.stage = stage;
        if let Some(hook) = &self.hook {
            hook(stage);
        }
    }
}
