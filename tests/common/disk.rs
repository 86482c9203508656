//! The real disk, with faults that a test turns on and off.

use super::gate::Gate;
use asynclogger::seams::{Disk, Handle, Stat, Storage};
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

/// What an operation does instead of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Fail(ErrorKind),
    Panic,
    PanicOnce,
}

/// What a single write does instead of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It takes at most this many lines.
    Lines(usize),
    Fail(ErrorKind),
}

#[derive(Debug, Default)]
struct Plan {
    parts: Mutex<VecDeque<Part>>,
    write: Mutex<Option<Fault>>,
    sync: Mutex<Option<Fault>>,
    open: Mutex<Option<Fault>>,
    rename: Mutex<Option<Fault>>,
    remove: Mutex<Option<Fault>>,
    failed_writes: AtomicUsize,
    syncs: AtomicUsize,
    gate: Option<Gate>,
}

/// A disk whose operations fail while a fault is set; all clones share the faults.
#[derive(Debug, Clone, Default)]
pub struct FaultyDisk(Arc<Plan>);

impl FaultyDisk {
    /// Each write waits until the gate is open, with its file locked if it must be.
    pub fn behind(gate: &Gate) -> FaultyDisk {
        FaultyDisk(Arc::new(Plan {
            gate: Some(gate.clone()),
            ..Plan::default()
        }))
    }

    pub fn set_write(&self, fault: Option<Fault>) {
        *self.0.write.lock().unwrap() = fault;
    }

    /// What the next writes do, in this order.
    pub fn plan_writes(&self, parts: impl IntoIterator<Item = Part>) {
        *self.0.parts.lock().unwrap() = parts.into_iter().collect();
    }

    pub fn set_sync(&self, fault: Option<Fault>) {
        *self.0.sync.lock().unwrap() = fault;
    }

    pub fn set_open(&self, fault: Option<Fault>) {
        *self.0.open.lock().unwrap() = fault;
    }

    pub fn set_rename(&self, fault: Option<Fault>) {
        *self.0.rename.lock().unwrap() = fault;
    }

    pub fn set_remove(&self, fault: Option<Fault>) {
        *self.0.remove.lock().unwrap() = fault;
    }

    /// Number of writes that were refused.
    pub fn failed_writes(&self) -> usize {
        self.0.failed_writes.load(SeqCst)
    }

    /// Number of files that were synced.
    pub fn syncs(&self) -> usize {
        self.0.syncs.load(SeqCst)
    }
}

fn strike(fault: &Mutex<Option<Fault>>) -> io::Result<()> {
    let mut plan = fault.lock().unwrap();
    let fault = *plan;
    if fault == Some(Fault::PanicOnce) {
        *plan = None;
    }
    drop(plan);
    match fault {
        None => Ok(()),
        Some(Fault::Fail(kind)) => Err(kind.into()),
        Some(Fault::Panic | Fault::PanicOnce) => panic!("planted in the disk"),
    }
}

impl Storage for FaultyDisk {
    fn open_log(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        strike(&self.0.open)?;
        let file = Disk.open_log(path, mode)?;
        Ok(Box::new(FaultyFile(file, Arc::clone(&self.0))))
    }

    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        Disk.open_lock(path, mode)
    }

    fn open_backup(&mut self, path: &Path) -> io::Result<Box<dyn Handle>> {
        Disk.open_backup(path)
    }

    fn stat(&mut self, path: &Path) -> io::Result<Stat> {
        Disk.stat(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        strike(&self.0.rename)?;
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        strike(&self.0.remove)?;
        Disk.remove(path)
    }

    fn make_dirs(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        Disk.make_dirs(path, mode)
    }

    fn list(&mut self, dir: &Path, each: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        Disk.list(dir, each)
    }

    fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        Disk.sync_dir(dir)
    }
}

struct FaultyFile(Box<dyn Handle>, Arc<Plan>);

impl Handle for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.gate.iter().for_each(Gate::pass);
        strike(&self.1.write).inspect_err(|_| {
            self.1.failed_writes.fetch_add(1, SeqCst);
        })?;
        // A write of no bytes only waits for the others.
        let part = (!bytes.is_empty()).then(|| self.1.parts.lock().unwrap().pop_front());
        match part.flatten() {
            None => self.0.write(bytes),
            Some(Part::Lines(lines)) => {
                let lines = bytes.split_inclusive(|byte| *byte == b'\n').take(lines);
                self.0.write(&bytes[..lines.map(<[u8]>::len).sum()])
            }
            Some(Part::Fail(kind)) => Err(kind.into()),
        }
    }

    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }

    fn stat(&mut self) -> io::Result<Stat> {
        self.0.stat()
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        self.0.truncate(size)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.1.syncs.fetch_add(1, SeqCst);
        strike(&self.1.sync)?;
        self.0.sync()
    }

    fn try_lock(&mut self) -> io::Result<bool> {
        self.0.try_lock()
    }

    fn unlock(&mut self) -> io::Result<()> {
        self.0.unlock()
    }
}
