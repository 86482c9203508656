//! Loggers in separate processes whose system calls fail, under `strace`.

use super::place::Place;
use super::remote::Remote;
use super::wait_until;
use asynclogger::Config;
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest time until writing works again after its cause is gone; 2 s are promised on an idle machine.
pub const RECOVERY: Duration = Duration::from_secs(5);

/// Settings with one file and without rotation.
pub fn config(place: &Place) -> Config {
    place.config().backup_count(0)
}

/// The command under which calls on `path` fail; `inject` is the argument of `strace`.
pub fn failing(path: &Path, inject: &str) -> Vec<String> {
    let words = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-P",
        path.to_str().unwrap(),
        "-e",
    ];
    words.iter().copied().chain([inject]).map(str::to_owned).collect()
}

pub fn start_failing(test: &str, place: &Place, inject: &str, config: &Config) -> Remote {
    let tool = failing(&place.log(), inject);
    let tool: Vec<&str> = tool.iter().map(String::as_str).collect();
    Remote::start_under(&tool, test, 0, config).ready()
}

#[track_caller]
pub fn wait_for_state(process: &mut Remote, state: &str) {
    wait_until(state, || process.health()["state"] == state);
}

/// Checks, right after the cause is gone, that everything is written soon and no further error is reported.
#[track_caller]
pub fn assert_recovers(process: &mut Remote) {
    let begin = Instant::now();
    wait_for_state(process, "running");
    assert!(
        begin.elapsed() < RECOVERY,
        "recovered after {:?}",
        begin.elapsed()
    );
    // No record was lost: the flush that waits for the kept records succeeds.
    assert_eq!(process.ask("flush"), "ok");
}

/// Checks that standard error has one notice of each kind; no test here takes longer than the ten seconds between two.
#[track_caller]
pub fn assert_one_notice(process: &Remote) {
    assert_eq!(process.notices().len(), 1, "{:?}", process.notices());
}
