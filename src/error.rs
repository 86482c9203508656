//! The one error type: what was attempted, on what, and how to fix it.
//!
//! Every module may return it; it imports only std, so it cannot be part of an import cycle.

use std::fmt;
use std::sync::Arc;

/// An error as one sentence: what was attempted, on what, and how to fix it.
///
/// `Debug` prints the same sentence as `Display`, because a `main` that returns an error prints it with `Debug`.
/// The cause, if there is one, is returned by [`source`](std::error::Error::source) and not repeated in the
/// text.
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

/// The kinds of [`Error`], for programs that handle them differently.
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
    /// A logger is already installed in this process.
    AlreadyInitialized,
    /// At least one setting is invalid; the text names each of them, its value and how to fix it.
    Config,
    /// The operating system reported an error for a file, a directory or a thread.
    Io,
    /// The wait timed out.
    Timeout,
    /// Records were dropped or failed since the previous flush reported its result; see [`Error::unwritten`].
    Incomplete,
    /// No logger is running.
    NotRunning,
    /// The worker panicked while it served this request. It has recovered and still writes records; the request can
    /// be repeated.
    WorkerPanicked,
    /// The call would wait for its own thread: it was made on one of the logger's threads.
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

    /// Replaces the text; used to mask secrets.
    pub(crate) fn map_text(mut self, change: impl FnOnce(&str) -> String) -> Error {
        self.0.text = change(&self.0.text);
        self
    }

    /// Returns the kind of the error.
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

    /// Returns the number of records that were not written, as far as this error reports any; otherwise 0.
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
