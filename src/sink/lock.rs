//! The lock file beside the log: every batch, rotation and purge happens under its exclusive lock.
//!
//! The file sink and `retention` call it; `fs2` is named nowhere else. Invariant: an outcome is exclusive only if
//! the file that was locked is the one that stands at the lock's path.

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

/// How long a batch waits for the lock before it is written without.
pub(super) const WAIT_LIMIT: Duration = Duration::from_millis(500);
/// How long it waits at most while others are seen to get the lock, and to give it back.
const PATIENCE: Duration = Duration::from_secs(5);
/// The waits between two tries to take the lock.
const POLLING: Backoff = Backoff::new(Duration::from_micros(200), Duration::from_millis(2));
/// How long a lock file that could not be opened is left alone.
const OPEN_AGAIN: Duration = Duration::from_secs(1);
/// How often a lock file that is replaced at that very moment is opened anew.
const OPEN_TRIES: u32 = 4;
/// How often an interrupted call is made again.
const INTERRUPT_TRIES: u32 = 3;
const DIR_MODE: u32 = 0o750;

/// What the holder may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockOutcome {
    /// Alone with the file: it may mend, cut and rotate. Also with locking switched off.
    Exclusive,
    /// Another process has the lock and has not let go: one append, nothing else.
    TimedOut,
    /// Locks do not work here: one append, and a torn end is mended, but nothing is renamed or cut.
    Unsupported,
}

/// The answer to a try.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Acquired {
    Outcome(LockOutcome),
    /// Another process has the lock: try again then.
    WaitUntil(Tick),
}

/// Whether the file that is locked still is the lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Valid,
    /// It was removed or replaced; the lock means nothing any more and was given up.
    Replaced,
}

/// The lock and what is known about it.
#[derive(Debug)]
pub(super) struct LockFile {
    /// `None` with locking switched off.
    path: Option<Arc<Path>>,
    log: PathBuf,
    mode: u32,
    open: Option<Open>,
    held: bool,
    waiting: Option<Wait>,
    /// The wait ended without the lock: until it was had again no batch waits.
    timed_out: bool,
    /// Why locks do not work, if they do not.
    broken: Option<io::ErrorKind>,
    open_again_at: Option<Tick>,
    news: Option<io::Error>,
    timeouts: u64,
}

/// The wait for another holder.
#[derive(Debug, Clone, Copy)]
struct Wait {
    begin: Tick,
    /// When the holders were last seen to be alive.
    since: Tick,
    /// What stood at the log's path then.
    log: Option<Identity>,
    polling: Backoff,
}

#[derive(Debug)]
struct Open {
    handle: Box<dyn Handle>,
    identity: Identity,
    /// Whether it was compared with its path since it was opened.
    verified: bool,
}

impl LockFile {
    /// The lock of a log; with `Locking::Off` one that is always had.
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

    /// Takes the lock if it can be had at once; begins no wait, and does not go on with one.
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

    /// Gives the lock back; without effect if it is not held.
    pub(super) fn release(&mut self) {
        if !std::mem::take(&mut self.held) {
            return;
        }
        let unlocked = self.open.as_mut().map(|open| open.handle.unlock());
        if let Some(Err(_)) = unlocked {
            // Closing the file gives the lock back whatever the call says.
            self.close();
        }
    }

    /// Compares the open lock file with its path, and gives the lock up if they differ.
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

    /// Whether there is a lock at all.
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

    /// How many waits ended without the lock.
    pub(super) fn timeouts(&self) -> u64 {
        self.timeouts
    }

    /// Why locks stopped working, once for each time they did.
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
        // A file system without stable identities looks the same.
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
            // Only a holder rotates: where another file stands, the lock goes from hand to hand.
            if log == wait.log || now >= wait.begin.after(PATIENCE) {
                (self.waiting, self.timed_out) = (None, true);
                self.timeouts += 1;
                return Acquired::Outcome(LockOutcome::TimedOut);
            }
            (wait.since, wait.log) = (now, log);
        } else if wait.log.is_none() {
            // In the middle of a rotation there was none to be told from the next one.
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

/// Makes a call that was interrupted by a signal again, a few times.
pub(super) fn retry_interrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..INTERRUPT_TRIES {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
    call()
}

/// Takes the exclusive lock on a file if nobody else has it.
pub(super) fn try_exclusive(file: &File) -> io::Result<bool> {
    match fs2::FileExt::try_lock_exclusive(file) {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives the lock on a file back.
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
