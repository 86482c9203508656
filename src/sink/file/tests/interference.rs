//! Others move, cut, delete or replace the log under the sink's hands; nobody calls anything.

use super::*;
use std::fs::File;
use std::io::{Read, Seek};

/// The content of a file that may have no name any more.
fn content(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// A rig whose log is never rotated by the sink itself.
fn unrotated() -> Rig {
    Rig::new().with(|settings| settings.max_bytes = u64::MAX)
}

#[test]
fn a_log_that_is_deleted_again_and_again_is_made_anew_before_the_next_batch() {
    let mut rig = unrotated();
    let mut sink = rig.open();
    let mut union = String::new();
    for round in 0..100 {
        rig.write(&mut sink, &lines(round * 10..round * 10 + 10));
        let mut held = File::open(rig.path("app.log")).unwrap();
        fs::remove_file(rig.path("app.log")).unwrap();
        union.push_str(&content(&mut held));
    }
    assert_lines(&union, 0..1_000);
    assert_eq!(sink.figures().reopened, 99);
}

#[test]
fn a_log_that_is_renamed_and_made_anew_is_left_for_the_new_one() {
    let mut rig = unrotated();
    let mut sink = rig.open();
    let mut union = String::new();
    for round in 0..100 {
        rig.write(&mut sink, &lines(round * 10..round * 10 + 10));
        fs::rename(rig.path("app.log"), rig.path("moved")).unwrap();
        File::create(rig.path("app.log")).unwrap();
        union.push_str(&rig.read("moved"));
    }
    assert_lines(&union, 0..1_000);
}

#[test]
fn a_log_that_is_copied_and_cut_has_no_hole_and_no_early_rotation() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let mut union = String::new();
    for round in 0..100 {
        rig.write(&mut sink, &lines(round * 40..round * 40 + 40));
        union.push_str(&rig.read("app.log"));
        File::options()
            .write(true)
            .open(rig.path("app.log"))
            .unwrap()
            .set_len(0)
            .unwrap();
    }
    assert_lines(&union, 0..4_000);
    assert_eq!(rig.names(), ["app.log"]);
}

#[test]
fn a_directory_that_is_removed_is_made_again_with_its_lock() {
    let mut rig = unrotated().with(|settings| {
        settings.path = settings.path.with_file_name("a").join("b").join("app.log");
    });
    let mut sink = rig.open();
    for round in 0..20 {
        rig.write(&mut sink, &lines(round..round + 1));
        assert_eq!(
            fs::read_to_string(rig.path("a/b/app.log")).unwrap(),
            lines(round..round + 1)
        );
        assert!(rig.path("a/b/.app.log.lock").exists());
        fs::remove_dir_all(rig.path("a")).unwrap();
    }
}

#[test]
fn a_lock_file_that_is_removed_is_noticed_before_a_rotation() {
    let mut rig = Rig::new();
    let (mut one, mut two) = (rig.open(), rig.open());
    rig.write(&mut one, &lines(0..40));
    fs::remove_file(rig.path(".app.log.lock")).unwrap();
    // The second one opens the new lock file; the first one still locks the old one.
    rig.write(&mut one, &lines(40..45));
    drop(two);
    two = rig.open();
    rig.write(&mut two, &lines(45..50));
    rig.faults.take_log();
    rig.write(&mut one, &lines(50..60));
    assert!(rig.faults.take_log().contains(&Op::OpenLock));
    rig.write(&mut two, &lines(60..130));
    assert_lines(&rig.all(), 0..130);
    assert_eq!(rig.names(), ["app.log", "app.log.1", "app.log.2"]);
}

#[test]
fn names_that_are_taken_are_passed_over_and_untouched() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 2);
    fs::create_dir(rig.path("app.log.1")).unwrap();
    fs::write(rig.path("app.log.2.gz"), "sentinel").unwrap();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..230));
    assert_eq!(
        rig.names(),
        ["app.log", "app.log.1", "app.log.2", "app.log.2.gz", "app.log.3"]
    );
    assert_eq!(
        rig.read("app.log.3") + &rig.read("app.log.2") + &rig.read("app.log"),
        lines(100..230)
    );
    assert_eq!(rig.read("app.log.2.gz"), "sentinel");
}

#[test]
fn half_a_line_at_the_end_is_ended_before_the_next_line() {
    let mut rig = Rig::new();
    fs::write(rig.path("app.log"), "whole\nhalf a li").unwrap();
    let mut sink = rig.open();
    assert_eq!(
        rig.read("app.log"),
        "whole\nhalf a li",
        "it is mended under the lock, with the first batch"
    );
    rig.write(&mut sink, &lines(0..1));
    fs::OpenOptions::new()
        .append(true)
        .open(rig.path("app.log"))
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"torn by another"))
        .unwrap();
    rig.write(&mut sink, &lines(1..2));
    let expected = format!(
        "whole\nhalf a li\n{}torn by another\n{}",
        lines(0..1),
        lines(1..2)
    );
    assert_eq!(rig.read("app.log"), expected);
}

#[test]
fn a_rotation_whose_new_file_cannot_be_made_is_rolled_back() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..45));
    rig.faults.plan(Fault {
        op: Op::Open,
        errno: 13,
        nth: 1,
        times: 1,
        short: None,
    });
    let errors = rig.write(&mut sink, &lines(45..60));
    assert_lines(&rig.read("app.log"), 0..60);
    assert_eq!(errors.len(), 1);
    assert!(sink.is_degraded());
    assert_eq!((sink.figures().rotations, sink.figures().rotate_failures), (0, 1));
    rig.pass(Duration::from_millis(10));
    rig.write(&mut sink, &lines(60..61));
    assert_lines(&rig.read("app.log.1"), 0..60);
    assert!(!sink.is_degraded());
}

#[test]
fn a_rotation_that_cannot_be_rolled_back_goes_on_in_the_renamed_file() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..50));
    rig.faults.plan(Fault {
        op: Op::Open,
        errno: 24,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    rig.faults.also(Fault {
        op: Op::Rename,
        errno: 13,
        nth: 2,
        times: usize::MAX,
        short: None,
    });
    rig.write(&mut sink, &lines(50..55));
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(55..60));
    assert_eq!(rig.names(), ["app.log.1"]);
    assert_lines(&rig.read("app.log.1"), 0..60);
    rig.faults.clear();
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(60..61));
    assert_lines(&rig.read("app.log"), 60..61);
    assert_eq!(sink.figures().rotations, 1, "it has ended after all");
}

#[test]
fn a_rotation_that_made_the_new_file_and_failed_then_ends_with_the_next_batch() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 1);
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..100));
    assert_eq!(sink.figures().rotations, 1);
    rig.faults.plan(Fault {
        op: Op::StatHandle,
        errno: 5,
        nth: 1,
        times: 1,
        short: None,
    });
    let errors = rig.write(&mut sink, &lines(100..110));
    assert_eq!(errors.len(), 1, "{errors:?}");
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(110..120));
    let figures = sink.figures();
    assert_eq!(
        (figures.rotations, figures.reopened),
        (2, 0),
        "nobody else moved it"
    );
    while sink.clean_at().is_some() {
        sink.clean(rig.now).unwrap();
    }
    assert_eq!(rig.names(), ["app.log", "app.log.1"]);
    assert_eq!(sink.figures().purged_files, 1);
}

#[test]
fn a_handle_that_went_bad_is_replaced_but_not_because_the_disk_is_full() {
    // ENOSPC, and ERROR_DISK_FULL.
    let full = if cfg!(windows) { 112 } else { 28 };
    for (errno, opens) in [(5, 1), (116, 1), (full, 0)] {
        let mut rig = Rig::new();
        let mut sink = rig.open();
        rig.faults.plan(Fault {
            op: Op::Write,
            errno,
            nth: 1,
            times: 1,
            short: None,
        });
        rig.write(&mut sink, &lines(0..1));
        let opened = rig.faults.take_log().iter().filter(|op| **op == Op::Open).count();
        assert_eq!(opened, opens, "{errno}");
        assert_lines(&rig.read("app.log"), 0..1);
        assert_eq!(sink.figures().reopened, 0, "it is the same file");
    }
}

#[test]
fn a_handle_that_cannot_be_replaced_is_tried_on() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.faults.plan(Fault {
        op: Op::Write,
        errno: 5,
        nth: 1,
        times: 1,
        short: None,
    });
    rig.faults.also(Fault {
        op: Op::Open,
        errno: 24,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    rig.write(&mut sink, &lines(0..1));
    assert_lines(&rig.read("app.log"), 0..1);
}

#[test]
fn a_rename_that_is_refused_is_tried_once_a_second_and_deletes_no_backup() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 2);
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..150));
    // Only the log itself cannot be renamed, as with `chattr +a`: the third rename of a full shift.
    rig.faults.plan(Fault {
        op: Op::Rename,
        errno: 1,
        nth: 3,
        times: usize::MAX,
        short: None,
    });
    for round in 0..600 {
        rig.write(&mut sink, &lines(150 + round..151 + round));
        rig.pass(Duration::from_millis(10));
    }
    let renames = rig
        .faults
        .take_log()
        .iter()
        .filter(|op| **op == Op::Rename)
        .count();
    assert!((6..=15).contains(&renames), "{renames} in 6 s");
    assert_lines(&rig.all(), 0..750);
    rig.faults.clear();
    rig.pass(Duration::from_secs(1));
    rig.write(&mut sink, &lines(750..751));
    // The shift of the first attempt left one backup too many, for which the worker is told to clean.
    assert!(sink.clean_at().is_some());
    sink.clean(rig.now).unwrap();
    assert_lines(&rig.all(), 50..751);
}
