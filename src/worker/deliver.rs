//! Hands the batch to each output, and keeps it while one of them cannot take it.
//!
//! Files come first, so that no other output holds them back. In a logger with a file, a threaded output that is too far
//! behind loses the batch; in a logger without one, the worker waits for the output.

use super::batch::{Batch, BatchRecord};
use super::notice::{Kind, clean_error};
use super::output::{Delivery, Output, Target};
use super::{Stage, Worker};
use crate::clock::{Tick, Wall};
use crate::health::{Counters, DropReason};
use crate::sink::file::{FileError, Next, Now};
use crate::sync::Ordering::Relaxed;

const NO_LOCKS: &str =
    "file locks do not work there (a network file system?): the log is written and not rotated";

impl Worker {
    /// Delivers the batch to every output, or continues with the outputs that have not taken it yet.
    pub(super) fn deliver(&mut self) {
        self.enter_stage(Stage::Write);
        let now = Tick::now();
        let tries_at_once = self.closing_is_over();
        self.batch.set_kept(true);
        for place in 0..self.batch.outputs.len() {
            self.deliver_to_file(place, now, tries_at_once);
        }
        self.fail_what_was_given_up();
        self.deliver_to_threaded();
        let mut outputs = self.batch.outputs.iter();
        if outputs.all(|output| output.delivery == Delivery::Done) {
            self.batch.settle(&self.shared.counters);
            self.shared.queue.release(self.backlog.settle());
        }
    }

    /// Writes the batch to the output at `place` if it is a file whose next try is due.
    fn deliver_to_file(&mut self, place: usize, now: Tick, tries_at_once: bool) {
        let output = &mut self.batch.outputs[place];
        let Target::File(file) = &mut output.target else {
            return;
        };
        let from = match output.delivery {
            Delivery::Filling => 0,
            Delivery::Writing(from) => from,
            Delivery::InFlight(_) | Delivery::Done => return,
        };
        if file.retry_at.is_some_and(|at| at > now) && !tries_at_once {
            return;
        }
        if output.bytes.is_empty() {
            output.delivery = Delivery::Done;
            return;
        }
        let wall = Wall::from(self.clock.now());
        let made = self.batch.made.unwrap_or(wall);
        let bytes = &output.bytes[from..];
        let outcome = file.sink.write_records(bytes, Now { tick: now, wall }, made);
        let counters = &self.shared.counters;
        counters.bytes_written.fetch_add(outcome.taken as u64, Relaxed);
        output.delivery = Delivery::Writing(from + outcome.taken);
        file.retry_at = match outcome.next {
            Next::Done => None,
            Next::RetryAt(at) | Next::LockRetryAt(at) => Some(at),
        };
        if outcome.next == Next::Done {
            output.delivery = Delivery::Done;
            output.counters.written.fetch_add(output.records, Relaxed);
            counters.wrote(output.primary.total());
        }
        if matches!(outcome.next, Next::RetryAt(_)) {
            file.failed_tries += 1;
        }
        self.report_file(place, outcome.error, now, wall);
    }

    /// Publishes the figures of all files, and the state of the one at `place`.
    fn report_file(&mut self, place: usize, error: Option<FileError>, now: Tick, wall: Wall) {
        self.publish_files();
        let counters = &self.shared.counters;
        let output = &mut self.batch.outputs[place];
        let Some(file) = output.file() else { return };
        match (error, file.sink.is_degraded()) {
            (Some(error), _) => {
                let text = clean_error(&mut self.masker, &error);
                output.counters.set_failing(&text);
                counters.error(&text, wall);
                self.notices.report(Kind::File, &text, now);
            }
            (None, false) => output.counters.set_working(),
            (None, true) if !file.sink.locks_work() && !file.sink.is_detached() => {
                output.counters.set_failing(NO_LOCKS)
            }
            (None, true) => {}
        }
    }

    /// Publishes the sums of the figures of all files.
    pub(super) fn publish_files(&self) {
        let counters = &self.shared.counters;
        let figures = || self.batch.files().map(|file| file.sink.figures());
        let rotations = figures().map(|figures| figures.rotations).sum();
        let purged_files = figures().map(|figures| figures.purged_files).sum();
        let lock_timeouts = figures().map(|figures| figures.lock_timeouts).sum();
        let unlocked_batches = figures().map(|figures| figures.unlocked_batches).sum();
        let reopened_files = figures().map(|figures| figures.reopened).sum();
        counters.rotations.store(rotations, Relaxed);
        counters.purged_files.store(purged_files, Relaxed);
        counters.lock_timeouts.store(lock_timeouts, Relaxed);
        counters.unlocked_batches.store(unlocked_batches, Relaxed);
        counters.reopened_files.store(reopened_files, Relaxed);
    }

    fn deliver_to_threaded(&mut self) {
        let has_file = self.batch.has_file();
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
                    output.delivery = output.send(has_file);
                }
                Delivery::Filling if has_file => {
                    output.leave_out(&self.shared.counters);
                    output.delivery = Delivery::Done;
                }
                Delivery::InFlight(number) if threaded.is_done(number) => output.delivery = Delivery::Done,
                Delivery::Filling | Delivery::Writing(_) | Delivery::InFlight(_) | Delivery::Done => {}
            }
        }
    }
}

impl Output {
    /// Sends the batch to the output's thread. Without a file the batch is kept until the thread is done with it.
    fn send(&mut self, has_file: bool) -> Delivery {
        let Some(buffers) = self.threaded().map(|threaded| threaded.buffers()) else {
            return Delivery::Done;
        };
        let batch = self.take_rendered(buffers);
        match &mut self.target {
            Target::Threaded(threaded) => match threaded.send(batch) {
                _ if has_file => Delivery::Done,
                number => Delivery::InFlight(number),
            },
            Target::File(_) => Delivery::Done,
        }
    }

    /// Counts the batch as lost for this output.
    fn leave_out(&mut self, counters: &Counters) {
        self.counters.dropped.fetch_add(self.records, Relaxed);
        self.left_out += self.records;
        counters.drop_accepted(DropReason::OutputFull, &self.primary);
        counters.leave_out(self.records - self.primary.total());
    }

    /// Called after a write that panicked: the file has taken `bytes` more than it reported.
    pub(super) fn has_taken(&mut self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        self.delivery = match self.delivery {
            Delivery::Filling => Delivery::Writing(bytes),
            Delivery::Writing(before) => Delivery::Writing(before + bytes),
            later => later,
        };
    }
}

impl Batch {
    /// Gives up the lines that no output has taken. Returns the records that were not written by their primary output.
    pub(super) fn give_up(&mut self, counters: &Counters) -> Vec<BatchRecord> {
        let places = 0..self.outputs.len();
        places
            .flat_map(|place| self.give_up_output(place, counters))
            .collect()
    }

    /// Gives up what the output at `place` has not taken, and returns the records of which it is the primary output.
    pub(super) fn give_up_output(&mut self, place: usize, counters: &Counters) -> Vec<BatchRecord> {
        let output = &mut self.outputs[place];
        let taken = match output.delivery {
            Delivery::Filling => 0,
            Delivery::Writing(taken) => taken,
            // The output's thread counts what it has.
            Delivery::InFlight(_) | Delivery::Done => {
                output.delivery = Delivery::Done;
                return Vec::new();
            }
        };
        output.delivery = Delivery::Done;
        // Lines of the logger itself never share a batch with records, so each line is a record.
        let whole = memchr::memchr_iter(b'\n', &output.bytes[..taken]).count() as u64;
        let whole = whole.min(output.records);
        output.counters.written.fetch_add(whole, Relaxed);
        output.counters.failed.fetch_add(output.records - whole, Relaxed);
        counters.wrote(whole);
        counters.leave_out(output.records - output.primary.total());
        let of_this_output = |record: &&BatchRecord| record.primary.map(usize::from) == Some(place);
        let of_this_output = self.records.iter().filter(of_this_output);
        of_this_output.skip(whole as usize).copied().collect()
    }
}
