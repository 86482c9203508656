//! The futures need no runtime: any executor may poll them, and a plain thread may wait.

use crate::common;

use asynclogger::{AsyncLogger, Error};
use common::check::exactly;
use common::gate::Gate;
use common::poll::{Wakes, poll_once};
use common::{LIMIT, log_numbered, scaled, to_writer, wait_until};
use log::Level;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Instant;

fn start(gate: &Gate) -> Arc<AsyncLogger> {
    Arc::new(AsyncLogger::start_with(to_writer(), gate.clone()).unwrap())
}

/// Logs and flushes in turn, and checks at each answer that the record is written. Then shuts down.
async fn flushes(logger: &AsyncLogger, gate: &Gate) {
    let times = scaled(1_000);
    let mut lines = 0;
    for n in 0..times {
        log_numbered(logger, Level::Info, 0, n);
        logger.flush().await.unwrap();
        lines += gate.take_lines();
        assert_eq!(lines, n + 1, "a flush answered before its record was written");
    }
    logger.shutdown().await.unwrap();
}

fn check(run: impl FnOnce(&AsyncLogger, &Gate)) {
    let gate = Gate::open();
    run(&start(&gate), &gate);
    assert_eq!(exactly(&gate.bytes(), 1, scaled(1_000)), Ok(()));
}

fn current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

fn multi_thread() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_time().build().unwrap()
}

#[test]
fn a_thousand_flushes_on_tokio_with_one_thread() {
    check(|logger, gate| current_thread().block_on(flushes(logger, gate)));
}

#[test]
fn a_thousand_flushes_on_tokio_with_many_threads() {
    check(|logger, gate| multi_thread().block_on(flushes(logger, gate)));
}

#[test]
fn a_thousand_flushes_on_smol() {
    check(|logger, gate| smol::block_on(flushes(logger, gate)));
}

#[test]
fn a_thousand_flushes_on_pollster() {
    check(|logger, gate| pollster::block_on(flushes(logger, gate)));
}

#[test]
fn a_thousand_flushes_on_a_hand_written_executor() {
    check(|logger, gate| restless_block_on(flushes(logger, gate)));
}

#[test]
fn a_thousand_flushes_on_a_plain_thread() {
    check(|logger, gate| {
        let mut lines = 0;
        for n in 0..scaled(1_000) {
            log_numbered(logger, Level::Info, 0, n);
            logger.flush().wait().unwrap();
            lines += gate.take_lines();
            assert_eq!(lines, n + 1, "a flush answered before its record was written");
        }
        logger.shutdown().wait().unwrap();
    });
}

/// Tasks on all threads of a runtime flush at once.
#[test]
fn tasks_that_flush_at_once_on_tokio_with_many_threads_are_all_answered() {
    const TASKS: usize = 16;
    let gate = Gate::open();
    let logger = start(&gate);
    let each = scaled(1_000) / TASKS;
    let runtime = multi_thread();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let logger = Arc::clone(&logger);
            runtime.spawn(async move {
                for n in 0..each {
                    log_numbered(&logger, Level::Info, task, n);
                    logger.flush().await?;
                }
                Ok::<(), Error>(())
            })
        })
        .collect();
    for task in tasks {
        runtime.block_on(task).unwrap().unwrap();
    }
    logger.shutdown().wait().unwrap();
    assert_eq!(exactly(&gate.bytes(), TASKS, each), Ok(()));
}

/// If awaiting a flush blocked the thread, the ticker would never open the gate.
#[test]
fn while_a_flush_is_awaited_on_a_single_thread_other_tasks_run() {
    let gate = Gate::closed();
    let logger = start(&gate);
    let ticks = AtomicUsize::new(0);
    let ticker = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
            ticks.fetch_add(1, SeqCst);
        }
        gate.set_open(true);
    };
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    let answer = current_thread().block_on(async { tokio::join!(logger.flush(), ticker).0 });
    answer.unwrap();
    assert_eq!(ticks.load(SeqCst), 100);
    assert_eq!(exactly(&gate.bytes(), 1, 1), Ok(()));
}

#[test]
fn while_a_shutdown_is_awaited_on_a_single_thread_other_tasks_run() {
    let gate = Gate::closed();
    let logger = start(&gate);
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    let opener = async {
        tokio::task::yield_now().await;
        gate.set_open(true);
    };
    current_thread()
        .block_on(async { tokio::join!(logger.shutdown(), opener).0 })
        .unwrap();
    assert_eq!(exactly(&gate.bytes(), 1, 1), Ok(()));
}

#[test]
fn a_timeout_of_the_runtime_ends_the_wait_and_the_next_flush_works() {
    let gate = Gate::closed();
    let logger = start(&gate);
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    current_thread().block_on(async {
        let limit = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(limit, logger.flush()).await.is_err());
        gate.set_open(true);
        logger.flush().await.unwrap();
    });
}

#[test]
fn of_a_flush_that_lost_a_race_nothing_is_left() {
    let gate = Gate::open();
    let logger = start(&gate);
    current_thread().block_on(async {
        for n in 0..scaled(1_000) {
            log_numbered(&logger, Level::Info, 0, n);
            tokio::select! {
                biased;
                answer = logger.flush() => answer.unwrap(),
                () = std::future::ready(()) => {}
            }
        }
        logger.flush().await.unwrap();
    });
    assert_eq!(exactly(&gate.bytes(), 1, scaled(1_000)), Ok(()));
}

#[test]
fn blocking_waits_work_inside_a_runtime() {
    for runtime in [current_thread(), multi_thread()] {
        let gate = Gate::open();
        let logger = start(&gate);
        runtime.block_on(async {
            log_numbered(&logger, Level::Info, 0, 0);
            logger.flush().wait().unwrap();
            log_numbered(&logger, Level::Info, 0, 1);
            logger.flush().wait_timeout(LIMIT).unwrap();
            log_numbered(&logger, Level::Info, 0, 2);
            log::Log::flush(&*logger);
            logger.shutdown().wait().unwrap();
        });
        assert_eq!(exactly(&gate.bytes(), 1, 3), Ok(()));
    }
}

#[test]
fn a_logger_dropped_inside_a_runtime_drains() {
    for runtime in [current_thread(), multi_thread()] {
        let gate = Gate::open();
        let logger = start(&gate);
        runtime.block_on(async move {
            (0..100).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        });
        assert_eq!(exactly(&gate.bytes(), 1, 100), Ok(()));
    }
}

#[test]
fn a_future_moved_from_one_executor_to_another_wakes_the_last_one_once() {
    let gate = Gate::closed();
    let logger = start(&gate);
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    let (first, last) = (Arc::<Wakes>::default(), Arc::<Wakes>::default());
    let mut flush = logger.flush();
    assert!(poll_once(&mut flush, &first).is_pending());
    assert!(poll_once(&mut flush, &first).is_pending(), "a spurious poll");
    let mut flush = std::thread::spawn({
        let last = Arc::clone(&last);
        move || {
            assert!(poll_once(&mut flush, &last).is_pending());
            flush
        }
    })
    .join()
    .unwrap();
    assert_eq!(Arc::strong_count(&first), 1, "the first waker was kept");
    gate.set_open(true);
    wait_until("the last waker is woken", || last.count() > 0);
    assert!(matches!(poll_once(&mut flush, &last), Poll::Ready(Ok(()))));
    assert_eq!((first.count(), last.count()), (0, 1));
}

#[test]
fn a_future_that_has_answered_answers_again() {
    let gate = Gate::open();
    let logger = start(&gate);
    let mut flush = logger.flush();
    let wakes = Arc::<Wakes>::default();
    let mut answer = poll_once(&mut flush, &wakes);
    while answer.is_pending() {
        wait_until("it is woken", || wakes.count() > 0);
        answer = poll_once(&mut flush, &wakes);
    }
    assert!(matches!(poll_once(&mut flush, &wakes), Poll::Ready(Ok(()))));
}

/// A waker is foreign code: what it does must not reach the worker.
#[test]
fn a_waker_that_panics_affects_no_one_else() {
    struct Panicking;
    impl Wake for Panicking {
        fn wake(self: Arc<Self>) {
            panic!("planted in a waker");
        }
    }
    let gate = Gate::closed();
    let logger = start(&gate);
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    let waker = Waker::from(Arc::new(Panicking));
    let (mut flush, other) = (pin!(logger.flush()), logger.flush());
    assert!(flush.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    gate.set_open(true);
    other.wait_timeout(LIMIT).unwrap();
    wait_until("the flush is answered", || {
        flush
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    });
    log_numbered(&logger, Level::Info, 0, 1);
    logger.flush().wait_timeout(LIMIT).unwrap();
}

/// Wakes a thread, and notes that it did.
struct Unpark(Thread, AtomicUsize);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.1.fetch_add(1, SeqCst);
        self.0.unpark();
    }
}

/// Polls each time with a new waker, and twice more without being woken; only the last waker needs to be woken.
fn restless_block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let poll = |future: std::pin::Pin<&mut F>| {
        let unpark = Arc::new(Unpark(std::thread::current(), AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&unpark));
        (future.poll(&mut Context::from_waker(&waker)), unpark)
    };
    loop {
        let mut last = None;
        for _ in 0..3 {
            let (polled, unpark) = poll(future.as_mut());
            if let Poll::Ready(result) = polled {
                return result;
            }
            last = Some(unpark);
        }
        let (last, until) = (last.unwrap(), Instant::now() + LIMIT);
        while last.1.load(SeqCst) == 0 {
            assert!(Instant::now() < until, "the last waker was never woken");
            std::thread::park_timeout(LIMIT);
        }
    }
}
