//! Errors of the disk, as flush, sync and shutdown report them.

use crate::common;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, ErrorKind, State};
use common::answers::{info, log_in, on_a_faulty_disk};
use common::check::exactly;
use common::disk::{Fault, FaultyDisk};
use common::{LIMIT, assert_balanced, to_file, wait_until};
use std::io;
use std::time::{Duration, Instant};

#[test]
fn a_full_disk_fails_the_flush_and_the_batch_is_written_once_later() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    info(&logger, 0);
    logger.flush().wait_timeout(LIMIT).unwrap();
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    (1..10).for_each(|n| info(&logger, n));
    let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
    assert_eq!((error.kind(), error.unwritten()), (ErrorKind::Io, 0));
    assert!(error.to_string().contains("app.log"), "{error}");
    assert!(error.to_string().starts_with("flush: cannot write"), "{error}");
    let error = logger.sync().wait_timeout(LIMIT).unwrap_err();
    assert!(error.to_string().starts_with("sync: cannot write"), "{error}");
    assert_eq!(logger.health().state, State::Degraded);
    // Records logged meanwhile are kept as well.
    (10..20).for_each(|n| info(&logger, n));
    disk.set_write(None);
    wait_until("the log is back", || logger.health().pending == 0);
    logger.flush().wait_timeout(LIMIT).unwrap();
    assert_eq!(exactly(&log_in(dir.path()), 1, 20), Ok(()));
    assert_balanced(&logger.health(), 20);
    assert_eq!(logger.health().state, State::Running);
}

#[test]
fn a_flush_during_the_back_off_answers_after_the_next_failed_try() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    info(&logger, 0);
    for _ in 0..4 {
        let tries = disk.failed_writes();
        let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(disk.failed_writes() > tries, "the answer came before a try");
    }
    disk.set_write(None);
    logger.shutdown().wait().unwrap();
    assert_eq!(exactly(&log_in(dir.path()), 1, 1), Ok(()));
}

#[test]
fn a_shutdown_on_a_full_disk_ends_in_time_and_shows_its_failed_records() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let limit = Duration::from_secs(1);
    let config = to_file(dir.path()).shutdown_timeout(limit);
    let logger = AsyncLogger::start_with_seams(config, Seams::default().storage(disk.clone())).unwrap();
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    (0..10).for_each(|n| info(&logger, n));
    let begun = Instant::now();
    let error = logger.shutdown().wait().unwrap_err();
    assert!(begun.elapsed() < limit + Duration::from_millis(500));
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Timeout, 10),
        "{error}"
    );
    assert_eq!(logger.failed_records().len(), 10);
    assert_eq!(logger.health().failed, 10);
    assert_balanced(&logger.health(), 10);
}

#[test]
fn a_sync_reaches_the_disk_and_a_flush_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    info(&logger, 0);
    logger.flush().wait().unwrap();
    assert_eq!(disk.syncs(), 0);
    logger.sync().wait().unwrap();
    assert_eq!(disk.syncs(), 1);
    assert_eq!(exactly(&log_in(dir.path()), 1, 1), Ok(()));
}

#[test]
fn a_failed_sync_is_an_error_and_a_concurrent_flush_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let (logger, disk) = on_a_faulty_disk(dir.path());
    disk.set_sync(Some(Fault::Fail(io::ErrorKind::Other)));
    info(&logger, 0);
    let (sync, flush) = (logger.sync(), logger.flush());
    assert_eq!(sync.wait_timeout(LIMIT).unwrap_err().kind(), ErrorKind::Io);
    flush.wait_timeout(LIMIT).unwrap();
    assert!(logger.health().last_error.is_some());
}

/// Records logged while a batch was kept once stayed in their chunks and were pending for ever: 17,058 of 20,098 were
/// reported.
#[test]
fn a_shutdown_on_a_full_disk_reports_all_losses_and_leaves_none_pending() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let config = to_file(dir.path()).shutdown_timeout(Duration::from_millis(500));
    let logger = AsyncLogger::start_with_seams(config, Seams::default().storage(disk.clone())).unwrap();
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    info(&logger, 0);
    wait_until("the batch is kept", || disk.failed_writes() > 0);
    (1..1_000).for_each(|n| info(&logger, n));
    let error = logger.shutdown().wait_timeout(LIMIT).unwrap_err();
    assert_eq!(error.unwritten(), 1_000, "{error}");
    // On a slow machine the answer comes at the limit, while the worker is still counting the lost records.
    wait_until("nothing is pending", || logger.health().pending == 0);
    let health = logger.health();
    assert_balanced(&health, 1_000);
    assert_eq!((health.failed, logger.failed_records().len()), (1_000, 100));
}

/// Windows paths were once shown with each backslash four times.
#[test]
fn a_backslash_in_the_path_is_escaped_once() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let config = to_file(&dir.path().join("back\\slash"));
    let logger = AsyncLogger::start_with_seams(config, Seams::default().storage(disk.clone())).unwrap();
    disk.set_write(Some(Fault::Fail(io::ErrorKind::Other)));
    info(&logger, 0);
    let error = logger.flush().wait_timeout(LIMIT).unwrap_err().to_string();
    let reported = logger.health().last_error.unwrap();
    disk.set_write(None);
    for text in [error, reported] {
        let escaped = text.contains(r"back\\slash") && !text.contains(r"back\\\");
        assert!(escaped, "{text}");
    }
}
