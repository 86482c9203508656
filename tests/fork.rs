//! A child made by `fork` without `exec`: it never hangs, and what is the parent's is written once, by the parent.
#![cfg(unix)]
#![allow(unsafe_code)] // `fork` itself

mod common;

use asynclogger::{AsyncLogger, ErrorKind};
use common::check::{exactly, in_order};
use common::{child, lines_of, log_numbered, scaled, to_file};
use log::Level;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const THREADS: usize = 4;

/// Forks; the child runs `body` and ends with its answer, without the handlers of the parent's tests.
fn in_a_fork(body: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child runs code of this test and ends by _exit.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let good = body();
        // SAFETY: ends this process.
        unsafe { libc::_exit(i32::from(!good)) }
    }
    let mut status = 0;
    // SAFETY: waits for the child that was just made.
    unsafe { libc::waitpid(pid, &raw mut status, 0) };
    status == 0
}

#[test]
fn a_child_forked_under_load_is_refused_at_once_and_the_parents_records_are_written_once() {
    child::alone(
        "a_child_forked_under_load_is_refused_at_once_and_the_parents_records_are_written_once",
        || {
            let dir = tempfile::tempdir().unwrap();
            let config = to_file(dir.path()).overflow(asynclogger::Overflow::Block);
            let logger = AsyncLogger::start(config).unwrap();
            let (forks, over) = (scaled(50), AtomicBool::new(false));
            let counts: Vec<usize> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS)
                    .map(|thread| {
                        let (logger, over) = (&logger, &over);
                        scope.spawn(move || {
                            let mut n = 0;
                            while !over.load(Ordering::Relaxed) {
                                log_numbered(logger, Level::Info, thread, n);
                                n += 1;
                            }
                            n
                        })
                    })
                    .collect();
                for _ in 0..forks {
                    assert!(in_a_fork(|| {
                        let begun = Instant::now();
                        (0..10).for_each(|n| log_numbered(&logger, Level::Info, 99, n));
                        let flush = logger.flush().wait().unwrap_err().kind();
                        let shutdown = logger.shutdown().wait().unwrap_err().kind();
                        (flush, shutdown) == (ErrorKind::NotRunning, ErrorKind::NotRunning)
                            && begun.elapsed() < Duration::from_secs(5)
                    }));
                }
                over.store(true, Ordering::Relaxed);
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            logger.shutdown().wait().unwrap();
            let seen = in_order(&lines_of(&dir.path().join("app.log"))).unwrap();
            let lines: Vec<usize> = (0..THREADS)
                .map(|thread| seen.get(&thread).map_or(0, Vec::len))
                .collect();
            assert_eq!((lines, seen.contains_key(&99)), (counts, false));
        },
    );
}

#[test]
fn a_forked_child_may_start_a_logger_of_its_own() {
    child::alone("a_forked_child_may_start_a_logger_of_its_own", || {
        let dir = tempfile::tempdir().unwrap();
        let parent = AsyncLogger::start(to_file(&dir.path().join("parent"))).unwrap();
        log_numbered(&parent, Level::Info, 0, 0);
        assert!(in_a_fork(|| {
            let logger = AsyncLogger::start(to_file(&dir.path().join("child"))).unwrap();
            (0..10).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
            logger.shutdown().wait().is_ok()
        }));
        assert_eq!(
            exactly(&lines_of(&dir.path().join("child/app.log")), 1, 10),
            Ok(())
        );
        parent.shutdown().wait().unwrap();
        assert_eq!(
            exactly(&lines_of(&dir.path().join("parent/app.log")), 1, 1),
            Ok(())
        );
    });
}
