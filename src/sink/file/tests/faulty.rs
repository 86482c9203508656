//! A storage that counts its operations, and fails the ones it is told to.

use super::super::super::disk::Disk;
use super::super::super::storage::{Handle, Stat, Storage};
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The kinds of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Open,
    OpenLock,
    Write,
    Read,
    StatPath,
    StatHandle,
    Truncate,
    Rename,
    Remove,
    MakeDirs,
    List,
    Sync,
    Lock,
    Unlock,
}

/// Which operations fail, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    pub(super) op: Op,
    pub(super) errno: i32,
    /// The first one that fails, counted from 1.
    pub(super) nth: usize,
    /// How many fail from there on.
    pub(super) times: usize,
    /// A write that fails takes so many bytes in the call before.
    pub(super) short: Option<usize>,
}

/// What somebody else does just before an operation.
type Interference = Box<dyn FnOnce() + Send>;

/// How many operations of a fault's kind were seen.
type Count = usize;

#[derive(Default)]
struct State {
    interference: Option<(Op, Interference)>,
    faults: Vec<(Fault, Count)>,
    failed: usize,
    cut: bool,
    cleared: bool,
    log: Vec<Op>,
}

/// The common state of a storage and its handles.
#[derive(Clone, Default)]
pub(super) struct Faults(Arc<Mutex<State>>);

impl Faults {
    /// Plans a fault, counting operations from now on.
    pub(super) fn plan(&self, fault: Fault) {
        let mut state = self.0.lock().unwrap();
        *state = State {
            faults: vec![(fault, 0)],
            ..State::default()
        };
    }

    /// Plans a further fault.
    pub(super) fn also(&self, fault: Fault) {
        self.0.lock().unwrap().faults.push((fault, 0));
    }

    pub(super) fn clear(&self) {
        *self.0.lock().unwrap() = State {
            cleared: true,
            ..State::default()
        };
    }

    /// Whether a planned fault was taken away.
    pub(super) fn was_cleared(&self) -> bool {
        self.0.lock().unwrap().cleared
    }

    /// Lets somebody else act just before the next operation of a kind.
    pub(super) fn before(&self, op: Op, act: impl FnOnce() + Send + 'static) {
        self.0.lock().unwrap().interference = Some((op, Box::new(act)));
    }

    /// How many operations have failed.
    pub(super) fn failed(&self) -> usize {
        self.0.lock().unwrap().failed
    }

    /// The operations since the last call.
    pub(super) fn take_log(&self) -> Vec<Op> {
        std::mem::take(&mut self.0.lock().unwrap().log)
    }

    fn check(&self, op: Op) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        state.log.push(op);
        if matches!(&state.interference, Some((before, _)) if *before == op) {
            if let Some((_, act)) = state.interference.take() {
                act();
            }
        }
        let mut errno = None;
        for (fault, seen) in state.faults.iter_mut().filter(|(fault, _)| fault.op == op) {
            *seen += 1;
            if *seen >= fault.nth && *seen - fault.nth < fault.times {
                errno = Some(fault.errno);
            }
        }
        state.failed += usize::from(errno.is_some());
        errno.map_or(Ok(()), |errno| Err(io::Error::from_raw_os_error(errno)))
    }

    /// The part of a write that goes through before the fault: one short write, then the error.
    fn write_limit(&self, len: usize) -> usize {
        let mut state = self.0.lock().unwrap();
        let short = state.faults.iter().find_map(|(fault, seen)| match fault.short {
            Some(short) if fault.op == Op::Write && seen + 1 == fault.nth => Some(short),
            _ => None,
        });
        match short {
            Some(short) if !state.cut && len > short => {
                state.cut = true;
                short
            }
            _ => len,
        }
    }
}

pub(super) struct Faulty {
    disk: Disk,
    faults: Faults,
}

impl Faulty {
    pub(super) fn new(faults: Faults) -> Faulty {
        Faulty { disk: Disk, faults }
    }

    fn wrap(&self, inner: Box<dyn Handle>) -> Box<dyn Handle> {
        Box::new(FaultyHandle {
            inner,
            faults: self.faults.clone(),
        })
    }
}

impl Storage for Faulty {
    fn open_log(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        self.faults.check(Op::Open)?;
        let handle = self.disk.open_log(path, mode)?;
        Ok(self.wrap(handle))
    }

    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        self.faults.check(Op::OpenLock)?;
        let handle = self.disk.open_lock(path, mode)?;
        Ok(self.wrap(handle))
    }

    fn open_backup(&mut self, path: &Path) -> io::Result<Box<dyn Handle>> {
        self.faults.check(Op::Open)?;
        let handle = self.disk.open_backup(path)?;
        Ok(self.wrap(handle))
    }

    fn stat(&mut self, path: &Path) -> io::Result<Stat> {
        self.faults.check(Op::StatPath)?;
        self.disk.stat(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.faults.check(Op::Rename)?;
        self.disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.faults.check(Op::Remove)?;
        self.disk.remove(path)
    }

    fn make_dirs(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        self.faults.check(Op::MakeDirs)?;
        self.disk.make_dirs(path, mode)
    }

    fn list(&mut self, dir: &Path, each: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        self.faults.check(Op::List)?;
        self.disk.list(dir, each)
    }

    fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        self.faults.check(Op::Sync)?;
        self.disk.sync_dir(dir)
    }
}

struct FaultyHandle {
    inner: Box<dyn Handle>,
    faults: Faults,
}

impl Handle for FaultyHandle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let limit = self.faults.write_limit(bytes.len());
        if limit < bytes.len() {
            return self.inner.write(&bytes[..limit]);
        }
        self.faults.check(Op::Write)?;
        self.inner.write(bytes)
    }

    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.faults.check(Op::Read)?;
        self.inner.read_at(buffer, offset)
    }

    fn stat(&mut self) -> io::Result<Stat> {
        self.faults.check(Op::StatHandle)?;
        self.inner.stat()
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        self.faults.check(Op::Truncate)?;
        self.inner.truncate(size)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.faults.check(Op::Sync)?;
        self.inner.sync()
    }

    fn try_lock(&mut self) -> io::Result<bool> {
        self.faults.check(Op::Lock)?;
        self.inner.try_lock()
    }

    fn unlock(&mut self) -> io::Result<()> {
        self.faults.check(Op::Unlock)?;
        self.inner.unlock()
    }
}
