//! The shutdown limit: what is answered, and what becomes of the records, when the worker cannot end by itself.
//!
//! The worker gives up a little earlier on its own. A write that never returns keeps it from that, so a small thread
//! waits beside it; what the worker has in hand then stays pending, since it may be written yet.

use super::Core;
use crate::clock::{Instant, Tick};
use crate::error::{Error, ErrorKind};
use crate::process;
use crate::sync::{Arc, Ordering};
use crate::ticket::{Request, Shutdown};
use crate::worker::Shared;
use std::time::Duration;

impl Core {
    pub(super) fn shut_down(&self) -> Shutdown {
        self.set_deadline();
        let shutdown = Shutdown::send(&self.shared.cell, Request::Shutdown, self.id);
        self.shared.queue.wake_up();
        if !self.shared.cell.is_closed() && !self.watchdog_started.swap(true, Ordering::SeqCst) {
            self.start_watchdog();
        }
        shutdown
    }

    /// From here on the worker has so long; a later call does not make it longer.
    pub(super) fn set_deadline(&self) {
        // A tenth earlier, so that the worker's own answer comes within the limit.
        let gives_up = Tick::now().after(self.shutdown_timeout.mul_f64(0.9));
        self.shared.deadline.fetch_min(gives_up.0, Ordering::SeqCst);
    }

    /// Starts a small thread that answers at the limit if the worker cannot.
    fn start_watchdog(&self) {
        let (shared, limit) = (Arc::clone(&self.shared), self.shutdown_timeout);
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
            // Without a thread the worker's own deadline has to do; it covers all but a write that hangs.
            self.watchdog_started.store(false, Ordering::SeqCst);
        }
    }
}

fn close_at_limit(shared: &Shared, limit: Duration) {
    // The worker cannot do it now; whoever waits for room, or logs from here on, must not wait for it.
    shared.queue.close();
    let unwritten = shared.pending();
    let lost = unwritten + shared.loss().since(shared.cell.reported()).total();
    // Else an open chunk would go on taking records in, for a worker that may never look again.
    shared.counters.failed_unseen(shared.queue.take_rest());
    let text = format!(
        "shutdown: {unwritten} records were not written within {limit:?}: an output does not return from a write; \
         health() says which is behind"
    );
    shared
        .cell
        .close(Err(Error::new(ErrorKind::Timeout, text).with_unwritten(lost)));
}
