//! Runtimes: while a flush waits for a blocked output, the other tasks of its thread run on. Blocking waits work inside
//! any runtime.

use crate::common;

use asynclogger::{AsyncLogger, Error, ErrorKind};
use common::check::exactly;
use common::gate::Gate;
use common::{LIMIT, log_numbered, scaled, to_writer, wait_until, watched};
use log::Level;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

const TICKS: usize = 100;
const TICK: Duration = Duration::from_millis(3);

fn start(gate: &Gate) -> Arc<AsyncLogger> {
    Arc::new(AsyncLogger::start_with(to_writer(), gate.clone()).unwrap())
}

/// Returns a logger whose output is blocked in the write of a record.
fn stuck() -> (Arc<AsyncLogger>, Gate) {
    let gate = Gate::closed();
    let logger = start(&gate);
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    (logger, gate)
}

/// Wakes its task one tick later, without a runtime.
#[derive(Clone)]
struct Timer(Sender<(Instant, Waker)>);

impl Timer {
    fn start() -> Timer {
        let (sender, asked) = mpsc::channel::<(Instant, Waker)>();
        thread::spawn(move || {
            let (_never, nothing) = mpsc::channel::<()>();
            for (at, waker) in asked {
                assert!(
                    nothing
                        .recv_timeout(at.saturating_duration_since(Instant::now()))
                        .is_err()
                );
                waker.wake();
            }
        });
        Timer(sender)
    }

    async fn tick(&self) {
        let at = Instant::now() + TICK;
        std::future::poll_fn(|context| {
            if Instant::now() >= at {
                return Poll::Ready(());
            }
            self.0.send((at, context.waker().clone())).unwrap();
            Poll::Pending
        })
        .await;
    }
}

/// A ticker and a flush in one task. The flush is answered only because the ticker opens the gate when it ends.
async fn flushes_while_a_ticker_runs(logger: &AsyncLogger, gate: &Gate) {
    let (timer, ticks) = (Timer::start(), AtomicUsize::new(0));
    let ticker = async {
        for _ in 0..TICKS {
            timer.tick().await;
            ticks.fetch_add(1, SeqCst);
        }
        gate.set_open(true);
    };
    let begun = Instant::now();
    let flush = async {
        let answer = logger.flush().await;
        (answer, ticks.load(SeqCst))
    };
    let ((answer, ticks_before), ()) = smol::future::zip(flush, ticker).await;
    match answer.as_ref().map_err(Error::kind) {
        Ok(()) => assert_eq!(ticks_before, TICKS),
        // On a slow machine the output may count as stuck, which is reported after one second.
        Err(kind) => {
            assert_eq!(kind, ErrorKind::Timeout, "{answer:?}");
            assert!(begun.elapsed() > Duration::from_secs(1), "{answer:?}");
            assert!(ticks_before >= TICKS / 10, "{ticks_before} ticks in that second");
        }
    }
    assert_eq!(ticks.load(SeqCst), TICKS);
    logger.shutdown().await.unwrap();
}

fn ticks_on(block_on: impl FnOnce(Pin<&mut dyn Future<Output = ()>>)) {
    let _watched = watched();
    let (logger, gate) = stuck();
    block_on(pin!(flushes_while_a_ticker_runs(&logger, &gate)));
    assert_eq!(exactly(&gate.bytes(), 1, 1), Ok(()));
}

fn tokio_with_one_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

fn tokio_with_many_threads() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_time().build().unwrap()
}

#[test]
fn a_ticker_runs_during_a_flush_on_tokio_with_one_thread() {
    ticks_on(|task| tokio_with_one_thread().block_on(task));
}

#[test]
fn a_ticker_runs_during_a_flush_on_tokio_with_many_threads() {
    ticks_on(|task| tokio_with_many_threads().block_on(task));
}

#[test]
fn a_ticker_runs_during_a_flush_on_smol() {
    ticks_on(|task| smol::block_on(task));
}

#[test]
fn a_ticker_runs_during_a_flush_on_pollster() {
    ticks_on(|task| pollster::block_on(task));
}

#[test]
fn a_ticker_runs_during_a_flush_on_an_executor_with_spurious_polls() {
    ticks_on(|task| {
        let mut task = task;
        restless(|context| task.as_mut().poll(context));
    });
}

/// tokio's own timer on its only thread, while a flush in another task waits one second for a stuck output.
#[test]
fn a_single_threaded_timer_ticks_while_a_task_awaits_a_stuck_output() {
    let _watched = watched();
    let (logger, gate) = stuck();
    tokio_with_one_thread().block_on(async {
        let flushing = tokio::spawn(logger.flush());
        let mut interval = tokio::time::interval(Duration::from_millis(5));
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut ticks = 0;
        while !flushing.is_finished() {
            interval.tick().await;
            ticks += 1;
        }
        let error = flushing.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        // 200 ticks fit into a second; if the flush blocked the thread, there would be one.
        assert!(ticks >= 20, "{ticks} ticks");
    });
    gate.set_open(true);
    logger.shutdown().wait().unwrap();
}

/// Runs a task on this thread. Each poll has a new waker, and two of three polls are spurious. Only the last waker is
/// woken; a replaced one must not be needed.
fn restless(mut poll: impl FnMut(&mut Context<'_>) -> Poll<()>) {
    struct Last(AtomicBool, thread::Thread);
    impl Wake for Last {
        fn wake(self: Arc<Self>) {
            self.0.store(true, SeqCst);
            self.1.unpark();
        }
    }
    loop {
        let mut last = None;
        for _ in 0..3 {
            let waker = Arc::new(Last(AtomicBool::new(false), thread::current()));
            if poll(&mut Context::from_waker(&Arc::clone(&waker).into())).is_ready() {
                return;
            }
            last = Some(waker);
        }
        let until = Instant::now() + LIMIT;
        while last.as_ref().is_some_and(|last| !last.0.load(SeqCst)) {
            assert!(Instant::now() < until, "the last waker was never woken");
            thread::park_timeout(LIMIT);
        }
    }
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// An executor of three threads. A task moves to another thread after each poll, including spurious ones.
struct Carousel {
    next: Vec<Sender<Arc<Moved>>>,
    left: AtomicUsize,
}

struct Moved {
    task: Mutex<Option<Task>>,
    at: AtomicUsize,
    carousel: Arc<Carousel>,
}

impl Wake for Moved {
    fn wake(self: Arc<Self>) {
        let at = self.at.fetch_add(1, SeqCst) % self.carousel.next.len();
        // A thread that has ended had no more tasks.
        drop(self.carousel.next[at].send(Arc::clone(&self)));
    }
}

fn run_on_a_carousel(tasks: Vec<Task>) {
    let lanes: (Vec<_>, Vec<Receiver<Arc<Moved>>>) = (0..3).map(|_| mpsc::channel()).unzip();
    let (left, next) = (AtomicUsize::new(tasks.len()), lanes.0);
    let carousel = Arc::new(Carousel { next, left });
    for (at, task) in tasks.into_iter().enumerate() {
        let (task, at) = (Mutex::new(Some(task)), AtomicUsize::new(at));
        let carousel = Arc::clone(&carousel);
        Arc::new(Moved { task, at, carousel }).wake();
    }
    thread::scope(|scope| {
        for lane in lanes.1 {
            let carousel = &carousel;
            scope.spawn(move || {
                let mut polls = 0;
                while carousel.left.load(SeqCst) > 0 {
                    // The end of the last task wakes no thread.
                    let Ok(moved) = lane.recv_timeout(Duration::from_millis(10)) else {
                        continue;
                    };
                    let mut task = moved.task.lock().unwrap();
                    let waker = Waker::from(Arc::clone(&moved));
                    let polled = task
                        .as_mut()
                        .map(|task| task.as_mut().poll(&mut Context::from_waker(&waker)));
                    polls += 1;
                    match polled {
                        Some(Poll::Ready(())) => {
                            *task = None;
                            carousel.left.fetch_sub(1, SeqCst);
                        }
                        // A spurious poll on the next thread.
                        Some(Poll::Pending) if polls % 3 == 0 => waker.wake_by_ref(),
                        Some(Poll::Pending) | None => {}
                    }
                }
            });
        }
    });
}

#[test]
fn flushes_of_tasks_that_move_from_thread_to_thread_are_all_answered() {
    let _watched = watched();
    const TASKS: usize = 16;
    let gate = Gate::open();
    let logger = start(&gate);
    let each = scaled(1_000) / 10;
    let tasks = (0..TASKS).map(|task| {
        let logger = Arc::clone(&logger);
        Box::pin(async move {
            for n in 0..each {
                log_numbered(&logger, Level::Info, task, n);
                logger.flush().await.unwrap();
            }
        }) as Task
    });
    run_on_a_carousel(tasks.collect());
    logger.shutdown().wait().unwrap();
    assert_eq!(exactly(&gate.bytes(), TASKS, each), Ok(()));
}

#[test]
fn concurrent_shutdowns_get_one_answer_after_the_queue_is_drained() {
    let _watched = watched();
    const EACH: usize = 64;
    let (logger, gate) = stuck();
    let runtime = tokio_with_many_threads();
    let tasks: Vec<_> = (0..EACH).map(|_| runtime.spawn(logger.shutdown())).collect();
    let threads: Vec<_> = (0..EACH)
        .map(|_| {
            let logger = Arc::clone(&logger);
            thread::spawn(move || logger.shutdown().wait())
        })
        .collect();
    gate.set_open(true);
    for task in tasks {
        runtime.block_on(task).unwrap().unwrap();
    }
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    assert_eq!(exactly(&gate.bytes(), 1, 1), Ok(()));
}

/// Blocking inside a runtime may be unwise, but must not panic as tokio's own `block_on` does: "cannot start a runtime
/// from within a runtime".
async fn waits(logger: &AsyncLogger) {
    for n in 0..10 {
        log_numbered(logger, Level::Info, 0, n);
        logger.flush().wait().unwrap();
        logger.sync().wait_timeout(LIMIT).unwrap();
        log::Log::flush(logger);
    }
    assert_eq!(logger.set_filter("info").unwrap(), "trace");
    logger.shutdown().wait().unwrap();
    assert_eq!(logger.health().written, 10);
}

#[test]
fn blocking_waits_work_inside_every_runtime_and_on_its_blocking_threads() {
    let _watched = watched();
    let logger = || start(&Gate::open());
    tokio_with_one_thread().block_on(waits(&logger()));
    tokio_with_many_threads().block_on(waits(&logger()));
    smol::block_on(waits(&logger()));
    pollster::block_on(waits(&logger()));
    let runtime = tokio_with_one_thread();
    let waiting = runtime.spawn_blocking({
        let logger = logger();
        move || pollster::block_on(waits(&logger))
    });
    runtime.block_on(waiting).unwrap();
    runtime.block_on(tokio::task::LocalSet::new().run_until(waits(&logger())));
    smol::block_on(smol::unblock({
        let logger = logger();
        move || smol::block_on(waits(&logger))
    }));
}

/// A runtime that is dropped drops its tasks while they flush.
#[test]
fn a_runtime_that_ends_while_its_tasks_wait_leaves_nothing_behind() {
    let _watched = watched();
    let (logger, gate) = stuck();
    for runtime in [tokio_with_one_thread(), tokio_with_many_threads()] {
        for _ in 0..16 {
            drop(runtime.spawn(logger.flush()));
        }
        runtime.block_on(async { tokio::task::yield_now().await });
        runtime.shutdown_background();
    }
    gate.set_open(true);
    wait_until("it is flushed", || logger.flush().wait().is_ok());
    logger.shutdown().wait().unwrap();
    assert_eq!(exactly(&gate.bytes(), 1, 1), Ok(()));
}
