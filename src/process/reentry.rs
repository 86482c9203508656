//! Whether the calling thread runs the logger's own code, and how deeply records are nested on it.
//!
//! Both are plain thread-locals without a destructor, so they can be read while a thread ends.

use crate::sync::thread_local;
use std::cell::Cell;

thread_local! {
    static IN_LOGGER: Cell<bool> = const { Cell::new(false) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static PROBING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the logger's own code runs on this thread. A record logged from there (by an allocator, for example) is
/// refused, because it might wait for something that is held further up the stack.
#[inline]
pub(crate) fn in_logger() -> bool {
    IN_LOGGER.with(|flag| flag.get())
}

#[inline]
pub(crate) fn set_in_logger(on: bool) {
    IN_LOGGER.with(|flag| flag.set(on));
}

/// Runs a part of the logger that allocates while it holds a lock; records logged meanwhile are refused.
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

/// Like [`caught`](super::caught), for a call that panics if what it asks for is not available. The logger's panic
/// hook does not report such a panic.
pub(crate) fn probe<R>(probe: impl FnOnce() -> R) -> Option<R> {
    let before = PROBING.with(|probing| probing.replace(true));
    let result = super::caught(probe);
    PROBING.with(|probing| probing.set(before));
    result
}

/// Whether a panic on this thread is the expected answer of a [`probe`].
pub(crate) fn is_probing() -> bool {
    PROBING.with(|probing| probing.get())
}

/// Number of records being captured on this thread, each inside the `Display` of another. It is 0 in a forked child,
/// even if the fork took place during a capture.
#[inline]
pub(crate) fn depth() -> u32 {
    DEPTH.with(|depth| depth.get())
}

#[inline]
pub(crate) fn set_depth(depth: u32) {
    DEPTH.with(|records| records.set(depth));
}

/// In a forked child: resets the depth, because the captures in progress are the parent's.
#[cfg(unix)]
pub(super) fn forget_depth() {
    DEPTH.with(|depth| depth.set(0));
}
