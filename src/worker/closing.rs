//! The end of the worker: when the logger is shut down, when all is written, and which outputs are not waited for.
//!
//! A shutdown has a limit. An output that takes nothing for a part of it (a pipe that nobody reads, a full disk behind
//! standard error) is given up before: the whole limit would not help it, and the program waits.

use super::Worker;
use super::recover::TOO_LATE;
use crate::clock::Tick;
use crate::sync::Ordering;
use std::time::Duration;

/// What the worker knows of the shutdown.
#[derive(Debug)]
pub(super) struct Closing {
    /// When it began.
    since: Option<Tick>,
    /// An output that takes nothing for this long is given up.
    stuck_limit: Duration,
    /// Records that have failed because their output was given up.
    pub(super) failed: u64,
}

impl Closing {
    pub(super) fn new(stuck_limit: Duration) -> Closing {
        Closing {
            since: None,
            stuck_limit,
            failed: 0,
        }
    }
}

impl Worker {
    pub(super) fn begin_closing(&mut self) {
        if self.closing.since.is_none() {
            self.shared.queue.close();
            self.closing.since = Some(Tick::now());
        }
    }

    #[inline]
    pub(super) fn is_closing(&self) -> bool {
        self.closing.since.is_some()
    }

    pub(super) fn is_finished(&self) -> bool {
        if !self.is_closing() {
            return false;
        }
        let mut outputs = self.batch.outputs.iter();
        let none_left =
            self.batch.gave_up() && outputs.all(|output| output.given_up || output.counters.has_ended());
        none_left || self.all_is_written() || self.closing_is_over()
    }

    /// Whether every output has everything, apart from those that were given up.
    pub(super) fn all_is_written(&self) -> bool {
        !self.batch.is_kept() && self.backlog.is_empty() && self.batch.threaded_are_done()
    }

    /// Whether the limit of the shutdown has passed.
    pub(super) fn closing_is_over(&self) -> bool {
        self.is_closing() && Tick::now() >= self.deadline()
    }

    pub(super) fn deadline(&self) -> Tick {
        Tick(self.shared.deadline.load(Ordering::SeqCst))
    }

    /// Gives up the outputs that have taken nothing for too long since the shutdown began.
    pub(super) fn give_up_stuck_outputs(&mut self) {
        let Some(since) = self.closing.since else { return };
        let (now, limit) = (Tick::now(), self.closing.stuck_limit);
        if now.since(since) < limit {
            return;
        }
        for output in &mut self.batch.outputs {
            let Some(threaded) = output.threaded() else {
                continue;
            };
            if output.given_up || !threaded.pauses_only_when_stuck() || !threaded.is_stuck(now, limit) {
                continue;
            }
            if output.counters.last_error().is_none() {
                let name = output.counters.name();
                let text = format!("the {name} took nothing for {limit:?}; is its reader stopped?");
                output.counters.set_failing(&text);
            }
            threaded.give_up();
            output.given_up = true;
        }
    }

    /// When an output is to be given up if it takes nothing until then.
    pub(super) fn gives_up_at(&self) -> Option<Tick> {
        let limit = self.closing.stuck_limit;
        let earliest = self.closing.since?.after(limit);
        let waited_for = self.batch.outputs.iter().filter(|output| !output.given_up);
        let threaded = waited_for.filter_map(|output| output.threaded());
        let stuck = threaded.filter(|threaded| threaded.pauses_only_when_stuck());
        let at = stuck.filter_map(|threaded| threaded.stuck_at(limit)).min()?;
        Some(at.max(earliest))
    }

    /// Fails the records of the batch whose primary output was given up; other outputs still get it.
    pub(super) fn fail_what_was_given_up(&mut self) {
        for place in 0..self.batch.outputs.len() {
            if !self.batch.outputs[place].given_up {
                continue;
            }
            for record in self.batch.give_up_output(place, &self.shared.counters) {
                self.closing.failed += 1;
                self.fail(record.frame, TOO_LATE);
            }
        }
    }
}
