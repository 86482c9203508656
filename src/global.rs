//! The installed logger: `init`, and the functions at the root of the crate that ask it.
//!
//! `log` takes a logger once and for ever; what is installed there only looks up the logger of the day, so that
//! `init` after `shutdown` works.

mod panics;

use crate::config::{Config, Retention};
use crate::error::{Error, ErrorKind};
use crate::health::{FailedRecord, Health};
use crate::logger::{AsyncLogger, Core, local};
use crate::process::{self, ArcCell, PerProcess};
use crate::sink::retention::{Purge, PurgeReport};
use crate::sync::{Arc, Mutex, enter, statics};
use crate::ticket::{Flush, Request, Shutdown};
use log::{Log, Metadata, Record};
use once_cell::sync::OnceCell;
use std::io;

statics! {
    /// The logger of the day, also after its shutdown; a thread asks for it once an epoch.
    static CURRENT: ArcCell<Core> = ArcCell::empty();
    /// Held by `init` from its look at `CURRENT` until that is set, so that of racing ones all but one lose.
    static INIT: PerProcess<Mutex<()>> = PerProcess::new();
}
/// Set when `log` has taken our logger.
static INSTALLED: OnceCell<()> = OnceCell::new();

/// What `log` holds.
struct Installed;

/// Starts the logger that `config` describes and installs it for the whole process.
///
/// Call it once, early in `main`; what is logged before is discarded by `log` itself. Libraries only depend on
/// `log`. After [`shutdown`] it may be called again.
///
/// # Errors
///
/// * [`ErrorKind::AlreadyInitialized`]: a logger is installed, ours or another.
/// * [`ErrorKind::Config`]: settings are wrong; the text names every one.
/// * [`ErrorKind::Io`]: the file cannot be opened, or a thread cannot be started.
///
/// Nothing is installed then, nothing is left behind (but for an empty log file, where another logger was installed
/// already), and a later call can succeed, or that of another logger.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// asynclogger::init(asynclogger::Config::new("app"))?;
/// log::info!("ready");
/// asynclogger::shutdown().wait()
/// # }
/// ```
#[doc(alias = "try_init")]
pub fn init(config: Config) -> Result<(), Error> {
    install(|| AsyncLogger::start_installed(&config, None))
}

/// As [`init`], with an output of your own besides: `output` gets the lines too, on a thread of its own.
///
/// # Errors
///
/// As [`init`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// let capture = asynclogger::Capture::new();
/// asynclogger::init_with(asynclogger::Config::new("app").console(None), capture.clone())?;
/// log::info!("ready");
/// asynclogger::flush().wait()?;
/// assert_eq!(capture.lines().len(), 1);
/// # Ok(())
/// # }
/// ```
pub fn init_with(config: Config, output: impl io::Write + Send + 'static) -> Result<(), Error> {
    install(|| AsyncLogger::start_installed(&config, Some(Box::new(output))))
}

fn install(start: impl FnOnce() -> Result<Arc<Core>, Error>) -> Result<(), Error> {
    let _one_at_a_time = enter(INIT.get());
    if current().is_some_and(|core| core.is_running()) {
        return Err(Error::new(
            ErrorKind::AlreadyInitialized,
            "init: asynclogger is installed already in this process; call init once, or shutdown() before the next",
        ));
    }
    let core = start()?;
    // Last, since `log` never gives its place back: after a start that failed a program may install another logger.
    let installed = INSTALLED.get_or_try_init(|| {
        log::set_logger(&Installed).map_err(|error| {
            Error::new(
                ErrorKind::AlreadyInitialized,
                "init: another logger is installed already in this process; remove its init, for example \
                 env_logger::init(), or tracing-subscriber's, which installs one by its feature `tracing-log`",
            )
            .with_source(error)
        })
    });
    if let Err(error) = installed {
        drop(AsyncLogger::from_core(core));
        return Err(error);
    }
    let logs_panics = core.logs_panics();
    let before = CURRENT.replace(core);
    process::new_epoch();
    if logs_panics {
        panics::hook();
    }
    drop(before.map(AsyncLogger::from_core));
    Ok(())
}

/// The installed logger; in a forked child the one that took its place there, once it has.
fn current() -> Option<Arc<Core>> {
    CURRENT.get().map(Core::or_heir)
}

fn not_running(what: &str) -> Error {
    Error::new(
        ErrorKind::NotRunning,
        format!("{what}: no logger is running; call asynclogger::init first"),
    )
}

fn ask(what: &str, request: Request) -> Flush {
    match current() {
        Some(core) => core.ask(request),
        None => Flush::answered(Err(not_running(what))),
    }
}

/// Asks that everything accepted so far is handed to the operating system by every output; see [`Flush`].
///
/// It is sent at once, also when the queue is full. Before [`init`] it answers [`ErrorKind::NotRunning`], after [`shutdown`] shutdown's answer.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// # asynclogger::init(asynclogger::Config::new("app"))?;
/// log::warn!("low on memory");
/// asynclogger::flush().wait()
/// # }
/// ```
pub fn flush() -> Flush {
    ask("flush", Request::Flush)
}

/// As [`flush`], and that the file is on the disk (`fdatasync`); see [`AsyncLogger::sync`].
///
/// # Errors
///
/// As listed at [`Flush`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// # asynclogger::init(asynclogger::Config::new("app"))?;
/// log::warn!(order = 7; "paid");
/// asynclogger::sync().wait() // from here on a power cut does not take it
/// # }
/// ```
pub fn sync() -> Flush {
    ask("sync", Request::Sync)
}

/// Asks that the file is opened anew by its path, then flushes. Never needed for logrotate.
///
/// # Errors
///
/// As listed at [`Flush`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// # asynclogger::init(asynclogger::Config::new("app"))?;
/// log::info!("the file was moved by hand");
/// asynclogger::reopen().wait()
/// # }
/// ```
pub fn reopen() -> Flush {
    ask("reopen", Request::Reopen)
}

/// Drains, closes and ends the installed logger, within `shutdown_timeout`; see [`Shutdown`].
///
/// Idempotent: every call gets the same answer. Records that come later are dropped and counted.
///
/// # Errors
///
/// As listed at [`Shutdown`]; [`ErrorKind::NotRunning`] before [`init`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// # asynclogger::init(asynclogger::Config::new("app"))?;
/// log::info!("the last line");
/// if let Err(error) = asynclogger::shutdown().wait() {
///     eprintln!("{error}; {} records are missing", error.unwritten());
/// }
/// asynclogger::init(asynclogger::Config::new("app"))?; // it may start again
/// # Ok(())
/// # }
/// ```
pub fn shutdown() -> Shutdown {
    match current() {
        Some(core) => core.shutdown(),
        None => Shutdown::answered(Err(not_running("shutdown"))),
    }
}

/// A snapshot of the installed logger; cheap, and it never waits for I/O.
///
/// Before [`init`] all figures are 0 and the state is [`NotStarted`](crate::State::NotStarted); after [`shutdown`] the
/// last figures stay.
///
/// # Examples
///
/// ```
/// println!("{}", asynclogger::health());
/// ```
pub fn health() -> Health {
    current().map_or_else(Health::not_started, |core| core.health())
}

/// The last 100 records that were accepted and could not be written, oldest first; none before [`init`].
///
/// A record that was dropped is not among them: it never got that far. They stay after [`shutdown`].
///
/// # Examples
///
/// ```
/// for record in asynclogger::failed_records() {
///     println!("{} {}: {}", record.level, record.message, record.error);
/// }
/// ```
pub fn failed_records() -> Vec<FailedRecord> {
    current().map_or_else(Vec::new, |core| core.failed_records())
}

/// Deletes the backups of the installed logger's file that `retention` does not keep; see [`AsyncLogger::purge`].
///
/// It runs on the calling thread, and works after [`shutdown`] too.
///
/// # Errors
///
/// As [`AsyncLogger::purge`], and [`ErrorKind::NotRunning`] before [`init`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = tempfile::tempdir()?;
/// use asynclogger::{Config, Retention};
///
/// asynclogger::init(Config::new("app").console(None).log_dir(dir.path()))?;
/// let report = asynclogger::purge(&Retention::new().max_files(100))?;
/// assert_eq!((report.total_files, report.deleted_files), (0, 0));
/// # Ok(())
/// # }
/// ```
pub fn purge(retention: &Retention) -> Result<PurgeReport, Error> {
    purge_how("purge", retention, Purge::Delete)
}

/// As [`purge`], and deletes nothing: the report tells what would be deleted.
///
/// # Errors
///
/// As [`purge`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = tempfile::tempdir()?;
/// use asynclogger::{Config, Retention};
///
/// asynclogger::init(Config::new("app").console(None).log_dir(dir.path()))?;
/// let report = asynclogger::purge_dry_run(&Retention::new().max_files(100))?;
/// assert_eq!((report.total_files, report.deleted_files), (0, 0));
/// # Ok(())
/// # }
/// ```
pub fn purge_dry_run(retention: &Retention) -> Result<PurgeReport, Error> {
    purge_how("purge_dry_run", retention, Purge::DryRun)
}

fn purge_how(what: &str, retention: &Retention, how: Purge) -> Result<PurgeReport, Error> {
    match current() {
        Some(core) => core.purge(retention, how),
        None => Err(not_running(what)),
    }
}

/// Replaces the filter of the installed logger and gives the one before, as directives of `RUST_LOG`.
///
/// # Errors
///
/// [`ErrorKind::Config`] names the directive that is wrong, and [`ErrorKind::NotRunning`] is the answer before
/// [`init`]; the filter stays as it was.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// # asynclogger::init(asynclogger::Config::new("app"))?;
/// let before = asynclogger::set_filter("info,hyper=warn")?;
/// asynclogger::set_filter(&before)?;
/// # Ok(())
/// # }
/// ```
pub fn set_filter(directives: &str) -> Result<String, Error> {
    match current() {
        Some(core) => core.set_filter(directives),
        None => Err(not_running("set_filter")),
    }
}

impl Log for Installed {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        local::with_installed(current, |core| core.enabled(metadata)).unwrap_or(false)
    }

    #[inline]
    fn log(&self, record: &Record<'_>) {
        local::with_installed(current, |core| core.log(record));
    }

    /// Waits until everything accepted so far is handed to the operating system, at most `shutdown_timeout`.
    fn flush(&self) {
        if let Some(core) = current() {
            core.flush_within_limit();
        }
    }
}

#[cfg(all(test, loom))]
mod models;
