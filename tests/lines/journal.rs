//! Priorities at the beginning of lines, on a console that is the journal of systemd and nowhere else.
#![cfg(unix)]

use crate::common;

use asynclogger::{AsyncLogger, Config, Console};
use common::child::{command, is_child};
use log::{Level, LevelFilter};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;

const FORMAT: &str = "TEST_FORMAT";
const CONSOLE: &str = "TEST_CONSOLE";
const ON: &str = "TEST_JOURNAL_PRIORITY";
/// At the end of each message.
const END: &str = "end of a message";

fn variable(name: &str) -> String {
    std::env::var(name).expect("the test sets it")
}

/// In the child: a record of each level, from error to trace.
fn log_each_level() {
    // Ends the line that the test harness has begun.
    println!();
    let config = Config::new("app")
        .console(variable(CONSOLE).parse::<Console>().unwrap())
        .console_format(variable(FORMAT))
        .journal_priority(variable(ON) == "true")
        .max_message_bytes(1_024)
        .max_value_bytes(1_024)
        .max_record_bytes(1_024)
        .level(LevelFilter::Trace);
    let logger = AsyncLogger::start(config).unwrap();
    for level in Level::iter() {
        log::log!(logger: logger, target: "app", level, "{level} {END}");
    }
    let long = "x".repeat(2_000);
    log::warn!(logger: logger, target: "app", long = long.as_str(); "{END}: {long}");
    logger.shutdown().wait().unwrap();
}

/// The lines that the child `test` writes to its console, a file; `stream` makes `JOURNAL_STREAM` of the file.
fn lines(
    test: &str,
    console: &str,
    format: &str,
    on: bool,
    stream: impl Fn(&File) -> Option<String>,
) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("stream");
    let file = File::create(&path).unwrap();
    let mut child = command(test);
    child
        .env(FORMAT, format)
        .env(CONSOLE, console)
        .env(ON, on.to_string());
    match stream(&file) {
        Some(stream) => child.env("JOURNAL_STREAM", stream),
        None => child.env_remove("JOURNAL_STREAM"),
    };
    match console {
        "stdout" => child.stdout(Stdio::from(file)).stderr(Stdio::null()),
        _ => child.stderr(Stdio::from(file)).stdout(Stdio::null()),
    };
    assert!(child.status().unwrap().success());
    let text = fs::read_to_string(path).unwrap();
    // Standard output has lines of the test harness too.
    let lines: Vec<String> = text
        .lines()
        .filter(|line| line.contains(END))
        .map(str::to_owned)
        .collect();
    assert_eq!(lines.len(), 6, "{text}");
    lines
}

fn of_the_file(file: &File) -> Option<String> {
    let metadata = file.metadata().unwrap();
    Some(format!("{}:{}", metadata.dev(), metadata.ino()))
}

#[test]
fn each_line_on_the_journal_begins_with_its_priority() {
    const TEST: &str = "each_line_on_the_journal_begins_with_its_priority";
    if is_child(TEST) {
        return log_each_level();
    }
    for (console, format, begin) in [
        (
            "stderr",
            "{message}{extras}",
            ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"],
        ),
        (
            "stdout",
            "[{priority}] {message}",
            ["[3]", "[4]", "[6]", "[7]", "[7]"],
        ),
        ("stderr", "json", ["{\"timestamp\":"; 5]),
        ("stderr", "logfmt", ["time=\""; 5]),
    ] {
        let lines = lines(TEST, console, format, true, of_the_file);
        for ((line, begin), priority) in lines.iter().zip(begin).zip(["<3>", "<4>", "<6>", "<7>", "<7>"]) {
            let rest = line.strip_prefix(priority);
            assert!(
                rest.is_some_and(|rest| rest.starts_with(begin)),
                "{format}: {line}"
            );
        }
        assert!(
            lines[5].starts_with("<4>") && lines[5].contains("[...TRUNCATED]"),
            "{format}: {}",
            lines[5]
        );
        assert!(
            lines[5].len() < 1_024,
            "a line is within its limit with its priority"
        );
    }
}

#[test]
fn no_other_line_begins_with_a_priority() {
    const TEST: &str = "no_other_line_begins_with_a_priority";
    if is_child(TEST) {
        return log_each_level();
    }
    let other = |file: &File| {
        let metadata = file.metadata().unwrap();
        Some(format!("{}:{}", metadata.dev(), metadata.ino() + 1))
    };
    let without_device = |file: &File| Some(file.metadata().unwrap().ino().to_string());
    let found = [
        lines(TEST, "stderr", "{message}", true, |_| None),
        lines(TEST, "stderr", "{message}", true, other),
        lines(TEST, "stdout", "{message}", true, without_device),
        lines(TEST, "stderr", "{message}", false, of_the_file),
    ];
    for lines in found {
        assert_eq!(lines[0], format!("ERROR {END}"));
        assert!(!lines.iter().any(|line| line.starts_with('<')), "{lines:?}");
    }
}
