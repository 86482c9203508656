//! The deadline after a failure: 10 ms, doubling to 1 s.
//!
//! `sink/file` keeps one for writing and one for rotating. Invariant: it never sleeps; it only says when.

use crate::clock::Tick;
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// When to try again.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failing: Option<(Tick, Duration)>,
}

impl Backoff {
    /// Notes a failure, and returns when to try again.
    pub(super) fn fail(&mut self, now: Tick) -> Tick {
        let wait = self.failing.map_or(FIRST, |(_, last)| (last * 2).min(LONGEST));
        let until = now.after(wait);
        self.failing = Some((until, wait));
        until
    }

    /// Notes a success.
    pub(super) fn clear(&mut self) {
        self.failing = None;
    }

    /// The deadline, if it is still to come.
    pub(super) fn pending(&self, now: Tick) -> Option<Tick> {
        self.failing.map(|(until, _)| until).filter(|until| *until > now)
    }

    /// Whether the last try failed.
    pub(super) fn failing(&self) -> bool {
        self.failing.is_some()
    }
}
