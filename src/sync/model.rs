//! Replaces std while a model runs: loom's locks and atomics, and threads that park as std's do.
//!
//! loom has no park with a time limit, and its `unpark` also frees a thread that waits for a lock, so parking is
//! built here from a lock and a token. Time advances by a nanosecond with each reading of the clock, and by its whole
//! length with each nap: a nap that ends early corresponds to one during which other threads do little.

use super::time;
pub(crate) use super::time::pass;
use std::io::Write;
use std::sync::atomic::{AtomicU64 as Count, Ordering::Relaxed};
use std::time::Duration;

pub(crate) use super::time::Instant;
pub(crate) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

/// loom's `thread_local!`, extended to accept `const` blocks.
macro_rules! constant_local {
    ($($(#[$attribute:meta])* static $name:ident: $kind:ty = const $init:block;)*) => {
        loom::thread_local! { $($(#[$attribute])* static $name: $kind = $init;)* }
    };
}
pub(crate) use constant_local as thread_local;

/// Like `plain::statics`.
macro_rules! statics {
    ($($(#[$attribute:meta])* static $name:ident: $kind:ty = $init:expr;)*) => {
        loom::lazy_static! { $($(#[$attribute])* static ref $name: $kind = $init;)* }
    };
}
pub(crate) use statics;

/// Like `plain::enter`.
pub(crate) fn enter<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Stack size in bytes; loom's default is too small to start a logger.
const STACK: usize = 256 * 1024;

/// Explores `body` in every order of its threads with at most `preemptions` preemptions, or `LOOM_MAX_PREEMPTIONS` if
/// that is set. A panic in any of its threads, even one that the product would catch, is a failure of the model and
/// ends the process.
pub(crate) fn check(name: &str, preemptions: usize, body: impl Fn() + Send + Sync + Copy + 'static) {
    std::panic::set_hook(Box::new(|panic| {
        // loom ends its threads by a panic without a text.
        let payload = panic.payload();
        if !payload.is::<&str>() && !payload.is::<String>() {
            return;
        }
        let trace = std::backtrace::Backtrace::capture();
        // Not `eprintln!`: the test harness would capture it for a report that never comes.
        drop(writeln!(std::io::stderr(), "MODEL FAILED: {panic}\n{trace}"));
        // Without exit handlers, which would wait for loggers that are suspended.
        std::process::abort();
    }));
    static RUNS: Count = Count::new(0);
    let before = RUNS.load(Relaxed);
    let mut model = loom::model::Builder::new();
    model.preemption_bound = model.preemption_bound.or(Some(preemptions));
    model.max_branches = 100_000;
    let began = std::time::Instant::now();
    model.check(move || {
        RUNS.fetch_add(1, Relaxed);
        time::restart();
        thread::restart();
        thread::spawn(body).join();
    });
    let (runs, took) = (RUNS.load(Relaxed) - before, began.elapsed());
    drop(writeln!(
        std::io::stderr(),
        "model {name}: {runs} runs, at most {:?} preemptions, {took:.1?}",
        model.preemption_bound
    ));
}

/// The part of `std::thread` that the product uses, on loom's threads.
pub(crate) mod thread {
    use super::{Condvar, Duration, Mutex, STACK, enter, time};
    use std::cell::{Cell, RefCell};
    use std::io;
    use std::sync::Arc;

    std::thread_local! {
        /// Number of threads in the run. loom allows five; starting another one fails, as it can on a real system.
        static THREADS: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn restart() {
        THREADS.set(0);
    }

    loom::thread_local! {
        static OWN: RefCell<Thread> = RefCell::default();
    }

    /// A thread that can be woken.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct Thread(Arc<Parker>);

    #[derive(Debug, Default)]
    struct Parker {
        token: Mutex<bool>,
        given: Condvar,
    }

    impl Thread {
        pub(crate) fn unpark(&self) {
            *enter(&self.0.token) = true;
            self.0.given.notify_one();
        }
    }

    pub(crate) fn current() -> Thread {
        OWN.with(|own| own.borrow().clone())
    }

    pub(crate) fn park() {
        let own = current();
        let mut token = enter(&own.0.token);
        while !*token {
            token = own
                .0
                .given
                .wait(token)
                .unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        *token = false;
    }

    pub(crate) fn park_timeout(limit: Duration) {
        let own = current();
        let was_there = std::mem::take(&mut *enter(&own.0.token));
        if !was_there {
            time::pass(limit);
        }
    }

    #[derive(Debug)]
    pub(crate) struct Builder(loom::thread::Builder);

    #[derive(Debug)]
    pub(crate) struct JoinHandle<T> {
        inner: loom::thread::JoinHandle<T>,
        thread: Thread,
    }

    impl Builder {
        pub(crate) fn new() -> Builder {
            Builder(loom::thread::Builder::new().stack_size(STACK))
        }

        pub(crate) fn name(self, name: String) -> Builder {
            Builder(self.0.name(name))
        }

        pub(crate) fn spawn<T: Send + 'static>(
            self,
            body: impl FnOnce() -> T + Send + 'static,
        ) -> io::Result<JoinHandle<T>> {
            // The handle exists before the thread runs, as with std.
            let thread = Thread::default();
            let own = thread.clone();
            // The first thread of the model is not counted.
            if THREADS.replace(THREADS.get() + 1) + 1 >= loom::MAX_THREADS {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let inner = self.0.spawn(move || {
                OWN.with(|place| place.replace(own));
                body()
            })?;
            Ok(JoinHandle { inner, thread })
        }
    }

    impl<T> JoinHandle<T> {
        pub(crate) fn thread(&self) -> &Thread {
            &self.thread
        }

        pub(crate) fn join(self) -> T {
            self.inner.join().expect("a panic ends the process")
        }
    }

    /// Starts a thread of the model.
    pub(crate) fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
        Builder::new().spawn(body).expect("loom starts every thread")
    }
}
