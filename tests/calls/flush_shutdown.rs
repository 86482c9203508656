//! Promise 2: `flush()` returns `Ok` only if everything was written, no caller waits for ever, and a shutdown ends
//! within its limit.

use crate::common;

use asynclogger::{AsyncLogger, Capture, DropReason, Error, ErrorKind, Overflow, State};
use common::answers::{behind_a_gate, info};
use common::check::{exactly, in_order};
use common::gate::Gate;
use common::poll::{Wakes, poll_once};
use common::{LIMIT, assert_balanced, log_numbered, scaled, to_writer, wait_until};
use log::Level;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::task::Poll;
use std::time::{Duration, Instant};

const CALLERS: usize = 64;

/// Runs `call` on 64 threads at once and returns all results.
fn at_once<T: Send>(call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(CALLERS);
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (barrier, call) = (&barrier, &call);
                scope.spawn(move || {
                    barrier.wait();
                    call(caller)
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

// Many callers

#[test]
fn sixty_four_flushes_at_once_each_find_their_own_records_written() {
    let gate = Gate::open();
    let logger = AsyncLogger::start_with(to_writer().overflow(Overflow::Block), gate.clone()).unwrap();
    let all_there = at_once(|caller| {
        (0..10).for_each(|n| log_numbered(&logger, Level::Info, caller, n));
        logger.flush().wait().unwrap();
        in_order(&gate.bytes()).unwrap()[&caller].len() == 10
    });
    assert_eq!(all_there, [true; CALLERS]);
}

#[test]
fn sixty_four_shutdowns_at_once_all_get_the_same_answer_after_the_drain() {
    let gate = Gate::open();
    let logger = AsyncLogger::start_with(to_writer(), gate.clone()).unwrap();
    (0..1000).for_each(|n| info(&logger, n));
    let written = at_once(|_| {
        logger.shutdown().wait().unwrap();
        in_order(&gate.bytes()).unwrap()[&0].len()
    });
    assert_eq!(written, [1000; CALLERS]);
}

#[test]
fn flushes_and_shutdowns_at_once_are_all_answered() {
    let logger = AsyncLogger::start_with(to_writer(), io::sink()).unwrap();
    let answers = at_once(|caller| {
        info(&logger, caller);
        match caller % 3 {
            0 => logger.shutdown().wait_timeout(LIMIT),
            1 => logger.sync().wait_timeout(LIMIT),
            _ => logger.flush().wait_timeout(LIMIT),
        }
    });
    // A record after the shutdown is a loss, and is reported; every waiting caller gets an answer.
    let in_vain =
        |answer: &Result<(), Error>| matches!(answer, Err(error) if error.kind() != ErrorKind::Incomplete);
    assert!(!answers.iter().any(in_vain), "{answers:?}");
}

#[test]
fn of_two_flushes_that_wait_one_may_be_dropped_and_the_other_is_answered() {
    let (logger, gate) = behind_a_gate(to_writer());
    info(&logger, 0);
    let (first, second) = (logger.flush(), logger.flush());
    gate.wait_until_blocked();
    drop(first);
    gate.set_open(true);
    second.wait_timeout(LIMIT).unwrap();
}

#[test]
fn an_answer_does_not_change_between_sending_and_polling() {
    let gate = Gate::open();
    let logger = AsyncLogger::start_with(to_writer(), gate.clone()).unwrap();
    info(&logger, 0);
    let (mut flush, wakes) = (logger.flush(), Arc::<Wakes>::default());
    assert!(poll_once(&mut flush, &wakes).is_pending() || wakes.count() == 0);
    wait_until("the flush is answered", || {
        wakes.count() > 0 || gate.bytes().ends_with(b"\n")
    });
    logger.flush().wait().unwrap();
    gate.set_open(false);
    info(&logger, 1);
    gate.wait_until_blocked();
    assert_eq!(
        flush.wait_timeout(Duration::ZERO).map_err(|error| error.kind()),
        Ok(())
    );
    gate.set_open(true);
}

// Before, after, and at the same time

#[test]
fn a_flush_before_anything_was_logged_is_ok() {
    let logger = AsyncLogger::start_with(to_writer(), Capture::new()).unwrap();
    logger.flush().wait_timeout(LIMIT).unwrap();
    logger.sync().wait_timeout(LIMIT).unwrap();
}

#[test]
fn before_init_everything_that_waits_answers_not_running() {
    let kinds = [
        asynclogger::flush().wait().unwrap_err().kind(),
        asynclogger::sync().wait().unwrap_err().kind(),
        asynclogger::reopen().wait().unwrap_err().kind(),
        asynclogger::shutdown().wait().unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::NotRunning; 4]);
    assert_eq!(asynclogger::health().state, State::NotStarted);
}

#[test]
fn a_flush_after_shutdown_gets_shutdowns_answer() {
    let logger = AsyncLogger::start_with(to_writer(), Capture::new()).unwrap();
    logger.shutdown().wait().unwrap();
    logger.flush().wait().unwrap();
    logger.sync().wait().unwrap();
    logger.shutdown().wait().unwrap();
    assert_eq!(logger.health().state, State::Stopped);
}

#[test]
fn a_shutdown_that_reported_a_loss_reports_it_to_every_later_call() {
    let config = to_writer().overflow(Overflow::DropNewest).queue_bytes(128 * 1024);
    let (logger, gate) = behind_a_gate(config);
    info(&logger, 0);
    gate.wait_until_blocked();
    (1..10_000).for_each(|n| info(&logger, n));
    let lost = logger.health().dropped.total;
    assert!(lost > 0);
    gate.set_open(true);
    for answer in [
        logger.shutdown().wait(),
        logger.shutdown().wait(),
        logger.flush().wait(),
    ] {
        let error = answer.unwrap_err();
        assert_eq!((error.kind(), error.unwritten()), (ErrorKind::Incomplete, lost));
    }
}

#[test]
fn records_logged_after_shutdown_are_counted_and_cost_no_wait() {
    let (capture, logger) = with_capture();
    info(&logger, 0);
    logger.shutdown().wait().unwrap();
    (1..=100).for_each(|n| info(&logger, n));
    let health = logger.health();
    assert_eq!(health.dropped.by_reason[&DropReason::AfterShutdown], 100);
    assert_balanced(&health, 101);
    assert_eq!(capture.lines().len(), 1);
}

fn with_capture() -> (Capture, AsyncLogger) {
    let capture = Capture::new();
    let logger = AsyncLogger::start_with(to_writer(), capture.clone()).unwrap();
    (capture, logger)
}

#[test]
fn a_drop_drains_everything() {
    let (capture, logger) = with_capture();
    (0..1000).for_each(|n| info(&logger, n));
    drop(logger);
    let log = capture.lines().join("\n") + "\n";
    assert_eq!(exactly(log.as_bytes(), 1, 1000), Ok(()));
}

#[test]
fn a_shutdown_whose_future_is_dropped_at_once_closes_all_the_same() {
    let (capture, logger) = with_capture();
    info(&logger, 0);
    drop(logger.shutdown());
    wait_until("the logger stops", || logger.health().state == State::Stopped);
    logger.shutdown().wait().unwrap();
    assert_eq!(capture.lines().len(), 1);
    info(&logger, 1);
    assert_eq!(logger.health().dropped.by_reason[&DropReason::AfterShutdown], 1);
}

#[test]
fn a_shutdown_ends_while_other_threads_go_on_logging() {
    let (logger, done) = (
        AsyncLogger::start_with(to_writer().overflow(Overflow::Block), io::sink()).unwrap(),
        AtomicBool::new(false),
    );
    let (answer, took) = std::thread::scope(|scope| {
        for thread in 0..3 {
            let (logger, done) = (&logger, &done);
            scope.spawn(move || {
                let mut n = 0;
                while !done.load(SeqCst) {
                    log_numbered(logger, Level::Info, thread, n);
                    n += 1;
                }
            });
        }
        wait_until("they log", || logger.health().written > 1000);
        let begun = Instant::now();
        let answer = logger.shutdown().wait();
        let took = begun.elapsed();
        done.store(true, SeqCst);
        (answer, took)
    });
    // The limit is five seconds; the shutdown must be much faster.
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_ne!(answer.map_err(|error| error.kind()), Err(ErrorKind::Timeout));
    let health = logger.health();
    assert_eq!(
        health.dropped.by_reason[&DropReason::AfterShutdown],
        health.dropped.total
    );
    assert_balanced(&health, health.total_messages);
}

// Waits

#[test]
fn a_wait_with_a_limit_never_takes_longer() {
    let (logger, gate) = behind_a_gate(to_writer());
    info(&logger, 0);
    for limit in [
        Duration::ZERO,
        Duration::from_millis(1),
        Duration::from_millis(50),
    ] {
        let begun = Instant::now();
        let answer = logger.flush().wait_timeout(limit);
        let took = begun.elapsed();
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Timeout);
        assert!(took >= limit, "{took:?} is less than {limit:?}");
        // The scheduler may be late, but not by a whole second.
        assert!(
            took < limit + Duration::from_millis(900),
            "{took:?} for {limit:?}"
        );
    }
    gate.set_open(true);
    logger.flush().wait_timeout(Duration::MAX).unwrap();
}

#[test]
fn a_shutdown_waited_for_with_a_limit_takes_no_longer_and_goes_on() {
    let (logger, gate) = behind_a_gate(to_writer());
    info(&logger, 0);
    gate.wait_until_blocked();
    let begun = Instant::now();
    let answer = logger.shutdown().wait_timeout(Duration::from_millis(20));
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_millis(900));
    gate.set_open(true);
    logger.shutdown().wait().unwrap();
    assert_balanced(&logger.health(), 1);
}

#[test]
fn a_hundred_thousand_dropped_futures_leave_no_waker_behind() {
    let (logger, gate) = behind_a_gate(to_writer());
    info(&logger, 0);
    gate.wait_until_blocked();
    let wakes = Arc::<Wakes>::default();
    for n in 0..scaled(100_000) {
        if n % 2 == 0 {
            // Polling all of these may take longer than the second after which an output counts as stuck. Then the
            // answer is an error.
            let polled = poll_once(&mut logger.flush(), &wakes);
            assert!(!matches!(polled, Poll::Ready(Ok(()))), "nothing can be written");
        } else {
            drop(poll_once(&mut logger.sync(), &wakes));
        }
    }
    assert_eq!(Arc::strong_count(&wakes), 1, "a waker was kept");
    gate.set_open(true);
    logger.flush().wait_timeout(LIMIT).unwrap();
    logger.shutdown().wait().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_hundred_thousand_dropped_futures_take_no_memory() {
    common::child::alone("a_hundred_thousand_dropped_futures_take_no_memory", || {
        let (logger, gate) = behind_a_gate(to_writer());
        info(&logger, 0);
        gate.wait_until_blocked();
        let wakes = Arc::<Wakes>::default();
        let poll_and_drop = |times| {
            for _ in 0..times {
                drop(poll_once(&mut logger.flush(), &wakes));
            }
        };
        poll_and_drop(1_000);
        let (before, _) = common::child::resident();
        poll_and_drop(100_000);
        let (_, most) = common::child::resident();
        assert!(most - before < 512 * 1024, "grew by {} bytes", most - before);
        gate.set_open(true);
    });
}
