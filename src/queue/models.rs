//! Loom models of the chunk protocol: open, send, seal, close, take back. They check, in every order of the threads:
//! an accepted frame is sealed once, in its thread's order; a refused frame is never sealed; the number of accepted
//! frames is that of the sealed ones; no byte stays charged.
//!
//! Each was seen to fail on a planted bug: a chunk that is sent before its frame is in, or not sent again after
//! a seal (frames missing), a check of `closed` before the send instead of after it (accepted, never sealed; it
//! takes three preemptions), a take-back that releases no bytes (bytes stay charged), or that does not count down
//! (accepted and sealed differ). Sending a chunk twice is harmless: its second seal finds nothing.

use super::*;
use crate::record::{View, frame, frame_len};
use crate::sync::{model, thread};

/// The messages of sealed buffers, oldest first.
fn messages(buffers: Option<&Buffer>, into: &mut Vec<String>) {
    let Some(buffer) = buffers else { return };
    messages(buffer.older(), into);
    let mut bytes = buffer.bytes();
    while let Some(len) = frame_len(bytes) {
        into.push(View::read(bytes).unwrap().message().to_owned());
        bytes = &bytes[len..];
    }
}

/// One pass of a worker without outputs: receives once, seals the chunks and appends their messages to `taken`.
fn pass(queue: &Queue, receiver: &Receiver, taken: &mut Vec<String>) {
    let mut chunks = Vec::new();
    receiver.receive(&mut chunks);
    for chunk in chunks {
        let sealed = chunk.seal();
        messages(sealed.as_deref(), taken);
        queue.release(sealed);
    }
}

/// Starts a thread that puts `texts` and returns those that were accepted.
fn producer(queue: &Arc<Queue>, texts: &'static [&'static str]) -> thread::JoinHandle<Vec<&'static str>> {
    let queue = Arc::clone(queue);
    thread::spawn(move || {
        let chunk = queue.new_chunk();
        let accepted = |text: &&&str| {
            let put = queue.put(
                &chunk,
                &mut frame(Level::Info, text),
                Level::Info,
                Overflow::Block,
            );
            assert!(matches!(put, Ok(()) | Err(DropReason::AfterShutdown)));
            put.is_ok()
        };
        texts.iter().filter(accepted).copied().collect()
    })
}

/// Checks that `taken` has each thread's frames once and in their order, and nothing else.
fn assert_taken(taken: &[String], accepted: &[Vec<&str>]) {
    for texts in accepted {
        let own: Vec<_> = taken
            .iter()
            .filter(|text| texts.contains(&text.as_str()))
            .collect();
        assert_eq!(own, texts.iter().collect::<Vec<_>>(), "of all: {taken:?}");
    }
    assert_eq!(
        taken.len(),
        accepted.iter().map(Vec::len).sum::<usize>(),
        "{taken:?}"
    );
}

#[test]
fn every_frame_is_sealed_once_and_in_order() {
    model::check("every_frame_is_sealed_once_and_in_order", 3, || {
        let (queue, receiver) = queue(1 << 20);
        let queue = Arc::new(queue);
        let producers = [
            producer(&queue, &["a1", "a2", "a3"]),
            producer(&queue, &["b1", "b2"]),
        ];
        let mut taken = Vec::new();
        pass(&queue, &receiver, &mut taken);
        pass(&queue, &receiver, &mut taken);
        let accepted = producers.map(thread::JoinHandle::join);
        pass(&queue, &receiver, &mut taken);
        assert_eq!(accepted.iter().map(Vec::len).sum::<usize>(), 5);
        assert_taken(&taken, &accepted);
        assert_eq!((queue.accepted(), queue.bytes().0), (5, 0));
    });
}

#[test]
fn frames_put_while_the_worker_closes_are_sealed_or_refused() {
    model::check(
        "frames_put_while_the_worker_closes_are_sealed_or_refused",
        3,
        || {
            let (queue, receiver) = queue(1 << 20);
            let queue = Arc::new(queue);
            let producers = [producer(&queue, &["a1", "a2", "a3"]), producer(&queue, &["b1"])];
            let mut taken = Vec::new();
            pass(&queue, &receiver, &mut taken);
            queue.close();
            pass(&queue, &receiver, &mut taken);
            drop(receiver);
            let accepted = producers.map(thread::JoinHandle::join);
            assert_taken(&taken, &accepted);
            assert_eq!((queue.accepted(), queue.bytes().0), (taken.len() as u64, 0));
        },
    );
}

/// The watchdog of a shutdown closes and empties the queue while the worker is in a write, and then the write returns.
#[test]
fn frames_put_while_the_watchdog_closes_are_sealed_or_refused() {
    model::check(
        "frames_put_while_the_watchdog_closes_are_sealed_or_refused",
        3,
        || {
            let (queue, receiver) = queue(1 << 20);
            let queue = Arc::new(queue);
            let producer = producer(&queue, &["a1", "a2"]);
            let closing = Arc::clone(&queue);
            let limit = thread::spawn(move || {
                closing.close();
                closing.take_rest()
            });
            let mut taken = Vec::new();
            pass(&queue, &receiver, &mut taken);
            let rest = limit.join();
            let accepted = producer.join();
            // The worker finds what was put after the watchdog emptied the queue, and leaves nothing.
            pass(&queue, &receiver, &mut taken);
            assert_eq!(taken.len() as u64 + rest, accepted.len() as u64);
            assert!(taken.iter().all(|text| accepted.contains(&text.as_str())));
            assert_eq!((queue.accepted(), queue.bytes().0), (accepted.len() as u64, 0));
            assert_eq!(queue.take_rest(), 0);
        },
    );
}

/// A record that is logged without thread-locals gets a separate chunk, which leaves the list when later threads
/// register. The planted bug was a relaxed store of `retired`: the count may then be read as it was before, and a record
/// is missing from the ledger for ever.
#[test]
fn records_of_a_retired_chunk_stay_counted() {
    model::check("records_of_a_retired_chunk_stay_counted", 3, || {
        let (queue, receiver) = queue(1 << 20);
        let queue = Arc::new(queue);
        let mut listed = vec![queue.new_chunk()];
        let is_full_but_for_one = || {
            let chunks = enter(&queue.chunks);
            chunks.len() + 1 >= chunks.capacity()
        };
        while !is_full_but_for_one() {
            listed.push(queue.new_chunk());
        }
        let logging = Arc::clone(&queue);
        let ending = thread::spawn(move || {
            let chunk = logging.new_chunk();
            let put = logging.put(
                &chunk,
                &mut frame(Level::Info, "a1"),
                Level::Info,
                Overflow::Block,
            );
            chunk.retire();
            put.is_ok()
        });
        let coming = queue.new_chunk();
        assert!(ending.join());
        assert_eq!(queue.accepted(), 1);
        let mut taken = Vec::new();
        pass(&queue, &receiver, &mut taken);
        assert_eq!(taken, ["a1"]);
        drop((listed, coming));
    });
}
