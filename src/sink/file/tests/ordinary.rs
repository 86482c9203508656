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
        settings.period = Some(Period::Hour);
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
