//! The log file: writes a batch of whole lines under one hold of the lock, rotates, and recovers from faults.
//!
//! The worker calls it and keeps a batch until all of it is written: a write returns how many bytes were written, and
//! when to try again. Invariant: it never sleeps, prints or drops a line, and what it reports as written has been passed
//! to the operating system.

mod clean;
mod current;
mod detached;
mod durable;
mod find;
mod outcome;
mod refuse;
mod rotate;
mod settings;

pub(crate) use super::error::FileError;
pub(crate) use outcome::{FileFigures, Next, Now, WriteOutcome};
pub(crate) use settings::FileSettings;

use super::backoff::Backoff;
use super::error::{Failure, named};
use super::lock::{Acquired, LockFile, LockOutcome};
use super::retention::SteadyClock;
use super::rotation::{Step, next_step, period_end};
use super::storage::{Identity, Storage};
use crate::clock::{Tick, Wall};
use crate::config::Locking;
use crate::error::Error;
use current::Log;
use detached::{Detached, locks_required};
use durable::Durable;
use find::LOOK_AT_KEPT;
use rotate::RotationPass;
use settings::with_checked_path;
use std::io;
use std::time::Duration;

/// How often a pass starts over because the lock file was replaced under it.
const START_OVER: u32 = 4;
/// The pause before a busy process takes the lock again. File locks are not fair: without a pause, the current holder
/// usually wins the lock back before any waiter polls it.
const OTHERS_FIRST: Duration = Duration::from_micros(250);
/// How long another process is expected to write again after its last write.
const OTHERS_ARE_THERE: Duration = Duration::from_secs(1);
/// Between batches that are further apart than this, other processes get the lock anyway.
const BATCH_UPON_BATCH: Duration = Duration::from_millis(50);

/// Clock differences of up to this many seconds do not count as the clock being set back.
const SLOW_CLOCK_SECS: i64 = 10;

/// The log file of one logger.
#[derive(Debug)]
pub(crate) struct FileSink {
    settings: FileSettings,
    storage: Box<dyn Storage>,
    lock: LockFile,
    log: Log,
    durable: Durable,
    write_retry: Backoff,
    rotate_retry: Backoff,
    /// The file at the path is to be opened again, even if it is the open one.
    reopen: bool,
    /// A rotation moved the open file away, could not open a new one and could not move it back.
    displaced: bool,
    /// Whether the open file is written although its path cannot be looked at.
    detached: Detached,
    /// When another process was last seen to write to the file.
    others_wrote: Option<Tick>,
    last_pass: Tick,
    /// When the records of the current batch were made, in seconds since 1970.
    made_secs: i64,
    /// The pass after which the lock was left to other processes.
    left_after: Option<Tick>,
    look_at_kept: Tick,
    /// When to look for surplus backups.
    clean_at: Option<Tick>,
    steady_clock: SteadyClock,
    /// Bytes of the current write that were appended, for `after_panic`.
    appended: usize,
    figures: FileFigures,
}

/// The result of a pass, also of one that fails.
#[derive(Debug, Default)]
struct Progress {
    taken: usize,
    error: Option<FileError>,
    rotation: RotationPass,
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
        let (settings, mut storage) = (with_checked_path(settings)?, storage);
        let mut lock = LockFile::beside(&settings.path, settings.locking, settings.mode);
        let outcome = lock.acquire_at_once(&mut *storage, now.tick);
        if settings.locking == Locking::Require && outcome == Some(LockOutcome::Unsupported) {
            return Err(locks_required(&mut lock));
        }
        let opened = Log::open(&mut *storage, &settings.path, settings.mode, None);
        lock.release();
        let (mut log, stat, detached) = detached::or_inherited(opened, &mut *storage)?;
        let mut durable = Durable::default();
        durable.opened_new();
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
            durable,
            write_retry: Backoff::for_output(),
            rotate_retry: Backoff::for_output(),
            reopen: false,
            displaced: false,
            detached,
            others_wrote: None,
            last_pass: now.tick,
            made_secs: now.wall.secs,
            left_after: None,
            look_at_kept: now.tick.after(LOOK_AT_KEPT),
            clean_at: Some(now.tick),
            steady_clock: SteadyClock::new(now.tick, now.wall),
            appended: 0,
            figures: FileFigures::default(),
        })
    }

    /// Writes whole lines, under one hold of the lock if it can be taken.
    ///
    /// The records were made at `made`: their hour or day decides about a rotation, and not the time at which they are
    /// written. A call with the rest of a batch before its deadline returns the same deadline.
    pub(crate) fn write_records(&mut self, bytes: &[u8], now: Now, made: Wall) -> WriteOutcome {
        self.made_secs = made.secs;
        self.appended = 0;
        self.look_at_kept(now.tick);
        let mut progress = Progress::default();
        if !bytes.is_empty() {
            progress.error = self.look_at_descriptor();
        }
        let next = match self.write_retry.pending(now.tick) {
            _ if bytes.is_empty() => Next::Done,
            Some(deadline) => Next::RetryAt(deadline),
            None if self.leaves_the_lock(now.tick) => Next::LockRetryAt(now.tick.after(OTHERS_FIRST)),
            None => self.passes(bytes, now, &mut progress),
        };
        self.appended = 0;
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

    /// Syncs everything written since the last sync to the disk.
    ///
    /// # Errors
    ///
    /// If a file could not be synced, and from then on until a new file is opened: it is unknown whether the earlier writes
    /// are on the disk, and the system reports that only once.
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

    /// Opens the file at the path again, now or with the next write, and creates it if it is missing.
    ///
    /// # Errors
    ///
    /// If that fails; the next write tries again.
    pub(crate) fn reopen(&mut self, now: Now) -> Result<(), FileError> {
        self.reopen = true;
        self.made_secs = now.wall.secs;
        if self.log.is_torn() {
            // The next write ends the torn line first, under the lock, and then opens the file.
            return Ok(());
        }
        match self.open_log(now) {
            Ok(_) => Ok(()),
            Err(Failure::LockReplaced) => Ok(()),
            Err(Failure::Io(error)) => {
                self.figures.last_error = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Makes the sink usable after a call into it has panicked: its knowledge of the file may be wrong. Returns the number
    /// of bytes of the current write that were written; they must not be written again.
    pub(crate) fn after_panic(&mut self) -> usize {
        self.lock.release();
        self.log.end = None;
        self.reopen = true;
        std::mem::take(&mut self.appended)
    }

    /// Whether writing, rotating, locking or syncing fails.
    pub(crate) fn is_degraded(&self) -> bool {
        self.write_retry.failing()
            || self.rotate_retry.failing()
            || !self.lock.works()
            || self.lock.timed_out()
            || self.durable.unknown()
            || self.is_detached()
    }

    /// Whether locks work as far as is known; without them nothing is rotated.
    pub(crate) fn locks_work(&self) -> bool {
        self.lock.works()
    }

    pub(crate) fn figures(&self) -> &FileFigures {
        &self.figures
    }

    /// When the hour or day of a moment ends, in seconds since 1970; `None` without rotation by time.
    pub(crate) fn period_end(&self, secs: i64) -> Option<i64> {
        let period = self.settings.rotate_every?;
        Some(period_end(secs, period, &self.settings.zone))
    }

    pub(crate) fn settings(&self) -> &FileSettings {
        &self.settings
    }

    /// Which file is open.
    pub(crate) fn identity(&self) -> Identity {
        self.log.identity
    }

    /// The path in quotes, with control characters escaped.
    pub(crate) fn shown_path(&self) -> String {
        named(&self.settings.path)
    }

    /// Whether this batch lets other processes have the lock first; once for each batch.
    fn leaves_the_lock(&mut self, now: Tick) -> bool {
        let busy = now.since(self.last_pass) < BATCH_UPON_BATCH;
        let shared = self
            .others_wrote
            .is_some_and(|at| now.since(at) < OTHERS_ARE_THERE);
        let leaves = busy && shared && self.lock.is_used() && self.left_after != Some(self.last_pass);
        if leaves {
            self.left_after = Some(self.last_pass);
        }
        leaves
    }

    /// Repeats the pass while it finds that its lock file was replaced.
    fn passes(&mut self, bytes: &[u8], now: Now, progress: &mut Progress) -> Next {
        for _ in 0..START_OVER {
            let outcome = match self.lock.acquire(&mut *self.storage, now.tick) {
                Acquired::WaitUntil(deadline) => return Next::LockRetryAt(deadline),
                Acquired::Outcome(outcome) => outcome,
            };
            let result = self.pass(bytes, outcome, now, progress);
            self.lock.release();
            self.count_lock(outcome, progress);
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
    fn pass(
        &mut self,
        bytes: &[u8],
        outcome: LockOutcome,
        now: Now,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        self.last_pass = now.tick;
        progress.rotation = RotationPass::default();
        progress.taken += self.end_torn(&bytes[progress.taken..])?;
        let mut size = self.find(outcome, now)?;
        let rest = &bytes[progress.taken..];
        if rest.is_empty() {
            return Ok(());
        }
        if size == 0 {
            self.log.period = self.settings.period_at(self.made_secs);
        }
        if self.a_new_period_began(size, outcome, now) && self.try_rotate(rest, now, progress)? {
            size = self.find(outcome, now)?;
        }
        while progress.taken < bytes.len() {
            let rest = &bytes[progress.taken..];
            let piece = match self.next_step(rest, size, outcome, now) {
                Step::Write(piece) => piece,
                Step::Rotate if self.try_rotate(rest, now, progress)? => {
                    size = self.find(outcome, now)?;
                    continue;
                }
                Step::Rotate => rest.len(),
            };
            size = self.append(&rest[..piece], size, outcome, progress)?;
        }
        self.stay_in_period(now);
        if self.may_rotate(outcome, now) {
            // The rotation was done, or another process made it unnecessary.
            self.rotate_retry.clear();
        }
        Ok(())
    }

    fn append(
        &mut self,
        lines: &[u8],
        size: u64,
        outcome: LockOutcome,
        progress: &mut Progress,
    ) -> Result<u64, Failure> {
        let appended = self.log.append(lines, size, outcome);
        progress.taken += appended.taken;
        self.appended = progress.taken;
        self.figures.bytes_written += appended.taken as u64;
        match appended.error {
            None => Ok(size + appended.taken as u64),
            Some(error) => {
                // A stale handle is replaced; on a full disk a new one would not help.
                self.reopen = !is_full(&error);
                let path = &self.settings.path;
                Err(FileError::new("cannot write to log file", path, &error).into())
            }
        }
    }

    fn next_step(&self, rest: &[u8], size: u64, outcome: LockOutcome, now: Now) -> Step {
        if self.may_rotate(outcome, now) {
            next_step(rest, size, self.settings.max_bytes)
        } else {
            Step::Write(rest.len())
        }
    }

    fn may_rotate(&self, outcome: LockOutcome, now: Now) -> bool {
        self.settings.backup_count > 0
            && !self.is_detached()
            && outcome == LockOutcome::Exclusive
            && self.rotate_retry.pending(now.tick).is_none()
    }

    fn a_new_period_began(&self, size: u64, outcome: LockOutcome, now: Now) -> bool {
        size > 0 && self.settings.period_at(self.made_secs) > self.log.period && self.may_rotate(outcome, now)
    }

    /// Moves the file to an earlier period if the clock was set back. A file stays in its old period while a rotation that
    /// is due has not succeeded.
    fn stay_in_period(&mut self, now: Now) {
        let secs = now.wall.secs;
        if self.settings.period_at(secs.saturating_add(SLOW_CLOCK_SECS)) < self.log.period {
            self.log.period = self.settings.period_at(secs);
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

#[cfg(test)]
mod tests;
