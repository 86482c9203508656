//! A child made by `fork` in which no logger can be started: its records are dropped and counted, its requests are
//! refused, and no call waits.
#![cfg(target_os = "linux")]

use crate::common;

use asynclogger::{AsyncLogger, Config, DropReason, ErrorKind, Retention};
use common::check::in_order;
use common::child::alone;
use common::forked::{End, in_a_fork};
use common::gate::Gate;
use common::{assert_balanced, lines_of, log_numbered, skipped, to_file, to_writer, wait_until};
use log::Level;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

/// Number of records dropped because this process has no logger.
fn forked(logger: &AsyncLogger) -> u64 {
    logger.health().dropped.by_reason[&DropReason::Forked]
}

/// Settings whose only output stays with the parent.
#[test]
fn a_panic_in_a_child_without_an_output_is_dropped_and_counted() {
    const TEST: &str = "a_panic_in_a_child_without_an_output_is_dropped_and_counted";
    alone(TEST, || {
        let gate = Gate::open();
        asynclogger::init_with(to_writer(), gate.clone()).unwrap();
        let code = in_a_fork(End::AtOnce, || {
            let panicked = std::panic::catch_unwind(|| panic!("planted in the child"));
            let dropped = asynclogger::health().dropped.by_reason[&DropReason::Forked];
            i32::from((panicked.is_err(), dropped) != (true, 1))
        });
        assert_eq!(code, 0);
        asynclogger::shutdown().wait().unwrap();
        assert!(gate.bytes().is_empty());
    });
}

#[test]
fn a_record_during_which_a_child_is_forked_belongs_to_the_parent() {
    struct Forks(AtomicBool);
    impl fmt::Display for Forks {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // SAFETY: a fork; the child runs on in this test, and ends there.
            #[allow(unsafe_code)]
            let in_child = unsafe { libc::fork() } == 0;
            self.0.store(in_child, SeqCst);
            f.write_str(&common::numbered(0, 0))
        }
    }
    const TEST: &str = "a_record_during_which_a_child_is_forked_belongs_to_the_parent";
    alone(TEST, || {
        let gate = Gate::open();
        let logger = AsyncLogger::start_with(to_writer(), gate.clone()).unwrap();
        let forks = Forks(AtomicBool::new(false));
        log::info!(logger: logger, "{forks}");
        if forks.0.load(SeqCst) {
            let code = i32::from(forked(&logger) != 1);
            // SAFETY: ends this process.
            #[allow(unsafe_code)]
            unsafe {
                libc::_exit(code)
            }
        }
        let mut status = -1;
        // SAFETY: waits for the only child of this process.
        #[allow(unsafe_code)]
        unsafe {
            libc::wait(&raw mut status)
        };
        assert_eq!(status, 0, "the child dropped and counted it");
        logger.shutdown().wait().unwrap();
        assert_eq!(in_order(&gate.bytes()).unwrap()[&0], [0]);
        assert_balanced(&logger.health(), 1);
    });
}

/// A log that other users may write, too.
fn for_all(dir: &Path) -> Config {
    // SAFETY: the umask of this process, which belongs to one test.
    #[allow(unsafe_code)]
    unsafe {
        libc::umask(0)
    };
    let all = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(dir, all).unwrap();
    to_file(dir).file_mode(0o666)
}

/// Makes this process, a child, the only one of another user; returns the number of threads that this user may have.
#[allow(unsafe_code)]
fn limit_threads(most: u64) {
    // SAFETY: the user and the limits of this process, in a value that outlives the calls.
    let done = unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        libc::setresuid(54_321, 54_321, 54_321);
        libc::getrlimit(libc::RLIMIT_NPROC, &raw mut limit);
        limit.rlim_cur = most.min(limit.rlim_max);
        libc::setrlimit(libc::RLIMIT_NPROC, &raw const limit)
    };
    assert_eq!(done, 0);
}

fn is_root() -> bool {
    // SAFETY: only returns a number.
    #[allow(unsafe_code)]
    let root = unsafe { libc::geteuid() } == 0;
    if !root {
        skipped("a child without threads: needs root to become a user without processes");
    }
    root
}

#[test]
fn a_child_without_threads_drops_until_it_can_start_its_logger() {
    const TEST: &str = "a_child_without_threads_drops_until_it_can_start_its_logger";
    if !is_root() {
        return;
    }
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let logger = AsyncLogger::start(for_all(dir.path())).unwrap();
        let code = in_a_fork(End::AtOnce, || {
            limit_threads(1);
            (0..10).for_each(|n| log_numbered(&logger, Level::Info, 1, n));
            assert_eq!(forked(&logger), 10);
            let purge = logger.purge(&Retention::new().max_files(0));
            assert_eq!(purge.unwrap_err().kind(), ErrorKind::NotRunning);
            limit_threads(u64::MAX);
            let mut next = 10..;
            wait_until("a logger is started", || {
                // Only the pace of the tries: the first one that succeeds ends the wait.
                std::thread::park_timeout(Duration::from_millis(10));
                log_numbered(&logger, Level::Info, 1, next.next().unwrap());
                forked(&logger) < next.start as u64
            });
            let error = logger.shutdown().wait().unwrap_err();
            assert_eq!(
                (error.kind(), error.unwritten()),
                (ErrorKind::Incomplete, forked(&logger))
            );
            let health = logger.health();
            assert_balanced(&health, next.start as u64);
            i32::from(health.written != 1)
        });
        assert_eq!(code, 0);
        logger.shutdown().wait().unwrap();
        let seen = in_order(&lines_of(&dir.path().join("app.log"))).unwrap();
        assert_eq!(seen[&1].len(), 1, "{seen:?}");
    });
}

/// The user may not have one more thread, so the watchdog that answers a shutdown at its limit cannot start.
#[test]
fn a_shutdown_that_may_start_no_thread_writes_everything_and_answers() {
    const TEST: &str = "a_shutdown_that_may_start_no_thread_writes_everything_and_answers";
    if !is_root() {
        return;
    }
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let logger = AsyncLogger::start(for_all(dir.path())).unwrap();
        let code = in_a_fork(End::AtOnce, || {
            log_numbered(&logger, Level::Info, 1, 0);
            limit_threads(1);
            (1..100).for_each(|n| log_numbered(&logger, Level::Info, 1, n));
            logger.shutdown().wait().unwrap();
            assert_balanced(&logger.health(), 100);
            0
        });
        assert_eq!(code, 0);
        let seen = in_order(&lines_of(&dir.path().join("app.log"))).unwrap();
        assert!(seen[&1].iter().copied().eq(0..100), "{seen:?}");
    });
}
