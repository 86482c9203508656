//! What a sync covers, and what it says after one that failed.

use super::*;

fn syncs(rig: &Rig) -> usize {
    rig.faults.take_log().iter().filter(|op| **op == Op::Sync).count()
}

#[test]
fn a_sync_covers_the_file_and_its_name_and_the_next_one_only_what_is_new() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    sink.sync().unwrap();
    assert_eq!(syncs(&rig), 1, "the name of the new file");
    rig.write(&mut sink, &lines(0..1));
    sink.sync().unwrap();
    assert_eq!(syncs(&rig), 1);
    sink.sync().unwrap();
    assert_eq!(syncs(&rig), 0);
    rig.write(&mut sink, &lines(1..60));
    sink.sync().unwrap();
    assert_eq!(syncs(&rig), 3, "the backup, the new file and their names");
}

#[test]
fn what_was_written_before_a_reopen_is_covered() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    sink.sync().unwrap();
    rig.write(&mut sink, &lines(0..1));
    sink.reopen(rig.now).unwrap();
    rig.faults.take_log();
    sink.sync().unwrap();
    assert_eq!(syncs(&rig), 1);
}

#[test]
fn a_failed_sync_is_an_error_and_the_next_one_no_false_ok_until_there_is_a_new_file() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1));
    rig.faults.plan(Fault {
        op: Op::Sync,
        errno: 5,
        nth: 1,
        times: 1,
        short: None,
    });
    assert!(sink.sync().unwrap_err().text.contains("app.log"));
    assert!(sink.durability_unknown() && sink.is_degraded());
    assert!(sink.sync().is_err());
    rig.write(&mut sink, &lines(1..2));
    assert!(sink.sync().is_err());
    sink.reopen(rig.now).unwrap();
    assert!(sink.sync().is_err(), "the same file once more is no new file");
    assert_eq!(sink.figures().sync_failures, 4);
    rig.write(&mut sink, &lines(2..60));
    assert!(!sink.durability_unknown());
    sink.sync().unwrap();
    assert!(!sink.is_degraded());
}

#[test]
fn files_that_others_took_away_are_covered_too() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    for round in 0..12 {
        rig.write(&mut sink, &lines(round..round + 1));
        fs::rename(rig.path("app.log"), rig.path(&format!("moved{round}"))).unwrap();
    }
    rig.write(&mut sink, &lines(12..13));
    assert_eq!(
        syncs(&rig),
        4,
        "more than eight are not kept open: the oldest are synced first"
    );
    sink.sync().unwrap();
    assert_eq!(syncs(&rig), 8 + 1 + 1);
}

#[test]
fn a_failure_while_the_oldest_is_synced_is_told_by_the_next_sync() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.faults.plan(Fault {
        op: Op::Sync,
        errno: 5,
        nth: 1,
        times: 1,
        short: None,
    });
    for round in 0..12 {
        rig.write(&mut sink, &lines(round..round + 1));
        fs::rename(rig.path("app.log"), rig.path(&format!("moved{round}"))).unwrap();
    }
    assert!(sink.sync().is_err());
    sink.sync().unwrap();
}

#[test]
fn backups_that_were_closed_are_opened_again_also_behind_a_gap() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..50));
    sink.sync().unwrap();
    rig.write(&mut sink, &lines(50..1_000));
    fs::remove_file(rig.path("app.log.4")).unwrap();
    rig.faults.take_log();
    sink.sync().unwrap();
    // 19 files were written since the last sync, one of which is gone; eight of them are open twice.
    let count = syncs(&rig);
    assert!((19..=28).contains(&count), "{count}");
    sink.sync().unwrap();
    assert_eq!(syncs(&rig), 0);
}

#[test]
fn a_backup_that_is_moved_while_a_sync_looks_for_it_is_covered() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1_000));
    let (from, to) = (rig.path("app.log.19"), rig.path("app.log.20"));
    rig.faults.before(Op::Open, move || fs::rename(from, to).unwrap());
    rig.faults.take_log();
    sink.sync().unwrap();
    assert_eq!(
        syncs(&rig),
        19 + 8 + 1 + 1,
        "backups, those still open, the log and the names"
    );
}

#[test]
fn a_backup_that_cannot_be_opened_makes_the_sync_fail_and_the_next_one_catches_up() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1_000));
    rig.faults.plan(Fault {
        op: Op::Open,
        errno: 24,
        nth: 1,
        times: 1,
        short: None,
    });
    assert!(sink.sync().is_err());
    assert!(!sink.durability_unknown());
    rig.faults.take_log();
    sink.sync().unwrap();
    assert!(syncs(&rig) >= 19);
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_were_deleted_are_not_held_open() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 2);
    let mut sink = rig.open();
    let marker = rig.path("").to_str().unwrap().to_owned();
    let held = || {
        let open = fs::read_dir("/proc/self/fd").unwrap();
        open.filter_map(|fd| fs::read_link(fd.ok()?.path()).ok())
            .filter(|path| path.to_string_lossy().starts_with(&marker))
            .filter(|path| path.to_string_lossy().ends_with("(deleted)"))
            .count()
    };
    rig.write(&mut sink, &lines(0..1_000));
    sink.clean(rig.now).unwrap();
    assert_eq!((rig.names().len(), held()), (3, 0), "by the rotation");
    fs::remove_file(rig.path("app.log.1")).unwrap();
    fs::remove_file(rig.path("app.log")).unwrap();
    rig.pass(Duration::from_secs(60));
    rig.write(&mut sink, &lines(1_000..1_001));
    rig.write(&mut sink, &lines(1_001..1_002));
    assert_eq!(held(), 0, "by somebody else");
    rig.settings.backup_count = 50;
    rig.settings.retention = Retention::new().max_files(1);
    drop(sink);
    sink = rig.open();
    rig.write(&mut sink, &lines(0..200));
    assert_eq!(sink.figures().purged_files, 0);
    sink.clean(rig.now).unwrap();
    assert!(sink.figures().purged_files > 2);
    assert_eq!(held(), 0, "by the retention");
}

#[test]
fn what_is_no_file_of_ours_among_the_backups_is_passed_over() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1_000));
    fs::create_dir(rig.path("app.log.100")).unwrap();
    rig.faults.take_log();
    sink.sync().unwrap();
    let opened = rig.faults.take_log().iter().filter(|op| **op == Op::Open).count();
    assert_eq!(opened, 19, "the backups and nothing else");
    sink.sync().unwrap();
    assert_eq!(syncs(&rig), 0, "nothing is left in doubt");
}
