//! Producers that wait for room: each gets room, or is released at the end.

use crate::common;

use asynclogger::{DropReason, ErrorKind, Overflow};
use common::blocked::{LEVELS, MANY, OUTPUTS};
use common::check::in_order;
use common::{assert_balanced, log_numbered, own_lines, wait_until};
use log::Level;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

/// Four threads log more records than the queue holds; a closed gate opens when the queue is full.
fn all_get_through(overflow: Overflow) {
    const THREADS: usize = 4;
    for start in OUTPUTS {
        let blocked = start(overflow);
        let sent = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for thread in 1..=THREADS {
                let (logger, sent) = (&blocked.logger, &sent);
                scope.spawn(move || {
                    for n in 0..MANY {
                        log_numbered(logger, LEVELS[n % LEVELS.len()], thread, n);
                        sent.fetch_add(1, SeqCst);
                    }
                });
            }
            blocked.wait_until_full();
            blocked.gate.set_open(true);
        });
        assert_eq!(sent.load(SeqCst), THREADS * MANY);
        blocked.logger.shutdown().wait().unwrap();
        let seen = in_order(&blocked.log()).unwrap();
        for thread in 1..=THREADS {
            assert!(
                seen[&thread].iter().copied().eq(0..MANY),
                "thread {thread} lost records"
            );
        }
        assert_balanced(&blocked.logger.health(), (THREADS * MANY + 1) as u64);
        assert!(own_lines(&blocked.log()).is_empty());
    }
}

#[test]
fn under_block_all_waiting_producers_get_through_and_nothing_is_lost() {
    all_get_through(Overflow::Block);
}

#[test]
fn under_block_for_a_wait_that_finds_room_in_time_loses_nothing() {
    all_get_through(Overflow::BlockFor(Duration::from_secs(60)));
}

#[test]
fn a_shutdown_that_ends_at_its_limit_lets_waiting_producers_go() {
    for start in OUTPUTS {
        let blocked = start(Overflow::Block);
        let answer = std::thread::scope(|scope| {
            let producer = scope.spawn(|| blocked.log_at(&[Level::Info], 1, MANY));
            blocked.wait_until_full();
            let answer = blocked.logger.shutdown().wait();
            wait_until("the producer returns", || producer.is_finished());
            answer
        });
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Timeout);
        let health = blocked.logger.health();
        assert!(
            health.dropped.by_reason[&DropReason::AfterShutdown] > 0,
            "{health}"
        );
        assert_eq!(health.total_messages, MANY as u64);
        blocked.gate.set_open(true);
    }
}
