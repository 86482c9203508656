//! A user's `io::Write` as an output, and one that keeps its lines for tests of programs that log.

use super::opener::{Opened, Opener, Opening};
use crate::error::{Error, ErrorKind};
use crate::sync::plain::enter;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// Opens a writer that the user has given. It stays with the parent of a forked child.
///
/// The mutex is never contended: it makes a writer that need not be `Sync` part of settings that are shared.
pub(crate) struct WriterOpener(Mutex<Option<Box<dyn Write + Send>>>);

impl WriterOpener {
    pub(crate) fn new(writer: Box<dyn Write + Send>) -> WriterOpener {
        WriterOpener(Mutex::new(Some(writer)))
    }
}

impl Opener for WriterOpener {
    fn name(&self) -> &'static str {
        "writer"
    }

    fn open(&self, _: &mut Opening) -> Result<Opened, Error> {
        match enter(&self.0).take() {
            Some(writer) => Ok(Opened::Threaded(Box::new(writer))),
            None => Err(Error::new(
                ErrorKind::Io,
                "the writer was given to a logger already",
            )),
        }
    }

    fn in_child(&self) -> Option<Arc<dyn Opener>> {
        None
    }
}

/// Keeps the lines of a logger in memory, for tests: give a clone to `start_with` or `init_with`, and read the other.
///
/// All clones share the same lines. Call `flush().wait()` before [`lines`](Capture::lines): the records are
/// written by another thread. A capture of [`Capture::install`] does that itself.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// use asynclogger::{AsyncLogger, Capture, Config};
///
/// let capture = Capture::new();
/// let config = Config::new("app").console(None).file_format("{level} {message}");
/// let logger = AsyncLogger::start_with(config, capture.clone())?;
/// log::warn!(logger: logger, "disk is {}% full", 91);
/// logger.flush().wait()?;
/// assert_eq!(capture.lines(), ["WARN disk is 91% full"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Capture {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// Waits until the lines of all records so far are here; that of an installed logger does so.
    settle: Option<fn()>,
}

impl Capture {
    /// An empty capture whose lines are read after `settle` has returned.
    pub(crate) fn settled_by(settle: fn()) -> Capture {
        Capture {
            settle: Some(settle),
            ..Capture::default()
        }
    }

    /// The text so far.
    fn text(&self) -> String {
        if let Some(settle) = self.settle {
            settle();
        }
        String::from_utf8_lossy(&enter(&self.bytes)).into_owned()
    }

    /// An empty capture.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(asynclogger::Capture::new().lines().is_empty());
    /// ```
    pub fn new() -> Capture {
        Capture::default()
    }

    /// The lines so far, without their line ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// let mut capture = asynclogger::Capture::new();
    /// capture.write_all(b"one\ntwo\n")?;
    /// assert_eq!(capture.lines(), ["one", "two"]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }

    /// The lines that begin with `prefix`, without it: those of one test, if the format begins with `{thread}`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// let mut capture = asynclogger::Capture::new();
    /// capture.write_all(b"tests::pays signed in\ntests::leaves gone\n")?;
    /// assert_eq!(capture.lines_after("tests::pays "), ["signed in"]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lines_after(&self, prefix: &str) -> Vec<String> {
        let text = self.text();
        let lines = text.lines().filter_map(|line| line.strip_prefix(prefix));
        lines.map(str::to_owned).collect()
    }

    /// Forgets the lines so far; those of [`install`](Capture::install) for all tests.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// let mut capture = asynclogger::Capture::new();
    /// capture.write_all(b"one\n")?;
    /// capture.clear();
    /// assert!(capture.lines().is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn clear(&self) {
        self.settle.into_iter().for_each(|settle| settle());
        enter(&self.bytes).clear();
    }
}

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        enter(&self.bytes).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("bytes", &enter(&self.bytes).len())
            .finish()
    }
}
