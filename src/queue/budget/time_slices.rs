//! Which producer may take room while others wait.
//!
//! While the queue is more than half full, the worker has enough to do, and a single running producer keeps it that
//! way. Waking all waiting producers for a little room would make them preempt the worker on its core, use up the
//! room at once and sleep again together, while another core is idle. So one producer takes room for a time slice,
//! ahead of the waiting ones, and then hands over to the next. The worker wakes a producer only if none has taken
//! room recently, because the scheduler tends to place the woken thread on the worker's core.
//!
//! Time slices apply to steady producers, which fill one buffer after the other. An occasional producer is woken as
//! soon as there is room.

use crate::clock::Instant;
use std::time::Duration;

/// How long a producer may take room while others wait. If many wait, the slice is shorter, so that each is served
/// within [`ROUND`].
const SLICE: Duration = Duration::from_millis(4);
/// The time within which every waiting producer is served. A small fraction of the shortest limit that is useful for
/// `overflow`.
const ROUND: Duration = Duration::from_millis(16);
/// A producer that took room counts as running for this many releases, each of one batch.
const RUNS_FOR: u8 = 4;

#[derive(Debug, Default)]
pub(super) struct TimeSlices {
    /// Number of releases for which the steady producer that took room last still counts as running.
    running: u8,
    /// When the last waiting steady producer was served.
    began: Option<Instant>,
}

impl TimeSlices {
    /// A producer took room without being woken.
    pub(super) fn took_room(&mut self, steady: bool) {
        if steady {
            self.running = RUNS_FOR;
        }
    }

    /// A waiting steady producer is served.
    pub(super) fn begin(&mut self, now: Instant) {
        self.running = RUNS_FOR;
        self.began = Some(now);
    }

    /// The producer that took room has begun to wait.
    pub(super) fn end(&mut self) {
        self.running = 0;
    }

    /// Whether the producer that has waited longest, since `since` and as one of `waiting`, must be served before new
    /// requests.
    pub(super) fn is_over(&self, since: Instant, waiting: usize, now: Instant) -> bool {
        let slice = SLICE.min(ROUND / u32::try_from(waiting.max(1)).unwrap_or(u32::MAX));
        let began = self.began.map_or(since, |began| began.max(since));
        now.saturating_duration_since(began) >= slice
    }

    /// Room was released. Returns how many waiting steady producers may be woken.
    pub(super) fn released(&mut self, worker_may_run_dry: bool) -> usize {
        let is_running = self.running > 0;
        self.running = self.running.saturating_sub(1);
        if worker_may_run_dry {
            return usize::MAX;
        }
        usize::from(!is_running)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn above_half_full_one_producer_is_woken_if_none_runs() {
        let mut slices = TimeSlices::default();
        assert_eq!(slices.released(false), 1);
        slices.begin(Instant::now());
        assert_eq!(
            [(); 5].map(|()| slices.released(false)),
            [0, 0, 0, 0, 1],
            "it took no room for four releases"
        );
        slices.took_room(true);
        assert_eq!(slices.released(false), 0);
        slices.took_room(true);
        assert_eq!([(); 5].map(|()| slices.released(false)), [0, 0, 0, 0, 1]);
        slices.took_room(false);
        assert_eq!(
            slices.released(false),
            1,
            "an occasional producer does not count as running"
        );
        slices.took_room(true);
        slices.took_room(false);
        slices.end();
        assert_eq!(
            slices.released(false),
            1,
            "the running producer has begun to wait"
        );
    }

    #[test]
    fn all_are_woken_when_the_worker_may_run_dry() {
        let mut slices = TimeSlices::default();
        slices.took_room(true);
        assert_eq!(slices.released(true), usize::MAX);
        assert_eq!(slices.released(false), 0, "one producer runs");
    }

    #[test]
    fn a_slice_is_four_milliseconds_and_a_round_is_sixteen() {
        let start = Instant::now();
        let mut slices = TimeSlices::default();
        let over = |slices: &TimeSlices, waiting, micros| {
            slices.is_over(start, waiting, start + Duration::from_micros(micros))
        };
        assert!(!over(&slices, 3, 3_999) && over(&slices, 3, 4_000));
        assert!(!over(&slices, 64, 249) && over(&slices, 64, 250));
        assert!(over(&slices, usize::MAX, 1));
        slices.begin(start + Duration::from_millis(5));
        assert!(
            !over(&slices, 3, 8_999) && over(&slices, 3, 9_000),
            "another producer's slice began at 5 ms"
        );
        slices.begin(start);
        assert!(over(&slices, 1, 4_000));
    }
}
