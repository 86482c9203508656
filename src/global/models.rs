//! Loom models of `init` and `shutdown`. They check, in every order of the threads: of concurrent calls of `init` one
//! succeeds and the others start nothing; a shutdown during an `init` never leaves two loggers running.
//!
//! Seen to fail on planted bugs: an `init` without its lock, and one that does not check whether a logger runs, each
//! started two loggers.

use super::*;
use crate::logger::models::{Memory, start_core as start};
use crate::sync::model::AtomicUsize;
use crate::sync::{Ordering::SeqCst, model, plain, thread};

/// Removes the installed logger, because the statics of a model end with its run.
fn uninstall() {
    drop(CURRENT.take().map(AsyncLogger::from_core));
}

#[test]
fn of_racing_inits_one_wins_and_the_others_start_nothing() {
    model::check("of_racing_inits_one_wins_and_the_others_start_nothing", 2, || {
        let (file, started) = (Memory::default(), Arc::new(AtomicUsize::new(0)));
        let racing: Vec<_> = (0..2)
            .map(|_| {
                let (file, started) = (file.clone(), Arc::clone(&started));
                thread::spawn(move || {
                    // loom only reorders accesses that it can see, and `install` checks `CURRENT` without one.
                    started.load(SeqCst);
                    install(|| {
                        started.fetch_add(1, SeqCst);
                        start(&file)
                    })
                })
            })
            .collect();
        let results: Vec<_> = racing.into_iter().map(thread::JoinHandle::join).collect();
        let won = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!((won, started.load(SeqCst)), (1, 1), "{results:?}");
        let lost = results
            .into_iter()
            .find_map(Result::err)
            .map(|error| error.kind());
        assert_eq!(lost, Some(ErrorKind::AlreadyInitialized));
        uninstall();
    });
}

#[test]
fn an_init_during_a_shutdown_starts_a_logger_or_is_refused() {
    static STARTED: plain::AtomicU64 = plain::AtomicU64::new(0);
    static REFUSED: plain::AtomicU64 = plain::AtomicU64::new(0);
    let name = "an_init_during_a_shutdown_starts_a_logger_or_is_refused";
    model::check(name, 2, || {
        let (first, second) = (Memory::default(), Memory::default());
        install(|| start(&first)).unwrap();
        let before = current().unwrap();
        let ending = shutdown();
        match install(|| start(&second)) {
            Ok(()) => {
                assert!(before.is_stopped(), "two loggers run");
                STARTED.fetch_add(1, SeqCst);
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::AlreadyInitialized);
                REFUSED.fetch_add(1, SeqCst);
            }
        }
        ending.wait().unwrap();
        assert!(before.is_stopped());
        uninstall();
    });
    assert!(
        STARTED.load(SeqCst) > 0 && REFUSED.load(SeqCst) > 0,
        "one case was never seen"
    );
}
