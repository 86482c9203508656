//! Decides about rotation: when it is due, how much of a batch still fits, which names move where.
//!
//! Pure; `sink/file` and `sink/retention` call it and act. Invariant: only `<log>.<n>` is a backup, with `n`
//! from 1 on and without leading zeros, and a plan never names a target that is taken.

use crate::config::Period;
use memchr::{memchr, memrchr};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::sync::Arc;

/// For how many rotations room is made at once, at most, and how many numbers are spared at most.
pub(super) const ROOM_LIMIT: usize = 64;
/// From how many backups on their numbers may have a gap.
const MANY: usize = 128;

/// What to do with the lines at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Write the first so many bytes; they end at a line end.
    Write(usize),
    /// Not even the first line fits: a new file must come first.
    Rotate,
}

/// How much of `lines` goes into a file of `size` bytes, so that it ends at or below `max_bytes`.
///
/// A line is never split. One that is longer than a whole file gets a file of its own.
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

/// The distance to UTC, in seconds east, at a moment in seconds since 1970; UTC by default.
#[derive(Clone, Default)]
pub(crate) struct Offsets(Option<Arc<dyn Fn(i64) -> i32 + Send + Sync>>);

impl Offsets {
    /// Offsets of a zone.
    pub(crate) fn new(at: impl Fn(i64) -> i32 + Send + Sync + 'static) -> Offsets {
        Offsets(Some(Arc::new(at)))
    }

    fn at(&self, secs: i64) -> i64 {
        self.0.as_ref().map_or(0, |at| i64::from(at(secs)))
    }
}

impl fmt::Debug for Offsets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Offsets(zone)"
        } else {
            "Offsets(UTC)"
        })
    }
}

/// The number of the hour or day that a moment falls into, in the given zone.
pub(super) fn period_of(secs: i64, period: Period, offsets: &Offsets) -> i64 {
    let local = secs.saturating_add(offsets.at(secs));
    match period {
        Period::Hour => local.div_euclid(3_600),
        Period::Day => local.div_euclid(86_400),
    }
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
    // `parse` would take a sign.
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

/// How many numbers more are freed behind the `room` ones for new backups when `backups` of them are moved.
///
/// Many backups are not renamed at each rotation: the next ones fill the spare numbers. Never so many that the
/// backups could become more than `backup_count` before all of them are seen again.
pub(super) fn spare_numbers(backups: usize, room: usize, backup_count: u32) -> usize {
    let allowed = (backup_count as usize).saturating_sub(backups + room);
    match backups {
        0..MANY => 0,
        _ => (backups / 8).min(ROOM_LIMIT).min(allowed),
    }
}

/// What stands at the name of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Free,
    /// A regular file, which moves on.
    Backup,
    /// Anything else, which is passed over and left alone.
    Foreign,
}

/// The renames that make room for rotations, and what there is afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    /// From number to number, in this order; each target is free when its turn comes.
    pub(super) shifts: Vec<(u32, u32)>,
    /// The numbers that are free for the logs that move next, the newest first: the last one is taken first.
    pub(super) room: Vec<u32>,
    /// Where the backups stand then, the newest first.
    pub(super) backups: Vec<u32>,
}

/// Plans `room` rotations at once, so that each backup is renamed once and not once for each of them.
///
/// `slots` is what stands at the numbers 1, 2, ..., up to the `room`th free one. A backup moves only as far as
/// the ones before it push it. Nothing is deleted to make room, so a rotation that fails loses no backup.
pub(super) fn plan(slots: &[Slot], room: usize) -> Plan {
    let mut ours = (1u32..)
        .zip(slots)
        .filter(|(_, slot)| **slot != Slot::Foreign)
        .map(|(number, _)| number);
    let mut plan = Plan {
        room: ours.by_ref().take(room).collect(),
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
