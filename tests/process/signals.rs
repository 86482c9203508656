//! Processes that are killed, stopped or asked to end: the logger has no handler, acknowledged records are in the file,
//! and missing records are younger than the flush interval.
#![cfg(unix)]

use crate::common;

use asynclogger::{AsyncLogger, Config};
use common::check::{AfterKills, after_kills, exactly_each};
use common::child::{command, is_child, wait_within};
use common::remote::{Remote, serve};
use common::{LIMIT, lines_of, log_numbered, scaled, to_file};
use log::Level;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// `ASYNCLOGGER_TEST_SCALE=10` makes these 1,000, as `.ci/ends` does.
const KILLS: usize = 100;

fn config(dir: &Path) -> Config {
    to_file(dir).backup_count(0).file_format("{message}")
}

fn log(dir: &Path) -> Vec<u8> {
    lines_of(&dir.join("app.log"))
}

/// A process that logs and flushes in turn, and prints each acknowledgement to standard output.
struct Flushing {
    process: Child,
    flushed_up_to: mpsc::Receiver<usize>,
}

const ROUND: &str = "TEST_ROUND";
const DIR: &str = "TEST_DIR";

impl Flushing {
    fn start(test: &str, dir: &Path, round: usize) -> Flushing {
        let mut process = command(test)
            .env(DIR, dir)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the test binary runs again");
        let (sender, flushed_up_to) = mpsc::channel();
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        std::thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            let numbers = lines.filter_map(|line| line.strip_prefix("flushed ")?.parse().ok());
            numbers.map_while(|n| sender.send(n).ok()).for_each(drop);
        });
        Flushing {
            process,
            flushed_up_to,
        }
    }

    /// Kills it at `moment` after its first acknowledgement, or after its start; returns the number of acknowledged
    /// records.
    fn kill(mut self, at_start: bool, moment: Duration) -> usize {
        let mut flushed = 0;
        if !at_start {
            flushed = self.flushed_up_to.recv_timeout(LIMIT).expect("it flushes");
        }
        let until = Instant::now() + moment;
        loop {
            match self
                .flushed_up_to
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(n) => flushed = n,
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => panic!("it ended by itself"),
            }
        }
        self.process.kill().expect("it runs");
        let status = wait_within(&mut self.process, LIMIT);
        assert_eq!(status.signal(), Some(libc::SIGKILL), "it ended by itself");
        // An acknowledgement just before the kill counts as well.
        self.flushed_up_to.into_iter().last().unwrap_or(flushed)
    }
}

/// The child: three records, a flush, an acknowledgement, again and again.
fn log_and_flush() {
    let (dir, round) = (std::env::var_os(DIR).unwrap(), std::env::var(ROUND).unwrap());
    let logger = AsyncLogger::start(config(Path::new(&dir))).unwrap();
    let thread = round.parse().unwrap();
    for n in (0..).step_by(3) {
        (n..n + 3).for_each(|n| log_numbered(&logger, Level::Info, thread, n));
        logger.flush().wait().unwrap();
        println!("flushed {}", n + 3);
    }
}

/// Appends the beginning of a line, which a kill during a write may leave, though the system rarely does.
fn tear_last_line(dir: &Path) {
    if !log(dir).ends_with(b"\n") {
        return;
    }
    let mut log = File::options().append(true).open(dir.join("app.log")).unwrap();
    log.write_all(b"t=9 n=").unwrap();
}

/// A generator of random numbers (xorshift), the same in each run.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
fn killed_processes_keep_flushed_records_and_the_next_repairs_the_end() {
    const TEST: &str = "killed_processes_keep_flushed_records_and_the_next_repairs_the_end";
    if is_child(TEST) {
        return log_and_flush();
    }
    let (dir, kills) = (tempfile::tempdir().unwrap(), scaled(KILLS));
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let mut acknowledged = Vec::new();
    for round in 0..kills {
        let process = Flushing::start(TEST, dir.path(), round);
        let at_start = round % 10 == 0;
        let micros = random(&mut state) % if at_start { 20_000 } else { 60_000 };
        acknowledged.push(process.kill(at_start, Duration::from_micros(micros)));
        if round % 10 == 5 {
            tear_last_line(dir.path());
        }
    }
    // The last process ends normally; its start repairs what the previous one tore.
    let logger = AsyncLogger::start(config(dir.path())).unwrap();
    log_numbered(&logger, Level::Info, kills, 0);
    logger.shutdown().wait().unwrap();
    acknowledged.push(1);
    let AfterKills { seen, torn } = after_kills(&log(dir.path())).unwrap();
    let most = kills + kills.div_ceil(10);
    assert!(torn.len() <= most, "{} torn lines", torn.len());
    for (round, &flushed) in acknowledged.iter().enumerate() {
        let numbers: BTreeSet<usize> = seen.get(&round).into_iter().flatten().copied().collect();
        let missing: Vec<_> = (0..flushed).filter(|n| !numbers.contains(n)).collect();
        assert!(
            missing.is_empty(),
            "kill {round}: {missing:?} of {flushed} are missing"
        );
        // There are three records between two flushes, and the last acknowledgement may not have been printed.
        assert!(
            numbers.len() <= flushed + 6,
            "kill {round}: {} records",
            numbers.len()
        );
        assert!(
            numbers.iter().copied().eq(0..numbers.len()),
            "kill {round}: a record in the midst is missing"
        );
    }
    assert!(
        acknowledged.iter().filter(|flushed| **flushed > 3).count() > kills / 2,
        "{acknowledged:?}"
    );
}

const INTERVAL: Duration = Duration::from_millis(200);
/// Added to the interval: a busy machine may not run the worker at once.
const SLACK: Duration = Duration::from_millis(800);

/// The child: a record each millisecond, and its number and time on standard output.
fn log_by_the_clock() {
    let dir = std::env::var_os(DIR).unwrap();
    // SAFETY: the previous action of the signal does not matter. Under `nohup` the tests, and so this process, ignore
    // it.
    #[allow(unsafe_code)]
    unsafe {
        libc::signal(libc::SIGHUP, libc::SIG_DFL)
    };
    let logger = AsyncLogger::start(config(Path::new(&dir)).flush_interval(INTERVAL)).unwrap();
    let (_keep, ticks) = mpsc::channel::<()>();
    for n in 0.. {
        log_numbered(&logger, Level::Info, 0, n);
        println!("\nlogged {} {n}", monotonic().as_micros());
        assert!(ticks.recv_timeout(Duration::from_millis(1)).is_err());
    }
}

/// A clock that is the same in all processes.
fn monotonic() -> Duration {
    // SAFETY: the call writes the clock before it is read.
    #[allow(unsafe_code)]
    let now = unsafe {
        let mut now: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now);
        now
    };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

#[test]
fn without_a_flush_only_what_is_younger_than_the_interval_is_missing() {
    const TEST: &str = "without_a_flush_only_what_is_younger_than_the_interval_is_missing";
    if is_child(TEST) {
        return log_by_the_clock();
    }
    for signal in [libc::SIGKILL, libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        let dir = tempfile::tempdir().unwrap();
        let mut process = command(TEST)
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut logged = output.lines().map_while(Result::ok).filter_map(|line| {
            let (micros, n) = line.strip_prefix("logged ")?.split_once(' ')?;
            Some((
                Duration::from_micros(micros.parse().ok()?),
                n.parse::<usize>().ok()?,
            ))
        });
        let (first, _) = logged.next().expect("it logs");
        let mut all: Vec<_> = logged
            .by_ref()
            .take_while(|(at, _)| *at < first + 2 * (INTERVAL + SLACK))
            .collect();
        let killed = monotonic();
        // SAFETY: a child that was not waited for.
        #[allow(unsafe_code)]
        unsafe {
            libc::kill(process.id() as i32, signal)
        };
        assert_eq!(
            wait_within(&mut process, LIMIT).signal(),
            Some(signal),
            "the logger installed a handler"
        );
        all.extend(logged);
        let written = after_kills(&log(dir.path()))
            .unwrap()
            .seen
            .remove(&0)
            .unwrap_or_default();
        assert!(
            written.iter().copied().eq(0..written.len()),
            "a record in the midst is missing"
        );
        let missing = all.iter().find(|(_, n)| *n >= written.len());
        let age = missing
            .map(|(at, _)| killed.saturating_sub(*at))
            .unwrap_or_default();
        assert!(
            age <= INTERVAL + SLACK,
            "signal {signal}: the first missing record is {age:?} old"
        );
        assert!(all.len() > 100, "{} records", all.len());
    }
}

#[test]
fn a_process_that_was_stopped_goes_on_and_loses_nothing() {
    const TEST: &str = "a_process_that_was_stopped_goes_on_and_loses_nothing";
    serve(TEST);
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path()).backup_count(1_000).max_bytes(100_000);
    let mut remote = Remote::start(TEST, 0, &config).ready();
    let mut sent = 0;
    for _ in 0..scaled(20) {
        remote.ask(&format!("log {sent} {} 0", sent + 1_000));
        sent += 1_000;
        remote.signal("STOP");
        common::wait_until("it is stopped", || remote.is_stopped());
        remote.signal("CONT");
    }
    let health = remote.end_well();
    assert_eq!(exactly_each(&log(dir.path()), &[sent]), Ok(()));
    // Not a rotation for each batch: every file is full.
    let full = sent as u64 * 24 / 100_000;
    assert!(health["rotations"].as_u64().unwrap() <= full + 1, "{health}");
}
