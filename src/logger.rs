//! `AsyncLogger`: a running logger that is not installed. It implements `log::Log`.
//!
//! The installed logger of `global` is one of these too. A record goes through `admit` into the queue. Every other
//! call goes through `requests`, which uses the ticket cell or reads counters.

pub(crate) mod admit;
mod ask;
mod child;
pub(crate) mod core;
mod exit;
pub(crate) mod local;
mod notice;
mod printer;
mod purge;
mod requests;
mod seams;
mod snapshot;
mod start;
mod watchdog;

pub use seams::{Cleaner, Seams};

use self::core::Core;
use crate::config::Config;
use crate::error::Error;
use crate::settings::Environment;
use crate::sync::Arc;
use log::{Log, Metadata, Record};
use std::fmt;
use std::io;

/// A running logger that is not installed: pass it to code that takes a `log::Log`, or name it in the macros.
///
/// Dropping it shuts it down and waits for that, at most `shutdown_timeout`. To share it, put it into an `Arc`. Any
/// number of loggers can run at the same time, together with the installed one; shutting one down does not affect the
/// others.
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

impl AsyncLogger {
    /// Starts a logger with the outputs that `config` names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) names every setting that is wrong.
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) names the file that cannot be opened or the thread that cannot be
    /// started. Nothing is left behind in either case.
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

    /// Starts a logger that also writes its lines to `output`, on a separate thread.
    ///
    /// The lines have the file's format. A full or slow `output` delays no other output; only flush and shutdown wait
    /// for it. Once its reader is gone (a broken pipe), nothing more is written to it.
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

    /// Starts a logger with replaced parts, for tests of this crate. Not part of the public API.
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

    /// Starts the logger that is to be installed, which reads `RUST_LOG`. To end it, pass it to
    /// [`from_core`](Self::from_core) and drop the result.
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
        admit::enabled(&self.core, metadata)
    }

    fn log(&self, record: &Record<'_>) {
        admit::log(&self.core, record);
    }

    /// Waits until everything accepted so far was handed to the operating system, at most `shutdown_timeout`.
    fn flush(&self) {
        self.core.flush_within_limit();
    }
}

impl Drop for AsyncLogger {
    fn drop(&mut self) {
        if let Some(core) = self.core.in_this_process() {
            // A drop cannot return an error: `health` counts what was not written.
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

#[cfg(all(test, loom))]
pub(crate) mod models;

#[cfg(all(test, not(loom)))]
mod tests;
