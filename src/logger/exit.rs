//! The end of the process: every logger that is alive then is drained, with no guard to keep alive.
//!
//! Runs as an `atexit` handler: after the thread-locals of the exiting thread are gone (on Windows before), while all
//! other threads still run. It starts no thread and panics nowhere; its limit is the loggers' own. A forked child has a list of its
//! own: what is the parent's, the parent drains.

use super::Core;
use crate::clock::Instant;
use crate::process::{self, PerProcess};
use crate::sync::Arc;
use crate::sync::plain::{AtomicBool, Mutex, Ordering, enter};
use crate::ticket::{Request, Shutdown};
use std::sync::Weak;

/// The loggers that were started and may be alive.
static ALIVE: PerProcess<Mutex<Vec<Weak<Core>>>> = PerProcess::new();
static REGISTERED: AtomicBool = AtomicBool::new(false);

/// Has `core` drained when the process ends while it is alive.
pub(super) fn register(core: &Arc<Core>) {
    // Not by `Once`: a child that was forked in this moment would wait for a thread that it does not have. Set last, so
    // that nobody relies on a handler that is not registered yet; to be registered twice does no harm.
    if !REGISTERED.load(Ordering::SeqCst) {
        process::at_exit(drain_all);
        REGISTERED.store(true, Ordering::SeqCst);
    }
    let mut alive = enter(ALIVE.get());
    alive.retain(|core| core.strong_count() > 0);
    alive.push(Arc::downgrade(core));
}

extern "C" fn drain_all() {
    if process::other_threads_have_ended() {
        return;
    }
    // Whoever holds the list is starting a logger, on a thread that may not run again: those are not waited for.
    let Ok(alive) = ALIVE.get().try_lock() else { return };
    let cores: Vec<Arc<Core>> = alive.iter().filter_map(Weak::upgrade).collect();
    drop(alive);
    // All are asked before the first is waited for, so that the limits pass side by side.
    let asked: Vec<(Shutdown, Instant)> = cores
        .iter()
        .map(|core| {
            core.set_deadline();
            let shutdown = Shutdown::send(&core.shared.cell, Request::Shutdown, core.id);
            core.shared.queue.wake_up();
            (shutdown, Instant::now() + core.shutdown_timeout)
        })
        .collect();
    for (shutdown, until) in asked {
        // There is nobody left to be reported; what could be said was said by the worker, on standard error.
        drop(shutdown.wait_timeout(until.saturating_duration_since(Instant::now())));
    }
}
