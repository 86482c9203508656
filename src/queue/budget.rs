//! The budget: how many bytes of records may be queued, which producers wait for room, and what happens when the
//! queue is full.
//!
//! Invariant: while a producer waits, something is charged and on its way to the worker. This holds because every
//! frame fits into an empty queue (`settings` ensures it), and every charged buffer is in a chunk that was sent, or
//! owned by a thread about to send it.
//!
//! Waiting producers are served first come, first served, WARN and ERROR first; `time_slices` decides how many at
//! once.

mod time_slices;
mod waiter;

use super::Buffer;
use crate::clock::Instant;
use crate::config::Overflow;
use crate::health::DropReason;
use crate::sync::plain::{AtomicU64, Ordering::Relaxed};
use crate::sync::{Arc, Mutex, MutexGuard, enter};
use std::collections::VecDeque;
use time_slices::TimeSlices;
use waiter::{Outcome, Waiter};

/// Buffer sizes in bytes, each four times the previous one. A larger frame gets a buffer of exactly its size.
const SIZES: [usize; 5] = [256, 1024, 4096, 16_384, LARGEST];
pub(super) const LARGEST: usize = 65_536;

/// The smallest size that holds `bytes`, or the largest size.
pub(super) fn next_size(bytes: usize) -> usize {
    SIZES.into_iter().find(|size| *size >= bytes).unwrap_or(LARGEST)
}

/// What a producer asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    /// Length of its frame.
    pub(super) frame: usize,
    /// Preferred buffer size.
    pub(super) preferred: usize,
    /// The record is WARN or ERROR: it may use the last quarter of the budget and is served first.
    pub(super) urgent: bool,
}

impl Request {
    /// Whether the producer fills one buffer after the other and so will ask again soon.
    fn is_steady(&self) -> bool {
        self.preferred >= LARGEST
    }
}

#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    state: Mutex<State>,
    /// Copies of the state's figures for snapshots and for the length of naps; no ordering is needed.
    charged: AtomicU64,
    charged_max: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    charged: usize,
    pooled: usize,
    pool: [Option<Box<Buffer>>; SIZES.len()],
    waiting: [VecDeque<Arc<Waiter>>; 2],
    /// Counts releases, so that a waiting producer can see whether anything was released meanwhile.
    releases: u64,
    /// Below WARN, and WARN or above: a whole wait ended without any release.
    stalled: [bool; 2],
    slices: TimeSlices,
    closed: bool,
}

/// Room that is already charged: a pooled buffer, or permission to allocate one of this size.
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

    /// Returns a buffer that holds the frame; `overflow` decides whether to wait for one. `before_wait` wakes the
    /// worker. The flag is true if this request crossed half of the budget.
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
            // If there is no room, nothing is evicted either, and the lock is kept: releasing it between this check
            // and the wait could miss a release, or the close that ends all waits.
            if let (Some(room), evicted) = state.charge(request, self.limit) {
                state.slices.took_room(request.is_steady());
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
            // A limit that the clock cannot represent means no limit.
            Overflow::BlockFor(limit) => Instant::now().checked_add(limit),
            Overflow::Block => None,
        };
        self.wait(state, request, deadline, before_wait)
            .map(|room| (room.into_buffer(), false))
    }

    /// Waits in the queue of its class until room is granted, the deadline passes, or the queue is closed.
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
        // Either the time slice of this producer is over or it found no room. Free room goes to the producer that has
        // waited longest.
        state.slices.end();
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
        // The room may have been granted after the deadline, before this lock.
        match enter(&waiter.outcome).take() {
            Some(Outcome::Granted(room)) => return Ok(room),
            Some(Outcome::Closed) => return Err(DropReason::AfterShutdown),
            None => {}
        }
        state.waiting[class].retain(|other| !Arc::ptr_eq(other, &waiter));
        // There may be room for which no producer was woken.
        let (room, evicted) = state.charge(request, self.limit);
        state.slices.took_room(room.is_some() && request.is_steady());
        let evicted = chain(evicted, state.grant(self.limit, 1));
        // Later calls skip the wait only if nothing was released during a whole wait.
        state.stalled[class] |= room.is_none() && state.releases == releases;
        self.publish(&state);
        drop(state);
        drop(evicted);
        room.ok_or(DropReason::QueueFull)
    }

    /// Takes buffers back, serves waiting producers, and pools what is left.
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

    /// Refuses all requests from now on and ends all waits.
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

    /// Whether at least a sixteenth of the budget is in use.
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
    /// New requests queue behind waiting producers whose time slice is due; urgent ones only behind urgent ones.
    fn must_queue_behind(&self, urgent: bool) -> bool {
        !self.waiting[1].is_empty() || (!urgent && self.next_is_due())
    }

    /// Whether the producer that has waited longest must be served before new requests.
    fn next_is_due(&self) -> bool {
        let waiting = &self.waiting[0];
        waiting
            .front()
            .is_some_and(|next| self.slices.is_over(next.since, waiting.len(), Instant::now()))
    }

    /// How many waiting steady producers below WARN may be woken by a release.
    fn how_many_to_wake(&mut self, limit: usize) -> usize {
        self.slices.released(self.charged <= limit / 2)
    }

    /// Charges room for the request, if there is room. Also returns buffers evicted from the pool, to be freed
    /// outside the lock.
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

    /// The size to charge: the preferred size up to three quarters of the limit, beyond that only the frame.
    fn size_for(&self, request: &Request, limit: usize) -> Option<usize> {
        let normal_limit = limit - limit / 4;
        let preferred = request.preferred.max(request.frame);
        if self.charged + preferred <= normal_limit {
            return Some(preferred);
        }
        let limit = if request.urgent { limit } else { normal_limit };
        (self.charged + request.frame <= limit).then_some(request.frame)
    }

    /// Serves waiting producers in their order until one does not fit: first all WARN and ERROR, then the others, at
    /// most `most` steady ones among them. An occasional producer does not wait for the time slices of steady ones.
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
                    self.slices.begin(Instant::now());
                }
            }
        }
        all_evicted
    }

    /// Puts an empty buffer into the pool, or in front of `excess` if the pool has no room for it.
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

    /// Removes buffers from the pool, the largest first, until everything is within the limit.
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

/// Appends `rest` to the chain `first`.
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
