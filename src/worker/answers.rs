//! Answers tickets: each when every output has handed over what was accepted before it, or truly cannot.

use super::batch::{Batch, Lane, Output};
use super::notice::{Kind, clean};
use super::{Stage, Worker};
use crate::clock::Tick;
use crate::error::{Error, ErrorKind};
use crate::sink::file::FileError;
use crate::ticket::{Key, Loss, Request, Ticket};
use std::time::Duration;

/// An output that has work and has moved nothing for so long makes a flush answer.
const STUCK_AFTER: Duration = Duration::from_secs(1);

/// A ticket that waits for its answer.
pub(super) struct Held {
    ticket: Ticket,
    taken: Tick,
    /// Failed tries of the file and of each outlet when the ticket was taken.
    file_tries: u64,
    outlet_tries: Vec<u64>,
    /// For each outlet the parcel it must have settled; known when the file has everything.
    parcels: Option<Vec<u64>>,
    /// What already went wrong with the request itself.
    refused: Option<Error>,
}

impl Held {
    pub(super) fn new(ticket: Ticket, now: Tick, batch: &Batch, refused: Option<Error>) -> Held {
        Held {
            ticket,
            taken: now,
            file_tries: batch.failed_tries,
            outlet_tries: batch.outlets().map(|outlet| outlet.failed_tries()).collect(),
            parcels: None,
            refused,
        }
    }

    pub(super) fn key_and_told(&self) -> (Key, Loss) {
        (self.ticket.key, self.ticket.told)
    }

    /// The answer, if it can be given now.
    fn check(&mut self, batch: &Batch, written_through: Tick, now: Tick) -> Option<Result<(), Error>> {
        if self.parcels.is_none() && written_through >= self.taken {
            self.parcels = Some(batch.outlets().map(|outlet| outlet.sent()).collect());
        }
        if self.parcels.is_none() && batch.failed_tries > self.file_tries {
            return Some(Err(failing(&batch.lanes[0])));
        }
        let mut all_done = self.parcels.is_some();
        let outlets = batch.lanes.iter().filter_map(|lane| Some((lane, lane.outlet()?)));
        for (place, (lane, outlet)) in outlets.enumerate() {
            let must_settle = match &self.parcels {
                Some(parcels) => parcels[place],
                None => outlet.sent(),
            };
            if lane.counters.has_ended() || outlet.is_done(must_settle) {
                continue;
            }
            all_done = false;
            let waited_for = self.parcels.is_some() || !batch.has_file();
            if waited_for && outlet.failed_tries() > self.outlet_tries[place] {
                return Some(Err(failing(lane)));
            }
            if waited_for && outlet.is_stuck(now, STUCK_AFTER) {
                return Some(Err(stuck(lane)));
            }
        }
        all_done.then(|| self.refused.take().map_or(Ok(()), Err))
    }
}

impl Worker {
    /// Answers every ticket that can be answered; the plain ones before the disk is waited for.
    pub(super) fn answer(&mut self) {
        if self.held.is_empty() {
            return;
        }
        self.enter_stage(Stage::Answer);
        let now = Tick::now();
        let mut syncs = Vec::new();
        let mut held = std::mem::take(&mut self.held);
        held.retain_mut(|held| {
            if held.ticket.request == Request::Shutdown {
                // The end of the worker answers it.
                return true;
            }
            match held.check(&self.batch, self.written_through, now) {
                None => return true,
                Some(Ok(())) if held.ticket.request == Request::Sync => syncs.push(held.ticket),
                Some(result) => self.reply(held.ticket, result),
            }
            false
        });
        self.held = held;
        if !syncs.is_empty() {
            let result = self.sync_file();
            syncs
                .into_iter()
                .for_each(|ticket| self.reply(ticket, result.clone()));
        }
    }

    /// Gives the answer; a success turns into an error when there are losses that nobody was told of.
    fn reply(&self, ticket: Ticket, result: Result<(), Error>) {
        let loss = self.shared.counters.loss();
        let untold = loss.since(ticket.told);
        let (result, tells) = match result {
            Ok(()) if untold.total() > 0 => (Err(incomplete("flush", untold)), loss),
            Ok(()) => (Ok(()), loss),
            Err(error) => (Err(error), ticket.told),
        };
        self.shared.cell.answer(ticket.key, result, tells);
    }

    fn sync_file(&mut self) -> Result<(), Error> {
        let Some(file) = self.batch.file() else {
            return Ok(());
        };
        let result = file.sync();
        result.map_err(|error| self.tell_of_file(Kind::Sync, &error))
    }

    /// Reports an error of the file and makes it an answer.
    pub(super) fn tell_of_file(&mut self, kind: Kind, error: &FileError) -> Error {
        let text = clean(&mut self.masker, &error.text);
        self.shared.counters.error(&text, self.wall_now());
        self.notices.tell(kind, &text, Tick::now());
        Error::new(ErrorKind::Io, text)
    }

    /// When a ticket that waits for an outlet is to be answered because that has moved nothing.
    pub(super) fn stuck_at(&self) -> Option<Tick> {
        if self.held.is_empty() {
            return None;
        }
        self.batch
            .outlets()
            .filter_map(|outlet| outlet.stuck_at(STUCK_AFTER))
            .min()
    }

    /// What shutdown answers.
    pub(super) fn closing_answer(&self, in_time: bool, unwritten: u64) -> Result<(), Error> {
        let told = self
            .held
            .iter()
            .find(|held| held.ticket.request == Request::Shutdown);
        let told = told.map_or(Loss::default(), |held| held.ticket.told);
        let loss = self.shared.counters.loss().since(told);
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
            return Err(Error::new(ErrorKind::Timeout, text).with_unwritten(loss.total().max(unwritten)));
        }
        if loss.total() > 0 {
            return Err(incomplete("shutdown", loss));
        }
        Ok(())
    }
}

fn incomplete(what: &str, loss: Loss) -> Error {
    let text = format!(
        "{what}: {} records were dropped and {} failed since the last answer; health() says why",
        loss.dropped, loss.failed
    );
    Error::new(ErrorKind::Incomplete, text).with_unwritten(loss.total())
}

fn failing(lane: &Lane) -> Error {
    let error = lane.counters.last_error().unwrap_or_default();
    let kept = match lane.output {
        Output::File(_) => "the records are kept and retried",
        Output::Outlet(_) => "the lines are kept and retried",
    };
    Error::new(ErrorKind::Io, format!("flush: {error}; {kept}"))
}

fn stuck(lane: &Lane) -> Error {
    let name = lane.counters.name();
    let text = format!("flush: the {name} has taken nothing for 1 s; is its reader stopped?");
    Error::new(ErrorKind::Timeout, text)
}
