//! A global allocator that logs each allocation, without a guard against recursion; every test runs in a separate
//! process. Records that it logs inside the logger's code are refused and counted, and nothing hangs, even with a full
//! queue.
#![allow(unsafe_code)] // `GlobalAlloc`

mod common;

use asynclogger::{AsyncLogger, Config, DropReason, Overflow};
use common::child::alone;
use common::gate::Gate;
use common::{numbered, wait_until};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

#[global_allocator]
static ALLOCATOR: Logging = Logging;

/// Whether all threads log their allocations.
static ALL: AtomicBool = AtomicBool::new(false);
/// Whether the records of the allocator themselves allocate.
static DEEP: AtomicBool = AtomicBool::new(false);

thread_local!(static ON: Cell<bool> = const { Cell::new(false) });

struct Logging;

// SAFETY: it is the system's allocator; logging does not touch the requested memory.
unsafe impl GlobalAlloc for Logging {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if ON.get() || ALL.load(SeqCst) {
            if DEEP.load(SeqCst) {
                log::trace!(target: "allocator", "{Allocates}");
            } else {
                log::trace!(target: "allocator", "{} bytes", layout.size());
            }
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if ON.get() || ALL.load(SeqCst) {
            log::trace!(target: "allocator", "{} bytes back", layout.size());
        }
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn install(gate: &Gate) {
    let config = Config::new("app").console(None).rust_log(false);
    let config = config.level(log::LevelFilter::Trace).overflow(Overflow::Block);
    asynclogger::init_with(config.queue_bytes(160 << 10), gate.clone()).unwrap();
}

/// Checks that all records of the test itself, of thread 0, are written.
#[track_caller]
fn assert_written(gate: &Gate, records: usize) {
    let text = String::from_utf8(gate.bytes()).unwrap();
    let own: Vec<&str> = text.lines().filter(|line| line.contains("crc=")).collect();
    let own = own.join("\n") + "\n";
    assert_eq!(common::check::exactly(own.as_bytes(), 1, records), Ok(()));
}

#[track_caller]
fn assert_all_accounted_for() {
    let health = asynclogger::health();
    let others = [
        DropReason::Nested,
        DropReason::OwnThread,
        DropReason::AfterShutdown,
    ]
    .map(|reason| health.dropped.by_reason[&reason]);
    assert_eq!(others.iter().sum::<u64>(), health.dropped.total, "{health}");
    assert_eq!(
        health.total_messages,
        health.written + health.dropped.total,
        "the ledger does not balance: {health}"
    );
}

#[test]
fn a_thread_whose_allocations_log_does_everything_and_nothing_hangs() {
    alone(
        "a_thread_whose_allocations_log_does_everything_and_nothing_hangs",
        || {
            let gate = Gate::open();
            install(&gate);
            ON.set(true);
            for n in 0..100 {
                log::info!("{}", numbered(0, n));
                asynclogger::set_filter("trace").unwrap();
                drop((asynclogger::health(), asynclogger::failed_records()));
                drop(asynclogger::flush().wait());
                std::thread::spawn(|| log::trace!("another thread"))
                    .join()
                    .unwrap();
            }
            AsyncLogger::start_with(common::to_writer(), std::io::sink()).unwrap();
            drop(asynclogger::shutdown().wait());
            ON.set(false);
            assert_written(&gate, 100);
            assert_all_accounted_for();
            assert!(asynclogger::health().dropped.by_reason[&DropReason::Nested] > 0);
        },
    );
}

const MOMENT: std::time::Duration = std::time::Duration::from_millis(1);

/// As `wait_until`, but aborts: threads that hang would keep a panic from being reported.
fn wait_or_exit(what: &str, condition: impl FnMut() -> bool) {
    let waited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| wait_until(what, condition)));
    if waited.is_err() {
        std::process::exit(101);
    }
}

/// A thread that held a lock of the logger while its allocator waits for room would block the worker.
#[test]
fn threads_whose_allocations_log_wait_for_a_full_queue_and_go_on() {
    const TEST: &str = "threads_whose_allocations_log_wait_for_a_full_queue_and_go_on";
    alone(TEST, || {
        let gate = Gate::closed();
        install(&gate);
        let over = AtomicBool::new(false);
        let busy = |call: &dyn Fn()| {
            ON.set(true);
            while !over.load(SeqCst) {
                call();
            }
            ON.set(false);
        };
        std::thread::scope(|scope| {
            scope.spawn(|| busy(&|| log::trace!("{}", String::from("x").repeat(300))));
            scope.spawn(|| busy(&|| drop(asynclogger::flush().wait_timeout(MOMENT))));
            scope.spawn(|| busy(&|| drop((asynclogger::health(), asynclogger::set_filter("trace")))));
            gate.wait_until_blocked();
            let charged = || asynclogger::health().queue_bytes;
            wait_or_exit("the queue is full", || charged() > 100 << 10);
            gate.set_open(true);
            wait_or_exit("the queue drains", || asynclogger::health().written > 10_000);
            over.store(true, SeqCst);
        });
        drop(asynclogger::shutdown().wait());
        assert_all_accounted_for();
    });
}

#[test]
fn a_program_whose_every_allocation_logs_ends() {
    alone("a_program_whose_every_allocation_logs_ends", || {
        let gate = Gate::open();
        install(&gate);
        ALL.store(true, SeqCst);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| log::debug!("{}", vec![1, 2, 3].len())));
            }
        });
        (0..100).for_each(|n| log::info!("{}", numbered(0, n)));
        drop(asynclogger::shutdown().wait());
        ALL.store(false, SeqCst);
        assert_written(&gate, 100);
        assert_all_accounted_for();
        assert!(
            asynclogger::health().dropped.by_reason[&DropReason::OwnThread] > 0,
            "the worker allocated nothing?"
        );
    });
}

/// Allocations by std when the logger's threads begin are logged, too, and must not wait for room that only these
/// threads make.
#[test]
fn a_logger_begins_while_every_allocation_logs_and_the_processor_is_taken() {
    alone(
        "a_logger_begins_while_every_allocation_logs_and_the_processor_is_taken",
        || {
            let over = AtomicBool::new(false);
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        while !over.load(SeqCst) {
                            std::hint::spin_loop();
                        }
                    });
                }
                for _ in 0..common::scaled(20) {
                    let gate = Gate::open();
                    install(&gate);
                    ALL.store(true, SeqCst);
                    (0..1_000).for_each(|n| log::info!("{}", numbered(0, n)));
                    drop(asynclogger::shutdown().wait());
                    ALL.store(false, SeqCst);
                    assert_written(&gate, 1_000);
                    assert_all_accounted_for();
                }
                over.store(true, SeqCst);
            });
        },
    );
}

/// Allocates while it is formatted.
struct Allocates;

impl fmt::Display for Allocates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&"x".repeat(3))
    }
}

/// Returns by how much logging one record raises the number of written records, and of those refused as nested.
fn added_by(log: impl FnOnce()) -> (u64, u64) {
    let figures = || {
        drop(asynclogger::flush().wait());
        let health = asynclogger::health();
        (health.written, health.dropped.by_reason[&DropReason::Nested])
    };
    log::info!("the thread is known");
    let before = figures();
    ON.set(true);
    log();
    ON.set(false);
    let after = figures();
    (after.0 - before.0, after.1 - before.1)
}

#[test]
fn allocations_in_a_display_are_logged_and_those_of_the_logger_counted() {
    alone(
        "allocations_in_a_display_are_logged_and_those_of_the_logger_counted",
        || {
            install(&Gate::open());
            let (written, refused) = added_by(|| log::info!("{Allocates}"));
            assert_eq!(
                written, 3,
                "the record, and what its `Display` took and gave back"
            );
            assert!((1..10).contains(&refused), "{refused}");
        },
    );
}

#[test]
fn an_allocator_whose_records_allocate_logs_to_a_depth_of_eight() {
    alone(
        "an_allocator_whose_records_allocate_logs_to_a_depth_of_eight",
        || {
            install(&Gate::open());
            DEEP.store(true, SeqCst);
            let (written, refused) = added_by(|| log::info!("{Allocates}"));
            // At each depth a record formats, allocates and frees; records deeper than eight are refused.
            assert!(
                (8..30).contains(&written) && refused >= 2,
                "{written} written, {refused} refused"
            );
        },
    );
}

#[cfg(unix)]
#[test]
fn in_a_forked_child_an_allocator_that_logs_hangs_nothing_either() {
    use common::forked::{End, in_a_fork};
    alone(
        "in_a_forked_child_an_allocator_that_logs_hangs_nothing_either",
        || {
            let dir = tempfile::tempdir().unwrap();
            let config = Config::new("app")
                .console(None)
                .rust_log(false)
                .log_dir(dir.path());
            asynclogger::init(config.level(log::LevelFilter::Trace).overflow(Overflow::Block)).unwrap();
            let code = in_a_fork(End::Exit, || {
                ALL.store(true, SeqCst);
                (0..100).for_each(|n| log::info!("{}", numbered(0, n)));
                drop(asynclogger::flush().wait());
                ALL.store(false, SeqCst);
                0
            });
            assert_eq!(code, 0);
            let text = std::fs::read_to_string(dir.path().join("app.log")).unwrap();
            assert_eq!(text.lines().filter(|line| line.contains("crc=")).count(), 100);
        },
    );
}

/// Makes the allocator log from one of the last moments of a thread on.
struct TurnsOn;

impl Drop for TurnsOn {
    fn drop(&mut self) {
        ALL.store(true, SeqCst);
    }
}

/// std frees its data about a thread after its thread-locals, when the thread has no name any more.
#[test]
fn a_thread_whose_first_record_is_of_its_last_allocation_ends() {
    const TEST: &str = "a_thread_whose_first_record_is_of_its_last_allocation_ends";
    thread_local!(static AT_THE_END: TurnsOn = const { TurnsOn });
    alone(TEST, || {
        let gate = Gate::open();
        let config = common::to_writer().file_format("{thread}: {message}");
        asynclogger::init_with(config, gate.clone()).unwrap();
        let (go, detached) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::Builder::new().name("worker-17".into());
        let thread = thread.spawn(move || {
            AT_THE_END.with(|_| {});
            // Until then the handle keeps std's data about the thread.
            detached.recv().unwrap_or_default();
        });
        drop(thread.unwrap());
        drop(go);
        let was_freed = || String::from_utf8_lossy(&gate.bytes()).contains("ending thread: ");
        wait_or_exit("what std kept is freed", was_freed);
        ALL.store(false, SeqCst);
        drop(asynclogger::shutdown().wait());
        assert_all_accounted_for();
    });
}
