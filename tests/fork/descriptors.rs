//! A program closes descriptors that are not its own, as daemons do, and opens its files under the same numbers: no line
//! lands in them, and none is lost.

use crate::common;

use asynclogger::{AsyncLogger, Config, Console};
use common::child::{alone, command, is_child, output_of};
use common::forked::{End, Forked, in_a_fork};
use common::{log_numbered, to_file};
use log::Level;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::IntoRawFd;
use std::path::Path;
use std::process::Stdio;

const FILES: usize = 20;

/// Closes all descriptors but the first three and opens files of the program's own.
fn take_the_descriptors(dir: &Path) {
    for number in 3..256 {
        // SAFETY: what such programs do; nobody in this process uses one of them afterwards, except the logger.
        #[allow(unsafe_code)]
        unsafe {
            libc::close(number)
        };
    }
    for n in 0..FILES {
        let mut file = File::create(dir.join(format!("data{n}"))).unwrap();
        file.write_all(b"data\n").unwrap();
        // They stay open.
        let _number = file.into_raw_fd();
    }
}

#[track_caller]
fn assert_untouched(dir: &Path) {
    for n in 0..FILES {
        let data = fs::read_to_string(dir.join(format!("data{n}"))).unwrap();
        assert_eq!(data, "data\n", "data{n} is the program's");
    }
}

/// Whether the program's own descriptors are open still.
fn are_open() -> bool {
    // SAFETY: asks for flags of a number.
    #[allow(unsafe_code)]
    (3..3 + FILES as i32).all(|number| unsafe { libc::fcntl(number, libc::F_GETFD) } != -1)
}

#[test]
fn a_child_that_closes_all_descriptors_logs_to_file_and_console() {
    const TEST: &str = "a_child_that_closes_all_descriptors_logs_to_file_and_console";
    if is_child(TEST) {
        let dir = std::env::var_os("TEST_DIR").unwrap();
        let dir = Path::new(&dir);
        let config = to_file(&dir.join("logs")).console(Console::Stderr);
        let logger = AsyncLogger::start(config).unwrap();
        log_numbered(&logger, Level::Info, 0, 0);
        logger.flush().wait().unwrap();
        let code = in_a_fork(End::AtOnce, || {
            take_the_descriptors(dir);
            (0..3).for_each(|n| log_numbered(&logger, Level::Info, 1, n));
            let flushed = logger.flush().wait();
            drop(logger.shutdown().wait());
            i32::from(flushed.is_err()) + 2 * i32::from(!are_open())
        });
        return assert_eq!(code, 0);
    }
    let dir = tempfile::tempdir().unwrap();
    let output = output_of(command(TEST).env("TEST_DIR", dir.path()));
    let console = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{console}");
    assert_untouched(dir.path());
    let log = fs::read_to_string(dir.path().join("logs/app.log")).unwrap();
    for lines in [&log, &*console] {
        assert_eq!(lines.matches("t=0 ").count(), 1, "{lines}");
        assert_eq!(lines.matches("t=1 ").count(), 3, "{lines}");
    }
}

#[test]
fn a_program_whose_descriptors_were_closed_goes_on_logging() {
    alone("a_program_whose_descriptors_were_closed_goes_on_logging", || {
        let dir = tempfile::tempdir().unwrap();
        let logger = AsyncLogger::start(to_file(&dir.path().join("logs"))).unwrap();
        log_numbered(&logger, Level::Info, 0, 0);
        logger.flush().wait().unwrap();
        take_the_descriptors(dir.path());
        (0..3).for_each(|n| log_numbered(&logger, Level::Info, 1, n));
        logger.flush().wait().unwrap();
        let log = fs::read_to_string(dir.path().join("logs/app.log")).unwrap();
        assert_eq!(log.matches("t=1 ").count(), 3, "{log}");
        assert!(logger.health().last_error.is_some(), "it was not reported");
        // The lock file too was one of them.
        in_a_fork(End::AtOnce, || i32::from(!are_open()));
        logger.shutdown().wait().unwrap();
        assert_untouched(dir.path());
        assert!(are_open(), "the end of the logger closed a file of the program");
    });
}

#[test]
fn a_console_that_is_the_log_file_gets_no_lines() {
    const TEST: &str = "a_console_that_is_the_log_file_gets_no_lines";
    if is_child(TEST) {
        let dir = std::env::var_os("TEST_DIR").unwrap();
        let config = to_file(Path::new(&dir)).console(Console::Stderr);
        let logger = AsyncLogger::start(config).unwrap();
        (0..20).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        return logger.shutdown().wait().unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.log");
    let log = File::options().create(true).append(true).open(&path).unwrap();
    let mut child = command(TEST);
    child.env("TEST_DIR", dir.path()).stdout(Stdio::null());
    assert!(child.stderr(Stdio::from(log)).status().unwrap().success());
    let log = fs::read_to_string(path).unwrap();
    assert_eq!(log.matches("t=0 ").count(), 20, "{log}");
    assert_eq!(log.matches("standard error is the log file").count(), 1, "{log}");
}

/// As `daemon(3)` does it: the parent ends by `_exit` right after the fork.
#[test]
fn what_was_logged_before_a_fork_is_there_if_the_parent_ends_at_once() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let daemon = Forked::run(End::AtOnce, || {
            let config = Config::new("app").console(None).log_dir(dir.path());
            let logger = AsyncLogger::start(config).unwrap();
            (0..10).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
            // SAFETY: both processes end below.
            #[allow(unsafe_code)]
            unsafe {
                if libc::fork() == 0 {
                    libc::_exit(0);
                }
                libc::_exit(0)
            }
        });
        assert_eq!(daemon.wait(), 0);
        let log = fs::read_to_string(dir.path().join("app.log")).unwrap();
        assert_eq!(log.matches("t=0 ").count(), 10, "{log}");
    }
}
