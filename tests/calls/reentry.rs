//! Logging while a record is logged: in a `Display`, a key-value, a waker. Nothing deadlocks, even with a full queue,
//! and records that are nested too deeply are counted. (`own_threads.rs` has the logger's own threads.)

use crate::common;

use asynclogger::{AsyncLogger, Capture, DropReason, ErrorKind, Overflow};
use common::check::exactly_each;
use common::child::alone;
use common::gate::Gate;
use common::poll::{Wakes, poll_once};
use common::{LIMIT, assert_balanced, log_numbered, numbered, scaled, to_writer, wait_until, watched};
use log::Level;
use log::kv::{Error, Key, Source, ToValue, Value, VisitSource};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Wake, Waker};

/// The depth up to which nested records are accepted.
const DEPTH: usize = 8;

fn start(gate: &Gate) -> AsyncLogger {
    AsyncLogger::start_with(to_writer().overflow(Overflow::Block), gate.clone()).unwrap()
}

/// Logs record `n` of thread 1 while it is formatted, and prints the text of record `n` of thread 0.
struct Nested<'a>(&'a AsyncLogger, usize);

impl fmt::Display for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log_numbered(self.0, Level::Info, 1, self.1);
        f.write_str(&numbered(0, self.1))
    }
}

#[test]
fn records_inside_a_display_are_written_in_order_also_with_a_full_queue() {
    let _watched = watched();
    let gate = Gate::closed();
    let config = to_writer().overflow(Overflow::Block).queue_bytes(160 << 10);
    let logger = AsyncLogger::start_with(config, gate.clone()).unwrap();
    let (records, logged) = (scaled(20_000), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..records {
                log::info!(logger: logger, target: "test", "{}", Nested(&logger, n));
                logged.store(n + 1, SeqCst);
            }
        });
        gate.wait_until_blocked();
        if records >= 20_000 {
            wait_until("the queue is full", || logger.health().queue_bytes > 110 << 10);
        }
        assert!(
            logged.load(SeqCst) < records || records < 20_000,
            "it was never full"
        );
        gate.set_open(true);
    });
    logger.shutdown().wait().unwrap();
    assert_eq!(exactly_each(&gate.bytes(), &[records, records]), Ok(()));
    assert_balanced(&logger.health(), 2 * records as u64);
}

/// Logs itself with one level less.
struct Deep<'a>(&'a AsyncLogger, usize);

impl fmt::Display for Deep<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 > 0 {
            log::info!(logger: self.0, target: "test", "{}", Deep(self.0, self.1 - 1));
        }
        write!(f, "level {}", self.1)
    }
}

#[test]
fn nested_records_are_written_to_a_depth_of_eight_and_counted_beyond() {
    let _watched = watched();
    let capture = Capture::new();
    let config = to_writer().file_format("{message}");
    let logger = AsyncLogger::start_with(config, capture.clone()).unwrap();
    for round in 1..=10 {
        log::info!(logger: logger, target: "test", "{}", Deep(&logger, 1_000));
        log::info!(logger: logger, target: "test", "{}", Deep(&logger, DEPTH - 1));
        let error = logger.flush().wait().unwrap_err();
        assert_eq!((error.kind(), error.unwritten()), (ErrorKind::Incomplete, 1));
        let health = logger.health();
        assert_eq!(health.dropped.by_reason[&DropReason::Nested], round);
        assert_balanced(&health, round * (2 * DEPTH as u64 + 1));
    }
    let expected = (993..=1_000)
        .chain(0..DEPTH)
        .map(|level| format!("level {level}"));
    let lines = capture.lines();
    let records = lines.iter().filter(|line| line.starts_with("level"));
    assert!(
        records.take(2 * DEPTH).eq(expected.collect::<Vec<_>>().iter()),
        "{lines:?}"
    );
}

/// A source of key-values that logs while it is visited, and whose value logs when it is formatted.
struct Pairs<'a>(Nested<'a>);

impl Source for Pairs<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), Error> {
        log_numbered(self.0.0, Level::Info, 2, self.0.1);
        visitor.visit_pair(Key::from("nested"), Value::from_display(&self.0))
    }
}

#[test]
fn records_inside_key_values_are_written() {
    let _watched = watched();
    let gate = Gate::open();
    let config = to_writer()
        .overflow(Overflow::Block)
        .file_format("{message}{extras}");
    let logger = AsyncLogger::start_with(config, gate.clone()).unwrap();
    let records = scaled(1_000);
    for n in 0..records {
        let (text, pairs) = (numbered(3, n), Pairs(Nested(&logger, n)));
        let mut record = log::Record::builder();
        record.target("test").key_values(&pairs);
        log::Log::log(&logger, &record.args(format_args!("{text}")).build());
    }
    logger.shutdown().wait().unwrap();
    let health = logger.health();
    assert_balanced(&health, health.written);
    // In the line of thread 3, the value of `nested` looks like a record of thread 0.
    let text = String::from_utf8(gate.bytes()).unwrap();
    let with_value = text.lines().filter(|line| line.contains(" [nested=\"t=0 n="));
    assert_eq!(with_value.count(), records, "{}", text.lines().next().unwrap());
    let mut others: Vec<&str> = text.lines().filter(|line| !line.contains("nested=")).collect();
    // With `kv-serde` a value is formatted twice: to find out whether it is a map, and as text.
    others.dedup();
    let others = others.join("\n") + "\n";
    assert_eq!(exactly_each(others.as_bytes(), &[0, records, records]), Ok(()));
}

#[cfg(feature = "kv-serde")]
#[test]
fn records_inside_a_serialize_are_written() {
    let _watched = watched();
    struct Serializes<'a>(&'a AsyncLogger, usize);
    impl serde::Serialize for Serializes<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            log_numbered(self.0, Level::Info, 0, self.1);
            serializer.collect_seq([self.1])
        }
    }
    let gate = Gate::open();
    let config = to_writer()
        .overflow(Overflow::Block)
        .file_format("{message}{extras}");
    let logger = AsyncLogger::start_with(config, gate.clone()).unwrap();
    for n in 0..100 {
        let value = Serializes(&logger, n);
        log::info!(logger: logger, value:serde; "outer");
    }
    logger.shutdown().wait().unwrap();
    let text = String::from_utf8(gate.bytes()).unwrap();
    assert_eq!(
        text.lines().filter(|line| line.contains("outer [value=")).count(),
        100,
        "{text}"
    );
    let mut inner: Vec<&str> = text.lines().filter(|line| line.contains("crc=")).collect();
    // `log` serializes a value once more, to find out whether it is a primitive.
    inner.dedup();
    let inner = inner.join("\n") + "\n";
    assert_eq!(exactly_each(inner.as_bytes(), &[100]), Ok(()));
}

#[cfg(feature = "kv-error")]
#[test]
fn records_inside_the_causes_of_an_error_are_written() {
    let _watched = watched();
    struct Cause<'a>(&'a AsyncLogger, usize);
    impl fmt::Debug for Cause<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("cause")
        }
    }
    impl fmt::Display for Cause<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            log_numbered(self.0, Level::Info, 0, self.1);
            f.write_str("cause")
        }
    }
    impl std::error::Error for Cause<'_> {}
    let gate = Gate::open();
    let logger: &'static AsyncLogger = Box::leak(Box::new(start(&gate)));
    for n in 0..100 {
        let error = Cause(logger, n);
        let error: &(dyn std::error::Error + 'static) = Box::leak(Box::new(error));
        log::info!(logger: logger, error:err = error; "outer");
    }
    logger.shutdown().wait().unwrap();
    assert_balanced(&logger.health(), 200);
}

#[test]
fn after_a_display_or_a_source_that_panics_the_thread_logs_on_as_before() {
    // The panic hook is global to the process.
    alone(
        "after_a_display_or_a_source_that_panics_the_thread_logs_on_as_before",
        log_while_displays_and_sources_panic,
    );
}

fn log_while_displays_and_sources_panic() {
    let _watched = watched();
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("planted in a Display");
        }
    }
    impl Source for Panics {
        fn visit<'kvs>(&'kvs self, _: &mut dyn VisitSource<'kvs>) -> Result<(), Error> {
            panic!("planted in a source");
        }
    }
    impl ToValue for Panics {
        fn to_value(&self) -> Value<'_> {
            Value::from_display(self)
        }
    }
    std::panic::set_hook(Box::new(|_| {}));
    let capture = Capture::new();
    let logger =
        AsyncLogger::start_with(to_writer().file_format("{message}{extras}"), capture.clone()).unwrap();
    let rounds = scaled(1_000);
    for n in 0..rounds {
        log::info!(logger: logger, "{n} {Panics}");
        log::info!(logger: logger, value = Panics, last = 1; "{n} value");
        let source = log::Record::builder()
            .args(format_args!("source"))
            .key_values(&Panics)
            .build();
        log::Log::log(&logger, &source);
        log::info!(logger: logger, a = 1; "{n} normal");
    }
    logger.flush().wait().unwrap();
    const MARK: &str = "<panic while formatting>";
    let lines = capture.lines();
    assert_eq!(lines.len(), 4 * rounds);
    for (n, lines) in lines.chunks(4).enumerate() {
        assert_eq!(lines[0], format!("{n} {MARK}"));
        assert_eq!(lines[1], format!("{n} value [value=\"{MARK}\", last=1]"));
        assert!(
            lines[2].starts_with("source [") && lines[2].contains(MARK),
            "{}",
            lines[2]
        );
        assert_eq!(lines[3], format!("{n} normal [a=1]"));
    }
    assert_balanced(&logger.health(), 4 * rounds as u64);
}

/// Logs when it is woken, when it is cloned and when it is dropped: with a full queue, and inside `poll`.
#[test]
fn a_waker_that_logs_never_waits() {
    let _watched = watched();
    struct Logs(Arc<OnceLock<AsyncLogger>>, AtomicBool);
    impl Wake for Logs {
        fn wake(self: Arc<Self>) {
            log_numbered(self.0.get().unwrap(), Level::Info, 9, 0);
            self.1.store(true, SeqCst);
        }
    }
    let (place, gate) = (Arc::new(OnceLock::new()), Gate::closed());
    place.set(start(&gate)).unwrap();
    let logger = place.get().unwrap();
    log_numbered(logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    let logs = Arc::new(Logs(Arc::clone(&place), AtomicBool::new(false)));
    let mut flush = logger.flush();
    let waker = Waker::from(Arc::clone(&logs));
    let polled = std::pin::Pin::new(&mut flush).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    gate.set_open(true);
    wait_until("it is woken", || logs.1.load(SeqCst));
    drop(logger.flush().wait());
    assert_eq!(logger.health().dropped.by_reason[&DropReason::OwnThread], 1);
}

/// A task owns a flush of the same logger; both are dropped together with the task's waker.
#[test]
fn a_waker_whose_drop_drops_another_flush_does_not_meet_it() {
    let _watched = watched();
    #[expect(dead_code, reason = "it is dropped with the task")]
    struct Task(std::sync::Mutex<Option<asynclogger::Flush>>);
    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }
    let gate = Gate::closed();
    let logger = start(&gate);
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    let mut flush = logger.flush();
    let task = Waker::from(Arc::new(Task(std::sync::Mutex::new(Some(logger.flush())))));
    assert!(
        std::pin::Pin::new(&mut flush)
            .poll(&mut Context::from_waker(&task))
            .is_pending()
    );
    drop(task);
    // The last reference to the task is in the waker that this poll replaces.
    assert!(poll_once(&mut flush, &Arc::<Wakes>::default()).is_pending());
    gate.set_open(true);
    flush.wait_timeout(LIMIT).unwrap();
}

#[test]
fn a_flush_inside_a_display_answers() {
    let _watched = watched();
    struct Flushes<'a>(&'a AsyncLogger);
    impl fmt::Display for Flushes<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.flush().wait_timeout(LIMIT).unwrap();
            f.write_str(&numbered(0, 1))
        }
    }
    let gate = Gate::open();
    let logger = start(&gate);
    log_numbered(&logger, Level::Info, 0, 0);
    log::info!(logger: logger, target: "test", "{}", Flushes(&logger));
    logger.shutdown().wait().unwrap();
    assert_eq!(exactly_each(&gate.bytes(), &[2]), Ok(()));
}
