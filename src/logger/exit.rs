//! The end of the process: drains every logger that is still alive. The program needs to keep no guard.
//!
//! It runs as an `atexit` handler: after the thread-locals of the exiting thread are gone (on Windows before that),
//! while all other threads still run. It starts no thread and never panics, and waits at most as long as the loggers'
//! own limits. A forked child has a list of its own, because the parent drains its loggers itself.
//!
//! A fork has the records written too that were logged before it.

use super::core::Core;
use super::{notice, watchdog};
use crate::clock::Instant;
use crate::process::{self, PerProcess};
use crate::sync::Arc;
use crate::sync::plain::{AtomicBool, Mutex, Ordering, enter};
use crate::ticket::Shutdown;
use std::sync::Weak;
use std::time::Duration;

/// How long a fork waits for the records that were logged before it.
const FORK_LIMIT: Duration = Duration::from_millis(100);
/// The same after a fork that has waited in vain.
const LATE_FORK_LIMIT: Duration = Duration::from_millis(1);

/// The time between two looks at the counters.
const LOOK_AGAIN: Duration = Duration::from_micros(50);

/// The loggers that were started and may still be alive.
static ALIVE: PerProcess<Mutex<Vec<Weak<Core>>>> = PerProcess::new();
static REGISTERED: AtomicBool = AtomicBool::new(false);
/// The last fork waited in vain: an output does not move.
static FORK_WAS_LATE: AtomicBool = AtomicBool::new(false);
/// The process ends, and the loggers were drained.
static DRAINED: AtomicBool = AtomicBool::new(false);

/// Has `core` drained when the process ends, if it is alive then.
pub(super) fn register(core: &Arc<Core>) {
    // Not by `Once`: a child forked inside it would wait for a thread that it does not have. The flag is set last, so
    // that no caller relies on a handler that is not registered yet. Registering the handler twice does no harm.
    if !REGISTERED.load(Ordering::SeqCst) {
        process::at_exit(drain_all);
        process::before_fork(write_before_fork);
        REGISTERED.store(true, Ordering::SeqCst);
    }
    let mut alive = enter(ALIVE.get());
    alive.retain(|core| core.strong_count() > 0);
    alive.push(Arc::downgrade(core));
}

extern "C" fn drain_all() {
    if process::other_threads_have_ended() {
        return;
    }
    // If the list is locked, a thread is starting a logger, and may never run again: do not wait for it.
    let Ok(alive) = ALIVE.get().try_lock() else { return };
    let cores: Vec<Arc<Core>> = alive.iter().filter_map(Weak::upgrade).collect();
    drop(alive);
    // All requests are sent before the first wait, so that the limits run at the same time.
    let sent: Vec<(Shutdown, Instant)> = cores
        .iter()
        .map(|core| {
            (
                watchdog::send_shutdown(core),
                Instant::now() + core.shutdown_timeout,
            )
        })
        .collect();
    DRAINED.store(true, Ordering::SeqCst);
    for (shutdown, until) in sent {
        // Nothing is left to report the answer to. The worker has reported errors on standard error.
        drop(shutdown.wait_timeout(until.saturating_duration_since(Instant::now())));
    }
}

/// Before a fork: has what was logged written, because the parent may end by `_exit` at once, as in `daemon(3)`.
///
/// It waits for at most [`FORK_LIMIT`] and until each record is with its primary output. It does not wait on a thread of
/// the logger, or inside the logger's code, which a signal handler may have interrupted. It enters no lock of the
/// logger, which a thread may hold that waits for this one.
extern "C" fn write_before_fork() {
    if process::in_logger() {
        return;
    }
    let written = process::caught(|| {
        let Ok(alive) = ALIVE.get().try_lock() else {
            return true;
        };
        let cores: Vec<Arc<Core>> = process::guarded(|| alive.iter().filter_map(Weak::upgrade).collect());
        drop(alive);
        let limit = match FORK_WAS_LATE.load(Ordering::Relaxed) {
            true => LATE_FORK_LIMIT,
            false => FORK_LIMIT,
        };
        let until = Instant::now() + limit;
        let others = cores.iter().filter(|core| !process::is_own_thread(core.id));
        // All are woken before the first wait, so that a stuck one takes no time from the others.
        others.clone().for_each(|core| core.shared.queue.wake_up());
        let unwritten = others.filter(|core| !are_written(core, until)).count();
        let all_written = unwritten == 0;
        process::guarded(|| drop(cores));
        all_written
    });
    FORK_WAS_LATE.store(written == Some(false), Ordering::Relaxed);
}

/// Waits until the records that were accepted up to now have ended, at most until `until`. It only reads counters.
fn are_written(core: &Core, until: Instant) -> bool {
    let mut accepted = None;
    loop {
        if accepted.is_none() {
            accepted = core.shared.queue.accepted_at_once();
        }
        if accepted.is_some_and(|accepted| core.shared.counters.settled_count() >= accepted) {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// A record was refused because the logger has ended. If that is the drain of the process, nobody will look at `health`
/// any more: the first such record is reported on standard error.
pub(super) fn report_late_record(core: &Core) {
    static REPORTED: AtomicBool = AtomicBool::new(false);
    if DRAINED.load(Ordering::SeqCst) && !REPORTED.swap(true, Ordering::SeqCst) {
        let text = "a record was logged after the logger had ended with the process, and is lost, as are all later ones: \
                    a thread is still running, or an exit handler that logs was registered before init";
        process::guarded(|| notice::print_notice(&core.name, text));
    }
}
