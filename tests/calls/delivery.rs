//! Promises 1 and 8: every record exactly once, whole, in order; and the ledger balances.

use crate::common;

use asynclogger::{AsyncLogger, Capture, Config, Format};
use common::check::exactly;
use common::{assert_balanced, lines_of, log_numbered, scaled, to_file, to_writer};
use log::Level;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

const THREADS: usize = 8;

/// Logs `records` numbered records from each of eight threads at once.
fn log_from_all_threads(logger: &AsyncLogger, records: usize) {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || (0..records).for_each(|n| log_numbered(logger, Level::Info, thread, n)));
        }
    });
}

fn eight_threads_deliver(format: Format) {
    let dir = tempfile::tempdir().unwrap();
    let records = scaled(50_000);
    let config = to_file(dir.path()).file_format(format).max_bytes(1 << 40);
    let logger = AsyncLogger::start(config.overflow(asynclogger::Overflow::Block)).unwrap();
    log_from_all_threads(&logger, records);
    logger.shutdown().wait().unwrap();
    assert_eq!(
        exactly(&lines_of(&dir.path().join("app.log")), THREADS, records),
        Ok(())
    );
    let health = logger.health();
    assert_balanced(&health, (THREADS * records) as u64);
    assert_eq!(health.written, (THREADS * records) as u64);
}

#[test]
fn eight_threads_deliver_each_record_once_whole_and_in_order_as_text() {
    eight_threads_deliver(Format::default());
}

#[test]
fn eight_threads_deliver_each_record_once_whole_and_in_order_as_json() {
    eight_threads_deliver(Format::Json);
}

#[test]
fn eight_threads_deliver_across_rotations() {
    let dir = tempfile::tempdir().unwrap();
    let records = scaled(10_000);
    let config = to_file(dir.path()).max_bytes(100_000).backup_count(100_000);
    let logger = AsyncLogger::start(config.overflow(asynclogger::Overflow::Block)).unwrap();
    log_from_all_threads(&logger, records);
    logger.shutdown().wait().unwrap();
    assert_eq!(
        exactly(&lines_of(&dir.path().join("app.log")), THREADS, records),
        Ok(())
    );
    assert_balanced(&logger.health(), (THREADS * records) as u64);
    assert!(logger.health().rotations > 0);
}

#[test]
fn a_restart_goes_on_in_the_same_file() {
    let dir = tempfile::tempdir().unwrap();
    for run in 0..3 {
        let logger = AsyncLogger::start(to_file(dir.path())).unwrap();
        (run * 100..(run + 1) * 100).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    }
    assert_eq!(exactly(&lines_of(&dir.path().join("app.log")), 1, 300), Ok(()));
}

#[test]
fn a_wall_clock_that_jumps_to_and_fro_changes_no_order() {
    let reads = AtomicUsize::new(0);
    let jumping = move || {
        let hours = reads.fetch_add(1, Ordering::Relaxed) as u64 % 48;
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + hours * 3600)
    };
    let dir = tempfile::tempdir().unwrap();
    let seams = asynclogger::seams::Seams::default().clock(jumping);
    let records = scaled(5_000);
    let config = to_file(dir.path()).overflow(asynclogger::Overflow::Block);
    let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
    log_from_all_threads(&logger, records);
    logger.shutdown().wait().unwrap();
    assert_eq!(
        exactly(&lines_of(&dir.path().join("app.log")), THREADS, records),
        Ok(())
    );
}

/// Two threads pass a token back and forth and log each time, while others log: a record that happened before another
/// is written before it.
#[test]
fn records_are_written_in_causal_order_across_threads() {
    let turns = scaled(100_000);
    let (capture, config) = (Capture::new(), to_writer().file_format("{message}"));
    let logger =
        AsyncLogger::start_with(config.overflow(asynclogger::Overflow::Block), capture.clone()).unwrap();
    let token = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for player in 0..2 {
            let (logger, token) = (&logger, &token);
            scope.spawn(move || {
                for turn in (player..turns).step_by(2) {
                    while token.load(Ordering::Acquire) != turn {
                        std::thread::yield_now();
                    }
                    log::info!(logger: logger, "turn {turn}");
                    token.store(turn + 1, Ordering::Release);
                }
            });
        }
        for _ in 0..2 {
            let (logger, token) = (&logger, &token);
            scope.spawn(move || {
                while token.load(Ordering::Relaxed) < turns {
                    log::info!(logger: logger, "noise");
                    std::thread::yield_now();
                }
            });
        }
    });
    logger.shutdown().wait().unwrap();
    let lines = capture.lines();
    let written = lines
        .iter()
        .filter_map(|line| line.strip_prefix("turn ")?.parse::<usize>().ok());
    assert!(
        written.eq(0..turns),
        "a turn is missing or comes before an earlier one"
    );
}

#[test]
fn two_started_loggers_are_independent_and_one_ends_alone() {
    let (first, second) = (Capture::new(), Capture::new());
    let start = |name: &str, capture: &Capture| {
        AsyncLogger::start_with(Config::new(name).console(None), capture.clone()).unwrap()
    };
    let (audit, trace) = (start("audit", &first), start("trace", &second));
    log::info!(logger: audit, "to the audit");
    log::info!(logger: trace, "to the trace");
    audit.shutdown().wait().unwrap();
    drop(audit);
    log::info!(logger: trace, "still there");
    trace.shutdown().wait().unwrap();
    assert_eq!((first.lines().len(), second.lines().len()), (1, 2));
}
