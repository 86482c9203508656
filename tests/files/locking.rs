//! Promise 7: any number of processes write and rotate one file, and no line is lost, doubled, torn or overwritten.
//!
//! Each process runs the test binary again; see `common/remote.rs`.

use crate::common;

use asynclogger::{AsyncLogger, Config, Format};
use common::check::{after_kills, exactly_each};
use common::remote::{Remote, serve};
use common::shared::{LINE, backups, log_together, rotations, shared};
use common::{LIMIT, assert_balanced, lines_of, log_numbered, scaled};
use log::Level;
use std::collections::BTreeMap;

const PROCESSES: usize = 8;

fn processes_share_a_file(test: &str, processes: usize, records: usize, max_bytes: u64) {
    serve(test);
    let dir = tempfile::tempdir().unwrap();
    let config = shared(dir.path()).max_bytes(max_bytes);
    let started = (0..processes)
        .map(|thread| Remote::start(test, thread, &config))
        .collect();
    let healths = log_together(started, records);

    let log = lines_of(&dir.path().join("app.log"));
    assert_eq!(exactly_each(&log, &vec![records; processes]), Ok(()));
    let backups = backups(dir.path());
    assert_eq!(rotations(&healths), backups.len() as u64);
    let each = |figure: &str| -> Vec<_> { healths.iter().map(|health| &health[figure]).collect() };
    let sizes: Vec<u64> = backups.iter().map(|(_, size)| *size).collect();
    assert!(
        backups.len() as u64 + 1 >= log.len() as u64 * 9 / 10 / max_bytes,
        "{} bytes are in files of {sizes:?}; batches without the lock: {:?}",
        log.len(),
        each("unlocked_batches")
    );
    let percent = |size: &u64| size * 100 / max_bytes;
    let mut wrong: Vec<u64> = backups.iter().map(|(_, size)| percent(size)).collect();
    wrong.retain(|percent| !(90..=110).contains(percent));
    assert!(
        wrong.is_empty(),
        "{} rotations left files with {wrong:?} % of their limit: {:?}",
        backups.len(),
        each("last_error")
    );
}

#[test]
fn eight_processes_lose_and_double_nothing_across_a_hundred_rotations() {
    let test = "eight_processes_lose_and_double_nothing_across_a_hundred_rotations";
    processes_share_a_file(test, PROCESSES, scaled(10_000), 64 * 1024);
}

#[test]
fn fifteen_processes_lose_and_double_nothing_in_small_files() {
    let test = "fifteen_processes_lose_and_double_nothing_in_small_files";
    processes_share_a_file(test, 15, scaled(1_500), 5 * 1024);
}

/// Each process has another limit, another format and (on Unix) another `umask`, and each is restarted twice.
#[test]
fn processes_with_different_settings_come_and_go() {
    let test = "processes_with_different_settings_come_and_go";
    serve(test);
    let (dir, records, rounds) = (tempfile::tempdir().unwrap(), scaled(600), 3);
    let start = |thread: usize| {
        let format = if thread % 2 == 0 {
            Format::Json
        } else {
            Format::from(LINE)
        };
        let limit = (thread as u64 + 1) * 8 * 1024;
        let config = shared(dir.path()).max_bytes(limit).file_format(format);
        let umask = format!("umask 0{}7; exec \"$0\" \"$@\"", thread % 4 * 2);
        let shell = ["sh", "-c", &umask];
        let tool = if cfg!(unix) { &shell[..] } else { &[] };
        Remote::start_under(tool, test, thread, &config).ready()
    };
    std::thread::scope(|scope| {
        for thread in 0..PROCESSES {
            scope.spawn(move || {
                for round in 0..rounds {
                    let mut process = start(thread);
                    process.ask(&format!("log {} {} 0", round * records, (round + 1) * records));
                    process.end_well();
                }
            });
        }
    });
    let log = lines_of(&dir.path().join("app.log"));
    assert_eq!(exactly_each(&log, &[rounds * records; PROCESSES]), Ok(()));
    let largest = PROCESSES as u64 * 8 * 1024;
    let backups = backups(dir.path());
    assert!(!backups.is_empty());
    for (path, size) in backups {
        assert!(size <= largest * 11 / 10, "{path:?} has {size} bytes");
    }
}

/// Stops the process by SIGSTOP while it holds the lock.
#[cfg(target_os = "linux")]
fn stop_as_holder(process: &Remote, dir: &std::path::Path) {
    use common::wait_until;
    let lock = std::fs::File::open(dir.join(".app.log.lock")).unwrap();
    wait_until("the process is stopped while it holds the lock", || {
        process.signal("STOP");
        wait_until("the process is stopped", || process.is_stopped());
        let held = fs2::FileExt::try_lock_exclusive(&lock).is_err();
        if !held {
            fs2::FileExt::unlock(&lock).unwrap();
            process.signal("CONT");
        }
        held
    });
}

/// By a signal.
#[cfg(target_os = "linux")]
#[test]
fn a_stopped_holder_of_the_lock_stops_no_other_process() {
    let test = "a_stopped_holder_of_the_lock_stops_no_other_process";
    serve(test);
    let dir = tempfile::tempdir().unwrap();
    // A call waits at most 100 ms, the default.
    let config = shared(dir.path()).max_bytes(64 * 1024).batch_bytes(32 * 1024);
    let records = 40_000;
    let mut holder = Remote::start(test, 0, &config).ready();
    holder.send(&format!("log 0 {records} 0"));
    stop_as_holder(&holder, dir.path());

    let others_config = config.clone().overflow(asynclogger::Overflow::default());
    let mut others: Vec<Remote> = (1..4)
        .map(|thread| Remote::start(test, thread, &others_config).ready())
        .collect();
    let millis = scaled(10_000).max(2_000);
    others
        .iter_mut()
        .for_each(|other| other.send(&format!("stream 0 20 {millis}")));
    let mut logged = vec![records];
    for other in &mut others {
        let (mut line, mut flushes) = (other.receive(), 0);
        while line.starts_with("flushed ") {
            (line, flushes) = (other.receive(), flushes + 1);
        }
        // The first batch waits half a second for the lock, the later ones do not wait.
        assert!(flushes > millis / 100, "only {flushes} flushes in {millis} ms");
        logged.push(line.strip_prefix("streamed ").expect(&line).parse().unwrap());
        let slowest: u64 = other
            .ask("slowest")
            .strip_prefix("slowest ")
            .unwrap()
            .parse()
            .unwrap();
        assert!(slowest <= 1_000, "a call took {slowest} ms");
    }
    assert!(
        holder.is_stopped() && holder.try_receive().is_none(),
        "it was not stopped all the while"
    );

    holder.signal("CONT");
    holder.receive();
    others.push(holder);
    for mut process in others {
        process.end_well();
    }
    assert_eq!(
        exactly_each(&lines_of(&dir.path().join("app.log")), &logged),
        Ok(())
    );
}

/// The processes of the kill test: the live ones, and the acknowledged records of the killed ones.
struct Processes<'t> {
    test: &'t str,
    config: Config,
    living: Vec<(usize, Remote)>,
    /// For each process ever started, the number of records acknowledged by `flush()`.
    acknowledged: BTreeMap<usize, usize>,
}

impl Processes<'_> {
    fn start_one(&mut self) {
        let thread = self.acknowledged.len();
        let process = Remote::start(self.test, thread, &self.config);
        self.acknowledged.insert(thread, 0);
        self.living.push((thread, process));
    }

    fn note(&mut self, thread: usize, line: &str) {
        if let Some(count) = line.strip_prefix("flushed ") {
            self.acknowledged.insert(thread, count.parse().unwrap());
        } else {
            assert!(line == "ready" || line.starts_with("streamed "), "{line}");
        }
    }

    /// Kills one process after `after` more lines of it, and starts another.
    fn kill(&mut self, place: usize, after: usize) {
        let (thread, mut process) = self.living.swap_remove(place);
        for _ in 0..after {
            let line = process.receive();
            self.note(thread, &line);
        }
        process.kill();
        while let Some(line) = process.receive_or_end() {
            self.note(thread, &line);
        }
        self.start_one();
        let (_, newest) = self.living.last_mut().unwrap();
        newest.send("stream 0 50 600000");
    }
}

#[test]
fn two_hundred_killed_processes_lose_no_acknowledged_record() {
    let test = "two_hundred_killed_processes_lose_no_acknowledged_record";
    serve(test);
    let (dir, kills) = (tempfile::tempdir().unwrap(), scaled(200));
    let config = shared(dir.path()).file_format("{message}").max_bytes(128 * 1024);
    let mut processes = Processes {
        test,
        config,
        living: Vec::new(),
        acknowledged: BTreeMap::new(),
    };
    (0..PROCESSES).for_each(|_| processes.start_one());
    processes
        .living
        .iter_mut()
        .for_each(|(_, process)| process.send("stream 0 50 600000"));
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..kills {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        processes.kill(random as usize % PROCESSES, 1 + (random >> 32) as usize % 12);
    }
    let mut sent = BTreeMap::new();
    for (thread, mut process) in std::mem::take(&mut processes.living) {
        process.send("stop");
        let streamed = loop {
            let line = process.receive();
            processes.note(thread, &line);
            if let Some(count) = line.strip_prefix("streamed ") {
                break count.parse::<usize>().unwrap();
            }
        };
        process.end_well();
        sent.insert(thread, streamed);
    }

    let log = lines_of(&dir.path().join("app.log"));
    let after = after_kills(&log).unwrap();
    assert!(after.torn.len() <= kills, "{} torn lines", after.torn.len());
    for (thread, acknowledged) in processes.acknowledged {
        let numbers = after.seen.get(&thread).map_or(&[][..], Vec::as_slice);
        // One thread logged them in order: there is no gap, and no acknowledged record is missing.
        assert!(
            numbers.iter().copied().eq(0..numbers.len()),
            "process {thread} has a hole"
        );
        assert!(
            numbers.len() >= acknowledged,
            "process {thread}: {} < {acknowledged}",
            numbers.len()
        );
        assert!(
            sent.get(&thread).is_none_or(|sent| *sent == numbers.len()),
            "process {thread}"
        );
    }
    assert!(
        kills < 100 || !backups(dir.path()).is_empty(),
        "no file was rotated"
    );
}

#[test]
fn batches_without_the_lock_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let logger = AsyncLogger::start(shared(dir.path())).unwrap();
    let figures = |logger: &AsyncLogger| {
        let health = logger.health();
        (health.lock_timeouts, health.unlocked_batches)
    };
    log_numbered(&logger, Level::Info, 0, 0);
    logger.flush().wait_timeout(LIMIT).unwrap();
    assert_eq!(figures(&logger), (0, 0));
    let lock = std::fs::File::open(dir.path().join(".app.log.lock")).unwrap();
    fs2::FileExt::lock_exclusive(&lock).unwrap();
    log_numbered(&logger, Level::Info, 0, 1);
    logger.flush().wait_timeout(LIMIT).unwrap();
    assert_eq!(figures(&logger), (1, 1));
    fs2::FileExt::unlock(&lock).unwrap();
    logger.shutdown().wait_timeout(LIMIT).unwrap();
}

#[test]
fn two_loggers_of_one_process_share_a_file_like_two_processes() {
    let (dir, records) = (tempfile::tempdir().unwrap(), scaled(5_000));
    let start = |_| AsyncLogger::start(shared(dir.path()).max_bytes(16 * 1024)).unwrap();
    let loggers: Vec<AsyncLogger> = (0..2).map(start).collect();
    std::thread::scope(|scope| {
        for (thread, logger) in loggers.iter().enumerate() {
            scope.spawn(move || (0..records).for_each(|n| log_numbered(logger, Level::Info, thread, n)));
        }
    });
    let mut rotations = 0;
    for logger in &loggers {
        logger.shutdown().wait_timeout(LIMIT).unwrap();
        assert_balanced(&logger.health(), records as u64);
        rotations += logger.health().rotations;
    }
    assert_eq!(rotations, backups(dir.path()).len() as u64);
    let log = lines_of(&dir.path().join("app.log"));
    assert_eq!(exactly_each(&log, &[records; 2]), Ok(()));
}
