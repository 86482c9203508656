//! A file that this process inherited from its parent under a known number.

use super::own_file::FileId;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::MetadataExt;

/// Duplicates `descriptor`, if it still leads to the file with this device and inode.
///
/// The number alone proves nothing: a child may have closed it and opened another file under it.
pub(crate) fn duplicate_of(descriptor: i32, device: u64, inode: u64) -> io::Result<File> {
    // Before a duplicate is made: to close one drops all POSIX locks that this process has on the file.
    if FileId::of(descriptor).map(FileId::numbers) != Some((device, inode)) {
        return Err(io::ErrorKind::NotFound.into());
    }
    // SAFETY: takes numbers only; a descriptor that is not open is an error of the call.
    #[allow(unsafe_code)]
    let duplicate = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 3) };
    if duplicate < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call returned a new descriptor, which nothing else owns.
    #[allow(unsafe_code)]
    let file = unsafe { File::from_raw_fd(duplicate) };
    let found = file.metadata()?;
    if (found.dev(), found.ino()) == (device, inode) {
        Ok(file)
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// The user and the group that new files get.
pub(crate) fn effective_ids() -> (u32, u32) {
    // SAFETY: both calls take nothing and cannot fail.
    #[allow(unsafe_code)]
    unsafe {
        (libc::geteuid(), libc::getegid())
    }
}

/// Device and inode of one of this process's standard streams, or `None` if it is closed.
pub(crate) fn stream_identity(stream: impl std::os::fd::AsFd) -> Option<(u64, u64)> {
    FileId::of(stream.as_fd().as_raw_fd()).map(FileId::numbers)
}
