//! Outputs that stand still: what waits is answered in time, with the name of the output.

mod common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Console, ErrorKind, Overflow};
use common::answers::{behind_a_gate, info, log_in, output};
use common::check::exactly;
use common::gate::Gate;
use common::{LIMIT, assert_balanced, to_file, to_writer, wait_until};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

#[test]
fn a_writer_that_is_stuck_makes_a_flush_answer_after_a_second_with_its_name() {
    let (logger, gate) = behind_a_gate(to_writer());
    info(&logger, 0);
    gate.wait_until_blocked();
    let begun = Instant::now();
    let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
    let took = begun.elapsed();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("writer"), "{error}");
    assert!(took < Duration::from_secs(3), "{took:?}");
    gate.set_open(true);
    wait_until("the record is written", || logger.health().written == 1);
    logger.flush().wait_timeout(LIMIT).unwrap();
}

#[test]
fn a_console_that_is_stuck_beside_a_file_is_named_and_the_file_has_the_record() {
    let (dir, gate) = (tempfile::tempdir().unwrap(), Gate::closed());
    let config = to_file(dir.path()).console(Console::Stderr);
    let logger = AsyncLogger::start_with_seams(config, Seams::default().console(gate.clone())).unwrap();
    info(&logger, 0);
    let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("console"), "{error}");
    assert_eq!(exactly(&log_in(dir.path()), 1, 1), Ok(()));
    gate.set_open(true);
    wait_until("the console moves", || {
        output(&logger.health(), "console").written == 1
    });
    logger.flush().wait_timeout(LIMIT).unwrap();
    assert_eq!(exactly(&gate.bytes(), 1, 1), Ok(()));
}

#[test]
fn a_worker_that_waits_for_its_output_does_not_spin() {
    let (gate, writes) = (Gate::closed(), Arc::<AtomicUsize>::default());
    let counted = Arc::clone(&writes);
    let seams = Seams::default().console(gate.clone()).hook(move |stage| {
        counted.fetch_add(usize::from(stage == Stage::Write), SeqCst);
    });
    let config = to_writer()
        .console(Console::Stdout)
        .overflow(Overflow::DropNewest)
        .queue_bytes(128 * 1024);
    let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
    info(&logger, 0);
    gate.wait_until_blocked();
    (1..10_000).for_each(|n| info(&logger, n));
    assert!(logger.health().dropped.total > 0);
    let before = writes.load(SeqCst);
    // The answer comes after a second in which nothing moved.
    assert_eq!(
        logger.flush().wait_timeout(LIMIT).unwrap_err().kind(),
        ErrorKind::Timeout
    );
    let tries = writes.load(SeqCst) - before;
    assert!(tries < 100, "{tries} turns in a second of waiting");
    gate.set_open(true);
}

#[test]
fn a_shutdown_with_a_stuck_writer_ends_within_its_limit_and_counts_what_is_unwritten() {
    let limit = Duration::from_secs(1);
    let (logger, gate) = behind_a_gate(to_writer().shutdown_timeout(limit));
    info(&logger, 0);
    gate.wait_until_blocked();
    (1..100).for_each(|n| info(&logger, n));
    let begun = Instant::now();
    let error = logger.shutdown().wait().unwrap_err();
    let took = begun.elapsed();
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Timeout, 100),
        "{error}"
    );
    assert!(took < limit + Duration::from_millis(500), "{took:?}");
    let health = logger.health();
    assert_eq!((health.total_messages, health.written), (100, 0), "{health}");
    assert_eq!(logger.failed_records().len() as u64, health.failed);
    assert_eq!(health.failed + health.pending, 100);
    gate.set_open(true);
}

#[test]
fn a_shutdown_with_a_stuck_file_ends_at_its_limit_and_counts_what_is_unwritten() {
    let (dir, gate, limit) = (
        tempfile::tempdir().unwrap(),
        Gate::closed(),
        Duration::from_millis(500),
    );
    let seams = blocking_at(Stage::Write, &gate);
    let logger = AsyncLogger::start_with_seams(to_file(dir.path()).shutdown_timeout(limit), seams).unwrap();
    info(&logger, 0);
    gate.wait_until_blocked();
    (1..100).for_each(|n| info(&logger, n));
    let begun = Instant::now();
    let error = logger.shutdown().wait().unwrap_err();
    let took = begun.elapsed();
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Timeout, 100),
        "{error}"
    );
    assert!(
        took >= limit && took < limit + Duration::from_millis(500),
        "{took:?}"
    );
    gate.set_open(true);
    wait_until("the worker comes back", || logger.health().pending == 0);
    assert_balanced(&logger.health(), 100);
}

fn blocking_at(blocked: Stage, gate: &Gate) -> Seams {
    let gate = gate.clone();
    Seams::default().hook(move |stage| {
        if stage == blocked {
            gate.pass();
        }
    })
}
