//! `AsyncLogger`: a running logger that is not installed; implements `log::Log`, starts and ends the worker.
//!
//! The installed logger of `global` is one of these too. A record goes from here into the queue; everything
//! else that a caller asks goes through the ticket cell or reads counters.

mod ask;
mod child;
mod exit;
pub(crate) mod local;
mod notice;
mod purge;
mod seams;
mod snapshot;
mod start;
mod watchdog;

pub use seams::{Cleaner, Seams};

use crate::clock::WallClock;
use crate::config::{Config, Overflow};
use crate::error::{Error, ErrorKind};
use crate::filter::Filter;
use crate::health::DropReason;
use crate::level::Claim;
use crate::mask::Masker;
use crate::process;
use crate::record::CaptureLimits;
use crate::settings::{Environment, Settings};
use crate::sync::{Arc, AtomicBool, Mutex, enter};
use crate::ticket::{Flush, Request, Shutdown};
use crate::worker::Shared;
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::fmt;
use std::io;
use std::time::Duration;

/// A running logger that is not installed: hand it to code that takes a `log::Log`, or name it in the macros.
///
/// Dropping it shuts it down and waits, at most `shutdown_timeout`. Share it through an `Arc`. Any number may run
/// beside each other and beside the installed one; shutting one down does not silence another.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// use asynclogger::{AsyncLogger, Capture, Config};
///
/// let capture = Capture::new();
/// let audit = AsyncLogger::start_with(Config::new("audit").console(None), capture.clone())?;
/// log::info!(logger: audit, user = 7; "signed in");
/// audit.shutdown().wait()?;
/// assert!(capture.lines()[0].ends_with("signed in [user=7]"));
/// # Ok(())
/// # }
/// ```
pub struct AsyncLogger {
    core: Arc<Core>,
}

/// What the callers' side needs to know of a running logger.
pub(crate) struct Core {
    id: u64,
    /// The generation in which it was started.
    generation: u64,
    name: String,
    shared: Arc<Shared>,
    limits: CaptureLimits,
    overflow: Overflow,
    /// Shared with the loggers that take this one's place in forked children.
    filter: Arc<process::ArcCell<Filter>>,
    /// Held from a change of the filter until the claim follows, so that of two changes the last makes both.
    filter_change: process::PerProcess<Mutex<()>>,
    /// What it was started with, for a forked child.
    settings: Arc<Settings>,
    clock: WallClock,
    streams: child::Streams,
    /// The logger that takes this one's place in a forked child.
    fork_state: process::PerProcess<child::ForkState>,
    /// No output wants more than this.
    widest: LevelFilter,
    /// The log file, for `purge`.
    file: Option<purge::FilePlace>,
    shutdown_timeout: Duration,
    /// Keeps `log`'s macros at the level that this logger needs, also after its shutdown, so that late records
    /// are counted.
    claim: Claim,
    watchdog_started: AtomicBool,
}

impl AsyncLogger {
    /// Starts a logger with the outputs that `config` names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] names every setting that is wrong, and [`ErrorKind::Io`] a file that cannot be
    /// opened or a thread that cannot be started; nothing is left behind.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// use asynclogger::{AsyncLogger, Config};
    ///
    /// let audit = AsyncLogger::start(Config::new("audit").console(None).log_dir(dir.path()))?;
    /// log::info!(logger: audit, user = 7; "signed in");
    /// audit.shutdown().wait()?;
    /// assert!(std::fs::read_to_string(dir.path().join("audit.log"))?.ends_with("signed in [user=7]\n"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(config: Config) -> Result<AsyncLogger, Error> {
        AsyncLogger::start_with_parts(&config, None, Seams::default())
    }

    /// Starts a logger that writes its lines to `output` too, on a thread of its own.
    ///
    /// The lines have the file's format. An output that is full or slow holds up nothing but what waits for it;
    /// one whose reader is gone (a broken pipe) is left out from then on.
    ///
    /// # Errors
    ///
    /// As [`start`](AsyncLogger::start).
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// // Any `io::Write` that is `Send`: a pipe, a socket, a buffer.
    /// let logger = AsyncLogger::start_with(Config::new("app").console(None).file_format("json"), std::io::sink())?;
    /// log::info!(logger: logger, "ready");
    /// logger.shutdown().wait()
    /// # }
    /// ```
    pub fn start_with(config: Config, output: impl io::Write + Send + 'static) -> Result<AsyncLogger, Error> {
        AsyncLogger::start_with_parts(&config, Some(Box::new(output)), Seams::default())
    }

    /// Starts a logger on replaced parts, for tests of this crate; no part of the public face.
    #[doc(hidden)]
    pub fn start_with_seams(config: Config, seams: Seams) -> Result<AsyncLogger, Error> {
        AsyncLogger::start_with_parts(&config, None, seams)
    }

    fn start_with_parts(
        config: &Config,
        output: Option<Box<dyn io::Write + Send>>,
        seams: Seams,
    ) -> Result<AsyncLogger, Error> {
        start::start(config, output, seams, Environment::Ignored).map(AsyncLogger::from_core)
    }

    /// Starts the logger that is to be installed: `RUST_LOG` is read. It ends when [`from_core`](Self::from_core)
    /// gets it and the result is dropped.
    pub(crate) fn start_installed(
        config: &Config,
        output: Option<Box<dyn io::Write + Send>>,
    ) -> Result<Arc<Core>, Error> {
        start::start(config, output, Seams::default(), Environment::Read)
    }

    pub(crate) fn from_core(core: Arc<Core>) -> AsyncLogger {
        AsyncLogger { core }
    }
}

impl Log for AsyncLogger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.core.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        self.core.log(record);
    }

    /// Waits until everything accepted so far is handed to the operating system, at most `shutdown_timeout`.
    fn flush(&self) {
        self.core.flush_within_limit();
    }
}

impl Drop for AsyncLogger {
    fn drop(&mut self) {
        if let Some(core) = self.core.in_this_process() {
            // What could not be written stands in health and in the failed records; a drop cannot return it.
            drop(core.shutdown().wait_timeout(core.shutdown_timeout));
            core.claim.release();
        }
        self.core.leave_to_parent();
    }
}

impl fmt::Debug for AsyncLogger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncLogger")
            .field("name", &self.core.name)
            .finish_non_exhaustive()
    }
}

impl Core {
    pub(crate) fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        local::enabled(self, metadata)
    }

    #[inline]
    pub(crate) fn log(&self, record: &Record<'_>) {
        local::log(self, record);
    }

    /// Whether its worker runs in this process, or only in one that this was forked from.
    pub(crate) fn is_of_this_process(&self) -> bool {
        self.generation == process::generation()
    }

    pub(crate) fn ask(&self, request: Request) -> Flush {
        let Some(core) = self.in_this_process() else {
            return Flush::answered(Err(child::not_logged_yet("flush")));
        };
        let flush = Flush::send(&core.shared.cell, request, core.id);
        core.shared.queue.wake_up();
        flush
    }

    pub(crate) fn flush_within_limit(&self) {
        // The answer has nowhere to go in `log::Log`; losses stay unreported, so the next `flush()` tells them.
        drop(self.ask(Request::Flush).wait_timeout(self.shutdown_timeout));
    }

    pub(crate) fn shutdown(&self) -> Shutdown {
        match self.in_this_process() {
            Some(core) => core.shut_down(),
            None => {
                self.fork_state.get().shut();
                Shutdown::answered(Err(child::not_logged_yet("shutdown")))
            }
        }
    }

    pub(crate) fn set_filter(&self, directives: &str) -> Result<String, Error> {
        let filter = Filter::parse(directives)
            .map_err(|fault| self.masked(Error::new(ErrorKind::Config, format!("set_filter: {fault}"))))?;
        let max = filter.max_level().min(self.widest);
        let before = process::guarded(|| {
            let _one_at_a_time = enter(self.filter_change.get());
            let before = self.filter.replace(std::sync::Arc::new(filter));
            process::new_epoch();
            // In a child that has not logged yet the parent's claim is raised, which its own logger finds.
            self.in_this_process().unwrap_or(self).claim.set(max);
            before
        });
        notice::report_compiled_out(&self.name, max);
        Ok(before.map_or_else(String::new, |before| before.to_string()))
    }

    /// `error` without what may not be shown; what it names is escaped already.
    fn masked(&self, error: Error) -> Error {
        let mut masker = Masker::new(&self.settings.mask);
        error.map_text(|text| masker.text(text, false).into_owned())
    }

    fn filter(&self) -> std::sync::Arc<Filter> {
        // OK because the slot was filled when the logger was started, and is never emptied.
        self.filter.get().expect("a logger has a filter")
    }

    /// As `enabled`, without what the thread remembers.
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= self.widest && metadata.level() <= self.filter().level_of(metadata.target())
    }

    /// Whether an output that is not standard error wants it.
    fn wants_without_stderr(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= self.settings.widest_level_beside_stderr() && self.wants(metadata)
    }

    #[cold]
    fn refuse(&self, reason: DropReason, level: Level) {
        self.counters_in_this_process().refuse(reason, level);
    }

    /// Where the filter cannot be asked: its lock may be held further up this very stack.
    #[cold]
    fn refuse_if_wanted(&self, reason: DropReason, level: Level) {
        if level <= self.widest {
            self.refuse(reason, level);
        }
    }

    pub(crate) fn logs_panics(&self) -> bool {
        self.settings.log_panics
    }

    /// Takes a record of a panic in, for all outputs but standard error, where the panic is told already.
    pub(crate) fn log_panic(&self, record: &Record<'_>) {
        local::log_panic(self, record);
    }

    /// Puts one frame in without a chunk that the thread keeps.
    fn put_alone(&self, frame: &mut [u8], level: Level, overflow: Overflow) -> Result<(), DropReason> {
        let chunk = self.shared.queue.new_chunk();
        let result = self.shared.queue.put(&chunk, frame, level, overflow);
        chunk.retire();
        result
    }

    /// Whether it takes records in, in this process.
    pub(crate) fn is_running(&self) -> bool {
        self.in_this_process().is_some_and(|core| !core.is_stopped())
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.shared.cell.is_closed()
    }
}

#[cfg(all(test, loom))]
pub(crate) mod models;

#[cfg(all(test, not(loom)))]
mod tests;
