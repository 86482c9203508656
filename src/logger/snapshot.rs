//! Makes the health snapshot out of counters; reads them so that what is pending never comes out negative.

use super::Core;
use crate::clock::Tick;
use crate::health::{FailedRecord, Health, OutputHealth, State};
use crate::process;
use crate::sync::Ordering::SeqCst;

impl Core {
    pub(crate) fn health(&self) -> Health {
        // Records that an allocator logs meanwhile are refused: what is copied is copied under locks.
        process::guarded(|| match self.in_this_process() {
            Some(core) => core.snapshot(),
            None => self.health_in_child(),
        })
    }

    fn snapshot(&self) -> Health {
        let counters = &self.shared.counters;
        // What is settled is read before what was accepted: every settled record was accepted before.
        let settled = counters.settled_count();
        let (written, failed, dropped) = (
            counters.written_count(),
            counters.failed_count(),
            counters.dropped(),
        );
        let pending = self.shared.queue.accepted().saturating_sub(settled);
        let mut outputs: Vec<_> = self
            .shared
            .outputs
            .iter()
            .map(|output| output.snapshot())
            .collect();
        let state = self.state(&outputs);
        if state == State::Stopped {
            outputs.iter_mut().for_each(OutputHealth::stop);
        }
        let (queue_bytes, queue_bytes_max) = self.shared.queue.bytes();
        let last_error = counters.last_error();
        Health {
            name: self.name.clone(),
            state,
            total_messages: written + failed + dropped.total + pending,
            written,
            failed,
            pending,
            dropped,
            error_count: counters.error_count(),
            last_error_time: last_error.as_ref().map(|(_, at)| at.as_secs_f64()),
            last_error: last_error.map(|(text, _)| text),
            failed_logs_count: counters.failed_kept(),
            queue_bytes,
            queue_bytes_max,
            outputs,
            ..counters.snapshot(Tick::now())
        }
    }

    fn state(&self, outputs: &[OutputHealth]) -> State {
        if self.shared.counters.stopped.load(SeqCst) || self.is_stopped() {
            State::Stopped
        } else if outputs.iter().any(|output| output.state != "running") {
            State::Degraded
        } else {
            State::Running
        }
    }

    pub(crate) fn failed_records(&self) -> Vec<FailedRecord> {
        let records = || Some(self.in_this_process()?.shared.counters.failed_records());
        process::guarded(records).unwrap_or_default()
    }
}
