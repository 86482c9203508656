//! What happens when an output stands still: nothing is lost silently, errors go last, memory stays bounded.
//!
//! Each fact is checked for a user's writer, which blocks on a thread of its own, and for the file, which blocks
//! the worker itself.

mod common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Config, ErrorKind, Overflow};
use common::check::{exactly, in_order};
use common::gate::Gate;
use common::{assert_balanced, lines_at, log_numbered, own_lines, to_file, to_writer, wait_until};
use log::Level;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

const QUEUE_BYTES: usize = 64 * 1024;
/// More records than the queue holds, by far.
const MANY: usize = 5_000;
const LEVELS: [Level; 5] = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

/// A logger whose output stands before a closed gate with record 0 of thread 0; nothing else is on its way.
struct Blocked {
    logger: AsyncLogger,
    gate: Gate,
    dir: Option<tempfile::TempDir>,
}

const OUTPUTS: [fn(Overflow) -> Blocked; 2] = [Blocked::writer, Blocked::file];

/// Settings with a small queue, and a shutdown that does not wait long where the test keeps the gate closed.
fn small(config: Config) -> Config {
    config
        .shutdown_timeout(Duration::from_secs(2))
        .max_record_bytes(1024)
        .max_message_bytes(512)
        .queue_bytes(QUEUE_BYTES)
        .max_bytes(1 << 40)
}

impl Blocked {
    fn writer(overflow: Overflow) -> Blocked {
        let gate = Gate::closed();
        let logger = AsyncLogger::start_with(small(to_writer()).overflow(overflow), gate.clone()).unwrap();
        Blocked {
            logger,
            gate,
            dir: None,
        }
        .after_record_0()
    }

    fn file(overflow: Overflow) -> Blocked {
        let (gate, dir) = (Gate::closed(), tempfile::tempdir().unwrap());
        let before_the_write = gate.clone();
        let seams = Seams::default().hook(move |stage| {
            if stage == Stage::Write {
                before_the_write.pass();
            }
        });
        let logger =
            AsyncLogger::start_with_seams(small(to_file(dir.path())).overflow(overflow), seams).unwrap();
        Blocked {
            logger,
            gate,
            dir: Some(dir),
        }
        .after_record_0()
    }

    fn after_record_0(self) -> Blocked {
        log_numbered(&self.logger, Level::Info, 0, 0);
        self.gate.wait_until_blocked();
        self
    }

    fn log(&self) -> Vec<u8> {
        match &self.dir {
            Some(dir) => std::fs::read(dir.path().join("app.log")).unwrap(),
            None => self.gate.bytes(),
        }
    }

    /// Logs records `from..to` of thread 0, the levels in turn.
    fn log_at(&self, levels: &[Level], from: usize, to: usize) {
        (from..to).for_each(|n| log_numbered(&self.logger, levels[n % levels.len()], 0, n));
    }

    /// Waits until a record that is not urgent has no room.
    fn wait_until_full(&self) {
        let full = QUEUE_BYTES / 4 * 3 - 1024;
        wait_until("the queue is full", || {
            self.logger.health().queue_bytes as usize > full
        });
    }

    fn dropped(&self) -> u64 {
        self.logger.health().dropped.total
    }
}

#[test]
fn drop_newest_drops_without_waiting_and_counts_each_record_by_its_level() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        // The gate is closed all the while: a call that waited would wait for ever.
        blocked.log_at(&LEVELS, 1, MANY);
        let dropped = blocked.logger.health().dropped;
        assert!(dropped.total > 0);
        assert_eq!(dropped.by_reason["queue_full"], dropped.total);
        blocked.gate.set_open(true);
        let answer = blocked.logger.shutdown().wait().unwrap_err();
        assert_eq!(
            (answer.kind(), answer.unwritten()),
            (ErrorKind::Incomplete, dropped.total)
        );
        let log = blocked.log();
        in_order(&log).unwrap();
        for level in LEVELS {
            let sent = (0..MANY)
                .filter(|n| match n {
                    0 => level == Level::Info,
                    n => LEVELS[n % LEVELS.len()] == level,
                })
                .count() as u64;
            let name = level.as_str().to_ascii_lowercase();
            assert_eq!(
                dropped.by_level[name.as_str()],
                sent - lines_at(&log, level),
                "{level}"
            );
        }
        assert_balanced(&blocked.logger.health(), MANY as u64);
    }
}

#[test]
fn errors_and_warnings_are_taken_in_when_nothing_else_is() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info], 1, MANY);
        let before = blocked.logger.health().dropped;
        blocked.log_at(&[Level::Error, Level::Warn], MANY, MANY + 50);
        assert_eq!(
            blocked.logger.health().dropped,
            before,
            "an urgent record was dropped beside a free reserve"
        );
        blocked.log_at(&[Level::Info], MANY + 50, MANY + 60);
        assert_eq!(
            blocked.dropped(),
            before.total + 10,
            "the reserve took a record that is not urgent"
        );
        blocked.gate.set_open(true);
        assert!(blocked.logger.shutdown().wait().is_err());
        let log = blocked.log();
        assert_eq!(
            (lines_at(&log, Level::Error), lines_at(&log, Level::Warn)),
            (25, 25)
        );
    }
}

#[test]
fn errors_are_dropped_and_counted_when_their_reserve_is_full_too() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Error], 1, MANY);
        let dropped = blocked.logger.health().dropped;
        assert!(dropped.by_level["error"] > 0);
        blocked.gate.set_open(true);
        assert!(blocked.logger.shutdown().wait().is_err());
        let written = lines_at(&blocked.log(), Level::Error);
        assert_eq!(written + dropped.by_level["error"], MANY as u64 - 1);
    }
}

#[test]
fn one_warning_in_the_log_tells_the_exact_numbers_of_an_episode_of_drops() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info, Level::Debug], 1, MANY);
        let dropped = blocked.logger.health().dropped;
        let expected = format!(
            " WARN  asynclogger: {} records dropped ({} info, {} debug) from ",
            dropped.total, dropped.by_level["info"], dropped.by_level["debug"]
        );
        blocked.gate.set_open(true);
        assert!(blocked.logger.flush().wait().is_err());
        let told = own_lines(&blocked.log());
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(&expected), "{told:?} does not hold {expected:?}");
        assert!(
            blocked.logger.shutdown().wait().is_ok(),
            "the loss was told twice"
        );
        assert_eq!(own_lines(&blocked.log()), told, "the episode was told twice");
        assert_eq!(blocked.logger.health().own_lines, 1);
    }
}

#[test]
fn drops_after_a_summary_are_told_at_the_latest_at_the_end() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info], 1, MANY);
        let first = blocked.dropped();
        blocked.gate.set_open(true);
        assert!(blocked.logger.flush().wait().is_err());
        blocked.gate.set_open(false);
        blocked.log_at(&[Level::Debug], MANY, MANY + 1);
        blocked.gate.wait_until_blocked();
        blocked.log_at(&[Level::Debug], MANY + 1, 2 * MANY);
        let second = blocked.dropped() - first;
        blocked.gate.set_open(true);
        let answer = blocked.logger.shutdown().wait().unwrap_err();
        assert_eq!(answer.unwritten(), second, "the first loss was told before");
        let told = own_lines(&blocked.log());
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[1].contains(&format!(" {second} records dropped ({second} debug) from ")),
            "{told:?}"
        );
    }
}

#[test]
fn a_stalled_queue_costs_each_stall_one_wait() {
    const WAIT: Duration = Duration::from_millis(100);
    for start in OUTPUTS {
        let blocked = start(Overflow::BlockFor(WAIT));
        for stall in 1..=2 {
            let before = blocked.dropped();
            let begun = Instant::now();
            blocked.log_at(&[Level::Info], stall * MANY, (stall + 1) * MANY);
            let took = begun.elapsed();
            let dropped = blocked.logger.health().dropped;
            let lost = (dropped.total - before) as u32;
            assert!(lost > 100, "the queue was not full");
            assert!(took >= WAIT, "nobody waited: {took:?}");
            assert!(took < WAIT * lost / 4, "more than one call waited: {took:?}");
            assert_eq!(dropped.by_reason["queue_full"], stall as u64);
            assert_eq!(dropped.by_reason["queue_stalled"], dropped.total - stall as u64);
            blocked.gate.set_open(true);
            let answer = blocked.logger.flush().wait().unwrap_err();
            assert_eq!(answer.unwritten(), u64::from(lost));
            blocked.gate.set_open(false);
            log_numbered(&blocked.logger, Level::Info, 1, stall);
            blocked.gate.wait_until_blocked();
        }
        blocked.gate.set_open(true);
        blocked.logger.shutdown().wait().unwrap();
    }
}

#[test]
fn a_stall_for_records_leaves_errors_a_wait_of_their_own() {
    for start in OUTPUTS {
        let blocked = start(Overflow::BlockFor(Duration::from_millis(20)));
        blocked.log_at(&[Level::Info], 1, MANY);
        blocked.log_at(&[Level::Error], MANY, 2 * MANY);
        let dropped = blocked.logger.health().dropped;
        assert!(dropped.by_level["error"] > 0 && dropped.by_level["info"] > 0);
        assert_eq!(dropped.by_reason["queue_full"], 2, "one wait for each class");
        blocked.gate.set_open(true);
        assert!(blocked.logger.shutdown().wait().is_err());
    }
}

/// Four threads log more than the queue holds, at a closed gate that opens when the queue is full.
fn all_get_through(overflow: Overflow) {
    const THREADS: usize = 4;
    for start in OUTPUTS {
        let blocked = start(overflow);
        let sent = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for thread in 1..=THREADS {
                let (logger, sent) = (&blocked.logger, &sent);
                scope.spawn(move || {
                    for n in 0..MANY {
                        log_numbered(logger, LEVELS[n % LEVELS.len()], thread, n);
                        sent.fetch_add(1, SeqCst);
                    }
                });
            }
            blocked.wait_until_full();
            blocked.gate.set_open(true);
        });
        assert_eq!(sent.load(SeqCst), THREADS * MANY);
        blocked.logger.shutdown().wait().unwrap();
        let seen = in_order(&blocked.log()).unwrap();
        for thread in 1..=THREADS {
            assert!(
                seen[&thread].iter().copied().eq(0..MANY),
                "thread {thread} lost records"
            );
        }
        assert_balanced(&blocked.logger.health(), (THREADS * MANY + 1) as u64);
        assert!(own_lines(&blocked.log()).is_empty());
    }
}

#[test]
fn under_block_all_waiting_producers_get_through_and_nothing_is_lost() {
    all_get_through(Overflow::Block);
}

#[test]
fn under_block_for_a_wait_that_finds_room_in_time_loses_nothing() {
    all_get_through(Overflow::BlockFor(Duration::from_secs(60)));
}

#[test]
fn a_shutdown_that_ends_at_its_limit_lets_waiting_producers_go() {
    for start in OUTPUTS {
        let blocked = start(Overflow::Block);
        let answer = std::thread::scope(|scope| {
            let producer = scope.spawn(|| blocked.log_at(&[Level::Info], 1, MANY));
            blocked.wait_until_full();
            let answer = blocked.logger.shutdown().wait();
            wait_until("the producer returns", || producer.is_finished());
            answer
        });
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Timeout);
        let health = blocked.logger.health();
        assert!(health.dropped.by_reason["after_shutdown"] > 0, "{health}");
        assert_eq!(health.total_messages, MANY as u64);
        blocked.gate.set_open(true);
    }
}

#[test]
fn a_flush_with_a_full_queue_waits_for_the_output_and_tells_the_loss_once() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info], 1, MANY);
        let lost = blocked.dropped();
        let flush = blocked.logger.flush();
        blocked.gate.set_open(true);
        let answer = flush.wait().unwrap_err();
        assert_eq!((answer.kind(), answer.unwritten()), (ErrorKind::Incomplete, lost));
        // The truth about the rest: it is in the log when the flush answers.
        let written = in_order(&blocked.log()).unwrap()[&0].len() as u64;
        assert_eq!(written + lost, MANY as u64);
        blocked.logger.flush().wait().expect("the loss was told before");
        blocked
            .logger
            .shutdown()
            .wait()
            .expect("the loss was told before");
    }
}

#[test]
fn a_loss_is_told_to_every_flush_that_waits_when_it_happens() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        let (first, second) = (blocked.logger.flush(), blocked.logger.flush());
        blocked.log_at(&[Level::Info], 1, MANY);
        let lost = blocked.dropped();
        blocked.gate.set_open(true);
        assert_eq!(first.wait().unwrap_err().unwritten(), lost);
        assert_eq!(second.wait().unwrap_err().unwritten(), lost);
        blocked.logger.flush().wait().expect("the loss was told before");
    }
}

#[test]
fn a_flush_that_nobody_waited_for_tells_no_loss() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        blocked.log_at(&[Level::Info], 1, MANY);
        let lost = blocked.dropped();
        drop(blocked.logger.flush());
        blocked.gate.set_open(true);
        drop(blocked.logger.flush());
        assert_eq!(blocked.logger.flush().wait().unwrap_err().unwritten(), lost);
    }
}

#[test]
fn the_queue_never_holds_more_than_its_bytes() {
    for start in OUTPUTS {
        let blocked = start(Overflow::DropNewest);
        std::thread::scope(|scope| {
            for thread in 1..=8 {
                let logger = &blocked.logger;
                scope.spawn(move || {
                    (0..MANY).for_each(|n| log_numbered(logger, LEVELS[n % LEVELS.len()], thread, n));
                });
            }
        });
        let health = blocked.logger.health();
        assert!(health.queue_bytes_max as usize <= QUEUE_BYTES, "{health}");
        assert!(
            health.queue_bytes_max as usize > QUEUE_BYTES - 1024,
            "the test did not fill the queue: {health}"
        );
        blocked.gate.set_open(true);
    }
}

/// The largest record that the default limits allow: 16 KiB of text and as much in values.
fn log_largest(logger: &AsyncLogger, level: Level) {
    let (text, value) = ("m".repeat(16 * 1024), "v".repeat(1024));
    let v = value.as_str();
    log::log!(logger: logger, level,
        a = v, b = v, c = v, d = v, e = v, f = v, g = v, h = v, i = v, j = v, k = v, l = v, m = v, n = v, o = v;
        "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_bounded_also_with_the_largest_records() {
    common::child::alone("memory_is_bounded_also_with_the_largest_records", || {
        const QUEUE: u64 = 4 * 1024 * 1024;
        let gate = Gate::closed();
        let config = to_writer().overflow(Overflow::DropNewest);
        let logger = AsyncLogger::start_with(config, gate.clone()).unwrap();
        log_largest(&logger, Level::Info);
        gate.wait_until_blocked();
        let (before, _) = common::child::resident();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..500).for_each(|n| log_largest(&logger, LEVELS[n % LEVELS.len()])));
            }
        });
        let health = logger.health();
        assert!(health.dropped.total > 3_000, "{health}");
        assert!(health.queue_bytes_max <= QUEUE, "{health}");
        assert!(
            health.queue_bytes_max > QUEUE / 10 * 9,
            "the test did not fill the queue"
        );
        let (_, most) = common::child::resident();
        // Beside the queue: a record in the making in each of the threads, and their stacks.
        let (grown, allowed) = (most - before, QUEUE + 2 * 1024 * 1024);
        assert!(
            grown <= allowed,
            "grew by {grown} bytes, at most {allowed} are allowed"
        );
        gate.set_open(true);
    });
}

/// A file that goes on beside a console that stands before a closed gate; with lines for both.
fn beside_a_blocked_console(config: Config) -> (AsyncLogger, Gate) {
    let gate = Gate::closed();
    let seams = Seams::default().console(gate.clone());
    let config = small(config.console(asynclogger::Console::Stdout));
    let logger = AsyncLogger::start_with_seams(config.overflow(Overflow::Block), seams).unwrap();
    (logger, gate)
}

/// Logs until the console leaves lines out; gives how many records there are.
fn log_until_left_out(logger: &AsyncLogger) -> usize {
    let mut sent = 0;
    while logger.health().outputs[1].dropped == 0 {
        assert!(sent < 100_000, "the console never left a line out");
        (sent..sent + 100).for_each(|n| log_numbered(logger, Level::Info, 0, n));
        sent += 100;
        // In small batches, as a busy program has them.
        wait_until("the file has the records", || {
            logger.health().outputs[0].written == sent as u64
        });
    }
    sent
}

#[test]
fn beside_a_console_that_blocks_the_file_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, gate) = beside_a_blocked_console(to_file(dir.path()));
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
fn lines_that_a_console_left_out_are_counted_and_told_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, gate) = beside_a_blocked_console(to_file(dir.path()));
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
    let told: u64 = own_lines(&log).iter().map(|line| lines_left_out(line)).sum();
    assert_eq!(told, console.dropped, "{:?}", own_lines(&log));
}

/// `console: 17 lines left out` in a line of the logger's own.
fn lines_left_out(line: &str) -> u64 {
    let (_, rest) = line.split_once("console: ").expect("it names the output");
    let (number, _) = rest.split_once(" lines left out").expect("it says how many");
    number.parse().unwrap()
}

#[test]
fn a_flush_tells_of_lines_that_a_console_left_out_once() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, gate) = beside_a_blocked_console(to_file(dir.path()));
    log_until_left_out(&logger);
    gate.set_open(true);
    let answer = logger.flush().wait().unwrap_err();
    assert_eq!(answer.kind(), ErrorKind::Incomplete);
    assert_eq!(answer.unwritten(), logger.health().outputs[1].dropped);
    assert!(answer.to_string().contains("console"), "{answer}");
    logger.flush().wait().expect("the loss was told before");
}

#[test]
fn records_that_only_a_blocked_console_wants_are_dropped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let config = to_file(dir.path()).file_level(log::LevelFilter::Info);
    let (logger, gate) = beside_a_blocked_console(config);
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
    assert_eq!(dropped.by_reason["output_full"], dropped.total);
    assert_eq!(dropped.by_level["debug"], dropped.total);
    let shown = lines_at(&gate.bytes(), Level::Debug);
    assert_eq!(shown + logger.health().dropped.total, debugs as u64);
    assert_balanced(&logger.health(), sent + debugs as u64 + (debugs / 100) as u64);
}
