//! The open log: appends whole lines, ends a torn line, and truncates a torn write.
//!
//! `sink/file` calls it with the outcome of the lock. Invariant: a line that was written whole is never truncated.

use super::refuse::refuse;
use crate::sink::error::FileError;
use crate::sink::lock::{LockOutcome, retry_interrupted};
use crate::sink::rotation::whole_lines;
use crate::sink::storage::{Access, Handle, Identity, Stat, Storage};
use memchr::memchr;
use std::io;
use std::path::Path;

/// How often the end of a file is read while other processes write.
const LOOKS: u32 = 4;
const DIR_MODE: u32 = 0o750;

/// The file at the log's path, as far as is known.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) handle: Box<dyn Handle>,
    pub(super) identity: Identity,
    /// The end of the file after the last write; `None` if the last byte must be read.
    pub(super) end: Option<u64>,
    /// The hour or day it belongs to.
    pub(super) period: i64,
    /// Whether it was written since the last sync.
    pub(super) unsynced: bool,
    /// The offset of a torn line that a write of this process left at the end.
    torn: Option<u64>,
}

/// How a file ends, with its size.
enum Ends {
    WithALine(u64),
    InALine(u64),
    /// Other processes write all the time, so the end cannot be determined.
    Moving(u64),
}

/// The result of an append.
#[derive(Debug)]
pub(super) struct Appended {
    /// The bytes of whole lines that were passed to the operating system.
    pub(super) taken: usize,
    pub(super) error: Option<io::Error>,
}

impl Log {
    /// Opens the log, creating it and its directory if they are missing. A new log that follows another one gets the
    /// other's `access`.
    pub(super) fn open(
        storage: &mut dyn Storage,
        path: &Path,
        mode: u32,
        access: Option<Access>,
    ) -> Result<(Log, Stat), FileError> {
        let failed = |error: &io::Error| FileError::new("cannot open log file", path, error);
        // To open a device can already have an effect.
        if let Ok(stat) = storage.stat(path) {
            refuse(path, &stat)?;
        }
        let open = |storage: &mut dyn Storage| match &access {
            Some(access) => storage.open_next_log(path, mode, access),
            None => storage.open_log(path, mode),
        };
        let opened = match open(storage) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_parent(storage, path)?;
                open(storage)
            }
            opened => opened,
        };
        let mut handle = opened.map_err(|error| failed(&error))?;
        let stat = handle.stat().map_err(|error| failed(&error))?;
        refuse(path, &stat)?;
        Ok((Log::of(handle, stat.identity), stat))
    }

    /// A log of which only the identity is known.
    pub(super) fn of(handle: Box<dyn Handle>, identity: Identity) -> Log {
        Log {
            handle,
            identity,
            end: None,
            period: 0,
            unsynced: false,
            torn: None,
        }
    }

    /// Takes over the state of another handle of the same file.
    pub(super) fn take_over(&mut self, old: &Log) {
        self.end = old.end;
        self.period = old.period;
        self.unsynced = old.unsynced;
        self.torn = old.torn;
    }

    /// Ends the last line of the file if it is torn, and returns the size.
    pub(super) fn settle(&mut self, size: u64, outcome: LockOutcome) -> io::Result<u64> {
        if self.end == Some(size) || size == 0 {
            self.end = Some(size);
            return Ok(size);
        }
        // While another process holds the lock, only lines that this process has torn are ended.
        if outcome == LockOutcome::TimedOut && self.torn.is_none() {
            return Ok(size);
        }
        let size = match self.torn_end(size)? {
            Ends::InALine(size) => {
                self.end_line()?;
                size + 1
            }
            Ends::WithALine(size) => size,
            Ends::Moving(size) => return Ok(size),
        };
        self.end = Some(size);
        Ok(size)
    }

    /// Forgets how the file ends; the next write looks at it.
    pub(super) fn forget_end(&mut self) {
        (self.end, self.torn) = (None, None);
    }

    /// Whether a write of this process may have left half a line at the end.
    pub(super) fn is_torn(&self) -> bool {
        self.torn.is_some()
    }

    /// Ends a torn line of this process, also in a file that was moved, which no later batch reaches.
    ///
    /// If that completes the first of `lines`, which are to be written again, returns its length: only its end was missing.
    pub(super) fn end_torn(&mut self, lines: &[u8]) -> io::Result<usize> {
        let Some(begin) = self.torn else {
            return Ok(0);
        };
        let size = self.handle.stat()?.size;
        self.settle(size, LockOutcome::Exclusive)?;
        if self.end.is_none() {
            return Ok(0);
        }
        let first = memchr(b'\n', lines).map_or(0, |end| end + 1);
        let is_there = self.reads(&lines[..first], begin)?;
        self.torn = None;
        Ok(if is_there { first } else { 0 })
    }

    /// Whether the file has these bytes at `place`.
    fn reads(&mut self, bytes: &[u8], place: u64) -> io::Result<bool> {
        let mut found = vec![0; bytes.len()];
        let mut read = 0;
        while read < found.len() {
            let at = place + read as u64;
            match retry_interrupted(|| self.handle.read_at(&mut found[read..], at))? {
                0 => return Ok(false),
                more => read += more,
            }
        }
        Ok(found == bytes)
    }

    /// Reads the last byte.
    ///
    /// A write by another process without the lock becomes visible page by page, so a torn line may be one that is still
    /// being written. A write of zero bytes waits until that write is done.
    fn torn_end(&mut self, size: u64) -> io::Result<Ends> {
        let mut size = size;
        for _ in 0..LOOKS {
            let mut last = [b'\n'];
            let read = retry_interrupted(|| self.handle.read_at(&mut last, size.saturating_sub(1)))?;
            if read == 0 || last[0] == b'\n' {
                return Ok(Ends::WithALine(size));
            }
            retry_interrupted(|| self.handle.write(b""))?;
            let settled = self.handle.stat()?.size;
            if settled == size {
                return Ok(Ends::InALine(size));
            }
            size = settled;
        }
        Ok(Ends::Moving(size))
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.unsynced = true;
        match retry_interrupted(|| self.handle.write(b"\n"))? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            _ => Ok(()),
        }
    }

    /// Appends whole lines to the file of `size` bytes.
    pub(super) fn append(&mut self, lines: &[u8], size: u64, outcome: LockOutcome) -> Appended {
        self.unsynced = true;
        let (written, error) = self.write_all(lines, outcome);
        if written == lines.len() {
            self.end = self.end.map(|_| size + written as u64);
            return Appended {
                taken: written,
                error: None,
            };
        }
        let taken = whole_lines(lines, written);
        self.end = None;
        if taken < written {
            self.torn = Some(size + taken as u64);
            if outcome == LockOutcome::Exclusive {
                self.cut_back(size + written as u64, size + taken as u64);
            }
        }
        Appended { taken, error }
    }

    /// Writes until everything is written or an error occurs. Without the lock it writes only once, because another process
    /// could append between two writes.
    fn write_all(&mut self, lines: &[u8], outcome: LockOutcome) -> (usize, Option<io::Error>) {
        let mut written = 0;
        while written < lines.len() {
            match retry_interrupted(|| self.handle.write(&lines[written..])) {
                Ok(0) => return (written, Some(io::ErrorKind::WriteZero.into())),
                Ok(more) => written += more,
                Err(error) => return (written, Some(error)),
            }
            if outcome != LockOutcome::Exclusive {
                break;
            }
        }
        let error = (written < lines.len()).then(|| io::Error::other("only a part was written"));
        (written, error)
    }

    /// Truncates the torn line at the end, unless another process has written since. If that fails, the next write ends
    /// the torn line and writes the whole record again.
    fn cut_back(&mut self, end_now: u64, whole_end: u64) {
        let alone = matches!(self.handle.stat(), Ok(stat) if stat.size == end_now);
        if alone && self.handle.truncate(whole_end).is_ok() {
            self.torn = None;
            self.end = Some(whole_end);
        }
    }
}

fn make_parent(storage: &mut dyn Storage, path: &Path) -> Result<(), FileError> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    storage
        .make_dirs(parent, DIR_MODE)
        .map_err(|error| FileError::new("cannot create log directory", parent, &error))
}
