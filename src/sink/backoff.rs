//! How long to wait after a failure: a first wait, which doubles with each further failure up to a longest one.
//!
//! The file keeps one for writing and one for rotating, the lock one for its polling, and each threaded output one for
//! its writer. It never sleeps; it only computes the wait or the deadline.

use crate::clock::Tick;
use std::time::Duration;

/// The waits after failed operations; cleared by a success.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    /// The last wait, and the deadline that `fail` computed from it.
    failing: Option<(Duration, Tick)>,
}

impl Backoff {
    pub(super) const fn new(first: Duration, longest: Duration) -> Backoff {
        Backoff {
            first,
            longest,
            failing: None,
        }
    }

    /// For operations on a file or an output: 10 ms, doubling up to 1 s.
    pub(super) const fn for_output() -> Backoff {
        Backoff::new(Duration::from_millis(10), Duration::from_secs(1))
    }

    /// Records a failure, and returns when to try again.
    pub(super) fn fail(&mut self, now: Tick) -> Tick {
        let wait = (self.failing).map_or(self.first, |(last, _)| (last * 2).min(self.longest));
        let deadline = now.after(wait);
        self.failing = Some((wait, deadline));
        deadline
    }

    /// Records a failure, and returns how long to wait.
    pub(super) fn wait(&mut self, now: Tick) -> Duration {
        self.fail(now).since(now)
    }

    /// Records a success.
    pub(super) fn clear(&mut self) {
        self.failing = None;
    }

    /// The deadline, if it is still to come.
    pub(super) fn pending(&self, now: Tick) -> Option<Tick> {
        self.failing.map(|(_, deadline)| deadline).filter(|at| *at > now)
    }

    /// Whether the last try failed.
    pub(super) fn failing(&self) -> bool {
        self.failing.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_restart_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_millis(3), Duration::from_millis(10));
        let mut waits = || [(); 4].map(|()| backoff.wait(Tick(7)).as_millis());
        assert_eq!(waits(), [3, 6, 10, 10]);
        assert_eq!(
            backoff.pending(Tick(7)),
            Some(Tick(7).after(Duration::from_millis(10)))
        );
        assert_eq!(backoff.pending(Tick(7).after(Duration::from_millis(10))), None);
        backoff.clear();
        assert!(!backoff.failing());
        assert_eq!(backoff.wait(Tick(9)), Duration::from_millis(3));
    }
}
