//! The time slices of waiting producers, in a queue that is more than half full.

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

/// Returns a budget of eight of the largest buffers that is full for records below WARN, and its six buffers.
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

/// Starts threads that wait for `bytes` each, and returns when all wait. Each sends the buffer that it gets.
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
fn an_occasional_producer_does_not_wait_for_slices_of_steady_ones() {
    let (budget, mut held) = full();
    let steady = waiting(&budget, 2, LARGEST);
    let seldom = waiting(&budget, 8, 1024);
    // A steady producer counts as running, so that a release wakes no other one before its slice is over.
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
