//! The surroundings of the logger: other threads change the environment or use the processor, all requests come at the
//! same time, and process numbers are not unique.

use crate::common;

#[cfg(unix)]
use asynclogger::ErrorKind;
#[cfg(target_os = "linux")]
use asynclogger::Schema;
#[cfg(target_os = "linux")]
use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Overflow, Retention};
use common::check::exactly;
use common::child::alone;
#[cfg(target_os = "linux")]
use common::remote::{Remote, serve};
use common::{SHUTDOWN, assert_balanced, lines_of, log_numbered, scaled, to_file};
use log::Level;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

/// The C library reads time zones through the environment, which other threads may change meanwhile
/// (RUSTSEC-2020-0159); the logger does not call it.
#[test]
fn threads_that_change_the_environment_do_not_crash_threads_that_log() {
    const TEST: &str = "threads_that_change_the_environment_do_not_crash_threads_that_log";
    const THREADS: usize = 4;
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let config = to_file(dir.path()).backup_count(0).overflow(Overflow::Block);
        let config = config.file_format("{time:%H:%M} {message}");
        let logger = AsyncLogger::start(config).unwrap();
        let begun = minute();
        let (records, left) = (scaled(20_000), AtomicUsize::new(THREADS));
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (logger, left) = (&logger, &left);
                scope.spawn(move || {
                    (0..records).for_each(|n| log_numbered(logger, Level::Info, thread, n));
                    left.fetch_sub(1, SeqCst);
                });
                scope.spawn(move || {
                    for n in (0..).take_while(|_| left.load(SeqCst) > 0) {
                        // SAFETY: the test is about other code of this process that reads the environment; that of std
                        // does so under std's lock.
                        #[allow(unsafe_code)]
                        unsafe {
                            std::env::set_var("TZ", format!("UTC{}", 1 + n % 11));
                            std::env::set_var(format!("TEST_{thread}_{}", n % 100), "x".repeat(n % 1_000));
                        }
                    }
                });
            }
        });
        logger.shutdown().wait().unwrap();
        let log = lines_of(&dir.path().join("app.log"));
        assert_eq!(exactly(&log, THREADS, records), Ok(()));
        // Always UTC, which is not one of the zones that were set.
        let minutes: Vec<u64> = (begun..=minute()).collect();
        let shown = |minute: &u64| format!("{:02}:{:02} ", minute / 60 % 24, minute % 60);
        let shown: Vec<String> = minutes.iter().map(shown).collect();
        for line in std::str::from_utf8(&log).unwrap().lines() {
            assert!(shown.iter().any(|time| line.starts_with(time.as_str())), "{line}");
        }
    });
}

/// Minutes since 1970.
fn minute() -> u64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 60
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_hardly_gets_the_processor_loses_nothing() {
    const TEST: &str = "a_worker_that_hardly_gets_the_processor_loses_nothing";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let nice = AtomicBool::new(false);
        let hook = move |_| {
            if !nice.swap(true, SeqCst) {
                // SAFETY: sets a number of the calling thread, the worker.
                #[allow(unsafe_code)]
                let set = unsafe { libc::setpriority(libc::PRIO_PROCESS, libc::gettid() as libc::id_t, 19) };
                assert_eq!(set, 0);
            }
        };
        let config = to_file(dir.path())
            .backup_count(0)
            .overflow(Overflow::BlockFor(Duration::from_millis(10)));
        let logger = AsyncLogger::start_with_seams(config, Seams::default().hook(hook)).unwrap();
        let over = AtomicBool::new(false);
        let sent = std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    while !over.load(SeqCst) {
                        std::hint::spin_loop();
                    }
                });
            }
            let records = scaled(20_000);
            (0..records).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
            let limit = Duration::from_secs(2);
            let begun = Instant::now();
            // It returns in time, whatever it returns.
            drop(logger.flush().wait_timeout(limit));
            assert!(begun.elapsed() < limit * 10, "{:?}", begun.elapsed());
            over.store(true, SeqCst);
            records as u64
        });
        drop(logger.shutdown().wait());
        // It may not have run for as long as the shutdown's limit.
        common::wait_until("the worker has ended", || logger.health().pending == 0);
        let health = logger.health();
        assert_balanced(&health, sent);
        let seen = common::check::in_order(&lines_of(&dir.path().join("app.log"))).unwrap();
        assert_eq!(seen[&0].len() as u64, health.written, "{health}");
    });
}

#[test]
fn everything_asked_at_once_ends_and_the_ledger_balances() {
    for _ in 0..scaled(10) {
        let _watched = common::watched();
        let dir = tempfile::tempdir().unwrap();
        let config = to_file(dir.path())
            .max_bytes(20_000)
            .backup_count(10_000)
            .shutdown_timeout(SHUTDOWN);
        let logger = AsyncLogger::start(config).unwrap();
        let over = AtomicBool::new(false);
        let sent = AtomicUsize::new(0);
        let until_over = |work: &dyn Fn()| {
            while !over.load(SeqCst) {
                work();
            }
        };
        std::thread::scope(|scope| {
            for thread in 0..2 {
                let (logger, sent, over) = (&logger, &sent, &over);
                scope.spawn(move || {
                    for n in (0..).take_while(|_| !over.load(SeqCst)) {
                        log_numbered(logger, Level::Error, thread, n);
                        sent.fetch_add(1, SeqCst);
                    }
                });
            }
            scope.spawn(|| until_over(&|| drop(logger.set_filter("error").unwrap())));
            scope.spawn(|| until_over(&|| drop(logger.set_filter("trace").unwrap())));
            scope.spawn(|| until_over(&|| drop(logger.reopen().wait())));
            scope.spawn(|| until_over(&|| drop(logger.purge_dry_run(&Retention::new().max_files(3)))));
            scope.spawn(|| until_over(&|| drop((logger.health(), logger.flush()))));
            common::wait_until("some records are logged", || sent.load(SeqCst) > 1_000);
            drop(logger.shutdown().wait());
            over.store(true, SeqCst);
        });
        let health = logger.health();
        assert_balanced(&health, sent.load(SeqCst) as u64);
        let seen = common::check::in_order(&lines_of(&dir.path().join("app.log"))).unwrap();
        assert_eq!(
            seen.values().map(Vec::len).sum::<usize>() as u64,
            health.written,
            "{health}"
        );
    }
}

/// Two processes that both have the number 1, each in its own namespace, on one file.
#[cfg(target_os = "linux")]
#[test]
fn processes_with_the_same_number_share_a_file() {
    const TEST: &str = "processes_with_the_same_number_share_a_file";
    const UNSHARE: [&str; 3] = ["unshare", "--pid", "--fork"];
    serve(TEST);
    let can = std::process::Command::new(UNSHARE[0])
        .args(&UNSHARE[1..])
        .arg("true")
        .output();
    if !can.is_ok_and(|output| output.status.success()) {
        return common::skipped("no namespace of process numbers can be made here");
    }
    let dir = tempfile::tempdir().unwrap();
    let config = to_file(dir.path())
        .file_format("{message}")
        .max_bytes(30_000)
        .backup_count(100_000);
    let config = config.overflow(Overflow::Block);
    let records = scaled(10_000);
    let mut processes: Vec<Remote> = (0..2)
        .map(|thread| Remote::start_under(&UNSHARE, TEST, thread, &config).ready())
        .collect();
    for process in &mut processes {
        process.send(&format!("log 0 {records} 0"));
    }
    for process in &mut processes {
        process.receive();
        process.end_well();
    }
    assert_eq!(
        exactly(&lines_of(&dir.path().join("app.log")), 2, records),
        Ok(())
    );
}

/// A relative path is resolved when the logger starts.
#[cfg(unix)]
#[test]
fn a_relative_path_in_a_removed_directory_is_refused() {
    alone("a_relative_path_in_a_removed_directory_is_refused", || {
        let (gone, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::env::set_current_dir(gone.path()).unwrap();
        drop(gone);
        let config = to_file(dir.path());
        let error = AsyncLogger::start(config.clone().log_dir("logs")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        let text = error.to_string();
        assert!(
            text.contains("cannot find the working directory for log file \"logs/app.log\""),
            "{text}"
        );
        let logger = AsyncLogger::start(config).unwrap();
        log_numbered(&logger, Level::Info, 0, 0);
        logger.shutdown().wait().unwrap();
        assert_eq!(exactly(&lines_of(&dir.path().join("app.log")), 1, 1), Ok(()));
    });
}

/// Formats that contain the host name need one, even if the machine has none.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_a_name_is_called_localhost() {
    const TEST: &str = "a_machine_without_a_name_is_called_localhost";
    serve(TEST);
    let nameless = [
        "unshare",
        "--uts",
        "sh",
        "-c",
        "echo >/proc/sys/kernel/hostname && exec \"$@\"",
        "sh",
    ];
    let can = std::process::Command::new(nameless[0])
        .args(&nameless[1..])
        .arg("true")
        .output();
    if !can.is_ok_and(|output| output.status.success()) {
        return common::skipped("no machine without a name can be made here");
    }
    let dir = tempfile::tempdir().unwrap();
    let config = to_file(dir.path())
        .file_format("json")
        .json_schema(Schema::Bunyan);
    let mut process = Remote::start_under(&nameless, TEST, 0, &config).ready();
    process.send("log 0 1 0");
    process.receive();
    process.end_well();
    let log = String::from_utf8(lines_of(&dir.path().join("app.log"))).unwrap();
    assert!(log.contains("\"hostname\":\"localhost\""), "{log}");
}
