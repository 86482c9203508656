//! Promise 2: `flush()` never lies, nobody waits for ever, and a shutdown ends within its limit.

mod common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Capture, Config, Console, Error, ErrorKind, Flush, Health, Overflow, State};
use common::check::{exactly, in_order};
use common::disk::{Fault, FaultyDisk};
use common::gate::Gate;
use common::poll::{Wakes, poll_once};
use common::{LIMIT, assert_balanced, log_numbered, own_lines, scaled, to_file, to_writer, wait_until};
use log::Level;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant};

const CALLERS: usize = 64;

/// Runs `call` on 64 threads at once and gives what each got.
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

fn info(logger: &AsyncLogger, n: usize) {
    log_numbered(logger, Level::Info, 0, n);
}

fn log_in(dir: &Path) -> Vec<u8> {
    std::fs::read(dir.join("app.log")).unwrap()
}

fn output<'a>(health: &'a Health, name: &str) -> &'a asynclogger::OutputHealth {
    health.outputs.iter().find(|output| output.name == name).unwrap()
}

/// A writer logger behind a gate that is closed.
fn behind_a_gate(config: Config) -> (AsyncLogger, Gate) {
    let gate = Gate::closed();
    (AsyncLogger::start_with(config, gate.clone()).unwrap(), gate)
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
    // A record that came after the shutdown is a loss, and is told; nobody waits in vain.
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
fn an_answer_that_was_given_is_not_changed_by_what_happens_before_it_is_taken() {
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

// Before, after, and beside

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
fn a_shutdown_that_told_a_loss_tells_it_to_everyone_who_asks_later() {
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
    assert_eq!(health.dropped.by_reason["after_shutdown"], 100);
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
    assert_eq!(logger.health().dropped.by_reason["after_shutdown"], 1);
}

#[test]
fn a_shutdown_ends_while_other_threads_go_on_logging() {
    let (logger, done) = (
        AsyncLogger::start_with(to_writer(), io::sink()).unwrap(),
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
    // Five seconds is the limit, at which it would give up; it must not come near.
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_ne!(answer.map_err(|error| error.kind()), Err(ErrorKind::Timeout));
    let health = logger.health();
    assert_eq!(health.dropped.by_reason["after_shutdown"], health.dropped.total);
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
        // The scheduler may be late; a whole second it is not.
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
fn a_hundred_thousand_futures_polled_once_and_dropped_leave_no_waker_behind() {
    let (logger, gate) = behind_a_gate(to_writer());
    info(&logger, 0);
    gate.wait_until_blocked();
    let wakes = Arc::<Wakes>::default();
    for n in 0..scaled(100_000) {
        if n % 2 == 0 {
            // Once the output has moved nothing for a second, which all these may take, the answer is an error.
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

// Outputs that stand still

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

// Panics

/// Eight flushes wait and five records are logged when `stage` panics `panics` times; gives the answers, and the
/// logger at rest.
fn flushes_while_a_stage_panics(stage: Stage, panics: usize, console: bool) -> (Vec<Error>, Panicked) {
    let (gate, planted) = (Gate::closed(), Arc::<AtomicUsize>::default());
    let (before_the_answer, left) = (gate.clone(), Arc::clone(&planted));
    let out = Gate::open();
    let seams = Seams::default().console(out.clone()).hook(move |now| {
        if now == stage
            && left
                .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1))
                .is_ok()
        {
            panic!("planted in {stage:?}");
        }
        if now == Stage::Answer {
            before_the_answer.pass();
        }
    });
    let dir = tempfile::tempdir().unwrap();
    let config = if console {
        to_writer().console(Console::Stdout)
    } else {
        to_file(dir.path())
    };
    let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
    // The worker stands between two turns: the next one finds all that follows.
    let first = logger.flush();
    gate.wait_until_blocked();
    (0..5).for_each(|n| info(&logger, n));
    let flushes: Vec<Flush> = (0..8).map(|_| logger.flush()).collect();
    planted.store(panics, SeqCst);
    gate.set_open(true);
    drop(first);
    let answers = flushes
        .into_iter()
        .map(|flush| {
            flush
                .wait_timeout(LIMIT)
                .expect_err("the panic was told to nobody")
        })
        .collect();
    wait_until("all is settled", || {
        logger.health().pending == 0 && planted.load(SeqCst) == 0
    });
    (answers, Panicked { logger, dir, out })
}

struct Panicked {
    logger: AsyncLogger,
    dir: tempfile::TempDir,
    out: Gate,
}

impl Panicked {
    fn written(&self) -> Vec<usize> {
        let log = match self.logger.health().outputs[0].name {
            "file" => log_in(self.dir.path()),
            _ => self.out.bytes(),
        };
        in_order(&log).unwrap().remove(&0).unwrap_or_default()
    }

    /// The logger takes further records, and says what it lost once.
    #[track_caller]
    fn goes_on(&self, lost: u64) {
        info(&self.logger, 5);
        let told = self.logger.flush().wait_timeout(LIMIT);
        assert_eq!(told.map_or_else(|error| error.unwritten(), |()| 0), lost);
        self.logger.flush().wait_timeout(LIMIT).unwrap();
        assert_eq!(self.written().last(), Some(&5));
        assert_balanced(&self.logger.health(), 6);
        self.logger.shutdown().wait().unwrap();
    }
}

#[track_caller]
fn all_of_kind(answers: &[Error], kind: ErrorKind) {
    assert!(answers.iter().all(|error| error.kind() == kind), "{answers:?}");
}

#[test]
fn a_panic_between_records_is_told_to_every_flush_and_loses_nothing() {
    for stage in [Stage::Receive, Stage::Write, Stage::Answer] {
        for console in [false, true] {
            let (answers, after) = flushes_while_a_stage_panics(stage, 1, console);
            all_of_kind(&answers, ErrorKind::WorkerDied);
            assert_eq!(after.logger.health().failed, 0, "{stage:?}");
            after.goes_on(0);
            assert_eq!(after.written(), [0, 1, 2, 3, 4, 5], "{stage:?}");
        }
    }
}

#[test]
fn a_panic_over_a_record_fails_that_record_and_no_other() {
    for stage in [Stage::Mask, Stage::Format] {
        for console in [false, true] {
            let (answers, after) = flushes_while_a_stage_panics(stage, 1, console);
            all_of_kind(&answers, ErrorKind::WorkerDied);
            let failed = after.logger.failed_records();
            assert_eq!((failed.len(), after.logger.health().failed), (1, 1));
            assert!(failed[0].message.starts_with("t=0 n=0 "), "{failed:?}");
            assert!(failed[0].error.contains(&format!("{stage:?}")), "{failed:?}");
            after.goes_on(1);
            assert_eq!(after.written(), [1, 2, 3, 4, 5], "{stage:?}");
        }
    }
}

#[test]
fn records_over_which_a_stage_panics_again_and_again_all_fail_and_are_readable() {
    for stage in [Stage::Mask, Stage::Format] {
        let (_, after) = flushes_while_a_stage_panics(stage, 5, false);
        let failed = after.logger.failed_records();
        let numbers: Vec<_> = failed
            .iter()
            .map(|record| record.message[..7].to_owned())
            .collect();
        assert_eq!(numbers, ["t=0 n=0", "t=0 n=1", "t=0 n=2", "t=0 n=3", "t=0 n=4"]);
        after.goes_on(5);
    }
}

#[test]
fn a_batch_over_which_the_write_panics_three_times_fails_and_is_readable() {
    for console in [false, true] {
        let (answers, after) = flushes_while_a_stage_panics(Stage::Write, 3, console);
        all_of_kind(&answers, ErrorKind::WorkerDied);
        assert_eq!(after.logger.health().failed, 5);
        let failed = after.logger.failed_records();
        assert_eq!(failed.len(), 5, "console: {console}");
        assert!(failed[4].message.starts_with("t=0 n=4 "), "{failed:?}");
        after.goes_on(5);
        assert_eq!(after.written(), [5]);
    }
}

#[test]
fn a_panic_in_the_file_operations_of_a_sync_or_a_reopen_answers_who_waits() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let seams = Seams::default().storage(disk.clone());
    let logger = AsyncLogger::start_with_seams(to_file(dir.path()), seams).unwrap();
    info(&logger, 0);
    disk.set_sync(Some(Fault::Panic));
    let sync = logger.sync().wait_timeout(LIMIT);
    assert_eq!(sync.unwrap_err().kind(), ErrorKind::WorkerDied);
    disk.set_sync(None);
    disk.set_open(Some(Fault::Panic));
    let reopen = logger.reopen().wait_timeout(LIMIT);
    assert_eq!(reopen.unwrap_err().kind(), ErrorKind::WorkerDied);
    disk.set_open(None);
    info(&logger, 1);
    logger.flush().wait_timeout(LIMIT).unwrap();
    assert_eq!(exactly(&log_in(dir.path()), 1, 2), Ok(()));
    assert_balanced(&logger.health(), 2);
}

#[test]
fn a_panic_in_the_write_of_the_file_keeps_the_batch() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    info(&logger, 0);
    logger.flush().wait().unwrap();
    disk.set_write(Some(Fault::PanicOnce));
    info(&logger, 1);
    wait_until("the record is settled", || logger.health().pending == 0);
    logger.flush().wait_timeout(LIMIT).unwrap();
    assert_eq!(exactly(&log_in(dir.path()), 1, 2), Ok(()));
    assert_balanced(&logger.health(), 2);
    assert!(logger.health().last_error.unwrap().contains("panicked"));
}

/// Panics at each write until it is mended.
#[derive(Clone, Default)]
struct Panicking(Arc<AtomicBool>, Gate);

impl Write for Panicking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(self.0.load(SeqCst), "planted in the writer");
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_panics_fails_its_records_and_is_used_again() {
    let writer = Panicking(Arc::default(), Gate::open());
    let logger = AsyncLogger::start_with(to_writer(), writer.clone()).unwrap();
    info(&logger, 0);
    let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
    assert!(error.to_string().contains("writer"), "{error}");
    wait_until("the record is given up", || logger.health().failed == 1);
    writer.0.store(true, SeqCst);
    info(&logger, 1);
    drop(logger.flush().wait_timeout(LIMIT));
    logger.flush().wait_timeout(LIMIT).unwrap();
    assert_eq!(in_order(&writer.1.bytes()).unwrap()[&0], [1]);
    assert_balanced(&logger.health(), 2);
}

#[test]
fn a_console_that_panics_does_not_touch_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let seams = Seams::default().console(Panicking::default());
    let logger = AsyncLogger::start_with_seams(to_file(dir.path()).console(Console::Stdout), seams).unwrap();
    (0..10).for_each(|n| info(&logger, n));
    let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
    assert!(error.to_string().contains("console"), "{error}");
    assert_eq!(exactly(&log_in(dir.path()), 1, 10), Ok(()));
    wait_until("the lines are given up", || {
        output(&logger.health(), "console").failed == 10
    });
    assert_eq!(logger.health().written, 10);
}

// Errors of the disk

fn on_a_faulty_disk(dir: &Path) -> (AsyncLogger, FaultyDisk) {
    let disk = FaultyDisk::default();
    let seams = Seams::default().storage(disk.clone());
    (AsyncLogger::start_with_seams(to_file(dir), seams).unwrap(), disk)
}

#[test]
fn a_full_disk_makes_a_flush_fail_and_the_batch_is_written_once_when_there_is_space() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    info(&logger, 0);
    logger.flush().wait_timeout(LIMIT).unwrap();
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    (1..10).for_each(|n| info(&logger, n));
    let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
    assert_eq!((error.kind(), error.unwritten()), (ErrorKind::Io, 0));
    assert!(error.to_string().contains("app.log"), "{error}");
    assert_eq!(logger.health().state, State::Degraded);
    // What comes meanwhile is kept as well.
    (10..20).for_each(|n| info(&logger, n));
    disk.set_write(None);
    wait_until("the log is back", || logger.health().pending == 0);
    logger.flush().wait_timeout(LIMIT).unwrap();
    assert_eq!(exactly(&log_in(dir.path()), 1, 20), Ok(()));
    assert_balanced(&logger.health(), 20);
    assert_eq!(logger.health().state, State::Running);
}

#[test]
fn a_flush_during_the_back_off_answers_after_the_next_failed_try() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    info(&logger, 0);
    for _ in 0..4 {
        let tries = disk.failed_writes();
        let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(disk.failed_writes() > tries, "the answer came before a try");
    }
    disk.set_write(None);
    logger.shutdown().wait().unwrap();
    assert_eq!(exactly(&log_in(dir.path()), 1, 1), Ok(()));
}

#[test]
fn a_shutdown_on_a_full_disk_ends_within_its_limit_and_its_records_are_readable() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let limit = Duration::from_secs(1);
    let config = to_file(dir.path()).shutdown_timeout(limit);
    let logger = AsyncLogger::start_with_seams(config, Seams::default().storage(disk.clone())).unwrap();
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    (0..10).for_each(|n| info(&logger, n));
    let begun = Instant::now();
    let error = logger.shutdown().wait().unwrap_err();
    assert!(begun.elapsed() < limit + Duration::from_millis(500));
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Timeout, 10),
        "{error}"
    );
    assert_eq!(logger.failed_records().len(), 10);
    assert_eq!(logger.health().failed, 10);
    assert_balanced(&logger.health(), 10);
}

#[test]
fn a_sync_reaches_the_disk_and_a_flush_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    info(&logger, 0);
    logger.flush().wait().unwrap();
    assert_eq!(disk.syncs(), 0);
    logger.sync().wait().unwrap();
    assert_eq!(disk.syncs(), 1);
    assert_eq!(exactly(&log_in(dir.path()), 1, 1), Ok(()));
}

#[test]
fn a_sync_that_fails_is_an_error_and_a_flush_beside_it_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    disk.set_sync(Some(Fault::Fail(io::ErrorKind::Other)));
    info(&logger, 0);
    let (sync, flush) = (logger.sync(), logger.flush());
    assert_eq!(sync.wait_timeout(LIMIT).unwrap_err().kind(), ErrorKind::Io);
    flush.wait_timeout(LIMIT).unwrap();
    assert!(logger.health().last_error.is_some());
}

// On the logger's own threads

type OnWrite = dyn Fn(&AsyncLogger) + Send + Sync;

/// A writer that reaches for its logger at each write.
#[derive(Clone)]
struct Reaching {
    logger: Arc<OnceLock<Arc<AsyncLogger>>>,
    at_write: Arc<OnWrite>,
    lines: Capture,
}

impl Write for Reaching {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(logger) = self.logger.get() {
            (self.at_write)(logger);
        }
        self.lines.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn reaching(at_write: impl Fn(&AsyncLogger) + Send + Sync + 'static) -> (Arc<AsyncLogger>, Capture) {
    let writer = Reaching {
        logger: Arc::default(),
        at_write: Arc::new(at_write),
        lines: Capture::new(),
    };
    let logger = Arc::new(AsyncLogger::start_with(to_writer(), writer.clone()).unwrap());
    writer.logger.set(Arc::clone(&logger)).unwrap();
    (logger, writer.lines)
}

#[test]
fn a_writer_that_logs_is_refused_and_counted_and_feeds_nothing() {
    let logged = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&logged);
    let (logger, lines) = reaching(move |logger| {
        info(logger, counter.fetch_add(1, SeqCst));
    });
    log::info!(logger: logger, target: "test", "from outside");
    drop(logger.flush().wait_timeout(LIMIT));
    let begun = Instant::now();
    drop(logger.shutdown().wait_timeout(LIMIT));
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "it fed itself until the limit"
    );
    let health = logger.health();
    let own = logged.load(SeqCst) as u64;
    assert!(own > 0);
    assert_eq!(health.dropped.by_reason["own_thread"], own);
    assert_eq!(health.written, 1);
    let records = lines
        .lines()
        .iter()
        .filter(|line| line.contains("from outside"))
        .count();
    assert_eq!(records, 1);
    assert!(
        own_lines((lines.lines().join("\n") + "\n").as_bytes()).len() <= 2,
        "{lines:?}"
    );
}

#[test]
fn a_hook_on_the_workers_thread_that_logs_is_refused_too() {
    let logger: Arc<OnceLock<Arc<AsyncLogger>>> = Arc::default();
    let own = Arc::clone(&logger);
    let seams = Seams::default().console(io::sink()).hook(move |stage| {
        if let (Stage::Mask, Some(logger)) = (stage, own.get()) {
            info(logger, 7);
        }
    });
    let config = to_writer().console(Console::Stdout).overflow(Overflow::Block);
    logger
        .set(Arc::new(AsyncLogger::start_with_seams(config, seams).unwrap()))
        .unwrap();
    let logger = logger.get().unwrap();
    (0..5).for_each(|n| info(logger, n));
    drop(logger.flush().wait_timeout(LIMIT));
    assert_eq!(logger.health().dropped.by_reason["own_thread"], 5);
    assert_balanced(&logger.health(), 10);
}

#[test]
fn waits_on_the_loggers_own_thread_answer_would_deadlock_at_once() {
    let answers = Arc::<Mutex<Vec<ErrorKind>>>::default();
    let told = Arc::clone(&answers);
    let (logger, _) = reaching(move |logger| {
        let kinds = [
            logger.flush().wait().unwrap_err().kind(),
            logger.sync().wait_timeout(LIMIT).unwrap_err().kind(),
            logger.shutdown().wait().unwrap_err().kind(),
        ];
        log::Log::flush(logger);
        told.lock().unwrap().extend(kinds);
    });
    info(&logger, 0);
    wait_until("the writer was called", || !answers.lock().unwrap().is_empty());
    assert_eq!(answers.lock().unwrap()[..3], [ErrorKind::WouldDeadlock; 3]);
    logger.shutdown().wait().unwrap();
    assert_balanced(&logger.health(), 1);
}

/// Records that came while a batch was kept stayed in their chunks, and were pending for ever: 17,058 of 20,098
/// were told.
#[test]
fn a_shutdown_with_a_full_disk_leaves_nothing_pending_and_tells_all_that_is_lost() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let config = to_file(dir.path()).shutdown_timeout(Duration::from_millis(500));
    let logger = AsyncLogger::start_with_seams(config, Seams::default().storage(disk.clone())).unwrap();
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    info(&logger, 0);
    wait_until("the batch is kept", || disk.failed_writes() > 0);
    (1..1_000).for_each(|n| info(&logger, n));
    let error = logger.shutdown().wait_timeout(LIMIT).unwrap_err();
    assert_eq!(error.unwritten(), 1_000, "{error}");
    let health = logger.health();
    assert_balanced(&health, 1_000);
    assert_eq!((health.failed, logger.failed_records().len()), (1_000, 100));
}
