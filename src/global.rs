//! The installed logger: `init`, and the functions at the root of the crate that use it.
//!
//! `log` accepts one logger for the life of the process. The one installed there only forwards to the current logger,
//! so that `init` works again after `shutdown`.

mod capture;
mod panics;

use crate::config::{Config, Retention};
use crate::error::{Error, ErrorKind};
use crate::health::{FailedRecord, Health};
use crate::logger::core::Core;
use crate::logger::{AsyncLogger, admit, local};
use crate::process::{self, ArcCell, PerProcess};
use crate::sink::retention::{Purge, PurgeReport};
use crate::sync::{Arc, Mutex, enter, statics};
use crate::ticket::{Flush, Request, Shutdown};
use log::{Log, Metadata, Record};
use once_cell::sync::OnceCell;
use std::io;

statics! {
    /// The current logger, even after its shutdown. Each thread looks it up once an epoch.
    static CURRENT: ArcCell<Core> = ArcCell::empty();
    /// Held by `init` from reading `CURRENT` until setting it, so that only one of several concurrent calls succeeds.
    static INIT: PerProcess<Mutex<()>> = PerProcess::new();
}
/// Set once `log` has accepted our logger.
static INSTALLED: OnceCell<()> = OnceCell::new();

/// The logger that `log` holds. It forwards to the current one.
struct Installed;

/// Starts the logger that `config` describes and installs it for the whole process.
///
/// Call it once, early in `main`: `log` discards records logged before, and they are not counted. Libraries do not
/// call it; they only depend on `log`. It can be called again after [`shutdown`]. [`start`] is the short form with
/// the default settings.
///
/// # Errors
///
/// * [`ErrorKind::AlreadyInitialized`]: a logger is installed already, from this crate or another.
/// * [`ErrorKind::Config`]: settings are wrong; the text names all of them.
/// * [`ErrorKind::Io`]: the file cannot be opened, or a thread cannot be started.
///
/// After an error nothing is installed and nothing is left behind, except an empty log file if another logger was
/// installed already. A later `init` can succeed, and so can that of another logger.
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

/// As [`init`], with one more output: the lines are also written to `output`, on a separate thread.
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

/// Starts a logger with the default settings and installs it for the whole process. Panics if that fails.
///
/// It is `init(Config::default())` in one line, for programs that are useless without a log. Lines go to standard
/// error, in colour on a terminal; there is no log file. If `RUST_LOG` is set, it is the filter. Otherwise the crate
/// that is named like the executable logs at debug, and all others at info. [`Config`] lists the other defaults.
/// [`init`] takes settings and returns the error.
///
/// # Panics
///
/// If [`init`] returns an error, with the text of that error: above all if a logger is installed already. The panic's
/// location is the call of `start`. An invalid `RUST_LOG` is no error: a warning goes to standard error, and the
/// filter is the default.
///
/// # Examples
///
/// ```
/// asynclogger::start();
/// log::info!(user = 7; "signed in");
/// ```
#[track_caller]
pub fn start() {
    if let Err(error) = init(Config::default()) {
        panic!("{error}");
    }
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
    // Last, because it cannot be undone: if the start fails, the program can still install another logger.
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

/// The installed logger; in a forked child that has logged, the child's own.
fn current() -> Option<Arc<Core>> {
    CURRENT.get().map(Core::or_child)
}

/// The installed logger, or the error that `call` returns without one.
fn running(call: &str) -> Result<Arc<Core>, Error> {
    current().ok_or_else(|| {
        let text = format!("{call}: no logger is running; call asynclogger::init first");
        Error::new(ErrorKind::NotRunning, text)
    })
}

fn ask(request: Request) -> Flush {
    running(request.name()).map_or_else(|error| Flush::answered(Err(error)), |core| core.ask(request))
}

/// Hands everything accepted so far to the operating system, in every output; [`Flush`] reports when that is done.
///
/// The request is sent at once, even if the queue is full. The answer before [`init`] is [`ErrorKind::NotRunning`],
/// and after [`shutdown`] that of the shutdown.
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
/// log::warn!("low on memory");
/// asynclogger::flush().wait()
/// # }
/// ```
pub fn flush() -> Flush {
    ask(Request::Flush)
}

/// As [`flush`], and waits until the log file is on the disk (`fdatasync`); see [`AsyncLogger::sync`].
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
    ask(Request::Sync)
}

/// Opens the log file again by its path, then flushes; see [`AsyncLogger::reopen`]. logrotate does not need it.
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
    ask(Request::Reopen)
}

/// Writes what is queued, closes the outputs and ends the installed logger, within `shutdown_timeout`; see
/// [`Shutdown`].
///
/// Later calls get the same answer. Records logged later are dropped and counted as `after_shutdown`.
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
    let core = running(Request::Shutdown.name());
    core.map_or_else(|error| Shutdown::answered(Err(error)), |core| core.shutdown())
}

/// A snapshot of the installed logger's counters and of the state of each output. It is cheap and never waits for I/O.
///
/// Before [`init`] the state is [`NotStarted`](crate::State::NotStarted) and all figures are 0. Records logged before
/// [`init`] are never counted, not even in `total_messages`: `log` discards them. The figures stay after
/// [`shutdown`].
///
/// # Examples
///
/// ```
/// println!("{}", asynclogger::health());
/// ```
pub fn health() -> Health {
    current().map_or_else(Health::not_started, |core| core.health())
}

/// The last 100 records that were accepted but could not be written, oldest first; none before [`init`].
///
/// Dropped records are not among them, since they were never accepted. The records stay after [`shutdown`].
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
/// It runs on the calling thread, and can be called after [`shutdown`] too.
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
    purge_how(retention, Purge::Delete)
}

/// As [`purge`], but deletes nothing: the report lists what would be deleted.
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
    purge_how(retention, Purge::DryRun)
}

fn purge_how(retention: &Retention, how: Purge) -> Result<PurgeReport, Error> {
    running(how.call())?.purge(retention, how)
}

/// Replaces the filter of the installed logger and returns the one before, as directives of `RUST_LOG`; see
/// [`AsyncLogger::set_filter`].
///
/// # Errors
///
/// [`ErrorKind::Config`] names the directive that is wrong; the filter stays as it was. [`ErrorKind::NotRunning`]
/// before [`init`].
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
    running("set_filter")?.set_filter(directives)
}

/// The filter of the installed logger, as directives of `RUST_LOG`; see [`AsyncLogger::filter`].
///
/// # Errors
///
/// [`ErrorKind::NotRunning`] before [`init`]. It can be read after [`shutdown`], and in a forked child.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// asynclogger::init(asynclogger::Config::new("app").rust_log(false).filter("info,hyper=warn"))?;
/// assert_eq!(asynclogger::filter()?, "info,hyper=warn");
/// # Ok(())
/// # }
/// ```
pub fn filter() -> Result<String, Error> {
    Ok(running("filter")?.directives())
}

impl Log for Installed {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        local::with_installed(current, |core| admit::enabled(core, metadata)).unwrap_or(false)
    }

    #[inline]
    fn log(&self, record: &Record<'_>) {
        local::with_installed(current, |core| admit::log(core, record));
    }

    /// Waits until everything accepted so far was handed to the operating system, at most `shutdown_timeout`.
    fn flush(&self) {
        if let Some(core) = current() {
            core.flush_within_limit();
        }
    }
}

#[cfg(all(test, loom))]
mod models;
