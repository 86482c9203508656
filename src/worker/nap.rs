//! When the worker runs its next iteration: at once, after a nap, at a deadline, or when it is woken.
//!
//! Before every park it checks everything that could need it, since the token of `unpark` is only a hint.

use super::Worker;
use crate::clock::Tick;
use crate::sync::thread;
use std::time::Duration;

/// After this time without records the worker stops polling and sleeps until it is woken.
const AWAKE_AFTER_RECORDS: Duration = Duration::from_millis(100);

/// The longest nap at high record rates: waking the worker would preempt a producer for a whole batch. In this time a few
/// threads that do nothing but log fill less than half of the default queue.
const BUSY_NAP: Duration = Duration::from_millis(2);

impl Worker {
    /// Naps until the next pass, or, if none is due, sleeps until the worker is woken.
    pub(super) fn park(&mut self) {
        let queue = &self.shared.queue;
        let kept = self.batch.is_kept();
        let now = Tick::now();
        let must_close = !self.is_closing() && self.deadline() != Tick(u64::MAX);
        if must_close || self.shared.cell.has_new() || (!kept && queue.has_waiting_producers()) {
            return;
        }
        let deadline = self.next_deadline(now);
        let idle = !kept && self.backlog.is_empty() && now.since(self.last_record) >= AWAKE_AFTER_RECORDS;
        if !kept && !idle {
            let longest = if self.is_busy {
                BUSY_NAP.min(self.flush_interval)
            } else {
                self.flush_interval
            };
            let nap = longest.min(deadline.map_or(Duration::MAX, |at| at.since(now)));
            thread::park_timeout(nap);
            return;
        }
        if idle {
            queue.announce_sleep();
            // A producer that sent before the announcement did not see it; its chunk is seen here.
            if !self.receiver.is_empty() || queue.has_waiting_producers() {
                queue.announce_waking();
                return;
            }
        }
        if !self.shared.cell.has_new() {
            match deadline {
                Some(at) => thread::park_timeout(at.since(now)),
                None => thread::park(),
            }
        }
        queue.announce_waking();
    }

    /// The earliest time at which the worker has work for which no thread wakes it.
    fn next_deadline(&self, now: Tick) -> Option<Tick> {
        let closing = self.is_closing().then(|| self.deadline());
        [
            self.batch.retry_at(),
            self.batch.clean_at(),
            self.stuck_at(),
            self.summary_due(),
            self.gives_up_at(),
            closing,
        ]
        .into_iter()
        .flatten()
        .min()
        .map(|at| at.max(now))
    }
}
