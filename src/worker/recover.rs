//! After a panic and at the end: records that could not be written are counted as failed and kept for
//! `failed_records()`.

use super::backlog::FrameAt;
use super::notice::Kind;
use super::{Stage, Worker};
use crate::clock::Tick;
use crate::error::{Error, ErrorKind};
use crate::escape;
use crate::health::FailedRecord;
use crate::process;
use crate::record::View;
use crate::sync::{Ordering, thread};
use std::time::Duration;

/// After this many panics of sinks a batch is given up.
const SINK_PANICS: u32 = 3;
/// The error of records that the shutdown gives up.
pub(super) const TOO_LATE: &str = "not written before the shutdown limit";
/// Failed records are cut here.
const FAILED_MESSAGE: usize = 1024;

impl Worker {
    /// Called after a stage panicked. The current record fails; if sinks panic repeatedly, the whole batch fails. Then
    /// all tickets are answered, after the loss was counted, and the loop goes on.
    pub(super) fn recover(&mut self) {
        let text = format!("the worker panicked in its stage {:?} and goes on", self.stage);
        let counted = process::caught(|| self.fail_after_panic(&text));
        if counted.is_none() {
            // Showing the record panicked, too: it is only counted.
            if self.batch.take_back().is_some() {
                self.shared.counters.failed_unseen(1);
            }
        }
        // If this panics, the report is missing, and the tickets are answered after the next iteration.
        let _: Option<()> = process::caught(|| self.report_panic(&text));
        if self.closing_is_over() {
            return;
        }
        self.panics += 1;
        if self.panics > 3 {
            // A stage that panics without a current record would make the loop spin.
            thread::park_timeout(Duration::from_millis(10));
        }
    }

    fn fail_after_panic(&mut self, text: &str) {
        if self.stage == Stage::Write {
            self.batch.sink_panics += 1;
            let bytes_written = &self.shared.counters.bytes_written;
            for output in &mut self.batch.outputs {
                let taken = output.file_mut().map_or(0, |file| file.sink.after_panic());
                output.has_taken(taken);
                bytes_written.fetch_add(taken as u64, Ordering::Relaxed);
            }
            if self.batch.sink_panics >= SINK_PANICS {
                self.give_up_batch("the sink panicked three times in a row");
            }
        }
        self.fail_current(text);
    }

    fn report_panic(&mut self, text: &str) {
        self.shared.counters.error(text, self.wall_now());
        self.notices.report(Kind::Panic, text, Tick::now());
        let answer = Error::new(
            ErrorKind::WorkerPanicked,
            format!("{text}; records that were on their way are kept, ask again"),
        );
        while let Some(ticket) = self.pending.pop() {
            let (key, reported) = ticket.key_and_reported();
            self.shared.cell.answer(key, Err(answer.clone()), reported);
        }
    }

    /// Fails the current record, if there is one.
    pub(super) fn fail_current(&mut self, error: &str) {
        // Taken back before anything else can panic, so that the record leaves the batch in any case.
        if let Some(frame) = self.batch.take_back() {
            self.fail(frame, error);
        }
    }

    /// Counts a record as failed and keeps what may be shown of it.
    pub(super) fn fail(&mut self, frame: FrameAt, error: &str) {
        let bytes = self.backlog.frame(frame);
        let shown = process::caught(|| {
            if let Some(hook) = &self.hook {
                hook(Stage::Fail);
            }
            let view = View::read(bytes)?;
            let masked = self.masker.mask(view, &mut self.masked);
            let wall = self.anchor.wall(view.time);
            Some(FailedRecord {
                time: wall.into(),
                level: view.level,
                target: escape::shown(masked.view.target()),
                message: escape::clip(&escape::shown(masked.view.message()), FAILED_MESSAGE).to_owned(),
                error: error.to_owned(),
            })
        });
        match shown {
            Some(Some(record)) => self.shared.counters.failed(record),
            Some(None) | None => self.shared.counters.failed_unseen(1),
        }
    }

    /// Gives up the part of the batch that the outputs have not taken.
    fn give_up_batch(&mut self, error: &str) {
        for record in self.batch.give_up(&self.shared.counters) {
            self.fail(record.frame, error);
        }
        self.batch.settle(&self.shared.counters);
        self.shared.queue.release(self.backlog.settle());
    }

    /// Ends the worker: gives up the remaining records, ends the outputs, and closes the cell with the answer.
    pub(super) fn finish(mut self) {
        let in_time = self.all_is_written() && !self.batch.gave_up();
        // Counted before everything is given up: what an output still holds is unwritten as well.
        let unwritten = self.shared.pending() + self.closing.failed;
        if !in_time {
            // The cell must be closed even if this panics.
            let _: Option<()> = process::caught(|| self.give_everything_up());
        }
        let answer = self.closing_answer(in_time, unwritten);
        let shared = std::sync::Arc::clone(&self.shared);
        // Closes files and threaded outputs before the shutdown is answered.
        drop(self);
        shared
            .counters
            .stopped
            .store(true, std::sync::atomic::Ordering::SeqCst);
        shared.cell.close(answer);
    }

    fn give_everything_up(&mut self) {
        self.fail_current(TOO_LATE);
        if self.batch.is_kept() || !self.batch.is_empty() {
            self.give_up_batch(TOO_LATE);
        }
        // There is no pass while a batch is kept, so records logged meanwhile are still in their chunks.
        self.receive();
        while let Some(frame) = self.backlog.next(Tick(u64::MAX)) {
            self.fail(frame, TOO_LATE);
        }
        self.shared.queue.release(self.backlog.settle());
        self.batch.threaded().for_each(|threaded| threaded.give_up());
    }
}
