//! The turns of those who wait, as a queue more than half full gives them.

use super::*;
use std::sync::mpsc;
use std::time::Duration;

fn wanting(bytes: usize, urgent: bool) -> Request {
    Request {
        frame: bytes,
        preferred: bytes,
        urgent,
    }
}

/// A full budget of eight of the largest buffers, of which the last two are for WARN and ERROR.
#[allow(clippy::vec_box)] // a release takes boxes
fn full() -> (Arc<Budget>, Vec<Box<Buffer>>) {
    let budget = Arc::new(Budget::new(8 * LARGEST));
    let held = (0..6).map(|_| now(&budget, &wanting(LARGEST, false)));
    let held = held.collect();
    (budget, held)
}

fn now(budget: &Budget, request: &Request) -> Box<Buffer> {
    budget
        .acquire(request, Overflow::DropNewest, || {})
        .expect("there is room")
        .0
}

/// Threads that wait for `bytes` each, when all wait; each sends the buffer that it gets.
fn waiting(budget: &Arc<Budget>, threads: usize, bytes: usize) -> mpsc::Receiver<Box<Buffer>> {
    let (sender, got) = mpsc::channel();
    let before = budget.waiting(false);
    for _ in 0..threads {
        let (budget, sender) = (Arc::clone(budget), sender.clone());
        std::thread::spawn(move || {
            let buffer = budget.acquire(&wanting(bytes, false), Overflow::Block, || {});
            sender.send(buffer.expect("the queue stays open").0)
        });
    }
    while budget.waiting(false) < before + threads {
        std::thread::yield_now();
    }
    got
}

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn who_logs_now_and_then_waits_for_no_turn_of_steady_producers() {
    let (budget, mut held) = full();
    let steady = waiting(&budget, 2, LARGEST);
    let seldom = waiting(&budget, 8, 1024);
    // One of the steady ones runs, so that a release wakes none of them before its turn is over.
    held.push(now(&budget, &wanting(LARGEST, true)));
    let three = held.split_off(4);
    three.into_iter().for_each(|buffer| budget.release(Some(buffer)));
    for _ in 0..8 {
        let buffer = seldom.recv_timeout(LIMIT).expect("there is room for it");
        budget.release(Some(buffer));
    }
    held.into_iter().for_each(|buffer| budget.release(Some(buffer)));
    for _ in 0..2 {
        budget.release(Some(steady.recv_timeout(LIMIT).expect("there is room for it")));
    }
    assert_eq!(budget.bytes().0, 0);
}
