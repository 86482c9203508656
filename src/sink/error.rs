//! Errors of the file sink as data: the worker reports them, and the sink continues.
//!
//! Invariant: a text names what was tried, on which file, the system's error, and what the user can do.

use crate::error::{Error, ErrorKind};
use crate::escape::quoted;
use std::fmt;
use std::io;
use std::path::Path;

/// An error of an operation on a file.
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

    /// The same error for the caller of a public function.
    pub(crate) fn into_error(self) -> Error {
        Error::new(ErrorKind::Io, self.text)
    }
}

/// Why a pass over the file ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// The lock file was replaced: the pass starts over with the new one.
    LockReplaced,
    Io(FileError),
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Failure {
        Failure::Io(error)
    }
}

/// A path in quotes, with control characters escaped.
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
        let dir = || named(self.path.parent().unwrap_or(self.path));
        let found = || named(nearest_dir(self.path));
        match self.kind {
            Kind::PermissionDenied if exists(self.path) => {
                write!(f, "; check the owner and the mode of {} and of the file", found())
            }
            Kind::PermissionDenied => write!(f, "; check the owner and the mode of {}", found()),
            Kind::StorageFull => write!(f, "; free space on the file system of {}", found()),
            Kind::QuotaExceeded => write!(f, "; free space or raise the quota for {}", found()),
            Kind::ReadOnlyFilesystem => write!(f, "; mount the file system of {} writable", found()),
            Kind::NotFound | Kind::NotADirectory => write!(f, "; check that {} is a directory", dir()),
            Kind::AlreadyExists => write!(f, "; move away what stands there"),
            _ => Ok(()),
        }
    }
}

/// The nearest directory above `path` that exists and can be looked at. If directories are missing or closed, this is
/// the one whose owner and mode decide.
fn nearest_dir(path: &Path) -> &Path {
    let above = path.parent().unwrap_or(path);
    above.ancestors().find(|dir| exists(dir)).unwrap_or(above)
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
