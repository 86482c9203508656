//! The real disk with planted failures. It keeps every file that ever was the log.
//!
//! Interference with the files happens only between two operations, and deleted files stay readable, so that lines can
//! be counted exactly, in renamed, cut and deleted files too.

use super::action::Operation;
use super::lines::{End, Piece};
use asynclogger::seams::{Disk, Handle, Stat, Storage};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

#[derive(Debug, Default)]
struct State {
    fails: Option<(Operation, u32, i32)>,
    half_writes: usize,
    logs: Vec<Archived>,
}

/// A file that is or was the log.
#[derive(Debug)]
struct Archived {
    file: File,
    identity: (u64, u64),
    /// Its content each time before it was cut.
    before: Vec<Vec<u8>>,
}

/// All clones share the faults and the files.
#[derive(Debug, Clone, Default)]
pub struct ModelDisk(Arc<Mutex<State>>);

impl ModelDisk {
    /// The next `times` operations of this kind fail.
    pub fn fail(&self, operation: Operation, times: u32, errno: i32) {
        self.lock().fails = Some((operation, times, errno));
    }

    pub fn repair(&self) {
        self.lock().fails = None;
    }

    /// Everything that was written to logs, in order; `path` is the path of the log.
    pub fn pieces(&self, path: &Path) -> Vec<Piece> {
        let state = self.lock();
        let here = fs::metadata(path).ok().map(|log| (log.dev(), log.ino()));
        let mut pieces = Vec::new();
        for log in &state.logs {
            pieces.extend(log.before.iter().map(|copy| Piece {
                bytes: copy.clone(),
                end: End::Cut,
            }));
            let is_here = here == Some(log.identity);
            pieces.push(Piece {
                bytes: log.content(),
                end: if is_here { End::Here } else { End::Away },
            });
        }
        pieces
    }

    /// Number of writes that took half of their bytes: each may leave the beginning of a line.
    pub fn half_writes(&self) -> usize {
        self.lock().half_writes
    }

    /// Calls `what` while no operation is running.
    pub fn interfere(&self, what: impl FnOnce()) {
        let _state = self.lock();
        what();
    }

    /// Cuts the log, and keeps its previous content.
    pub fn truncate(&self, path: &Path) {
        let mut state = self.lock();
        let Ok(file) = OpenOptions::new().write(true).open(path) else {
            return;
        };
        let identity = identity(&file);
        // A file that no logger has opened yet is empty.
        if let Some(log) = state.logs.iter_mut().find(|log| log.identity == identity) {
            log.before.push(fs::read(path).expect("it is there"));
        }
        file.set_len(0).expect("it can be cut");
    }

    /// Whether a file was ever opened as the log.
    pub fn knows(&self, path: &Path) -> bool {
        let identity = identity(&File::open(path).expect("it can be opened"));
        self.lock().logs.iter().any(|log| log.identity == identity)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics here")
    }

    /// Returns the planted error of an operation, if there is one.
    fn begin(&self, operation: Operation) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.lock();
        match &mut state.fails {
            Some((fails, times, errno)) if *fails == operation && *times > 0 => {
                *times -= 1;
                Err(io::Error::from_raw_os_error(*errno))
            }
            _ => Ok(state),
        }
    }
}

impl Archived {
    fn content(&self) -> Vec<u8> {
        let size = self.file.metadata().expect("it is open").len();
        let mut content = vec![0; size as usize];
        let read = self.file.read_exact_at(&mut content, 0);
        read.expect("nobody cuts it now");
        content
    }
}

impl State {
    /// Whether this write takes only half of its bytes: of the planted failures every second one does, the others fail.
    fn halves(&mut self) -> io::Result<bool> {
        match &mut self.fails {
            Some((Operation::HalfWrite, times, errno)) if *times > 0 => {
                *times -= 1;
                if *times % 2 == 1 {
                    self.half_writes += 1;
                    return Ok(true);
                }
                Err(io::Error::from_raw_os_error(*errno))
            }
            _ => Ok(false),
        }
    }
}

fn identity(file: &File) -> (u64, u64) {
    let metadata = file.metadata().expect("it is open");
    (metadata.dev(), metadata.ino())
}

impl Storage for ModelDisk {
    fn open_log(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        let mut state = self.begin(Operation::Open)?;
        let log = Disk.open_log(path, mode)?;
        let file = File::open(path)?;
        let identity = identity(&file);
        if !state.logs.iter().any(|log| log.identity == identity) {
            state.logs.push(Archived {
                file,
                identity,
                before: Vec::new(),
            });
        }
        Ok(Box::new(ModelFile(log, self.clone())))
    }

    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        let lock = Disk.open_lock(path, mode)?;
        Ok(Box::new(ModelFile(lock, self.clone())))
    }

    fn open_backup(&mut self, path: &Path) -> io::Result<Box<dyn Handle>> {
        let backup = Disk.open_backup(path)?;
        Ok(Box::new(ModelFile(backup, self.clone())))
    }

    fn stat(&mut self, path: &Path) -> io::Result<Stat> {
        let _state = self.begin(Operation::Stat)?;
        Disk.stat(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let _state = self.begin(Operation::Rename)?;
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        Disk.remove(path)
    }

    fn make_dirs(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        Disk.make_dirs(path, mode)
    }

    fn list(&mut self, dir: &Path, each: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        Disk.list(dir, each)
    }

    fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        let _state = self.begin(Operation::Sync)?;
        Disk.sync_dir(dir)
    }
}

struct ModelFile(Box<dyn Handle>, ModelDisk);

impl Handle for ModelFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.1.begin(Operation::Write)?;
        let taken = if state.halves()? {
            &bytes[..bytes.len() / 2]
        } else {
            bytes
        };
        self.0.write(taken)
    }

    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let _state = self.1.lock();
        self.0.read_at(buffer, offset)
    }

    fn stat(&mut self) -> io::Result<Stat> {
        let _state = self.1.begin(Operation::Stat)?;
        self.0.stat()
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        let state = self.1.lock();
        match state.fails {
            // The remains of a half write cannot always be cut off.
            Some((Operation::HalfWrite, times, errno)) if times > 0 => {
                Err(io::Error::from_raw_os_error(errno))
            }
            _ => self.0.truncate(size),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let _state = self.1.begin(Operation::Sync)?;
        self.0.sync()
    }

    fn try_lock(&mut self) -> io::Result<bool> {
        let _state = self.1.begin(Operation::Lock)?;
        self.0.try_lock()
    }

    fn unlock(&mut self) -> io::Result<()> {
        self.0.unlock()
    }
}
