//! In the steady state a record allocates nothing, neither on the thread that logs it nor on the worker.
//!
//! An allocator counts each allocation on the counter of its thread's role. The worker gets its role in the hook that
//! it calls between the stages; threads of other tests have no role and are not counted.
#![allow(unsafe_code)] // the allocator

mod common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Config, Format, Overflow};
use common::gate::Gate;
use common::{to_file, wait_until};
use log::Log;
use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The allocations of one side in one test, and where the first of them was made.
#[derive(Default)]
struct Counter {
    allocations: AtomicU64,
    first: Mutex<Option<Backtrace>>,
}

impl Counter {
    fn count(&'static self) {
        if self.allocations.fetch_add(1, Ordering::SeqCst) > 0 {
            return;
        }
        // Capturing the trace allocates as well.
        ROLE.set(None);
        let trace = Backtrace::force_capture();
        *self.first.lock().unwrap() = Some(trace);
        ROLE.set(Some(self));
    }

    /// Resets the counter after warming up.
    fn reset(&self) {
        *self.first.lock().unwrap() = None;
        self.allocations.store(0, Ordering::SeqCst);
    }

    #[track_caller]
    fn assert_none(&self, side: &str, records: usize) {
        self.assert_at_most(0, side, records);
    }

    #[track_caller]
    fn assert_at_most(&self, limit: u64, side: &str, records: usize) {
        let allocations = self.allocations.load(Ordering::SeqCst);
        let first = self.first.lock().unwrap().as_ref().map(Backtrace::to_string);
        assert!(
            allocations <= limit,
            "{side}: {allocations} allocations for {records} records, the first here:\n{}",
            first.unwrap_or_default()
        );
    }
}

thread_local! {
    /// The counter of this thread's allocations; without a destructor, so that it can be read at any time.
    static ROLE: Cell<Option<&'static Counter>> = const { Cell::new(None) };
}

fn count() {
    if let Some(counter) = ROLE.get() {
        counter.count();
    }
}

// SAFETY: all calls are passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are the same.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(block, layout) }
    }
}

const THREADS: usize = 4;
/// Lines of a burst. In each burst another thread logs the long part, so that the memory kept for a thread suffices for
/// either part.
const LONG: usize = 1250;
const SHORT: usize = 250;
const BURST: usize = LONG + (THREADS - 1) * SHORT;
/// After this many bursts each thread has logged the long part.
const WARM_UP: usize = THREADS;
const COUNTED: usize = 20;
/// On Windows, std allocates a wide string for each path that it opens: once a batch, and a burst has at most eight
/// batches.
const ON_OPENING: u64 = if cfg!(windows) { 8 * COUNTED as u64 } else { 0 };

/// Four threads log bursts while the worker waits at a gate, and it writes each burst before the next, so that every
/// burst needs the same buffers. After the first bursts, neither side may allocate.
#[track_caller]
fn assert_no_allocations(adapt: fn(Config) -> Config, log: impl Fn(&dyn Log, usize) + Sync) {
    let dir = tempfile::tempdir().unwrap();
    let [callers, worker] = [(); 2].map(|()| -> &'static Counter { Box::leak(Box::default()) });
    let gate = Gate::open();
    let config = to_file(dir.path()).overflow(Overflow::Block).max_bytes(1 << 40);
    let logger = AsyncLogger::start_with_seams(adapt(config), seams(&gate, worker)).unwrap();
    let (logger, log) = (&logger, &log);
    thread::scope(|scope| {
        let (done, all_done) = mpsc::channel();
        // Channels, not barriers: if this thread fails, the others end.
        let threads: [_; THREADS] = std::array::from_fn(|place| {
            let ((go, turns), done) = (mpsc::channel(), done.clone());
            scope.spawn(move || {
                for burst in turns {
                    ROLE.set((burst >= WARM_UP).then_some(callers));
                    let part = if burst % THREADS == place { LONG } else { SHORT };
                    (0..part).for_each(|n| log(logger, n));
                    ROLE.set(None);
                    done.send(()).unwrap();
                }
            });
            go
        });
        for burst in 0..WARM_UP + COUNTED {
            stop_at_the_gate(logger, &gate, burst);
            threads.iter().for_each(|thread| thread.send(burst).unwrap());
            threads.iter().for_each(|_| all_done.recv().unwrap());
            gate.set_open(true);
            wait_until("the burst is written", || logger.health().pending == 0);
            if burst == WARM_UP - 1 {
                worker.reset();
            }
        }
    });
    let records = BURST * COUNTED;
    callers.assert_none("the calling threads", records);
    worker.assert_at_most(ON_OPENING, "the logger's thread", records);
    assert_eq!(
        logger.health().written as usize,
        BURST * (WARM_UP + COUNTED) + WARM_UP + COUNTED
    );
}

/// Returns a hook that gives the worker its role, and holds it before it takes records.
fn seams(gate: &Gate, worker: &'static Counter) -> Seams {
    let gate = gate.clone();
    Seams::default().hook(move |stage| {
        ROLE.set(Some(worker));
        if stage == Stage::Receive {
            gate.pass();
        }
    })
}

/// Logs one more record, so that the worker comes to the gate even if it sleeps.
#[track_caller]
fn stop_at_the_gate(logger: &AsyncLogger, gate: &Gate, n: usize) {
    gate.set_open(false);
    log::info!(logger: logger, "knock {n}");
    gate.wait_until_blocked();
}

fn as_it_is(config: Config) -> Config {
    config
}

fn text(logger: &dyn Log, n: usize) {
    log::info!(logger: logger, "request served seq={n} path={} score={:.3}", "/api/v1/orders", n as f64 * 0.5);
}

fn key_values(logger: &dyn Log, n: usize) {
    log::info!(logger: logger, seq = n, path = "/api/v1/orders", score = n as f64 * 0.5, ok = true; "request served");
}

#[test]
fn a_formatted_message_allocates_nothing() {
    assert_no_allocations(as_it_is, text);
}

#[test]
fn a_message_without_arguments_allocates_nothing() {
    assert_no_allocations(as_it_is, |logger, _| log::warn!(logger: logger, "disk is full"));
}

#[test]
fn key_values_allocate_nothing_in_text() {
    assert_no_allocations(as_it_is, key_values);
}

#[test]
fn key_values_allocate_nothing_in_json() {
    assert_no_allocations(|config| config.file_format(Format::Json), key_values);
}

#[test]
fn key_values_allocate_nothing_in_logfmt() {
    assert_no_allocations(|config| config.file_format(Format::Logfmt), key_values);
}

#[test]
fn escaping_and_masking_allocate_nothing() {
    assert_no_allocations(as_it_is, |logger, n| {
        log::info!(logger: logger, password = n; "line\n{n}\x1b[31m token=Zm9vYmFyYmF6cXV4{n} é\u{202e}");
    });
}

#[test]
fn messages_of_changing_lengths_allocate_nothing() {
    let long = "request served ".repeat(100);
    assert_no_allocations(as_it_is, |logger, n| {
        log::info!(logger: logger, "{}", &long[..n * 97 % long.len()]);
    });
}
