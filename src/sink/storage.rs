//! The seam between the file sink and the operating system: each file operation that the sink uses.
//!
//! `disk` is the real one; a test wraps it and fails the n-th operation. Invariant: `sink/file`, `sink/lock`
//! and `sink/retention` touch files in no other way.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::Path;

/// The operations on paths.
pub trait Storage: Send {
    /// Opens a log for appending and reading, and creates it with `mode` if it is missing.
    ///
    /// Never follows a symbolic link in the last component, and never waits for the other end of a FIFO.
    fn open_log(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>>;

    /// Opens a lock file, and creates it with `mode` if it is missing. Follows no symbolic link.
    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>>;

    /// Opens a rotated file in order to sync it. Follows no symbolic link.
    fn open_backup(&mut self, path: &Path) -> io::Result<Box<dyn Handle>>;

    /// What stands at `path` itself, not behind a symbolic link.
    fn stat(&mut self, path: &Path) -> io::Result<Stat>;

    /// Renames a file; `AlreadyExists` if anything stands at `to`.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;

    /// Deletes a file.
    fn remove(&mut self, path: &Path) -> io::Result<()>;

    /// Creates a directory and its missing parents with `mode`; one that is there is left as it is.
    fn make_dirs(&mut self, path: &Path, mode: u32) -> io::Result<()>;

    /// Calls `each` with every name in a directory.
    fn list(&mut self, dir: &Path, each: &mut dyn FnMut(&OsStr)) -> io::Result<()>;

    /// Brings the names in a directory to the disk.
    fn sync_dir(&mut self, dir: &Path) -> io::Result<()>;
}

/// The operations on an open file.
pub trait Handle: Send {
    /// Appends; may take fewer bytes than it was given.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Reads from `offset` on; 0 at the end of the file.
    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// What the open file is.
    fn stat(&mut self) -> io::Result<Stat>;

    /// Cuts the file to `size`.
    fn truncate(&mut self, size: u64) -> io::Result<()>;

    /// Brings the content to the disk.
    fn sync(&mut self) -> io::Result<()>;

    /// Takes the exclusive lock if nobody else has it; `false` if somebody has.
    fn try_lock(&mut self) -> io::Result<bool>;

    /// Gives the lock back.
    fn unlock(&mut self) -> io::Result<()>;

    /// Whether the handle still stands for the file that was opened, and not for one that the program has opened since
    /// under the same number.
    fn is_ours(&self) -> bool {
        true
    }
}

/// Which file it is, whatever its names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The device, or the volume's serial number.
    pub device: u64,
    /// The inode, or the file's index on the volume.
    pub file: u64,
}

/// What the sink wants to know about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Which file it is.
    pub identity: Identity,
    /// Whether it is a regular file: no directory, link, FIFO, socket or device.
    pub regular: bool,
    /// Its size in bytes.
    pub size: u64,
    /// How many names it has; 0 for one that was deleted and is still open.
    pub links: u64,
    /// When its content last changed, in seconds since 1970.
    pub modified: i64,
}

impl fmt::Debug for dyn Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Storage")
    }
}

impl fmt::Debug for dyn Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}
