//! What a program asks of a running logger, served: flush, sync, reopen, shutdown, filter, health, purge.
//!
//! Requests to the worker go through the ticket cell and not through the queue, so a full queue delays none of them.
//! A logger that has ended answers too: its figures stay, and requests get the answer of the shutdown.

use super::child::get_or_start_in_child;
use super::core::Core;
use super::{notice, purge, snapshot, watchdog};
use crate::config::Retention;
use crate::error::{Error, ErrorKind};
use crate::filter::{Filter, ParsedFilter};
use crate::health::{FailedRecord, Health};
use crate::process;
use crate::sink::retention::{Purge, PurgeReport};
use crate::sync::{Ordering::Relaxed, enter};
use crate::ticket::{Flush, Request, Shutdown};

impl Core {
    /// Sends a request for which a [`Flush`] waits.
    pub(crate) fn ask(&self, request: Request) -> Flush {
        let Some(core) = self.in_this_process() else {
            return Flush::answered(Err(not_logged_yet(request.name())));
        };
        let flush = Flush::send(&core.shared.cell, request, core.id);
        core.shared.queue.wake_up();
        flush
    }

    /// Serves `log::Log::flush`, which has no result: the next `flush()` reports what was lost.
    pub(crate) fn flush_within_limit(&self) {
        drop(self.ask(Request::Flush).wait_timeout(self.shutdown_timeout));
    }

    pub(crate) fn shutdown(&self) -> Shutdown {
        match self.in_this_process() {
            Some(core) => watchdog::shut_down(core),
            None => {
                self.fork_state.get().shut_down();
                Shutdown::answered(Err(not_logged_yet(Request::Shutdown.name())))
            }
        }
    }

    /// Replaces the filter and returns the one before, as directives.
    pub(crate) fn set_filter(&self, directives: &str) -> Result<String, Error> {
        let ParsedFilter {
            filter,
            asked,
            doubts,
            by_name: _,
        } = Filter::parse(directives, &self.settings.own_crates)
            .map_err(|fault| self.masked(Error::new(ErrorKind::Config, format!("set_filter: {fault}"))))?;
        // Restoring the filter of the start asks for no more than the settings did.
        let asked = match filter == self.settings.filter {
            true => self.settings.asked,
            false => asked,
        };
        let max = filter.max_level().min(self.widest);
        let before = process::guarded(|| {
            let _one_at_a_time = enter(self.filter_change.get());
            let before = self.filter.replace(std::sync::Arc::new(filter));
            process::new_epoch();
            let core = self.in_this_process().unwrap_or(self);
            core.shared.has_new_filter.store(true, Relaxed);
            // In a child that has not logged yet the parent's claim holds the level until the child's logger makes
            // its own.
            core.claim.set(max);
            before
        });
        notice::report_compiled_out(&self.name, asked.min(self.widest));
        for doubt in doubts {
            let text = self.masked_text(&format!("set_filter: {doubt}"));
            notice::print_notice(&self.name, &text);
        }
        Ok(before.map_or_else(String::new, |before| before.to_string()))
    }

    /// The filter in force, as directives.
    pub(crate) fn directives(&self) -> String {
        self.filter().to_string()
    }

    pub(crate) fn health(&self) -> Health {
        // The figures are copied under locks: records that an allocator logs meanwhile are refused.
        process::guarded(|| match self.in_this_process() {
            Some(core) => snapshot::of(core),
            None => snapshot::of_child_without_logger(self),
        })
    }

    pub(crate) fn failed_records(&self) -> Vec<FailedRecord> {
        let records = || Some(self.in_this_process()?.shared.counters.failed_records());
        process::guarded(records).unwrap_or_default()
    }

    pub(crate) fn purge(&self, retention: &Retention, how: Purge) -> Result<PurgeReport, Error> {
        let core = get_or_start_in_child(self).map_err(|_| not_logged_yet(how.call()))?;
        purge::run(core, retention, how)
    }

    /// Whether it takes in records, in this process.
    pub(crate) fn is_running(&self) -> bool {
        self.in_this_process().is_some_and(|core| !core.is_stopped())
    }
}

fn not_logged_yet(call: &str) -> Error {
    let text = format!(
        "{call}: this process was forked from the one in which the logger was started, and has not logged yet; its \
         first record starts a logger of its own"
    );
    Error::new(ErrorKind::NotRunning, text)
}
