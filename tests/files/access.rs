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

/// `fs.protected_regular` refuses O_CREAT for a file of another user in a shared directory. The refusal is injected, because
/// machines differ in that setting.
#[cfg(target_os = "linux")]
#[test]
fn a_log_that_may_not_be_created_and_exists_is_opened() {
    let test = "a_log_that_may_not_be_created_and_exists_is_opened";
    common::remote::serve(test);
    if !common::remote::can_trace() {
        return skipped("strace cannot inject faults here, so no open was refused");
    }
    let place = Place::new();
    fs::write(place.log(), "").unwrap();
    let inject = "inject=openat:error=EACCES:when=1";
    let mut process = common::failing::start_failing(test, &place, inject, &place.config());
    process.ask("log 0 1 0");
    assert_eq!(process.ask("flush"), "ok");
    assert_eq!(place.lines().iter().filter(|byte| **byte == b'\n').count(), 1);
}
