//! The shutdown limit: what `shutdown()` answers, and what happens to the records, if the worker cannot end in time.
//!
//! The worker itself gives up a little earlier. It cannot while a write does not return, so a small thread, the
//! watchdog, enforces the limit. The records that the worker holds then stay pending, since they may still be
//! written.

use super::core::Core;
use crate::clock::{Instant, Tick};
use crate::error::{Error, ErrorKind};
use crate::process;
use crate::sync::{Arc, Ordering};
use crate::ticket::{Request, Shutdown};
use crate::worker::Shared;
use std::time::Duration;

/// Sends the request for shutdown and starts the watchdog.
pub(super) fn shut_down(core: &Core) -> Shutdown {
    let shutdown = send_shutdown(core);
    if !core.shared.cell.is_closed() && !core.watchdog_started.swap(true, Ordering::SeqCst) {
        start_watchdog(core);
    }
    shutdown
}

/// Sends the request without a watchdog.
pub(super) fn send_shutdown(core: &Core) -> Shutdown {
    // The worker gives up after nine tenths of the limit, so that its answer comes within it. A later call does not
    // extend it.
    let gives_up = Tick::now().after(core.shutdown_timeout.mul_f64(0.9));
    core.shared.deadline.fetch_min(gives_up.0, Ordering::SeqCst);
    let shutdown = Shutdown::send(&core.shared.cell, Request::Shutdown, core.id);
    core.shared.queue.wake_up();
    shutdown
}

/// Starts the thread that answers at the limit if the worker does not.
fn start_watchdog(core: &Core) {
    let (shared, limit) = (Arc::clone(&core.shared), core.shutdown_timeout);
    let until = Instant::now().checked_add(limit);
    let watch = move || {
        process::become_own_thread(shared.id);
        let Some(until) = until else { return };
        if !shared.cell.wait_closed(until) {
            process::guarded(|| close_at_limit(&shared, limit));
        }
    };
    let started = process::start_thread("asynclogger-limit", watch);
    if started.is_err() {
        // Without the thread the worker's own deadline remains, which covers everything but a write that hangs.
        core.watchdog_started.store(false, Ordering::SeqCst);
    }
}

fn close_at_limit(shared: &Shared, limit: Duration) {
    // The worker hangs and cannot close the queue. Threads that wait for room, or log from now on, must not wait for
    // it.
    shared.queue.close();
    let unwritten = shared.pending();
    let lost = unwritten + shared.loss().since(shared.cell.reported()).total();
    // Otherwise an open chunk would go on taking in records, for a worker that may never read them.
    shared.counters.failed_unseen(shared.queue.take_rest());
    let text = format!(
        "shutdown: {unwritten} records were not written within {limit:?}: an output does not return from a write; \
         health() says which is behind"
    );
    shared
        .cell
        .close(Err(Error::new(ErrorKind::Timeout, text).with_unwritten(lost)));
}
