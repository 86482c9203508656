//! The decisions of a rotation, as tables.

use super::*;

fn named(log: &str, name: &str) -> Option<u32> {
    backup_number(OsStr::new(log), OsStr::new(name))
}

#[test]
fn only_the_whole_name_with_a_plain_number_is_a_backup() {
    let table = [
        ("app.log.1", Some(1)),
        ("app.log.10", Some(10)),
        ("app.log.4294967295", Some(u32::MAX)),
        ("app.log.4294967296", None),
        ("app.log.0", None),
        ("app.log.01", None),
        ("app.log.+1", None),
        ("app.log.-1", None),
        ("app.log. 1", None),
        ("app.log.1 ", None),
        ("app.log.1.orig", None),
        ("app.log.1.gz", None),
        ("app.log.bak", None),
        ("app.log.", None),
        ("app.log", None),
        ("app.log1", None),
        ("app-audit.log.1", None),
        ("app.log.log.1", None),
        ("xapp.log.1", None),
        ("App.log.1", None),
        ("app.log.\u{661}", None),
        (".app.log.lock", None),
    ];
    for (name, number) in table {
        assert_eq!(named("app.log", name), number, "{name:?}");
    }
}

#[test]
fn a_backup_is_named_as_it_is_read() {
    for number in [1, 9, 10, 99_999, u32::MAX] {
        let name = backup_name(OsStr::new("app.log"), number);
        assert_eq!(backup_number(OsStr::new("app.log"), &name), Some(number));
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_unicode_is_handled_by_its_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let log = OsStr::from_bytes(b"\xff.log");
    assert_eq!(backup_name(log, 7).as_bytes(), b"\xff.log.7");
    assert_eq!(backup_number(log, OsStr::from_bytes(b"\xff.log.7")), Some(7));
    assert_eq!(backup_number(log, OsStr::from_bytes(b"\xfe.log.7")), None);
}

#[test]
fn a_plan_shifts_up_to_the_first_free_number_and_only_then_names_the_surplus() {
    use Slot::{Backup as B, Foreign as F};
    // What stands at 1, 2, ..., how many are kept, the shifts in order, the log's target, the surplus.
    type Row<'t> = (&'t [Slot], u32, &'t [(u32, u32)], u32, Option<u32>);
    let table: [Row<'_>; 9] = [
        (&[], 1, &[], 1, Some(2)),
        (&[], 5, &[], 1, None),
        (&[B], 1, &[(1, 2)], 1, Some(2)),
        (&[B, B], 5, &[(2, 3), (1, 2)], 1, None),
        (&[B, B], 3, &[(2, 3), (1, 2)], 1, Some(4)),
        (&[B, B, B], 3, &[(3, 4), (2, 3), (1, 2)], 1, Some(4)),
        (&[F], 5, &[], 2, None),
        (&[B, F, B], 2, &[(3, 4), (1, 3)], 1, Some(4)),
        (&[F, B, F, F], 1, &[(2, 5)], 2, Some(3)),
    ];
    for (taken, keep, shifts, newest, surplus_from) in table {
        let expected = Plan {
            shifts: shifts.to_vec(),
            newest,
            surplus_from,
        };
        assert_eq!(plan(taken, keep), expected, "{taken:?}, {keep} kept");
    }
}

#[test]
fn a_plan_never_moves_onto_a_name_that_is_taken() {
    for pattern in 0u32..1 << 10 {
        let taken: Vec<Slot> = (0..pattern.count_ones() + pattern.count_zeros() % 5)
            .map(|bit| {
                if pattern >> bit & 1 == 1 {
                    Slot::Foreign
                } else {
                    Slot::Backup
                }
            })
            .collect();
        let mut names: Vec<u32> = (1..=taken.len() as u32).collect();
        let plan = plan(&taken, 3);
        for (from, to) in plan.shifts.iter().copied().chain([(0, plan.newest)]) {
            assert!(!names.contains(&to), "{taken:?}: {from} moves onto {to}");
            names.retain(|name| *name != from);
            names.push(to);
            assert!(from == 0 || taken[from as usize - 1] == Slot::Backup);
        }
    }
}

#[test]
fn lines_fill_a_file_up_to_its_limit_and_are_never_split() {
    let lines = b"aaaa\nbb\nccccccc\n";
    let table = [
        (0, 100, Step::Write(16)),
        (0, 16, Step::Write(16)),
        (0, 15, Step::Write(8)),
        (0, 8, Step::Write(8)),
        (0, 7, Step::Write(5)),
        (0, 4, Step::Write(5)),
        (0, 0, Step::Write(5)),
        (1, 4, Step::Rotate),
        (95, 100, Step::Write(5)),
        (96, 100, Step::Rotate),
        (100, 100, Step::Rotate),
        (101, 100, Step::Rotate),
        (u64::MAX, 100, Step::Rotate),
        (0, u64::MAX, Step::Write(16)),
    ];
    for (size, max_bytes, step) in table {
        assert_eq!(next_step(lines, size, max_bytes), step, "{size} of {max_bytes}");
    }
}

#[test]
fn periods_change_at_full_hours_and_midnights_also_before_1970() {
    let utc = Offsets::default();
    let tokyo = Offsets::new(|_| 9 * 3_600);
    assert_eq!(period_of(3_599, Period::Hour, &utc), 0);
    assert_eq!(period_of(3_600, Period::Hour, &utc), 1);
    assert_eq!(period_of(-1, Period::Hour, &utc), -1);
    assert_eq!(period_of(-1, Period::Day, &utc), -1);
    assert_eq!(period_of(86_399, Period::Day, &utc), 0);
    assert_eq!(period_of(15 * 3_600 - 1, Period::Day, &tokyo), 0);
    assert_eq!(period_of(15 * 3_600, Period::Day, &tokyo), 1);
    assert_eq!(period_of(i64::MAX, Period::Hour, &tokyo), i64::MAX / 3_600);
}

#[test]
fn whole_lines_end_at_the_last_line_end_that_was_written() {
    assert_eq!(whole_lines(b"ab\ncd\n", 6), 6);
    assert_eq!(whole_lines(b"ab\ncd\n", 5), 3);
    assert_eq!(whole_lines(b"ab\ncd\n", 2), 0);
    assert_eq!(whole_lines(b"ab\ncd\n", 0), 0);
}
