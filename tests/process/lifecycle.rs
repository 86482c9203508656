//! The life of a logger: failing starts, a thousand starts and ends, records before, during and after its life.

use crate::common;

#[cfg(target_os = "linux")]
use asynclogger::ErrorKind;
use asynclogger::{AsyncLogger, Config, DropReason, State};
use common::child::alone;
#[cfg(target_os = "linux")]
use common::child::{command, is_child, output_of};
use common::{assert_balanced, log_numbered, numbered, scaled, to_file, to_writer, watched};
use log::Level;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

fn without_rust_log(dir: &Path) -> Config {
    to_file(dir).rust_log(false)
}

/// Number of descriptors and threads of this process.
#[cfg(target_os = "linux")]
fn descriptors_and_threads() -> (usize, usize) {
    let entries = |path| std::fs::read_dir(path).unwrap().count();
    (entries("/proc/self/fd"), entries("/proc/self/task"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_inits_leak_no_thread_descriptor_or_memory() {
    const TEST: &str = "a_thousand_inits_leak_no_thread_descriptor_or_memory";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let rounds = scaled(1_000);
        let (mut before, mut memory) = (descriptors_and_threads(), 0);
        for round in 0..rounds {
            let config = without_rust_log(dir.path()).console(asynclogger::Console::Stdout);
            asynclogger::init(config.console_level(log::LevelFilter::Off)).unwrap();
            log::info!("{}", numbered(0, round));
            asynclogger::shutdown().wait().unwrap();
            if round == rounds / 5 {
                before = descriptors_and_threads();
                memory = common::child::resident().0;
            }
        }
        common::wait_until("threads and descriptors are given back", || {
            descriptors_and_threads() <= before
        });
        let grown = common::child::resident().0.saturating_sub(memory);
        assert!(grown < 1 << 20, "{grown} bytes more after {rounds} rounds");
        let log = common::lines_of(&dir.path().join("app.log"));
        assert_eq!(common::check::exactly(&log, 1, rounds), Ok(()));
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_failed_start_leaks_no_thread_descriptor_or_file() {
    const TEST: &str = "a_failed_start_leaks_no_thread_descriptor_or_file";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        let before = descriptors_and_threads();
        for _ in 0..100 {
            let error = asynclogger::init(without_rust_log(&dir.path().join("file/logs"))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io, "{error}");
            let error = asynclogger::init(without_rust_log(dir.path()).batch_bytes(0)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{error}");
            assert_eq!(asynclogger::health().state, State::NotStarted);
        }
        assert_eq!(descriptors_and_threads(), before);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        asynclogger::init(without_rust_log(dir.path())).unwrap();
        log::info!("{}", numbered(0, 0));
        asynclogger::shutdown().wait().unwrap();
    });
}

/// Root has no limit of processes, so a test that runs as root makes the child another user.
#[cfg(target_os = "linux")]
#[test]
fn a_start_that_gets_no_thread_fails_and_a_later_one_works() {
    const TEST: &str = "a_start_that_gets_no_thread_fails_and_a_later_one_works";
    if is_child(TEST) {
        return without_threads();
    }
    // Another user may not be able to reach the binary in its own directory.
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let program = place.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let test = command(TEST);
    let mut child = Command::new("setpriv");
    // An unused user number: the limit counts all processes of the user.
    let user = "--reuid=54321 --regid=54321 --clear-groups";
    // SAFETY: only returns a number.
    #[allow(unsafe_code)]
    let root = unsafe { libc::geteuid() } == 0;
    if !root {
        return common::skipped("a start without threads: needs root to become a user without processes");
    }
    // `setpriv` is a part of util-linux.
    let child = child
        .args(user.split(' '))
        .arg(&program)
        .args(test.get_args())
        .envs(test.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = output_of(child);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{stdout}{output:?}"
    );
}

#[cfg(target_os = "linux")]
fn without_threads() {
    let dir = tempfile::tempdir().unwrap();
    let config = || without_rust_log(dir.path()).console(asynclogger::Console::Stderr);
    let before = descriptors_and_threads();
    let limit = |most: u64| {
        // SAFETY: the limits of this process, in a value that lives through both calls.
        #[allow(unsafe_code)]
        let set = unsafe {
            let mut limit: libc::rlimit = std::mem::zeroed();
            libc::getrlimit(libc::RLIMIT_NPROC, &raw mut limit);
            limit.rlim_cur = most.min(limit.rlim_max);
            libc::setrlimit(libc::RLIMIT_NPROC, &raw const limit)
        };
        assert_eq!(set, 0);
    };
    // Room for no thread first, then for one, that of the console, and none for the worker.
    let mut failures = 0;
    for most in (1..=3 + before.1 as u64).rev() {
        limit(most);
        let Err(error) = asynclogger::init(config()) else {
            asynclogger::shutdown().wait().unwrap();
            continue;
        };
        failures += 1;
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
        assert!(
            error.to_string().contains("cannot start the thread of the"),
            "{error}"
        );
    }
    assert!(failures >= 2, "{failures} starts failed");
    limit(u64::MAX);
    asynclogger::init(config()).unwrap();
    log::info!("{}", numbered(0, 0));
    asynclogger::shutdown().wait().unwrap();
    common::wait_until("threads and descriptors are given back", || {
        descriptors_and_threads() <= before
    });
}

#[test]
fn records_before_init_are_discarded_by_log_and_change_nothing() {
    alone(
        "records_before_init_are_discarded_by_log_and_change_nothing",
        || {
            log::error!("goes nowhere");
            log::logger().flush();
            assert_eq!(asynclogger::health().total_messages, 0);
            let dir = tempfile::tempdir().unwrap();
            asynclogger::init(without_rust_log(dir.path())).unwrap();
            log::info!("{}", numbered(0, 0));
            asynclogger::shutdown().wait().unwrap();
            assert_balanced(&asynclogger::health(), 1);
        },
    );
}

#[test]
fn records_after_shutdown_are_dropped_and_counted() {
    let _watched = watched();
    const THREADS: usize = 8;
    for _ in 0..scaled(50) {
        let gate = common::gate::Gate::open();
        let logger = AsyncLogger::start_with(to_writer(), gate.clone()).unwrap();
        let (start, sent, late) = (Barrier::new(THREADS + 1), AtomicU64::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (logger, start, sent, late) = (&logger, &start, &sent, &late);
                scope.spawn(move || {
                    start.wait();
                    let mut n = 0;
                    // A hundred more by each thread after the shutdown is visible.
                    while late.load(SeqCst) < THREADS * 100 {
                        let stopped = logger.health().state == State::Stopped;
                        log_numbered(logger, Level::Info, thread, n);
                        n += 1;
                        late.fetch_add(usize::from(stopped), SeqCst);
                    }
                    sent.fetch_add(n as u64, SeqCst);
                });
            }
            start.wait();
            drop(logger.shutdown().wait());
        });
        let health = logger.health();
        assert_balanced(&health, sent.load(SeqCst));
        let seen = common::check::in_order(&gate.bytes()).unwrap();
        assert_eq!(seen.values().map(Vec::len).sum::<usize>() as u64, health.written);
        assert_eq!(
            health.dropped.total,
            health.dropped.by_reason[&DropReason::AfterShutdown],
            "{health}"
        );
    }
}

/// A snapshot shares no lock with a blocked output.
#[test]
fn health_answers_at_once_while_everything_is_stuck() {
    let _watched = watched();
    let gate = common::gate::Gate::closed();
    let config = to_writer()
        .queue_bytes(160 << 10)
        .overflow(asynclogger::Overflow::DropNewest);
    let logger = AsyncLogger::start_with(config, gate.clone()).unwrap();
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    let over = std::sync::atomic::AtomicBool::new(false);
    let slowest = std::thread::scope(|scope| {
        scope.spawn(|| {
            (1..)
                .take_while(|_| !over.load(SeqCst))
                .for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        });
        let times = (0..2_000).map(|_| {
            let begun = Instant::now();
            assert_ne!(logger.health().state, State::Stopped);
            begun.elapsed()
        });
        let mut times: Vec<Duration> = times.collect();
        over.store(true, SeqCst);
        times.sort_unstable();
        // The machine may interrupt the thread sometimes, but not every time.
        times[times.len() * 99 / 100]
    });
    assert!(slowest < Duration::from_millis(5), "{slowest:?}");
    gate.set_open(true);
    drop(logger.shutdown().wait());
    let health = logger.health();
    assert_balanced(&health, health.total_messages);
}
