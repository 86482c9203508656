//! Standard streams in the place of the log: as its path, and as the same file.

use crate::common;

use asynclogger::{AsyncLogger, Config, ErrorKind};
use common::child::{command, is_child};
use common::place::Place;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn refusal(path: &Path) -> String {
    let refused = AsyncLogger::start(Config::new("app").console(None).log_file(path)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Io);
    refused.to_string()
}

#[test]
fn a_standard_stream_as_the_log_file_is_refused_with_the_console_as_the_remedy() {
    let place = Place::new();
    for (stream, console) in [
        ("/dev/stdout", "`stdout`"),
        ("/dev/stderr", "`stderr`"),
        ("/proc/self/fd/1", "`stdout`"),
    ] {
        if fs::symlink_metadata(stream).is_err() {
            continue;
        }
        let text = refusal(Path::new(stream));
        assert!(
            text.contains("set the console to") && text.contains(console),
            "{text}"
        );
        assert!(!text.contains("move it away"), "{text}");
        let link = place.path("app.log");
        symlink(stream, &link).unwrap();
        let text = refusal(&link);
        assert!(
            text.contains(console) && text.contains("remove the link"),
            "{text}"
        );
        assert_eq!(fs::read_link(&link).unwrap(), Path::new(stream));
        fs::remove_file(&link).unwrap();
    }
    assert!(!Path::new("/dev/.stdout.lock").exists() && !Path::new("/dev/.stderr.lock").exists());
    assert_eq!(
        fs::read_dir(place.dir()).unwrap().count(),
        0,
        "nothing is made next to it"
    );
}

#[test]
fn a_path_for_a_shell_is_refused_with_the_remedy_and_makes_no_directory() {
    for path in ["~/logs", "~root/logs", "$HOME/logs", "/tmp/${USER}-logs"] {
        let config = Config::new("app").console(None).log_dir(path);
        let refused = AsyncLogger::start(config).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Config, "{refused}");
        let text = refused.to_string();
        assert!(
            text.contains("not expanded") && text.contains("give the whole path"),
            "{text}"
        );
        assert!(!Path::new(path).exists());
    }
}

/// The variable through which the child learns where the log is.
const PLACE: &str = "TEST_PLACE_OF_THE_LOG";

/// Runs `test` again as a program whose stream is the log; returns all lines of the log and of its backups.
fn run_with_stream_in_the_log(
    test: &str,
    to_stream: impl FnOnce(&mut std::process::Command, Stdio),
) -> String {
    let place = Place::new();
    let log = File::options()
        .create(true)
        .append(true)
        .open(place.log())
        .unwrap();
    let mut child = command(test);
    child
        .env(PLACE, place.dir())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    to_stream(&mut child, Stdio::from(log));
    assert!(child.status().unwrap().success());
    for number in place.backups() {
        let size = fs::metadata(place.backup(number)).unwrap().len();
        assert!(size < 6_000, "backup {number} has {size} bytes");
    }
    String::from_utf8(place.lines()).unwrap()
}

fn log_from_the_child(config: Config) {
    let dir = PathBuf::from(std::env::var_os(PLACE).unwrap());
    let config = config.filter("info").rust_log(false).log_dir(dir);
    let logger = AsyncLogger::start(config.max_bytes(5_000).backup_count(50)).unwrap();
    for n in 0..200 {
        log::info!(logger: logger, "line {n}.");
        logger.flush().wait().unwrap();
    }
    logger.shutdown().wait().unwrap();
}

#[track_caller]
fn assert_once(all: &str) {
    for n in 0..200 {
        let line = format!("line {n}.\n");
        assert_eq!(all.matches(&line).count(), 1, "{line}{all}");
    }
}

#[test]
fn a_console_on_standard_error_that_is_the_log_file_is_left_out_and_reported() {
    const TEST: &str = "a_console_on_standard_error_that_is_the_log_file_is_left_out_and_reported";
    if is_child(TEST) {
        return log_from_the_child(Config::new("app"));
    }
    let all = run_with_stream_in_the_log(TEST, |child, log| {
        child.stderr(log);
    });
    assert_once(&all);
    assert_eq!(all.matches("standard error is the log file").count(), 1, "{all}");
}

#[test]
fn a_console_that_takes_more_than_the_file_stays_and_is_reported() {
    const TEST: &str = "a_console_that_takes_more_than_the_file_stays_and_is_reported";
    if is_child(TEST) {
        return log_from_the_child(Config::new("app").file_level(log::LevelFilter::Warn));
    }
    let all = run_with_stream_in_the_log(TEST, |child, log| {
        child.stderr(log);
    });
    assert_once(&all);
    assert!(all.contains("is not rotated with it"), "{all}");
}
