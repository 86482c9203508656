//! Which rotated files are deleted and when, and that no other files are.

use crate::common;

use asynclogger::{AsyncLogger, Capture, ErrorKind, PurgeReport, Retention};
use common::check::{exactly, in_order};
use common::place::{AppendOnly, Place, Sentinels, inode, put_link};
use common::remote::{Remote, serve};
use common::{LIMIT, assert_balanced, log_numbered, skipped, to_writer, wait_until};
use log::Level;
use std::fs::{self, File};
use std::time::{Duration, SystemTime};

const MAX_BYTES: u64 = 4_096;

/// Logs until there are this many backups; returns the number of records logged.
fn log_until_backups(logger: &AsyncLogger, place: &Place, backups: usize) -> usize {
    let mut n = 0;
    while place.backups().len() < backups {
        (n..n + 50).for_each(|n| log_numbered(logger, Level::Info, 0, n));
        n += 50;
        logger.flush().wait_timeout(LIMIT).unwrap();
    }
    n
}

/// Returns a place with this many backups, and the number of records in them and in the log.
fn with_backups(backups: usize) -> (Place, AsyncLogger, usize) {
    let place = Place::new();
    let logger = AsyncLogger::start(place.config().max_bytes(MAX_BYTES)).unwrap();
    let records = log_until_backups(&logger, &place, backups);
    // On older versions of Windows a backup that the logger keeps open until it is synced keeps its name for a while.
    logger.sync().wait_timeout(LIMIT).unwrap();
    (place, logger, records)
}

/// Checks that the remaining lines are the newest ones, without a gap.
#[track_caller]
fn assert_newest_are_left(place: &Place, records: usize) {
    let seen = in_order(&place.lines()).unwrap().remove(&0).unwrap();
    assert!(seen[0] > 0, "nothing was deleted");
    assert!(
        seen.iter().copied().eq(seen[0]..records),
        "the lines that are left have a hole"
    );
}

#[track_caller]
fn end(logger: &AsyncLogger, sent: usize) {
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    assert_balanced(&logger.health(), sent as u64);
}

/// Directories and links with the names of backups, which are not files of the logger.
fn put_in_the_way(place: &Place, sentinels: &mut Sentinels, numbers: [u32; 3]) {
    let [directory, link, dangling] = numbers.map(|number| place.backup(number));
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("inside"), "inside\n").unwrap();
    sentinels.watch(&directory.join("inside"));
    let victim = place.path("victim");
    fs::write(&victim, "victim\n").unwrap();
    sentinels.watch(&victim);
    put_link(&victim, &link);
    put_link(&place.path("nowhere"), &dangling);
}

#[test]
fn a_purge_deletes_exactly_the_surplus_among_a_thousand_decoys() {
    let (place, logger, records) = with_backups(10);
    let mut sentinels = Sentinels::next_to(&place, 1_000);
    let in_the_way = [11, 12, 2_000];
    put_in_the_way(&place, &mut sentinels, in_the_way);
    let others = in_the_way.map(|number| inode(&place.backup(number)));
    let kept: Vec<u64> = (1..=3).map(|number| inode(&place.backup(number))).collect();
    let bytes: u64 = place.sizes_of_whole_backups()[3..].iter().sum();
    let retention = Retention::new().max_files(3);

    let foretold = logger.purge_dry_run(&retention).unwrap();
    assert_eq!(place.backups().len(), 10, "a dry run deletes nothing");
    assert_eq!(
        (foretold.total_files, foretold.deleted_files),
        (10, 7),
        "{foretold:?}"
    );
    assert_eq!(
        (foretold.deleted_bytes, foretold.skipped_files),
        (bytes, 3),
        "{foretold:?}"
    );
    assert!(foretold.errors.is_empty(), "{foretold:?}");
    assert_eq!(logger.purge(&retention).unwrap(), foretold);
    let left: Vec<u64> = place
        .backups()
        .into_iter()
        .map(|number| inode(&place.backup(number)))
        .collect();
    assert_eq!(left, kept);
    assert_eq!(logger.health().purged_files, 7);
    let again = logger.purge(&retention).unwrap();
    assert_eq!((again.total_files, again.deleted_files), (3, 0));

    end(&logger, records);
    assert_newest_are_left(&place, records);
    assert_eq!(in_the_way.map(|number| inode(&place.backup(number))), others);
    sentinels.assert_untouched();
}

/// The retention that deletes everything old, in three ways.
fn strictest() -> [Retention; 3] {
    [
        Retention::new().max_files(1),
        Retention::new().max_total_bytes(1),
        Retention::new().max_age(Duration::from_secs(3_600)),
    ]
}

#[test]
fn archives_of_logrotate_and_rotatelogs_are_no_backups_for_any_limit() {
    for retention in strictest() {
        let place = Place::new();
        let old = SystemTime::now() - Duration::from_secs(400 * 86_400);
        let names = ["20240101", "20240102", "20261129", "1735689600", "2024"];
        let archives = names.map(|name| place.path(&format!("app.log.{name}")));
        for archive in &archives {
            fs::write(archive, "archived\n").unwrap();
            let file = File::options().append(true).open(archive).unwrap();
            file.set_modified(old).unwrap();
        }
        let config = place.config().max_bytes(MAX_BYTES).retention(retention.clone());
        let logger = AsyncLogger::start(config).unwrap();
        let mut sent = 0;
        while logger.health().rotations < 5 || logger.health().purged_files < 1 {
            if sent >= 2_000 {
                // Nothing of this run is old enough for the limit by age.
                break;
            }
            (sent..sent + 50).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
            sent += 50;
            logger.flush().wait_timeout(LIMIT).unwrap();
        }
        let foretold = logger.purge_dry_run(&Retention::new().max_files(0)).unwrap();
        assert_eq!(foretold.skipped_files, 5, "{foretold:?}");
        let report = logger.purge(&retention).unwrap();
        assert_eq!(report.skipped_files, 5, "{report:?}");
        end(&logger, sent);
        for archive in &archives {
            assert_eq!(fs::read(archive).unwrap(), b"archived\n", "{}", archive.display());
        }
    }
}

#[test]
fn bytes_and_age_keep_the_newest() {
    let (place, logger, records) = with_backups(10);
    let sizes = place.sizes_of_whole_backups();
    let limit = sizes[..6].iter().sum::<u64>() + 1;
    let report = logger.purge(&Retention::new().max_total_bytes(limit)).unwrap();
    assert_eq!((report.deleted_files, place.backups().len()), (4, 6));

    let hour = Duration::from_secs(3_600);
    for number in 4..=6 {
        let old = SystemTime::now() - hour * number;
        File::options()
            .append(true)
            .open(place.backup(number))
            .unwrap()
            .set_modified(old)
            .unwrap();
    }
    let report = logger
        .purge(&Retention::new().max_age(hour * 5 - hour / 2))
        .unwrap();
    assert_eq!((report.deleted_files, place.backups()), (2, vec![1, 2, 3, 4]));
    assert_eq!(
        logger.purge(&Retention::new()).unwrap().deleted_files,
        0,
        "no limit deletes nothing"
    );
    end(&logger, records);
    assert_newest_are_left(&place, records);
}

#[test]
fn surplus_backups_go_at_the_start() {
    let (place, logger, records) = with_backups(40);
    end(&logger, records);
    let mut sentinels = Sentinels::next_to(&place, 1_000);
    put_in_the_way(&place, &mut sentinels, [41, 42, 2_000]);
    let before = inode(&place.log());
    let next = AsyncLogger::start(place.config().max_bytes(MAX_BYTES).backup_count(3)).unwrap();
    wait_until("the surplus is deleted", || next.health().purged_files == 37);
    assert_eq!((place.backups(), inode(&place.log())), (vec![1, 2, 3], before));
    end(&next, 0);
    assert_newest_are_left(&place, records);
    sentinels.assert_untouched();
}

#[test]
fn each_rotation_leaves_backup_count_files_also_after_a_restart() {
    let place = Place::new();
    let sentinels = Sentinels::next_to(&place, 1_000);
    let (runs, records) = (3, 2_000);
    for run in 0..runs {
        let logger = AsyncLogger::start(place.config().max_bytes(MAX_BYTES).backup_count(2)).unwrap();
        for n in run * records..(run + 1) * records {
            log_numbered(&logger, Level::Info, 0, n);
            if n % 100 == 0 {
                logger.flush().wait_timeout(LIMIT).unwrap();
                assert!(
                    place.backups().len() <= 2,
                    "{:?} after record {n}",
                    place.backups()
                );
            }
        }
        end(&logger, records);
        assert_eq!(place.backups(), [1, 2]);
        let health = logger.health();
        // The first run left two more than were deleted.
        assert_eq!(
            health.rotations - health.purged_files,
            if run == 0 { 2 } else { 0 },
            "{health}"
        );
    }
    assert_newest_are_left(&place, runs * records);
    sentinels.assert_untouched();
}

#[test]
fn a_purge_while_another_process_writes_and_rotates_makes_no_hole() {
    let test = "a_purge_while_another_process_writes_and_rotates_makes_no_hole";
    serve(test);
    let place = Place::new();
    let config = place.config().max_bytes(MAX_BYTES);
    let mut process = Remote::start(test, 0, &config).ready();
    process.send("stream 0 40 600000");
    let logger = AsyncLogger::start(config).unwrap();
    let mut deleted = 0;
    wait_until("a hundred files are deleted", || {
        let report: PurgeReport = logger.purge(&Retention::new().max_files(5)).unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        deleted += report.deleted_files;
        deleted >= 100
    });
    process.send("stop");
    let records = loop {
        if let Some(count) = process.receive().strip_prefix("streamed ") {
            break count.parse().unwrap();
        }
    };
    logger.purge(&Retention::new().max_files(5)).unwrap();
    process.end_well();
    end(&logger, 0);
    assert!(place.backups().len() <= 5, "{:?}", place.backups());
    assert_newest_are_left(&place, records);
}

#[test]
fn files_that_cannot_be_deleted_are_reported_and_stay() {
    let (place, logger, records) = with_backups(5);
    let Some(_append_only) = AppendOnly::make(&place.backup(5)) else {
        return skipped("chattr +a does not work here, so no deletion was refused");
    };
    let report = logger.purge(&Retention::new().max_files(0)).unwrap();
    assert_eq!(report.errors.len(), 1, "{report:?}");
    assert!(report.errors[0].contains("app.log.5"), "{report:?}");
    assert!(place.backups().contains(&5));
    assert_eq!(report.deleted_files as usize, 5 - place.backups().len());
    end(&logger, records);
    assert!(in_order(&place.lines()).is_ok());
}

#[test]
fn keeping_no_backup_keeps_the_log_itself() {
    let (place, logger, records) = with_backups(3);
    let before = fs::read(place.log()).unwrap();
    let report = logger
        .purge(&Retention::new().max_files(0).max_total_bytes(0))
        .unwrap();
    assert_eq!((report.deleted_files, place.backups()), (3, vec![]));
    assert_eq!(fs::read(place.log()).unwrap(), before);
    (records..records + 10).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    end(&logger, records + 10);
    assert_newest_are_left(&place, records + 10);
}

#[test]
fn a_logger_without_a_file_has_nothing_to_purge() {
    let logger = AsyncLogger::start_with(to_writer(), Capture::new()).unwrap();
    let refused = logger.purge(&Retention::default()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotRunning);
    assert!(refused.to_string().contains("log_dir"), "{refused}");
    end(&logger, 0);
}

#[test]
fn a_fresh_directory_has_nothing_to_purge_and_loses_nothing() {
    let place = Place::new();
    let logger = AsyncLogger::start(place.config()).unwrap();
    (0..100).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    let report = logger.purge(&Retention::new().max_files(0)).unwrap();
    assert_eq!((report.total_files, report.deleted_files), (0, 0));
    end(&logger, 100);
    assert_eq!(exactly(&place.lines(), 1, 100), Ok(()));
}

/// On Windows a directory stays while a file in it is open.
#[cfg(unix)]
#[test]
fn a_purge_where_nothing_can_be_listed_is_refused_with_the_remedy() {
    let dir = Place::new();
    let place = dir.path("logs");
    let logger = AsyncLogger::start(dir.config().log_dir(&place)).unwrap();
    fs::remove_dir_all(&place).unwrap();
    fs::write(&place, "a file").unwrap();
    let refused = logger.purge(&Retention::new().max_files(0)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Io);
    let text = refused.to_string();
    assert!(
        text.starts_with("cannot list the rotated files of ") && text.contains("is a directory"),
        "{text}"
    );
    assert_eq!(fs::read(&place).unwrap(), b"a file");
}
