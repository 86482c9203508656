//! Without faults: batches, rotation, restarts, periods, two sinks on one file.

use super::*;

#[test]
fn a_batch_costs_one_lock_one_stat_one_write_and_one_unlock() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..2));
    rig.faults.take_log();
    rig.write(&mut sink, &lines(2..4));
    assert_eq!(
        rig.faults.take_log(),
        [Op::Lock, Op::StatPath, Op::Write, Op::Unlock]
    );
    assert_lines(&rig.read("app.log"), 0..4);
}

#[test]
fn a_batch_is_cut_at_line_ends_into_files_below_the_limit() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..130));
    assert_eq!(rig.names(), ["app.log", "app.log.1", "app.log.2"]);
    assert_lines(&rig.read("app.log.2"), 0..50);
    assert_lines(&rig.read("app.log.1"), 50..100);
    assert_lines(&rig.all(), 0..130);
    assert_eq!(sink.figures().rotations, 2);
}

#[test]
fn a_line_longer_than_a_file_has_a_file_of_its_own() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let long = format!("{}\n", "x".repeat(3_000));
    rig.write(&mut sink, &(lines(0..1) + &long + &lines(1..2)));
    assert_lines(&rig.read("app.log.2"), 0..1);
    assert_eq!(rig.read("app.log.1"), long);
    assert_lines(&rig.read("app.log"), 1..2);
}

#[test]
fn the_oldest_backup_goes_when_there_are_too_many() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 2);
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..230));
    assert_eq!(rig.names(), ["app.log", "app.log.1", "app.log.2"]);
    assert_lines(&rig.all(), 100..230);
}

#[test]
fn without_backups_the_log_is_never_rotated() {
    let mut rig = Rig::new().with(|settings| {
        settings.backup_count = 0;
        settings.rotate_every = Some(Period::Hour);
    });
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..100));
    rig.pass(Duration::from_secs(7_200));
    rig.write(&mut sink, &lines(100..200));
    assert_eq!(rig.names(), ["app.log"]);
    assert_lines(&rig.read("app.log"), 0..200);
}

#[test]
fn a_restart_goes_on_in_the_current_file() {
    let mut rig = Rig::new();
    rig.write(&mut rig.open(), &lines(0..30));
    rig.write(&mut rig.open(), &lines(30..60));
    assert_lines(&rig.read("app.log.1"), 0..50);
    assert_lines(&rig.all(), 0..60);
}

#[test]
fn a_sync_after_many_rotations_answers() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1_000));
    rig.faults.take_log();
    sink.sync().unwrap();
    let synced = rig.faults.take_log().iter().filter(|op| **op == Op::Sync).count();
    assert!(synced > 20, "{synced} of 20 files and the directory");
    sink.sync().unwrap();
    assert_eq!(rig.faults.take_log(), []);
}

#[test]
fn a_start_deletes_what_is_beyond_the_count_sixteen_files_at_a_time() {
    let rig = Rig::new().with(|settings| settings.backup_count = 5);
    for number in (1..=45).chain([2_024, 20_240_101]) {
        fs::write(rig.path(&format!("app.log.{number}")), "x\n").unwrap();
    }
    let mut sink = rig.open();
    for left in [31, 15, 7] {
        assert!(sink.clean_at().is_some());
        sink.clean(rig.now).unwrap();
        assert_eq!(rig.names().len(), left + 1);
        assert_eq!(rig.path("app.log.6").exists(), left > 7, "the oldest go first");
    }
    assert_eq!(sink.clean_at(), None);
    assert!(rig.path("app.log.2024").exists() && rig.path("app.log.20240101").exists());
}

#[test]
fn a_retention_is_applied_after_each_rotation() {
    let mut rig = Rig::new().with(|settings| settings.retention = Retention::new().max_total_bytes(2_500));
    let mut sink = rig.open();
    for batch in 0..20 {
        rig.write(&mut sink, &lines(batch * 50..batch * 50 + 50));
        if sink.clean_at().is_some() {
            sink.clean(rig.now).unwrap();
        }
    }
    assert_lines(&rig.all(), 850..1_000);
}

#[test]
fn paths_that_cannot_be_a_log_are_refused_with_the_reason() {
    let rig = Rig::new();
    let base = rig.path("");
    let base = base.to_str().unwrap();
    let long = format!("{base}{}", "x".repeat(245));
    let table = [
        (String::new(), "no file name"),
        ("/".to_owned(), "no file name"),
        ("..".to_owned(), "no file name"),
        (format!("{base}app.log/"), "ends like a directory"),
        (format!("{base}a\0b.log"), "NUL"),
        (long, "244 bytes"),
    ];
    for (path, reason) in table {
        let mut settings = rig.settings.clone();
        settings.path = PathBuf::from(&path);
        let error = FileSink::open(settings, rig.storage(), rig.now).unwrap_err();
        assert!(error.to_string().contains(reason), "{path:?}: {error}");
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[test]
fn a_relative_path_does_not_follow_the_working_directory() {
    let mut settings = Rig::new().settings;
    settings.path = PathBuf::from("logs/app.log");
    let settings = with_checked_path(settings).unwrap();
    assert_eq!(
        settings.path,
        std::env::current_dir().unwrap().join("logs/app.log")
    );
}

#[test]
fn odd_names_work() {
    // Windows has no line breaks in names.
    let broken = if cfg!(windows) { "a\u{a0}b.log" } else { "a\nb.log" };
    for name in ["%s.log", broken, "a b.log", "-", "ä.log", &"x".repeat(244)] {
        let mut rig = Rig::new();
        rig.settings.path = rig.path(name);
        let mut sink = rig.open();
        rig.write(&mut sink, &lines(0..60));
        assert_lines(&rig.read(name), 50..60);
        assert_lines(&rig.read(&format!("{name}.1")), 0..50);
    }
}

#[test]
fn a_parent_that_is_a_file_is_told_with_its_name() {
    let rig = Rig::new();
    fs::write(rig.path("file"), "").unwrap();
    let mut settings = rig.settings.clone();
    settings.path = rig.path("file").join("app.log");
    let text = FileSink::open(settings, rig.storage(), rig.now)
        .unwrap_err()
        .to_string();
    // Windows says so when the directory is made, elsewhere when the file is opened.
    let reported = if cfg!(windows) {
        ["file", "move away"]
    } else {
        ["app.log", "is a directory"]
    };
    assert!(reported.iter().all(|part| text.contains(part)), "{text}");
}

#[test]
fn an_early_call_answers_with_the_same_deadline_and_touches_nothing() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.faults.plan(Fault {
        op: Op::Write,
        errno: 28,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    let first = sink.write(b"a\n", rig.now);
    assert!(matches!(first.next, Next::RetryAt(at) if at == rig.now.tick.after(Duration::from_millis(10))));
    rig.faults.take_log();
    rig.pass(Duration::from_millis(9));
    let second = sink.write(b"a\n", rig.now);
    assert_eq!((second.next, second.error), (first.next, None));
    assert_eq!(rig.faults.take_log(), []);
}

#[test]
fn many_backups_allowed_and_few_there_cost_no_more_than_the_few() {
    let cost = |backup_count| {
        let mut rig = Rig::new().with(|settings| settings.backup_count = backup_count);
        let mut sink = rig.open();
        rig.write(&mut sink, &lines(0..220));
        rig.faults.take_log();
        rig.write(&mut sink, &lines(220..260));
        rig.faults.take_log().len()
    };
    assert_eq!(cost(100_000), cost(6));
}

#[test]
fn the_wait_after_failures_doubles_from_10_ms_to_1_s() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.faults.plan(Fault {
        op: Op::Write,
        errno: 28,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    let mut waits = Vec::new();
    for _ in 0..9 {
        let Next::RetryAt(at) = sink.write(b"a\n", rig.now).next else {
            panic!("it fails");
        };
        waits.push(at.since(rig.now.tick).as_millis());
        rig.now.tick = at;
    }
    assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
    assert_eq!(sink.figures().write_failures, 9);
}

#[test]
fn many_backups_are_not_renamed_at_each_rotation_and_stay_in_order() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 400);
    let mut sink = rig.open();
    let mut renames = 0;
    for batch in 0..300 {
        rig.write(&mut sink, &lines(batch * 50..batch * 50 + 50));
        let ops = rig.faults.take_log();
        renames += ops.iter().filter(|op| **op == Op::Rename && batch >= 200).count();
        assert!(batch == 0 || rig.path("app.log.1").exists());
    }
    assert!(
        renames < 100 * 50,
        "{renames} for 100 rotations of 200 to 300 backups"
    );
    assert_lines(&rig.all(), 0..15_000);
}

#[test]
fn the_count_of_backups_holds_while_numbers_are_spared() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 200);
    let mut sink = rig.open();
    for batch in 0..260 {
        rig.write(&mut sink, &lines(batch * 50..batch * 50 + 50));
        assert_eq!(rig.names().len() as u32, (batch + 1).min(201));
    }
    assert_lines(&rig.all(), 59 * 50..13_000);
}

/// A rotation that cannot delete the oldest backup has done its work; that files pile up is told all the same.
#[test]
fn a_backup_that_cannot_be_deleted_is_told_and_tried_again() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 1);
    let mut sink = rig.open();
    sink.clean(rig.now).unwrap();
    rig.faults.plan(Fault {
        op: Op::Remove,
        errno: 13,
        nth: 1,
        times: 2,
        short: None,
    });
    for round in 0..3 {
        assert_eq!(rig.write(&mut sink, &lines(round * 50..round * 50 + 50)), []);
    }
    assert_eq!(rig.names(), ["app.log", "app.log.1", "app.log.2"]);
    assert_eq!(sink.clean_at(), Some(rig.now.tick), "nobody would tell");
    let error = sink.clean(rig.now).unwrap_err();
    assert!(
        error.text.starts_with("cannot delete rotated log file"),
        "{error:?}"
    );
    assert!(error.text.contains("app.log.2"), "{error:?}");
    assert_eq!(rig.write(&mut sink, &lines(150..200)), []);
    assert_eq!(rig.names(), ["app.log", "app.log.1"]);
    assert_lines(&rig.all(), 100..200);
}
