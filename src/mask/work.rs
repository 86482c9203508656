//! Counts the bytes that are read, in tests and under a fuzzer only: work must not grow faster than the text.

#[cfg(any(test, fuzzing))]
std::thread_local! {
    static WORK: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Adds to the work of this thread; does nothing in the product.
#[inline]
pub(super) fn count(bytes: usize) {
    #[cfg(any(test, fuzzing))]
    WORK.with(|all| all.set(all.get() + bytes as u64));
    #[cfg(not(any(test, fuzzing)))]
    let _unused = bytes;
}

/// The work since the last call.
#[cfg(any(test, fuzzing))]
pub(super) fn take() -> u64 {
    WORK.with(|all| all.replace(0))
}
