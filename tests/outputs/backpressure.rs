//! Blocked outputs: every loss is counted, errors are dropped last, memory stays bounded.
//!
//! Each fact is checked for a user's writer, which blocks its own thread, and for the file, which blocks the worker.

use crate::common;

use asynclogger::{AsyncLogger, DropReason, ErrorKind, Overflow};
use common::blocked::{LEVELS, MANY, OUTPUTS, QUEUE_BYTES};
use common::check::in_order;
use common::gate::Gate;
use common::{assert_balanced, lines_at, log_numbered, own_lines, to_writer};
use log::Level;
use std::time::{Duration, Instant};

#[test]
fn drop_newest_drops_without_waiting_and_counts_each_record_by_its_level() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        // The gate stays closed: a call that waited would wait for ever.
        blocked.log_at(&LEVELS, 1, MANY);
        let dropped = blocked.logger.health().dropped;
        assert!(dropped.total > 0);
        assert_eq!(dropped.by_reason[&DropReason::QueueFull], dropped.total);
        blocked.gate.set_open(true);
        let answer = blocked.logger.shutdown().wait().unwrap_err();
        assert_eq!(
            (answer.kind(), answer.unwritten()),
            (ErrorKind::Incomplete, dropped.total)
        );
        let log = blocked.log();
        in_order(&log).unwrap();
        for level in LEVELS {
            let sent = (0..MANY)
                .filter(|n| match n {
                    0 => level == Level::Info,
                    n => LEVELS[n % LEVELS.len()] == level,
                })
                .count() as u64;
            assert_eq!(dropped.by_level[&level], sent - lines_at(&log, level), "{level}");
        }
        assert_balanced(&blocked.logger.health(), MANY as u64);
    }
}

#[test]
fn errors_and_warnings_are_taken_in_when_nothing_else_is() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info], 1, MANY);
        let before = blocked.logger.health().dropped;
        blocked.log_at(&[Level::Error, Level::Warn], MANY, MANY + 50);
        assert_eq!(
            blocked.logger.health().dropped,
            before,
            "an urgent record was dropped although the reserve was free"
        );
        blocked.log_at(&[Level::Info], MANY + 50, MANY + 60);
        assert_eq!(
            blocked.dropped(),
            before.total + 10,
            "the reserve took a record that is not urgent"
        );
        blocked.gate.set_open(true);
        assert!(blocked.logger.shutdown().wait().is_err());
        let log = blocked.log();
        assert_eq!(
            (lines_at(&log, Level::Error), lines_at(&log, Level::Warn)),
            (25, 25)
        );
    }
}

#[test]
fn errors_are_dropped_and_counted_when_their_reserve_is_full_too() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Error], 1, MANY);
        let dropped = blocked.logger.health().dropped;
        assert!(dropped.by_level[&Level::Error] > 0);
        blocked.gate.set_open(true);
        assert!(blocked.logger.shutdown().wait().is_err());
        let written = lines_at(&blocked.log(), Level::Error);
        assert_eq!(written + dropped.by_level[&Level::Error], MANY as u64 - 1);
    }
}

#[test]
fn one_warning_in_the_log_has_the_exact_numbers_of_a_burst_of_drops() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info, Level::Debug], 1, MANY);
        let dropped = blocked.logger.health().dropped;
        let expected = format!(
            " WARN  asynclogger: {} records dropped ({} info, {} debug) from ",
            dropped.total,
            dropped.by_level[&Level::Info],
            dropped.by_level[&Level::Debug]
        );
        blocked.gate.set_open(true);
        assert!(blocked.logger.flush().wait().is_err());
        let summaries = own_lines(&blocked.log());
        assert_eq!(summaries.len(), 1, "{summaries:?}");
        assert!(
            summaries[0].contains(&expected),
            "{summaries:?} does not hold {expected:?}"
        );
        assert!(
            blocked.logger.shutdown().wait().is_ok(),
            "the loss was reported twice"
        );
        assert_eq!(
            own_lines(&blocked.log()),
            summaries,
            "the episode was reported twice"
        );
        assert_eq!(blocked.logger.health().own_lines, 1);
    }
}

#[test]
fn drops_after_a_summary_are_reported_at_the_end_at_the_latest() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info], 1, MANY);
        let first = blocked.dropped();
        blocked.gate.set_open(true);
        assert!(blocked.logger.flush().wait().is_err());
        blocked.gate.set_open(false);
        blocked.log_at(&[Level::Debug], MANY, MANY + 1);
        blocked.gate.wait_until_blocked();
        blocked.log_at(&[Level::Debug], MANY + 1, 2 * MANY);
        let second = blocked.dropped() - first;
        blocked.gate.set_open(true);
        let answer = blocked.logger.shutdown().wait().unwrap_err();
        assert_eq!(answer.unwritten(), second, "the first loss was reported before");
        let summaries = own_lines(&blocked.log());
        assert_eq!(summaries.len(), 2, "{summaries:?}");
        assert!(
            summaries[1].contains(&format!(" {second} records dropped ({second} debug) from ")),
            "{summaries:?}"
        );
    }
}

#[test]
fn a_stalled_queue_costs_each_stall_one_wait() {
    const WAIT: Duration = Duration::from_millis(100);
    for start in OUTPUTS {
        let blocked = start(Overflow::BlockFor(WAIT));
        for stall in 1..=2 {
            let before = blocked.dropped();
            let begun = Instant::now();
            blocked.log_at(&[Level::Info], stall * MANY, (stall + 1) * MANY);
            let took = begun.elapsed();
            let dropped = blocked.logger.health().dropped;
            let lost = (dropped.total - before) as u32;
            assert!(lost > 100, "the queue was not full");
            assert!(took >= WAIT, "no call waited: {took:?}");
            assert!(took < WAIT * lost / 4, "more than one call waited: {took:?}");
            assert_eq!(dropped.by_reason[&DropReason::QueueFull], stall as u64);
            assert_eq!(
                dropped.by_reason[&DropReason::QueueStalled],
                dropped.total - stall as u64
            );
            blocked.gate.set_open(true);
            let answer = blocked.logger.flush().wait().unwrap_err();
            assert_eq!(answer.unwritten(), u64::from(lost));
            blocked.gate.set_open(false);
            log_numbered(&blocked.logger, Level::Info, 1, stall);
            blocked.gate.wait_until_blocked();
        }
        blocked.gate.set_open(true);
        blocked.logger.shutdown().wait().unwrap();
    }
}

#[test]
fn a_stall_for_records_leaves_errors_a_wait_of_their_own() {
    for start in OUTPUTS {
        let blocked = start(Overflow::BlockFor(Duration::from_millis(20)));
        blocked.log_at(&[Level::Info], 1, MANY);
        blocked.log_at(&[Level::Error], MANY, 2 * MANY);
        let dropped = blocked.logger.health().dropped;
        assert!(dropped.by_level[&Level::Error] > 0 && dropped.by_level[&Level::Info] > 0);
        assert_eq!(
            dropped.by_reason[&DropReason::QueueFull],
            2,
            "one wait for each class"
        );
        blocked.gate.set_open(true);
        assert!(blocked.logger.shutdown().wait().is_err());
    }
}

#[test]
fn a_flush_with_a_full_queue_waits_and_reports_the_loss_once() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info], 1, MANY);
        let lost = blocked.dropped();
        let flush = blocked.logger.flush();
        blocked.gate.set_open(true);
        let answer = flush.wait().unwrap_err();
        assert_eq!((answer.kind(), answer.unwritten()), (ErrorKind::Incomplete, lost));
        // All records that were not dropped are in the log when the flush returns.
        let written = in_order(&blocked.log()).unwrap()[&0].len() as u64;
        assert_eq!(written + lost, MANY as u64);
        blocked
            .logger
            .flush()
            .wait()
            .expect("the loss was reported before");
        blocked
            .logger
            .shutdown()
            .wait()
            .expect("the loss was reported before");
    }
}

#[test]
fn a_loss_is_reported_to_every_flush_waiting_at_that_time() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        let (first, second) = (blocked.logger.flush(), blocked.logger.flush());
        blocked.log_at(&[Level::Info], 1, MANY);
        let lost = blocked.dropped();
        blocked.gate.set_open(true);
        assert_eq!(first.wait().unwrap_err().unwritten(), lost);
        assert_eq!(second.wait().unwrap_err().unwritten(), lost);
        blocked
            .logger
            .flush()
            .wait()
            .expect("the loss was reported before");
    }
}

#[test]
fn a_flush_that_is_dropped_reports_no_loss() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info], 1, MANY);
        let lost = blocked.dropped();
        drop(blocked.logger.flush());
        blocked.gate.set_open(true);
        drop(blocked.logger.flush());
        assert_eq!(blocked.logger.flush().wait().unwrap_err().unwritten(), lost);
    }
}

#[test]
fn the_queue_never_holds_more_than_its_bytes() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        std::thread::scope(|scope| {
            for thread in 1..=8 {
                let logger = &blocked.logger;
                scope.spawn(move || {
                    (0..MANY).for_each(|n| log_numbered(logger, LEVELS[n % LEVELS.len()], thread, n));
                });
            }
        });
        let health = blocked.logger.health();
        assert!(health.queue_bytes_max as usize <= QUEUE_BYTES, "{health}");
        assert!(
            health.queue_bytes_max as usize > QUEUE_BYTES - 1024,
            "the test did not fill the queue: {health}"
        );
        blocked.gate.set_open(true);
    }
}

/// The largest record that the default limits allow: 16 KiB of text and as much in values.
fn log_largest(logger: &AsyncLogger, level: Level) {
    let (text, value) = ("m".repeat(16 * 1024), "v".repeat(1024));
    let v = value.as_str();
    log::log!(logger: logger, level,
        a = v, b = v, c = v, d = v, e = v, f = v, g = v, h = v, i = v, j = v, k = v, l = v, m = v, n = v, o = v;
        "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_bounded_also_with_the_largest_records() {
    common::child::alone("memory_is_bounded_also_with_the_largest_records", || {
        const QUEUE: u64 = 4 * 1024 * 1024;
        let gate = Gate::closed();
        let config = to_writer().overflow(Overflow::DropNewest);
        let logger = AsyncLogger::start_with(config, gate.clone()).unwrap();
        log_largest(&logger, Level::Info);
        gate.wait_until_blocked();
        let (before, _) = common::child::resident();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..500).for_each(|n| log_largest(&logger, LEVELS[n % LEVELS.len()])));
            }
        });
        let health = logger.health();
        assert!(health.dropped.total > 3_000, "{health}");
        assert!(health.queue_bytes_max <= QUEUE, "{health}");
        assert!(
            health.queue_bytes_max > QUEUE / 10 * 9,
            "the test did not fill the queue"
        );
        let (_, most) = common::child::resident();
        // In addition to the queue: a record that is being captured in each of the threads, and their stacks.
        let (grown, allowed) = (most - before, QUEUE + 2 * 1024 * 1024);
        assert!(
            grown <= allowed,
            "grew by {grown} bytes, at most {allowed} are allowed"
        );
        gate.set_open(true);
    });
}
