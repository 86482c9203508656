//! Hands the batch to each output, and keeps it while one of them cannot take it.
//!
//! The file is first: what the others do must not hold it back. Beside a file, an outlet that is too far behind
//! loses the batch; without one, the worker waits for it.

use super::batch::{Batch, Delivery, Member, Output};
use super::notice::{Kind, clean_error};
use super::{Stage, Worker};
use crate::clock::{Tick, Wall};
use crate::health::{Counters, DropReason};
use crate::sink::file::{FileError, Next, Now};
use crate::sink::outlet::Parcel;
use crate::sync::Ordering::Relaxed;

const NO_LOCKS: &str =
    "file locks do not work there (a network file system?): the log is written and not rotated";

impl Worker {
    /// Goes on with the batch: through every output, or until one of them must be waited for.
    pub(super) fn deliver(&mut self) {
        self.enter_stage(Stage::Write);
        let now = Tick::now();
        let waits_for_lock_or_retry = self
            .batch
            .retry_at()
            .is_some_and(|at| at > now && !self.closing_is_over());
        self.batch.set_kept(true);
        if !waits_for_lock_or_retry {
            self.deliver_to_file(now);
        }
        self.deliver_to_outlets();
        let all_done = self
            .batch
            .lanes
            .iter()
            .all(|lane| lane.delivery == Delivery::Done);
        if all_done {
            self.batch.settle(&self.shared.counters);
            self.shared.queue.release(self.backlog.settle());
        }
    }

    fn deliver_to_file(&mut self, now: Tick) {
        let wall = Wall::from(self.clock.now());
        let Some(lane) = self.batch.lanes.first_mut() else {
            return;
        };
        let Output::File(file) = &mut lane.output else {
            return;
        };
        let from = match lane.delivery {
            Delivery::Filling => 0,
            Delivery::Writing(from) => from,
            Delivery::InFlight(_) | Delivery::Done => return,
        };
        if lane.bytes.is_empty() {
            lane.delivery = Delivery::Done;
            return;
        }
        let outcome = file.write(&lane.bytes[from..], Now { tick: now, wall });
        let taken = from + outcome.taken;
        let counters = &self.shared.counters;
        counters.bytes_written.fetch_add(outcome.taken as u64, Relaxed);
        lane.delivery = Delivery::Writing(taken);
        self.batch.retry_at = match outcome.next {
            Next::Done => None,
            Next::RetryAt(at) | Next::LockRetryAt(at) => Some(at),
        };
        if outcome.next == Next::Done {
            lane.delivery = Delivery::Done;
            lane.counters.written.fetch_add(lane.records, Relaxed);
            counters.wrote(lane.main.total());
        }
        if matches!(outcome.next, Next::RetryAt(_)) {
            self.batch.failed_tries += 1;
        }
        self.report_file(outcome.error, now, wall);
    }

    /// Publishes the file's figures and how it is.
    fn report_file(&mut self, error: Option<FileError>, now: Tick, wall: Wall) {
        let counters = &self.shared.counters;
        let Some(lane) = self.batch.lanes.first_mut() else {
            return;
        };
        let Output::File(file) = &mut lane.output else {
            return;
        };
        let figures = file.figures();
        counters.rotations.store(figures.rotations, Relaxed);
        counters.purged_files.store(figures.purged_files, Relaxed);
        counters.lock_timeouts.store(figures.lock_timeouts, Relaxed);
        counters.unlocked_batches.store(figures.unlocked_batches, Relaxed);
        counters.reopened_files.store(figures.reopened, Relaxed);
        match (error, file.is_degraded()) {
            (Some(error), _) => {
                let text = clean_error(&mut self.masker, &error);
                lane.counters.set_failing(&text);
                counters.error(&text, wall);
                self.notices.report(Kind::File, &text, now);
            }
            (None, false) => lane.counters.set_working(),
            (None, true) if !file.locks_work() => lane.counters.set_failing(NO_LOCKS),
            (None, true) => {}
        }
    }

    fn deliver_to_outlets(&mut self) {
        let beside_a_file = self.batch.has_file();
        for lane in &mut self.batch.lanes {
            let Output::Outlet(outlet) = &mut lane.output else {
                continue;
            };
            self.notices
                .report_once(Kind::Outlet, &lane.counters, &mut lane.reported, Tick::now());
            match lane.delivery {
                Delivery::Filling if lane.bytes.is_empty() => lane.delivery = Delivery::Done,
                Delivery::Filling if outlet.has_room(lane.bytes.len()) => {
                    let bytes = std::mem::replace(&mut lane.bytes, outlet.buffer());
                    let number = outlet.send(Parcel {
                        bytes,
                        records: lane.records,
                        main: lane.main,
                    });
                    lane.delivery = if beside_a_file {
                        Delivery::Done
                    } else {
                        Delivery::InFlight(number)
                    };
                }
                Delivery::Filling if beside_a_file => {
                    lane.counters.dropped.fetch_add(lane.records, Relaxed);
                    lane.left_out += lane.records;
                    let counters = &self.shared.counters;
                    counters.drop_accepted(DropReason::OutputFull, &lane.main);
                    counters.leave_out(lane.records - lane.main.total());
                    lane.delivery = Delivery::Done;
                }
                Delivery::InFlight(number) if outlet.is_done(number) => lane.delivery = Delivery::Done,
                Delivery::Filling | Delivery::Writing(_) | Delivery::InFlight(_) | Delivery::Done => {}
            }
        }
    }
}

impl Batch {
    /// The file took so many bytes more, before a panic that kept it from saying so.
    pub(super) fn file_took(&mut self, bytes: usize) {
        let Some(lane) = self.lanes.first_mut().filter(|_| bytes > 0) else {
            return;
        };
        lane.delivery = match lane.delivery {
            Delivery::Filling => Delivery::Writing(bytes),
            Delivery::Writing(before) => Delivery::Writing(before + bytes),
            later => later,
        };
    }

    /// Gives up what no output has taken; gives the records whose main output did not get them.
    pub(super) fn give_up(&mut self, counters: &Counters) -> Vec<Member> {
        let mut lost = Vec::new();
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            let taken = match lane.delivery {
                Delivery::Filling => 0,
                Delivery::Writing(taken) => taken,
                // What an outlet has, it counts itself.
                Delivery::InFlight(_) | Delivery::Done => continue,
            };
            // The logger's own lines are never in a batch with records, so each line is a record.
            let whole = memchr::memchr_iter(b'\n', &lane.bytes[..taken]).count() as u64;
            let whole = whole.min(lane.records);
            let main = self
                .members
                .iter()
                .filter(|member| member.main.map(usize::from) == Some(place));
            lost.extend(main.skip(whole as usize));
            lane.counters.written.fetch_add(whole, Relaxed);
            lane.counters.failed.fetch_add(lane.records - whole, Relaxed);
            counters.wrote(whole);
            counters.leave_out(lane.records - lane.main.total());
        }
        for lane in &mut self.lanes {
            lane.delivery = Delivery::Done;
        }
        lost
    }
}
