//! Shared by the tests: numbered lines, the checker that counts them, and outputs that can be blocked.
//!
//! A test line has its thread, its number and a checksum of both, so that a line that is lost, doubled, out of order,
//! torn or invented is noticed. `tests/project/checker.rs` proves that each of these is found.
#![allow(dead_code)] // each test binary uses a part of it

pub mod answers;
pub mod blocked;
pub mod check;
pub mod child;
pub mod disk;
#[cfg(target_os = "linux")]
pub mod failing;
#[cfg(unix)]
pub mod forked;
pub mod gate;
pub mod golden;
pub mod interfere;
pub mod line;
pub mod place;
pub mod poll;
pub mod remote;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod seccomp;
pub mod shared;

use asynclogger::{AsyncLogger, Config, Health};
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// The limit of every wait in a test.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Waits until `condition` holds.
#[track_caller]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let until = Instant::now() + LIMIT;
    while !condition() {
        assert!(Instant::now() < until, "{what}: not within {LIMIT:?}");
        std::thread::yield_now();
    }
}

/// Ends the process if it is not dropped within the limit: a deadlock, or a waker that is never woken, blocks its
/// thread for ever, so only another thread can report it.
#[must_use]
pub struct Watched(#[expect(dead_code, reason = "its drop ends the wait of the watching thread")] Sender<()>);

/// Watches the calling test until the returned value is dropped.
pub fn watched() -> Watched {
    let (sender, over) = mpsc::channel();
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    std::thread::spawn(move || {
        if over.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
            writeln!(std::io::stderr(), "{test} hangs").expect("standard error is open");
            std::process::abort();
        }
    });
    Watched(sender)
}

/// Scales a number of records, for tools under which everything is slow: `ASYNCLOGGER_TEST_SCALE=0.01`.
pub fn scaled(records: usize) -> usize {
    let scale = std::env::var("ASYNCLOGGER_TEST_SCALE")
        .ok()
        .and_then(|text| text.parse::<f64>().ok());
    ((records as f64 * scale.unwrap_or(1.0)) as usize).max(10)
}

/// The text of record `n` of `thread`, with its checksum.
pub fn numbered(thread: usize, n: usize) -> String {
    let body = format!("t={thread} n={n}");
    let sum = crc32fast::hash(body.as_bytes());
    format!("{body} crc={sum:08x}")
}

/// Logs record `n` of `thread`.
pub fn log_numbered(logger: &AsyncLogger, level: log::Level, thread: usize, n: usize) {
    let body = format!("t={thread} n={n}");
    let sum = crc32fast::hash(body.as_bytes());
    log::log!(logger: logger, target: "test", level, "{body} crc={sum:08x}");
}

/// The shutdown limit in tests of many rotations: the default, except under Wine, where each call on a file goes
/// through its server and the rotations take longer.
pub const SHUTDOWN: Duration = Duration::from_secs(if cfg!(windows) { 60 } else { 5 });

/// A configuration that writes all levels to `dir` only.
pub fn to_file(dir: &Path) -> Config {
    Config::new("app")
        .console(None)
        .level(log::LevelFilter::Trace)
        .log_dir(dir)
}

/// A configuration without file and console, for `start_with`.
pub fn to_writer() -> Config {
    Config::new("app").console(None).level(log::LevelFilter::Trace)
}

/// A configuration for a writer, whose lines are `LEVEL target`.
pub fn short(name: &str) -> Config {
    Config::new(name)
        .console(None)
        .file_format("{level} {target}{message}")
}

/// Returns the lines about the logger itself.
pub fn own_lines(log: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(log);
    text.lines()
        .filter(|line| check::is_own(line))
        .map(str::to_owned)
        .collect()
}

/// Returns the number of lines of a level, without the logger's own.
pub fn lines_at(log: &[u8], level: log::Level) -> u64 {
    let text = String::from_utf8_lossy(log);
    let mark = format!(" {level:<5} ");
    text.lines()
        .filter(|line| line.contains(&mark) && !check::is_own(line))
        .count() as u64
}

/// Returns the lines of a file and of its numbered backups, the oldest first.
pub fn lines_of(path: &Path) -> Vec<u8> {
    let dir = path.parent().expect("a log file is in a directory");
    let name = path
        .file_name()
        .expect("a log file has a name")
        .to_string_lossy()
        .into_owned();
    let mut numbers: Vec<u32> = std::fs::read_dir(dir)
        .expect("the log directory can be read")
        .filter_map(|entry| {
            entry
                .ok()?
                .file_name()
                .to_str()?
                .strip_prefix(&name)?
                .strip_prefix('.')?
                .parse()
                .ok()
        })
        .collect();
    numbers.sort_unstable();
    let mut bytes = Vec::new();
    for number in numbers.into_iter().rev() {
        bytes.extend(std::fs::read(dir.join(format!("{name}.{number}"))).expect("a backup can be read"));
    }
    bytes.extend(std::fs::read(path).unwrap_or_default());
    bytes
}

/// Checks that the ledger of an idle logger balances, with no record pending.
#[track_caller]
pub fn assert_balanced(health: &Health, sent: u64) {
    let sum = health.written + health.dropped.total + health.failed + health.pending;
    assert_eq!(
        health.total_messages, sum,
        "the ledger does not balance: {health}"
    );
    assert_eq!(health.total_messages, sent, "not what was sent: {health}");
    assert_eq!(health.pending, 0, "something is still on its way: {health}");
    let by_reason: u64 = health.dropped.by_reason.values().sum();
    let by_level: u64 = health.dropped.by_level.values().sum();
    assert_eq!(
        (by_reason, by_level),
        (health.dropped.total, health.dropped.total),
        "{health:?}"
    );
}

/// Reports on standard error that a test cannot run here, bypassing the test harness, which would capture it. With
/// `STRICT_TESTS_OF_ASYNCLOGGER=1` the test fails. That name differs from those of settings, because `with_env` in a
/// doc test would refuse it.
#[track_caller]
pub fn skipped(what: &str) {
    let strict = std::env::var("STRICT_TESTS_OF_ASYNCLOGGER").is_ok_and(|value| value == "1");
    assert!(!strict, "skipped: {what}; STRICT_TESTS_OF_ASYNCLOGGER forbids it");
    writeln!(std::io::stderr(), "skipped: {what}").expect("standard error is open");
}
