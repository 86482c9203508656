//! Links, directories and devices at the path of the log or of its lock are left alone.

use crate::common;

#[cfg(unix)]
use asynclogger::Locking;
use asynclogger::{AsyncLogger, ErrorKind};
use common::check::exactly;
use common::interfere::{config, log_while, read_held};
#[cfg(unix)]
use common::place::run;
use common::place::{Place, Sentinels, inode};
use common::remote::{Remote, serve};
use common::{LIMIT, log_numbered, skipped, wait_until};
use log::Level;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest time until writing works again after the obstacle is gone; 2 s are promised on an idle machine.
const RECOVERY: Duration = Duration::from_secs(5);

/// An obstacle, and how it is made; `false` if it cannot be made here.
type Obstacle = (&'static str, fn(&Path, &Path) -> bool);

const OBSTACLES: &[Obstacle] = &[
    #[cfg(unix)]
    ("symlink", |victim, path| {
        std::os::unix::fs::symlink(victim, path).is_ok()
    }),
    #[cfg(unix)]
    ("dangling symlink", |_, path| {
        std::os::unix::fs::symlink("nowhere", path).is_ok()
    }),
    ("hard link", |victim, path| fs::hard_link(victim, path).is_ok()),
    #[cfg(unix)]
    ("FIFO", |_, path| run(&["mkfifo", path.to_str().unwrap()])),
    ("directory", |_, path| fs::create_dir(path).is_ok()),
    #[cfg(unix)]
    ("device", |_, path| {
        run(&["mknod", path.to_str().unwrap(), "c", "1", "3"])
    }),
];

fn clear_away(path: &Path) {
    if path.is_dir() && !path.is_symlink() {
        fs::remove_dir(path).unwrap();
    } else {
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn obstacles_are_left_alone_and_the_log_returns_when_they_are_gone() {
    let test = "obstacles_are_left_alone_and_the_log_returns_when_they_are_gone";
    serve(test);
    for (name, put) in OBSTACLES {
        let place = Place::new();
        let mut sentinels = Sentinels::next_to(&place, 25);
        let victim = place.path("victim");
        fs::write(&victim, "victim\n").unwrap();
        sentinels.watch(&victim);
        let mut process = Remote::start(test, 0, &config(&place)).ready();
        process.ask("log 0 100 0");
        assert_eq!(process.ask("flush"), "ok");

        let deleted = File::open(place.log()).unwrap();
        fs::remove_file(place.log()).unwrap();
        if !put(&victim, &place.log()) {
            skipped(&format!("no {name} can be made here"));
            continue;
        }
        process.ask("log 100 200 0");
        let begin = Instant::now();
        let answer = process.ask("flush");
        assert!(answer.starts_with("err flush: "), "{name}: {answer}");
        assert!(
            answer.contains("app.log") && answer.contains("kept"),
            "{name}: {answer}"
        );
        assert!(
            begin.elapsed() < RECOVERY,
            "{name}: the flush took {:?}",
            begin.elapsed()
        );
        let health = process.health();
        assert_eq!(
            (&health["state"], &health["pending"]),
            (&"degraded".into(), &100.into()),
            "{name}"
        );
        assert!(process.ask("reopen").starts_with("err "), "{name}");
        sentinels.assert_untouched();

        clear_away(&place.log());
        let begin = Instant::now();
        wait_until("it has recovered", || process.health()["state"] == "running");
        assert!(
            begin.elapsed() < RECOVERY,
            "{name}: recovered after {:?}",
            begin.elapsed()
        );
        assert_eq!(process.ask("flush"), "ok", "{name}");
        process.end_well();
        let lines = [read_held(vec![deleted]), fs::read(place.log()).unwrap()].concat();
        assert_eq!(exactly(&lines, 1, 200), Ok(()), "{name}");
        assert_eq!(process.notices().len(), 1, "{name}: {:?}", process.notices());
        assert!(!place.path("nowhere").exists());
        sentinels.assert_untouched();
    }
}

#[test]
fn no_logger_starts_on_a_special_or_linked_file() {
    for (name, put) in OBSTACLES {
        let place = Place::new();
        let mut sentinels = Sentinels::next_to(&place, 5);
        let victim = place.path("victim");
        fs::write(&victim, "victim\n").unwrap();
        sentinels.watch(&victim);
        if !put(&victim, &place.log()) {
            skipped(&format!("no {name} can be made here"));
            continue;
        }
        let before = inode(&place.log());
        let begin = Instant::now();
        let refused = AsyncLogger::start(config(&place)).unwrap_err();
        assert!(begin.elapsed() < RECOVERY, "{name}: {:?}", begin.elapsed());
        assert_eq!(refused.kind(), ErrorKind::Io, "{name}");
        assert!(refused.to_string().contains("app.log"), "{name}: {refused}");
        assert_eq!(inode(&place.log()), before, "{name}");
        assert!(!place.path("nowhere").exists());
        sentinels.assert_untouched();
    }
}

/// On Windows, making a link needs a privilege.
#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_lock_file_is_not_followed() {
    let place = Place::new();
    let victim = place.path("victim");
    fs::write(&victim, "victim\n").unwrap();
    let mut sentinels = Sentinels::next_to(&place, 5);
    sentinels.watch(&victim);
    std::os::unix::fs::symlink(&victim, place.path(".app.log.lock")).unwrap();
    let refused = AsyncLogger::start(config(&place).locking(Locking::Require)).unwrap_err();
    assert!(refused.to_string().contains(".app.log.lock"), "{refused}");
    sentinels.assert_untouched();
}

#[test]
fn a_lock_file_that_is_deleted_again_and_again_costs_no_line() {
    let (place, rounds, records) = (Place::new(), 100, 50_000);
    let logger = log_while(place.config().max_bytes(16 * 1024), rounds, records, |_| {
        drop(fs::remove_file(place.path(".app.log.lock")));
    });
    // While the lock file is replaced before each of the few batches, none of them rotates; the next one does.
    let next = AsyncLogger::start(place.config().max_bytes(16 * 1024)).unwrap();
    log_numbered(&next, Level::Info, 0, records);
    next.shutdown().wait_timeout(LIMIT).unwrap();
    assert!(logger.health().rotations + next.health().rotations > 0);
    assert_eq!(exactly(&place.lines(), 1, records + 1), Ok(()));
}
