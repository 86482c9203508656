//! The clock of a loom model. It advances by a nanosecond with each reading, and otherwise only by `pass`.
//!
//! All threads of a model run on one thread of the system, so a thread-local belongs to the model.

use std::cell::Cell;
use std::time::Duration;

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Resets the clock, at the beginning of a run.
pub(crate) fn restart() {
    NOW.set(Duration::from_secs(1));
}

/// Advances the clock.
pub(crate) fn pass(time: Duration) {
    NOW.set(NOW.get() + time);
}

/// A moment on the model's clock: the part of `std::time::Instant` that the product uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Instant {
        pass(Duration::from_nanos(1));
        Instant(NOW.get())
    }

    /// The time since the beginning of the run. The caller keeps its start for the whole process, but all runs must
    /// be alike.
    pub(crate) fn elapsed(&self) -> Duration {
        Instant::now().0
    }

    pub(crate) fn checked_add(self, time: Duration) -> Option<Instant> {
        self.0.checked_add(time).map(Instant)
    }

    pub(crate) fn checked_duration_since(self, earlier: Instant) -> Option<Duration> {
        self.0.checked_sub(earlier.0)
    }

    pub(crate) fn saturating_duration_since(self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl std::ops::Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, time: Duration) -> Instant {
        Instant(self.0 + time)
    }
}

impl std::ops::Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.saturating_duration_since(earlier)
    }
}
