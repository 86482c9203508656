//! A child made by `fork` without `exec`: its first record starts a logger there, it never hangs, and the parent alone
//! writes the parent's records, once.
#![cfg(unix)]

use crate::common;

use asynclogger::{AsyncLogger, Config, Console, DropReason, ErrorKind, Overflow, State};
use common::check::{exactly, exactly_each, in_order};
use common::child::{alone, alone_with, is_child};
use common::forked::{End, Forked, Over, in_a_fork};
use common::gate::Gate;
use common::{assert_balanced, lines_of, log_numbered, numbered, scaled, to_file, wait_until};
use log::Level;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

const THREADS: usize = 8;
/// Records of each thread and fork.
const EACH: usize = 200;

/// The file is never rotated, so every record stays.
fn keeping_all(dir: &Path) -> Config {
    to_file(dir).backup_count(0).overflow(Overflow::Block)
}

fn lines(dir: &Path) -> Vec<u8> {
    lines_of(&dir.join("app.log"))
}

fn log_ten(logger: &AsyncLogger, thread: usize) {
    (0..10).for_each(|n| log_numbered(logger, Level::Info, thread, n));
}

/// The child logs and ends in one of two ways; it returns 0 if all went well.
fn logs_in_the_child(logger: &AsyncLogger, fork: usize) -> Forked {
    let end = if fork % 2 == 0 { End::Exit } else { End::AtOnce };
    Forked::run(end, || {
        let begun = Instant::now();
        log_ten(logger, THREADS + fork);
        if begun.elapsed() > Duration::from_secs(5) {
            return 2;
        }
        if end == End::AtOnce && logger.flush().wait().is_err() {
            return 3;
        }
        0
    })
}

#[test]
fn children_forked_under_load_log_on_and_nothing_is_lost_or_written_twice() {
    const TEST: &str = "children_forked_under_load_log_on_and_nothing_is_lost_or_written_twice";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let logger = AsyncLogger::start(keeping_all(dir.path())).unwrap();
        let (forks, allowed) = (scaled(100), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (logger, allowed) = (&logger, &allowed);
                scope.spawn(move || {
                    for n in 0..forks * EACH {
                        wait_until("it is this thread's turn", || n < allowed.load(SeqCst));
                        log_numbered(logger, Level::Info, thread, n);
                    }
                });
            }
            for fork in 0..forks {
                allowed.store((fork + 1) * EACH, SeqCst);
                assert_eq!(logs_in_the_child(&logger, fork).wait(), 0, "child {fork}");
            }
        });
        logger.shutdown().wait().unwrap();
        let records = [vec![forks * EACH; THREADS], vec![10; forks]].concat();
        assert_eq!(exactly_each(&lines(dir.path()), &records), Ok(()));
        assert_balanced(&logger.health(), (forks * EACH * THREADS) as u64);
    });
}

/// For every lock of the crate, a fork happens while some thread holds it.
#[test]
fn children_forked_during_starts_flushes_and_filter_changes_never_hang() {
    const TEST: &str = "children_forked_during_starts_flushes_and_filter_changes_never_hang";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let config = keeping_all(dir.path()).rust_log(false);
        asynclogger::init(config.file_format("{message}")).unwrap();
        asynclogger::set_filter("info,app=trace").unwrap();
        let (over, forks) = (AtomicBool::new(false), scaled(100));
        let busy = |work: &dyn Fn()| {
            while !over.load(SeqCst) {
                work();
            }
        };
        std::thread::scope(|scope| {
            let _over = Over(&over);
            scope.spawn(|| busy(&|| drop(asynclogger::set_filter("info,app=trace").unwrap())));
            scope.spawn(|| busy(&|| drop(asynclogger::flush().wait())));
            scope.spawn(|| busy(&|| drop((asynclogger::health(), asynclogger::failed_records()))));
            scope.spawn(|| busy(&|| drop(AsyncLogger::start_with(common::to_writer(), io::sink()).unwrap())));
            // New threads, each of which registers with the logger.
            scope.spawn(|| busy(&|| std::thread::spawn(|| log::debug!("not wanted")).join().unwrap()));
            for fork in 0..forks {
                let code = in_a_fork(End::Exit, || {
                    log::info!("{}", numbered(fork, 0));
                    let before = asynclogger::set_filter("info").unwrap();
                    log::info!("{}", numbered(fork, 1));
                    let health = asynclogger::health();
                    i32::from(before != "info,app=trace" || health.total_messages != 2)
                });
                assert_eq!(code, 0, "child {fork}");
            }
        });
        asynclogger::shutdown().wait().unwrap();
        assert_eq!(exactly(&lines(dir.path()), forks, 2), Ok(()));
    });
}

#[test]
fn before_its_first_record_a_child_answers_at_once() {
    const TEST: &str = "before_its_first_record_a_child_answers_at_once";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let logger = AsyncLogger::start(keeping_all(dir.path())).unwrap();
        log_ten(&logger, 0);
        let code = in_a_fork(End::Exit, || {
            assert_eq!(logger.flush().wait().unwrap_err().kind(), ErrorKind::NotRunning);
            let sync = logger.sync().wait().unwrap_err().to_string();
            assert!(sync.starts_with("sync: this process was forked"), "{sync}");
            assert_eq!(logger.health().state, State::NotStarted);
            assert_eq!(logger.failed_records().len(), 0);
            log_ten(&logger, 1);
            logger.flush().wait().unwrap();
            assert_eq!(logger.health().state, State::Running);
            logger.shutdown().wait().unwrap();
            assert_balanced(&logger.health(), 10);
            0
        });
        assert_eq!(code, 0);
        logger.shutdown().wait().unwrap();
        assert_balanced(&logger.health(), 10);
        assert_eq!(exactly(&lines(dir.path()), 2, 10), Ok(()));
    });
}

#[test]
fn a_logger_that_was_shut_down_stays_so_in_a_child() {
    const TEST: &str = "a_logger_that_was_shut_down_stays_so_in_a_child";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let logger = AsyncLogger::start(keeping_all(dir.path())).unwrap();
        let refused_in_a_child = |first: fn(&AsyncLogger)| {
            in_a_fork(End::Exit, || {
                first(&logger);
                log_ten(&logger, 1);
                i32::from(logger.health().dropped.by_reason[&DropReason::AfterShutdown] != 10)
            })
        };
        let shut_down = |logger: &AsyncLogger| drop(logger.shutdown());
        assert_eq!(refused_in_a_child(shut_down), 0, "shut down in the child");
        log_ten(&logger, 0);
        logger.shutdown().wait().unwrap();
        assert_eq!(refused_in_a_child(|_| {}), 0, "shut down before the fork");
        assert_eq!(exactly(&lines(dir.path()), 1, 10), Ok(()));
    });
}

#[test]
fn filters_set_before_a_fork_hold_in_the_child_and_its_child() {
    const TEST: &str = "filters_set_before_a_fork_hold_in_the_child_and_its_child";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let config = keeping_all(dir.path()).file_format("{message}");
        let logger = AsyncLogger::start(config).unwrap();
        logger.set_filter("warn").unwrap();
        let code = in_a_fork(End::Exit, || {
            log_numbered(&logger, Level::Info, 9, 0);
            assert_eq!(
                logger.health().state,
                State::NotStarted,
                "an unwanted record starts nothing"
            );
            assert_eq!(logger.filter(), "warn");
            log_numbered(&logger, Level::Warn, 0, 0);
            logger.set_filter("error").unwrap();
            log_numbered(&logger, Level::Warn, 9, 1);
            let code = in_a_fork(End::Exit, || {
                assert_eq!(logger.filter(), "error");
                log_numbered(&logger, Level::Warn, 9, 2);
                log_numbered(&logger, Level::Error, 1, 0);
                0
            });
            log_numbered(&logger, Level::Error, 0, 1);
            code
        });
        assert_eq!(code, 0);
        assert_eq!(logger.filter(), "warn", "the parent's own");
        log_numbered(&logger, Level::Warn, 2, 0);
        logger.shutdown().wait().unwrap();
        assert_eq!(exactly_each(&lines(dir.path()), &[2, 1, 1]), Ok(()));
    });
}

#[test]
fn threads_of_a_child_that_log_first_at_once_share_one_logger() {
    const TEST: &str = "threads_of_a_child_that_log_first_at_once_share_one_logger";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let logger = AsyncLogger::start(keeping_all(dir.path())).unwrap();
        let code = in_a_fork(End::Exit, || {
            let start = std::sync::Barrier::new(THREADS);
            std::thread::scope(|scope| {
                for thread in 0..THREADS {
                    let (logger, start) = (&logger, &start);
                    scope.spawn(move || {
                        start.wait();
                        log_ten(logger, thread);
                    });
                }
            });
            logger.flush().wait().unwrap();
            assert_balanced(&logger.health(), 10 * THREADS as u64);
            #[cfg(target_os = "linux")]
            assert_eq!(workers(), 1);
            0
        });
        assert_eq!(code, 0);
        assert_eq!(exactly(&lines(dir.path()), THREADS, 10), Ok(()));
    });
}

/// The number of threads of this process that are a logger's worker.
#[cfg(target_os = "linux")]
fn workers() -> usize {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let names = threads.map(|thread| std::fs::read_to_string(thread.unwrap().path().join("comm")));
    // A thread that has ended meanwhile was not a worker.
    names
        .filter(|name| name.as_ref().is_ok_and(|name| name == "asynclogger\n"))
        .count()
}

#[test]
fn a_fork_in_the_midst_of_a_record_leaves_each_process_its_own() {
    struct Forks(AtomicBool);
    impl fmt::Display for Forks {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // SAFETY: a fork; the child runs on in this test, and ends there.
            #[allow(unsafe_code)]
            let in_child = unsafe { libc::fork() } == 0;
            self.0.store(in_child, SeqCst);
            f.write_str(&numbered(usize::from(in_child), 0))
        }
    }
    const TEST: &str = "a_fork_in_the_midst_of_a_record_leaves_each_process_its_own";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let logger = AsyncLogger::start(keeping_all(dir.path())).unwrap();
        let forks = Forks(AtomicBool::new(false));
        log::info!(logger: logger, "{forks}");
        if forks.0.load(SeqCst) {
            log_numbered(&logger, Level::Info, 1, 1);
            // SAFETY: ends this process, as a program does.
            #[allow(unsafe_code)]
            unsafe {
                libc::exit(0)
            }
        }
        wait_until("the child has written", || {
            lines(dir.path()).ends_with(b"\n") && in_child(dir.path()) == 2
        });
        logger.shutdown().wait().unwrap();
        assert_eq!(exactly_each(&lines(dir.path()), &[1, 2]), Ok(()));
    });

    fn in_child(dir: &Path) -> usize {
        in_order(&lines(dir)).map_or(0, |seen| seen.get(&1).map_or(0, Vec::len))
    }
}

#[test]
fn a_child_of_a_parent_with_only_a_writer_drops_and_reports_it() {
    const TEST: &str = "a_child_of_a_parent_with_only_a_writer_drops_and_reports_it";
    let stderr = alone_with(TEST, &[], || {
        let gate = Gate::open();
        let logger = AsyncLogger::start_with(common::to_writer(), gate.clone()).unwrap();
        let code = in_a_fork(End::Exit, || {
            log_ten(&logger, 0);
            i32::from(logger.health().dropped.by_reason[&DropReason::Forked] != 10)
        });
        assert_eq!(code, 0);
        logger.shutdown().wait().unwrap();
        assert_balanced(&logger.health(), 0);
        assert!(gate.bytes().is_empty());
    });
    if !is_child(TEST) {
        let stderr = stderr.expect("the output of the child");
        assert_eq!(
            stderr.matches("no logger in this forked process").count(),
            1,
            "{stderr}"
        );
    }
}

#[test]
fn a_child_writes_to_the_console_and_leaves_a_record_of_its_panic() {
    const TEST: &str = "a_child_writes_to_the_console_and_leaves_a_record_of_its_panic";
    let stderr = alone_with(TEST, &[], || {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::new("app")
            .console(Console::Stderr)
            .console_format("[{message}]");
        asynclogger::init(config.log_dir(dir.path()).file_format("{level} {message}")).unwrap();
        let code = in_a_fork(End::Exit, || {
            log::info!("from the child");
            panic!("planted in the child");
        });
        assert_eq!(code, 101);
        log::info!("from the parent");
        asynclogger::shutdown().wait().unwrap();
        let text = String::from_utf8(lines(dir.path())).unwrap();
        assert!(
            text.contains("ERROR thread ") && text.contains("planted in the child"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 3, "{text}");
    });
    if let Some(stderr) = stderr {
        for line in ["[from the child]", "[from the parent]"] {
            assert_eq!(stderr.matches(line).count(), 1, "{stderr}");
        }
    }
}

#[test]
fn the_exit_of_a_child_waits_for_no_logger_of_its_parents() {
    const TEST: &str = "the_exit_of_a_child_waits_for_no_logger_of_its_parents";
    alone(TEST, || {
        let gate = Gate::closed();
        // Longer than the limit of any wait in the tests.
        let config = common::to_writer().shutdown_timeout(Duration::from_secs(3_600));
        let logger = AsyncLogger::start_with(config, gate.clone()).unwrap();
        log_ten(&logger, 0);
        gate.wait_until_blocked();
        let code = std::panic::catch_unwind(|| in_a_fork(End::Exit, || 0));
        // Even if the child hangs: otherwise the drop of the logger would wait as long.
        gate.set_open(true);
        assert_eq!(code.ok(), Some(0));
        logger.shutdown().wait().unwrap();
        assert_eq!(exactly(&gate.bytes(), 1, 10), Ok(()));
    });
}
