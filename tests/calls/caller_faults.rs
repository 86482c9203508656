//! Faults of the caller's code on the thread that logs: a `Display` without end, panics in unusual places, and flushes
//! in a panic hook.

use crate::common;

use asynclogger::{AsyncLogger, Capture, ErrorKind};
use common::child::alone;
use common::gate::Gate;
use common::{LIMIT, assert_balanced, log_numbered, to_writer};
use log::Level;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Wake};
use std::time::{Duration, Instant};

const MARK: &str = "<panic while formatting>";

fn capturing() -> (AsyncLogger, Capture) {
    let capture = Capture::new();
    let config = to_writer().file_format("{message}{extras}");
    (AsyncLogger::start_with(config, capture.clone()).unwrap(), capture)
}

/// Writes a gibibyte in pieces, whatever the results.
#[cfg(target_os = "linux")]
#[test]
fn a_message_of_a_gibibyte_is_cut_and_costs_no_memory_or_time() {
    struct Gibibyte;
    impl fmt::Display for Gibibyte {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let piece = "0123456789abcdef".repeat(4_096);
            let refused = (0..16_384).filter(|_| f.write_str(&piece).is_err()).count();
            assert!(refused > 16_000, "{refused} pieces of 64 KiB were refused");
            Ok(())
        }
    }
    const TEST: &str = "a_message_of_a_gibibyte_is_cut_and_costs_no_memory_or_time";
    alone(TEST, || {
        let (logger, capture) = capturing();
        log::info!(logger: logger, "warm");
        logger.flush().wait().unwrap();
        let (before, begun) = (common::child::resident().1, Instant::now());
        log::info!(logger: logger, "{Gibibyte}");
        logger.flush().wait().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let grown = common::child::resident().1 - before;
        assert!(grown < 16 << 20, "{grown} bytes more");
        let lines = capture.lines();
        assert!(lines[1].starts_with("0123") && lines[1].ends_with("[...TRUNCATED]"));
        assert_eq!(logger.health().truncated, 1);
    });
}

/// Panics with a payload whose own drop panics.
fn panic_twice() -> ! {
    struct Payload;
    impl Drop for Payload {
        fn drop(&mut self) {
            panic!("planted in the drop of a payload");
        }
    }
    std::panic::panic_any(Payload)
}

#[test]
fn a_panic_payload_may_panic_in_its_drop() {
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic_twice()
        }
    }
    impl log::kv::Source for Panics {
        fn visit<'kvs>(&'kvs self, _: &mut dyn log::kv::VisitSource<'kvs>) -> Result<(), log::kv::Error> {
            panic_twice()
        }
    }
    struct PanicsWhenWoken;
    impl Wake for PanicsWhenWoken {
        fn wake(self: Arc<Self>) {
            panic_twice()
        }
    }
    let (logger, capture) = capturing();
    for _ in 0..10 {
        log::info!(logger: logger, "a {Panics}");
        let source = log::Record::builder()
            .args(format_args!("b"))
            .key_values(&Panics)
            .build();
        log::Log::log(&logger, &source);
        let (mut woken, other) = (logger.flush(), logger.flush());
        let waker = Arc::new(PanicsWhenWoken).into();
        drop(std::pin::Pin::new(&mut woken).poll(&mut Context::from_waker(&waker)));
        other.wait_timeout(LIMIT).unwrap();
        woken.wait_timeout(LIMIT).unwrap();
    }
    // The nesting depth of records is as before.
    log::info!(logger: logger, "{}", format_args!("c {}", 1));
    logger.shutdown().wait().unwrap();
    let lines = capture.lines();
    let begin = |text: &str| lines.iter().filter(|line| line.starts_with(text)).count();
    assert_eq!(
        (begin(&format!("a {MARK}")), begin("b ["), begin("c 1")),
        (10, 10, 1)
    );
    assert_balanced(&logger.health(), 21);
}

#[cfg(feature = "kv-error")]
#[test]
fn the_causes_of_an_error_that_panic_are_marked_and_the_rest_stays() {
    #[derive(Debug)]
    struct Outer(Inner);
    #[derive(Debug)]
    struct Inner;
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }
    impl fmt::Display for Inner {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("planted in a cause")
        }
    }
    impl std::error::Error for Inner {}
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    let (logger, capture) = capturing();
    let records = common::scaled(1_000);
    let error: &(dyn std::error::Error + 'static) = &Outer(Inner);
    for n in 0..records {
        log::info!(logger: logger, error:err = error, last = 1; "{n} failed");
        log::info!(logger: logger, last = 1; "{n} normal");
    }
    logger.shutdown().wait().unwrap();
    let lines = capture.lines();
    assert_eq!(lines.len(), 2 * records);
    for (n, lines) in lines.chunks(2).enumerate() {
        assert!(
            lines[0].starts_with(&format!("{n} failed [error=\"outer")),
            "{}",
            lines[0]
        );
        assert!(
            lines[0].contains(MARK) && lines[0].ends_with(", last=1]"),
            "{}",
            lines[0]
        );
        assert_eq!(lines[1], format!("{n} normal [last=1]"));
    }
}

#[cfg(feature = "kv-serde")]
#[test]
fn a_serialize_that_panics_is_marked_and_the_rest_stays() {
    struct Panics;
    impl serde::Serialize for Panics {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("planted in a Serialize")
        }
    }
    let (logger, capture) = capturing();
    for _ in 0..common::scaled(1_000) {
        log::info!(logger: logger, value:serde = Panics, last = 1; "failed");
    }
    logger.shutdown().wait().unwrap();
    let lines = capture.lines();
    assert_eq!(lines.len(), common::scaled(1_000));
    assert!(
        lines
            .iter()
            .all(|line| line.contains(MARK) && line.ends_with(", last=1]")),
        "{}",
        lines[0]
    );
}

/// Called in a panic hook, on the thread that panics while it logs a record.
#[test]
fn a_flush_inside_a_panic_hook_answers() {
    static LOGGER: OnceLock<AsyncLogger> = OnceLock::new();
    static ANSWERS: Mutex<Vec<Result<(), ErrorKind>>> = Mutex::new(Vec::new());
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("planted in a Display")
        }
    }
    alone("a_flush_inside_a_panic_hook_answers", || {
        LOGGER.get_or_init(|| AsyncLogger::start_with(to_writer(), Gate::open()).unwrap());
        let logger = LOGGER.get().unwrap();
        std::panic::set_hook(Box::new(|_| {
            let answer = LOGGER.get().unwrap().flush().wait_timeout(LIMIT);
            ANSWERS.lock().unwrap().push(answer.map_err(|error| error.kind()));
        }));
        log_numbered(logger, Level::Info, 0, 0);
        std::thread::spawn(|| panic!("planted")).join().unwrap_err();
        log::info!(logger: logger, "{Panics}");
        assert_eq!(*ANSWERS.lock().unwrap(), [Ok(()), Ok(())]);
    });
}

/// Called in a panic hook, on a thread for which the logger waits.
#[test]
fn a_flush_inside_the_panic_hook_of_a_writers_thread_is_refused_at_once() {
    static LOGGER: OnceLock<AsyncLogger> = OnceLock::new();
    static SLOWEST_MILLIS: AtomicUsize = AtomicUsize::new(usize::MAX);
    struct PanicsOnce(bool);
    impl std::io::Write for PanicsOnce {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if !std::mem::replace(&mut self.0, true) {
                panic!("planted in the writer");
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    alone(
        "a_flush_inside_the_panic_hook_of_a_writers_thread_is_refused_at_once",
        || {
            LOGGER.get_or_init(|| AsyncLogger::start_with(to_writer(), PanicsOnce(false)).unwrap());
            std::panic::set_hook(Box::new(|_| {
                let begun = Instant::now();
                let error = LOGGER.get().unwrap().flush().wait_timeout(LIMIT).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::WouldDeadlock);
                SLOWEST_MILLIS.store(begun.elapsed().as_millis() as usize, SeqCst);
            }));
            let logger = LOGGER.get().unwrap();
            log_numbered(logger, Level::Info, 0, 0);
            drop(logger.flush().wait_timeout(LIMIT));
            logger.flush().wait_timeout(LIMIT).unwrap();
            assert!(SLOWEST_MILLIS.load(SeqCst) < 1_000);
            assert_eq!(logger.health().written, 1);
        },
    );
}

#[test]
fn a_source_of_key_values_that_fails_is_marked_and_what_it_gave_stays() {
    struct Fails;
    impl log::kv::Source for Fails {
        fn visit<'kvs>(
            &'kvs self,
            visitor: &mut dyn log::kv::VisitSource<'kvs>,
        ) -> Result<(), log::kv::Error> {
            visitor.visit_pair("order".into(), 7.into())?;
            Err(log::kv::Error::msg("planted"))
        }
    }
    let (logger, capture) = capturing();
    let record = log::Record::builder()
        .args(format_args!("paid"))
        .key_values(&Fails)
        .build();
    log::Log::log(&logger, &record);
    logger.shutdown().wait().unwrap();
    assert_eq!(
        capture.lines(),
        ["paid [order=7, error=\"<error while formatting>\"]"]
    );
}
