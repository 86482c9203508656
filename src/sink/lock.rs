//! The lock file next to the log: every batch, rotation and purge happens under its exclusive lock.
//!
//! The file sink and `retention` call it; `fs2` is used nowhere else. Invariant: an outcome is exclusive only if the
//! locked file is the one at the lock's path.

use super::backoff::Backoff;
use super::storage::{Handle, Identity, Storage};
use crate::clock::Tick;
use crate::config::Locking;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a batch waits for the lock before it is written without it.
pub(super) const WAIT_LIMIT: Duration = Duration::from_millis(500);
/// The longest wait while other processes are seen to take the lock and to release it.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pauses between tries to take the lock.
const POLLING: Backoff = Backoff::new(Duration::from_micros(200), Duration::from_millis(2));
/// The pause after a lock file could not be opened.
const OPEN_AGAIN: Duration = Duration::from_secs(1);
/// How often a lock file is opened again if it is replaced at the same moment.
const OPEN_TRIES: u32 = 4;
/// How often an interrupted call is tried.
const INTERRUPT_TRIES: u32 = 3;
const DIR_MODE: u32 = 0o750;

/// What a batch may do to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockOutcome {
    /// The lock is held, or locking is switched off: torn lines may be ended, and the file truncated and rotated.
    Exclusive,
    /// Another process has held the lock for too long: one append, nothing else.
    TimedOut,
    /// Locks do not work here: one append, and a torn line is ended, but nothing is renamed or truncated.
    Unsupported,
}

/// The result of a try to take the lock.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Acquired {
    Outcome(LockOutcome),
    /// Another process has the lock: try again at this time.
    WaitUntil(Tick),
}

/// Whether the locked file is still the lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Valid,
    /// It was removed or replaced: the lock protects nothing any more and was released.
    Replaced,
}

/// The lock file and its state.
#[derive(Debug)]
pub(super) struct LockFile {
    /// `None` with locking switched off.
    path: Option<Arc<Path>>,
    log: PathBuf,
    mode: u32,
    open: Option<Open>,
    held: bool,
    waiting: Option<Wait>,
    /// A wait ended without the lock. Until it is taken again, no batch waits.
    timed_out: bool,
    /// The error if locks do not work.
    broken: Option<io::ErrorKind>,
    open_again_at: Option<Tick>,
    news: Option<io::Error>,
    timeouts: u64,
}

/// A wait for another process to release the lock.
#[derive(Debug, Clone, Copy)]
struct Wait {
    begin: Tick,
    /// When the lock was last seen to change hands.
    since: Tick,
    /// The file at the log's path at that time.
    log: Option<Identity>,
    polling: Backoff,
}

#[derive(Debug)]
struct Open {
    handle: Box<dyn Handle>,
    identity: Identity,
    /// Whether it was compared with the file at its path since it was opened.
    verified: bool,
}

impl LockFile {
    /// The lock of a log; with `Locking::Off` it is always granted.
    pub(super) fn beside(log: &Path, locking: Locking, mode: u32) -> LockFile {
        LockFile {
            path: (locking != Locking::Off).then(|| Arc::from(lock_path(log))),
            log: log.to_owned(),
            mode,
            open: None,
            held: false,
            waiting: None,
            timed_out: false,
            broken: None,
            open_again_at: None,
            news: None,
            timeouts: 0,
        }
    }

    /// Tries to take the lock, once and without waiting.
    pub(super) fn acquire(&mut self, storage: &mut dyn Storage, now: Tick) -> Acquired {
        let Some(path) = self.path.clone() else {
            return Acquired::Outcome(LockOutcome::Exclusive);
        };
        match self.try_at(&path, storage, now) {
            Ok(true) => {
                (self.held, self.timed_out) = (true, false);
                (self.waiting, self.broken) = (None, None);
                Acquired::Outcome(LockOutcome::Exclusive)
            }
            Ok(false) => self.contended(storage, now),
            Err(error) => self.unsupported(error),
        }
    }

    /// Takes the lock if it is free; neither begins nor continues a wait.
    pub(super) fn acquire_at_once(&mut self, storage: &mut dyn Storage, now: Tick) -> Option<LockOutcome> {
        let before = (self.waiting, self.timed_out, self.timeouts);
        match self.acquire(storage, now) {
            Acquired::Outcome(outcome) if outcome != LockOutcome::TimedOut => Some(outcome),
            Acquired::Outcome(_) | Acquired::WaitUntil(_) => {
                (self.waiting, self.timed_out, self.timeouts) = before;
                None
            }
        }
    }

    /// Releases the lock; no effect if it is not held.
    pub(super) fn release(&mut self) {
        if !std::mem::take(&mut self.held) {
            return;
        }
        let unlocked = self.open.as_mut().map(|open| open.handle.unlock());
        if let Some(Err(_)) = unlocked {
            // Closing the file releases the lock in any case.
            self.close();
        }
    }

    /// Compares the open lock file with the file at its path, and releases the lock if they differ.
    pub(super) fn verify(&mut self, storage: &mut dyn Storage) -> io::Result<Standing> {
        let (Some(path), Some(open)) = (&self.path, &self.open) else {
            return Ok(Standing::Valid);
        };
        let standing = match storage.stat(path) {
            Ok(stat) if stat.identity == open.identity => return Ok(Standing::Valid),
            Ok(_) => Standing::Replaced,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Standing::Replaced,
            Err(error) => return Err(error),
        };
        self.release();
        self.close();
        Ok(standing)
    }

    /// Whether locking is switched on.
    pub(super) fn is_used(&self) -> bool {
        self.path.is_some()
    }

    /// Whether locks work as far as is known.
    pub(super) fn works(&self) -> bool {
        self.broken.is_none()
    }

    /// Whether the last wait ended without the lock.
    pub(super) fn timed_out(&self) -> bool {
        self.timed_out
    }

    /// The number of waits that ended without the lock.
    pub(super) fn timeouts(&self) -> u64 {
        self.timeouts
    }

    /// The error with which locks stopped working, returned once for each time.
    pub(super) fn take_news(&mut self) -> Option<io::Error> {
        self.news.take()
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    fn try_at(&mut self, path: &Path, storage: &mut dyn Storage, now: Tick) -> io::Result<bool> {
        for _ in 0..OPEN_TRIES {
            let open = match &mut self.open {
                Some(open) if open.handle.is_ours() => open,
                _ => {
                    self.open_at(path, storage, now)?;
                    continue;
                }
            };
            if !retry_interrupted(|| open.handle.try_lock())? {
                return Ok(false);
            }
            if open.verified {
                return Ok(true);
            }
            let at_path = storage.stat(path);
            if matches!(&at_path, Ok(stat) if stat.identity == open.identity) {
                open.verified = true;
                return Ok(true);
            }
            self.close();
            match at_path {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        // Also the case on a file system without stable inode numbers.
        self.open_again_at = Some(now.after(OPEN_AGAIN));
        Err(io::Error::other("the lock file is replaced again and again"))
    }

    fn open_at(&mut self, path: &Path, storage: &mut dyn Storage, now: Tick) -> io::Result<()> {
        if matches!(self.open_again_at, Some(at) if at > now) {
            return Err(self.broken.unwrap_or(io::ErrorKind::Other).into());
        }
        let opened = open_lock(path, self.mode, storage);
        self.open_again_at = opened.is_err().then(|| now.after(OPEN_AGAIN));
        let open = opened?;
        self.open = Some(open);
        Ok(())
    }

    fn close(&mut self) {
        self.open = None;
        self.held = false;
    }

    fn contended(&mut self, storage: &mut dyn Storage, now: Tick) -> Acquired {
        self.broken = None;
        if self.timed_out {
            return Acquired::Outcome(LockOutcome::TimedOut);
        }
        let mut at_path = || storage.stat(&self.log).ok().map(|stat| stat.identity);
        let mut wait = self.waiting.unwrap_or_else(|| Wait {
            begin: now,
            since: now,
            log: at_path(),
            polling: POLLING,
        });
        if now >= wait.since.after(WAIT_LIMIT) {
            let log = at_path();
            // Only a holder rotates: if another file is at the path, the lock changes hands.
            if log == wait.log || now >= wait.begin.after(PATIENCE) {
                (self.waiting, self.timed_out) = (None, true);
                self.timeouts += 1;
                return Acquired::Outcome(LockOutcome::TimedOut);
            }
            (wait.since, wait.log) = (now, log);
        } else if wait.log.is_none() {
            // In the middle of a rotation there was no file at the path to compare with.
            wait.log = at_path();
        }
        let next = wait.polling.fail(now).min(wait.since.after(WAIT_LIMIT));
        self.waiting = Some(wait);
        Acquired::WaitUntil(next)
    }

    fn unsupported(&mut self, error: io::Error) -> Acquired {
        if self.broken.is_none() {
            self.broken = Some(error.kind());
            self.news = Some(error);
        }
        self.waiting = None;
        Acquired::Outcome(LockOutcome::Unsupported)
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        self.close();
    }
}

/// Repeats a call that a signal interrupted, a few times.
pub(super) fn retry_interrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..INTERRUPT_TRIES {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
    call()
}

/// Takes the exclusive lock on a file if it is free.
pub(super) fn try_exclusive(file: &File) -> io::Result<bool> {
    match fs2::FileExt::try_lock_exclusive(file) {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Releases the lock on a file.
pub(super) fn release(file: &File) -> io::Result<()> {
    fs2::FileExt::unlock(file)
}

/// The lock of `dir/app.log` is `dir/.app.log.lock`.
fn lock_path(log: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(log.file_name().unwrap_or_default());
    name.push(".lock");
    log.with_file_name(name)
}

fn open_lock(path: &Path, mode: u32, storage: &mut dyn Storage) -> io::Result<Open> {
    let mut handle = match storage.open_lock(path, mode) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(parent) = path.parent() {
                storage.make_dirs(parent, DIR_MODE)?;
            }
            storage.open_lock(path, mode)?
        }
        opened => opened?,
    };
    let stat = handle.stat()?;
    if !stat.regular {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the lock file is not a regular file",
        ));
    }
    Ok(Open {
        handle,
        identity: stat.identity,
        verified: false,
    })
}
