//! Blocked outputs: waiting calls are answered in time, with the name of the output.

use crate::common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Console, DropReason, ErrorKind, Overflow};
use common::answers::{behind_a_gate, info, log_in, output};
use common::check::exactly;
use common::gate::Gate;
use common::{LIMIT, assert_balanced, log_numbered, to_file, to_writer, wait_until};
use log::Level;
use std::io::{
    self,
    ErrorKind::{Interrupted, WouldBlock},
    Write,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

#[test]
fn a_flush_names_a_stuck_writer_after_a_second() {
    let (logger, gate) = behind_a_gate(to_writer());
    info(&logger, 0);
    gate.wait_until_blocked();
    let begun = Instant::now();
    let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
    let took = begun.elapsed();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error
            .to_string()
            .starts_with("flush: the writer has taken nothing"),
        "{error}"
    );
    assert!(took < Duration::from_secs(3), "{took:?}");
    gate.set_open(true);
    wait_until("the record is written", || logger.health().written == 1);
    logger.flush().wait_timeout(LIMIT).unwrap();
}

#[test]
fn a_stuck_console_is_named_and_the_file_has_the_record() {
    let (dir, gate) = (tempfile::tempdir().unwrap(), Gate::closed());
    let config = to_file(dir.path()).console(Console::Stderr);
    let logger = AsyncLogger::start_with_seams(config, Seams::default().console(gate.clone())).unwrap();
    info(&logger, 0);
    let error = logger.reopen().wait_timeout(LIMIT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error.to_string().starts_with("reopen: the console has"),
        "{error}"
    );
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
    // The answer comes after one second without progress.
    assert_eq!(
        logger.flush().wait_timeout(LIMIT).unwrap_err().kind(),
        ErrorKind::Timeout
    );
    let tries = writes.load(SeqCst) - before;
    assert!(tries < 100, "{tries} tries in a second of waiting");
    gate.set_open(true);
}

/// Shuts down a logger with a hundred records, one of which is in the output's write; checks that the shutdown ends
/// within its limit, and not at once.
#[track_caller]
fn shut_down_while_stuck(logger: &AsyncLogger, gate: &Gate, limit: Duration) {
    info(logger, 0);
    gate.wait_until_blocked();
    (1..100).for_each(|n| info(logger, n));
    let begun = Instant::now();
    let error = logger.shutdown().wait().unwrap_err();
    let took = begun.elapsed();
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Timeout, 100),
        "{error}"
    );
    assert!(
        took >= limit / 2 && took < limit + Duration::from_millis(500),
        "{took:?}"
    );
}

#[test]
fn a_shutdown_with_a_stuck_writer_ends_in_time_and_counts_its_losses() {
    let limit = Duration::from_secs(1);
    let (logger, gate) = behind_a_gate(to_writer().shutdown_timeout(limit));
    shut_down_while_stuck(&logger, &gate, limit);
    let health = logger.health();
    assert_eq!((health.total_messages, health.written), (100, 0), "{health}");
    assert_eq!(logger.failed_records().len() as u64, health.failed);
    assert_eq!(health.failed + health.pending, 100);
    gate.set_open(true);
}

#[test]
fn a_shutdown_with_a_stuck_file_ends_at_its_limit_and_counts_losses() {
    let (dir, gate) = (tempfile::tempdir().unwrap(), Gate::closed());
    let limit = Duration::from_millis(500);
    let seams = blocking_at(Stage::Write, &gate);
    let logger = AsyncLogger::start_with_seams(to_file(dir.path()).shutdown_timeout(limit), seams).unwrap();
    shut_down_while_stuck(&logger, &gate, limit);
    gate.set_open(true);
    wait_until("the worker comes back", || logger.health().pending == 0);
    assert_balanced(&logger.health(), 100);
}

/// The worker never returns from its write: the fate of the records that it holds stays open.
#[test]
fn after_the_limit_nothing_is_pending_but_what_the_worker_has_in_hand() {
    let (dir, gate) = (tempfile::tempdir().unwrap(), Gate::closed());
    let limit = Duration::from_millis(500);
    let seams = blocking_at(Stage::Write, &gate);
    let logger = AsyncLogger::start_with_seams(to_file(dir.path()).shutdown_timeout(limit), seams).unwrap();
    // A thread that has ended, with records in its chunk, and more threads than the list of chunks has room for.
    let ended = || {
        for n in 0..100 {
            std::thread::scope(|scope| _ = scope.spawn(|| log_numbered(&logger, Level::Info, 1 + n, 0)));
        }
    };
    info(&logger, 0);
    gate.wait_until_blocked();
    ended();
    (1..100).for_each(|n| info(&logger, n));
    let error = logger.shutdown().wait().unwrap_err();
    assert_eq!(error.unwritten(), 200, "{error}");
    let health = logger.health();
    assert_eq!((health.pending, health.failed), (1, 199), "{health}");
    // The chunk of this thread was open.
    (100..150).for_each(|n| info(&logger, n));
    let health = logger.health();
    assert_eq!(
        (
            health.pending,
            health.dropped.by_reason[&DropReason::AfterShutdown]
        ),
        (1, 50),
        "{health}"
    );
    gate.set_open(true);
    wait_until("the worker comes back", || logger.health().pending == 0);
    assert_balanced(&logger.health(), 250);
    assert_eq!(exactly(&log_in(dir.path()), 1, 1), Ok(()));
}

fn blocking_at(blocked: Stage, gate: &Gate) -> Seams {
    let gate = gate.clone();
    Seams::default().hook(move |stage| {
        if stage == blocked {
            gate.pass();
        }
    })
}

/// A writer that returns these results first, and then takes everything.
struct Reluctant {
    answers: Vec<fn() -> io::Result<usize>>,
    open: Gate,
}

impl Write for Reluctant {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.answers.pop() {
            Some(answer) => answer(),
            None => self.open.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Checks a logger whose writer took a record after this many results, once and whole.
fn after_answers(answers: Vec<fn() -> io::Result<usize>>) -> AsyncLogger {
    let open = Gate::open();
    let writer = Reluctant {
        answers,
        open: open.clone(),
    };
    let logger = AsyncLogger::start_with(to_writer(), writer).unwrap();
    info(&logger, 0);
    wait_until("the record is written", || logger.health().written == 1);
    assert_eq!(exactly(&open.bytes(), 1, 1), Ok(()));
    logger
}

#[test]
fn a_writer_that_would_block_or_is_interrupted_is_slow_and_in_no_trouble() {
    let logger = after_answers(vec![
        || Err(WouldBlock.into()),
        || Err(Interrupted.into()),
        || Err(WouldBlock.into()),
    ]);
    let health = logger.health();
    assert_eq!((health.error_count, &health.last_error), (0, &None));
    assert_eq!(output(&health, "writer").last_error, None);
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    assert_balanced(&logger.health(), 1);
}

#[test]
fn a_writer_that_takes_no_byte_is_an_error_and_is_retried() {
    let logger = after_answers(vec![|| Ok(0); 3]);
    let health = logger.health();
    // Once, because it failed all the time.
    assert_eq!(health.error_count, 1, "{health}");
    let error = output(&health, "writer").last_error.as_deref();
    assert!(
        error.is_some_and(|text| text.starts_with("cannot write to the writer: ")),
        "{error:?}"
    );
    assert_eq!(output(&health, "writer").state, asynclogger::OutputState::Running);
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    assert_balanced(&logger.health(), 1);
}

/// The limit also holds if no iteration of the worker ends.
#[test]
fn a_shutdown_ends_at_its_limit_if_the_worker_panics_in_each_pass() {
    let seams = Seams::default().hook(|stage| {
        if stage == Stage::Receive {
            panic!("planted in each pass");
        }
    });
    let dir = tempfile::tempdir().unwrap();
    let limit = Duration::from_millis(500);
    let logger = AsyncLogger::start_with_seams(to_file(dir.path()).shutdown_timeout(limit), seams).unwrap();
    (0..10).for_each(|n| info(&logger, n));
    let begun = Instant::now();
    // Waiting calls get the panic as an error; the last answer is that of the limit.
    let answers = std::iter::repeat_with(|| {
        logger
            .shutdown()
            .wait_timeout(LIMIT)
            .expect_err("nothing is written")
    });
    let error = answers
        .take_while(|_| begun.elapsed() < limit * 10)
        .find(|error| error.kind() != ErrorKind::WorkerPanicked)
        .unwrap();
    assert!(begun.elapsed() < limit * 10, "{:?}", begun.elapsed());
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Timeout, 10),
        "{error}"
    );
    let health = logger.health();
    assert_balanced(&health, 10);
    assert_eq!(
        (health.failed, logger.failed_records().len()),
        (10, 10),
        "{health}"
    );
}
