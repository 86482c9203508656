//! Faults of real file systems and system calls: a full or read-only disk, a quota, no free descriptors, I/O errors.
//!
//! Each logger runs in a separate process; some run under `strace`, which makes their calls fail. The sweep over every
//! operation and every error is a unit test of `sink/file`.
#![cfg(target_os = "linux")]

use crate::common;

use asynclogger::{Format, Overflow};
use common::check::{exactly, in_order};
use common::failing::{RECOVERY, assert_one_notice, assert_recovers, config, start_failing};
use common::place::{Mount, Place, run};
use common::remote::{Remote, can_trace, serve};
use common::{lines_of, scaled, skipped, wait_until};
use std::fs;
use std::time::{Duration, Instant};

#[test]
fn a_full_disk_loses_nothing_and_the_log_comes_back_when_there_is_space() {
    let test = "a_full_disk_loses_nothing_and_the_log_comes_back_when_there_is_space";
    serve(test);
    let place = Place::new();
    let Some(_mount) = Mount::tmpfs(place.dir(), "size=256k") else {
        return skipped("a file system cannot be mounted here, so none was filled");
    };
    let filler = place.path("filler");
    fs::write(&filler, [b'x'; 192 * 1024]).unwrap();
    let config = config(&place).file_format("{message}{extras}");
    let mut process = Remote::start(test, 0, &config).ready();
    process.ask("log 0 800 160");
    let answer = process.ask("flush");
    assert!(
        answer.contains("No space left") && answer.contains("free space"),
        "{answer}"
    );
    let health = process.health();
    assert_eq!(health["state"], "degraded");
    assert_eq!(
        (&health["failed"], &health["dropped"]["total"]),
        (&0.into(), &0.into())
    );
    assert!(health["pending"].as_u64().unwrap() > 0);
    assert!(in_order(&place.lines()).is_ok(), "what is there is whole");

    fs::remove_file(&filler).unwrap();
    assert_recovers(&mut process);
    process.ask("log 800 900 160");
    process.end_well();
    assert_eq!(exactly(&place.lines(), 1, 900), Ok(()));
    assert_one_notice(&process);
}

#[test]
fn a_short_write_is_cut_back_to_its_last_line_and_doubles_nothing() {
    let test = "a_short_write_is_cut_back_to_its_last_line_and_doubles_nothing";
    serve(test);
    let place = Place::new();
    let Some(_mount) = Mount::tmpfs(place.dir(), "size=8k") else {
        return skipped("a file system cannot be mounted here, so no write was short");
    };
    let config = config(&place)
        .file_format("{message}{extras}")
        .max_value_bytes(8_192);
    let mut process = Remote::start(test, 0, &config).ready();
    process.ask("log 0 5 6000");
    assert!(process.ask("flush").contains("No space left"));
    assert_eq!(
        in_order(&place.lines()).unwrap()[&0],
        [0],
        "the first fitted, and half of the second"
    );

    assert!(run(&[
        "mount",
        "-o",
        "remount,size=1m",
        place.dir().to_str().unwrap()
    ]));
    assert_recovers(&mut process);
    process.end_well();
    assert_eq!(exactly(&place.lines(), 1, 5), Ok(()));
    assert_one_notice(&process);
}

#[test]
fn a_directory_that_becomes_read_only_and_writable_again_loses_nothing() {
    let test = "a_directory_that_becomes_read_only_and_writable_again_loses_nothing";
    serve(test);
    let place = Place::new();
    let dir = place.path("logs");
    let mut process = Remote::start(test, 0, &config(&place).log_dir(&dir)).ready();
    process.ask("log 0 100 0");
    assert_eq!(process.ask("flush"), "ok");
    // A mount cannot be made read-only while a file is open for writing on it, but another mount over it can.
    let Some(mount) = Mount::tmpfs(&dir, "ro,size=8k") else {
        return skipped("a file system cannot be mounted here, so none was read-only");
    };
    process.ask("log 100 200 0");
    let answer = process.ask("flush");
    assert!(
        answer.contains("Read-only file system") && answer.contains("writable"),
        "{answer}"
    );
    assert_eq!(process.health()["state"], "degraded");

    drop(mount);
    let begin = Instant::now();
    wait_until("the kept records are written", || process.ask("flush") == "ok");
    assert!(
        begin.elapsed() < RECOVERY,
        "recovered after {:?}",
        begin.elapsed()
    );
    // The lock file was missing, too; only a batch shows whether it is there again.
    let mut n = 200;
    wait_until("the lock is had again", || {
        process.ask(&format!("log {n} {} 0", n + 1));
        n += 1;
        assert_eq!(process.ask("flush"), "ok");
        process.health()["state"] == "running"
    });
    process.end_well();
    assert_eq!(exactly(&lines_of(&dir.join("app.log")), 1, n), Ok(()));
    assert_one_notice(&process);
}

#[test]
fn a_write_that_fails_a_few_times_with_any_error_costs_no_line() {
    let test = "a_write_that_fails_a_few_times_with_any_error_costs_no_line";
    serve(test);
    if !can_trace() {
        return skipped("strace cannot inject faults here, so no write failed");
    }
    let errors = "EIO EDQUOT ENOSPC EROFS EFBIG ESTALE ENXIO ENODEV EACCES EPERM EAGAIN EINTR EBADF";
    for error in errors.split(' ') {
        let place = Place::new();
        let inject = format!("inject=write:error={error}:when=3..5");
        let mut process = start_failing(test, &place, &inject, &config(&place));
        for round in 0..10 {
            process.ask(&format!("log {} {} 0", round * 20, (round + 1) * 20));
            // A flush during which a write failed returns an error; the records are kept.
            let answer = process.ask("flush");
            assert!(
                answer == "ok" || answer.contains("are kept and retried"),
                "{error}: {answer}"
            );
        }
        assert_recovers(&mut process);
        assert!(process.notices().len() <= 1, "{error}: {:?}", process.notices());
        let health = process.end_well();
        // An interrupted call is repeated.
        assert!(
            error == "EINTR" || health["error_count"].as_u64() > Some(0),
            "{error}: {health}"
        );
        assert_eq!(exactly(&place.lines(), 1, 200), Ok(()), "{error}");
    }
}

#[test]
fn a_disk_that_fails_for_ever_loses_only_counted_records() {
    let test = "a_disk_that_fails_for_ever_loses_only_counted_records";
    serve(test);
    if !can_trace() {
        return skipped("strace cannot inject faults here, so no write failed");
    }
    for error in ["EIO", "EDQUOT"] {
        let place = Place::new();
        let config = config(&place).shutdown_timeout(Duration::from_millis(500));
        let inject = format!("inject=write:error={error}:when=4+");
        let mut process = start_failing(test, &place, &inject, &config);
        let answers: Vec<String> = (0..6)
            .map(|round| {
                process.ask(&format!("log {} {} 0", round * 20, (round + 1) * 20));
                process.ask("flush")
            })
            .collect();
        let failed = answers
            .iter()
            .filter(|answer| answer.starts_with("err flush: cannot write"))
            .count();
        assert_eq!(
            (answers[..6 - failed].iter().all(|answer| answer == "ok"), failed),
            (true, 3),
            "{answers:?}"
        );
        let health = process.health();
        assert_eq!(
            (&health["state"], &health["pending"]),
            (&"degraded".into(), &60.into())
        );
        let (answer, health) = process.end();
        assert!(answer.contains("60 records were not written"), "{answer}");
        assert_eq!(
            (&health["written"], &health["failed"]),
            (&60.into(), &60.into()),
            "{error}: {health}"
        );
        assert_eq!(exactly(&place.lines(), 1, 60), Ok(()), "{error}");
        // The write, and giving up the rest at the end.
        assert!(process.notices().len() <= 2, "{:?}", process.notices());
    }
}

#[test]
fn after_a_failed_sync_no_later_one_succeeds_for_the_same_file() {
    let test = "after_a_failed_sync_no_later_one_succeeds_for_the_same_file";
    serve(test);
    if !can_trace() {
        return skipped("strace cannot inject faults here, so no sync failed");
    }
    let place = Place::new();
    let inject = "inject=fdatasync:error=EIO:when=2";
    let mut process = start_failing(test, &place, inject, &config(&place));
    process.ask("log 0 10 0");
    assert_eq!(process.ask("sync"), "ok");
    process.ask("log 10 20 0");
    let answer = process.ask("sync");
    assert!(
        answer.contains("cannot sync") && answer.contains("Input/output error"),
        "{answer}"
    );
    // The system now treats the pages as clean; only the logger knows that they are not on the disk.
    let answer = process.ask("sync");
    assert!(answer.contains("unknown what is on the disk"), "{answer}");
    assert_eq!(process.health()["state"], "degraded");
    process.ask("log 20 30 0");
    assert!(process.ask("sync").starts_with("err "));
    // Writing lines works as before.
    assert_eq!(process.ask("flush"), "ok");
    assert_eq!(process.health()["state"], "degraded");
    assert_one_notice(&process);

    // For another file a sync can succeed again.
    let moved = place.path("moved");
    fs::rename(place.log(), &moved).unwrap();
    process.ask("log 30 40 0");
    assert_eq!(process.ask("sync"), "ok");
    assert_eq!(process.health()["state"], "running");
    process.end_well();
    let lines = [fs::read(&moved).unwrap(), fs::read(place.log()).unwrap()].concat();
    assert_eq!(exactly(&lines, 1, 40), Ok(()));
}

#[test]
fn the_largest_file_of_a_process_is_an_error_and_not_its_end() {
    let test = "the_largest_file_of_a_process_is_an_error_and_not_its_end";
    serve(test);
    // The signal would kill the process unless it is ignored or blocked; the logger's threads block it.
    for limit in ["ulimit -f 64", "trap '' XFSZ; ulimit -f 64"] {
        let place = Place::new();
        let shell = format!("{limit}; exec \"$0\" \"$@\"");
        let mut process = Remote::start_under(&["sh", "-c", &shell], test, 0, &config(&place)).ready();
        process.ask("log 0 2000 0");
        let answer = process.ask("flush");
        assert!(answer.contains("File too large"), "{answer}");
        assert!(in_order(&place.lines()).is_ok());
        let moved = place.path("moved");
        fs::rename(place.log(), &moved).unwrap();
        assert_recovers(&mut process);
        process.end_well();
        let lines = [fs::read(&moved).unwrap(), fs::read(place.log()).unwrap()].concat();
        assert_eq!(exactly(&lines, 1, 2_000), Ok(()), "{limit}");
        assert_one_notice(&process);
    }
}

#[test]
fn a_slow_disk_holds_up_no_call_that_drops_and_every_drop_is_counted() {
    let test = "a_slow_disk_holds_up_no_call_that_drops_and_every_drop_is_counted";
    serve(test);
    if !can_trace() {
        return skipped("strace cannot inject faults here, so no write was slow");
    }
    let (place, records) = (Place::new(), scaled(50_000).max(20_000));
    let config = config(&place)
        .file_format(Format::default())
        .overflow(Overflow::DropNewest)
        .queue_bytes(256 * 1024)
        .shutdown_timeout(Duration::from_secs(30));
    let mut process = start_failing(test, &place, "inject=write:delay_enter=200000", &config);
    let slowest = process.ask(&format!("log 0 {records} 0"));
    let slowest: u64 = slowest.strip_prefix("slowest ").unwrap().parse().unwrap();
    assert!(slowest < 150, "a call waited {slowest} ms for the disk");
    let (answer, health) = process.end();
    let dropped = health["dropped"]["total"].as_u64().unwrap();
    assert!(
        dropped > 0 && answer.contains(&format!("{dropped} records were dropped")),
        "{answer}"
    );
    let lines = place.lines();
    let written = in_order(&lines).unwrap()[&0].len() as u64;
    assert_eq!(
        (&health["written"], written + dropped),
        (&written.into(), records as u64)
    );
    let summaries = common::own_lines(&lines);
    assert!(
        summaries.iter().any(|line| line.contains("records dropped")),
        "{summaries:?}"
    );
    assert!(health["queue_bytes_max"].as_u64() <= Some(256 * 1024), "{health}");
}

#[test]
fn a_notice_without_a_reader_does_no_harm() {
    let test = "a_notice_without_a_reader_does_no_harm";
    serve(test);
    for stream in ["2>/dev/full", "2>&-"] {
        let place = Place::new();
        let shell = format!("exec \"$0\" \"$@\" {stream}");
        let mut process = Remote::start_under(&["sh", "-c", &shell], test, 0, &config(&place)).ready();
        fs::remove_file(place.log()).unwrap();
        fs::create_dir(place.log()).unwrap();
        process.ask("log 0 100 0");
        assert!(process.ask("flush").starts_with("err "));
        fs::remove_dir(place.log()).unwrap();
        assert_recovers(&mut process);
        process.end_well();
        assert_eq!(exactly(&place.lines(), 1, 100), Ok(()), "{stream}");
    }
}
