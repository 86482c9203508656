//! Models of the wait for room. What they hold against every order of the threads: while someone waits, something
//! is charged (and so on its way to a release), nobody waits for ever, and no byte stays charged.
//!
//! Each was seen to fail on a planted bug: a release that serves nobody, a grant that wakes nobody and a gap between
//! the look for room and the place in the list end in loom's "deadlock"; a close that forgets who waits fails the
//! invariant; a wait whose deadline is over leaves bytes charged when it drops a grant which came meanwhile, and
//! when it stays in the list and is granted room that nobody uses; a wait that ends without a look for room drops a
//! record beside room, and a turn that counts on beyond a release leaves somebody behind.

use super::*;
use crate::sync::{Arc, Condvar, model, thread};
use std::time::Duration;

const LIMIT: Duration = Duration::from_millis(100);
const FRAME: usize = 1000;

/// Buffers between those who got them and the one who gives them back.
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

/// One frame of this size below WARN fits, two do not; of the same size at WARN one more does.
fn budget() -> Arc<Budget> {
    Arc::new(Budget::new(2 * FRAME + FRAME / 2))
}

fn acquire(budget: &Budget, urgent: bool, overflow: Overflow) -> Result<Box<Buffer>, DropReason> {
    acquire_of(FRAME, budget, urgent, overflow)
}

/// As a steady producer does.
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
    /// The invariant, at a moment at which nobody is changing anything.
    fn assert_whole(&self) {
        let state = enter(&self.state);
        let waits = state.waiting.iter().any(|queue| !queue.is_empty());
        assert!(
            !waits || state.charged > 0,
            "someone waits and nothing is charged"
        );
        assert!(!waits || !state.closed, "someone waits in a closed queue");
        assert!(state.charged + state.pooled <= self.limit, "beyond the limit");
    }

    /// Everything was given back, and nobody is left.
    fn assert_empty(&self) {
        let state = enter(&self.state);
        assert_eq!(state.charged, 0, "bytes stayed charged");
        assert!(
            state.waiting.iter().all(VecDeque::is_empty),
            "a waiter stayed in the list"
        );
    }

    /// Time goes on beyond every deadline, and whoever has one is woken, as the system would.
    fn let_deadlines_pass(&self) {
        let state = enter(&self.state);
        model::pass(LIMIT);
        for waiter in state.waiting.iter().flatten() {
            // Who has looked at the clock before is asleep by now.
            drop(enter(&waiter.outcome));
            waiter.changed.notify_one();
        }
    }
}

#[test]
fn who_waits_for_room_gets_it() {
    model::check("who_waits_for_room_gets_it", 3, || {
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
fn whoever_took_a_turn_and_never_came_back_leaves_nobody_behind() {
    model::check(
        "whoever_took_a_turn_and_never_came_back_leaves_nobody_behind",
        3,
        || {
            // Six buffers fit: with four of them the worker has enough to do, and need not wake all.
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
fn a_wait_that_ends_takes_the_room_nobody_was_woken_for() {
    model::check("a_wait_that_ends_takes_the_room_nobody_was_woken_for", 3, || {
        let budget = Arc::new(Budget::new(8 * LARGEST));
        let mut held: Vec<_> = (0..6)
            .map(|_| acquire_steadily(&budget, false, Overflow::DropNewest).unwrap())
            .collect();
        let waiting = Arc::clone(&budget);
        let waiter = thread::spawn(move || {
            let buffer = acquire_steadily(&waiting, false, Overflow::BlockFor(LIMIT)).expect("there is room");
            waiting.release(Some(buffer));
        });
        // Somebody runs, so a release beside it may wake nobody.
        held.push(acquire_steadily(&budget, true, Overflow::DropNewest).unwrap());
        let mut two = held.pop().unwrap();
        two.set_older(held.pop());
        budget.release(Some(two));
        budget.let_deadlines_pass();
        waiter.join();
        held.into_iter().for_each(|buffer| budget.release(Some(buffer)));
        budget.assert_empty();
    });
}

#[test]
fn a_deadline_beside_a_grant_loses_no_room() {
    model::check("a_deadline_beside_a_grant_loses_no_room", 3, || {
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
        // Nothing of the wait is left: the next one neither waits nor is refused.
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
