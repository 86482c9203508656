//! Loom models of the wait for room. They check, in every order of the threads: while a producer waits, something is
//! charged (and so on its way to a release), no producer waits for ever, and no byte stays charged.
//!
//! Each was seen to fail on a planted bug. A release that serves no waiting producer, a grant that wakes no thread, and
//! a gap between the check for room and the entry in the list end in loom's "deadlock". A close that skips waiting
//! producers fails the invariant. A wait that ends at its deadline leaves bytes charged if it drops a grant that came
//! meanwhile, or if it stays in the list and is granted room. A wait that ends without another check for room drops a
//! record although there is room. A producer that counts as running for ever leaves a waiting one behind.

use super::*;
use crate::sync::{Arc, Condvar, model, thread};
use std::time::Duration;

const LIMIT: Duration = Duration::from_millis(100);
const FRAME: usize = 1000;

/// Buffers on their way from the producers to the thread that releases them.
#[derive(Default)]
struct Sent {
    buffers: Mutex<Vec<Box<Buffer>>>,
    more: Condvar,
}

impl Sent {
    fn send(&self, buffer: Box<Buffer>) {
        enter(&self.buffers).push(buffer);
        self.more.notify_one();
    }

    fn receive(&self) -> Box<Buffer> {
        let mut buffers = enter(&self.buffers);
        loop {
            if let Some(buffer) = buffers.pop() {
                return buffer;
            }
            buffers = self.more.wait(buffers).unwrap();
        }
    }
}

/// A budget with room for one frame of `FRAME` bytes below WARN, and for one more at WARN.
fn budget() -> Arc<Budget> {
    Arc::new(Budget::new(2 * FRAME + FRAME / 2))
}

fn acquire(budget: &Budget, urgent: bool, overflow: Overflow) -> Result<Box<Buffer>, DropReason> {
    acquire_of(FRAME, budget, urgent, overflow)
}

/// As a steady producer, which asks for the largest buffer.
fn acquire_steadily(budget: &Budget, urgent: bool, overflow: Overflow) -> Result<Box<Buffer>, DropReason> {
    acquire_of(LARGEST, budget, urgent, overflow)
}

fn acquire_of(
    bytes: usize,
    budget: &Budget,
    urgent: bool,
    overflow: Overflow,
) -> Result<Box<Buffer>, DropReason> {
    let request = Request {
        frame: bytes,
        preferred: bytes,
        urgent,
    };
    let got = budget.acquire(&request, overflow, || {});
    budget.assert_whole();
    got.map(|(buffer, _)| buffer)
}

impl Budget {
    /// Checks the invariant, under the lock.
    fn assert_whole(&self) {
        let state = enter(&self.state);
        let waits = state.waiting.iter().any(|queue| !queue.is_empty());
        assert!(
            !waits || state.charged > 0,
            "a producer waits and nothing is charged"
        );
        assert!(!waits || !state.closed, "a producer waits in a closed queue");
        assert!(state.charged + state.pooled <= self.limit, "beyond the limit");
    }

    /// Checks that everything was released and no producer waits.
    fn assert_empty(&self) {
        let state = enter(&self.state);
        assert_eq!(state.charged, 0, "bytes stayed charged");
        assert!(
            state.waiting.iter().all(VecDeque::is_empty),
            "a waiter stayed in the list"
        );
    }

    /// Moves the time beyond every deadline and wakes the threads that wait for one, as the system would.
    fn let_deadlines_pass(&self) {
        let state = enter(&self.state);
        model::pass(LIMIT);
        for waiter in state.waiting.iter().flatten() {
            // A thread that read the clock before holds this lock until it sleeps.
            drop(enter(&waiter.outcome));
            waiter.changed.notify_one();
        }
    }
}

#[test]
fn waiting_producers_get_room() {
    model::check("waiting_producers_get_room", 3, || {
        let (budget, sent) = (budget(), Arc::new(Sent::default()));
        for urgent in [false, false, true] {
            let (budget, sent) = (Arc::clone(&budget), Arc::clone(&sent));
            thread::spawn(move || sent.send(acquire(&budget, urgent, Overflow::Block).unwrap()));
        }
        for _ in 0..3 {
            budget.release(Some(sent.receive()));
            budget.assert_whole();
        }
        budget.assert_empty();
    });
}

#[test]
fn a_producer_that_stops_after_its_slice_leaves_none_waiting() {
    model::check(
        "a_producer_that_stops_after_its_slice_leaves_none_waiting",
        3,
        || {
            // Six buffers fit. With four of them the queue is not below half full, so a release need not wake all.
            let (budget, sent) = (Arc::new(Budget::new(8 * LARGEST)), Arc::new(Sent::default()));
            let held: Vec<_> = (0..6)
                .map(|_| acquire_steadily(&budget, false, Overflow::DropNewest).unwrap())
                .collect();
            for _ in 0..2 {
                let (budget, sent) = (Arc::clone(&budget), Arc::clone(&sent));
                thread::spawn(move || sent.send(acquire_steadily(&budget, false, Overflow::Block).unwrap()));
            }
            for buffer in held {
                budget.release(Some(buffer));
            }
            for _ in 0..2 {
                budget.release(Some(sent.receive()));
            }
            budget.assert_empty();
        },
    );
}

#[test]
fn a_wait_that_ends_takes_room_for_which_no_producer_was_woken() {
    model::check(
        "a_wait_that_ends_takes_room_for_which_no_producer_was_woken",
        3,
        || {
            let budget = Arc::new(Budget::new(8 * LARGEST));
            let mut held: Vec<_> = (0..6)
                .map(|_| acquire_steadily(&budget, false, Overflow::DropNewest).unwrap())
                .collect();
            let waiting = Arc::clone(&budget);
            let waiter = thread::spawn(move || {
                let buffer =
                    acquire_steadily(&waiting, false, Overflow::BlockFor(LIMIT)).expect("there is room");
                waiting.release(Some(buffer));
            });
            // A producer counts as running, so a release may wake none.
            held.push(acquire_steadily(&budget, true, Overflow::DropNewest).unwrap());
            let mut two = held.pop().unwrap();
            two.set_older(held.pop());
            budget.release(Some(two));
            budget.let_deadlines_pass();
            waiter.join();
            held.into_iter().for_each(|buffer| budget.release(Some(buffer)));
            budget.assert_empty();
        },
    );
}

#[test]
fn a_deadline_that_races_a_grant_loses_no_room() {
    model::check("a_deadline_that_races_a_grant_loses_no_room", 3, || {
        let budget = budget();
        let first = acquire(&budget, false, Overflow::DropNewest).unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let budget = Arc::clone(&budget);
                thread::spawn(move || match acquire(&budget, false, Overflow::BlockFor(LIMIT)) {
                    Ok(buffer) => budget.release(Some(buffer)),
                    Err(reason) => {
                        assert!(matches!(reason, DropReason::QueueFull | DropReason::QueueStalled))
                    }
                })
            })
            .collect();
        let releasing = Arc::clone(&budget);
        let release = thread::spawn(move || releasing.release(Some(first)));
        budget.let_deadlines_pass();
        release.join();
        budget.let_deadlines_pass();
        waiting.into_iter().for_each(thread::JoinHandle::join);
        budget.assert_empty();
        // The waits have left nothing behind: the next request neither waits nor is refused.
        acquire(&budget, false, Overflow::BlockFor(LIMIT)).unwrap();
    });
}

#[test]
fn closing_ends_every_wait() {
    model::check("closing_ends_every_wait", 3, || {
        let budget = budget();
        let first = acquire(&budget, false, Overflow::DropNewest).unwrap();
        let waiting = [false, true, true].map(|urgent| {
            let budget = Arc::clone(&budget);
            thread::spawn(move || match acquire(&budget, urgent, Overflow::Block) {
                Ok(buffer) => budget.release(Some(buffer)),
                Err(reason) => assert_eq!(reason, DropReason::AfterShutdown),
            })
        });
        budget.close();
        budget.assert_whole();
        budget.release(Some(first));
        waiting.into_iter().for_each(thread::JoinHandle::join);
        budget.assert_empty();
    });
}
