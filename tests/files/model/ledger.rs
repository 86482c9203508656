//! The model: what was logged, what the filter wanted of it, and which losses the answers have reported.
//!
//! It knows nothing of queues, batches, files and retries. Each of its checks compares it with two other things:
//! the lines that are there, and the figures of `health()`.

use super::common::check::is_own;
use super::lines::{self, Found, Piece};
use asynclogger::{DropReason, Error, ErrorKind, FailedRecord, Health};
use log::{Level, LevelFilter};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How the logger's own lines begin: a summary of drops is a warning.
const OWN: &str = "WARN asynclogger: ";

/// What the model knows.
#[derive(Debug)]
pub struct Ledger {
    /// Every record that the filter wanted, by its number: its line, and its level.
    wanted: BTreeMap<usize, (String, Level)>,
    next: usize,
    /// Where the numbers of the logger that runs now begin.
    begin: usize,
    filter: LevelFilter,
    /// Losses that an answer has reported.
    told: u64,
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
            told: 0,
            late: 0,
        }
    }
}

impl Ledger {
    pub fn number(&self) -> usize {
        self.next
    }

    /// A record was logged.
    pub fn log(&mut self, level: Level, line: String) {
        if level <= self.filter {
            self.wanted.insert(self.next, (line, level));
        }
        self.next += 1;
    }

    /// A record was logged after the shutdown.
    pub fn log_late(&mut self, level: Level, line: String) {
        self.late += u64::from(level <= self.filter);
        self.log(level, line);
    }

    pub fn set_filter(&mut self, filter: LevelFilter) {
        self.filter = filter;
    }

    /// Another logger begins.
    pub fn restart(&mut self) {
        (self.begin, self.told, self.late) = (self.next, 0, 0);
        self.filter = LevelFilter::Trace;
    }

    /// Reads what an output has: each line is one of those that were logged, once, whole and in order, or torn.
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

    /// Whether that is a whole line, which then is noted as found.
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

    /// Whether a line that was logged, or one of the logger's own, begins so.
    fn begins_a_line(&self, text: &str) -> bool {
        let own = OWN.starts_with(text) || text.starts_with(OWN);
        !text.is_empty() && (own || self.wanted.values().any(|(line, _)| line.starts_with(text)))
    }

    /// An answer was taken: a success says that everything is there, except losses that were reported before.
    pub fn answered(&mut self, answer: &Result<(), Error>, files: &Found, console: &Found, health: &Health) {
        match answer {
            Ok(()) => {
                assert_eq!(self.told, losses(health), "Ok, and losses are not told: {health}");
                self.assert_all_there(files, console, health);
            }
            Err(error) if error.kind() == ErrorKind::Incomplete => {
                assert!(error.unwritten() > 0, "{error}");
                self.told += error.unwritten();
                assert_eq!(self.told, losses(health), "{error}: {health}");
                self.assert_all_there(files, console, health);
            }
            // It means that something is on its way, and reports no loss.
            Err(_) => {}
        }
    }

    /// Nothing is on its way: each record is in the files or lost, and the console lacks only what it says.
    fn assert_all_there(&self, files: &Found, console: &Found, health: &Health) {
        // A batch that was given up half-way leaves its torn line, which only a next one would end.
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
        // What failed in the file alone went to the console all the same; what failed before that, to neither.
        let in_a_stage = health.failed - output(health, "file").failed;
        let never_rendered = health.dropped.total + in_a_stage;
        assert_eq!(
            copies + left_out + never_rendered,
            wanted,
            "not on the console: {health}"
        );
    }

    /// The logger has ended: every record has ended in exactly one way, and is counted there.
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

    /// For each level: what was logged is there, dropped or failed.
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

/// Records that are lost, and lines that the console lacks.
fn losses(health: &Health) -> u64 {
    let console = output(health, "console");
    health.dropped.total + health.failed + console.dropped + console.failed
}

fn output<'a>(health: &'a Health, name: &str) -> &'a asynclogger::OutputHealth {
    let found = health.outputs.iter().find(|output| output.name == name);
    found.expect("there is such an output")
}
