//! The budget: how many bytes of records there may be, who waits for room, and what a full queue means.
//!
//! Invariant: while someone waits, something is charged and on its way to the worker. For every frame fits
//! into an empty queue (`settings` sees to it), and every charged buffer is in a chunk that was sent, or held
//! by a thread that is about to send it.
//!
//! Who waits is served first come, first served, WARN and ERROR ahead; `turns` says how many at once.

mod turns;
mod waiter;

use super::Buffer;
use crate::clock::Instant;
use crate::config::Overflow;
use crate::health::DropReason;
use crate::sync::plain::{AtomicU64, Ordering::Relaxed};
use crate::sync::{Arc, Mutex, MutexGuard, enter};
use std::collections::VecDeque;
use turns::Turns;
use waiter::{Outcome, Waiter};

/// Buffers come in these sizes, each four times the one before; a larger frame gets one of its own size.
const SIZES: [usize; 5] = [256, 1024, 4096, 16_384, LARGEST];
pub(super) const LARGEST: usize = 65_536;

/// The smallest size that holds `bytes`, or the largest there is.
pub(super) fn next_size(bytes: usize) -> usize {
    SIZES.into_iter().find(|size| *size >= bytes).unwrap_or(LARGEST)
}

/// What a producer needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    /// The length of its frame.
    pub(super) frame: usize,
    /// The size it would like.
    pub(super) preferred: usize,
    /// WARN and ERROR: they may use the last quarter, and are served first.
    pub(super) urgent: bool,
}

impl Request {
    /// Whether its producer fills one buffer after the other, so that it comes back for more at once.
    fn is_steady(&self) -> bool {
        self.preferred >= LARGEST
    }
}

#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    state: Mutex<State>,
    /// A copy of the state's figures for snapshots and for the length of a nap, which order nothing.
    charged: AtomicU64,
    charged_max: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    charged: usize,
    pooled: usize,
    pool: [Option<Box<Buffer>>; SIZES.len()],
    waiting: [VecDeque<Arc<Waiter>>; 2],
    /// Counts releases, so that a wait can tell whether anything moved.
    releases: u64,
    /// A whole wait passed without a release, for this class.
    stalled: [bool; 2],
    turns: Turns,
    closed: bool,
}

/// Room that is charged already: a buffer of the pool, or leave to make one.
#[derive(Debug)]
enum Room {
    Recycled(Box<Buffer>),
    New(usize),
}

impl Budget {
    pub(super) fn new(limit: usize) -> Budget {
        Budget {
            limit,
            state: Mutex::new(State::default()),
            charged: AtomicU64::new(0),
            charged_max: AtomicU64::new(0),
        }
    }

    pub(super) fn bytes(&self) -> (u64, u64) {
        (self.charged.load(Relaxed), self.charged_max.load(Relaxed))
    }

    /// Gets a buffer that holds the frame, waiting as `overflow` says; `before_wait` wakes the worker.
    /// Tells too whether this crossed half of the budget.
    pub(super) fn acquire(
        &self,
        request: &Request,
        overflow: Overflow,
        before_wait: impl FnOnce(),
    ) -> Result<(Box<Buffer>, bool), DropReason> {
        let mut state = enter(&self.state);
        if state.closed {
            return Err(DropReason::AfterShutdown);
        }
        let before = state.charged;
        if !state.must_queue_behind(request.urgent) {
            // Without room nothing is evicted either, and the lock is kept: whoever lets go of it between this
            // look and the wait may miss a release, or the close that ends all waits.
            if let (Some(room), evicted) = state.charge(request, self.limit) {
                state.turns.took_room(request.is_steady());
                let is_filling = before < self.limit / 2 && state.charged >= self.limit / 2;
                self.publish(&state);
                drop(state);
                drop(evicted);
                return Ok((room.into_buffer(), is_filling));
            }
        }
        let class = usize::from(request.urgent);
        let deadline = match overflow {
            Overflow::DropNewest => return Err(DropReason::QueueFull),
            Overflow::BlockFor(_) if state.stalled[class] => return Err(DropReason::QueueStalled),
            // A limit beyond what the clock can count is none.
            Overflow::BlockFor(limit) => Instant::now().checked_add(limit),
            Overflow::Block => None,
        };
        self.wait(state, request, deadline, before_wait)
            .map(|room| (room.into_buffer(), false))
    }

    /// Waits in the queue of its class until room is granted, the deadline is over, or the queue closes.
    fn wait(
        &self,
        mut state: MutexGuard<'_, State>,
        request: &Request,
        deadline: Option<Instant>,
        before_wait: impl FnOnce(),
    ) -> Result<Room, DropReason> {
        let class = usize::from(request.urgent);
        let waiter = Arc::new(Waiter::new(request));
        let releases = state.releases;
        state.waiting[class].push_back(Arc::clone(&waiter));
        // Its turn is over, or it found no room. What there is, is for the one who waits the longest.
        state.turns.end();
        let evicted = state.grant(self.limit, 1);
        self.publish(&state);
        drop(state);
        drop(evicted);
        before_wait();
        match waiter.wait(deadline) {
            Some(Outcome::Granted(room)) => return Ok(room),
            Some(Outcome::Closed) => return Err(DropReason::AfterShutdown),
            None => {}
        }
        let mut state = enter(&self.state);
        // The grant may have come after the deadline and before this lock.
        match enter(&waiter.outcome).take() {
            Some(Outcome::Granted(room)) => return Ok(room),
            Some(Outcome::Closed) => return Err(DropReason::AfterShutdown),
            None => {}
        }
        state.waiting[class].retain(|other| !Arc::ptr_eq(other, &waiter));
        // Nobody may have been woken for the room that there is.
        let (room, evicted) = state.charge(request, self.limit);
        state.turns.took_room(room.is_some() && request.is_steady());
        let evicted = chain(evicted, state.grant(self.limit, 1));
        // Only when nothing moved during a whole wait do later calls not wait at all.
        state.stalled[class] |= room.is_none() && state.releases == releases;
        self.publish(&state);
        drop(state);
        drop(evicted);
        room.ok_or(DropReason::QueueFull)
    }

    /// Takes buffers back, serves who waits, and keeps the rest for the next.
    pub(super) fn release(&self, mut buffers: Option<Box<Buffer>>) {
        if buffers.is_none() {
            return;
        }
        let mut state = enter(&self.state);
        let mut excess = None;
        while let Some(mut buffer) = buffers {
            buffers = buffer.take_older();
            state.charged -= buffer.charge();
            excess = state.recycle(buffer, excess, self.limit);
        }
        state.releases += 1;
        state.stalled = [false; 2];
        let most = state.how_many_to_wake(self.limit);
        let evicted = state.grant(self.limit, most);
        self.publish(&state);
        drop(state);
        drop((excess, evicted));
    }

    /// Refuses everyone from here on; who waits gives up.
    pub(super) fn close(&self) {
        let mut state = enter(&self.state);
        state.closed = true;
        let waiting: Vec<_> = state
            .waiting
            .iter_mut()
            .flat_map(|queue| queue.drain(..))
            .collect();
        drop(state);
        waiting.iter().for_each(|waiter| waiter.end(Outcome::Closed));
    }

    /// Whether a sixteenth is in use.
    pub(super) fn is_busy(&self) -> bool {
        self.charged.load(Relaxed) >= self.limit as u64 / 16
    }

    pub(super) fn has_waiting(&self) -> bool {
        enter(&self.state).waiting.iter().any(|queue| !queue.is_empty())
    }

    #[cfg(all(test, not(loom)))]
    pub(super) fn waits(&self, urgent: bool) -> bool {
        self.waiting(urgent) > 0
    }

    #[cfg(all(test, not(loom)))]
    fn waiting(&self, urgent: bool) -> usize {
        enter(&self.state).waiting[usize::from(urgent)].len()
    }

    fn publish(&self, state: &State) {
        self.charged.store(state.charged as u64, Relaxed);
        self.charged_max.fetch_max(state.charged as u64, Relaxed);
    }
}

impl State {
    /// Newcomers queue behind those who wait and are due; urgent ones only behind urgent ones.
    fn must_queue_behind(&self, urgent: bool) -> bool {
        !self.waiting[1].is_empty() || (!urgent && self.next_is_due())
    }

    /// Whether the one who waits the longest is to be served before all who come.
    fn next_is_due(&self) -> bool {
        let waiting = &self.waiting[0];
        waiting
            .front()
            .is_some_and(|next| self.turns.is_over(next.since, waiting.len(), Instant::now()))
    }

    /// How many of the steady producers below WARN that wait a release may wake.
    fn how_many_to_wake(&mut self, limit: usize) -> usize {
        self.turns.released(self.charged <= limit / 2)
    }

    /// Charges room for the request, if there is any; gives what had to leave the pool, to be freed outside.
    fn charge(&mut self, request: &Request, limit: usize) -> (Option<Room>, Option<Box<Buffer>>) {
        let Some(size) = self.size_for(request, limit) else {
            return (None, None);
        };
        self.charged += size;
        let place = SIZES.iter().position(|s| *s == size);
        if let Some(pooled) = place.and_then(|place| self.unpool(place)) {
            return (Some(Room::Recycled(pooled)), None);
        }
        let evicted = self.evict(limit);
        (Some(Room::New(size)), evicted)
    }

    /// The size to charge: the preferred below three quarters of the limit, beyond that just the frame.
    fn size_for(&self, request: &Request, limit: usize) -> Option<usize> {
        let normal_limit = limit - limit / 4;
        let preferred = request.preferred.max(request.frame);
        if self.charged + preferred <= normal_limit {
            return Some(preferred);
        }
        let limit = if request.urgent { limit } else { normal_limit };
        (self.charged + request.frame <= limit).then_some(request.frame)
    }

    /// Serves those who wait, in their order, until one does not fit: every WARN and ERROR first, then the others, of
    /// the steady ones at most `most`. Who logs now and then does not wait for the turns of those.
    fn grant(&mut self, limit: usize, most: usize) -> Option<Box<Buffer>> {
        let mut all_evicted = None;
        for (class, most) in [(1, usize::MAX), (0, most)] {
            let (mut woken, mut passed_over) = (0, 0);
            while let Some(waiter) = self.waiting[class].get(passed_over) {
                let request = waiter.request;
                if request.is_steady() && woken >= most {
                    passed_over += 1;
                    continue;
                }
                let (room, evicted) = self.charge(&request, limit);
                all_evicted = chain(evicted, all_evicted);
                let Some(room) = room else { return all_evicted };
                if let Some(waiter) = self.waiting[class].remove(passed_over) {
                    waiter.end(Outcome::Granted(room));
                }
                if request.is_steady() {
                    woken += 1;
                    self.turns.begin(Instant::now());
                }
            }
        }
        all_evicted
    }

    /// Puts an empty buffer into the pool, or in front of `excess` when it has no place there.
    fn recycle(
        &mut self,
        mut buffer: Box<Buffer>,
        excess: Option<Box<Buffer>>,
        limit: usize,
    ) -> Option<Box<Buffer>> {
        let size = buffer.charge();
        match SIZES.iter().position(|s| *s == size) {
            Some(place) if self.charged + self.pooled + size <= limit => {
                buffer.clear();
                buffer.set_older(self.pool[place].take());
                self.pool[place] = Some(buffer);
                self.pooled += size;
                excess
            }
            _ => {
                buffer.set_older(excess);
                Some(buffer)
            }
        }
    }

    fn unpool(&mut self, place: usize) -> Option<Box<Buffer>> {
        let mut buffer = self.pool[place].take()?;
        self.pool[place] = buffer.take_older();
        self.pooled -= SIZES[place];
        Some(buffer)
    }

    /// Takes buffers out of the pool, the largest first, until all is within the limit.
    fn evict(&mut self, limit: usize) -> Option<Box<Buffer>> {
        let mut evicted = None;
        for place in (0..SIZES.len()).rev() {
            while self.charged + self.pooled > limit {
                let Some(mut buffer) = self.unpool(place) else {
                    break;
                };
                buffer.set_older(evicted);
                evicted = Some(buffer);
            }
        }
        evicted
    }
}

/// Hangs `rest` behind `first`, which is one chain.
fn chain(first: Option<Box<Buffer>>, mut rest: Option<Box<Buffer>>) -> Option<Box<Buffer>> {
    let mut next = first;
    while let Some(mut buffer) = next {
        next = buffer.take_older();
        buffer.set_older(rest);
        rest = Some(buffer);
    }
    rest
}

impl Room {
    fn into_buffer(self) -> Box<Buffer> {
        match self {
            Room::Recycled(buffer) => buffer,
            Room::New(size) => Buffer::with_capacity(size),
        }
    }
}

#[cfg(all(test, loom))]
mod models;
#[cfg(all(test, not(loom)))]
mod tests;
