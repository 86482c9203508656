//! Tickets: how a caller sends a request (flush, sync, reopen, shutdown) to the worker and waits for its answer, in a
//! task of any executor or on a thread.
//!
//! A *ticket* is a request that waits for its answer in the [`Cell`]. `logger` takes tickets and `worker` answers
//! them. They do not go through the queue, so a full queue cannot lose a flush. The first answer to a ticket is
//! final. Wakers are called outside the lock. On a calling thread the lock is held under `process::guarded`, so that
//! an allocator that logs is refused: it might wait for the worker, which needs the same lock.

mod future;

pub use future::{Flush, Shutdown};

use crate::clock::Instant;
use crate::error::Error;
use crate::process;
use crate::sync::{Arc, Condvar, Mutex, enter};
use std::task::{Context, Poll, Waker};

/// What the worker is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    Flush,
    Sync,
    Reopen,
    Shutdown,
}

impl Request {
    /// The name of the call, as errors name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Request::Flush => "flush",
            Request::Sync => "sync",
            Request::Reopen => "reopen",
            Request::Shutdown => "shutdown",
        }
    }
}

/// What was lost since the logger started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Loss {
    /// Records that were dropped.
    pub(crate) dropped: u64,
    /// Records that were accepted and could not be written.
    pub(crate) failed: u64,
    /// Lines that one output did not get, although another one got the record.
    pub(crate) left_out: u64,
}

impl Loss {
    pub(crate) fn since(self, earlier: Loss) -> Loss {
        Loss {
            dropped: self.dropped.saturating_sub(earlier.dropped),
            failed: self.failed.saturating_sub(earlier.failed),
            left_out: self.left_out.saturating_sub(earlier.left_out),
        }
    }

    pub(crate) fn total(self) -> u64 {
        self.dropped + self.failed + self.left_out
    }

    fn at_least(self, other: Loss) -> Loss {
        Loss {
            dropped: self.dropped.max(other.dropped),
            failed: self.failed.max(other.failed),
            left_out: self.left_out.max(other.left_out),
        }
    }
}

/// A request that the worker has taken, and answers by its key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    pub(crate) key: Key,
    pub(crate) request: Request,
    /// Losses that earlier answers had reported when the ticket was made.
    pub(crate) reported: Loss,
}

/// Names a ticket: its slot, and a number that no earlier ticket in this slot had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    place: usize,
    number: u64,
}

/// The tickets that are waiting, and the answer of a logger that has ended.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    state: Mutex<State>,
    answered: Condvar,
}

#[derive(Debug, Default)]
struct State {
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    new: usize,
    numbers: u64,
    reported: Loss,
    closed: Option<Result<(), Error>>,
}

#[derive(Debug)]
struct Slot {
    number: u64,
    request: Request,
    reported: Loss,
    taken: bool,
    waker: Option<Waker>,
    answer: Option<Answer>,
}

#[derive(Debug, Clone)]
struct Answer {
    result: Result<(), Error>,
    reports: Loss,
}

impl Cell {
    /// Makes a ticket. `None` if the cell is closed: `closed` then has the answer.
    pub(crate) fn request(self: &Arc<Self>, request: Request) -> Option<Key> {
        let mut state = enter(&self.state);
        if state.closed.is_some() {
            return None;
        }
        state.numbers += 1;
        state.new += 1;
        let number = state.numbers;
        let slot = Slot {
            number,
            request,
            reported: state.reported,
            taken: false,
            waker: None,
            answer: None,
        };
        let place = match state.free.pop() {
            Some(place) => {
                state.slots[place] = Some(slot);
                place
            }
            None => {
                state.slots.push(Some(slot));
                state.slots.len() - 1
            }
        };
        Some(Key { place, number })
    }

    /// For the worker: whether there are tickets that it has not taken.
    pub(crate) fn has_new(&self) -> bool {
        enter(&self.state).new > 0
    }

    /// For the worker: takes the new tickets.
    pub(crate) fn take(&self, into: &mut Vec<Ticket>) {
        let mut state = enter(&self.state);
        if state.new == 0 {
            return;
        }
        state.new = 0;
        for (place, slot) in state.slots.iter_mut().enumerate() {
            let Some(slot) = slot.as_mut().filter(|slot| !slot.taken) else {
                continue;
            };
            slot.taken = true;
            let key = Key {
                place,
                number: slot.number,
            };
            into.push(Ticket {
                key,
                request: slot.request,
                reported: slot.reported,
            });
        }
    }

    /// For the worker: answers a ticket, if its future still exists. `reports` are the losses that count as reported
    /// once a caller has received the answer.
    pub(crate) fn answer(&self, key: Key, result: Result<(), Error>, reports: Loss) {
        let waker = {
            let mut state = enter(&self.state);
            let Some(slot) = state.slot(key) else { return };
            if slot.answer.is_some() {
                return;
            }
            slot.answer = Some(Answer { result, reports });
            slot.waker.take()
        };
        self.answered.notify_all();
        waker.into_iter().for_each(wake);
    }

    /// For the worker: whether the future of this ticket still exists.
    pub(crate) fn is_waiting(&self, key: Key) -> bool {
        enter(&self.state).slot(key).is_some()
    }

    /// The losses that were reported to callers, by answers that they received.
    pub(crate) fn reported(&self) -> Loss {
        enter(&self.state).reported
    }

    /// Answers all tickets, and all later ones, with `result`. The first call decides; later calls do nothing.
    pub(crate) fn close(&self, result: Result<(), Error>) {
        let wakers: Vec<Waker> = {
            let mut state = enter(&self.state);
            if state.closed.is_some() {
                return;
            }
            state.closed = Some(result.clone());
            state.new = 0;
            let waiting = state
                .slots
                .iter_mut()
                .flatten()
                .filter(|slot| slot.answer.is_none());
            waiting
                .filter_map(|slot| {
                    slot.answer = Some(Answer {
                        result: result.clone(),
                        reports: Loss::default(),
                    });
                    slot.waker.take()
                })
                .collect()
        };
        self.answered.notify_all();
        wakers.into_iter().for_each(wake);
    }

    pub(crate) fn is_closed(&self) -> bool {
        enter(&self.state).closed.is_some()
    }

    /// The answer that the cell was closed with.
    pub(crate) fn closed(&self) -> Option<Result<(), Error>> {
        enter(&self.state).closed.clone()
    }

    /// Waits until the cell is closed, at most until `deadline`. Returns whether it is closed.
    pub(crate) fn wait_closed(&self, deadline: Instant) -> bool {
        let mut state = enter(&self.state);
        loop {
            if state.closed.is_some() {
                return true;
            }
            let now = Instant::now();
            if now >= deadline {
                return false;
            }
            let (entered, _) = match self.answered.wait_timeout(state, deadline - now) {
                Ok(woken) => woken,
                Err(poisoned) => poisoned.into_inner(),
            };
            state = entered;
        }
    }

    fn poll(&self, key: Key, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let waker = context.waker();
        let looked = process::guarded(|| {
            let mut state = enter(&self.state);
            let answer = state.take_answer(key);
            let known = state.slot(key).and_then(|slot| slot.waker.as_ref());
            (answer, known.is_some_and(|known| known.will_wake(waker)))
        });
        match looked {
            (Some(result), _) => return Poll::Ready(result),
            (None, true) => return Poll::Pending,
            (None, false) => {}
        }
        // Outside the lock: a waker is foreign code, which may log or drop futures of this cell.
        let mut other = Some(waker.clone());
        let answer = process::guarded(|| {
            let mut state = enter(&self.state);
            let answer = state.take_answer(key);
            if let Some(slot) = state.slot(key).filter(|_| answer.is_none()) {
                std::mem::swap(&mut slot.waker, &mut other);
            }
            answer
        });
        drop(other);
        answer.map_or(Poll::Pending, Poll::Ready)
    }

    /// Waits for the answer, at most until `deadline`. `None` if there was none.
    fn wait(&self, key: Key, deadline: Option<Instant>) -> Option<Result<(), Error>> {
        let mut state = enter(&self.state);
        loop {
            if let Some(result) = state.take_answer(key) {
                return Some(result);
            }
            state = match deadline {
                None => self
                    .answered
                    .wait(state)
                    .unwrap_or_else(|poisoned| poisoned.into_inner()),
                Some(deadline) => {
                    let left = deadline
                        .checked_duration_since(Instant::now())
                        .filter(|left| !left.is_zero())?;
                    let woken = self.answered.wait_timeout(state, left);
                    woken.unwrap_or_else(|poisoned| poisoned.into_inner()).0
                }
            };
        }
    }

    /// Frees the slot, whether or not it was answered.
    fn forget(&self, key: Key) {
        let waker = process::guarded(|| {
            let mut state = enter(&self.state);
            let slot = state.slot(key)?;
            let (taken, waker) = (slot.taken, slot.waker.take());
            state.slots[key.place] = None;
            state.free.push(key.place);
            if !taken {
                state.new = state.new.saturating_sub(1);
            }
            waker
        });
        // Outside the lock: dropping a waker may run code of the executor.
        drop(waker);
    }

    #[cfg(test)]
    fn waiting(&self) -> usize {
        enter(&self.state).slots.iter().flatten().count()
    }
}

impl State {
    fn slot(&mut self, key: Key) -> Option<&mut Slot> {
        self.slots
            .get_mut(key.place)?
            .as_mut()
            .filter(|slot| slot.number == key.number)
    }

    /// Returns the answer to a caller. From now on its losses count as reported.
    fn take_answer(&mut self, key: Key) -> Option<Result<(), Error>> {
        let answer = self.slot(key)?.answer.clone()?;
        self.reported = self.reported.at_least(answer.reports);
        Some(answer.result)
    }
}

/// Wakes a task. A waker is foreign code; its panic is caught here.
fn wake(waker: Waker) {
    let _: Option<()> = process::caught(|| waker.wake());
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests;
