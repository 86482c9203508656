//! Threads that start and end: records logged while they end, and what many short threads leave behind.

use crate::common;

use asynclogger::{AsyncLogger, DropReason, Overflow};
use common::check::{exactly, exactly_each};
use common::child::alone;
use common::gate::Gate;
use common::{assert_balanced, log_numbered, scaled, to_writer, watched};
use log::Level;
use std::cell::RefCell;
use std::sync::Arc;

fn start(gate: &Gate) -> Arc<AsyncLogger> {
    let config = to_writer().overflow(Overflow::Block);
    Arc::new(AsyncLogger::start_with(config, gate.clone()).unwrap())
}

/// Logs its record when it is dropped.
struct Last(Arc<AsyncLogger>, usize, usize);

impl Drop for Last {
    fn drop(&mut self) {
        log_numbered(&self.0, Level::Info, self.1, self.2);
    }
}

/// Ten thread-locals. Those that are initialised before the thread logs are dropped after those of the logger.
macro_rules! thread_locals {
    ($($name:ident)*) => {
        thread_local! { $(static $name: RefCell<Option<Last>> = const { RefCell::new(None) };)* }
        fn set_thread_locals(logger: &Arc<AsyncLogger>, thread: usize) {
            let mut n = 0;
            $(
                $name.set(Some(Last(Arc::clone(logger), thread, n)));
                n += 1;
            )*
            assert_eq!(n, 10);
        }
    };
}

thread_locals!(A B C D E F G H I J);

/// As `exactly`, but the records of one thread may be in any order, as thread-locals are dropped in any order.
fn assert_each_once(log: &[u8], threads: usize, records: usize) {
    let text = std::str::from_utf8(log).unwrap();
    let mut lines: Vec<(usize, usize, &str)> = text
        .lines()
        .map(|line| {
            let words = &line[line.find("t=").unwrap()..];
            let mut words = words
                .split(' ')
                .map(|word| word[2..].parse().unwrap_or(usize::MAX));
            (words.next().unwrap(), words.next().unwrap(), line)
        })
        .collect();
    lines.sort_unstable();
    let sorted: Vec<&str> = lines.iter().map(|(_, _, line)| *line).collect();
    let sorted = sorted.join("\n") + "\n";
    assert_eq!(exactly(sorted.as_bytes(), threads, records), Ok(()));
}

#[test]
fn records_of_thread_local_destructors_are_written_in_any_order() {
    let _watched = watched();
    const THREADS: usize = 100;
    let gate = Gate::open();
    let logger = start(&gate);
    for thread in 0..THREADS {
        let logger = Arc::clone(&logger);
        let run = move || {
            if thread % 2 == 0 {
                set_thread_locals(&logger, thread);
            }
            // From here on the logger's own thread-locals are initialised.
            log_numbered(&logger, Level::Info, thread, 10);
            if thread % 2 == 1 {
                set_thread_locals(&logger, thread);
            }
        };
        std::thread::spawn(run).join().unwrap();
    }
    logger.shutdown().wait().unwrap();
    assert_each_once(&gate.bytes(), THREADS, 11);
    assert_balanced(&logger.health(), 11 * THREADS as u64);
}

#[test]
fn nested_records_of_thread_local_destructors_stop_at_depth_eight() {
    let _watched = watched();
    struct Deep<'a>(&'a AsyncLogger);
    impl std::fmt::Display for Deep<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            log::info!(logger: self.0, "{}", Deep(self.0));
            f.write_str("deep")
        }
    }
    struct LogsDeep(Arc<AsyncLogger>);
    impl Drop for LogsDeep {
        fn drop(&mut self) {
            log::info!(logger: self.0, "{}", Deep(&self.0));
        }
    }
    thread_local!(static DEEP: RefCell<Option<LogsDeep>> = const { RefCell::new(None) });
    let gate = Gate::open();
    let logger = start(&gate);
    let clone = Arc::clone(&logger);
    let thread = std::thread::spawn(move || {
        // Initialised first, so that it is dropped last.
        DEEP.set(Some(LogsDeep(Arc::clone(&clone))));
        log_numbered(&clone, Level::Info, 0, 0);
    });
    thread.join().unwrap();
    logger.flush().wait().unwrap_err();
    let health = logger.health();
    assert_eq!(
        (health.written, health.dropped.by_reason[&DropReason::Nested]),
        (9, 1),
        "{health}"
    );
}

#[test]
fn ten_thousand_short_threads_lose_nothing_and_leave_nothing_behind() {
    const TEST: &str = "ten_thousand_short_threads_lose_nothing_and_leave_nothing_behind";
    const AT_ONCE: usize = 10;
    alone(TEST, || {
        let threads = scaled(10_000) / AT_ONCE * AT_ONCE;
        let dir = tempfile::tempdir().unwrap();
        // A small queue: it keeps its buffers for reuse, and how many it needs at once depends on the load.
        let config = common::to_file(dir.path())
            .backup_count(0)
            .max_record_bytes(4 << 10)
            .max_message_bytes(4 << 10)
            .queue_bytes(16 << 10)
            .batch_bytes(8 << 10)
            .overflow(Overflow::Block);
        let logger = AsyncLogger::start(config).unwrap();
        let run = |threads: std::ops::Range<usize>| {
            for first in threads.step_by(AT_ONCE) {
                std::thread::scope(|scope| {
                    let log = |thread| {
                        let logger = &logger;
                        move || (0..10).for_each(|n| log_numbered(logger, Level::Info, thread, n))
                    };
                    let started = (first..first + AT_ONCE).map(|thread| scope.spawn(log(thread)));
                    let started: Vec<_> = started.collect();
                    // The end of a scope does not wait for the destructors of thread-locals; `join` does.
                    started.into_iter().for_each(|thread| thread.join().unwrap());
                });
            }
            // From here on no record is in the queue, whose memory is then the pool of free buffers.
            logger.flush().wait().unwrap();
            heap()
        };
        let before = run(0..threads / 10);
        let grown = run(threads / 10..threads).saturating_sub(before);
        logger.shutdown().wait().unwrap();
        assert_eq!(
            exactly(&common::lines_of(&dir.path().join("app.log")), threads, 10),
            Ok(())
        );
        assert_balanced(&logger.health(), 10 * threads as u64);
        // A chunk for each thread would be more than half a megabyte.
        assert!(grown < 256 << 10, "{grown} bytes more after {threads} threads");
    });
}

/// Bytes allocated on the heap of this process.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn heap() -> u64 {
    // SAFETY: only reads figures of the allocator.
    #[allow(unsafe_code)]
    let info = unsafe { libc::mallinfo2() };
    info.uordblks as u64
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn heap() -> u64 {
    0
}

/// A thread ends while its frames are still in its chunk, and while it waits for room.
#[test]
fn records_left_in_the_chunk_of_a_dead_thread_are_written() {
    let _watched = watched();
    let gate = Gate::closed();
    let logger = start(&gate);
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    for thread in 1..50 {
        let logger = Arc::clone(&logger);
        let dies = std::thread::Builder::new().spawn(move || {
            (0..20).for_each(|n| log_numbered(&logger, Level::Info, thread, n));
            std::panic::resume_unwind(Box::new("the thread dies"));
        });
        dies.unwrap().join().unwrap_err();
    }
    gate.set_open(true);
    logger.shutdown().wait().unwrap();
    let records = [vec![1], vec![20; 49]].concat();
    assert_eq!(exactly_each(&gate.bytes(), &records), Ok(()));
    assert_balanced(&logger.health(), 1 + 49 * 20);
}

/// Uses the `log` macros on a thread that has not logged before, while it ends.
#[test]
fn the_installed_logger_logs_thread_local_destructors_too() {
    struct LogsInDrop(usize);
    impl Drop for LogsInDrop {
        fn drop(&mut self) {
            log::info!("{}", common::numbered(0, self.0));
        }
    }
    thread_local! {
        static FIRST: RefCell<Option<LogsInDrop>> = const { RefCell::new(None) };
    }
    alone("the_installed_logger_logs_thread_local_destructors_too", || {
        let gate = Gate::open();
        let config = asynclogger::Config::new("app").console(None).rust_log(false);
        asynclogger::init_with(config, gate.clone()).unwrap();
        for n in 0..100 {
            let sets_local = move || FIRST.set(Some(LogsInDrop(n)));
            std::thread::spawn(sets_local).join().unwrap();
        }
        asynclogger::shutdown().wait().unwrap();
        assert_eq!(exactly(&gate.bytes(), 1, 100), Ok(()));
    });
}
