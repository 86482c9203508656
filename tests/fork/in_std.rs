//! A fork while another thread is inside std or the logger: the child takes no lock that this thread may hold.
//!
//! std takes a lock when a thread begins, and allocates while it holds it; so does a thread that requests a flush. So
//! the allocator of this test stops a thread at each of its allocations, until a child has been forked at that point.
#![cfg(unix)]
#![allow(unsafe_code)] // an allocator

use crate::common;

use asynclogger::{AsyncLogger, Overflow};
use common::check::exactly;
use common::child::alone;
use common::forked::{End, in_a_fork};
use common::{LIMIT, lines_of, log_numbered, to_file, to_writer};
use log::Level;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::JoinHandle;

const THREADS: usize = 16;

/// Whether threads without `KNOWN` wait in their allocations.
static ARMED: AtomicBool = AtomicBool::new(false);
/// Number of allocations that have begun, and of those that may continue.
static BEGUN: AtomicUsize = AtomicUsize::new(0);
static ALLOWED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// True on every thread but the one that begins.
    static KNOWN: Cell<bool> = const { Cell::new(false) };
}

struct Stopping;

#[global_allocator]
static ALLOCATOR: Stopping = Stopping;

// SAFETY: all memory comes from the system's allocator.
unsafe impl GlobalAlloc for Stopping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if ARMED.load(SeqCst) && !KNOWN.get() {
            let number = BEGUN.fetch_add(1, SeqCst) + 1;
            while ARMED.load(SeqCst) && ALLOWED.load(SeqCst) < number {
                std::hint::spin_loop();
            }
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise; it comes from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// While this value exists, threads are stopped. Its drop lets them continue, also when a test fails.
struct Armed;

impl Armed {
    fn new() -> Armed {
        ARMED.store(true, SeqCst);
        Armed
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        ARMED.store(false, SeqCst);
    }
}

/// Runs `work` on a thread, and `child` in a child that is forked at each of its allocations. Returns their number.
///
/// The thread is stopped from its beginning until `work` sets `KNOWN`.
fn fork_at_each_allocation(
    work: impl FnOnce(&dyn Fn()) + Send + 'static,
    mut child: impl FnMut(usize) -> i32,
) -> (JoinHandle<()>, usize) {
    let is_over = Arc::new(AtomicBool::new(false));
    let in_work = Arc::clone(&is_over);
    let begins = std::thread::Builder::new().name("begins".to_owned());
    ALLOWED.store(BEGUN.load(SeqCst), SeqCst);
    let _armed = Armed::new();
    let begins = begins.spawn(move || {
        work(&|| {
            KNOWN.set(true);
            in_work.store(true, SeqCst);
        });
    });
    let mut forks = 0;
    while !is_over.load(SeqCst) {
        if BEGUN.load(SeqCst) == ALLOWED.load(SeqCst) {
            std::hint::spin_loop();
            continue;
        }
        let code = in_a_fork(End::AtOnce, || {
            ARMED.store(false, SeqCst);
            child(forks)
        });
        assert_eq!(code, 0, "the child that was forked at allocation {forks}");
        forks += 1;
        ALLOWED.fetch_add(1, SeqCst);
    }
    (begins.unwrap(), forks)
}

#[test]
fn a_child_that_is_forked_while_a_thread_begins_writes_what_it_logs() {
    const TEST: &str = "a_child_that_is_forked_while_a_thread_begins_writes_what_it_logs";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let config = to_file(dir.path()).backup_count(0).overflow(Overflow::Block);
        let logger = AsyncLogger::start(config).unwrap();
        let mut forks = 0;
        KNOWN.set(true);
        // std keeps a table of its threads, and sometimes allocates for it.
        let begin = |_| {
            let stays = |has_begun: &dyn Fn()| {
                has_begun();
                std::thread::park();
            };
            let (thread, forked) = fork_at_each_allocation(stays, |fork| {
                log_numbered(&logger, Level::Info, forks + fork, 0);
                i32::from(logger.flush().wait_timeout(LIMIT / 4).is_err())
            });
            forks += forked;
            thread
        };
        let threads: Vec<_> = (0..THREADS).map(begin).collect();
        for thread in threads {
            thread.thread().unpark();
            thread.join().unwrap();
        }
        logger.shutdown().wait().unwrap();
        assert!(forks > 0, "a thread begins without an allocation");
        assert_eq!(exactly(&lines_of(&dir.path().join("app.log")), forks, 1), Ok(()));
    });
}

/// Its slot is freed under a lock, which the requesting thread holds while the list of slots grows.
#[test]
fn a_child_that_drops_a_flush_waits_for_no_thread_that_was_asking_for_one() {
    const TEST: &str = "a_child_that_drops_a_flush_waits_for_no_thread_that_was_asking_for_one";
    alone(TEST, || {
        KNOWN.set(true);
        let logger = Arc::new(AsyncLogger::start_with(to_writer(), std::io::sink()).unwrap());
        let (asked, mut inherited) = (Arc::clone(&logger), Some(logger.flush()));
        let asks = move |has_asked: &dyn Fn()| {
            let flushes: Vec<_> = (0..100).map(|_| asked.flush()).collect();
            has_asked();
            drop(flushes);
        };
        let (thread, forks) = fork_at_each_allocation(asks, |_| {
            drop(inherited.take());
            0
        });
        thread.join().unwrap();
        assert!(forks > 0, "nothing was allocated");
        inherited.unwrap().wait_timeout(LIMIT).unwrap();
    });
}
