//! The end of the process: drains every logger that is still alive. The program needs to keep no guard.
//!
//! It runs as an `atexit` handler: after the thread-locals of the exiting thread are gone (on Windows before that),
//! while all other threads still run. It starts no thread and never panics, and waits at most as long as the loggers'
//! own limits. A forked child has a list of its own, because the parent drains its loggers itself.

use super::core::Core;
use super::watchdog;
use crate::clock::Instant;
use crate::process::{self, PerProcess};
use crate::sync::Arc;
use crate::sync::plain::{AtomicBool, Mutex, Ordering, enter};
use crate::ticket::Shutdown;
use std::sync::Weak;

/// The loggers that were started and may still be alive.
static ALIVE: PerProcess<Mutex<Vec<Weak<Core>>>> = PerProcess::new();
static REGISTERED: AtomicBool = AtomicBool::new(false);

/// Has `core` drained when the process ends, if it is alive then.
pub(super) fn register(core: &Arc<Core>) {
    // Not by `Once`: a child forked inside it would wait for a thread that it does not have. The flag is set last, so
    // that no caller relies on a handler that is not registered yet. Registering the handler twice does no harm.
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
    // If the list is locked, a thread is starting a logger, and may never run again: do not wait for it.
    let Ok(alive) = ALIVE.get().try_lock() else { return };
    let cores: Vec<Arc<Core>> = alive.iter().filter_map(Weak::upgrade).collect();
    drop(alive);
    // All requests are sent before the first wait, so that the limits run at the same time.
    let sent: Vec<(Shutdown, Instant)> = cores
        .iter()
        .map(|core| {
            (
                watchdog::send_shutdown(core),
                Instant::now() + core.shutdown_timeout,
            )
        })
        .collect();
    for (shutdown, until) in sent {
        // Nothing is left to report the answer to. The worker has reported errors on standard error.
        drop(shutdown.wait_timeout(until.saturating_duration_since(Instant::now())));
    }
}
