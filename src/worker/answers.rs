//! Answers tickets: each when every output has handed over what was accepted before it, or truly cannot.

use super::batch::{Batch, Output, Target};
use super::notice::{Kind, clean_error};
use super::{Shared, Stage, Worker};
use crate::clock::Tick;
use crate::error::{Error, ErrorKind};
use crate::sink::file::FileError;
use crate::sink::threaded::ThreadedOutput;
use crate::ticket::{Key, Loss, Request, Ticket};
use std::time::Duration;

/// An output that has work and has moved nothing for so long makes a flush answer.
const STUCK_AFTER: Duration = Duration::from_secs(1);

/// A ticket that waits for its answer.
pub(super) struct PendingTicket {
    ticket: Ticket,
    taken: Tick,
    /// Failed tries of the file and of each threaded output when the ticket was taken.
    file_tries: u64,
    threaded_tries: Vec<u64>,
    /// For each threaded output the batch it must have settled; known when the file has everything.
    batches: Option<Vec<u64>>,
    /// What already went wrong with the request itself.
    pub(super) refused: Option<Error>,
    /// A sync of which the system has everything: the disk is next.
    wants_disk: bool,
}

impl PendingTicket {
    pub(super) fn new(ticket: Ticket, now: Tick, batch: &Batch) -> PendingTicket {
        PendingTicket {
            ticket,
            taken: now,
            file_tries: batch.failed_tries,
            threaded_tries: batch.threaded().map(|threaded| threaded.failed_tries()).collect(),
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
            // The end of the worker answers it.
            return None;
        }
        let call = self.ticket.request.name();
        if self.batches.is_none() && written_through >= self.taken {
            self.batches = Some(batch.threaded().map(|threaded| threaded.sent()).collect());
        }
        if self.batches.is_none() && batch.failed_tries > self.file_tries {
            return Some(Err(failing(call, &batch.outputs[0])));
        }
        for (place, output, threaded) in self.waits_for(batch) {
            if threaded.failed_tries() > self.threaded_tries[place] {
                return Some(Err(failing(call, output)));
            }
            if threaded.is_stuck(now, STUCK_AFTER) {
                return Some(Err(stuck(call, output)));
            }
        }
        let all_done = self.batches.is_some() && self.waits_for(batch).next().is_none();
        all_done.then(|| self.refused.take().map_or(Ok(()), Err))
    }

    /// The threaded outputs that have not settled what they must; none while the file, which is first, has not.
    fn waits_for<'a>(
        &'a self,
        batch: &'a Batch,
    ) -> impl Iterator<Item = (usize, &'a Output, &'a ThreadedOutput)> {
        let waits = !self.is_shutdown() && (self.batches.is_some() || !batch.has_file());
        let threaded = batch
            .outputs
            .iter()
            .filter_map(|output| Some((output, output.threaded()?)));
        let numbered = threaded
            .enumerate()
            .map(|(place, (output, threaded))| (place, output, threaded));
        numbered.filter(move |(place, output, threaded)| {
            let must_settle = self
                .batches
                .as_ref()
                .map_or_else(|| threaded.sent(), |batches| batches[*place]);
            waits && !output.counters.has_ended() && !threaded.is_done(must_settle)
        })
    }
}

impl Worker {
    /// Answers every ticket that can be answered; the plain ones before the disk is waited for.
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
        // Whoever is not answered stays in the list: a panic of the sync must not forget who waits for it.
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
            let result = self.sync_file();
            let (synced, waiting) = self.pending.drain(..).partition(|ticket| ticket.wants_disk);
            self.pending = waiting;
            let synced: Vec<PendingTicket> = synced;
            synced
                .iter()
                .for_each(|ticket| reply(&self.shared, ticket.ticket, result.clone()));
        }
    }

    /// Forgets tickets whose futures were dropped, whenever the list would have to grow.
    pub(super) fn forget_dropped_tickets(&mut self) {
        let Worker { pending, shared, .. } = self;
        if pending.len() == pending.capacity() {
            pending.retain(|ticket| ticket.is_shutdown() || shared.cell.is_waiting(ticket.ticket.key));
        }
    }

    fn sync_file(&mut self) -> Result<(), Error> {
        let Some(file) = self.batch.file() else {
            return Ok(());
        };
        let result = file.sync();
        result.map_err(|error| {
            let error = self.report_file_error(Kind::Sync, &error);
            // It stays so until another file is opened: what is on the disk is unknown.
            self.batch.outputs[0].counters.set_failing(&error.to_string());
            error
        })
    }

    /// Reports an error of the file and makes it an answer.
    pub(super) fn report_file_error(&mut self, kind: Kind, error: &FileError) -> Error {
        let text = clean_error(&mut self.masker, error);
        self.shared.counters.error(&text, self.wall_now());
        self.notices.report(kind, &text, Tick::now());
        Error::new(ErrorKind::Io, text)
    }

    /// When a ticket that waits for a threaded output is to be answered because that has moved nothing.
    pub(super) fn stuck_at(&self) -> Option<Tick> {
        let waited_for = self
            .pending
            .iter()
            .flat_map(|ticket| ticket.waits_for(&self.batch));
        waited_for
            .filter_map(|(_, _, threaded)| threaded.stuck_at(STUCK_AFTER))
            .min()
    }

    /// What shutdown answers; `unwritten` records had not ended when it gave up.
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

/// Gives the answer; a success turns into an error when there are losses that nobody was told of.
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
