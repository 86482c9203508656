//! Where the calling thread is: inside the logger's own code, and inside how many records.
//!
//! Both are plain thread-locals without a destructor, so that they also answer while a thread ends.

use crate::sync::thread_local;
use std::cell::Cell;

thread_local! {
    static IN_LOGGER: Cell<bool> = const { Cell::new(false) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static PROBING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the logger's own code runs on this thread: what logs from in there, an allocator for one, is refused,
/// because it might wait for what is held further up the stack.
#[inline]
pub(crate) fn in_logger() -> bool {
    IN_LOGGER.with(|flag| flag.get())
}

#[inline]
pub(crate) fn set_in_logger(on: bool) {
    IN_LOGGER.with(|flag| flag.set(on));
}

/// Runs a part of the logger that holds a lock while it allocates.
pub(crate) fn guarded<R>(run: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            IN_LOGGER.with(|flag| flag.set(self.0));
        }
    }
    let _restore = Restore(IN_LOGGER.with(|flag| flag.replace(true)));
    run()
}

/// As [`caught`](super::caught), of what tells by a panic that it cannot be had: no hook of the logger's says so.
pub(crate) fn probe<R>(probe: impl FnOnce() -> R) -> Option<R> {
    let before = PROBING.with(|probing| probing.replace(true));
    let result = super::caught(probe);
    PROBING.with(|probing| probing.set(before));
    result
}

/// Whether a panic on this thread is the answer to a probe.
pub(crate) fn is_probing() -> bool {
    PROBING.with(|probing| probing.get())
}

/// How many records are being taken in on this thread, one inside the `Display` of the other; 0 also behind a fork
/// in the midst of one.
#[inline]
pub(crate) fn depth() -> u32 {
    DEPTH.with(|depth| depth.get())
}

#[inline]
pub(crate) fn set_depth(depth: u32) {
    DEPTH.with(|records| records.set(depth));
}

/// In a child: the records that were being taken in are the parent's.
#[cfg(unix)]
pub(super) fn forget_depth() {
    DEPTH.with(|depth| depth.set(0));
}
