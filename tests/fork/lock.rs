//! The lock file of a parent in a forked child, and descriptors that an executed program inherits: none.
#![cfg(unix)]

use crate::common;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Config, Console, Overflow};
use common::check::exactly_each;
use common::child::alone;
use common::disk::FaultyDisk;
use common::forked::{End, Forked, in_a_fork};
use common::gate::Gate;
use common::{LIMIT, lines_of, log_numbered, to_file, wait_until};
use log::Level;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// The file is never rotated, so every record stays.
fn keeping_all(dir: &Path) -> Config {
    to_file(dir).backup_count(0).overflow(Overflow::Block)
}

fn lines(dir: &Path) -> Vec<u8> {
    lines_of(&dir.join("app.log"))
}

fn log_ten(logger: &AsyncLogger, thread: usize) {
    (0..10).for_each(|n| log_numbered(logger, Level::Info, thread, n));
}

/// Returns a logger whose worker is inside a write and holds the lock.
fn in_its_write(dir: &Path) -> (AsyncLogger, Gate) {
    let gate = Gate::closed();
    let seams = Seams::default().storage(FaultyDisk::behind(&gate));
    let logger = AsyncLogger::start_with_seams(keeping_all(dir), seams).unwrap();
    log_numbered(&logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    (logger, gate)
}

/// Whether a process holds the lock.
fn is_locked(dir: &Path) -> bool {
    let lock = std::fs::File::open(dir.join(".app.log.lock")).unwrap();
    // SAFETY: the descriptor is open during the call.
    #[allow(unsafe_code)]
    let taken = unsafe { libc::flock(lock.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) };
    taken != 0
}

#[test]
fn a_child_neither_releases_its_parents_lock_nor_waits_for_it_for_ever() {
    const TEST: &str = "a_child_neither_releases_its_parents_lock_nor_waits_for_it_for_ever";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let (logger, gate) = in_its_write(dir.path());
        let code = in_a_fork(End::Exit, || {
            log_ten(&logger, 1);
            logger.flush().wait_timeout(LIMIT).unwrap();
            0
        });
        assert_eq!(code, 0);
        assert!(is_locked(dir.path()), "the child released the lock");
        gate.set_open(true);
        logger.shutdown().wait().unwrap();
        assert_eq!(exactly_each(&lines(dir.path()), &[1, 10]), Ok(()));
    });
}

#[test]
fn a_child_does_not_hold_the_lock_of_a_parent_that_was_killed() {
    const TEST: &str = "a_child_does_not_hold_the_lock_of_a_parent_that_was_killed";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let (here, mut there) = UnixStream::pair().unwrap();
        let mut here = Some(here);
        let killed = Forked::run(End::AtOnce, || {
            // Open only in the test, so that the child ends with it, also when the test fails.
            drop(here.take());
            let (_logger, _gate) = in_its_write(dir.path());
            let _child = Forked::run(End::AtOnce, || {
                there.write_all(b"!").unwrap();
                // Runs until the test ends.
                i32::from(there.read(&mut [0]).is_err())
            });
            wait_until("it is killed", || false);
            0
        });
        let mut here = here.expect("each process has its own");
        here.read_exact(&mut [0]).unwrap();
        assert!(is_locked(dir.path()), "the parent has it");
        // SAFETY: a child of this process that was not waited for.
        #[allow(unsafe_code)]
        unsafe {
            libc::kill(killed.id(), libc::SIGKILL)
        };
        assert_eq!(killed.wait(), -libc::SIGKILL);
        assert!(!is_locked(dir.path()), "the child holds it");
        here.write_all(b"!").unwrap();
    });
}

#[test]
fn a_program_that_is_executed_inherits_no_descriptor() {
    const TEST: &str = "a_program_that_is_executed_inherits_no_descriptor";
    alone(TEST, || {
        // Descriptors that the test itself inherited do not count.
        let inherited = || {
            let list = std::process::Command::new("ls").args(["-l", "/dev/fd/"]).output();
            let list = String::from_utf8(list.unwrap().stdout).unwrap();
            list.lines().filter(|line| line.contains(" -> ")).count()
        };
        let before = inherited();
        let dir = tempfile::tempdir().unwrap();
        let config = keeping_all(dir.path()).console(Console::Stdout);
        let logger = AsyncLogger::start(config.console_level(log::LevelFilter::Off)).unwrap();
        log_ten(&logger, 0);
        logger.flush().wait().unwrap();
        assert_eq!(inherited(), before);
    });
}
