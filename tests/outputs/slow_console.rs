//! A console that is too slow: it blocks nothing, and the lines that it does not get are counted and reported.

use crate::common;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Config, DropReason, ErrorKind, Overflow};
use common::blocked::small;
use common::check::{exactly, in_order};
use common::gate::Gate;
use common::{assert_balanced, lines_at, log_numbered, own_lines, to_file, wait_until};
use log::Level;

/// A logger with a file, and a console that is blocked at a closed gate; both get every line.
fn next_to_a_blocked_console(config: Config) -> (AsyncLogger, Gate) {
    let gate = Gate::closed();
    let seams = Seams::default().console(gate.clone());
    let config = small(config.console(asynclogger::Console::Stdout));
    let logger = AsyncLogger::start_with_seams(config.overflow(Overflow::Block), seams).unwrap();
    (logger, gate)
}

/// Logs until the console does not get some lines; returns the number of records.
fn log_until_left_out(logger: &AsyncLogger) -> usize {
    let mut sent = 0;
    while logger.health().outputs[1].dropped == 0 {
        assert!(sent < 100_000, "the console never left a line out");
        (sent..sent + 100).for_each(|n| log_numbered(logger, Level::Info, 0, n));
        sent += 100;
        // In small batches, as in a busy program.
        wait_until("the file has the records", || {
            logger.health().outputs[0].written == sent as u64
        });
    }
    sent
}

#[test]
fn the_file_goes_on_while_the_console_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, gate) = next_to_a_blocked_console(to_file(dir.path()));
    let sent = log_until_left_out(&logger);
    let log = std::fs::read(dir.path().join("app.log")).unwrap();
    let records: Vec<u8> = without_own_lines(&log);
    assert_eq!(exactly(&records, 1, sent), Ok(()));
    assert_balanced(&logger.health(), sent as u64);
    assert_eq!(logger.health().written, sent as u64);
    gate.set_open(true);
}

fn without_own_lines(log: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(log);
    let lines = text.lines().filter(|line| !common::check::is_own(line));
    lines
        .flat_map(|line| [line, "\n"].concat().into_bytes())
        .collect()
}

#[test]
fn lines_that_a_console_left_out_are_counted_and_reported_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, gate) = next_to_a_blocked_console(to_file(dir.path()));
    let sent = log_until_left_out(&logger);
    gate.set_open(true);
    assert!(logger.shutdown().wait().is_err());
    let console = logger.health().outputs[1].clone();
    assert_eq!(console.name, "console");
    let shown = in_order(&gate.bytes()).unwrap()[&0].len() as u64;
    assert_eq!(
        (shown, shown + console.dropped),
        (console.written, sent as u64),
        "the console's own ledger does not balance"
    );
    let log = std::fs::read(dir.path().join("app.log")).unwrap();
    let reported: u64 = own_lines(&log).iter().map(|line| lines_left_out(line)).sum();
    assert_eq!(reported, console.dropped, "{:?}", own_lines(&log));
}

/// The number in one of the logger's own lines: `console: 17 lines left out`.
fn lines_left_out(line: &str) -> u64 {
    let (_, rest) = line.split_once("console: ").expect("it names the output");
    let (number, _) = rest.split_once(" lines left out").expect("a number");
    number.parse().unwrap()
}

#[test]
fn a_flush_reports_lines_that_a_console_left_out_once() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, gate) = next_to_a_blocked_console(to_file(dir.path()));
    log_until_left_out(&logger);
    gate.set_open(true);
    let answer = logger.flush().wait().unwrap_err();
    assert_eq!(answer.kind(), ErrorKind::Incomplete);
    assert_eq!(answer.unwritten(), logger.health().outputs[1].dropped);
    assert!(answer.to_string().contains("console"), "{answer}");
    logger.flush().wait().expect("the loss was reported before");
}

#[test]
fn records_that_only_a_blocked_console_wants_are_dropped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let config = to_file(dir.path()).file_level(log::LevelFilter::Info);
    let (logger, gate) = next_to_a_blocked_console(config);
    let sent = log_until_left_out(&logger) as u64;
    let mut debugs = 0;
    while logger.health().dropped.total == 0 {
        assert!(debugs < 100_000, "the console took everything");
        (0..100).for_each(|n| log_numbered(&logger, Level::Debug, 1, debugs + n));
        debugs += 100;
        log_numbered(&logger, Level::Info, 2, debugs);
        wait_until("the file has the record", || {
            logger.health().outputs[0].written == sent + (debugs / 100) as u64
        });
    }
    let dropped = logger.health().dropped;
    gate.set_open(true);
    assert!(logger.shutdown().wait().is_err());
    assert_eq!(dropped.by_reason[&DropReason::OutputFull], dropped.total);
    assert_eq!(dropped.by_level[&Level::Debug], dropped.total);
    let shown = lines_at(&gate.bytes(), Level::Debug);
    assert_eq!(shown + logger.health().dropped.total, debugs as u64);
    assert_balanced(&logger.health(), sent + debugs as u64 + (debugs / 100) as u64);
}
