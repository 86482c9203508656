//! Decisions about rotation: when it is due, how much of a batch still fits, and which backups get which names.
//!
//! Pure functions; `sink/file` and `sink/retention` call them and do the work. Invariant: only `<log>.<n>` is a backup,
//! with `n` from 1 on and without leading zeros, and a plan never names a target that exists.

use crate::clock::Zone;
use crate::config::Period;
use memchr::{memchr, memrchr};
use std::ffi::{OsStr, OsString};

/// The most rotations for which numbers are freed at once, and the most extra numbers that are freed with them.
pub(super) const FREE_LIMIT: usize = 64;
/// From this many backups on, their numbers may have gaps.
const MANY: usize = 128;

/// What to do with the next lines of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Write this many bytes; they end at a line end.
    Write(usize),
    /// Not even the first line fits: a new file must come first.
    Rotate,
}

/// How much of `lines` goes into a file of `size` bytes, so that it ends at or below `max_bytes`.
///
/// A line is never split. A line that is longer than a whole file gets a separate file.
pub(super) fn next_step(lines: &[u8], size: u64, max_bytes: u64) -> Step {
    let room = usize::try_from(max_bytes.saturating_sub(size)).unwrap_or(usize::MAX);
    if lines.len() <= room {
        return Step::Write(lines.len());
    }
    match memrchr(b'\n', &lines[..room]) {
        Some(end) => Step::Write(end + 1),
        None if size > 0 => Step::Rotate,
        None => Step::Write(memchr(b'\n', lines).map_or(lines.len(), |end| end + 1)),
    }
}

/// The whole lines among the first `written` bytes.
pub(super) fn whole_lines(bytes: &[u8], written: usize) -> usize {
    memrchr(b'\n', &bytes[..written]).map_or(0, |end| end + 1)
}

/// The number of the hour or day that a moment falls into, in the given zone.
pub(super) fn period_of(secs: i64, period: Period, zone: &Zone) -> i64 {
    let local = secs.saturating_add(i64::from(zone.offset(secs)));
    match period {
        Period::Hour => local.div_euclid(3_600),
        Period::Day => local.div_euclid(86_400),
    }
}

/// When the hour or day that a moment falls into ends, in seconds since 1970.
///
/// If the offset of the zone changes before, the true end may be another one: the result is only used to divide batches,
/// and [`period_of`] decides for each of them.
pub(super) fn period_end(secs: i64, period: Period, zone: &Zone) -> i64 {
    let local = secs.saturating_add(i64::from(zone.offset(secs)));
    let unit = match period {
        Period::Hour => 3_600,
        Period::Day => 86_400,
    };
    secs.saturating_add(unit - local.rem_euclid(unit))
}

/// The name of backup `number`.
pub(super) fn backup_name(log: &OsStr, number: u32) -> OsString {
    let mut name = OsString::with_capacity(log.len() + 11);
    name.push(log);
    name.push(".");
    name.push(itoa::Buffer::new().format(number));
    name
}

/// The number of a backup of `log`, or `None` if the name is anything else.
pub(super) fn backup_number(log: &OsStr, name: &OsStr) -> Option<u32> {
    let rest = name.as_encoded_bytes().strip_prefix(log.as_encoded_bytes())?;
    let digits = std::str::from_utf8(rest.strip_prefix(b".")?).ok()?;
    // `parse` would accept a sign.
    if !digits.starts_with(|first: char| matches!(first, '1'..='9')) {
        return None;
    }
    digits.parse().ok()
}

/// How many files `lines` fill, when the first of them is new.
pub(super) fn files_needed(lines: &[u8], max_bytes: u64) -> u32 {
    let (mut files, mut at) = (1, 0);
    while let Step::Write(piece) = next_step(&lines[at..], 0, max_bytes) {
        at += piece;
        if at >= lines.len() {
            break;
        }
        files += 1;
    }
    files
}

/// How many numbers are freed in addition to the `count` that are needed now, when `backups` backups are moved.
///
/// A directory with many backups is not renamed at each rotation: the next rotations use the extra numbers. There are
/// never so many of them that the backups could exceed `backup_count` before all are looked at again.
pub(super) fn extra_numbers(backups: usize, count: usize, backup_count: u32) -> usize {
    let allowed = (backup_count as usize).saturating_sub(backups + count);
    match backups {
        0..MANY => 0,
        _ => (backups / 8).min(FREE_LIMIT).min(allowed),
    }
}

/// The kind of file at the name of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Free,
    /// A regular file, which moves on.
    Backup,
    /// Anything else, which is skipped and left alone.
    Foreign,
}

/// The renames that free numbers for rotations, and the resulting backups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    /// From number to number, in this order; each target is free when its rename is due.
    pub(super) shifts: Vec<(u32, u32)>,
    /// The numbers that are free for the next backups, lowest first: the last one is taken first.
    pub(super) free: Vec<u32>,
    /// The places of the backups after that, the newest first.
    pub(super) backups: Vec<u32>,
}

/// Plans `count` rotations at once, so that each backup is renamed once and not once for each of them.
///
/// `slots` are the files at the numbers 1, 2, ..., up to the `count`th free one. A backup moves only as far as the
/// newer ones push it. Nothing is deleted to free a number, so a rotation that fails loses no backup.
pub(super) fn plan(slots: &[Slot], count: usize) -> Plan {
    let mut ours = (1u32..)
        .zip(slots)
        .filter(|(_, slot)| **slot != Slot::Foreign)
        .map(|(number, _)| number);
    let mut plan = Plan {
        free: ours.by_ref().take(count).collect(),
        ..Plan::default()
    };
    let old = (1u32..).zip(slots).filter(|(_, slot)| **slot == Slot::Backup);
    for (from, _) in old {
        let Some(to) = ours.find(|number| *number >= from) else {
            break;
        };
        plan.backups.push(to);
        if to != from {
            plan.shifts.push((from, to));
        }
    }
    // The oldest moves first, into a number that is free.
    plan.shifts.reverse();
    plan
}

#[cfg(any(test, fuzzing))]
pub(super) mod laws;
#[cfg(test)]
mod tests;
