//! File systems where locks do not work, and loggers without locks.
#![cfg(target_os = "linux")]

use crate::common;

use asynclogger::Locking;
use common::check::exactly_each;
use common::remote::{Remote, can_trace, serve};
use common::shared::{backups, log_together, rotations, shared};
use common::{lines_of, scaled, skipped};
use std::path::Path;

/// A command that makes every `flock` of a process fail and records its renames.
fn without_locks(trace: &Path) -> Vec<String> {
    let words = "strace -f -qq -e trace=flock,/rename -e inject=flock:error=ENOLCK -o";
    let words = words.split(' ').map(str::to_owned);
    words.chain([trace.to_str().unwrap().to_owned()]).collect()
}

#[test]
fn shared_locking_goes_on_without_rotation_where_locks_do_not_work() {
    let test = "shared_locking_goes_on_without_rotation_where_locks_do_not_work";
    serve(test);
    if !can_trace() {
        return skipped("strace cannot inject faults here, so no lock call was failed");
    }
    let (dir, records) = (tempfile::tempdir().unwrap(), scaled(5_000));
    let trace = dir.path().join("trace");
    let tool = without_locks(&trace);
    let tool: Vec<&str> = tool.iter().map(String::as_str).collect();
    let config = shared(dir.path()).max_bytes(16 * 1024);
    let mut processes: Vec<Remote> = (0..2)
        .map(|thread| Remote::start_under(&tool, test, thread, &config).ready())
        .collect();
    for process in &mut processes {
        process.ask(&format!("log 0 {records} 0"));
        assert_eq!(process.ask("flush"), "ok");
        let health = process.health();
        assert_eq!(
            (health["state"].as_str(), health["rotations"].as_u64()),
            (Some("degraded"), Some(0))
        );
        assert!(
            health["last_error"]
                .as_str()
                .unwrap()
                .contains("without locks the log is not rotated")
        );
        process.end_well();
        assert_eq!(process.notices().len(), 1, "{:?}", process.notices());
    }
    let log = lines_of(&dir.path().join("app.log"));
    assert_eq!(exactly_each(&log, &[records; 2]), Ok(()));
    let calls = std::fs::read_to_string(&trace).unwrap();
    assert!(
        calls.contains("flock(") && !calls.contains("rename"),
        "something was renamed"
    );
}

#[test]
fn required_locking_refuses_to_start_where_locks_do_not_work() {
    let test = "required_locking_refuses_to_start_where_locks_do_not_work";
    serve(test);
    if !can_trace() {
        return skipped("strace cannot inject faults here, so no lock call was failed");
    }
    let dir = tempfile::tempdir().unwrap();
    let tool = without_locks(&dir.path().join("trace"));
    let tool: Vec<&str> = tool.iter().map(String::as_str).collect();
    let config = shared(dir.path()).locking(Locking::Require);
    let mut refused = Remote::start_under(&tool, test, 0, &config);
    let answer = refused.receive();
    assert!(answer.starts_with("err cannot lock "), "{answer}");
    assert!(
        answer.contains(".app.log.lock") && answer.contains("Locking::Shared"),
        "{answer}"
    );
    assert_eq!(refused.receive_or_end(), None);

    let healths = log_together(vec![Remote::start(test, 0, &config)], 100);
    assert_eq!(healths[0]["state"], "stopped");
    assert_eq!(
        exactly_each(&lines_of(&dir.path().join("app.log")), &[100]),
        Ok(())
    );
}

#[test]
fn locking_off_rotates_without_a_lock_file() {
    let test = "locking_off_rotates_without_a_lock_file";
    serve(test);
    let (dir, records) = (tempfile::tempdir().unwrap(), scaled(5_000));
    let config = shared(dir.path()).locking(Locking::Off).max_bytes(16 * 1024);
    let healths = log_together(vec![Remote::start(test, 0, &config)], records);
    assert_eq!(
        exactly_each(&lines_of(&dir.path().join("app.log")), &[records]),
        Ok(())
    );
    assert_eq!(rotations(&healths), backups(dir.path()).len() as u64);
    assert!(!dir.path().join(".app.log.lock").exists());
}
