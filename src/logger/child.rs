//! The logger of a child made by `fork`: the child's first record starts a queue, a worker and outputs of the child's
//! own.
//!
//! It is found through `ForkState` of the parent's `Core`.

use super::core::{Core, ForkState};
use super::start;
use crate::clock::Tick;
use crate::health::DropReason;
use crate::process;
use crate::sync::{Arc, Ordering, enter};
use crate::worker;
use std::time::Duration;

/// The shortest time between two attempts to start a logger in a child.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The logger of this process. In a forked child that has none yet, this starts it.
///
/// # Errors
///
/// The reason for which a record is dropped that needed it.
pub(super) fn get_or_start_in_child(core: &Core) -> Result<&Core, DropReason> {
    if let Some(core) = core.in_this_process() {
        return Ok(core);
    }
    let state = core.fork_state.get();
    // A logger that was shut down stays shut down, whether that was asked for before the fork or after it.
    let shut_before_fork = core.shared.deadline.load(Ordering::SeqCst) != u64::MAX;
    if shut_before_fork || state.is_shut_down() {
        return Err(DropReason::AfterShutdown);
    }
    if process::in_logger() {
        return Err(DropReason::Nested);
    }
    process::guarded(|| start_child(core, state))
}

#[cold]
fn start_child<'a>(core: &'a Core, state: &'a ForkState) -> Result<&'a Core, DropReason> {
    let mut last_failure = enter(&state.last_failure);
    if let Some(child) = state.child.get() {
        return Ok(child);
    }
    if last_failure.is_some_and(|at| Tick::now() < at.after(RETRY_AFTER)) {
        return Err(DropReason::Forked);
    }
    match start::start_in_child(core, Arc::clone(state.counters())) {
        Ok(child) => Ok(state.child.get_or_init(|| child)),
        Err(error) => {
            // Only the first failure is reported.
            if let (None, Some(mut stream)) = (*last_failure, core.streams.notices.upgrade()) {
                let text = format!("no logger in this forked process, records are dropped: {error}");
                worker::print_notice(&mut stream, &core.name, &text);
            }
            *last_failure = Some(Tick::now());
            Err(DropReason::Forked)
        }
    }
}
