//! Decides about rotation: when it is due, how much of a batch still fits, which names move where.
//!
//! Pure; `sink/file` and `sink/retention` call it and act. Invariant: only `<log>.<n>` is a backup, with `n`
//! from 1 on and without leading zeros, and a plan never names a target that is taken.

use crate::config::Period;
use memchr::{memchr, memrchr};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::sync::Arc;

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

/// What stands at the name of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// A regular file, which moves on.
    Backup,
    /// Anything else, which is passed over and left alone.
    Foreign,
}

/// The renames of a rotation, in the order in which they are carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    /// From number to number; each target is free when its turn comes.
    pub(super) shifts: Vec<(u32, u32)>,
    /// Where the current log goes.
    pub(super) newest: u32,
    /// From which number on backups are surplus once the log has moved; `None` while there is room.
    pub(super) surplus_from: Option<u32>,
}

/// Plans a rotation from what stands at the numbers 1, 2, ... up to the first free one (not included).
///
/// Nothing is deleted to make room: the backups move up by one, the oldest possibly beyond `backup_count`,
/// and only when the log itself has moved is the surplus deleted. So a rotation that fails loses no backup.
pub(super) fn plan(taken: &[Slot], backup_count: u32) -> Plan {
    let mut numbers: Vec<u32> = (1..)
        .zip(taken)
        .filter(|(_, slot)| **slot == Slot::Backup)
        .map(|(number, _)| number)
        .collect();
    numbers.push(taken.len() as u32 + 1);
    // The backups will stand at these very numbers, the newest at the first.
    let last_kept = numbers.get((backup_count as usize).saturating_sub(1));
    Plan {
        shifts: numbers.windows(2).rev().map(|pair| (pair[0], pair[1])).collect(),
        newest: numbers[0],
        surplus_from: last_kept.map(|number| number + 1),
    }
}

#[cfg(test)]
mod tests;
