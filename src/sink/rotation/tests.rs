//! The decisions of a rotation, as tables.

use super::*;
use proptest::prelude::*;

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
fn a_plan_moves_backups_only_as_far_as_they_are_pushed() {
    use Slot::{Backup as B, Foreign as F, Free as O};
    // The files at 1, 2, ..., the shifts in order, the numbers for the logs, those of the backups.
    type Row<'t> = (&'t [Slot], &'t [(u32, u32)], &'t [u32], &'t [u32]);
    let table: [Row<'_>; 9] = [
        (&[O], &[], &[1], &[]),
        (&[B, O], &[(1, 2)], &[1], &[2]),
        (&[B, B, O], &[(2, 3), (1, 2)], &[1], &[2, 3]),
        (&[F, O], &[], &[2], &[]),
        (&[B, F, B, O], &[(3, 4), (1, 3)], &[1], &[3, 4]),
        (&[F, B, F, F, O], &[(2, 5)], &[2], &[5]),
        (&[B, B, O, O, O], &[(2, 5), (1, 4)], &[1, 2, 3], &[4, 5]),
        (&[B, O, O, B, O], &[(4, 5), (1, 4)], &[1, 2, 3], &[4, 5]),
        (&[O, B, O, F, O], &[(2, 5)], &[1, 2, 3], &[5]),
    ];
    for (slots, shifts, free, backups) in table {
        let count = slots.iter().filter(|slot| **slot == O).count();
        let expected = Plan {
            shifts: shifts.to_vec(),
            free: free.to_vec(),
            backups: backups.to_vec(),
        };
        assert_eq!(plan(slots, count), expected, "{slots:?}");
    }
}

#[test]
fn a_plan_keeps_the_order_and_moves_onto_no_name_that_is_taken() {
    for pattern in 0..3u32.pow(8) {
        let mut slots: Vec<Slot> = (0..8)
            .map(|at| match pattern / 3u32.pow(at) % 3 {
                0 => Slot::Free,
                1 => Slot::Backup,
                _ => Slot::Foreign,
            })
            .collect();
        slots.push(Slot::Free);
        let free = slots.iter().filter(|slot| **slot == Slot::Free).count();
        let plan = plan(&slots, free);
        // Each backup with its original number.
        let mut names: Vec<(u32, u32)> = (1..)
            .zip(&slots)
            .filter(|(_, slot)| **slot == Slot::Backup)
            .map(|(number, _)| (number, number))
            .collect();
        for (from, to) in &plan.shifts {
            assert!(names.iter().all(|(_, now)| now != to), "{slots:?}: onto {to}");
            assert_ne!(slots[*to as usize - 1], Slot::Foreign);
            names.iter_mut().find(|(_, now)| now == from).unwrap().1 = *to;
        }
        let numbers: Vec<u32> = names.iter().map(|(_, now)| *now).collect();
        assert_eq!(numbers, plan.backups, "{slots:?}");
        assert!(numbers.is_sorted() && plan.free.len() == free);
        assert!(
            plan.free
                .iter()
                .all(|free| numbers.iter().all(|number| free < number)),
            "{slots:?}"
        );
    }
}

#[test]
fn extra_numbers_are_freed_for_many_backups_and_never_beyond_their_count() {
    let table = [
        (0, 1_000, 0),
        (127, 1_000, 0),
        (128, 1_000, 16),
        (400, 1_000, 50),
        (9_000, 100_000, 64),
        // As many as the count still allows.
        (128, 140, 10),
        (128, 130, 0),
    ];
    for (backups, backup_count, extra) in table {
        assert_eq!(
            extra_numbers(backups, 2, backup_count),
            extra,
            "{backups} of {backup_count}"
        );
    }
    for backup_count in 1..300 {
        for backups in 0..400 {
            let extra = extra_numbers(backups, 2, backup_count);
            assert!(extra == 0 || backups + 2 + extra <= backup_count as usize);
        }
    }
}

#[test]
fn the_files_that_lines_need_are_as_many_as_they_fill() {
    let lines = b"aaaa\nbb\nccccccc\n";
    for (max_bytes, files) in [(100, 1), (16, 1), (15, 2), (8, 2), (7, 3), (1, 3), (0, 3)] {
        assert_eq!(files_needed(lines, max_bytes), files, "{max_bytes}");
    }
    assert_eq!(files_needed(b"", 10), 1);
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
    let utc = Zone::Utc;
    let tokyo = Zone::Fixed(9 * 3_600);
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is in the directory, exactly the files with names of backups are treated as backups, so no file of
    /// another program is renamed or deleted.
    #[test]
    fn a_name_is_a_backup_exactly_if_a_backup_would_be_named_so(
        log in "[a-z.%+-]{0,4}",
        name in prop_oneof!["[a-z0-9.%+ -]{0,8}", "\\PC{0,8}"],
        number in prop_oneof![0u32..20, any::<u32>()],
        suffix in "[0-9.+a~ ]{0,2}",
    ) {
        let near = format!("{log}.{number}{suffix}");
        for name in [name.clone(), format!("{log}{name}"), format!("{log}.{name}"), near] {
            let read = named(&log, &name);
            if let Some(number) = read {
                prop_assert_eq!(backup_name(OsStr::new(&log), number), OsStr::new(&name));
                prop_assert!(number > 0);
            }
        }
        if number > 0 {
            let made = backup_name(OsStr::new(&log), number);
            prop_assert_eq!(backup_number(OsStr::new(&log), &made), Some(number));
        }
    }
}
