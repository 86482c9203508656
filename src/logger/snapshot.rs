//! Makes the health snapshot out of the counters.

use super::core::Core;
use crate::clock::Tick;
use crate::health::{Health, OutputHealth, OutputState, State};
use crate::sync::Ordering::SeqCst;

/// The health of a logger that was started in this process.
pub(super) fn of(core: &Core) -> Health {
    let counters = &core.shared.counters;
    // Read before `accepted`, so that `pending` is never negative: every settled record was accepted earlier.
    let settled = counters.settled_count();
    let (written, failed, dropped) = (
        counters.written_count(),
        counters.failed_count(),
        counters.dropped(),
    );
    let pending = core.shared.queue.accepted().saturating_sub(settled);
    let mut outputs: Vec<_> = core
        .shared
        .outputs
        .iter()
        .map(|output| output.snapshot())
        .collect();
    let state = state(core, &outputs);
    if state == State::Stopped {
        outputs.iter_mut().for_each(OutputHealth::stop);
    }
    let (queue_bytes, queue_bytes_max) = core.shared.queue.bytes();
    let last_error = counters.last_error();
    Health {
        name: core.name.clone(),
        state,
        total_messages: written + failed + dropped.total + pending,
        written,
        failed,
        pending,
        dropped,
        error_count: counters.error_count(),
        last_error_time: last_error.as_ref().map(|(_, at)| (*at).into()),
        last_error: last_error.map(|(text, _)| text),
        failed_logs_count: counters.failed_kept(),
        queue_bytes,
        queue_bytes_max,
        outputs,
        ..counters.snapshot(Tick::now())
    }
}

fn state(core: &Core, outputs: &[OutputHealth]) -> State {
    if core.shared.counters.stopped.load(SeqCst) || core.is_stopped() {
        State::Stopped
    } else if outputs.iter().any(|output| output.state != OutputState::Running) {
        State::Degraded
    } else {
        State::Running
    }
}

/// The health in a forked child that has not logged yet: only records that were refused there are known.
pub(super) fn of_child_without_logger(core: &Core) -> Health {
    let dropped = core.fork_state.get().counters().dropped();
    Health {
        name: core.name.clone(),
        total_messages: dropped.total,
        dropped,
        ..Health::not_started()
    }
}
