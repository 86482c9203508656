//! The real file operations, which production passes to the file sink.
//!
//! Invariant: no operation follows a symbolic link in the last component of a path. A file gets its mode when it is
//! created; the one that follows another after a rotation gets the other's, through its descriptor, and until then
//! only its owner can open it.

use super::lock;
use super::storage::{Access, Handle, Identity, Stat, Storage};
#[cfg(unix)]
use crate::process::ClosedInChild;
use crate::process::OwnFile;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file system of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Storage for Disk {
    fn open_log(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        Ok(Box::new(open_log(path, mode, None)?))
    }

    fn open_next_log(&mut self, path: &Path, mode: u32, access: &Access) -> io::Result<Box<dyn Handle>> {
        Ok(Box::new(open_log(path, mode, Some(access))?))
    }

    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let mut lock = open_or_create(&options, path, mode)?;
        lock.close_in_child();
        Ok(Box::new(lock))
    }

    fn open_backup(&mut self, path: &Path) -> io::Result<Box<dyn Handle>> {
        let mut options = OpenOptions::new();
        // Windows flushes a file only through a handle that may write.
        options.read(true).append(cfg!(windows));
        Ok(Box::new(open(options, path, 0)?))
    }

    fn stat(&mut self, path: &Path) -> io::Result<Stat> {
        stat_path(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        // The lock keeps every other logger out between the check and the rename. std has no call that does both at
        // once, and a link followed by an unlink leaves two names if it is interrupted.
        match fs::symlink_metadata(to) {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(from, to),
            Err(error) => Err(error),
        }
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_dirs(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        with_dir_mode(&mut builder, mode);
        builder.create(path)
    }

    fn list(&mut self, dir: &Path, each: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            each(&entry?.file_name());
        }
        Ok(())
    }

    fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        // Windows cannot open a directory this way and writes its names through anyway.
        if cfg!(windows) {
            return Ok(());
        }
        File::open(dir)?.sync_all()
    }
}

/// An open file of this machine.
#[derive(Debug)]
pub(super) struct DiskFile {
    /// Dropped before the file: the number of a closed descriptor may soon belong to another file.
    #[cfg(unix)]
    #[allow(dead_code)]
    closed_in_child: Option<ClosedInChild>,
    file: OwnFile,
    /// Windows cuts a file only through a handle that was not opened for appending.
    #[cfg_attr(unix, allow(dead_code))]
    path: PathBuf,
}

impl Handle for DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.refuse_foreign()?;
        (&*self.file).write(bytes)
    }

    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.refuse_foreign()?;
        read_at(&self.file, buffer, offset)
    }

    fn stat(&mut self) -> io::Result<Stat> {
        stat_file(&self.file)
    }

    fn access(&mut self) -> Option<Access> {
        self.file.is_ours().then(|| access(&self.file)).flatten()
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        self.refuse_foreign()?;
        truncate(self, size)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.refuse_foreign()?;
        self.file.sync_data()
    }

    fn try_lock(&mut self) -> io::Result<bool> {
        lock::try_exclusive(&self.file)
    }

    fn unlock(&mut self) -> io::Result<()> {
        self.refuse_foreign()?;
        lock::release(&self.file)
    }

    fn is_ours(&self) -> bool {
        self.file.is_ours()
    }
}

/// Opens a log for appending. If it is missing, it is created: with `mode`, or with the access of the log before it.
pub(super) fn open_log(path: &Path, mode: u32, access: Option<&Access>) -> io::Result<DiskFile> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    let Some(access) = access else {
        return open_or_create(&options, path, mode);
    };
    let mut new = options.clone();
    new.create_new(true);
    match open(new, path, first_mode(access)) {
        // Another process was faster, or the log was only opened again.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open_or_create(&options, path, mode),
        Err(error) => Err(error),
        Ok(log) => {
            // What is not allowed stays as it was created, which is narrower.
            set_access(&log.file, access, mode);
            Ok(log)
        }
    }
}

/// Opens a file, and creates it with `mode` if it is missing.
///
/// In a directory with the sticky bit, `fs.protected_regular` of Linux refuses O_CREAT for a file of another user, even
/// if the file exists and may be written. It is then opened without O_CREAT.
fn open_or_create(options: &OpenOptions, path: &Path, mode: u32) -> io::Result<DiskFile> {
    let mut creating = options.clone();
    creating.create(true);
    match open(creating, path, mode) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open(options.clone(), path, mode).map_err(|_| error)
        }
        opened => opened,
    }
}

fn open(mut options: OpenOptions, path: &Path, mode: u32) -> io::Result<DiskFile> {
    with_flags(&mut options, mode);
    let file = OwnFile::new(options.open(path)?)?;
    Ok(DiskFile {
        #[cfg(unix)]
        closed_in_child: None,
        file,
        path: path.to_owned(),
    })
}

impl DiskFile {
    /// An error if the program has closed the file behind our back, or has another one under its number.
    fn refuse_foreign(&self) -> io::Result<()> {
        let lost = || io::Error::other("its descriptor was closed by the program");
        self.file.is_ours().then_some(()).ok_or_else(lost)
    }

    /// A log that another handle of this process has open.
    #[cfg(unix)]
    pub(super) fn of(file: File) -> io::Result<DiskFile> {
        Ok(DiskFile {
            closed_in_child: None,
            file: OwnFile::new(file)?,
            path: PathBuf::new(),
        })
    }

    /// The number of its descriptor, and which file it is.
    #[cfg(unix)]
    pub(super) fn place(&self) -> io::Result<(i32, Identity)> {
        use std::os::fd::AsRawFd;
        Ok((self.file.as_raw_fd(), stat_file(&self.file)?.identity))
    }

    /// Has a forked child close the file: it would hold the lock on it when its parent dies.
    fn close_in_child(&mut self) {
        #[cfg(unix)]
        {
            use std::os::fd::AsRawFd;
            self.closed_in_child = Some(ClosedInChild::new(self.file.as_raw_fd()));
        }
    }
}

#[cfg(unix)]
use unix::{
    access, first_mode, read_at, set_access, stat_file, stat_path, truncate, with_dir_mode, with_flags,
};

#[cfg(unix)]
mod unix {
    use super::{Access, DiskFile, Identity, Stat};
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
    use std::path::Path;

    pub(super) fn with_flags(options: &mut OpenOptions, mode: u32) {
        // Without O_NONBLOCK the open of a FIFO waits for its other end; on regular files it changes nothing.
        options
            .mode(mode)
            .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY);
    }

    pub(super) fn with_dir_mode(builder: &mut DirBuilder, mode: u32) {
        builder.mode(mode);
    }

    pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        file.read_at(buffer, offset)
    }

    pub(super) fn stat_path(path: &Path) -> io::Result<Stat> {
        Ok(stat(&fs::symlink_metadata(path)?))
    }

    pub(super) fn stat_file(file: &File) -> io::Result<Stat> {
        Ok(stat(&file.metadata()?))
    }

    pub(super) fn truncate(file: &DiskFile, size: u64) -> io::Result<()> {
        file.file.set_len(size)
    }

    pub(super) fn access(file: &File) -> Option<Access> {
        let metadata = file.metadata().ok()?;
        Some(Access {
            mode: metadata.mode() & 0o777,
            owner: metadata.uid(),
            group: metadata.gid(),
        })
    }

    /// The mode with which a file is created that gets this access. If it must get another owner or group first, nobody but
    /// the process can open it until then.
    pub(super) fn first_mode(access: &Access) -> u32 {
        if crate::process::effective_ids() == (access.owner, access.group) {
            access.mode
        } else {
            access.mode & 0o600
        }
    }

    /// Gives a new file the access of the log before it, as far as the process may. No call is made for what the file
    /// has already.
    ///
    /// A group that cannot be set gets at most what `mode` allows a group. The owner comes last: afterwards the process
    /// may not be allowed to change anything more.
    pub(super) fn set_access(file: &File, access: &Access, mode: u32) {
        let Some(found) = self::access(file) else { return };
        let has_group = found.group == access.group || fchown(file, None, Some(access.group)).is_ok();
        let narrowed = if has_group { 0o777 } else { mode | 0o707 };
        let wanted = access.mode & narrowed;
        let has_mode = found.mode == wanted || file.set_permissions(Permissions::from_mode(wanted)).is_ok();
        if has_mode && found.owner != access.owner {
            // Only a privileged process may give a file away; any other one keeps it.
            drop(fchown(file, Some(access.owner), None));
        }
    }

    fn stat(metadata: &Metadata) -> Stat {
        Stat {
            identity: Identity {
                device: metadata.dev(),
                file: metadata.ino(),
            },
            regular: metadata.file_type().is_file(),
            size: metadata.size(),
            links: metadata.nlink(),
            modified: metadata.mtime(),
        }
    }
}

#[cfg(windows)]
use windows::{
    access, first_mode, read_at, set_access, stat_file, stat_path, truncate, with_dir_mode, with_flags,
};

#[cfg(windows)]
mod windows {
    use super::{Access, DiskFile, Identity, Stat};
    use std::fs::{DirBuilder, File, OpenOptions};
    use std::io;
    use std::os::windows::fs::{FileExt, OpenOptionsExt};
    use std::path::Path;
    use std::time::UNIX_EPOCH;

    /// Opens a link itself instead of its target.
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    /// Lets a directory be opened.
    const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
    /// Others may read, write, and rename or delete the file while it is open.
    const SHARE_ALL: u32 = 0x1 | 0x2 | 0x4;

    pub(super) fn with_flags(options: &mut OpenOptions, _mode: u32) {
        options
            .share_mode(SHARE_ALL)
            .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    }

    pub(super) fn with_dir_mode(_builder: &mut DirBuilder, _mode: u32) {}

    pub(super) fn access(_file: &File) -> Option<Access> {
        None
    }

    pub(super) fn first_mode(access: &Access) -> u32 {
        access.mode
    }

    pub(super) fn set_access(_file: &File, _access: &Access, _mode: u32) {}

    pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        file.seek_read(buffer, offset)
    }

    pub(super) fn stat_path(path: &Path) -> io::Result<Stat> {
        let file = OpenOptions::new()
            .access_mode(0)
            .share_mode(SHARE_ALL)
            .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS)
            .open(path)?;
        stat_file(&file)
    }

    pub(super) fn stat_file(file: &File) -> io::Result<Stat> {
        let information = winapi_util::file::information(file)?;
        let metadata = file.metadata()?;
        let modified = metadata.modified()?;
        let modified = match modified.duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_secs() as i64,
            Err(before) => -(before.duration().as_secs() as i64),
        };
        Ok(Stat {
            identity: Identity {
                device: information.volume_serial_number(),
                file: information.file_index(),
            },
            regular: metadata.file_type().is_file(),
            size: metadata.len(),
            links: information.number_of_links(),
            modified,
        })
    }

    pub(super) fn truncate(file: &DiskFile, size: u64) -> io::Result<()> {
        let writer = OpenOptions::new()
            .write(true)
            .share_mode(SHARE_ALL)
            .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
            .open(&file.path)?;
        if stat_file(&writer)?.identity != stat_file(&file.file)?.identity {
            return Err(io::ErrorKind::NotFound.into());
        }
        writer.set_len(size)
    }
}

#[cfg(all(test, unix))]
mod tests;
