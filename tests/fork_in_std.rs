//! A fork while another thread is inside std: a child's logger enters no lock of std's that this thread may hold.
//!
//! std enters a lock where a thread begins, and allocates while it holds it. So the allocator of this test stops a thread
//! that is beginning at each of its allocations, until a child has been forked right there.
#![cfg(unix)]
#![allow(unsafe_code)] // an allocator

mod common;

use asynclogger::{AsyncLogger, Overflow};
use common::check::exactly;
use common::child::alone;
use common::forked::{End, in_a_fork};
use common::{LIMIT, lines_of, log_numbered, to_file};
use log::Level;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::JoinHandle;

const THREADS: usize = 16;

/// Allocations of a thread without `KNOWN` wait.
static ARMED: AtomicBool = AtomicBool::new(false);
/// Allocations that have begun, and those that may go on.
static BEGUN: AtomicUsize = AtomicUsize::new(0);
static ALLOWED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Not the thread that is beginning.
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
            while ALLOWED.load(SeqCst) < number {
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

/// A thread that stays until it is unparked; at each allocation on its way a child is forked that logs.
fn begin(logger: &AsyncLogger, forks: &mut usize) -> JoinHandle<()> {
    let has_begun = Arc::new(AtomicBool::new(false));
    let tells = Arc::clone(&has_begun);
    let begins = std::thread::Builder::new()
        .name("begins".to_owned())
        .spawn(move || {
            KNOWN.set(true);
            tells.store(true, SeqCst);
            std::thread::park();
        });
    while !has_begun.load(SeqCst) {
        if BEGUN.load(SeqCst) == ALLOWED.load(SeqCst) {
            std::hint::spin_loop();
            continue;
        }
        let code = in_a_fork(End::AtOnce, || {
            ARMED.store(false, SeqCst);
            log_numbered(logger, Level::Info, *forks, 0);
            i32::from(logger.flush().wait_timeout(LIMIT / 4).is_err())
        });
        if code != 0 {
            ARMED.store(false, SeqCst);
            ALLOWED.store(usize::MAX, SeqCst);
            panic!("the child that was forked at allocation {forks} ended with {code}");
        }
        *forks += 1;
        ALLOWED.fetch_add(1, SeqCst);
    }
    begins.unwrap()
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
        ARMED.store(true, SeqCst);
        // std keeps a table of its threads, and allocates for it now and then.
        let threads: Vec<_> = (0..THREADS).map(|_| begin(&logger, &mut forks)).collect();
        ARMED.store(false, SeqCst);
        for thread in threads {
            thread.thread().unpark();
            thread.join().unwrap();
        }
        logger.shutdown().wait().unwrap();
        assert!(forks > 0, "a thread begins without an allocation");
        assert_eq!(exactly(&lines_of(&dir.path().join("app.log")), forks, 1), Ok(()));
    });
}
