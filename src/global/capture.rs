//! The capture of the installed logger, for tests that run in parallel and share it.

use super::{flush, init_with};
use crate::config::Config;
use crate::error::Error;
use crate::sink::writer::Capture;
use once_cell::sync::OnceCell;

/// The capture of this process, once `log` has accepted its logger.
static INSTALLED: OnceCell<Capture> = OnceCell::new();

impl Capture {
    /// Installs a logger that also writes to a capture, and returns the capture: for tests of code that calls
    /// `log::info!`.
    ///
    /// The first call in the process decides; later calls, in other tests, ignore `config` and return the same capture.
    /// The lines have the format of the file. [`lines`](Capture::lines) has all records that were logged before it, of
    /// all tests. To select those of one test, begin the format with `{thread}`: the harness runs each test on a thread
    /// with the name of the test.
    ///
    /// # Errors
    ///
    /// As [`init`](crate::init), above all
    /// [`ErrorKind::AlreadyInitialized`](crate::ErrorKind::AlreadyInitialized) if another logger is installed. A later
    /// call tries again.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Capture, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let config = || Config::new("shop").console(None).filter("trace").file_format("{thread} {message}{extras}");
    /// let capture = Capture::install(config())?;
    /// log::info!(user = 7; "signed in");
    /// let this_test = format!("{} ", std::thread::current().name().unwrap_or("-"));
    /// assert_eq!(capture.lines_after(&this_test), ["signed in [user=7]"]);
    /// assert!(Capture::install(config()).is_ok(), "as in the next test");
    /// # Ok(())
    /// # }
    /// ```
    pub fn install(config: Config) -> Result<Capture, Error> {
        let install = || {
            let capture = Capture::settled_by(settle);
            init_with(config, capture.clone())?;
            Ok(capture)
        };
        INSTALLED.get_or_try_init(install).cloned()
    }
}

fn settle() {
    // An error is a loss, which the capture does not show: the test misses the line.
    drop(flush().wait());
}
