//! The path of the log leads elsewhere or nowhere while the log is open: after `chroot` and `setuid`.

use crate::common;

use asynclogger::{AsyncLogger, Retention, State};
use common::child::alone;
use common::place::Place;
use common::{LIMIT, assert_balanced, log_numbered, skipped};
use log::Level;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, PermissionsExt, chroot};
use std::path::{Path, PathBuf};

const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    // SAFETY: asks for a number.
    #[allow(unsafe_code)]
    let root = unsafe { libc::geteuid() } == 0;
    if !root {
        skipped("a change of the root directory or of the user: needs root");
    }
    root
}

/// All threads act as this user from now on; root can come back.
fn act_as(user: u32) {
    // SAFETY: a plain call with a number.
    #[allow(unsafe_code)]
    let done = unsafe { libc::seteuid(user) };
    assert_eq!(done, 0);
}

/// Leaves the jail through a descriptor of the directory outside.
fn leave_for(root: &fs::File) {
    // SAFETY: a plain call with an open descriptor.
    #[allow(unsafe_code)]
    let done = unsafe { libc::fchdir(root.as_raw_fd()) };
    assert_eq!(done, 0);
    chroot(".").unwrap();
}

/// Every file below a directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Logs 20 records before and after `change`, and asserts that all of them are in the log; `undo` ends the change.
fn goes_on_after(change: impl FnOnce(&Path), undo: impl FnOnce()) {
    let place = Place::new();
    let dir = place.path("log");
    let config = place.config().log_dir(&dir).max_bytes(300);
    let logger = AsyncLogger::start(config).unwrap();
    (0..20).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    logger.flush().wait_timeout(LIMIT).unwrap();
    // By descriptor: afterwards the test cannot follow the path either.
    let log = fs::File::open(dir.join("app.log")).unwrap();
    let before = log.metadata().unwrap().len();
    let rotations = logger.health().rotations;
    change(place.dir());
    for n in 20..40 {
        log_numbered(&logger, Level::Info, 0, n);
        logger.flush().wait_timeout(LIMIT).unwrap();
    }
    let health = logger.health();
    assert_eq!(health.state, State::Degraded, "{health}");
    assert_eq!(health.rotations, rotations);
    let refused = logger.purge(&Retention::new().max_files(0));
    assert!(refused.is_err(), "{refused:?}");
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    assert_balanced(&logger.health(), 40);
    undo();
    let mut text = vec![0; (log.metadata().unwrap().len() - before) as usize];
    log.read_exact_at(&mut text, before).unwrap();
    let lines = String::from_utf8(text).unwrap();
    assert_eq!(lines.lines().count(), 20, "{lines}");
}

#[test]
fn after_chroot_the_open_log_is_written_and_nothing_is_made_in_the_jail() {
    const TEST: &str = "after_chroot_the_open_log_is_written_and_nothing_is_made_in_the_jail";
    if !is_root() {
        return;
    }
    alone(TEST, || {
        let root = fs::File::open("/").unwrap();
        let enter = |place: &Path| {
            let jail = place.join("jail");
            // The same path exists inside, with a file that looks like a backup.
            let inside = jail.join(place.strip_prefix("/").unwrap()).join("log");
            fs::create_dir_all(&inside).unwrap();
            fs::write(inside.join("app.log.1"), "not ours\n").unwrap();
            chroot(&jail).unwrap();
            std::env::set_current_dir("/").unwrap();
        };
        goes_on_after(enter, || {
            let found = files(Path::new("/"));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(fs::read(&found[0]).unwrap(), b"not ours\n");
            leave_for(&root);
        });
    });
}

#[test]
fn another_user_writes_the_open_log_in_a_directory_that_is_closed_to_it() {
    const TEST: &str = "another_user_writes_the_open_log_in_a_directory_that_is_closed_to_it";
    if !is_root() {
        return;
    }
    alone(TEST, || {
        let close = |place: &Path| {
            fs::set_permissions(place, fs::Permissions::from_mode(0o700)).unwrap();
            act_as(NOBODY);
        };
        goes_on_after(close, || act_as(0));
    });
}
