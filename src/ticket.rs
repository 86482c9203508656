//! The completion cell and the futures: how a caller waits for the worker, from any executor or thread.
//!
//! `logger` takes tickets, `worker` answers them; nothing of this travels in the queue, so a full queue cannot
//! lose a flush. An answer once given is changed by no later pass. Wakers are called outside the lock, and what an
//! allocator logs on a calling thread under the lock is refused: it could wait for the worker, which needs the lock.

mod future;

pub use future::{Flush, Shutdown};

use crate::clock::Instant;
use crate::error::Error;
use crate::process;
use crate::sync::{Arc, Condvar, Mutex, enter};
use std::task::{Context, Poll, Waker};

/// What a ticket asks of the worker.
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

/// What was lost, counted since the logger started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Loss {
    /// Records.
    pub(crate) dropped: u64,
    /// Records.
    pub(crate) failed: u64,
    /// Lines that one output did not get although another one did.
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

/// A request that the worker took, to be answered by its key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    pub(crate) key: Key,
    pub(crate) request: Request,
    /// Losses that were told before this ticket was taken.
    pub(crate) reported: Loss,
}

/// Names a slot; the number tells it from an earlier user of the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    place: usize,
    number: u64,
}

/// Where waiting futures and the worker meet.
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
    /// Takes a ticket; `None` if the cell is closed, whose answer every ticket then gets.
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

    /// The worker's side: whether there is a ticket that it has not taken.
    pub(crate) fn has_new(&self) -> bool {
        enter(&self.state).new > 0
    }

    /// The worker's side: takes the new tickets.
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

    /// The worker's side: answers one ticket, if its future is still there. `tells` is what the answer tells
    /// of losses, once a caller has taken it.
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

    /// The worker's side: whether somebody still waits for this ticket.
    pub(crate) fn is_waiting(&self, key: Key) -> bool {
        enter(&self.state).slot(key).is_some()
    }

    /// The losses that answers which were taken told of.
    pub(crate) fn reported(&self) -> Loss {
        enter(&self.state).reported
    }

    /// Gives every ticket, also each one taken later, this answer. A closed cell stays as it is.
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

    /// The answer that closed the cell.
    pub(crate) fn closed(&self) -> Option<Result<(), Error>> {
        enter(&self.state).closed.clone()
    }

    /// Waits until the cell is closed, at most until `deadline`; tells whether it is.
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
        // A waker is foreign code, which may log or drop futures of this cell: nothing is locked meanwhile.
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

    /// Waits for the answer, at most until `deadline`; `None` if it did not come.
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

    /// Gives the place back, answered or not.
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
        // A waker may run code of the executor when it is dropped.
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

    /// Takes the answer to a caller, which makes its losses told.
    fn take_answer(&mut self, key: Key) -> Option<Result<(), Error>> {
        let answer = self.slot(key)?.answer.clone()?;
        self.reported = self.reported.at_least(answer.reports);
        Some(answer.result)
    }
}

/// Wakes; a waker is foreign code, and its panic ends here.
fn wake(waker: Waker) {
    let _: Option<()> = process::caught(|| waker.wake());
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests;
