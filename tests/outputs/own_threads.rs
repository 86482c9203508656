//! Calls on the logger's own threads: they are refused at once and counted, and never deadlock.

use crate::common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Capture, Console, DropReason, ErrorKind, Overflow};
use common::answers::{info, log_in};
use common::check::exactly_each;
#[cfg(target_os = "linux")]
use common::child::alone;
use common::gate::Gate;
use common::{LIMIT, assert_balanced, log_numbered, own_lines, to_writer, wait_until, watched};
use log::Level;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

type OnWrite = dyn Fn(&AsyncLogger) + Send + Sync;

/// A writer that calls its logger at each write.
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
    let logger =
        Arc::new(AsyncLogger::start_with(to_writer().overflow(Overflow::Block), writer.clone()).unwrap());
    writer.logger.set(Arc::clone(&logger)).unwrap();
    (logger, writer.lines)
}

#[test]
fn a_writer_that_logs_is_refused_and_counted_and_feeds_nothing() {
    let _watched = watched();
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
    assert_eq!(health.dropped.by_reason[&DropReason::OwnThread], own);
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
    let _watched = watched();
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
    assert_eq!(logger.health().dropped.by_reason[&DropReason::OwnThread], 5);
    assert_balanced(&logger.health(), 10);
}

#[test]
fn waits_on_the_loggers_own_thread_answer_would_deadlock_at_once() {
    let _watched = watched();
    let answers = Arc::<Mutex<Vec<ErrorKind>>>::default();
    let of_the_hook = Arc::clone(&answers);
    let (logger, _) = reaching(move |logger| {
        let begun = Instant::now();
        let kinds = [
            logger.flush().wait().unwrap_err().kind(),
            logger.sync().wait_timeout(LIMIT).unwrap_err().kind(),
            logger.shutdown().wait().unwrap_err().kind(),
        ];
        log::Log::flush(logger);
        assert!(begun.elapsed() < Duration::from_secs(1), "it waited for itself");
        of_the_hook.lock().unwrap().extend(kinds);
    });
    info(&logger, 0);
    wait_until("the writer was called", || !answers.lock().unwrap().is_empty());
    assert_eq!(answers.lock().unwrap()[..3], [ErrorKind::WouldDeadlock; 3]);
    logger.shutdown().wait().unwrap();
    assert_balanced(&logger.health(), 1);
}

#[test]
fn on_the_workers_thread_records_are_counted_in_every_stage() {
    let _watched = watched();
    let place: Arc<OnceLock<AsyncLogger>> = Arc::default();
    let (gate, stages) = (Gate::open(), Arc::new(AtomicUsize::new(0)));
    let hook = {
        let (place, stages) = (Arc::downgrade(&place), Arc::clone(&stages));
        move |stage: Stage| {
            let place = place.upgrade();
            if let Some(logger) = place.as_ref().and_then(|place| place.get()) {
                stages.fetch_or(1 << stage as usize, SeqCst);
                log_numbered(logger, Level::Info, 9, 0);
            }
        }
    };
    let dir = tempfile::tempdir().unwrap();
    let config = common::to_file(dir.path()).overflow(Overflow::Block);
    let seams = Seams::default().hook(hook).console(gate.clone());
    place
        .set(AsyncLogger::start_with_seams(config, seams).unwrap())
        .unwrap();
    let logger = place.get().unwrap();
    log_numbered(logger, Level::Info, 0, 0);
    drop(logger.flush().wait());
    assert_eq!(stages.load(SeqCst), 0b11111, "not every stage logged");
    drop(logger.shutdown().wait());
    let health = logger.health();
    assert_eq!(
        health.dropped.by_reason[&DropReason::OwnThread],
        health.dropped.total,
        "{health}"
    );
    assert_eq!(exactly_each(&log_in(dir.path()), &[1]), Ok(()));
}

/// `SCHED_BATCH` of sched(7), as field 41 of /proc/[pid]/stat has it.
#[cfg(target_os = "linux")]
#[test]
fn the_threads_of_a_logger_preempt_no_others_when_they_wake() {
    // The thread of a logger that another test has just started has no scheduling policy yet, so this runs alone.
    alone(
        "the_threads_of_a_logger_preempt_no_others_when_they_wake",
        assert_policies_of_own_threads,
    );
}

#[cfg(target_os = "linux")]
fn assert_policies_of_own_threads() {
    let _watched = watched();
    let logger = AsyncLogger::start(to_writer().console(Console::Stderr)).unwrap();
    log_numbered(&logger, Level::Info, 0, 0);
    logger.flush().wait().unwrap();
    let mut policies = Vec::new();
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        // A thread of another test may end meanwhile.
        let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap_or_default();
        let (name, rest) = stat.rsplit_once(") ").unwrap_or_default();
        if name.ends_with("(asynclogger") || name.contains("(asynclogger-con") {
            policies.push(rest.split(' ').nth(38).map(str::to_owned));
        }
    }
    assert!(policies.len() >= 2, "{policies:?}");
    assert!(
        policies.iter().all(|policy| policy.as_deref() == Some("3")),
        "{policies:?}"
    );
}
