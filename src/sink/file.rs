//! The log file: one batch of whole lines under one hold of the lock, rotation, recovery from every fault.
//!
//! The worker calls it and keeps a batch until it was taken: a write answers how far it came and when to try
//! again. Invariant: it never sleeps, prints or gives a line up, and what it has taken is with the system.

mod backoff;
mod durable;
mod log;
mod trouble;
mod turn;

pub(crate) use super::rotation::Offsets;
pub(crate) use trouble::FileError;

use super::lock::{Acquired, Grip, SideLock, Standing};
use super::rotation::{Step, next_step, period_of};
use super::storage::{Stat, Storage};
use crate::clock::{Tick, Wall};
use crate::config::{Locking, Period, Retention};
use crate::error::{Error, ErrorKind};
use backoff::Backoff;
use durable::{Durable, Went};
use log::{Log, refuse};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI32;
use std::time::Duration;
use trouble::Failure;

/// How often a pass starts over because the lock file was replaced under it.
const START_OVER: u32 = 4;
/// The longest file name that leaves room for `.<number>` and the lock's name within 255 bytes.
const NAME_LIMIT: usize = 244;
/// How long after a batch the files kept for a sync are looked at, whether they have been deleted.
const LOOK_AT_KEPT: Duration = Duration::from_secs(60);

/// Where and how the file is written.
#[derive(Debug, Clone)]
pub(crate) struct FileSettings {
    pub(crate) path: PathBuf,
    pub(crate) max_bytes: u64,
    pub(crate) backup_count: u32,
    pub(crate) period: Option<Period>,
    pub(crate) offsets: Offsets,
    pub(crate) locking: Locking,
    pub(crate) mode: u32,
    pub(crate) retention: Retention,
}

/// The moment of a call, on both clocks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Now {
    pub(crate) tick: Tick,
    pub(crate) wall: Wall,
}

/// How far a write came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WriteOutcome {
    /// So many bytes from the front are with the operating system; they end at a line end.
    pub(crate) taken: usize,
    pub(crate) next: Next,
    /// What went wrong, also where the lines were written all the same (a rotation that failed).
    pub(crate) error: Option<FileError>,
}

/// What the caller does after a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Done,
    /// An operation failed: write the rest again then.
    RetryAt(Tick),
    /// Another process has the lock, which is no error: write the rest again then.
    LockRetryAt(Tick),
}

/// What has happened so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileFigures {
    pub(crate) bytes_written: u64,
    pub(crate) write_failures: u64,
    pub(crate) rotations: u64,
    pub(crate) rotate_failures: u64,
    pub(crate) lock_timeouts: u64,
    /// Batches that were written without the lock.
    pub(crate) unlocked_batches: u64,
    /// How often the file at the path was found to be another one, or gone.
    pub(crate) reopened: u64,
    pub(crate) sync_failures: u64,
    pub(crate) purged_files: u64,
    pub(crate) last_error: Option<FileError>,
}

/// The log file of one logger.
#[derive(Debug)]
pub(crate) struct FileSink {
    settings: FileSettings,
    storage: Box<dyn Storage>,
    lock: SideLock,
    log: Log,
    durable: Durable,
    write_retry: Backoff,
    rotate_retry: Backoff,
    /// The open file is to be replaced by what stands at the path, even if that is the same.
    reopen: bool,
    /// A rotation moved the open file away, could not open a new one and could not move it back.
    displaced: bool,
    look_at_kept: Tick,
    figures: FileFigures,
}

/// What a pass has reached, whatever ends it.
#[derive(Debug, Default)]
struct Progress {
    taken: usize,
    error: Option<FileError>,
}

impl FileSink {
    /// Opens the log, and creates it and its directory if they are missing.
    ///
    /// # Errors
    ///
    /// If the path cannot be a log, or with `Locking::Require` if locks do not work there.
    pub(crate) fn open(
        settings: FileSettings,
        storage: Box<dyn Storage>,
        now: Now,
    ) -> Result<FileSink, Error> {
        let settings = with_checked_path(settings)?;
        let mut storage = storage;
        let lock_path = (settings.locking != Locking::Off).then(|| lock_path(&settings.path));
        let mut lock = SideLock::new(lock_path, settings.mode);
        let acquired = lock.acquire(&mut *storage, now.tick);
        if settings.locking == Locking::Require && acquired == Acquired::Grip(Grip::Unsupported) {
            return Err(locks_required(&mut lock));
        }
        let opened = Log::open(&mut *storage, &settings.path, settings.mode);
        lock.release();
        let (mut log, stat) = opened.map_err(FileError::into_error)?;
        let written = if stat.size > 0 {
            stat.modified
        } else {
            now.wall.secs
        };
        log.period = settings.period_at(written);
        Ok(FileSink {
            settings,
            storage,
            lock,
            log,
            durable: Durable::default(),
            write_retry: Backoff::default(),
            rotate_retry: Backoff::default(),
            reopen: false,
            displaced: false,
            look_at_kept: now.tick.after(LOOK_AT_KEPT),
            figures: FileFigures::default(),
        })
    }

    /// Writes whole lines, under one hold of the lock if it can be had.
    ///
    /// Called with the rest of a batch before its deadline it answers with the same deadline.
    pub(crate) fn write(&mut self, bytes: &[u8], now: Now) -> WriteOutcome {
        self.look_at_kept(now.tick);
        let mut progress = Progress::default();
        let next = match self.write_retry.pending(now.tick) {
            Some(deadline) => Next::RetryAt(deadline),
            None => self.passes(bytes, now, &mut progress),
        };
        let error = progress.error;
        if error.is_some() {
            self.figures.last_error.clone_from(&error);
        }
        WriteOutcome {
            taken: progress.taken,
            next,
            error,
        }
    }

    /// Brings everything written since the last sync to the disk.
    ///
    /// # Errors
    ///
    /// If a file could not be synced; and from then on until a new file is opened, for what was written
    /// before is in doubt and the system would not say so again.
    pub(crate) fn sync(&mut self) -> Result<(), FileError> {
        let synced = self
            .durable
            .sync(&mut *self.storage, &self.settings.path, &mut self.log);
        if let Err(error) = &synced {
            self.figures.sync_failures += 1;
            self.figures.last_error = Some(error.clone());
        }
        synced
    }

    /// Opens what stands at the path now, and creates the file if it is missing.
    ///
    /// # Errors
    ///
    /// If that fails; the next write tries again.
    pub(crate) fn reopen(&mut self, now: Now) -> Result<(), FileError> {
        self.reopen = true;
        match self.open_log(now) {
            Ok(_) => Ok(()),
            Err(Failure::LockReplaced) => Ok(()),
            Err(Failure::Io(error)) => {
                self.figures.last_error = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Whether something does not work as it should: writing, rotating, locking or syncing.
    pub(crate) fn is_degraded(&self) -> bool {
        self.write_retry.failing()
            || self.rotate_retry.failing()
            || !self.lock.works()
            || self.lock.timed_out()
            || self.durable.unknown()
    }

    /// Whether locks work as far as is known; without them nothing is rotated.
    pub(crate) fn locks_work(&self) -> bool {
        self.lock.works()
    }

    /// Whether a failed sync left it unknown what is on the disk.
    pub(crate) fn durability_unknown(&self) -> bool {
        self.durable.unknown()
    }

    pub(crate) fn figures(&self) -> &FileFigures {
        &self.figures
    }

    pub(crate) fn path(&self) -> &Path {
        &self.settings.path
    }

    /// The number of the lock's open descriptor, or -1, for the child of a fork to close.
    pub(crate) fn lock_descriptor(&self) -> Arc<AtomicI32> {
        self.lock.descriptor()
    }

    /// Passes over the file until one ends without finding that its lock was replaced.
    fn passes(&mut self, bytes: &[u8], now: Now, progress: &mut Progress) -> Next {
        for _ in 0..START_OVER {
            let grip = match self.lock.acquire(&mut *self.storage, now.tick) {
                Acquired::WaitUntil(deadline) => return Next::LockRetryAt(deadline),
                Acquired::Grip(grip) => grip,
            };
            let result = self.pass(bytes, grip, now, progress);
            self.lock.release();
            self.count_lock(grip, progress);
            match result {
                Ok(()) => {
                    self.write_retry.clear();
                    return Next::Done;
                }
                Err(Failure::LockReplaced) => {}
                Err(Failure::Io(error)) => {
                    progress.error = Some(error);
                    self.figures.write_failures += 1;
                    return Next::RetryAt(self.write_retry.fail(now.tick));
                }
            }
        }
        Next::RetryAt(self.write_retry.fail(now.tick))
    }

    /// One hold of the lock: finds the file, writes, and rotates as often as the lines need it.
    fn pass(&mut self, bytes: &[u8], grip: Grip, now: Now, progress: &mut Progress) -> Result<(), Failure> {
        let mut size = self.find(grip, now)?;
        if self.a_new_period_began(size, grip, now) && self.try_rotate(now, progress)? {
            size = self.find(grip, now)?;
        }
        while progress.taken < bytes.len() {
            let rest = &bytes[progress.taken..];
            let piece = match self.next_step(rest, size, grip, now) {
                Step::Write(piece) => piece,
                Step::Rotate if self.try_rotate(now, progress)? => {
                    size = self.find(grip, now)?;
                    continue;
                }
                Step::Rotate => rest.len(),
            };
            size = self.append(&rest[..piece], size, grip, progress)?;
        }
        self.stay_in_period(now);
        Ok(())
    }

    /// Makes `log` the file that stands at the path, with its end at a line end, and returns its size.
    fn find(&mut self, grip: Grip, now: Now) -> Result<u64, Failure> {
        let path = &self.settings.path;
        let size = match self.storage.stat(path) {
            Ok(stat) if stat.identity == self.log.identity && !self.reopen => stat.size,
            Ok(stat) => {
                refuse(path, &stat)?;
                self.open_again(now, &stat)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.open_missing(now)?,
            Err(error) => return Err(FileError::new("cannot look at log file", path, &error).into()),
        };
        let settled = self.log.settle(size, grip);
        settled.map_err(|error| {
            let path = &self.settings.path;
            FileError::new("cannot end the last line of log file", path, &error).into()
        })
    }

    /// Opens another file, or one whose handle is in doubt. If only the open fails, the handle stays.
    fn open_again(&mut self, now: Now, at_path: &Stat) -> Result<u64, Failure> {
        match self.open_log(now) {
            Err(Failure::Io(_)) if at_path.identity == self.log.identity => Ok(at_path.size),
            opened => opened,
        }
    }

    /// Creates a file that is missing. If a rotation of our own is to blame and the file cannot be created, the
    /// renamed one is written on.
    fn open_missing(&mut self, now: Now) -> Result<u64, Failure> {
        match self.open_log(now) {
            Err(Failure::Io(error)) if self.displaced => match self.log.handle.stat() {
                Ok(stat) => Ok(stat.size),
                Err(_) => Err(error.into()),
            },
            opened => opened,
        }
    }

    /// Opens what stands at the path, and keeps the file that was open before for the next sync.
    fn open_log(&mut self, now: Now) -> Result<u64, Failure> {
        self.verify_lock()?;
        let Self {
            settings, storage, ..
        } = self;
        let (mut log, stat) = Log::open(&mut **storage, &settings.path, settings.mode)?;
        self.reopen = false;
        log.period = settings.period_at(now.wall.secs);
        if stat.size > 0 {
            // Somebody else put it there just now, perhaps a moment later than `now`.
            log.period = log.period.max(settings.period_at(stat.modified));
        }
        self.replace_log(log, Went::Elsewhere);
        Ok(stat.size)
    }

    fn replace_log(&mut self, log: Log, went: Went) {
        self.displaced = false;
        let old = std::mem::replace(&mut self.log, log);
        if old.identity == self.log.identity {
            self.log.take_over(&old);
            return;
        }
        self.durable.keep(old, went, &self.settings.path);
        self.durable.opened_new();
        self.figures.reopened += u64::from(went == Went::Elsewhere);
    }

    /// Closes, once in a while, files that were kept for a sync and have been deleted.
    fn look_at_kept(&mut self, now: Tick) {
        if now >= self.look_at_kept {
            self.look_at_kept = now.after(LOOK_AT_KEPT);
            self.durable.forget_deleted();
        }
    }

    fn verify_lock(&mut self) -> Result<(), Failure> {
        match self.lock.verify(&mut *self.storage) {
            Ok(Standing::Valid) => Ok(()),
            Ok(Standing::Replaced) => Err(Failure::LockReplaced),
            Err(error) => {
                let path = self.lock.path().unwrap_or(&self.settings.path);
                Err(FileError::new("cannot look at lock file", path, &error).into())
            }
        }
    }

    fn append(
        &mut self,
        lines: &[u8],
        size: u64,
        grip: Grip,
        progress: &mut Progress,
    ) -> Result<u64, Failure> {
        let appended = self.log.append(lines, size, grip);
        progress.taken += appended.taken;
        self.figures.bytes_written += appended.taken as u64;
        match appended.error {
            None => Ok(size + appended.taken as u64),
            Some(error) => {
                // A handle that has gone stale is replaced; a full disk is no reason to.
                self.reopen = !is_full(&error);
                let path = &self.settings.path;
                Err(FileError::new("cannot write to log file", path, &error).into())
            }
        }
    }

    fn next_step(&self, rest: &[u8], size: u64, grip: Grip, now: Now) -> Step {
        if self.may_rotate(grip, now) {
            next_step(rest, size, self.settings.max_bytes)
        } else {
            Step::Write(rest.len())
        }
    }

    fn may_rotate(&self, grip: Grip, now: Now) -> bool {
        self.settings.backup_count > 0
            && grip == Grip::Exclusive
            && self.rotate_retry.pending(now.tick).is_none()
    }

    fn a_new_period_began(&self, size: u64, grip: Grip, now: Now) -> bool {
        size > 0 && self.settings.period_at(now.wall.secs) > self.log.period && self.may_rotate(grip, now)
    }

    /// A file that was written belongs to the period of that write, also when the clock was set back. It
    /// stays in its old period while a rotation that is due has not succeeded.
    fn stay_in_period(&mut self, now: Now) {
        let today = self.settings.period_at(now.wall.secs);
        self.log.period = self.log.period.min(today);
    }

    fn count_lock(&mut self, grip: Grip, progress: &mut Progress) {
        self.figures.lock_timeouts = self.lock.timeouts();
        self.figures.unlocked_batches += u64::from(grip != Grip::Exclusive);
        if progress.error.is_none() {
            progress.error = lock_error(&mut self.lock);
        }
    }
}

impl FileSettings {
    /// The number of the hour or day that a moment falls into; always the same without rotation by time.
    fn period_at(&self, secs: i64) -> i64 {
        self.period
            .map_or(0, |period| period_of(secs, period, &self.offsets))
    }
}

fn lock_error(lock: &mut SideLock) -> Option<FileError> {
    let error = lock.take_news()?;
    let path = lock.path().unwrap_or(Path::new(""));
    let mut error = FileError::new("cannot lock", path, &error);
    error.text.push_str("; without locks the log is not rotated");
    Some(error)
}

fn locks_required(lock: &mut SideLock) -> Error {
    let error = lock_error(lock).map_or_else(
        || "file locks do not work beside the log file".to_owned(),
        |error| error.text,
    );
    Error::new(
        ErrorKind::Io,
        format!("{error}; choose another directory, or Locking::Shared to go on without rotation"),
    )
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

/// The lock of `dir/app.log` is `dir/.app.log.lock`.
pub(super) fn lock_path(log: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(log.file_name().unwrap_or_default());
    name.push(".lock");
    log.with_file_name(name)
}

/// Fixes a relative path, which must not change with the working directory, and refuses what is no file name.
fn with_checked_path(mut settings: FileSettings) -> Result<FileSettings, Error> {
    let path = &settings.path;
    let refused = |reason: &str| {
        Err(Error::new(
            ErrorKind::Config,
            format!("cannot log to {path:?}: {reason}"),
        ))
    };
    let text = path.as_os_str().as_encoded_bytes();
    let Some(name) = path.file_name() else {
        return refused("it has no file name; give the path of a file");
    };
    if text
        .last()
        .is_some_and(|last| std::path::is_separator(char::from(*last)))
    {
        return refused("it ends like a directory; give the path of a file");
    }
    if text.contains(&0) {
        return refused("it contains a NUL byte; remove it");
    }
    if name.len() > NAME_LIMIT {
        return refused(
            "its file name is longer than 244 bytes, so rotated files could not be named; shorten it",
        );
    }
    match std::path::absolute(path) {
        Ok(absolute) => {
            settings.path = absolute;
            Ok(settings)
        }
        Err(error) => {
            Err(FileError::new("cannot find the working directory for log file", path, &error).into_error())
        }
    }
}

#[cfg(test)]
mod tests;
