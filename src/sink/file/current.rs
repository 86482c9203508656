//! The open log: appends whole lines, ends a torn line, cuts a torn write back.
//!
//! `sink/file` calls it with the outcome it has. Invariant: nothing that was written whole is ever cut off.

use crate::sink::error::{FileError, named};
use crate::sink::lock::{LockOutcome, retry_interrupted};
use crate::sink::rotation::whole_lines;
use crate::sink::storage::{Handle, Identity, Stat, Storage};
use memchr::memchr;
use std::io;
use std::path::Path;

/// How often the end of a file is looked at while others write.
const LOOKS: u32 = 4;
const DIR_MODE: u32 = 0o750;

/// The file that stands at the log's path, as far as is known.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) handle: Box<dyn Handle>,
    pub(super) identity: Identity,
    /// Where the last write left the end; `None` if the last byte must be looked at.
    pub(super) end: Option<u64>,
    /// The hour or day it belongs to.
    pub(super) period: i64,
    /// Whether it was written since the last sync.
    pub(super) unsynced: bool,
    /// Where half a line begins that a write of this process left at the end, if it did.
    torn: Option<u64>,
}

/// How a file ends, with its size.
enum Ends {
    WithALine(u64),
    InALine(u64),
    /// Others write and write: there is no end to be seen.
    Moving(u64),
}

/// What became of an append.
#[derive(Debug)]
pub(super) struct Appended {
    /// The bytes of whole lines that are with the operating system.
    pub(super) taken: usize,
    pub(super) error: Option<io::Error>,
}

impl Log {
    /// Opens the log, creating it and its directory if they are missing.
    pub(super) fn open(storage: &mut dyn Storage, path: &Path, mode: u32) -> Result<(Log, Stat), FileError> {
        let failed = |error: &io::Error| FileError::new("cannot open log file", path, error);
        // To open a device can already have an effect.
        if let Ok(stat) = storage.stat(path) {
            refuse(path, &stat)?;
        }
        let opened = match storage.open_log(path, mode) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_parent(storage, path)?;
                storage.open_log(path, mode)
            }
            opened => opened,
        };
        let mut handle = opened.map_err(|error| failed(&error))?;
        let stat = handle.stat().map_err(|error| failed(&error))?;
        refuse(path, &stat)?;
        Ok((Log::of(handle, stat.identity), stat))
    }

    /// A log of which nothing is known but what it is.
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

    /// Goes on where another handle of the same file was left.
    pub(super) fn take_over(&mut self, old: &Log) {
        self.end = old.end;
        self.period = old.period;
        self.unsynced = old.unsynced;
        self.torn = old.torn;
    }

    /// Sees to it that the end of the file is the end of a line, and returns the size.
    pub(super) fn settle(&mut self, size: u64, outcome: LockOutcome) -> io::Result<u64> {
        if self.end == Some(size) || size == 0 {
            self.end = Some(size);
            return Ok(size);
        }
        // Behind the back of a holder that does not let go, only what this process tore itself is mended.
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

    /// Ends the line that a write of this process tore, also in a file that somebody has moved: no next batch will.
    ///
    /// Gives the bytes of the first of `lines`, which are to be written again, if it is there whole with that: it
    /// lacked only its end.
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

    /// Whether just these bytes stand at a place of the file.
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

    /// Looks at the last byte.
    ///
    /// A write by another process that has no lock shows its bytes page by page, so what looks like half a line
    /// may be one that is being written. A write of nothing waits until that one is done.
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

    /// Writes until all is written or an error comes; without the lock only once, for between two writes
    /// another process could append.
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

    /// Cuts off the half line at the end, if nobody else has written since. If that fails, the next write
    /// ends the half line and the record is written again whole.
    fn cut_back(&mut self, end_now: u64, whole_end: u64) {
        let alone = matches!(self.handle.stat(), Ok(stat) if stat.size == end_now);
        if alone && self.handle.truncate(whole_end).is_ok() {
            self.torn = None;
            self.end = Some(whole_end);
        }
    }
}

/// Refuses what must not be written to as a log.
pub(super) fn refuse(path: &Path, stat: &Stat) -> Result<(), FileError> {
    let reason = if !stat.regular {
        "it is a directory, a link, a FIFO or a device; move it away or choose another path"
    } else if stat.links > 1 {
        "the file has another name too (a hard link); remove one of the two"
    } else {
        return Ok(());
    };
    Err(FileError {
        kind: io::ErrorKind::InvalidInput,
        text: format!("refusing to log to {}: {reason}", named(path)),
    })
}

fn make_parent(storage: &mut dyn Storage, path: &Path) -> Result<(), FileError> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    storage
        .make_dirs(parent, DIR_MODE)
        .map_err(|error| FileError::new("cannot create log directory", parent, &error))
}
