//! Rotation by size on a real disk: which files are renamed and kept, and what happens if a rotation fails.

use crate::common;

use asynclogger::AsyncLogger;
#[cfg(target_os = "linux")]
use common::check::after_kills;
use common::check::exactly;
use common::place::{AppendOnly, Place, Sentinels, inode, put_link};
#[cfg(target_os = "linux")]
use common::remote::{Remote, can_trace, serve};
use common::{LIMIT, assert_balanced, log_numbered, scaled, skipped, wait_until};
use log::Level;
use std::fs;
use std::ops::Range;
use std::time::Instant;

fn log(logger: &AsyncLogger, numbers: Range<usize>) {
    numbers.for_each(|n| log_numbered(logger, Level::Info, 0, n));
}

fn log_and_flush(logger: &AsyncLogger, numbers: Range<usize>) {
    log(logger, numbers);
    logger.flush().wait_timeout(LIMIT).unwrap();
}

#[track_caller]
fn end(logger: &AsyncLogger, sent: usize) {
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    let health = logger.health();
    assert_balanced(&health, sent as u64);
    assert_eq!(health.written, sent as u64, "{health}");
}

#[test]
fn files_end_at_the_limit_with_whole_lines_also_across_restarts() {
    let (place, limit, records) = (Place::new(), 8 * 1024, 500);
    let sentinels = Sentinels::next_to(&place, 20);
    let runs = 6;
    for run in 0..runs {
        let logger = AsyncLogger::start(place.config().max_bytes(limit)).unwrap();
        log(&logger, run * records..(run + 1) * records);
        end(&logger, records);
    }
    assert_eq!(exactly(&place.lines(), 1, runs * records), Ok(()));
    let sizes = place.sizes_of_whole_backups();
    assert!(sizes.len() > runs, "{sizes:?}");
    // The next line would not have fitted; a restart does not begin a new file.
    assert!(
        sizes.iter().all(|size| (limit - 40..=limit).contains(size)),
        "{sizes:?}"
    );
    sentinels.assert_untouched();
}

#[test]
fn a_backup_count_of_zero_never_rotates() {
    let (place, records) = (Place::new(), scaled(5_000));
    let logger = AsyncLogger::start(place.config().max_bytes(4_096).backup_count(0)).unwrap();
    let before = inode(&place.log());
    log(&logger, 0..records);
    end(&logger, records);
    assert_eq!(logger.health().rotations, 0);
    assert_eq!((place.backups(), inode(&place.log())), (vec![], before));
    assert_eq!(exactly(&place.lines(), 1, records), Ok(()));
}

#[test]
fn backups_move_up_by_one_and_only_the_oldest_goes() {
    let place = Place::new();
    let logger = AsyncLogger::start(place.config().max_bytes(4_096).backup_count(3)).unwrap();
    // All files that were the log, the newest first.
    let mut files = vec![inode(&place.log())];
    let mut n = 0;
    while files.len() < 8 {
        log_and_flush(&logger, n..n + 1);
        n += 1;
        let current = inode(&place.log());
        if current == files[0] {
            continue;
        }
        files.insert(0, current);
        let kept: Vec<u64> = place
            .backups()
            .into_iter()
            .map(|number| inode(&place.backup(number)))
            .collect();
        assert_eq!(kept, files[1..files.len().min(4)], "after record {n}");
    }
    end(&logger, n);
    assert_eq!((logger.health().rotations, logger.health().purged_files), (7, 4));
    let seen = common::check::in_order(&place.lines())
        .unwrap()
        .remove(&0)
        .unwrap();
    assert!(
        seen.iter().copied().eq(seen[0]..n),
        "the lines that are left have a hole"
    );
}

#[test]
fn other_files_with_names_of_backups_stay() {
    let (place, records) = (Place::new(), 5_000);
    let mut sentinels = Sentinels::next_to(&place, 100);
    let victim = place.path("victim");
    fs::write(&victim, "victim\n").unwrap();
    sentinels.watch(&victim);
    // At numbers that the rotation reaches.
    fs::create_dir(place.backup(2)).unwrap();
    fs::write(place.backup(2).join("inside"), "inside\n").unwrap();
    sentinels.watch(&place.backup(2).join("inside"));
    put_link(&victim, &place.backup(3));
    put_link(&place.path("nowhere"), &place.backup(5));
    if cfg!(unix) {
        assert!(common::place::run(&["mkfifo", place.backup(6).to_str().unwrap()]));
    } else {
        fs::create_dir(place.backup(6)).unwrap();
    }
    let foreign = [2, 3, 5, 6].map(|number| inode(&place.backup(number)));

    let logger = AsyncLogger::start(place.config().max_bytes(16_384).backup_count(4)).unwrap();
    log(&logger, 0..records);
    end(&logger, records);
    assert!(logger.health().rotations > 4, "{}", logger.health());
    assert_eq!(
        place.backups(),
        [1, 4, 7, 8],
        "four files, at the numbers that are free"
    );
    assert_eq!([2, 3, 5, 6].map(|number| inode(&place.backup(number))), foreign);
    assert!(!place.path("nowhere").exists());
    sentinels.assert_untouched();
    let seen = common::check::in_order(&place.lines())
        .unwrap()
        .remove(&0)
        .unwrap();
    assert!(
        seen.iter().copied().eq(seen[0]..records),
        "the lines that are left have a hole"
    );
}

#[test]
fn a_rotation_that_is_refused_leaves_the_file_in_use_until_it_succeeds() {
    let (place, records) = (Place::new(), scaled(50_000).max(5_000));
    let logger = AsyncLogger::start(place.config().max_bytes(64 * 1024)).unwrap();
    let Some(append_only) = AppendOnly::make(&place.log()) else {
        return skipped("chattr +a does not work here, so no rename was refused");
    };
    let begin = Instant::now();
    (0..records)
        .step_by(500)
        .for_each(|n| log_and_flush(&logger, n..(n + 500).min(records)));
    let health = logger.health();
    assert_eq!(
        (health.state, health.rotations),
        (asynclogger::State::Degraded, 0)
    );
    assert!(
        health.last_error.as_ref().unwrap().contains("cannot rename"),
        "{health}"
    );
    // One try for each step of the back-off, from 10 ms doubling to 1 s, and not one for each batch.
    let steps = 8 + begin.elapsed().as_secs();
    assert!(
        (1..=steps).contains(&health.error_count),
        "{} tries",
        health.error_count
    );
    assert!(place.backups().is_empty());
    assert_eq!(exactly(&place.lines(), 1, records), Ok(()));

    drop(append_only);
    let mut n = records;
    wait_until("it rotates when it may", || {
        log_and_flush(&logger, n..n + 1);
        n += 1;
        logger.health().rotations > 0
    });
    assert_eq!(logger.health().state, asynclogger::State::Running);
    end(&logger, n);
    assert_eq!(exactly(&place.lines(), 1, n), Ok(()));
}

/// On other systems the hole would be filled with 5 GB of zeros.
#[cfg(target_os = "linux")]
#[test]
fn a_file_over_four_gigabytes_is_rotated_at_once() {
    let place = Place::new();
    let huge = fs::File::create(place.log()).unwrap();
    // Sparse: only its last byte is on the disk.
    std::os::unix::fs::FileExt::write_at(&huge, b"\n", 5 << 30).unwrap();
    let logger = AsyncLogger::start(place.config()).unwrap();
    log(&logger, 0..100);
    end(&logger, 100);
    assert_eq!(fs::metadata(place.backup(1)).unwrap().len(), (5 << 30) + 1);
    assert_eq!(exactly(&fs::read(place.log()).unwrap(), 1, 100), Ok(()));
}

#[cfg(target_os = "linux")]
fn mode(path: &std::path::Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o7777
}

#[cfg(target_os = "linux")]
#[test]
fn files_have_their_mode_from_their_creation_and_the_umask_narrows_it() {
    let test = "files_have_their_mode_from_their_creation_and_the_umask_narrows_it";
    serve(test);
    for (umask, file_mode, file, dir) in [("000", 0o640, 0o640, 0o750), ("077", 0o664, 0o600, 0o700)] {
        let place = Place::new();
        let dirs = [place.path("a"), place.path("a/b")];
        let config = place
            .config()
            .log_dir(&dirs[1])
            .max_bytes(4_096)
            .file_mode(file_mode);
        let trace = place.path("trace");
        let tracer = format!("strace -f -qq -e trace=/chmod -o {} ", trace.display());
        let tracer = if can_trace() { tracer.as_str() } else { "" };
        let shell = format!("umask {umask}; exec {tracer}\"$0\" \"$@\"");
        let mut process = Remote::start_under(&["sh", "-c", &shell], test, 0, &config).ready();
        process.ask("log 0 500 0");
        process.end_well();
        for name in ["app.log", "app.log.1", "app.log.2", ".app.log.lock"] {
            assert_eq!(mode(&dirs[1].join(name)), file, "{name} with umask {umask}");
        }
        assert_eq!([mode(&dirs[0]), mode(&dirs[1])], [dir, dir]);
        assert_eq!(
            exactly(&common::lines_of(&dirs[1].join("app.log")), 1, 500),
            Ok(())
        );
        match fs::read_to_string(&trace) {
            Ok(calls) => assert_eq!(calls, "", "a mode was changed afterwards"),
            Err(_) => skipped("strace does not run here, so chmod calls were not checked"),
        }
    }
}

/// Runs a process that is killed at the `nth` of these calls, and another one after it; `false` if there was no `nth`
/// call.
#[cfg(target_os = "linux")]
fn dies_at(test: &str, call: &str, nth: usize) -> bool {
    let place = Place::new();
    let sentinels = Sentinels::next_to(&place, 100);
    let config = place.config().max_bytes(4_096).backup_count(3);
    let inject = format!("inject={call}:signal=SIGKILL:when={nth}");
    let log = place.log();
    // Of the calls that open files, only those that open the log.
    let of_log = if call == "openat" {
        vec!["-P", log.to_str().unwrap()]
    } else {
        vec![]
    };
    let tool = [
        &["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject],
        of_log.as_slice(),
    ]
    .concat();
    let mut process = Remote::start_under(&tool, test, 0, &config);
    let (records, step) = (1_200, 50);
    let mut acknowledged = 0;
    let mut alive = process.receive_or_end().is_some();
    while alive && acknowledged < records {
        process.send(&format!("log {acknowledged} {} 0\nflush", acknowledged + step));
        let answers = [process.receive_or_end(), process.receive_or_end()];
        alive = answers[1].is_some();
        if let Some(answer) = &answers[1] {
            assert_eq!(answer, "ok");
            acknowledged += step;
        }
    }
    if alive {
        process.end_well();
    }
    let next = AsyncLogger::start(config).unwrap();
    (0..300).for_each(|n| log_numbered(&next, Level::Info, 1, n));
    end(&next, 300);

    let at = format!("killed at {call} number {nth}");
    let after = after_kills(&place.lines()).unwrap_or_else(|violation| panic!("{at}: {violation:?}"));
    assert!(after.torn.len() <= 1, "{at}: {:?}", after.torn);
    assert!(after.seen[&1].iter().copied().eq(0..300), "{at}");
    let first = after.seen.get(&0).map_or(&[][..], Vec::as_slice);
    // Old files are deleted in order, and only if there are enough newer ones.
    let from = first.first().copied().unwrap_or(0);
    let whole = first.iter().copied().eq(from..from + first.len());
    assert!(whole && from + first.len() >= acknowledged, "{at}: {first:?}");
    assert!(
        from == 0 || place.backups() == [1, 2, 3],
        "{at}: {:?}",
        place.backups()
    );
    sentinels.assert_untouched();
    !alive
}

/// `strace` kills it at each of the calls of a rotation.
#[cfg(target_os = "linux")]
#[test]
fn a_rotation_cut_short_by_death_is_finished_by_the_next_process() {
    let test = "a_rotation_cut_short_by_death_is_finished_by_the_next_process";
    serve(test);
    if !can_trace() {
        return skipped("strace cannot inject faults here, so no process was killed inside a rotation");
    }
    for call in ["rename", "openat", "unlink"] {
        let deaths = (1..=12).take_while(|nth| dies_at(test, call, *nth)).count();
        assert!(deaths > 0, "{call} was never called");
    }
}
