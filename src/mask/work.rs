//! Counts the bytes that are looked at, in tests and under a fuzzer only: work must grow with the text and not faster.

#[cfg(any(test, fuzzing))]
std::thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Adds to the steps of this thread; nothing in the product.
#[inline]
pub(super) fn count(steps: usize) {
    #[cfg(any(test, fuzzing))]
    STEPS.with(|all| all.set(all.get() + steps as u64));
    #[cfg(not(any(test, fuzzing)))]
    let _unused = steps;
}

/// The steps since this was asked last.
#[cfg(any(test, fuzzing))]
pub(super) fn take() -> u64 {
    STEPS.with(|all| all.replace(0))
}
