//! Open files that a program may close behind the logger's back.
//!
//! A program that becomes a daemon often closes all descriptors above 2, and then opens its own files under the same
//! numbers. So a number alone says nothing: device and inode are compared with those from when the file was opened,
//! before a write and before a close.

use std::fs::File;
use std::io;
use std::ops::Deref;

/// Which file a descriptor stands for.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
    /// Regular file, pipe, terminal ...
    kind: u32,
}

#[cfg(unix)]
impl FileId {
    /// Device and inode.
    pub(crate) fn numbers(self) -> (u64, u64) {
        (self.device, self.inode)
    }

    /// The file behind the number, or `None` if it is not open. Allocates nothing and takes no lock: a forked child may
    /// call it at once.
    #[allow(clippy::unnecessary_cast)] // the types differ between systems
    pub(crate) fn of(descriptor: i32) -> Option<FileId> {
        // SAFETY: `stat`, for which zero is a value, lives through the call, which writes nothing else.
        #[allow(unsafe_code)]
        let (result, stat) = unsafe {
            let mut stat: libc::stat = std::mem::zeroed();
            (libc::fstat(descriptor, &raw mut stat), stat)
        };
        (result == 0).then_some(FileId {
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            kind: (stat.st_mode & libc::S_IFMT) as u32,
        })
    }
}

/// Whether a descriptor stands for another file than `id`, or for none.
///
/// If the call is refused, as under a seccomp filter, the descriptor counts as the logger's: otherwise every line would be
/// lost, although nothing was closed. Whoever closes a descriptor asks [`FileId::of`], which is strict.
#[cfg(unix)]
pub(super) fn is_foreign(descriptor: i32, id: FileId) -> bool {
    match FileId::of(descriptor) {
        Some(found) => found != id,
        None => io::Error::last_os_error().raw_os_error() == Some(libc::EBADF),
    }
}

/// A file that is closed when it is dropped, unless its descriptor stands for another file by then.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct OwnFile {
    file: std::mem::ManuallyDrop<File>,
    id: FileId,
}

#[cfg(unix)]
impl OwnFile {
    pub(crate) fn new(file: File) -> io::Result<OwnFile> {
        use std::os::fd::AsRawFd;
        let id = FileId::of(file.as_raw_fd()).ok_or_else(io::Error::last_os_error)?;
        let file = std::mem::ManuallyDrop::new(file);
        Ok(OwnFile { file, id })
    }

    /// Whether the descriptor still stands for the file that was opened.
    pub(crate) fn is_ours(&self) -> bool {
        use std::os::fd::AsRawFd;
        !is_foreign(self.file.as_raw_fd(), self.id)
    }
}

#[cfg(unix)]
impl Drop for OwnFile {
    fn drop(&mut self) {
        use std::os::fd::AsRawFd;
        // A number that may be the program's is not closed.
        if FileId::of(self.file.as_raw_fd()) == Some(self.id) {
            // SAFETY: dropped once, here, and not used afterwards.
            #[allow(unsafe_code)]
            unsafe {
                std::mem::ManuallyDrop::drop(&mut self.file);
            }
        }
    }
}

/// On Windows a handle is not reused for another file while it is open.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct OwnFile {
    file: File,
}

#[cfg(not(unix))]
impl OwnFile {
    pub(crate) fn new(file: File) -> io::Result<OwnFile> {
        Ok(OwnFile { file })
    }

    pub(crate) fn is_ours(&self) -> bool {
        true
    }
}

impl Deref for OwnFile {
    type Target = File;

    fn deref(&self) -> &File {
        &self.file
    }
}
