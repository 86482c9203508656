//! Mode, owner and group of the log over a rotation: its readers keep it, and nobody else gets it.

use crate::common;

use asynclogger::AsyncLogger;
use common::child::{command, is_child, output_of};
use common::place::Place;
use common::{LIMIT, log_numbered, skipped};
use log::Level;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

/// Logs enough for several rotations.
fn rotate(logger: &AsyncLogger) {
    let before = logger.health().rotations;
    for n in 0..40 {
        log_numbered(logger, Level::Info, 0, n);
        logger.flush().wait_timeout(LIMIT).unwrap();
    }
    assert!(logger.health().rotations > before);
}

#[test]
fn a_mode_that_was_changed_stays_over_rotations_and_over_a_move_by_others() {
    for wanted in [0o600, 0o644, 0o660, 0o604] {
        let place = Place::new();
        let logger = AsyncLogger::start(place.config().max_bytes(300)).unwrap();
        fs::set_permissions(place.log(), Permissions::from_mode(wanted)).unwrap();
        rotate(&logger);
        assert_eq!(mode(&place.log()), wanted, "{wanted:o}");
        assert_eq!(mode(&place.backup(1)), wanted, "{wanted:o}");
        fs::rename(place.log(), place.path("moved")).unwrap();
        log_numbered(&logger, Level::Info, 0, 40);
        logger.flush().wait_timeout(LIMIT).unwrap();
        assert_eq!(mode(&place.log()), wanted, "{wanted:o} after a move");
    }
}

#[test]
fn owner_and_group_stay_over_rotations() {
    let place = Place::new();
    let logger = AsyncLogger::start(place.config().max_bytes(300)).unwrap();
    if chown(place.log(), Some(65_534), Some(4)).is_err() {
        return skipped("a file of another owner: needs root");
    }
    rotate(&logger);
    let found = fs::metadata(place.log()).unwrap();
    assert_eq!((found.uid(), found.gid()), (65_534, 4));
    assert_eq!(found.mode() & 0o777, mode(&place.backup(1)));
}

/// Without a umask, in a process of its own.
#[test]
fn file_mode_holds_for_every_file_whatever_the_umask_allows() {
    const TEST: &str = "file_mode_holds_for_every_file_whatever_the_umask_allows";
    if !is_child(TEST) {
        let output = output_of(&mut command(TEST));
        assert!(output.status.success(), "{output:?}");
        return;
    }
    // SAFETY: a plain call with a number.
    #[allow(unsafe_code)]
    unsafe {
        libc::umask(0);
    }
    let place = Place::new();
    let logger = AsyncLogger::start(place.config().max_bytes(300).file_mode(0o600)).unwrap();
    rotate(&logger);
    for entry in fs::read_dir(place.dir()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_log_of_another_user_in_a_shared_directory_is_opened() {
    let place = Place::new();
    fs::set_permissions(place.dir(), Permissions::from_mode(0o1777)).unwrap();
    fs::write(place.log(), "").unwrap();
    // Where `fs.protected_regular` is 0 the system refuses nothing, and the log is opened at once.
    if chown(place.log(), Some(65_534), Some(65_534)).is_err() {
        return skipped("a file of another user: needs root");
    }
    let logger = AsyncLogger::start(place.config()).unwrap();
    log_numbered(&logger, Level::Info, 0, 0);
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    assert_eq!(place.lines().iter().filter(|byte| **byte == b'\n').count(), 1);
}
