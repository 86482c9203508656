//! Counts the bytes that are looked at, in tests only: work must grow with the text and not faster.

#[cfg(test)]
std::thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Adds to the steps of this thread; nothing outside of tests.
#[inline]
pub(super) fn count(steps: usize) {
    #[cfg(test)]
    STEPS.with(|all| all.set(all.get() + steps as u64));
    #[cfg(not(test))]
    let _unused = steps;
}

/// The steps since this was asked last.
#[cfg(test)]
pub(super) fn take() -> u64 {
    STEPS.with(|all| all.replace(0))
}
