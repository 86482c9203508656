//! The counters behind the snapshot: relaxed atomics, because no other memory access depends on their order.

use super::serial::level_name;
use super::{Batches, DropReason, Dropped, ExtrasCache, FailedRecord, Health, OutputHealth, OutputState};
use crate::clock::{Tick, Wall};
use crate::sync::plain::{AtomicBool, AtomicU64, Mutex, Ordering::Relaxed, enter};
use log::Level;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Failed records kept for `failed_records()`.
const FAILED_KEPT: usize = 100;

/// Number of records of each level, ERROR first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Levels([u64; 5]);

impl Levels {
    #[inline]
    pub(crate) fn add(&mut self, level: Level) {
        self.0[level as usize - 1] += 1;
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(crate) fn since(&self, earlier: &Levels) -> Levels {
        let mut difference = *self;
        for (now, then) in difference.0.iter_mut().zip(earlier.0) {
            *now = now.saturating_sub(then);
        }
        difference
    }

    /// Lower-case level names with their counts, without zeros.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Level::iter()
            .map(level_name)
            .zip(self.0)
            .filter(|(_, count)| *count > 0)
    }
}

impl From<Level> for Levels {
    fn from(level: Level) -> Levels {
        let mut one = Levels::default();
        one.add(level);
        one
    }
}

/// The counters of one logger; those of each output are in [`OutputCounters`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Records dropped before they entered the queue.
    refused: AtomicU64,
    /// Records that entered the queue and are now written, failed or dropped.
    settled: AtomicU64,
    /// Lines that a secondary output did not get although the primary output has their records.
    left_out: AtomicU64,
    written: AtomicU64,
    failed: AtomicU64,
    dropped_by_reason: [AtomicU64; DropReason::ALL.len()],
    dropped_by_level: [AtomicU64; 5],
    first_drop: AtomicU64,
    last_drop: AtomicU64,
    errors: AtomicU64,
    last_error: Mutex<Option<(String, Wall)>>,
    failed_records: Mutex<VecDeque<FailedRecord>>,
    batches: AtomicU64,
    batch_records: AtomicU64,
    batch_last: AtomicU64,
    batch_max: AtomicU64,
    flushed_at: AtomicU64,
    pub(crate) bytes_written: AtomicU64,
    pub(crate) rotations: AtomicU64,
    /// Files deleted by the worker, at the start and after rotations.
    pub(crate) purged_files: AtomicU64,
    pub(crate) lock_timeouts: AtomicU64,
    pub(crate) unlocked_batches: AtomicU64,
    pub(crate) reopened_files: AtomicU64,
    /// Files deleted by calls of `purge`.
    pub(crate) purged_by_calls: AtomicU64,
    pub(crate) masked: AtomicU64,
    pub(crate) truncated: AtomicU64,
    pub(crate) escaped: AtomicU64,
    pub(crate) own_lines: AtomicU64,
    pub(crate) cache_size: AtomicU64,
    pub(crate) cache_hits: AtomicU64,
    pub(crate) cache_misses: AtomicU64,
    pub(crate) stopped: AtomicBool,
}

impl Counters {
    /// Counts a record that did not enter the queue.
    pub(crate) fn refuse(&self, reason: DropReason, level: Level) {
        self.refused.fetch_add(1, Relaxed);
        self.count_drops(reason, &Levels::from(level));
    }

    /// Counts records that are dropped after they entered the queue.
    pub(crate) fn drop_accepted(&self, reason: DropReason, levels: &Levels) {
        self.count_drops(reason, levels);
        self.settled.fetch_add(levels.total(), Relaxed);
    }

    fn count_drops(&self, reason: DropReason, levels: &Levels) {
        let now = Tick::now().0.max(1);
        // The worker resets the span when it reports the drops; a race can move one of its ends, never a count.
        if self.first_drop.load(Relaxed) == 0 {
            self.first_drop.store(now, Relaxed);
        }
        self.last_drop.store(now, Relaxed);
        self.dropped_by_reason[reason as usize].fetch_add(levels.total(), Relaxed);
        for (counter, count) in self.dropped_by_level.iter().zip(levels.0) {
            if count > 0 {
                counter.fetch_add(count, Relaxed);
            }
        }
    }

    /// Counts records written by their primary output.
    pub(crate) fn wrote(&self, records: u64) {
        self.written.fetch_add(records, Relaxed);
        self.settled.fetch_add(records, Relaxed);
    }

    /// Counts failed records that cannot be kept for `failed_records()`.
    pub(crate) fn failed_unseen(&self, records: u64) {
        self.failed.fetch_add(records, Relaxed);
        self.settled.fetch_add(records, Relaxed);
    }

    /// Counts a failed record and keeps it; the oldest of 100 kept records makes room.
    pub(crate) fn failed(&self, record: FailedRecord) {
        let mut kept = enter(&self.failed_records);
        if kept.len() == FAILED_KEPT {
            kept.pop_front();
        }
        kept.push_back(record);
        drop(kept);
        self.failed_unseen(1);
    }

    pub(crate) fn batch(&self, records: u64) {
        self.batches.fetch_add(1, Relaxed);
        self.batch_records.fetch_add(records, Relaxed);
        self.batch_last.store(records, Relaxed);
        self.batch_max.fetch_max(records, Relaxed);
    }

    pub(crate) fn error(&self, text: &str, at: Wall) {
        self.errors.fetch_add(1, Relaxed);
        *enter(&self.last_error) = Some((text.to_owned(), at));
    }

    /// Records that everything accepted before `at` is written.
    pub(crate) fn flushed(&self, at: Tick) {
        self.flushed_at.store(at.0.max(1), Relaxed);
    }

    /// Counts lines that an output did not get, of records whose primary output is another one.
    pub(crate) fn leave_out(&self, lines: u64) {
        self.left_out.fetch_add(lines, Relaxed);
    }

    pub(crate) fn left_out_count(&self) -> u64 {
        self.left_out.load(Relaxed)
    }

    pub(crate) fn dropped_levels(&self) -> Levels {
        Levels(std::array::from_fn(|at| self.dropped_by_level[at].load(Relaxed)))
    }

    /// The times of the first and the last drop since the previous call.
    pub(crate) fn take_drop_span(&self) -> Option<(Tick, Tick)> {
        let first = self.first_drop.swap(0, Relaxed);
        (first > 0).then(|| (Tick(first), Tick(self.last_drop.load(Relaxed))))
    }

    pub(crate) fn written_count(&self) -> u64 {
        self.written.load(Relaxed)
    }

    pub(crate) fn failed_count(&self) -> u64 {
        self.failed.load(Relaxed)
    }

    pub(crate) fn settled_count(&self) -> u64 {
        self.settled.load(Relaxed)
    }

    pub(crate) fn error_count(&self) -> u64 {
        self.errors.load(Relaxed)
    }

    pub(crate) fn last_error(&self) -> Option<(String, Wall)> {
        enter(&self.last_error).clone()
    }

    pub(crate) fn failed_records(&self) -> Vec<FailedRecord> {
        enter(&self.failed_records).iter().cloned().collect()
    }

    pub(crate) fn failed_kept(&self) -> u64 {
        enter(&self.failed_records).len() as u64
    }

    pub(crate) fn dropped(&self) -> Dropped {
        let mut by_reason = BTreeMap::new();
        for reason in DropReason::ALL {
            by_reason.insert(reason, self.dropped_by_reason[reason as usize].load(Relaxed));
        }
        let levels = self.dropped_levels();
        let by_level = Level::iter().zip(levels.0).collect();
        Dropped {
            total: levels.total(),
            by_reason,
            by_level,
        }
    }

    fn batches(&self) -> Batches {
        let (count, records) = (self.batches.load(Relaxed), self.batch_records.load(Relaxed));
        Batches {
            count,
            records_last: self.batch_last.load(Relaxed),
            records_mean: if count == 0 {
                0.0
            } else {
                records as f64 / count as f64
            },
            records_max: self.batch_max.load(Relaxed),
        }
    }

    /// A snapshot with the figures that need no further work; the caller fills in the others.
    pub(crate) fn snapshot(&self, now: Tick) -> Health {
        Health {
            batches: self.batches(),
            time_since_flush: self.since_flush(now),
            bytes_written: self.bytes_written.load(Relaxed),
            rotations: self.rotations.load(Relaxed),
            purged_files: self.purged_files.load(Relaxed) + self.purged_by_calls.load(Relaxed),
            lock_timeouts: self.lock_timeouts.load(Relaxed),
            unlocked_batches: self.unlocked_batches.load(Relaxed),
            reopened_files: self.reopened_files.load(Relaxed),
            masked: self.masked.load(Relaxed),
            truncated: self.truncated.load(Relaxed),
            escaped: self.escaped.load(Relaxed),
            own_lines: self.own_lines.load(Relaxed),
            extras_cache: self.extras_cache(),
            ..Health::not_started()
        }
    }

    fn since_flush(&self, now: Tick) -> Option<Duration> {
        let at = self.flushed_at.load(Relaxed);
        (at > 0).then(|| now.since(Tick(at)))
    }

    fn extras_cache(&self) -> ExtrasCache {
        ExtrasCache {
            size: self.cache_size.load(Relaxed),
            hits: self.cache_hits.load(Relaxed),
            misses: self.cache_misses.load(Relaxed),
        }
    }
}

/// The counters of one output: updated by the thread that writes to it, read by the snapshot.
#[derive(Debug)]
pub(crate) struct OutputCounters {
    name: String,
    pub(crate) written: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) dropped: AtomicU64,
    failing: AtomicBool,
    ended: AtomicBool,
    last_error: Mutex<Option<String>>,
}

impl OutputCounters {
    pub(crate) fn new(name: impl Into<String>) -> OutputCounters {
        OutputCounters {
            name: name.into(),
            written: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            last_error: Mutex::new(None),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn set_failing(&self, error: &str) {
        *enter(&self.last_error) = Some(error.to_owned());
        self.failing.store(true, Relaxed);
    }

    pub(crate) fn set_working(&self) {
        self.failing.store(false, Relaxed);
    }

    /// Marks the output as ended for good, as [`has_ended`](Self::has_ended) then returns. Records still on
    /// their way to it are counted by the code that holds them.
    pub(crate) fn set_ended(&self, error: &str) {
        *enter(&self.last_error) = Some(error.to_owned());
        self.ended.store(true, Relaxed);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
    }

    pub(crate) fn is_failing(&self) -> bool {
        self.failing.load(Relaxed)
    }

    pub(crate) fn last_error(&self) -> Option<String> {
        enter(&self.last_error).clone()
    }

    pub(crate) fn snapshot(&self) -> OutputHealth {
        let state = match (self.has_ended(), self.is_failing()) {
            (true, _) => OutputState::Ended,
            (false, true) => OutputState::Failing,
            (false, false) => OutputState::Running,
        };
        OutputHealth {
            name: self.name.clone(),
            state,
            written: self.written.load(Relaxed),
            failed: self.failed.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            last_error: self.last_error(),
        }
    }
}
