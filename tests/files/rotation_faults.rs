//! A rotation that is impossible: the log grows on in place, and is rotated as soon as possible.
#![cfg(target_os = "linux")]

use crate::common;

use common::check::exactly;
use common::failing::{assert_one_notice, assert_recovers, start_failing};
use common::place::{Place, inode, run};
use common::remote::{Remote, can_trace, serve};
use common::{skipped, wait_until};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::time::Instant;

/// Logs and flushes until the log was rotated; returns the number of records then.
fn log_until_rotated(process: &mut Remote, from: usize, rotations: u64) -> usize {
    let mut n = from;
    wait_until("the log is rotated", || {
        process.ask(&format!("log {n} {} 0", n + 10));
        n += 10;
        assert_eq!(process.ask("flush"), "ok");
        process.health()["rotations"].as_u64() >= Some(rotations)
    });
    n
}

/// Checks that a full log that cannot be rotated is written on.
fn assert_writes_on(process: &mut Remote, place: &Place, log: &Path) {
    let before = inode(log);
    let begin = Instant::now();
    for round in 0..20 {
        process.ask(&format!("log {} {} 0", round * 100, (round + 1) * 100));
        assert_eq!(process.ask("flush"), "ok", "the lines are in the file");
    }
    assert_eq!(inode(log), before);
    let health = process.health();
    assert_eq!(
        (&health["state"], &health["rotations"]),
        (&"degraded".into(), &0.into()),
        "{health}"
    );
    let tries = health["error_count"].as_u64().unwrap();
    assert!(
        (1..=8 + begin.elapsed().as_secs()).contains(&tries),
        "{tries} tries"
    );
    assert!(place.backups().is_empty());
}

#[test]
fn without_a_free_descriptor_the_log_is_not_rotated_and_is_written_on() {
    let test = "without_a_free_descriptor_the_log_is_not_rotated_and_is_written_on";
    serve(test);
    if !run(&["prlimit", "--nofile=64", "true"]) {
        return skipped("prlimit does not work here, so descriptors did not run out");
    }
    let place = Place::new();
    let config = place.config().max_bytes(8 * 1024);
    let mut process = Remote::start_under(&["prlimit", "--nofile=64"], test, 0, &config).ready();
    assert_eq!(process.ask("exhaust"), "ok");
    assert_writes_on(&mut process, &place, &place.log());

    assert_eq!(process.ask("release"), "ok");
    let records = log_until_rotated(&mut process, 2_000, 1);
    assert_recovers(&mut process);
    process.end_well();
    assert_eq!(exactly(&place.lines(), 1, records), Ok(()));
    assert_one_notice(&process);
}

#[test]
fn in_another_users_directory_the_log_is_written_and_not_rotated() {
    let test = "in_another_users_directory_the_log_is_written_and_not_rotated";
    serve(test);
    let nobody = ["setpriv", "--reuid=65534", "--clear-groups"];
    let binary = std::env::current_exe().unwrap();
    if !run(&[&nobody[..], &[binary.to_str().unwrap(), "--list"]].concat()) {
        return skipped("setpriv cannot become another user here, so no rename was refused to one");
    }
    let place = Place::new();
    let mode = |mode| fs::set_permissions(place.dir(), fs::Permissions::from_mode(mode)).unwrap();
    for name in ["app.log", ".app.log.lock"] {
        fs::write(place.path(name), "").unwrap();
        chown(place.path(name), Some(65_534), None).unwrap();
    }
    mode(0o755);
    let config = place.config().max_bytes(8 * 1024);
    let mut process = Remote::start_under(&nobody, test, 0, &config).ready();
    assert_writes_on(&mut process, &place, &place.log());
    assert!(
        process.health()["last_error"]
            .as_str()
            .unwrap()
            .contains("Permission denied")
    );

    mode(0o777);
    let records = log_until_rotated(&mut process, 2_000, 1);
    assert_recovers(&mut process);
    process.end_well();
    assert_eq!(exactly(&place.lines(), 1, records), Ok(()));
    assert_one_notice(&process);
}

#[test]
fn a_new_file_that_cannot_be_created_in_a_rotation_costs_no_line() {
    let test = "a_new_file_that_cannot_be_created_in_a_rotation_costs_no_line";
    serve(test);
    if !can_trace() {
        return skipped("strace cannot inject faults here, so no open failed");
    }
    for error in ["EACCES", "ENOSPC", "EMFILE"] {
        let place = Place::new();
        // Counted for each thread: the first of the worker belongs to the first rotation.
        let inject = format!("inject=openat:error={error}:when=2..4");
        let mut process = start_failing(test, &place, &inject, &place.config().max_bytes(8 * 1024));
        let records = log_until_rotated(&mut process, 0, 3);
        assert_recovers(&mut process);
        let health = process.end_well();
        assert!(health["error_count"].as_u64() >= Some(3), "{error}: {health}");
        assert_eq!(exactly(&place.lines(), 1, records), Ok(()), "{error}");
        assert_one_notice(&process);
    }
}
