//! Counters of records that go to several outputs, whose call site is cached, and that fail after they were masked.

use super::*;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// Two outputs, one with the message and one with the level; counters of three records that both or one of them cuts
/// and escapes.
#[test]
fn a_record_counts_once_whichever_of_the_outputs_cuts_or_escapes_it() {
    for (console, file) in [
        ("{message}", "{message}"),
        ("{message}", "{level}"),
        ("{level}", "{message}"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::new("app")
            .log_dir(dir.path())
            .max_message_bytes(512)
            .console_format(console)
            .file_format(file);
        let seams = Seams::default().console(Capture::new());
        let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
        for _ in 0..3 {
            log::info!(logger: logger, "password=EXAMPLE-pw\n{}", "x".repeat(600));
            // The counters of a batch are counted once.
            logger.flush().wait().unwrap();
        }
        logger.shutdown().wait().unwrap();
        let health = logger.health();
        let figures = (health.masked, health.truncated, health.escaped);
        assert_eq!(figures, (3, 3, 3), "{console} and {file}");
    }
}

/// The text of a call site is rendered once and then copied; its records are still counted each time.
#[test]
fn each_record_of_a_known_place_whose_name_is_escaped_counts() {
    for format in ["{target} {message}", "{message} {target}", "json", "logfmt"] {
        let (logger, bytes) = started(to_writer().file_format(format));
        for n in 0..5 {
            log::info!(logger: logger, target: "a\u{202e}b", "{n}");
        }
        log::info!(logger: logger, target: "plain", "a\nb");
        log::info!(logger: logger, target: "plain", "ab");
        logger.shutdown().wait().unwrap();
        let log = String::from_utf8(bytes.take()).unwrap();
        assert_eq!(logger.health().escaped, 6, "{format}: {log}");
    }
}

/// It is masked before it fails; the counters must not include it.
#[test]
fn a_record_that_fails_after_masking_is_shown_masked_and_not_counted() {
    let capture = Capture::new();
    let first = AtomicBool::new(true);
    let seams = Seams::default().console(capture.clone()).hook(move |stage| {
        if stage == Stage::Format && first.swap(false, SeqCst) {
            std::panic::resume_unwind(Box::new("planted"));
        }
    });
    let config = Config::new("app").console_format("{target} {message}");
    let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
    log::info!(logger: logger, target: "token=EXAMPLE-pw1", "password=EXAMPLE-pw\n");
    wait_until("it is counted", || logger.health().failed == 1);
    let failed = logger.failed_records();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].target.as_str(), failed[0].message.as_str()),
        ("token=***", "password=***\\n")
    );
    log::info!(logger: logger, target: "t", "second");
    wait_until("the next one is written", || logger.health().written == 1);
    let health = logger.health();
    assert_eq!((health.masked, health.truncated, health.escaped), (0, 0, 0));
    assert_balanced(&health, 2);
    assert_eq!(capture.lines(), ["t second"]);
    logger.shutdown().wait().unwrap_err();
}
