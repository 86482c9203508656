//! Panics in the stages, in file operations and in outputs: what is reported, and which records are lost.

use crate::common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Console, Error, ErrorKind, Flush, Overflow, Retention};
use common::answers::{info, log_in, on_a_faulty_disk, output};
use common::check::{exactly, in_order};
use common::disk::{Fault, FaultyDisk, Part};
use common::gate::Gate;
use common::{LIMIT, assert_balanced, to_file, to_writer, wait_until};
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, mpsc};
use std::task::Context;

/// Eight flushes wait and five records are logged when `stage` panics `panics` times. Returns the answers, and the
/// logger when it is idle.
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
    // The worker waits at the end of an iteration: the next one finds all that follows.
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
                .expect_err("the panic was reported to no caller")
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
        let log = match self.logger.health().outputs[0].name.as_str() {
            "file" => log_in(self.dir.path()),
            _ => self.out.bytes(),
        };
        in_order(&log).unwrap().remove(&0).unwrap_or_default()
    }

    /// Checks that the logger accepts further records, and reports its losses once.
    #[track_caller]
    fn assert_goes_on(&self, lost: u64) {
        info(&self.logger, 5);
        let answer = self.logger.flush().wait_timeout(LIMIT);
        assert_eq!(answer.map_or_else(|error| error.unwritten(), |()| 0), lost);
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
fn a_panic_between_records_is_reported_to_every_flush_and_loses_none() {
    for stage in [Stage::Receive, Stage::Write, Stage::Answer] {
        for console in [false, true] {
            let (answers, after) = flushes_while_a_stage_panics(stage, 1, console);
            all_of_kind(&answers, ErrorKind::WorkerPanicked);
            assert_eq!(after.logger.health().failed, 0, "{stage:?}");
            after.assert_goes_on(0);
            assert_eq!(after.written(), [0, 1, 2, 3, 4, 5], "{stage:?}");
        }
    }
}

#[test]
fn a_panic_over_a_record_fails_that_record_and_no_other() {
    for stage in [Stage::Mask, Stage::Format] {
        for console in [false, true] {
            let (answers, after) = flushes_while_a_stage_panics(stage, 1, console);
            all_of_kind(&answers, ErrorKind::WorkerPanicked);
            let failed = after.logger.failed_records();
            assert_eq!((failed.len(), after.logger.health().failed), (1, 1));
            assert!(failed[0].message.starts_with("t=0 n=0 "), "{failed:?}");
            assert!(failed[0].error.contains(&format!("{stage:?}")), "{failed:?}");
            after.assert_goes_on(1);
            assert_eq!(after.written(), [1, 2, 3, 4, 5], "{stage:?}");
        }
    }
}

/// The model test found this: the previous record's line was removed, too, although it counted as written.
#[test]
fn a_panic_over_a_record_within_a_batch_leaves_the_lines_before_it_there() {
    for stage in [Stage::Mask, Stage::Format] {
        let (dir, gate, seen) = (
            tempfile::tempdir().unwrap(),
            Gate::closed(),
            Arc::<AtomicUsize>::default(),
        );
        let held = gate.clone();
        let seams = Seams::default().hook(move |now| {
            if now == Stage::Receive {
                held.pass();
            }
            if now == stage && seen.fetch_add(1, SeqCst) == 2 {
                panic!("planted in {stage:?}");
            }
        });
        let logger = AsyncLogger::start_with_seams(to_file(dir.path()), seams).unwrap();
        gate.wait_until_blocked();
        (0..5).for_each(|n| info(&logger, n));
        gate.set_open(true);
        wait_until("all is settled", || logger.health().pending == 0);
        logger.shutdown().wait_timeout(LIMIT).unwrap_err();
        let failed = logger.failed_records();
        assert!(failed[0].message.starts_with("t=0 n=2 "), "{failed:?}");
        assert_eq!(
            in_order(&log_in(dir.path())).unwrap()[&0],
            [0, 1, 3, 4],
            "{stage:?}"
        );
        assert_balanced(&logger.health(), 5);
    }
}

#[test]
fn records_whose_stage_panics_each_time_fail_and_are_readable() {
    for stage in [Stage::Mask, Stage::Format] {
        let (_, after) = flushes_while_a_stage_panics(stage, 5, false);
        let failed = after.logger.failed_records();
        let numbers: Vec<_> = failed
            .iter()
            .map(|record| record.message[..7].to_owned())
            .collect();
        assert_eq!(numbers, ["t=0 n=0", "t=0 n=1", "t=0 n=2", "t=0 n=3", "t=0 n=4"]);
        after.assert_goes_on(5);
    }
}

#[test]
fn a_batch_over_which_the_write_panics_three_times_fails_and_is_readable() {
    for console in [false, true] {
        let (answers, after) = flushes_while_a_stage_panics(Stage::Write, 3, console);
        all_of_kind(&answers, ErrorKind::WorkerPanicked);
        assert_eq!(after.logger.health().failed, 5);
        let failed = after.logger.failed_records();
        assert_eq!(failed.len(), 5, "console: {console}");
        assert!(failed[4].message.starts_with("t=0 n=4 "), "{failed:?}");
        after.assert_goes_on(5);
        assert_eq!(after.written(), [5]);
    }
}

#[test]
fn a_panic_during_a_sync_or_a_reopen_answers_its_caller() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let seams = Seams::default().storage(disk.clone());
    let logger = AsyncLogger::start_with_seams(to_file(dir.path()), seams).unwrap();
    info(&logger, 0);
    disk.set_sync(Some(Fault::Panic));
    let sync = logger.sync().wait_timeout(LIMIT);
    assert_eq!(sync.unwrap_err().kind(), ErrorKind::WorkerPanicked);
    disk.set_sync(None);
    disk.set_open(Some(Fault::Panic));
    let reopen = logger.reopen().wait_timeout(LIMIT);
    assert_eq!(reopen.unwrap_err().kind(), ErrorKind::WorkerPanicked);
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

/// Panics at each write until it is repaired.
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

/// The record is counted before the panic is reported.
#[test]
fn a_record_lost_by_a_panic_is_counted_before_it_is_reported() {
    struct Asks(Arc<OnceLock<AsyncLogger>>, mpsc::Sender<(u64, u64)>);
    impl std::task::Wake for Asks {
        fn wake(self: Arc<Self>) {
            let health = self.0.get().unwrap().health();
            self.1.send((health.failed, health.pending)).unwrap();
        }
    }
    let (gate, place) = (Gate::closed(), Arc::<OnceLock<AsyncLogger>>::default());
    let before_the_panic = gate.clone();
    let seams = Seams::default().hook(move |stage| {
        if stage == Stage::Format {
            before_the_panic.pass();
            panic!("planted");
        }
    });
    let dir = tempfile::tempdir().unwrap();
    let logger = AsyncLogger::start_with_seams(to_file(dir.path()), seams).unwrap();
    let logger = place.get_or_init(|| logger);
    // Taken in the iteration before the record.
    info(logger, 0);
    let mut flush = logger.flush();
    let (sender, found) = mpsc::channel();
    let waker = Arc::new(Asks(Arc::clone(&place), sender)).into();
    let polled = Pin::new(&mut flush).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    gate.set_open(true);
    assert_eq!(found.recv_timeout(LIMIT).unwrap(), (1, 0));
    assert_eq!(
        flush.wait_timeout(LIMIT).unwrap_err().kind(),
        ErrorKind::WorkerPanicked
    );
}

#[test]
fn a_panic_during_a_rotation_or_a_cleaning_loses_nothing() {
    type Plant = fn(&FaultyDisk);
    let plants: [Plant; 2] = [
        |disk| disk.set_rename(Some(Fault::PanicOnce)),
        |disk| disk.set_remove(Some(Fault::PanicOnce)),
    ];
    for plant in plants {
        let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
        let config = to_file(dir.path())
            .overflow(Overflow::Block)
            .max_bytes(10_000)
            .backup_count(100_000)
            .retention(Retention::new().max_files(10));
        let logger = AsyncLogger::start_with_seams(config, Seams::default().storage(disk.clone())).unwrap();
        let mut died = 0;
        for n in 0..2_000 {
            if n == 1_000 {
                plant(&disk);
            }
            info(&logger, n);
            if n % 10 == 0 {
                match logger.flush().wait_timeout(LIMIT) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::WorkerPanicked => died += 1,
                    Err(error) => panic!("{error}"),
                }
            }
        }
        logger.shutdown().wait().unwrap();
        let health = logger.health();
        assert_balanced(&health, 2_000);
        assert_eq!((health.written, died <= 1), (2_000, true), "{health}");
        assert!(health.error_count >= 1, "nothing panicked: {health}");
        // Retention deleted the oldest lines; after them no line is missing.
        let numbers = in_order(&common::lines_of(&dir.path().join("app.log")))
            .unwrap()
            .remove(&0)
            .unwrap();
        assert!(numbers.iter().copied().eq(numbers[0]..2_000), "{numbers:?}");
    }
}

/// The bytes that a try took before it failed, and those of the next one before its panic, are not written again.
#[test]
fn a_panic_in_a_batch_of_which_a_part_was_written_before_doubles_no_line() {
    let (dir, gate) = (tempfile::tempdir().unwrap(), Gate::closed());
    let disk = FaultyDisk::behind(&gate);
    let config = to_file(dir.path())
        .overflow(Overflow::Block)
        .max_bytes(10_000)
        .backup_count(100);
    let logger = AsyncLogger::start_with_seams(config, Seams::default().storage(disk.clone())).unwrap();
    info(&logger, 0);
    gate.wait_until_blocked();
    (1..300).for_each(|n| info(&logger, n));
    let failed = Part::Fail(io::ErrorKind::StorageFull);
    disk.plan_writes([Part::Lines(1), Part::Lines(2), failed]);
    disk.set_rename(Some(Fault::PanicOnce));
    gate.set_open(true);
    wait_until("all is written", || logger.health().written == 300);
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    let (health, lines) = (logger.health(), common::lines_of(&dir.path().join("app.log")));
    assert_eq!(exactly(&lines, 1, 300), Ok(()));
    assert_eq!(health.bytes_written, lines.len() as u64);
    assert_eq!(health.error_count, 2, "the full disk and the panic: {health}");
    assert_balanced(&health, 300);
}
