//! The clock of a model: it stands still but for each reading, which moves it by a nanosecond, and for `pass`.
//!
//! Every thread of a model runs on one thread of the system, so a thread-local is the model's own.

use std::cell::Cell;
use std::time::Duration;

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Sets the clock to where every run begins.
pub(crate) fn restart() {
    NOW.set(Duration::from_secs(1));
}

/// Lets time pass.
pub(crate) fn pass(time: Duration) {
    NOW.set(NOW.get() + time);
}

/// A moment on the model's clock, with the part of `std::time::Instant` that the product uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Instant {
        pass(Duration::from_nanos(1));
        Instant(NOW.get())
    }

    /// Since the beginning of the run: what asks is kept for the whole process, and a run is to be like the others.
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
