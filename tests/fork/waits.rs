//! Flushes and shutdowns requested before a `fork`: the child has no worker that answers them, and their lock may be
//! held by a thread that does not exist there.
#![cfg(unix)]

use crate::common;

use asynclogger::{AsyncLogger, ErrorKind};
use common::check::exactly;
use common::child::alone;
use common::forked::{End, Over, in_a_fork};
use common::gate::Gate;
use common::poll::{Wakes, poll_once};
use common::{LIMIT, assert_balanced, log_numbered, scaled, to_writer};
use log::Level;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::Poll;

#[test]
fn requests_sent_before_a_fork_fail_in_the_child_and_not_in_the_parent() {
    const TEST: &str = "requests_sent_before_a_fork_fail_in_the_child_and_not_in_the_parent";
    alone(TEST, || {
        let gate = Gate::closed();
        let logger = AsyncLogger::start_with(to_writer(), gate.clone()).unwrap();
        log_numbered(&logger, Level::Info, 0, 0);
        gate.wait_until_blocked();
        let (mut polled, waited) = (Some(logger.flush()), Some(logger.flush()));
        let wakes = Arc::<Wakes>::default();
        assert!(poll_once(polled.as_mut().unwrap(), &wakes).is_pending());
        let mut inherited = (polled, waited);
        let code = in_a_fork(End::AtOnce, || {
            let Poll::Ready(Err(error)) = poll_once(inherited.0.as_mut().unwrap(), &wakes) else {
                return 2;
            };
            assert_eq!(error.kind(), ErrorKind::NotRunning, "{error}");
            let error = inherited.1.take().unwrap().wait().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotRunning, "{error}");
            drop(inherited.0.take());
            0
        });
        assert_eq!(code, 0);
        gate.set_open(true);
        for flush in [inherited.0, inherited.1].into_iter().flatten() {
            flush.wait_timeout(LIMIT).unwrap();
        }
        logger.shutdown().wait().unwrap();
        assert_eq!(exactly(&gate.bytes(), 1, 1), Ok(()));
        assert_balanced(&logger.health(), 1);
    });
}

/// Sometimes the lock is held at the fork: by the worker that answers, or by another caller.
#[test]
fn a_child_that_drops_a_flush_of_its_parents_never_hangs() {
    alone("a_child_that_drops_a_flush_of_its_parents_never_hangs", || {
        let logger = AsyncLogger::start_with(to_writer(), Gate::open()).unwrap();
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let _over = Over(&over);
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(SeqCst) {
                        drop(logger.flush().wait());
                    }
                });
            }
            for _ in 0..scaled(300) {
                let mut flush = Some(logger.flush());
                let code = in_a_fork(End::AtOnce, || {
                    drop(flush.take());
                    0
                });
                assert_eq!(code, 0);
            }
        });
        logger.shutdown().wait().unwrap();
    });
}
