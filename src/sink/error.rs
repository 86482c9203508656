//! Errors of the file sink as data: the worker reports them, the sink goes on.
//!
//! Invariant: a text names what was tried, on which file, what the system said and what can be done.

use crate::error::{Error, ErrorKind};
use crate::escape::quoted;
use std::fmt;
use std::io;
use std::path::Path;

/// What went wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileError {
    pub(crate) kind: io::ErrorKind,
    pub(crate) text: String,
}

impl FileError {
    /// `tried` reads like "cannot write to log file".
    pub(crate) fn new(tried: &str, path: &Path, error: &io::Error) -> FileError {
        FileError {
            kind: error.kind(),
            text: format!(
                "{tried} {}: {error}{}",
                named(path),
                Remedy {
                    path,
                    kind: error.kind()
                }
            ),
        }
    }

    /// The same as an answer to a caller.
    pub(crate) fn into_error(self) -> Error {
        Error::new(ErrorKind::Io, self.text)
    }
}

/// Why a pass over the file ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// The lock file was replaced: take the new one and start over.
    LockReplaced,
    Io(FileError),
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Failure {
        Failure::Io(error)
    }
}

/// A path in quotes, with everything escaped that a terminal or a reader would obey.
pub(super) fn named(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// What the user can do about an error.
struct Remedy<'p> {
    path: &'p Path,
    kind: io::ErrorKind,
}

impl fmt::Display for Remedy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use io::ErrorKind as Kind;
        let dir = named(self.path.parent().unwrap_or(self.path));
        match self.kind {
            Kind::PermissionDenied => write!(f, "; check the owner and the mode of {dir} and of the file"),
            Kind::StorageFull => write!(f, "; free space on the file system of {dir}"),
            Kind::QuotaExceeded => write!(f, "; free space or raise the quota for {dir}"),
            Kind::ReadOnlyFilesystem => write!(f, "; mount the file system of {dir} writable"),
            Kind::NotFound | Kind::NotADirectory => write!(f, "; check that {dir} is a directory"),
            Kind::AlreadyExists => write!(f, "; move away what stands there"),
            _ => Ok(()),
        }
    }
}
