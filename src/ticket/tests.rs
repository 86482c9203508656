use super::*;
use crate::error::ErrorKind;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;
use std::time::Duration;

const NOTHING: Loss = Loss {
    dropped: 0,
    failed: 0,
    left_out: 0,
};

fn take(cell: &Cell) -> Vec<Ticket> {
    let mut tickets = Vec::new();
    cell.take(&mut tickets);
    tickets
}

fn flush(cell: &Arc<Cell>) -> Flush {
    Flush::send(cell, Request::Flush, 99)
}

#[derive(Default)]
struct Count(AtomicUsize);
impl Wake for Count {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn the_last_waker_is_woken_once() {
    let cell = Arc::new(Cell::default());
    let (first, last) = (
        std::sync::Arc::new(Count::default()),
        std::sync::Arc::new(Count::default()),
    );
    let mut flush = pin!(flush(&cell));
    assert!(
        flush
            .as_mut()
            .poll(&mut Context::from_waker(&first.clone().into()))
            .is_pending()
    );
    assert!(
        flush
            .as_mut()
            .poll(&mut Context::from_waker(&last.clone().into()))
            .is_pending()
    );
    let ticket = take(&cell)[0];
    cell.answer(ticket.key, Ok(()), NOTHING);
    cell.answer(ticket.key, Ok(()), NOTHING);
    assert_eq!(
        (first.0.load(Ordering::SeqCst), last.0.load(Ordering::SeqCst)),
        (0, 1)
    );
    assert!(
        flush
            .as_mut()
            .poll(&mut Context::from_waker(&last.into()))
            .is_ready()
    );
}

#[test]
fn a_dropped_future_leaves_nothing_behind() {
    let cell = Arc::new(Cell::default());
    let waker = std::sync::Arc::new(Count::default());
    for round in 0..100_000 {
        let mut flush = flush(&cell);
        if round % 2 == 0 {
            take(&cell);
        }
        assert!(
            std::pin::Pin::new(&mut flush)
                .poll(&mut Context::from_waker(&waker.clone().into()))
                .is_pending()
        );
    }
    assert_eq!(cell.waiting(), 0);
    assert!(!cell.has_new());
    assert_eq!(enter(&cell.state).slots.len(), 1);
    assert_eq!(std::sync::Arc::strong_count(&waker), 1);
}

#[test]
fn an_answer_to_an_earlier_ticket_never_reaches_the_next_in_its_slot() {
    let cell = Arc::new(Cell::default());
    drop({
        let early = flush(&cell);
        take(&cell);
        early
    });
    let early = Key { place: 0, number: 1 };
    let late = flush(&cell);
    cell.answer(early, Ok(()), NOTHING);
    let error = late.wait_timeout(Duration::from_millis(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[test]
fn a_loss_stays_unreported_until_a_caller_takes_the_answer() {
    let cell = Arc::new(Cell::default());
    let loss = Loss {
        dropped: 3,
        failed: 0,
        left_out: 0,
    };
    let abandoned = flush(&cell);
    cell.answer(take(&cell)[0].key, Ok(()), loss);
    drop(abandoned);
    let kept = flush(&cell);
    let ticket = take(&cell)[0];
    assert_eq!(
        loss.since(ticket.reported).total(),
        3,
        "no caller received the answer"
    );
    cell.answer(ticket.key, Ok(()), loss);
    kept.wait().unwrap();
    let next = flush(&cell);
    assert_eq!(loss.since(take(&cell)[0].reported).total(), 0);
    drop(next);
}

#[test]
fn closing_answers_every_ticket_also_later_ones() {
    let cell = Arc::new(Cell::default());
    let waiting = flush(&cell);
    cell.close(Err(Error::new(ErrorKind::Timeout, "limit")));
    cell.close(Ok(()));
    assert_eq!(waiting.wait().unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(flush(&cell).wait().unwrap_err().kind(), ErrorKind::Timeout);
    assert!(cell.wait_closed(Instant::now()));
}

#[test]
fn a_waker_that_panics_does_not_reach_the_worker() {
    struct Bad;
    impl Wake for Bad {
        fn wake(self: std::sync::Arc<Self>) {
            panic!("planted");
        }
    }
    let cell = Arc::new(Cell::default());
    let mut flush = pin!(flush(&cell));
    let bad = std::sync::Arc::new(Bad).into();
    assert!(flush.as_mut().poll(&mut Context::from_waker(&bad)).is_pending());
    cell.answer(take(&cell)[0].key, Ok(()), NOTHING);
    assert!(flush.as_mut().poll(&mut Context::from_waker(&bad)).is_ready());
}

#[test]
fn a_wait_on_the_loggers_own_thread_is_refused_at_once() {
    let cell = Arc::new(Cell::default());
    let error = std::thread::spawn(move || {
        crate::process::become_own_thread(7);
        Flush::send(&cell, Request::Flush, 7).wait().unwrap_err()
    })
    .join()
    .unwrap();
    assert_eq!(error.kind(), ErrorKind::WouldDeadlock);
}

#[test]
fn errors_of_a_wait_name_the_call() {
    let cell = Arc::new(Cell::default());
    let calls = [
        (Request::Flush, "flush"),
        (Request::Sync, "sync"),
        (Request::Reopen, "reopen"),
    ];
    for (request, call) in calls {
        let sent = Flush::send(&cell, request, 99);
        let error = sent.wait_timeout(Duration::from_millis(1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(
            error.to_string().starts_with(&format!("{call} was not answered")),
            "{error}"
        );
    }
}
