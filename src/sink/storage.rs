//! The seam between the file sink and the operating system: every file operation that the sink uses.
//!
//! `disk` implements it; a test wraps it and fails the n-th operation. Invariant: `sink/file`, `sink/lock` and
//! `sink/retention` open, change, rename and delete files only through it.

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

    /// Opens the log that takes the place of an earlier one after a rotation, and creates it with the earlier one's
    /// `access`, as far as the process may, if it is missing. `mode` limits what another group may do.
    fn open_next_log(&mut self, path: &Path, mode: u32, _access: &Access) -> io::Result<Box<dyn Handle>> {
        self.open_log(path, mode)
    }

    /// In a forked child: the log that its parent had open at the fork, if it is still open.
    fn inherited_log(&mut self) -> Option<Box<dyn Handle>> {
        None
    }

    /// Opens a lock file, and creates it with `mode` if it is missing. Follows no symbolic link.
    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>>;

    /// Opens a rotated file in order to sync it. Follows no symbolic link.
    fn open_backup(&mut self, path: &Path) -> io::Result<Box<dyn Handle>>;

    /// Describes the file at `path`; a symbolic link is not followed.
    fn stat(&mut self, path: &Path) -> io::Result<Stat>;

    /// Renames a file; `AlreadyExists` if anything has the name `to`.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;

    /// Deletes a file.
    fn remove(&mut self, path: &Path) -> io::Result<()>;

    /// Creates a directory and its missing parents with `mode`; an existing one is not changed.
    fn make_dirs(&mut self, path: &Path, mode: u32) -> io::Result<()>;

    /// Calls `each` with every name in a directory.
    fn list(&mut self, dir: &Path, each: &mut dyn FnMut(&OsStr)) -> io::Result<()>;

    /// Syncs the names in a directory to the disk.
    fn sync_dir(&mut self, dir: &Path) -> io::Result<()>;
}

/// The operations on an open file.
pub trait Handle: Send {
    /// Appends; may write fewer bytes than it was given.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Reads from `offset` on; 0 at the end of the file.
    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Describes the open file.
    fn stat(&mut self) -> io::Result<Stat>;

    /// Who may read and write the file; `None` on Windows, and if it is unknown.
    fn access(&mut self) -> Option<Access> {
        None
    }

    /// Truncates the file to `size`.
    fn truncate(&mut self, size: u64) -> io::Result<()>;

    /// Syncs the content to the disk.
    fn sync(&mut self) -> io::Result<()>;

    /// Takes the exclusive lock; `false` if another process has it.
    fn try_lock(&mut self) -> io::Result<bool>;

    /// Releases the lock.
    fn unlock(&mut self) -> io::Result<()>;

    /// Whether the handle still stands for the file that was opened, and not for one that the program has opened since
    /// under the same number.
    fn is_ours(&self) -> bool {
        true
    }
}

/// Identifies a file, whatever its names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The device, or the volume's serial number.
    pub device: u64,
    /// The inode, or the file's index on the volume.
    pub file: u64,
}

/// Mode, owner and group of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The permission bits.
    pub mode: u32,
    /// The number of the user.
    pub owner: u32,
    /// The number of the group.
    pub group: u32,
}

/// The facts about a file that the sink uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// The file.
    pub identity: Identity,
    /// Whether it is a regular file.
    pub regular: bool,
    /// Its size in bytes.
    pub size: u64,
    /// The number of its names; 0 for an open file that was deleted.
    pub links: u64,
    /// The time of the last change of its content, in seconds since 1970.
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
