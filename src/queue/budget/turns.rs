//! Whose turn it is to take room while others wait.
//!
//! While the queue is more than half full, the worker has enough to do, and one producer that runs keeps it so. To
//! wake all who wait whenever a little room is there would have them drive the worker from its core, use the room up
//! at once and sleep again together, with a core idle meanwhile. So one takes room for a turn without waiting behind the
//! others, and then hands over to the next. The worker wakes one only if none has come for room lately: whom it wakes
//! the scheduler tends to put on its own core. That is about steady producers, which fill one buffer after the other;
//! whoever logs now and then is woken as soon as there is room.

use crate::clock::Instant;
use std::time::Duration;

/// For how long a producer takes room while others wait; shorter when many do, so that each is served in a round.
const TURN: Duration = Duration::from_millis(4);
/// A small part of the shortest wait that makes sense as a limit.
const ROUND: Duration = Duration::from_millis(16);
/// For how many releases, of a batch each, a producer that took room is taken to run.
const LATELY: u8 = 4;

#[derive(Debug, Default)]
pub(super) struct Turns {
    /// A steady producer took room, did not begin to wait, and for so many releases more is taken to come back.
    running: u8,
    /// When the last of them that waited was served.
    began: Option<Instant>,
}

impl Turns {
    /// Somebody whom nobody woke took room.
    pub(super) fn took_room(&mut self, steady: bool) {
        if steady {
            self.running = LATELY;
        }
    }

    /// A steady producer that waited is served.
    pub(super) fn begin(&mut self, now: Instant) {
        self.running = LATELY;
        self.began = Some(now);
    }

    /// Whoever took room has begun to wait.
    pub(super) fn end(&mut self) {
        self.running = 0;
    }

    /// Whether the one of `waiting` producers who waits since `since`, the longest, is to be served before all
    /// who come.
    pub(super) fn is_over(&self, since: Instant, waiting: usize, now: Instant) -> bool {
        let turn = TURN.min(ROUND / u32::try_from(waiting.max(1)).unwrap_or(u32::MAX));
        let began = self.began.map_or(since, |began| began.max(since));
        now.saturating_duration_since(began) >= turn
    }

    /// Room was given back: how many of the steady ones that wait may be woken for it.
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
