//! The end of the process: every logger that is alive then is drained, with no guard to keep alive.
//!
//! Runs as an `atexit` handler: after the thread-locals of the exiting thread are gone, while all other threads
//! still run. It starts no thread and panics nowhere; its limit is the loggers' own.

use super::Core;
use crate::clock::Instant;
use crate::process;
use crate::sync::Arc;
use crate::sync::plain::{Mutex, enter};
use crate::ticket::{Request, Shutdown};
use std::sync::{Once, Weak};

/// The loggers that were started and may be alive.
static ALIVE: Mutex<Vec<Weak<Core>>> = Mutex::new(Vec::new());
static REGISTERED: Once = Once::new();

/// Has `core` drained when the process ends while it is alive.
pub(super) fn enlist(core: &Arc<Core>) {
    REGISTERED.call_once(|| process::at_exit(drain_all));
    let mut alive = enter(&ALIVE);
    alive.retain(|core| core.strong_count() > 0);
    alive.push(Arc::downgrade(core));
}

extern "C" fn drain_all() {
    // Whoever holds the list is starting a logger, on a thread that may not run again: those are not waited for.
    let Ok(alive) = ALIVE.try_lock() else { return };
    // A forked child has no worker to wait for; its parent drains what is the parent's.
    let cores: Vec<Arc<Core>> = alive
        .iter()
        .filter_map(Weak::upgrade)
        .filter(|core| core.is_of_this_process())
        .collect();
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
        // There is nobody left to be told; what could be said was said by the worker, on standard error.
        drop(shutdown.wait_timeout(until.saturating_duration_since(Instant::now())));
    }
}
