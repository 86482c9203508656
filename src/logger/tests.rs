//! Races between a logger's own threads and its callers.

use super::*;
use crate::error::ErrorKind;
use crate::sync::AtomicBool;
use crate::worker::Stage;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::time::Instant as Clock;

const LIMIT: Duration = Duration::from_secs(60);

/// Waits until both threads have called it in this round. It spins, so that both continue at the same time.
fn meet(come: &AtomicUsize, round: usize) {
    come.fetch_add(1, Ordering::SeqCst);
    let mut spins = 0_u32;
    while come.load(Ordering::SeqCst) < 2 * round {
        spins += 1;
        if spins % 64 == 0 {
            std::thread::yield_now();
        }
        std::hint::spin_loop();
    }
}

/// Once, `log`'s maximum level stayed below the level of the filter, and records were lost without being counted.
#[test]
fn the_level_of_the_macros_is_that_of_the_filter_that_was_set_last() {
    const LONG_ENOUGH: Duration = Duration::from_secs(1);
    let logger = AsyncLogger::start_with(Config::new("app").console(None), io::sink()).unwrap();
    let (begun, ended, over) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let set = |directives, round| {
        drop(logger.set_filter(directives).unwrap());
        meet(&ended, round);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1.. {
                meet(&begun, round);
                if over.load(Ordering::SeqCst) {
                    return;
                }
                set("error", round);
            }
        });
        let (begin, mut round, mut behind) = (Clock::now(), 0, 0);
        while begin.elapsed() < LONG_ENOUGH {
            round += 1;
            meet(&begun, round);
            set("trace", round);
            // A logger of another test can only raise the level.
            behind += usize::from(log::max_level() < logger.core.filter().max_level());
        }
        over.store(true, Ordering::SeqCst);
        meet(&begun, round + 1);
        assert_eq!(behind, 0, "of {round} rounds");
    });
}

#[test]
fn a_worker_that_panics_in_every_pass_ends_at_the_limit() {
    // The worker owns the hook, and with it `alive`, as long as it runs.
    let alive = Arc::new(());
    let (worker, panics) = (Arc::downgrade(&alive), Arc::<AtomicBool>::default());
    let planted = Arc::clone(&panics);
    let seams = Seams::default().hook(move |stage| {
        let _alive = &alive;
        assert!(
            stage != Stage::Receive || !planted.load(Ordering::SeqCst),
            "planted"
        );
    });
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new("app")
        .console(None)
        .log_dir(dir.path())
        .shutdown_timeout(Duration::from_secs(1));
    let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
    panics.store(true, Ordering::SeqCst);
    // A pass that began before may still end. Once a flush fails, every later pass panics before it receives.
    let first_panic = || logger.flush().wait_timeout(LIMIT).err();
    let error = std::iter::repeat_with(first_panic).flatten().next();
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::WorkerPanicked));
    log::info!(logger: logger, "held");
    // A shutdown fails if a stage panics while it waits, and must be repeated until the limit has passed. Without the
    // watchdog, which on a busy machine may answer before the worker.
    let error = loop {
        let shutdown = watchdog::send_shutdown(&logger.core);
        let error = shutdown.wait_timeout(LIMIT).unwrap_err();
        if error.kind() != ErrorKind::WorkerPanicked {
            break error;
        }
    };
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Timeout, 1),
        "{error}"
    );
    let until = Clock::now() + LIMIT;
    while worker.strong_count() > 0 {
        assert!(Clock::now() < until, "the worker does not end");
        std::thread::yield_now();
    }
    let health = logger.health();
    assert_eq!((health.failed, health.pending), (1, 0), "{health}");
    assert_eq!(logger.failed_records().len(), 1);
}
