//! Hands the batch to each output, and keeps it while one of them cannot take it.
//!
//! The file is first: what the others do must not hold it back. Beside a file, a threaded output that is too far behind
//! loses the batch; without one, the worker waits for it.

use super::batch::{Batch, BatchRecord, Delivery, Target};
use super::notice::{Kind, clean_error};
use super::{Stage, Worker};
use crate::clock::{Tick, Wall};
use crate::health::{Counters, DropReason};
use crate::sink::file::{FileError, Next, Now};
use crate::sink::threaded::RenderedBatch;
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
        self.deliver_to_threaded();
        let all_done = self
            .batch
            .outputs
            .iter()
            .all(|output| output.delivery == Delivery::Done);
        if all_done {
            self.batch.settle(&self.shared.counters);
            self.shared.queue.release(self.backlog.settle());
        }
    }

    fn deliver_to_file(&mut self, now: Tick) {
        let wall = Wall::from(self.clock.now());
        let Some(output) = self.batch.outputs.first_mut() else {
            return;
        };
        let Target::File(file) = &mut output.target else {
            return;
        };
        let from = match output.delivery {
            Delivery::Filling => 0,
            Delivery::Writing(from) => from,
            Delivery::InFlight(_) | Delivery::Done => return,
        };
        if output.bytes.is_empty() {
            output.delivery = Delivery::Done;
            return;
        }
        let outcome = file.write(&output.bytes[from..], Now { tick: now, wall });
        let taken = from + outcome.taken;
        let counters = &self.shared.counters;
        counters.bytes_written.fetch_add(outcome.taken as u64, Relaxed);
        output.delivery = Delivery::Writing(taken);
        self.batch.retry_at = match outcome.next {
            Next::Done => None,
            Next::RetryAt(at) | Next::LockRetryAt(at) => Some(at),
        };
        if outcome.next == Next::Done {
            output.delivery = Delivery::Done;
            output.counters.written.fetch_add(output.records, Relaxed);
            counters.wrote(output.main.total());
        }
        if matches!(outcome.next, Next::RetryAt(_)) {
            self.batch.failed_tries += 1;
        }
        self.report_file(outcome.error, now, wall);
    }

    /// Publishes the file's figures and how it is.
    fn report_file(&mut self, error: Option<FileError>, now: Tick, wall: Wall) {
        let counters = &self.shared.counters;
        let Some(output) = self.batch.outputs.first_mut() else {
            return;
        };
        let Target::File(file) = &mut output.target else {
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
                output.counters.set_failing(&text);
                counters.error(&text, wall);
                self.notices.report(Kind::File, &text, now);
            }
            (None, false) => output.counters.set_working(),
            (None, true) if !file.locks_work() => output.counters.set_failing(NO_LOCKS),
            (None, true) => {}
        }
    }

    fn deliver_to_threaded(&mut self) {
        let beside_a_file = self.batch.has_file();
        for output in &mut self.batch.outputs {
            let Target::Threaded(threaded) = &mut output.target else {
                continue;
            };
            self.notices.report_once(
                Kind::Threaded,
                &output.counters,
                &mut output.reported,
                Tick::now(),
            );
            match output.delivery {
                Delivery::Filling if output.bytes.is_empty() => output.delivery = Delivery::Done,
                Delivery::Filling if threaded.has_room(output.bytes.len()) => {
                    let bytes = std::mem::replace(&mut output.bytes, threaded.buffer());
                    let number = threaded.send(RenderedBatch {
                        bytes,
                        records: output.records,
                        main: output.main,
                    });
                    output.delivery = if beside_a_file {
                        Delivery::Done
                    } else {
                        Delivery::InFlight(number)
                    };
                }
                Delivery::Filling if beside_a_file => {
                    output.counters.dropped.fetch_add(output.records, Relaxed);
                    output.left_out += output.records;
                    let counters = &self.shared.counters;
                    counters.drop_accepted(DropReason::OutputFull, &output.main);
                    counters.leave_out(output.records - output.main.total());
                    output.delivery = Delivery::Done;
                }
                Delivery::InFlight(number) if threaded.is_done(number) => output.delivery = Delivery::Done,
                Delivery::Filling | Delivery::Writing(_) | Delivery::InFlight(_) | Delivery::Done => {}
            }
        }
    }
}

impl Batch {
    /// The file took so many bytes more, before a panic that kept it from saying so.
    pub(super) fn file_took(&mut self, bytes: usize) {
        let Some(output) = self.outputs.first_mut().filter(|_| bytes > 0) else {
            return;
        };
        output.delivery = match output.delivery {
            Delivery::Filling => Delivery::Writing(bytes),
            Delivery::Writing(before) => Delivery::Writing(before + bytes),
            later => later,
        };
    }

    /// Gives up what no output has taken; gives the records whose main output did not get them.
    pub(super) fn give_up(&mut self, counters: &Counters) -> Vec<BatchRecord> {
        let mut lost = Vec::new();
        for (place, output) in self.outputs.iter_mut().enumerate() {
            let taken = match output.delivery {
                Delivery::Filling => 0,
                Delivery::Writing(taken) => taken,
                // What a threaded output has, it counts itself.
                Delivery::InFlight(_) | Delivery::Done => continue,
            };
            // The logger's own lines are never in a batch with records, so each line is a record.
            let whole = memchr::memchr_iter(b'\n', &output.bytes[..taken]).count() as u64;
            let whole = whole.min(output.records);
            let main = self
                .records
                .iter()
                .filter(|record| record.main.map(usize::from) == Some(place));
            lost.extend(main.skip(whole as usize));
            output.counters.written.fetch_add(whole, Relaxed);
            output.counters.failed.fetch_add(output.records - whole, Relaxed);
            counters.wrote(whole);
            counters.leave_out(output.records - output.main.total());
        }
        for output in &mut self.outputs {
            output.delivery = Delivery::Done;
        }
        lost
    }
}
