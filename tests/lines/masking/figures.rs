//! The counters in health: places that were masked, records that were cut, records that were escaped; and law M9.

use super::*;
use asynclogger::Health;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

const FORMATS: [&str; 3] = ["{message}{extras}", "json", "logfmt"];

/// Returns the health of a logger that has written the records that `log` logs, and its lines.
#[track_caller]
fn health(config: Config, log: impl FnOnce(&AsyncLogger)) -> (Health, String) {
    let (logger, bytes) = started(config);
    log(&logger);
    logger.shutdown().wait().unwrap();
    (logger.health(), String::from_utf8(bytes.take()).unwrap())
}

#[test]
fn each_place_that_is_masked_counts_once_whatever_the_format() {
    for format in FORMATS {
        let masked = |log: fn(&AsyncLogger)| health(to_writer().file_format(format), log).0.masked;
        assert_eq!(masked(|logger| log::info!(logger: logger, "served in 5 ms")), 0);
        assert_eq!(
            masked(|logger| log::info!(logger: logger, "password=EXAMPLE-pw")),
            1
        );
        let two = |logger: &AsyncLogger| log::info!(logger: logger, "password=EXAMPLE-pw, secret=EXAMPLE-pw");
        assert_eq!(masked(two), 2);
        assert_eq!(
            masked(|logger| log::info!(logger: logger, api_key = "EXAMPLE"; "m")),
            1
        );
        assert_eq!(
            masked(|logger| log::info!(logger: logger, api_key = 12345678; "m")),
            1
        );
        assert_eq!(
            masked(|logger| log::info!(logger: logger, text = "password=EXAMPLE-pw"; "m")),
            1
        );
        let target = |logger: &AsyncLogger| log::info!(logger: logger, target: "password=EXAMPLE-pw", "m");
        assert_eq!(masked(target), 1);
        let all = |logger: &AsyncLogger| {
            for _ in 0..3 {
                log::info!(logger: logger, api_key = "EXAMPLE"; "password=EXAMPLE-pw");
            }
        };
        assert_eq!(masked(all), 6);
    }
}

/// Masked before the first record, once for all of them.
#[test]
fn a_static_field_is_hidden_and_counts_for_no_record() {
    for format in ["json", "logfmt"] {
        let config = to_writer()
            .file_format(format)
            .field("db", "postgres://app:EXAMPLE-pw@db/app");
        let (health, log) = health(config, |logger| log::info!(logger: logger, "m"));
        assert!(log.contains("postgres://app:***@db/app"), "{log}");
        assert_eq!(health.masked, 0);
    }
}

#[test]
fn the_text_of_a_panic_is_hidden_and_counted() {
    let test = "figures::the_text_of_a_panic_is_hidden_and_counted";
    alone_with(test, &[], || {
        let dir = tempfile::tempdir().unwrap();
        asynclogger::init(common::to_file(dir.path()).file_format("{message}")).unwrap();
        let thread = std::thread::spawn(|| panic!("cannot log in: password=EXAMPLE-pw"));
        thread.join().unwrap_err();
        asynclogger::flush().wait().unwrap();
        assert_eq!(asynclogger::health().masked, 1);
        let log = std::fs::read_to_string(dir.path().join("app.log")).unwrap();
        assert!(log.contains("cannot log in: password=***"), "{log}");
    });
}

#[test]
fn a_record_of_which_parts_are_cut_counts_once() {
    let long = "x".repeat(600);
    for format in FORMATS {
        let config = to_writer()
            .file_format(format)
            .max_message_bytes(512)
            .max_value_bytes(512)
            .max_record_bytes(4096);
        let (health, log) = health(config, |logger| {
            log::info!(logger: logger, a = "y"; "{}", "x".repeat(512));
            log::info!(logger: logger, "{long}");
            log::info!(logger: logger, a = long.as_str(); "m");
            log::info!(logger: logger, a = long.as_str(), b = long.as_str(); "{long}");
        });
        assert_eq!(health.truncated, 3, "{format}: {log}");
    }
}

#[test]
fn a_record_with_escapes_counts_once_and_a_doubled_backslash_does_not() {
    for format in FORMATS {
        let (health, log) = health(to_writer().file_format(format), |logger| {
            log::info!(logger: logger, a = "y \"z\""; "C:\\dir \"x\" = é");
            log::info!(logger: logger, "a\nb");
            log::info!(logger: logger, a = "\u{1b}[31m"; "m");
            log::info!(logger: logger, a = "\u{202e}", b = "\0"; "a\r\nb");
        });
        assert_eq!(health.escaped, 3, "{format}: {log}");
    }
}

/// The stage panics for the record, and again when the failed record is masked for health.
#[test]
fn a_record_whose_masking_panics_twice_is_counted_and_never_shown() {
    let capture = Capture::new();
    let first = AtomicBool::new(true);
    let seams = Seams::default().console(capture.clone()).hook(move |stage| {
        if stage == Stage::Fail || (stage == Stage::Mask && first.swap(false, SeqCst)) {
            panic!("planted in {stage:?}");
        }
    });
    let config = Config::new("app").console_format("{message}");
    let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
    log::info!(logger: logger, "first EXAMPLE-text");
    wait_until("it is counted", || logger.health().failed == 1);
    log::info!(logger: logger, "second");
    wait_until("the next one is written", || logger.health().written == 1);
    assert_balanced(&logger.health(), 2);
    assert!(
        logger.failed_records().is_empty(),
        "{:?}",
        logger.failed_records()
    );
    let health = format!("{:?}\n{}", logger.health(), logger.health());
    assert!(!health.contains("EXAMPLE"), "{health}");
    assert_eq!(capture.lines(), ["second"], "M9");
    logger.shutdown().wait().unwrap_err();
}
