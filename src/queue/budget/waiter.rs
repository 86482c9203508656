//! A producer that waits for room: its request, and how it is notified.

use super::{Request, Room};
use crate::clock::Instant;
use crate::sync::{Condvar, Mutex, enter};

#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) request: Request,
    pub(super) since: Instant,
    pub(super) outcome: Mutex<Option<Outcome>>,
    pub(super) changed: Condvar,
}

#[derive(Debug)]
pub(super) enum Outcome {
    Granted(Room),
    Closed,
}

impl Waiter {
    pub(super) fn new(request: &Request) -> Waiter {
        Waiter {
            request: *request,
            since: Instant::now(),
            outcome: Mutex::new(None),
            changed: Condvar::new(),
        }
    }

    pub(super) fn end(&self, outcome: Outcome) {
        *enter(&self.outcome) = Some(outcome);
        self.changed.notify_one();
    }

    /// Waits for the outcome. Returns `None` at the deadline.
    pub(super) fn wait(&self, deadline: Option<Instant>) -> Option<Outcome> {
        let mut outcome = enter(&self.outcome);
        loop {
            if outcome.is_some() {
                return outcome.take();
            }
            outcome = match deadline {
                None => self
                    .changed
                    .wait(outcome)
                    .unwrap_or_else(|poisoned| poisoned.into_inner()),
                Some(deadline) => {
                    let left = deadline
                        .checked_duration_since(Instant::now())
                        .filter(|left| !left.is_zero())?;
                    let woken = self.changed.wait_timeout(outcome, left);
                    woken.unwrap_or_else(|poisoned| poisoned.into_inner()).0
                }
            };
        }
    }
}
