//! Promise 9: a process that ends without a word loses nothing.

mod common;

use asynclogger::{AsyncLogger, Config};
use common::check::exactly;
use common::{lines_of, log_numbered, to_file};
use log::Level;
use std::path::Path;
use std::process::Command;

const DIR: &str = "ASYNCLOGGER_TEST_EXIT_DIR";
const RECORDS: usize = 100;

/// Runs `body` in a child that is the test binary again; the parent then checks the log.
#[track_caller]
fn exits(test: &str, code: i32, body: impl FnOnce(&Path)) {
    if let Some(dir) = std::env::var_os(DIR) {
        return body(Path::new(&dir));
    }
    let runs = common::scaled(20);
    for run in 0..runs {
        let dir = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(DIR, dir.path())
            .output()
            .unwrap();
        assert_eq!(
            child.status.code(),
            Some(code),
            "{}",
            String::from_utf8_lossy(&child.stderr)
        );
        assert_eq!(
            exactly(&lines_of(&dir.path().join("app.log")), 1, RECORDS),
            Ok(()),
            "run {run}"
        );
    }
}

/// A logger that nobody will drop, with records on their way.
fn forgotten_logger(dir: &Path) -> &'static AsyncLogger {
    // A long nap: without the exit handler the records would still be in the queue.
    let config = to_file(dir).flush_interval(std::time::Duration::from_secs(3_600));
    let logger = Box::leak(Box::new(AsyncLogger::start(config).unwrap()));
    (0..RECORDS).for_each(|n| log_numbered(logger, Level::Info, 0, n));
    logger
}

#[test]
fn a_return_from_main_drains_the_queue() {
    exits("a_return_from_main_drains_the_queue", 0, |dir| {
        forgotten_logger(dir);
    });
}

#[test]
fn process_exit_drains_the_queue() {
    exits("process_exit_drains_the_queue", 7, |dir| {
        forgotten_logger(dir);
        std::process::exit(7);
    });
}

#[test]
fn process_exit_on_another_thread_drains_the_queue() {
    exits("process_exit_on_another_thread_drains_the_queue", 7, |dir| {
        forgotten_logger(dir);
        std::thread::spawn(|| std::process::exit(7)).join().unwrap();
    });
}

#[test]
fn a_panic_that_unwinds_main_drains_the_queue() {
    exits("a_panic_that_unwinds_main_drains_the_queue", 101, |dir| {
        forgotten_logger(dir);
        panic!("planted");
    });
}

#[test]
fn the_installed_logger_is_drained_too() {
    exits("the_installed_logger_is_drained_too", 3, |dir| {
        let config = Config::new("app").console(None).log_dir(dir);
        asynclogger::init(config.flush_interval(std::time::Duration::from_secs(3_600))).unwrap();
        for n in 0..RECORDS {
            log::info!("{}", common::numbered(0, n));
        }
        std::process::exit(3);
    });
}

#[test]
fn an_exit_with_an_output_that_does_not_move_ends_within_the_limit() {
    const TEST: &str = "an_exit_with_an_output_that_does_not_move_ends_within_the_limit";
    if std::env::var_os(DIR).is_some() {
        let gate = common::gate::Gate::closed();
        let config = common::to_writer().shutdown_timeout(std::time::Duration::from_millis(300));
        let logger = Box::leak(Box::new(AsyncLogger::start_with(config, gate.clone()).unwrap()));
        log_numbered(logger, Level::Info, 0, 0);
        gate.wait_until_blocked();
        std::process::exit(5);
    }
    let begun = std::time::Instant::now();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture", "--test-threads=1"])
        .env(DIR, "unused")
        .output()
        .unwrap();
    assert_eq!(child.status.code(), Some(5));
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}
