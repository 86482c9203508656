//! Loom models of the ticket cell. They check, in every order of the threads: each ticket gets exactly one answer,
//! its own or the closing one, even if the cell is closed twice; the answer wakes the waiting thread, or the waker
//! that was polled last; a dropped future leaves nothing behind, and the next ticket in its slot gets no old answer.
//!
//! Each was seen to fail on a planted bug. An answer that wakes no thread or no waker, a waker that a later poll does
//! not replace, and a close that skips tickets already taken end in loom's "deadlock". An answer that a later one can
//! change, a second close that replaces the first, a key without its number, and a dropped ticket that still counts
//! as new fail an assertion.

use super::*;
use crate::error::ErrorKind;
use crate::sync::{model, thread};
use std::future::Future;
use std::pin::pin;
use std::task::Wake;

/// The id of a logger that owns no thread of a model.
const LOGGER: u64 = 99;

fn answer(kind: ErrorKind) -> Result<(), Error> {
    Err(Error::new(kind, "planted"))
}

/// The kind of an error; `None` for a success.
fn kind(result: &Result<(), Error>) -> Option<ErrorKind> {
    result.as_ref().err().map(Error::kind)
}

/// The kind of the answer that the cell was closed with.
fn closed_by(cell: &Cell) -> Option<ErrorKind> {
    kind(&cell.closed().expect("it is closed"))
}

fn send(cell: &Arc<Cell>) -> Flush {
    Flush::send(cell, Request::Flush, LOGGER)
}

/// Answers all new tickets, and returns how many there were.
fn answer_all(cell: &Cell, result: &Result<(), Error>) -> usize {
    let mut tickets = Vec::new();
    cell.take(&mut tickets);
    for ticket in &tickets {
        cell.answer(ticket.key, result.clone(), Loss::default());
    }
    tickets.len()
}

/// A waker that a thread can wait for.
#[derive(Default)]
struct Signal {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Wake for Signal {
    fn wake(self: std::sync::Arc<Self>) {
        *enter(&self.woken) = true;
        self.changed.notify_one();
    }
}

impl Signal {
    fn wait(&self) {
        let mut woken = enter(&self.woken);
        while !*woken {
            woken = self.changed.wait(woken).unwrap();
        }
    }
}

/// Polls twice with different wakers, as for a future that moved to another task, and then whenever it is woken.
fn run(mut flush: Flush) -> Result<(), Error> {
    let mut flush = pin!(&mut flush);
    let (early, last) = (Arc::new(Signal::default()), Arc::new(Signal::default()));
    let early = Arc::clone(&early).into();
    if let Poll::Ready(result) = flush.as_mut().poll(&mut Context::from_waker(&early)) {
        return result;
    }
    let waker = Arc::clone(&last).into();
    loop {
        match flush.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => return result,
            Poll::Pending => last.wait(),
        }
    }
}

#[test]
fn an_answer_reaches_a_thread_that_waits_and_a_task_that_polls() {
    model::check(
        "an_answer_reaches_a_thread_that_waits_and_a_task_that_polls",
        3,
        || {
            let cell = Arc::new(Cell::default());
            let (waited, polled) = (Arc::clone(&cell), Arc::clone(&cell));
            let waits = thread::spawn(move || send(&waited).wait());
            let polls = thread::spawn(move || run(send(&polled)));
            let early = answer_all(&cell, &answer(ErrorKind::Io));
            let flush = send(&cell);
            let mine = answer_all(&cell, &Ok(()));
            assert_eq!(kind(&flush.wait()), None);
            // Tickets that came after both rounds of answers are answered when the cell is closed.
            cell.close(answer(ErrorKind::Timeout));
            let kinds = [kind(&waits.join()), kind(&polls.join())];
            let by = |wanted| kinds.iter().filter(|kind| **kind == wanted).count();
            assert_eq!(
                (by(Some(ErrorKind::Io)), by(None)),
                (early, mine - 1),
                "{kinds:?}"
            );
            assert_eq!(by(Some(ErrorKind::Timeout)), 3 - early - mine);
            assert_eq!(cell.waiting(), 0);
        },
    );
}

#[test]
fn a_ticket_gets_one_answer_however_often_the_cell_is_closed() {
    model::check(
        "a_ticket_gets_one_answer_however_often_the_cell_is_closed",
        3,
        || {
            let cell = Arc::new(Cell::default());
            let (asking, limit) = (Arc::clone(&cell), Arc::clone(&cell));
            let asks = thread::spawn(move || {
                let (first, second) = (send(&asking), send(&asking));
                (
                    kind(&first.wait()),
                    kind(&second.wait()),
                    kind(&send(&asking).wait()),
                )
            });
            // The answers of the worker and of the watchdog: the first one closes the cell.
            let closes = thread::spawn(move || limit.close(answer(ErrorKind::Timeout)));
            let mut taken = Vec::new();
            cell.take(&mut taken);
            let early = cell.closed().is_none();
            // The second ticket, even if it was taken too, gets the closing answer.
            let own = taken.iter().find(|ticket| ticket.key.number == 1);
            own.into_iter()
                .for_each(|ticket| cell.answer(ticket.key, Ok(()), Loss::default()));
            cell.close(answer(ErrorKind::Incomplete));
            let closed = closed_by(&cell);
            let (first, second, late) = asks.join();
            closes.join();
            // Its own answer, unless the closing one came first.
            assert!(
                first == closed || first.is_none() && own.is_some() && early,
                "{first:?}"
            );
            assert_eq!((second, late), (closed, closed), "the answer that closed");
            assert_eq!(closed_by(&cell), closed, "it was changed");
            assert!(!cell.has_new() && cell.waiting() == 0);
        },
    );
}

#[test]
fn a_dropped_future_leaves_nothing_and_no_answer_for_the_next() {
    model::check(
        "a_dropped_future_leaves_nothing_and_no_answer_for_the_next",
        3,
        || {
            let cell = Arc::new(Cell::default());
            let asking = Arc::clone(&cell);
            let asks = thread::spawn(move || {
                drop(send(&asking));
                // It gets the slot of the dropped ticket.
                kind(&send(&asking).wait())
            });
            let mut tickets = Vec::new();
            cell.take(&mut tickets);
            let first = tickets.first().map(|ticket| ticket.key.number);
            for ticket in tickets {
                cell.answer(ticket.key, answer(ErrorKind::Io), Loss::default());
            }
            cell.close(Ok(()));
            // The second ticket gets an answer to itself or the closing one, never that of the first.
            assert_eq!(asks.join(), (first == Some(2)).then_some(ErrorKind::Io));
            assert!(!cell.has_new() && cell.waiting() == 0);
        },
    );
}

#[test]
fn a_ticket_sent_while_the_worker_checks_is_seen_or_announced() {
    model::check(
        "a_ticket_sent_while_the_worker_checks_is_seen_or_announced",
        3,
        || {
            let cell = Arc::new(Cell::default());
            let worker = thread::current();
            let asking = Arc::clone(&cell);
            let asks = thread::spawn(move || {
                let (kept, dropped) = (send(&asking), send(&asking));
                worker.unpark();
                drop(dropped);
                kept.wait()
            });
            while answer_all(&cell, &Ok(())) == 0 {
                if !cell.has_new() {
                    thread::park();
                }
            }
            answer_all(&cell, &Ok(()));
            assert_eq!(kind(&asks.join()), None);
            assert!(!cell.has_new());
        },
    );
}
