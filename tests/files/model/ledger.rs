//! The model: which records were logged, which of them the filter wanted, and which losses the answers have reported.
//!
//! It does not know queues, batches, files and retries. Each check compares it with the lines that are there and with
//! the figures of `health()`.

use super::common::check::is_own;
use super::lines::{self, Found, Piece};
use asynclogger::{DropReason, Error, ErrorKind, FailedRecord, Health};
use log::{Level, LevelFilter};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The beginnings of the logger's own lines: a summary of drops is a warning.
const OWN: &str = "WARN asynclogger: ";

/// The state of the model.
#[derive(Debug)]
pub struct Ledger {
    /// The line and level of every record that the filter wanted, by its number.
    wanted: BTreeMap<usize, (String, Level)>,
    next: usize,
    /// The first number of the current logger.
    begin: usize,
    filter: LevelFilter,
    /// Losses that an answer has reported.
    reported: u64,
    /// Records that were logged after the shutdown.
    late: u64,
}

impl Default for Ledger {
    fn default() -> Ledger {
        Ledger {
            wanted: BTreeMap::new(),
            next: 0,
            begin: 0,
            filter: LevelFilter::Trace,
            reported: 0,
            late: 0,
        }
    }
}

impl Ledger {
    pub fn number(&self) -> usize {
        self.next
    }

    /// Called when a record was logged.
    pub fn log(&mut self, level: Level, line: String) {
        if level <= self.filter {
            self.wanted.insert(self.next, (line, level));
        }
        self.next += 1;
    }

    /// Called when a record was logged after the shutdown.
    pub fn log_late(&mut self, level: Level, line: String) {
        self.late += u64::from(level <= self.filter);
        self.log(level, line);
    }

    pub fn set_filter(&mut self, filter: LevelFilter) {
        self.filter = filter;
    }

    /// Called when another logger starts.
    pub fn restart(&mut self) {
        (self.begin, self.reported, self.late) = (self.next, 0, 0);
        self.filter = LevelFilter::Trace;
    }

    /// Reads the lines of an output: each is a logged one, once, whole and in order, or torn.
    pub fn read(&self, pieces: &[Piece]) -> Found {
        let mut found = Found::default();
        let begins = |text: &str| self.begins_a_line(text);
        for line in lines::split(pieces, begins, &mut found) {
            let is_whole = line.ended && self.is_whole(&line.text, &mut found);
            if !is_own(&line.text) && !is_whole {
                assert!(self.begins_a_line(&line.text), "nobody logged {line:?}");
                found.torn += 1;
            }
        }
        found
    }

    /// Whether `text` is a whole line; if so, it is counted as found.
    fn is_whole(&self, line: &str, found: &mut Found) -> bool {
        let number = line.split_once("n=").and_then(|(_, rest)| {
            let digits = rest.split(' ').next()?;
            digits.parse::<usize>().ok()
        });
        let is_it = |n: &usize| self.wanted.get(n).is_some_and(|(wanted, _)| wanted == line);
        let Some(n) = number.filter(is_it) else {
            return false;
        };
        let last = found.numbers.last();
        assert!(last < Some(&n), "record {n} stands after {last:?}");
        found.numbers.insert(n)
    }

    /// Whether a logged line, or one of the logger's own, begins with `text`.
    fn begins_a_line(&self, text: &str) -> bool {
        let own = OWN.starts_with(text) || text.starts_with(OWN);
        !text.is_empty() && (own || self.wanted.values().any(|(line, _)| line.starts_with(text)))
    }

    /// Checks an answer. `Ok` means that every record is written, except for losses that were reported before.
    pub fn answered(&mut self, answer: &Result<(), Error>, files: &Found, console: &Found, health: &Health) {
        match answer {
            Ok(()) => {
                assert_eq!(
                    self.reported,
                    losses(health),
                    "Ok, and losses are not reported: {health}"
                );
                self.assert_all_there(files, console, health);
            }
            Err(error) if error.kind() == ErrorKind::Incomplete => {
                assert!(error.unwritten() > 0, "{error}");
                self.reported += error.unwritten();
                assert_eq!(self.reported, losses(health), "{error}: {health}");
                self.assert_all_there(files, console, health);
            }
            // This error means that records are still pending; it reports no loss.
            Err(_) => {}
        }
    }

    /// Checks an idle logger: each record is in the files or lost, and the console lacks only as many lines as health
    /// reports.
    fn assert_all_there(&self, files: &Found, console: &Found, health: &Health) {
        // A batch that was given up in the middle leaves a torn line, which only a later batch would end.
        let given_up = output(health, "file").failed > 0;
        assert!(
            !files.ends_torn || given_up,
            "the log ends with half a line: {health}"
        );
        let wanted = self.of_this_logger().count() as u64;
        let lost = health.dropped.total + health.failed;
        let there = files.numbers.range(self.numbers()).count() as u64;
        assert_eq!(there + lost, wanted, "not in the files: {health}");
        let copies = console.numbers.range(self.numbers()).count() as u64;
        let left_out = output(health, "console").dropped + output(health, "console").failed;
        // Records that failed only in the file are on the console; records that failed before that are in neither.
        let in_a_stage = health.failed - output(health, "file").failed;
        let never_rendered = health.dropped.total + in_a_stage;
        assert_eq!(
            copies + left_out + never_rendered,
            wanted,
            "not on the console: {health}"
        );
    }

    /// Checks a logger that was shut down: every record has ended in exactly one way, and is counted there.
    pub fn ended(&self, files: &Found, console: &Found, health: &Health, failed: &[FailedRecord]) {
        let balance = (health.pending, health.total_messages);
        assert_eq!(balance, (0, self.of_this_logger().count() as u64), "{health}");
        let there: BTreeSet<usize> = files.numbers.range(self.numbers()).copied().collect();
        assert_eq!(health.written, there.len() as u64, "{health}");
        let copies = console.numbers.range(self.numbers()).count() as u64;
        assert_eq!(output(health, "console").written, copies, "{health}");
        assert!(health.failed <= 100, "more than can be read");
        assert_eq!(health.failed, failed.len() as u64, "{health}");
        self.assert_levels(&there, health, failed);
        let late = health.dropped.by_reason.get(&DropReason::AfterShutdown).copied();
        assert_eq!(late.unwrap_or(0), self.late, "{health:?}");
        let by_reason: u64 = health.dropped.by_reason.values().sum();
        assert_eq!(by_reason, health.dropped.total, "{health:?}");
    }

    /// Checks for each level that the logged records are written, dropped or failed.
    fn assert_levels(&self, there: &BTreeSet<usize>, health: &Health, failed: &[FailedRecord]) {
        for level in Level::iter() {
            let of_level = || self.of_this_logger().filter(|(_, (_, other))| *other == level);
            let written = of_level().filter(|(n, _)| there.contains(n)).count() as u64;
            let dropped = health.dropped.by_level.get(&level).copied().unwrap_or(0);
            let lost = failed.iter().filter(|record| record.level == level).count() as u64;
            let wanted = of_level().count() as u64;
            assert_eq!(written + dropped + lost, wanted, "{level}: {health:?}");
        }
        for record in failed {
            let of_text = |(_, (line, _)): &(&usize, &(String, Level))| line.contains(&record.message);
            let (n, _) = self.of_this_logger().find(of_text).expect("it was logged");
            assert!(!there.contains(n), "record {n} is there, and failed");
        }
    }

    fn numbers(&self) -> Range<usize> {
        self.begin..self.next
    }

    fn of_this_logger(&self) -> impl Iterator<Item = (&usize, &(String, Level))> {
        self.wanted.range(self.numbers())
    }
}

/// Lost records, and lines that the console lacks.
fn losses(health: &Health) -> u64 {
    let console = output(health, "console");
    health.dropped.total + health.failed + console.dropped + console.failed
}

fn output<'a>(health: &'a Health, name: &str) -> &'a asynclogger::OutputHealth {
    let found = health.outputs.iter().find(|output| output.name == name);
    found.expect("there is such an output")
}
