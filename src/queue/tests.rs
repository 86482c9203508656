use super::*;
use crate::record;
use std::time::{Duration, Instant};

fn frame(level: Level, bytes: usize) -> Vec<u8> {
    record::frame(level, &" ".repeat(bytes))
}

/// Receives and releases everything; returns the number of chunks.
fn drain(queue: &Queue, receiver: &Receiver) -> usize {
    let mut chunks = Vec::new();
    receiver.receive(&mut chunks);
    chunks.iter().for_each(|chunk| queue.release(chunk.seal()));
    chunks.len()
}

#[test]
fn an_open_chunk_takes_further_frames_without_being_sent_again() {
    let (queue, receiver) = queue(1 << 20);
    let chunk = queue.new_chunk();
    for _ in 0..100 {
        queue
            .put(
                &chunk,
                &mut frame(Level::Info, 10),
                Level::Info,
                Overflow::DropNewest,
            )
            .unwrap();
    }
    assert_eq!(queue.accepted(), 100);
    assert_eq!(drain(&queue, &receiver), 1);
    queue
        .put(
            &chunk,
            &mut frame(Level::Info, 10),
            Level::Info,
            Overflow::DropNewest,
        )
        .unwrap();
    assert_eq!(drain(&queue, &receiver), 1);
    assert_eq!(queue.bytes().0, 0);
}

/// Fills the queue with frames of `level`; returns how many fitted.
fn fill(queue: &Queue, chunk: &Arc<Chunk>, level: Level) -> usize {
    (0..)
        .take_while(|_| {
            queue
                .put(chunk, &mut frame(level, 1000), level, Overflow::DropNewest)
                .is_ok()
        })
        .count()
}

#[test]
fn the_last_quarter_is_for_warn_and_error() {
    let (queue, _receiver) = queue(100_000);
    let chunk = queue.new_chunk();
    assert!(fill(&queue, &chunk, Level::Info) > 50);
    assert!(queue.bytes().0 <= 75_000);
    let errors = fill(&queue, &chunk, Level::Error);
    assert!((20..=25).contains(&errors), "{errors}");
    assert!(queue.bytes().1 <= 100_000);
    assert_eq!(
        queue.put(
            &chunk,
            &mut frame(Level::Error, 1000),
            Level::Error,
            Overflow::DropNewest
        ),
        Err(DropReason::QueueFull)
    );
}

#[test]
fn after_a_wait_without_a_release_calls_drop_at_once() {
    let (queue, receiver) = queue(100_000);
    let chunk = queue.new_chunk();
    fill(&queue, &chunk, Level::Info);
    let policy = Overflow::BlockFor(Duration::from_millis(30));
    let put = || queue.put(&chunk, &mut frame(Level::Info, 1000), Level::Info, policy);
    let start = Instant::now();
    assert_eq!(put(), Err(DropReason::QueueFull));
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert_eq!(put(), Err(DropReason::QueueStalled));
    drain(&queue, &receiver);
    assert_eq!(put(), Ok(()));
}

#[test]
fn waiting_producers_are_served_errors_first() {
    let (queue, receiver) = queue(100_000);
    let chunk = queue.new_chunk();
    fill(&queue, &chunk, Level::Error);
    let order = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for level in [Level::Info, Level::Error] {
            let own = queue.new_chunk();
            let (queue, order) = (&queue, &order);
            scope.spawn(move || {
                queue
                    .put(&own, &mut frame(level, 40_000), level, Overflow::Block)
                    .unwrap();
                enter(order).push(level);
            });
            // The next producer must begin to wait later than this one.
            while !queue.budget.waits(level <= Level::Warn) {
                std::thread::yield_now();
            }
        }
        // This makes room for one of the two: only the full chunk is released, not the one that is granted now.
        let mut chunks = Vec::new();
        receiver.receive(&mut chunks);
        let sealed = chunks[0].seal();
        queue.release(sealed);
        while enter(&order).is_empty() {
            std::thread::yield_now();
        }
        while enter(&order).len() < 2 {
            drain(&queue, &receiver);
        }
    });
    assert_eq!(*enter(&order), [Level::Error, Level::Info]);
}

#[test]
fn closing_ends_every_wait_and_refuses_later_records() {
    let (queue, _receiver) = queue(100_000);
    let chunk = queue.new_chunk();
    fill(&queue, &chunk, Level::Info);
    std::thread::scope(|scope| {
        let own = queue.new_chunk();
        let queue = &queue;
        let waiting =
            scope.spawn(move || queue.put(&own, &mut frame(Level::Info, 1000), Level::Info, Overflow::Block));
        while !queue.has_waiting_producers() {
            std::thread::yield_now();
        }
        queue.close();
        assert_eq!(waiting.join().unwrap(), Err(DropReason::AfterShutdown));
    });
    let late = queue.put(
        &queue.new_chunk(),
        &mut frame(Level::Error, 1),
        Level::Error,
        Overflow::Block,
    );
    assert_eq!(late, Err(DropReason::AfterShutdown));
}

#[test]
fn chunks_of_ended_threads_stay_counted_and_are_not_kept() {
    let (queue, receiver) = queue(1 << 20);
    for _ in 0..10_000 {
        let chunk = queue.new_chunk();
        queue
            .put(&chunk, &mut frame(Level::Info, 10), Level::Info, Overflow::Block)
            .unwrap();
        chunk.retire();
        drain(&queue, &receiver);
    }
    assert_eq!(queue.accepted(), 10_000);
    assert!(enter(&queue.chunks).len() <= 64);
}

/// A receiver takes frames while producers put more: none is lost, doubled or left charged.
#[test]
fn many_producers_and_one_receiver_lose_nothing() {
    const THREADS: usize = 4;
    const FRAMES: usize = 20_000;
    let (queue, receiver) = queue(200_000);
    let taken = std::thread::scope(|scope| {
        let producers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let chunk = queue.new_chunk();
                    for n in 0..FRAMES {
                        let mut frame = frame(Level::Info, n % 300);
                        queue
                            .put(&chunk, &mut frame, Level::Info, Overflow::Block)
                            .unwrap();
                    }
                })
            })
            .collect();
        let mut taken = 0;
        let mut chunks = Vec::new();
        while producers.iter().any(|producer| !producer.is_finished()) || !receiver.is_empty() {
            receiver.receive(&mut chunks);
            for chunk in chunks.drain(..) {
                let mut sealed = chunk.seal();
                let mut next = sealed.take();
                while let Some(mut buffer) = next {
                    next = buffer.take_older();
                    let mut bytes = buffer.bytes();
                    while let Some(len) = crate::record::frame_len(bytes) {
                        taken += 1;
                        bytes = &bytes[len..];
                    }
                    queue.release(Some(buffer));
                }
            }
            std::thread::yield_now();
        }
        taken
    });
    assert_eq!(taken, THREADS * FRAMES);
    assert_eq!(
        (queue.accepted(), queue.bytes().0),
        ((THREADS * FRAMES) as u64, 0)
    );
}
