//! The real file operations, which production passes to the file sink.
//!
//! Invariant: no operation follows a symbolic link in the last component of a path, and a file gets its mode
//! when it is created, never afterwards.

use super::lock;
use super::storage::{Handle, Identity, Stat, Storage};
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
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        Ok(Box::new(open(options, path, mode)?))
    }

    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut lock = open(options, path, mode)?;
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
struct DiskFile {
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
        read_at(&self.file, buffer, offset)
    }

    fn stat(&mut self) -> io::Result<Stat> {
        stat_file(&self.file)
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
        lock::release(&self.file)
    }

    fn is_ours(&self) -> bool {
        self.file.is_ours()
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
        match self.file.is_ours() {
            true => Ok(()),
            false => Err(io::Error::other("its descriptor was closed by the program")),
        }
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
use unix::{read_at, stat_file, stat_path, truncate, with_dir_mode, with_flags};

#[cfg(unix)]
mod unix {
    use super::{DiskFile, Identity, Stat};
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
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
use windows::{read_at, stat_file, stat_path, truncate, with_dir_mode, with_flags};

#[cfg(windows)]
mod windows {
    use super::{DiskFile, Identity, Stat};
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
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_is_opened_through_a_symbolic_link() {
        let dir = tempfile::tempdir().unwrap();
        let (victim, link) = (dir.path().join("victim"), dir.path().join("link"));
        fs::write(&victim, "victim").unwrap();
        symlink(&victim, &link).unwrap();
        assert!(Disk.open_log(&link, 0o600).is_err());
        assert!(Disk.open_lock(&link, 0o600).is_err());
        assert!(Disk.open_backup(&link).is_err());
        assert!(!Disk.stat(&link).unwrap().regular);
    }

    #[test]
    fn a_fifo_is_opened_without_waiting_for_its_other_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        assert!(!Disk.open_backup(&path).unwrap().stat().unwrap().regular);
    }

    #[test]
    fn a_rename_overwrites_nothing_not_even_a_link_that_leads_nowhere() {
        let dir = tempfile::tempdir().unwrap();
        let (from, file, link) = (
            dir.path().join("from"),
            dir.path().join("file"),
            dir.path().join("link"),
        );
        fs::write(&from, "from").unwrap();
        fs::write(&file, "file").unwrap();
        symlink("nowhere", &link).unwrap();
        for to in [&file, &link] {
            let error = Disk.rename(&from, to).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read(&file).unwrap(), b"file");
        Disk.rename(&from, &dir.path().join("free")).unwrap();
        assert!(!from.exists());
    }

    #[test]
    fn a_rename_to_a_place_that_cannot_be_looked_at_moves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (from, file) = (dir.path().join("from"), dir.path().join("file"));
        fs::write(&from, "from").unwrap();
        fs::write(&file, "file").unwrap();
        let error = Disk.rename(&from, &file.join("below")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
        assert!(from.exists());
    }
}
