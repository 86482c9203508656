//! `Core`: the data of one running logger on the callers' side, and the queries that the other files of this folder
//! share.
//!
//! It imports none of those files but `printer`. `start` makes it, `admit` puts records into its queue, `requests` serves flush, shutdown
//! and the rest, and `child` starts the logger of a forked child.
//!
//! Invariant: a forked child never enters, changes or frees a mutex, channel, chunk or buffer of its parent. What the
//! child reads of the parent's logger never changes after the start (settings), is an atomic, or is an `ArcCell`.

use super::printer::Printer;
use crate::clock::{Tick, WallClock};
use crate::config::{Locking, Overflow};
use crate::error::Error;
use crate::filter::Filter;
use crate::health::Counters;
use crate::level::Claim;
use crate::mask::Masker;
use crate::process::{self, ArcCell, PerProcess, WeakStream};
use crate::record::CaptureLimits;
use crate::settings::Settings;
use crate::sink::retention::SteadyClock;
use crate::sink::rooted::Root;
use crate::sync::{Arc, AtomicBool, Mutex, Ordering};
use crate::worker::Shared;
use log::{LevelFilter, Metadata};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

/// The callers' side of a running logger. The worker's side is `worker::Worker`; `shared` belongs to both.
pub(crate) struct Core {
    pub(super) id: u64,
    /// The fork generation in which it was started.
    pub(super) generation: u64,
    pub(super) name: String,
    pub(super) shared: Arc<Shared>,
    pub(super) limits: CaptureLimits,
    pub(super) overflow: Overflow,
    /// Shared with the loggers that replace this one in forked children.
    pub(super) filter: Arc<ArcCell<Filter>>,
    /// Held while the filter and then the claim change, so that both always come from the same call.
    pub(super) filter_change: PerProcess<Mutex<()>>,
    /// The settings at the start, for a forked child.
    pub(super) settings: Arc<Settings>,
    pub(super) clock: WallClock,
    pub(super) streams: Streams,
    pub(super) fork_state: PerProcess<ForkState>,
    /// The most detailed level that any output takes.
    pub(super) widest: LevelFilter,
    /// Prints the lines of `Console::Test`.
    pub(super) printer: Option<Box<Printer>>,
    /// The log file, for `purge`; `None` if the logger has no file.
    pub(super) file: Option<FilePlace>,
    pub(super) shutdown_timeout: Duration,
    /// Keeps `log`'s maximum level where this logger needs it. It is kept after the shutdown too, so that late
    /// records are counted.
    pub(super) claim: Claim,
    /// Whether the thread that enforces the shutdown limit runs.
    pub(super) watchdog_started: AtomicBool,
}

/// The standard streams that the logger uses outside of its outputs. A forked child opens its own handles from them.
#[derive(Default)]
pub(super) struct Streams {
    pub(super) notices: WeakStream,
}

/// The log file as `purge` needs it.
pub(super) struct FilePlace {
    pub(super) path: PathBuf,
    pub(super) locking: Locking,
    pub(super) mode: u32,
    pub(super) root: Root,
    pub(super) clock: WallClock,
    /// Gives the age of files even after the wall clock jumped.
    pub(super) steady: Mutex<SteadyClock>,
}

/// The logger of a forked child, as its parent's `Core` knows it: one value for each fork generation.
#[derive(Default)]
pub(super) struct ForkState {
    /// The child's own logger, once its first record has started it.
    pub(super) child: OnceLock<Arc<Core>>,
    /// Held while the child's logger is started. The time of the last start that failed.
    pub(super) last_failure: Mutex<Option<Tick>>,
    /// Set by a shutdown that came before the child's logger was started.
    shut_down: AtomicBool,
    /// Counts the records that are refused before the child has a logger. Made with the first of them.
    counters: OnceLock<Arc<Counters>>,
}

impl ForkState {
    /// The counters, made by the first call. That is guarded, because an allocator that logs would need them itself.
    pub(super) fn counters(&self) -> &Arc<Counters> {
        self.counters.get_or_init(|| process::guarded(Arc::default))
    }

    /// From now on no logger is started in this child.
    pub(super) fn shut_down(&self) {
        self.shut_down.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.shut_down.load(Ordering::SeqCst)
    }
}

impl Core {
    /// Makes the callers' side of a logger whose worker runs. From here on the level of the process includes its own.
    pub(super) fn new(
        settings: Settings,
        shared: Arc<Shared>,
        file: Option<FilePlace>,
        streams: Streams,
        clock: WallClock,
        filter: Arc<ArcCell<Filter>>,
    ) -> Core {
        let widest = settings.widest_level();
        let in_force = filter.get().map_or(LevelFilter::Off, |filter| filter.max_level());
        let claim = Claim::new(in_force.min(widest));
        process::new_epoch();
        Core {
            printer: Printer::of(&settings, &clock),
            id: shared.id,
            generation: process::generation(),
            shared,
            widest,
            claim,
            file,
            filter,
            filter_change: PerProcess::new(),
            clock,
            streams,
            fork_state: PerProcess::new(),
            name: settings.name.clone(),
            limits: settings.capture,
            overflow: settings.overflow,
            shutdown_timeout: settings.shutdown_timeout,
            settings: Arc::new(settings),
            watchdog_started: AtomicBool::new(false),
        }
    }
}

/// Which logger serves the calling process.
impl Core {
    /// Whether its worker runs in this process, and not in one from which this process was forked.
    pub(super) fn is_of_this_process(&self) -> bool {
        self.generation == process::generation()
    }

    /// The logger of this process: `self`, or in a forked child the one that was started there. `None` in a child
    /// that has not logged yet.
    pub(crate) fn in_this_process(&self) -> Option<&Core> {
        if self.is_of_this_process() {
            return Some(self);
        }
        self.fork_state.get().child.get().map(|core| &**core)
    }

    /// As `in_this_process`, for an owner; `self` in a child that has not logged yet.
    pub(crate) fn or_child(self: Arc<Self>) -> Arc<Core> {
        if self.is_of_this_process() {
            return self;
        }
        let child = self.fork_state.get().child.get().cloned();
        child.unwrap_or(self)
    }

    /// The counters for records that are refused in this process.
    pub(super) fn counters_in_this_process(&self) -> &Counters {
        if self.is_of_this_process() {
            return &self.shared.counters;
        }
        let state = self.fork_state.get();
        if process::in_logger() {
            // An allocator logs while the child's counters are being made. Its record goes into the child's copy of
            // the parent's counters, which nobody reads.
            return state.counters.get().unwrap_or(&self.shared.counters);
        }
        state.counters()
    }

    /// In a forked child: keeps the parent's memory from being freed when the last owner there drops it.
    pub(super) fn leave_to_parent(self: &Arc<Self>) {
        if !self.is_of_this_process() {
            std::mem::forget(Arc::clone(self));
        }
    }
}

/// The filter and the settings.
impl Core {
    /// The filter in force.
    pub(super) fn filter(&self) -> Arc<Filter> {
        // OK because the cell is filled when the logger starts, and is never emptied.
        self.filter.get().expect("a logger has a filter")
    }

    /// Whether the filter and an output want this level and target. Asks the shared filter, not the thread's copy of
    /// it.
    pub(super) fn wants(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= self.widest && metadata.level() <= self.filter().level_of(metadata.target())
    }

    /// As `wants`, for the outputs other than standard error.
    pub(super) fn wants_without_stderr(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= self.settings.max_level_without_stderr() && self.wants(metadata)
    }

    pub(crate) fn logs_panics(&self) -> bool {
        self.settings.log_panics
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.shared.cell.is_closed()
    }

    /// Hides secrets in `text`.
    pub(super) fn masked_text(&self, text: &str) -> String {
        Masker::new(&self.settings.mask).text(text, false).into_owned()
    }

    /// Hides secrets in the text of `error`. Names in it are escaped already.
    pub(super) fn masked(&self, error: Error) -> Error {
        error.map_text(|text| self.masked_text(text))
    }
}
