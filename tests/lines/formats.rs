//! The look of a line, through the public API: every field of a template, JSON and logfmt.

use crate::common;

use asynclogger::{Capture, Newlines};
use common::golden::{PYTHON_COLORED, colored, golden, lines, message, plain, shape};
use log::{Level, Log, Record};

const PYTHON_PLAIN: &str = "[{asctime}] [{levelname:<8}] [{funcName:^21}] {name}   {message}";

// Fields

#[test]
fn every_field_shows_its_part_of_the_record() {
    let pid = std::process::id().to_string();
    for (template, expected) in [
        (
            "{asctime} {message}",
            "2025-01-02 03:04:30 connected [user=7, ms=1.5]",
        ),
        ("{level}", "INFO"),
        ("{levelname}", "INFO"),
        ("{priority}", "6"),
        ("{target}", "app::db"),
        ("{module}", "app::db::pool"),
        ("{file}", "src/db.rs"),
        ("{filename}", "src/db.rs"),
        ("{line}", "42"),
        ("{lineno}", "42"),
        ("{thread}", "request-7"),
        ("{funcName}", "request-7"),
        ("{pid}", pid.as_str()),
        ("{process}", pid.as_str()),
        ("{name}", "app"),
        ("{message}", "connected [user=7, ms=1.5]"),
        ("{message}{extras}", "connected [user=7, ms=1.5]"),
        ("{extras} {message}", " [user=7, ms=1.5] connected"),
        ("{key:user} {message}", "7 connected [ms=1.5]"),
        ("{key:user} {key:none}", "7 -"),
        ("{{{level}}} <<{level}> }}", "{INFO} <INFO> }"),
    ] {
        assert_eq!(golden(plain(template), Level::Info), expected, "{template}");
    }
}

#[test]
fn width_and_alignment_work_as_in_rust() {
    for (template, expected) in [
        ("{level:<7}|", "INFO   |"),
        ("{level:>7}|", "   INFO|"),
        ("{level:^7}|", " INFO  |"),
        ("{level:7}|", "INFO   |"),
        ("{level:*^8}|", "**INFO**|"),
        ("{level:2}|", "INFO|"),
        ("{line:5}|", "   42|"),
        ("{priority:3}|", "  6|"),
        ("{line:05}|", "00042|"),
        ("{line:<5}|", "42   |"),
        ("{key:user:>4}|", "   7|"),
        ("{thread:.<12}|", "request-7...|"),
    ] {
        assert_eq!(golden(plain(template), Level::Info), expected, "{template}");
    }
}

#[test]
fn every_directive_of_a_time_is_shown_in_utc() {
    for (pattern, expected) in [
        ("%Y-%m-%d", "2025-01-02"),
        ("%H:%M:%S", "03:04:30"),
        ("%j", "002"),
        ("%a", "Thu"),
        ("%b", "Jan"),
        ("%y", "25"),
        ("%e", " 2"),
        ("%I %p", "03 AM"),
        ("%z", "+0000"),
        ("%Z", "UTC"),
        ("100%%", "100%"),
    ] {
        let line = golden(plain(&format!("{{time:{pattern}}}|{{level}}")), Level::Info);
        assert_eq!(line, format!("{expected}|INFO"), "{pattern}");
    }
}

#[test]
fn fractions_of_a_second_have_the_digits_that_were_asked_for() {
    for (pattern, expected) in [
        ("{time}", "0000-00-00T00:00:00.000000Z"),
        ("{time:%S.%3f}", "00.000"),
        ("{time:%S%.3f}", "00.000"),
        ("{time:%6f%%}", "000000%"),
        ("{time:%S%.6f}", "00.000000"),
        ("{time:%9f%%}", "000000000%"),
    ] {
        assert_eq!(shape(&golden(plain(pattern), Level::Info)), expected, "{pattern}");
    }
}

#[test]
fn what_a_record_does_not_have_is_a_dash() {
    let config = plain("{module} {file}:{line} {key:user} {message}");
    let bare = lines(config, |logger| {
        logger.log(&Record::builder().target("app").args(format_args!("bare")).build());
    });
    assert_eq!(bare, ["- -:- - bare"]);
    for (pattern, expected) in [
        (
            "{module} {file}:{line:>3} {target} {key:x:^3}|{message}",
            "- -:  - -  - |",
        ),
        // A line is never empty.
        ("{message}", "-"),
    ] {
        let empty = lines(plain(pattern), |logger| {
            logger.log(&Record::builder().target("").args(format_args!("")).build());
        });
        assert_eq!(empty, [expected], "{pattern}");
    }
}

// Python's templates

#[test]
fn the_two_templates_of_python_work_as_they_are() {
    assert_eq!(
        golden(plain(PYTHON_PLAIN), Level::Warn),
        "[2025-01-02 03:04:30] [WARN    ] [      request-7      ] app   connected [user=7, ms=1.5]"
    );
    assert_eq!(
        golden(plain(PYTHON_COLORED), Level::Warn),
        "[2025-01-02 03:04:30] [WARN    ] [    request-7    ] app connected [user=7, ms=1.5]"
    );
}

#[test]
fn pythons_colors_are_where_its_tags_are() {
    assert_eq!(
        golden(colored(PYTHON_COLORED), Level::Error),
        "[\x1b[31m2025-01-02 03:04:30\x1b[0m] [\x1b[1m\x1b[31mERROR   \x1b[0m] \
         [\x1b[33m    request-7    \x1b[0m] \x1b[32mapp\x1b[0m connected [user=7, ms=1.5]"
    );
    assert_eq!(
        golden(colored(PYTHON_PLAIN), Level::Warn),
        golden(plain(PYTHON_PLAIN), Level::Warn),
        "a template without tags has no colour"
    );
}

// Messages, key-values, fields

#[test]
fn tags_and_fields_in_a_record_mean_nothing() {
    let text = "<red>{level} {{ << </> {key:user} <level_color> %Y";
    assert_eq!(
        message(colored("{target} {message}"), text),
        format!("app {text}")
    );
}

#[test]
fn terminal_sequences_in_a_message_are_escaped() {
    assert_eq!(
        message(colored("{message}"), "a\nb\x1b[31m\r\u{202E}c\\n"),
        r"a\nb\u{1b}[31m\r\u{202e}c\\n"
    );
    let symbols = plain("{message}").newlines(Newlines::Symbol);
    assert_eq!(message(symbols, "a\nb"), "a\u{23CE}b");
}

#[test]
fn line_breaks_are_indented_on_a_console_and_escaped_in_files_and_writers() {
    let dir = tempfile::tempdir().unwrap();
    let (console, writer) = (Capture::new(), Capture::new());
    let path = dir.path().join("app.log");
    let config = plain("{message}{extras}")
        .file_format("{message}{extras}")
        .log_file(&path);
    let seams = asynclogger::seams::Seams::default().console(console.clone());
    let config = config.newlines(Newlines::Indent);
    let logger = asynclogger::AsyncLogger::start_with_seams(config.clone(), seams).unwrap();
    log::info!(logger: logger, trace = "x\ny"; "a\nb");
    log::info!(logger: logger, "    | c");
    logger.shutdown().wait().unwrap();
    assert_eq!(
        console.lines(),
        ["a", "    | b [trace=\"x", "    | y\"]", "\\   | c"]
    );
    let health = logger.health();
    assert_eq!(
        (health.written, health.failed),
        (2, 0),
        "two records, whatever their lines are"
    );
    let escaped = ["a\\nb [trace=x\\ny]", "    | c"];
    assert_eq!(
        std::fs::read_to_string(&path)
            .unwrap()
            .lines()
            .collect::<Vec<_>>(),
        escaped
    );
    let config = config.no_log_file().console(None);
    let logger = asynclogger::AsyncLogger::start_with(config, writer.clone()).unwrap();
    log::info!(logger: logger, trace = "x\ny"; "a\nb");
    logger.shutdown().wait().unwrap();
    assert_eq!(writer.lines(), escaped[..1]);
}

// JSON and logfmt

#[test]
fn a_json_line_holds_the_record_with_its_numbers() {
    let line = golden(plain("json").field("zone", "eu-1"), Level::Warn);
    let (time, rest) = line.split_once("Z\",").unwrap();
    assert_eq!(shape(time), r#"{"timestamp":"0000-00-00T00:00:00.000000"#);
    assert_eq!(
        rest,
        r#""level":"WARN","target":"app::db","message":"connected","zone":"eu-1","user":7,"ms":1.5}"#
    );
}

#[test]
fn a_logfmt_line_holds_the_record_in_pairs() {
    let line = golden(plain("logfmt").field("zone", "eu 1"), Level::Warn);
    let (time, rest) = line.split_once("Z\" ").unwrap();
    assert_eq!(shape(time), "time=\"0000-00-00T00:00:00.000000");
    assert_eq!(
        rest,
        r#"level=WARN target=app::db msg=connected zone="eu 1" user=7 ms=1.5"#
    );
}

#[test]
fn with_source_both_say_where_a_record_comes_from() {
    let json: serde_json::Value =
        serde_json::from_str(&golden(plain("json").source(true), Level::Info)).unwrap();
    let expected = serde_json::json!({
        "timestamp": json["timestamp"], "level": "INFO", "target": "app::db", "message": "connected",
        "module": "app::db::pool", "file": "src/db.rs", "line": 42, "thread": "request-7",
        "pid": std::process::id(), "name": "app", "user": 7, "ms": 1.5,
    });
    assert_eq!(json, expected);
    let logfmt = golden(plain("logfmt").source(true), Level::Info);
    for pair in [
        "module=app::db::pool",
        "file=src/db.rs",
        "line=42",
        "thread=request-7",
        "name=app",
    ] {
        assert!(logfmt.split(' ').any(|word| word == pair), "{pair} in {logfmt}");
    }
}
