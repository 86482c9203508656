//! The measured calls, each through `&dyn Log` as the macros of `log` make them, and the threads that make them.

use super::item::{Item, item};
use log::Log;
use std::sync::{Barrier, OnceLock};
use std::thread;

/// One call.
pub type Call = fn(&dyn Log, Item);

/// Six values formatted into the message.
pub fn text(logger: &dyn Log, i: Item) {
    log::info!(
        logger: logger,
        "request served thread={} seq={} path={} status={} micros={} score={:.3}",
        i.thread, i.seq, i.path, i.status, i.micros, i.score
    );
}

/// Two small numbers.
pub fn short(logger: &dyn Log, i: Item) {
    log::info!(logger: logger, "tick {} {}", i.thread, i.seq);
}

/// Six key-values and a message without arguments.
pub fn kv(logger: &dyn Log, i: Item) {
    log::info!(
        logger: logger,
        thread = i.thread, seq = i.seq, path = i.path, status = i.status, micros = i.micros, score = i.score;
        "request served"
    );
}

/// A record below the level of every target.
pub fn off_by_level(logger: &dyn Log, i: Item) {
    log::trace!(logger: logger, "request served seq={} micros={}", i.seq, i.micros);
}

/// A record that is enabled for another target, but not for its own.
pub fn off_by_target(logger: &dyn Log, i: Item) {
    log::debug!(logger: logger, target: "hyper::proto", "request served seq={} micros={}", i.seq, i.micros);
}

/// The long message that `long` logs; set once for each length.
static LONG: [OnceLock<String>; 5] = [const { OnceLock::new() }; 5];

/// The lengths of [`LONG_CALLS`] in bytes.
pub const LONG_BYTES: [usize; 5] = [64, 256, 1024, 4096, 16_384];

/// A message of each length.
pub const LONG_CALLS: [Call; 5] = [long::<0>, long::<1>, long::<2>, long::<3>, long::<4>];

fn long<const AT: usize>(logger: &dyn Log, _: Item) {
    let text = LONG[AT].get_or_init(|| super::item::long_text(LONG_BYTES[AT]));
    log::info!(logger: logger, "{}", text);
}

/// Logs this many records from each of this many threads, which begin at the same time.
pub fn back_to_back(logger: &dyn Log, call: Call, threads: usize, records: usize) {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        for thread in 0..threads {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                (0..records).for_each(|n| call(logger, item(thread, n)));
            });
        }
    });
}
