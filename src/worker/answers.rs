//! Answers tickets: each as soon as every output has written what was accepted before it, or has failed to.

use super::batch::Batch;
use super::notice::{Kind, clean_error};
use super::output::{Output, Target};
use super::{Shared, Stage, Worker};
use crate::clock::{Tick, Wall};
use crate::error::{Error, ErrorKind};
use crate::sink::file::{FileError, FileSink, Now};
use crate::sink::threaded::ThreadedOutput;
use crate::ticket::{Key, Loss, Request, Ticket};
use std::time::Duration;

/// A flush returns an error if an output that has lines to write has written nothing for this long.
const STUCK_AFTER: Duration = Duration::from_secs(1);

/// A ticket that waits for its answer.
pub(super) struct PendingTicket {
    ticket: Ticket,
    taken: Tick,
    /// Number of failed writes of each output when the ticket was taken.
    failed_tries: Vec<u64>,
    /// The batch that each threaded output must have settled (0 for a file); known once the files have everything.
    batches: Option<Vec<u64>>,
    /// An error of the request itself, such as a failed reopen.
    pub(super) refused: Option<Error>,
    /// A sync whose records are all written, so that the disk is to be synced now.
    wants_disk: bool,
}

impl PendingTicket {
    pub(super) fn new(ticket: Ticket, now: Tick, batch: &Batch) -> PendingTicket {
        PendingTicket {
            ticket,
            taken: now,
            failed_tries: batch.outputs.iter().map(Output::failed_tries).collect(),
            batches: None,
            refused: None,
            wants_disk: false,
        }
    }

    pub(super) fn key_and_reported(&self) -> (Key, Loss) {
        (self.ticket.key, self.ticket.reported)
    }

    fn is_shutdown(&self) -> bool {
        self.ticket.request == Request::Shutdown
    }

    /// The answer, if it can be given now.
    fn check(&mut self, batch: &Batch, written_through: Tick, now: Tick) -> Option<Result<(), Error>> {
        if self.is_shutdown() {
            // Answered when the worker ends.
            return None;
        }
        let call = self.ticket.request.name();
        if self.batches.is_none() && written_through >= self.taken {
            let sent = |output: &Output| output.threaded().map_or(0, ThreadedOutput::sent);
            self.batches = Some(batch.outputs.iter().map(sent).collect());
        }
        if self.batches.is_none() {
            let files = batch.outputs.iter().zip(&self.failed_tries);
            let mut files = files.filter(|(output, _)| output.file().is_some());
            if let Some((output, _)) = files.find(|(output, before)| output.failed_tries() > **before) {
                return Some(Err(failing(call, output)));
            }
        }
        for (place, output, threaded) in self.waits_for(batch) {
            if threaded.failed_tries() > self.failed_tries[place] {
                return Some(Err(failing(call, output)));
            }
            if threaded.is_stuck(now, STUCK_AFTER) {
                return Some(Err(stuck(call, output)));
            }
        }
        let all_done = self.batches.is_some() && self.waits_for(batch).next().is_none();
        all_done.then(|| self.refused.take().map_or(Ok(()), Err))
    }

    /// The threaded outputs that this ticket waits for. None while it waits for a file, because files are written
    /// first.
    fn waits_for<'a>(
        &'a self,
        batch: &'a Batch,
    ) -> impl Iterator<Item = (usize, &'a Output, &'a ThreadedOutput)> {
        let waits = !self.is_shutdown() && (self.batches.is_some() || !batch.has_file());
        let outputs = batch.outputs.iter().enumerate();
        let threaded = outputs.filter_map(|(place, output)| Some((place, output, output.threaded()?)));
        threaded.filter(move |(place, output, threaded)| {
            let must_settle = match &self.batches {
                Some(batches) => batches[*place],
                None => threaded.sent(),
            };
            waits && !output.counters.has_ended() && !threaded.is_done(must_settle)
        })
    }
}

impl Worker {
    /// Answers every ticket that can be answered. A sync of the disk comes last, so that no flush waits for it.
    pub(super) fn answer(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        self.enter_stage(Stage::Answer);
        let now = Tick::now();
        let Worker {
            pending,
            batch,
            shared,
            written_through,
            ..
        } = self;
        // Tickets without an answer stay in the list, so that a panic in the sync does not lose them.
        pending.retain_mut(|ticket| match ticket.check(batch, *written_through, now) {
            None => true,
            Some(Ok(())) if ticket.ticket.request == Request::Sync => {
                ticket.wants_disk = true;
                true
            }
            Some(result) => {
                reply(shared, ticket.ticket, result);
                false
            }
        });
        if self.pending.iter().any(|ticket| ticket.wants_disk) {
            let result = self.sync_files();
            let (synced, waiting) = self.pending.drain(..).partition(|ticket| ticket.wants_disk);
            self.pending = waiting;
            let synced: Vec<PendingTicket> = synced;
            synced
                .iter()
                .for_each(|ticket| reply(&self.shared, ticket.ticket, result.clone()));
        }
    }

    /// Removes tickets whose futures were dropped, whenever the list would have to grow.
    pub(super) fn forget_dropped_tickets(&mut self) {
        let Worker { pending, shared, .. } = self;
        if pending.len() == pending.capacity() {
            pending.retain(|ticket| ticket.is_shutdown() || shared.cell.is_waiting(ticket.ticket.key));
        }
    }

    /// Syncs every file; returns the first error.
    fn sync_files(&mut self) -> Result<(), Error> {
        let mut result = Ok(());
        for place in 0..self.batch.outputs.len() {
            let Some(file) = self.batch.outputs[place].file_mut() else {
                continue;
            };
            if let Err(error) = file.sink.sync() {
                let error = self.report_file_error(Kind::Sync, &error);
                // The output fails until another file is opened: what is on the disk is unknown.
                self.batch.outputs[place].counters.set_failing(&error.to_string());
                result = result.and(Err(error));
            }
        }
        result
    }

    /// Reopens every file; returns the first error.
    pub(super) fn reopen(&mut self, now: Tick) -> Option<Error> {
        self.with_files(now, FileSink::reopen)
    }

    /// Deletes surplus backups, a few in each pass.
    pub(super) fn clean_backups(&mut self) {
        let now = Tick::now();
        if self.batch.clean_at().is_none_or(|at| at > now) {
            return;
        }
        let is_due = |file: &FileSink| file.clean_at().is_some_and(|at| at <= now);
        // No ticket waits for the cleaning, so its error is only reported.
        drop(self.with_files(
            now,
            |file, now| if is_due(file) { file.clean(now) } else { Ok(()) },
        ));
        self.publish_files();
    }

    /// Calls `work` with every file, reports its errors, and returns the first of them.
    fn with_files(
        &mut self,
        tick: Tick,
        work: impl Fn(&mut FileSink, Now) -> Result<(), FileError>,
    ) -> Option<Error> {
        let wall: Wall = self.wall_now();
        let mut first = None;
        for place in 0..self.batch.outputs.len() {
            let file = self.batch.outputs[place].file_mut();
            if let Some(Err(error)) = file.map(|file| work(&mut file.sink, Now { tick, wall })) {
                let error = self.report_file_error(Kind::File, &error);
                first = first.or(Some(error));
            }
        }
        first
    }

    /// Reports an error of a file, and returns it in the form that answers a ticket.
    pub(super) fn report_file_error(&mut self, kind: Kind, error: &FileError) -> Error {
        let text = clean_error(&mut self.masker, error);
        self.shared.counters.error(&text, self.wall_now());
        self.notices.report(kind, &text, Tick::now());
        Error::new(ErrorKind::Io, text)
    }

    /// When the next ticket must be answered because an output that it waits for is stuck.
    pub(super) fn stuck_at(&self) -> Option<Tick> {
        let waited_for = self
            .pending
            .iter()
            .flat_map(|ticket| ticket.waits_for(&self.batch));
        waited_for
            .filter_map(|(_, _, threaded)| threaded.stuck_at(STUCK_AFTER))
            .min()
    }

    /// The answer of the shutdown; `unwritten` is the number of records that were pending when it gave up.
    pub(super) fn closing_answer(&self, in_time: bool, unwritten: u64) -> Result<(), Error> {
        let asked = self.pending.iter().find(|ticket| ticket.is_shutdown());
        let reported = asked.map_or_else(|| self.shared.cell.reported(), |ticket| ticket.ticket.reported);
        let loss = self.shared.loss().since(reported);
        if !in_time {
            let behind: Vec<String> = (self.shared.outputs.iter())
                .filter_map(|output| Some(format!("{}: {}", output.name(), output.last_error()?)))
                .collect();
            let behind = if behind.is_empty() {
                "an output is stuck".to_owned()
            } else {
                behind.join("; ")
            };
            let text = format!("shutdown: {unwritten} records were not written before the limit ({behind})");
            let lost = loss.total() + self.shared.pending();
            return Err(Error::new(ErrorKind::Timeout, text).with_unwritten(lost));
        }
        if loss.total() > 0 {
            return Err(incomplete("shutdown", loss, &self.shared));
        }
        Ok(())
    }
}

/// Answers a ticket. A success becomes an error if there are losses that no answer has reported.
fn reply(shared: &Shared, ticket: Ticket, result: Result<(), Error>) {
    let loss = shared.loss();
    let unreported = loss.since(ticket.reported);
    let (result, reports) = match result {
        Ok(()) if unreported.total() > 0 => {
            (Err(incomplete(ticket.request.name(), unreported, shared)), loss)
        }
        Ok(()) => (Ok(()), loss),
        Err(error) => (Err(error), ticket.reported),
    };
    shared.cell.answer(ticket.key, result, reports);
}

fn incomplete(what: &str, loss: Loss, shared: &Shared) -> Error {
    let Loss {
        dropped,
        failed,
        left_out,
    } = loss;
    let mut text =
        format!("{what}: {dropped} records were dropped and {failed} failed since the last answer");
    if left_out > 0 {
        let outputs = shared.outputs.iter().map(|output| output.snapshot());
        let behind: Vec<_> = outputs
            .filter(|output| output.dropped + output.failed > 0)
            .map(|output| output.name)
            .collect();
        text.push_str(&format!(
            ", and {left_out} lines are missing in the {}",
            behind.join(" and the ")
        ));
    }
    text.push_str("; health() says why");
    Error::new(ErrorKind::Incomplete, text).with_unwritten(loss.total())
}

fn failing(call: &str, output: &Output) -> Error {
    let error = output.counters.last_error().unwrap_or_default();
    let kept = match output.target {
        Target::File(_) => "the records are kept and retried",
        Target::Threaded(_) => "the lines are kept and retried",
    };
    Error::new(ErrorKind::Io, format!("{call}: {error}; {kept}"))
}

fn stuck(call: &str, output: &Output) -> Error {
    let name = output.counters.name();
    let text = format!("{call}: the {name} has taken nothing for 1 s; is its reader stopped?");
    Error::new(ErrorKind::Timeout, text)
}
