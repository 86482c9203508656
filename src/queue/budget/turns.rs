//! Which producer may take room while others wait.
//!
//! While the queue is more than half full, the worker has enough to do, and a single running producer keeps it that
//! way. Waking all waiting producers for a little room would make them preempt the worker on its core, use up the
//! room at once and sleep again together, while another core is idle. So one producer takes room for a turn, ahead of
//! the waiting ones, and then hands over to the next. The worker wakes a producer only if none has taken room lately,
//! because the scheduler tends to place the woken thread on the worker's own core.
//!
//! All this is about steady producers, which fill one buffer after the other. A producer that logs only now and then
//! is woken as soon as there is room.

use crate::clock::Instant;
use std::time::Duration;

/// How long a producer may take room while others wait. With many waiting it is shorter, so that each is served
/// within a round.
const TURN: Duration = Duration::from_millis(4);
/// A small fraction of the shortest limit that is useful for `overflow`.
const ROUND: Duration = Duration::from_millis(16);
/// After it took room, a producer counts as running for this many releases, each of one batch.
const LATELY: u8 = 4;

#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Releases for which a steady producer that took room, and does not wait, is still expected to come back.
    running: u8,
    /// When the last waiting steady producer was served.
    began: Option<Instant>,
}

impl Turns {
    /// A producer took room without being woken.
    pub(super) fn took_room(&mut self, steady: bool) {
        if steady {
            self.running = LATELY;
        }
    }

    /// A waiting steady producer is served.
    pub(super) fn begin(&mut self, now: Instant) {
        self.running = LATELY;
        self.began = Some(now);
    }

    /// The producer that took room has begun to wait.
    pub(super) fn end(&mut self) {
        self.running = 0;
    }

    /// Whether the producer that has waited longest, since `since` and as one of `waiting`, must be served before new
    /// requests.
    pub(super) fn is_over(&self, since: Instant, waiting: usize, now: Instant) -> bool {
        let turn = TURN.min(ROUND / u32::try_from(waiting.max(1)).unwrap_or(u32::MAX));
        let began = self.began.map_or(since, |began| began.max(since));
        now.saturating_duration_since(began) >= turn
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
    fn while_the_worker_has_enough_to_do_one_is_woken_and_only_if_none_has_come_lately() {
        let mut turns = Turns::default();
        assert_eq!(turns.released(false), 1);
        turns.begin(Instant::now());
        assert_eq!(
            [(); 5].map(|()| turns.released(false)),
            [0, 0, 0, 0, 1],
            "it did not come back"
        );
        turns.took_room(true);
        assert_eq!(turns.released(false), 0);
        turns.took_room(true);
        assert_eq!([(); 5].map(|()| turns.released(false)), [0, 0, 0, 0, 1]);
        turns.took_room(false);
        assert_eq!(turns.released(false), 1, "it may not come back");
        turns.took_room(true);
        turns.took_room(false);
        turns.end();
        assert_eq!(turns.released(false), 1, "it waits itself");
    }

    #[test]
    fn all_are_woken_when_the_worker_may_run_dry() {
        let mut turns = Turns::default();
        turns.took_room(true);
        assert_eq!(turns.released(true), usize::MAX);
        assert_eq!(turns.released(false), 0, "it runs");
    }

    #[test]
    fn a_turn_is_four_milliseconds_and_a_round_is_sixteen() {
        let start = Instant::now();
        let mut turns = Turns::default();
        let over = |turns: &Turns, waiting, micros| {
            turns.is_over(start, waiting, start + Duration::from_micros(micros))
        };
        assert!(!over(&turns, 3, 3_999) && over(&turns, 3, 4_000));
        assert!(!over(&turns, 64, 249) && over(&turns, 64, 250));
        assert!(over(&turns, usize::MAX, 1));
        turns.begin(start + Duration::from_millis(5));
        assert!(
            !over(&turns, 3, 8_999) && over(&turns, 3, 9_000),
            "the turn of another"
        );
        turns.begin(start);
        assert!(over(&turns, 1, 4_000));
    }
}
