//! The one error type: what was tried, on what, and the remedy.
//!
//! Every module may return it; it imports nothing but std, so it can never be part of a circle.

use std::fmt;
use std::sync::Arc;

/// What went wrong, told in one sentence: what was tried, on what, and what can be done about it.
///
/// `Debug` prints the same sentence as `Display`, because a `main` that returns the error prints it so. The
/// cause, where there is one, is in [`source`](std::error::Error::source) and is not repeated in the text.
///
/// # Examples
///
/// ```
/// let error = asynclogger::AsyncLogger::start(asynclogger::Config::new("app").console(None)).unwrap_err();
/// assert_eq!(error.kind(), asynclogger::ErrorKind::Config);
/// println!("{error}");
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    text: String,
    unwritten: u64,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of [`Error`], for a program that reacts to them.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, ErrorKind};
///
/// let kind = Config::new("shop").max_bytes(0).validate().unwrap_err().kind();
/// assert_eq!(kind, ErrorKind::Config);
/// assert_eq!(asynclogger::flush().wait().unwrap_err().kind(), ErrorKind::NotRunning);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A logger is installed in this process already.
    AlreadyInitialized,
    /// A setting is invalid; the text names each one, its value and the remedy.
    Config,
    /// The operating system refused an operation on a file, a directory or a thread.
    Io,
    /// The wait timed out.
    Timeout,
    /// Records were dropped or failed since the last flush told of it; see [`Error::unwritten`].
    Incomplete,
    /// There is no running logger to ask.
    NotRunning,
    /// A stage of the worker panicked before it answered this request. The worker runs on: send the request again.
    WorkerPanicked,
    /// The wait would be for the thread that waits.
    WouldDeadlock,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            text: text.into(),
            unwritten: 0,
            source: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        self.0.source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_unwritten(mut self, records: u64) -> Error {
        self.0.unwritten = records;
        self
    }

    /// The same with another text: one without secrets.
    pub(crate) fn map_text(mut self, change: impl FnOnce(&str) -> String) -> Error {
        self.0.text = change(&self.0.text);
        self
    }

    /// What kind of failure it is.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = asynclogger::Config::new("").validate().unwrap_err();
    /// assert_eq!(error.kind(), asynclogger::ErrorKind::Config);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// How many records this error tells of that were not written; 0 where it tells of none.
    ///
    /// # Examples
    ///
    /// ```
    /// if let Err(error) = asynclogger::flush().wait() {
    ///     eprintln!("{error}; {} records are missing", error.unwritten());
    /// }
    /// ```
    pub fn unwritten(&self) -> u64 {
        self.0.unwritten
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_ref()
            .map(|source| source.as_ref() as &(dyn std::error::Error + 'static))
    }
}
