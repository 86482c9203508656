//! Which backups go: the choice as tables, and the deletion among files that are not ours.

use super::super::disk::Disk;
use super::*;
use crate::sink::storage::Identity;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::SystemTime;

const DAY: i64 = 86_400;
const NOW: i64 = 1_700_000_000;

/// Backups 1, 2, ... of the given sizes and ages in days.
fn backups(sizes_and_ages: &[(u64, i64)]) -> Vec<Backup> {
    (1..)
        .zip(sizes_and_ages)
        .map(|(number, (size, age))| Backup {
            number,
            slot: Slot::Backup,
            size: *size,
            modified: NOW - age * DAY,
            identity: Identity {
                device: 1,
                file: u64::from(number),
            },
        })
        .collect()
}

fn chosen(backups: &[Backup], retention: &Retention, backup_count: Option<u32>) -> Vec<u32> {
    let limits = Limits {
        retention,
        backup_count,
        now_secs: NOW,
    };
    let mut backups = backups.to_vec();
    backups::mark_foreign(&mut backups);
    choose(&backups, &limits)
        .iter()
        .map(|backup| backup.number)
        .collect()
}

#[test]
fn each_limit_keeps_the_newest() {
    let five = backups(&[(10, 0), (10, 1), (10, 2), (10, 3), (10, 4)]);
    let days = |days: u64| Duration::from_secs(days * DAY as u64);
    let none: Vec<u32> = Vec::new();
    let keep = Retention::new();
    assert_eq!(chosen(&five, &keep, None), none);
    assert_eq!(chosen(&five, &keep.clone().max_files(5), None), none);
    assert_eq!(chosen(&five, &keep.clone().max_files(3), None), [4, 5]);
    assert_eq!(chosen(&five, &keep.clone().max_files(0), None), [1, 2, 3, 4, 5]);
    assert_eq!(chosen(&five, &keep.clone().max_total_bytes(50), None), none);
    assert_eq!(chosen(&five, &keep.clone().max_total_bytes(49), None), [5]);
    assert_eq!(
        chosen(&five, &keep.clone().max_total_bytes(0), None),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(chosen(&five, &keep.clone().max_age(days(2)), None), [4, 5]);
    assert_eq!(
        chosen(&five, &keep.clone().max_age(days(1)).max_files(4), None),
        [3, 4, 5]
    );
    assert_eq!(chosen(&five, &keep.max_age(Duration::MAX), None), none);
}

#[test]
fn a_time_in_the_future_makes_no_file_old_and_a_size_out_of_range_none_small() {
    let odd = backups(&[(1, -4_000), (u64::MAX, 0), (u64::MAX, 0)]);
    let retention = Retention::new()
        .max_age(Duration::from_secs(30 * DAY as u64))
        .max_files(100);
    assert_eq!(chosen(&odd, &retention, None), [] as [u32; 0]);
    assert_eq!(chosen(&odd, &Retention::new().max_total_bytes(1), None), [2, 3]);
}

#[test]
fn the_rotations_own_count_reaches_up_to_the_first_gap() {
    let mut six = backups(&[(1, 0); 6]);
    assert_eq!(chosen(&six, &Retention::new(), Some(4)), [5, 6]);
    assert_eq!(chosen(&six, &Retention::new(), Some(0)), [] as [u32; 0]);
    six[1].slot = Slot::Foreign;
    assert_eq!(chosen(&six, &Retention::new(), Some(4)), [6]);
    six[5].number = 20_240_101;
    assert_eq!(chosen(&six, &Retention::new(), Some(4)), [] as [u32; 0]);
    assert_eq!(chosen(&six, &Retention::new(), Some(3)), [5]);
}

#[test]
fn no_limit_reaches_numbers_that_the_logger_cannot_have_made() {
    let mut eight = backups(&[(10, 400); 8]);
    let numbers = [1, 2, 131, 132, 262, 263, 20_240_101, 1_735_689_600];
    for (backup, number) in eight.iter_mut().zip(numbers) {
        backup.number = number;
    }
    let limits = [
        Retention::new().max_files(0),
        Retention::new().max_total_bytes(0),
        Retention::new().max_age(Duration::ZERO),
    ];
    for retention in &limits {
        // 129 numbers from 2 to 131, 130 from 132 to 262.
        assert_eq!(chosen(&eight, retention, None), [1, 2, 131, 132]);
        assert_eq!(chosen(&eight[4..], retention, None), [] as [u32; 0]);
        // Directories do not bridge a gap: the numbers between them are still missing.
        let mut bridged = eight.clone();
        bridged[2].slot = Slot::Foreign;
        assert_eq!(chosen(&bridged, retention, None), [1, 2, 132]);
        bridged[3].slot = Slot::Foreign;
        assert_eq!(chosen(&bridged, retention, None), [1, 2]);
    }
}

/// A directory with a log, 40 backups of 10 bytes and 1,000 files that are none.
struct Dir {
    dir: tempfile::TempDir,
    log: PathBuf,
    decoys: Vec<(String, Vec<u8>)>,
}

impl Dir {
    fn new() -> Dir {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("app.log");
        fs::write(&log, "current\n").unwrap();
        for number in 1..=40 {
            fs::write(dir.path().join(format!("app.log.{number}")), "a backup.\n").unwrap();
        }
        // There, a name in capitals is the same one, and a blank at its end is no part of it.
        let [capitals, blank] = if cfg!(windows) {
            ["APP-LOG.{}", "app.log.{} x"]
        } else {
            ["APP.LOG.{}", "app.log.{} "]
        };
        let patterns = [
            "app-audit{}.log",
            "app.log.{}.orig",
            "app.log.{}.gz",
            "app.log.0{}",
            "app.log.-{}",
            "app.log.+{}",
            "xapp.log.{}",
            "app.log.bak{}",
            "app.log.{}~",
            "app.log.99999999999{}",
            capitals,
            "app.log{}",
            blank,
            " app.log.{}",
            "app..log.{}",
            "app.log..{}",
            "other{}.log.1",
            "app.log.1.{}",
            ".app.log.{}",
            "app.log.1-{}",
        ];
        let mut decoys = Vec::new();
        for number in 0..50 {
            for pattern in patterns {
                let name = pattern.replace("{}", &number.to_string());
                let content = format!("decoy {name}\n").into_bytes();
                fs::write(dir.path().join(&name), &content).unwrap();
                decoys.push((name, content));
            }
        }
        assert_eq!(decoys.len(), 1_000);
        Dir { dir, log, decoys }
    }

    fn purge(&self, retention: &Retention, how: Purge) -> Result<PurgeReport, Error> {
        let place = Place {
            log: &self.log,
            locking: Locking::Shared,
            mode: 0o640,
        };
        purge(&place, retention, &mut Disk, NOW, how, &mut |_| {})
    }

    fn backups(&self) -> Vec<u32> {
        backups::numbers(&mut Disk, &self.log).unwrap()
    }

    fn assert_decoys_untouched(&self) {
        for (name, content) in &self.decoys {
            assert_eq!(&fs::read(self.dir.path().join(name)).unwrap(), content, "{name}");
        }
        assert_eq!(fs::read(&self.log).unwrap(), b"current\n");
    }
}

#[test]
fn a_purge_among_1000_decoys_deletes_exactly_the_surplus_backups() {
    let dir = Dir::new();
    let report = dir.purge(&Retention::new().max_files(3), Purge::Delete).unwrap();
    assert_eq!(dir.backups(), [1, 2, 3]);
    dir.assert_decoys_untouched();
    let expected = PurgeReport {
        total_files: 40,
        deleted_files: 37,
        deleted_bytes: 370,
        ..PurgeReport::default()
    };
    assert_eq!(report, expected);
}

#[test]
fn a_dry_run_reports_the_same_and_deletes_nothing() {
    let dir = Dir::new();
    let retention = Retention::new().max_total_bytes(105);
    let dry = dir.purge(&retention, Purge::DryRun).unwrap();
    assert_eq!(dir.backups().len(), 40);
    assert_eq!(dry, dir.purge(&retention, Purge::Delete).unwrap());
    assert_eq!(dry.deleted_files, 30);
    assert_eq!(dir.backups().len(), 10);
}

#[test]
fn age_is_the_time_since_the_last_line() {
    let dir = Dir::new();
    for number in 1..=40u64 {
        let file = File::options()
            .append(true)
            .open(dir.dir.path().join(format!("app.log.{number}")));
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW as u64 - number * 3_600);
        file.unwrap().set_modified(time).unwrap();
    }
    dir.purge(
        &Retention::new().max_age(Duration::from_secs(10 * 3_600)),
        Purge::Delete,
    )
    .unwrap();
    assert_eq!(dir.backups(), (1..=10).collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn what_is_named_like_a_backup_and_is_no_file_is_skipped_and_told() {
    let dir = Dir::new();
    let path = |name: &str| dir.dir.path().join(name);
    fs::create_dir(path("app.log.50")).unwrap();
    fs::write(path("victim"), "victim\n").unwrap();
    std::os::unix::fs::symlink(path("victim"), path("app.log.51")).unwrap();
    let report = dir.purge(&Retention::new().max_files(0), Purge::Delete).unwrap();
    assert_eq!((report.deleted_files, report.skipped_files), (40, 2));
    assert_eq!(dir.backups(), [50, 51]);
    assert_eq!(fs::read(path("victim")).unwrap(), b"victim\n");
}

#[test]
fn a_purge_waits_for_the_lock_half_a_second_and_deletes_nothing_without_it() {
    let dir = Dir::new();
    let mut holder = LockFile::beside(&dir.log, Locking::Shared, 0o640);
    assert_eq!(
        holder.acquire(&mut Disk, Tick(0)),
        Acquired::Outcome(LockOutcome::Exclusive)
    );
    let place = Place {
        log: &dir.log,
        locking: Locking::Shared,
        mode: 0o640,
    };
    let mut waited = Duration::ZERO;
    let retention = Retention::new().max_files(0);
    let error = purge(&place, &retention, &mut Disk, NOW, Purge::Delete, &mut |time| {
        waited += time
    });
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(waited, Duration::from_millis(500));
    assert_eq!(dir.backups().len(), 40);
    holder.release();
    dir.purge(&retention, Purge::Delete).unwrap();
    assert_eq!(dir.backups().len(), 0);
}

#[test]
fn a_directory_that_is_not_there_has_nothing_to_purge() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("none").join("app.log");
    let place = Place {
        log: &log,
        locking: Locking::Shared,
        mode: 0o640,
    };
    let report = purge(
        &place,
        &Retention::default(),
        &mut Disk,
        NOW,
        Purge::Delete,
        &mut |_| {},
    );
    assert_eq!(report.unwrap(), PurgeReport::default());
    assert!(!dir.path().join("none").exists());
}

#[test]
fn a_jump_ahead_is_believed_after_a_day_and_a_jump_back_at_once() {
    let tick = |secs: u64| Tick(secs * 1_000_000_000);
    let wall = |secs: i64| Wall { secs, nanos: 0 };
    let mut clock = SteadyClock::new(tick(0), wall(NOW));
    assert_eq!(clock.secs(tick(10), wall(NOW + 10)), NOW + 10);
    let jumped = NOW + 3_650 * DAY;
    assert_eq!(clock.secs(tick(20), wall(jumped)), NOW + 20);
    assert_eq!(clock.secs(tick(86_419), wall(jumped + 86_399)), NOW + 86_419);
    assert_eq!(clock.secs(tick(86_420), wall(jumped + 86_400)), jumped + 86_400);
    assert_eq!(clock.secs(tick(86_430), wall(NOW)), NOW);
    assert_eq!(clock.secs(tick(86_440), wall(NOW + 3_600)), NOW + 3_600);
}

#[test]
fn a_purge_without_a_lock_that_works_deletes_nothing_and_says_why() {
    let dir = Dir::new();
    let lock = dir.dir.path().join(".app.log.lock");
    fs::create_dir(&lock).unwrap();
    let none = Retention::new().max_files(0);
    let error = dir.purge(&none, Purge::Delete).unwrap_err();
    let text = error.to_string();
    assert_eq!(error.kind(), ErrorKind::Io, "{text}");
    let reported = text.starts_with("cannot delete rotated log files without the lock");
    assert!(reported && text.contains(".app.log.lock"), "{text}");
    assert_eq!(dir.backups().len(), 40);
    fs::remove_dir(&lock).unwrap();
    dir.purge(&none, Purge::Delete).unwrap();
    assert_eq!(dir.backups().len(), 0);
}
