//! The laws of every decision, for property tests and the fuzz target; `fuzzing` calls them.

use super::{Slot, Step, backup_name, backup_number, files_needed, next_step, period_of, plan};
use crate::clock::Zone;
use crate::config::Period;
use std::ffi::OsStr;

/// Panics unless the names, lines, numbers and times of a rotation are parsed correctly.
pub(crate) fn holds(log: &str, name: &str, lines: &[u8], slots: &[u8], max_bytes: u64, secs: i64) {
    name_is_read_as_it_is_written(log, name);
    lines_fill_whole_files(lines, max_bytes);
    let slots: Vec<Slot> = slots
        .iter()
        .map(|slot| [Slot::Free, Slot::Backup, Slot::Foreign][usize::from(slot % 3)])
        .collect();
    no_backup_is_overwritten(&slots);
    for period in [Period::Hour, Period::Day] {
        let of = |secs| period_of(secs, period, &Zone::Utc);
        assert!(of(secs) <= of(secs.saturating_add(1)), "{secs}");
    }
}

fn name_is_read_as_it_is_written(log: &str, name: &str) {
    let (log_name, found) = (OsStr::new(log), backup_number(OsStr::new(log), OsStr::new(name)));
    if let Some(number) = found {
        assert_eq!(backup_name(log_name, number), name, "{log:?}");
    }
    // The number by definition: its decimal text is the suffix.
    let number = name
        .strip_prefix(log)
        .and_then(|rest| rest.strip_prefix('.')?.parse().ok());
    let number = number.filter(|number: &u32| *number > 0 && name == format!("{log}.{number}"));
    assert_eq!(found, number, "{name:?} of {log:?}");
}

fn lines_fill_whole_files(lines: &[u8], max_bytes: u64) {
    let (mut at, mut size, mut files) = (0, 0, 1);
    while at < lines.len() {
        match next_step(&lines[at..], size, max_bytes) {
            Step::Write(piece) => {
                assert!(piece > 0, "no step at {at} of {lines:?}");
                let written = &lines[at..at + piece];
                at += piece;
                size += piece as u64;
                assert!(at == lines.len() || written.ends_with(b"\n"), "a line is split");
                let line_ends = written.iter().filter(|byte| **byte == b'\n').count();
                let alone = size == piece as u64 && line_ends <= 1;
                assert!(size <= max_bytes || alone, "{size} bytes of {max_bytes}");
            }
            Step::Rotate => {
                assert!(size > 0, "an empty file is rotated");
                (size, files) = (0, files + 1);
            }
        }
    }
    if lines.ends_with(b"\n") {
        assert!(files <= files_needed(lines, max_bytes), "{files} files");
    }
}

fn no_backup_is_overwritten(slots: &[Slot]) {
    let free = slots.iter().filter(|slot| **slot == Slot::Free).count();
    let plan = plan(slots, free);
    let mut now = slots.to_vec();
    for (from, to) in &plan.shifts {
        let (from, to) = (*from as usize - 1, *to as usize - 1);
        assert_eq!(
            (now[from], now[to]),
            (Slot::Backup, Slot::Free),
            "{slots:?}: {plan:?}"
        );
        now.swap(from, to);
    }
    for number in &plan.free {
        assert_eq!(now[*number as usize - 1], Slot::Free, "{slots:?}: {plan:?}");
    }
    let kept = (1u32..).zip(&now).filter(|(_, slot)| **slot == Slot::Backup);
    let kept: Vec<u32> = kept.map(|(number, _)| number).collect();
    assert_eq!(kept, plan.backups, "{slots:?}");
}
