//! Other processes move, cut, delete or replace the log while it is written. They do not notify the logger.
//!
//! The tests keep deleted files open, so that they can count their lines.

use crate::common;

use asynclogger::{AsyncLogger, State};
use common::check::{after_kills, exactly};
use common::interfere::{config, log_while, read_held};
use common::place::{Place, Sentinels, inode, inode_of};
use common::{LIMIT, assert_balanced, log_numbered, scaled, wait_until};
use log::Level;
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::Path;

/// Opens the file at the path as soon as there is one.
fn open_existing(path: &Path) -> File {
    let mut opened = None;
    wait_until("the log is there", || {
        opened = File::open(path).ok();
        opened.is_some()
    });
    opened.unwrap()
}

#[test]
fn a_log_that_is_deleted_a_hundred_times_loses_no_line() {
    let (place, rounds, records) = (Place::new(), 100, scaled(100_000).max(1_000));
    let sentinels = Sentinels::next_to(&place, 25);
    let mut held = Vec::new();
    log_while(config(&place), rounds, records, |_| {
        held.push(open_existing(&place.log()));
        fs::remove_file(place.log()).unwrap();
    });
    // The last part may have been written before the last deletion.
    held.extend(File::open(place.log()));
    assert!(held.len() >= rounds);
    assert_eq!(exactly(&read_held(held), 1, records), Ok(()));
    sentinels.assert_untouched();
}

#[test]
fn a_log_that_is_renamed_and_created_a_hundred_times_loses_no_line() {
    let (place, rounds, records) = (Place::new(), 100, scaled(100_000).max(1_000));
    let moved = |round| place.path(&format!("app.log-{round}"));
    log_while(config(&place), rounds, records, |round| {
        wait_until("the log is there", || place.log().exists());
        fs::rename(place.log(), moved(round)).unwrap();
        // It may exist already, whoever created it.
        drop(
            OpenOptions::new()
                .create(true)
                .append(true)
                .open(place.log())
                .unwrap(),
        );
    });
    let mut lines: Vec<u8> = (0..rounds)
        .flat_map(|round| fs::read(moved(round)).unwrap())
        .collect();
    lines.extend(fs::read(place.log()).unwrap());
    assert_eq!(exactly(&lines, 1, records), Ok(()));
}

#[test]
fn copytruncate_loses_at_most_what_the_copier_missed() {
    let (place, rounds, records) = (Place::new(), 100, scaled(100_000).max(1_000));
    let mut copies = Vec::new();
    let logger = AsyncLogger::start(place.config().max_bytes(records as u64 * 20)).unwrap();
    let copy_and_truncate = || {
        let copy = fs::read(place.log()).unwrap();
        OpenOptions::new()
            .write(true)
            .open(place.log())
            .unwrap()
            .set_len(0)
            .unwrap();
        copy
    };
    let part = records / rounds;
    for round in 0..rounds {
        let log_part =
            || (round * part..(round + 1) * part).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        if round % 2 == 0 {
            std::thread::scope(|scope| {
                scope.spawn(log_part);
                copies.push(copy_and_truncate());
            });
        } else {
            log_part();
            logger.flush().wait_timeout(LIMIT).unwrap();
            copies.push(copy_and_truncate());
        }
    }
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    assert_balanced(&logger.health(), (rounds * part) as u64);
    assert_eq!(logger.health().rotations, 0, "the size was not looked at again");
    let rest = fs::read(place.log()).unwrap();
    let mut next = 0;
    for (round, copy) in copies.into_iter().chain([rest]).enumerate() {
        // The copier may have read half of a line. There is no hole of NULs: it would not be a line.
        let mut copy = copy;
        if !copy.ends_with(b"\n") && !copy.is_empty() {
            copy.push(b'\n');
        }
        let seen = after_kills(&copy).unwrap().seen.remove(&0).unwrap_or_default();
        let Some(&first) = seen.first() else { continue };
        assert!(
            seen.iter().copied().eq(first..first + seen.len()),
            "copy {round} has a hole"
        );
        assert!(first >= next, "copy {round} doubles");
        // Missed lines are missing between two copies that were made while lines were written.
        let quiet = round % 2 == 0;
        assert!(
            !quiet || first == next,
            "{} lines are missing before copy {round}",
            first - next
        );
        next = first + seen.len();
    }
}

#[test]
fn a_directory_that_is_removed_twenty_times_is_made_again_with_its_mode() {
    let (place, rounds, records) = (Place::new(), 20, scaled(20_000).max(1_000));
    let dir = place.path("logs");
    let (log, lock) = (dir.join("app.log"), dir.join(".app.log.lock"));
    let mut held: Vec<File> = Vec::new();
    log_while(config(&place).log_dir(&dir), rounds, records, |_| {
        wait_until("the log is there", || log.exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&dir), mode(&log)), (0o750, 0o640));
        }
        // Like `rm -rf`, which may find new files while it deletes.
        wait_until("the directory is removed", || {
            if let Ok(file) = File::open(&log) {
                held.push(file);
                fs::remove_file(&log).unwrap();
            }
            drop(fs::remove_file(&lock));
            fs::remove_dir(&dir).is_ok()
        });
    });
    held.extend(File::open(&log));
    assert_eq!(exactly(&read_held(held), 1, records), Ok(()));
}

#[test]
fn deletion_during_rotations_loses_no_line() {
    let (place, rounds, part, records) = (Place::new(), 50, 50_000, 51_000);
    let mut held: Vec<(u64, File)> = Vec::new();
    let config = place.config().max_bytes(8 * 1024);
    let logger = log_while(config.clone(), rounds, part, |_| {
        let file = open_existing(&place.log());
        held.push((inode_of(&file), file));
        // A rotation may have put another file there by now; a file that is renamed away is found as a backup.
        let doomed = place.path("doomed");
        if fs::rename(place.log(), &doomed).is_ok() {
            let file = File::open(&doomed).unwrap();
            held.push((inode_of(&file), file));
            fs::remove_file(&doomed).unwrap();
        }
    });
    // Each of the few batches may have found another file, and then none of them rotates; these records are not
    // counted.
    let next = AsyncLogger::start(config).unwrap();
    (part..records).for_each(|n| log_numbered(&next, Level::Info, 0, n));
    next.shutdown().wait_timeout(LIMIT).unwrap();
    assert!(logger.health().rotations + next.health().rotations > 0);
    let kept: Vec<u64> = place
        .backups()
        .into_iter()
        .map(|number| inode(&place.backup(number)))
        .collect();
    let current = File::open(place.log()).map_or(0, |file| inode_of(&file));
    held.sort_by_key(|(file, _)| *file);
    held.dedup_by_key(|(file, _)| *file);
    held.retain(|(file, _)| !kept.contains(file) && *file != current);
    // The files are in no particular order: each holds whole lines in order, and together they hold every line once.
    let backups = place
        .backups()
        .into_iter()
        .map(|number| File::open(place.backup(number)).unwrap());
    let deleted = held.into_iter().map(|(_, file)| file);
    let mut seen = vec![false; records];
    for mut file in backups.chain(deleted).chain(File::open(place.log())) {
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        for n in common::check::in_order(&content)
            .unwrap()
            .remove(&0)
            .unwrap_or_default()
        {
            assert!(
                !std::mem::replace(&mut seen[n], true),
                "record {n} is there twice"
            );
        }
    }
    assert_eq!(
        seen.iter().filter(|seen| !**seen).count(),
        0,
        "records are missing"
    );
}

#[test]
fn reopen_creates_the_file_anew_without_a_record() {
    let place = Place::new();
    let logger = AsyncLogger::start(config(&place)).unwrap();
    (0..10).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    logger.flush().wait_timeout(LIMIT).unwrap();
    let moved = place.path("moved");
    fs::rename(place.log(), &moved).unwrap();
    logger.reopen().wait_timeout(LIMIT).unwrap();
    assert!(place.log().exists());
    assert_ne!(inode(&place.log()), inode(&moved));
    // A second reopen, when nothing has changed, has no effect.
    let before = inode(&place.log());
    logger.reopen().wait_timeout(LIMIT).unwrap();
    assert_eq!(
        (inode(&place.log()), logger.health().state),
        (before, State::Running)
    );
    (10..20).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    assert_balanced(&logger.health(), 20);
    assert_eq!(logger.health().reopened_files, 1);
    let lines = [fs::read(&moved).unwrap(), fs::read(place.log()).unwrap()].concat();
    assert_eq!(exactly(&lines, 1, 20), Ok(()));
    assert_eq!(
        common::check::in_order(&fs::read(&moved).unwrap()).unwrap()[&0].len(),
        10
    );
}
