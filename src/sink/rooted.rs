//! The disk as the process saw it when the logger started: after `chroot` no path is followed any more.
//!
//! `file_opener` and `purge` use it. Invariant: once the root directory of the process is another one, every operation
//! on a path fails, because the path would lead to another file. An open file is not affected.

use super::disk::Disk;
use super::storage::{Access, Handle, Identity, Stat, Storage};
use crate::process::OwnFile;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// The root directory of the process at some moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Root(Option<Identity>);

impl Root {
    /// This root, or the present one if there is none yet. Unknown on Windows, where it cannot change.
    pub(crate) fn or_present(self) -> Root {
        if self.0.is_some() || cfg!(windows) {
            return self;
        }
        let root = Disk.stat(Path::new("/"));
        Root(root.ok().map(|root| root.identity))
    }

    /// Fails if the process has another root directory now.
    fn check(self) -> io::Result<()> {
        let Some(root) = self.0 else { return Ok(()) };
        if Disk.stat(Path::new("/"))?.identity == root {
            return Ok(());
        }
        Err(io::Error::other(
            "the process has changed its root directory (chroot), so that the path leads elsewhere",
        ))
    }
}

/// The open log, for a forked child that cannot open the path: the child has the descriptor too.
#[derive(Debug)]
pub(crate) struct OpenLog {
    #[cfg(unix)]
    descriptor: AtomicI32,
    #[cfg(unix)]
    device: AtomicU64,
    #[cfg(unix)]
    file: AtomicU64,
}

/// The file system of this machine, as long as the process keeps its root directory.
#[derive(Debug)]
pub(crate) struct RootedDisk {
    root: Root,
    /// What the last look at a path found. To find the same file again proves that the path leads where it did.
    seen: Option<Identity>,
    log: Arc<OpenLog>,
    /// In a forked child: the log of its parent.
    inherited: Option<Arc<OpenLog>>,
    /// The directory of the log, for a sync of its names when its path cannot be opened any more.
    dir: Option<OwnFile>,
}

impl RootedDisk {
    /// A disk below `root`; `inherited` is the log of the parent of a forked child.
    pub(crate) fn new(root: Root, inherited: Option<Arc<OpenLog>>) -> RootedDisk {
        RootedDisk {
            root,
            seen: None,
            log: Arc::new(OpenLog::none()),
            inherited,
            dir: None,
        }
    }

    /// The log that this disk has opened last.
    pub(crate) fn log(&self) -> Arc<OpenLog> {
        Arc::clone(&self.log)
    }

    fn opened(&mut self, path: &Path, log: super::disk::DiskFile) -> io::Result<Box<dyn Handle>> {
        self.log.remember(&log)?;
        // Windows needs no handle to sync the names of a directory, and an open one could not be renamed.
        if cfg!(unix) {
            self.dir = path
                .parent()
                .and_then(|dir| OwnFile::new(File::open(dir).ok()?).ok());
        }
        Ok(Box::new(log))
    }
}

impl Storage for RootedDisk {
    fn open_log(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        self.root.check()?;
        let log = super::disk::open_log(path, mode, None)?;
        self.opened(path, log)
    }

    fn open_next_log(&mut self, path: &Path, mode: u32, access: &Access) -> io::Result<Box<dyn Handle>> {
        self.root.check()?;
        let log = super::disk::open_log(path, mode, Some(access))?;
        self.opened(path, log)
    }

    fn inherited_log(&mut self) -> Option<Box<dyn Handle>> {
        let log = self.inherited.as_ref()?.duplicate()?;
        self.log.remember(&log).ok()?;
        Some(Box::new(log))
    }

    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        self.root.check()?;
        Disk.open_lock(path, mode)
    }

    fn open_backup(&mut self, path: &Path) -> io::Result<Box<dyn Handle>> {
        self.root.check()?;
        Disk.open_backup(path)
    }

    fn stat(&mut self, path: &Path) -> io::Result<Stat> {
        let found = Disk.stat(path);
        if found
            .as_ref()
            .is_ok_and(|found| self.seen == Some(found.identity))
        {
            return found;
        }
        self.root.check()?;
        self.seen = found.as_ref().ok().map(|found| found.identity);
        found
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.root.check()?;
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.root.check()?;
        Disk.remove(path)
    }

    fn make_dirs(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        self.root.check()?;
        Disk.make_dirs(path, mode)
    }

    fn list(&mut self, dir: &Path, each: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        self.root.check()?;
        Disk.list(dir, each)
    }

    fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        let changed = self.root.check();
        let synced = match changed {
            Ok(()) => Disk.sync_dir(dir),
            Err(error) => Err(error),
        };
        match (&synced, &self.dir) {
            (Err(error), Some(dir)) if error.kind() != io::ErrorKind::NotFound && dir.is_ours() => {
                dir.sync_all()
            }
            _ => synced,
        }
    }
}

#[cfg(unix)]
impl OpenLog {
    fn none() -> OpenLog {
        OpenLog {
            descriptor: AtomicI32::new(-1),
            device: AtomicU64::new(0),
            file: AtomicU64::new(0),
        }
    }

    fn remember(&self, log: &super::disk::DiskFile) -> io::Result<()> {
        let (descriptor, identity) = log.place()?;
        self.descriptor.store(-1, Ordering::SeqCst);
        self.device.store(identity.device, Ordering::SeqCst);
        self.file.store(identity.file, Ordering::SeqCst);
        self.descriptor.store(descriptor, Ordering::SeqCst);
        Ok(())
    }

    fn duplicate(&self) -> Option<super::disk::DiskFile> {
        let descriptor = self.descriptor.load(Ordering::SeqCst);
        let (device, file) = (
            self.device.load(Ordering::SeqCst),
            self.file.load(Ordering::SeqCst),
        );
        let file = crate::process::duplicate_of(descriptor, device, file).ok()?;
        super::disk::DiskFile::of(file).ok()
    }
}

#[cfg(not(unix))]
impl OpenLog {
    fn none() -> OpenLog {
        OpenLog {}
    }

    #[allow(clippy::unnecessary_wraps)]
    fn remember(&self, _log: &super::disk::DiskFile) -> io::Result<()> {
        Ok(())
    }

    #[allow(clippy::unused_self)]
    fn duplicate(&self) -> Option<super::disk::DiskFile> {
        None
    }
}
