//! Invalid configurations: the message of each; nothing is left behind.

use crate::common;

use asynclogger::{AsyncLogger, Config, ErrorKind, Period};
use common::child::alone;
use log::{Level, LevelFilter};
use std::time::Duration;

// Faults

/// Each configuration with the whole message of its failed start.
#[test]
fn a_faulty_configuration_does_not_start_and_is_reported_with_a_remedy() {
    let app = || Config::new("app");
    let cases = [
        (
            app().console(None),
            r"console = none: there is no output at all; set `log_dir` or `log_file`, or keep a console",
        ),
        (
            app().name("a/b"),
            r#"name = "a/b": a name becomes a file name, so it cannot contain this character; a directory belongs in `log_dir`"#,
        ),
        (
            app().log_dir(""),
            r#"log_dir = "": empty; name a path or leave the setting out"#,
        ),
        (
            app().log_file("logs/"),
            r#"log_file = "logs/": this names a directory; use `log_dir`, or add the file's name"#,
        ),
        (
            app().level_for("a*", LevelFilter::Info),
            r#"level_for.a* = "info": wildcards are not supported; `my_crate` covers the crate and all its modules"#,
        ),
        (
            app().filter("app=wran"),
            r#"filter = "app=wran": "wran" is not a level (off, error, warn, info, debug, trace); did you mean `warn`?"#,
        ),
        (
            app().filter("info/x"),
            r#"filter = "/x": filters by regex are not supported; remove everything from the `/` on"#,
        ),
        (
            app().filter(" "),
            r#"filter = " ": there is no directive; write a level such as `info`, or leave the filter out"#,
        ),
        (
            app().console_format("jsn"),
            "console_format = \"jsn\": neither `text`, `json`, `logfmt` nor a template, which has a `{`; did you mean `json`?",
        ),
        (
            app().file_format("{time} {lvl}"),
            "file_format: unknown field `lvl`: did you mean `level`? (column 8)\n  {time} {lvl}\n         ^^^^^",
        ),
        (
            app().console_format("{message"),
            "console_format: `{` is not closed: write `{{` for a literal one (column 1)\n  {message\n  ^^^^^^^^",
        ),
        (
            app().console_format("<rde>{message}"),
            "console_format: unknown style `rde`: did you mean `red`? (column 1)\n  <rde>{message}\n  ^^^^^",
        ),
        (
            app().console_format("{level:<5x}"),
            "console_format: `<5x` is no width: write an alignment (`<`, `^` or `>`) and a number, as in `{level:<5}` (column 8)\n  {level:<5x}\n         ^^^",
        ),
        (
            app().level_color(Level::Warn, "yelow"),
            r#"level_color.warn = "yelow": unknown style `yelow`: did you mean `yellow`?"#,
        ),
        (
            app().max_bytes(0),
            "max_bytes = 0: must be at least 1; for a file that is never rotated set `backup_count` to 0",
        ),
        (
            app().rotate_every(Period::Day).backup_count(0),
            r#"rotate_every = "day": `backup_count` = 0 says that the file is never rotated; set it to the files to keep"#,
        ),
        (
            app().file_mode(0o444),
            r#"file_mode = 0444: must be octal, from 0600 to 0777, with read and write for the owner, as in "0640""#,
        ),
        (
            app().queue_bytes(65_536).max_record_bytes(32_768),
            "queue_bytes = 64KiB: too small for `max_record_bytes` = 32KiB; set at least four times as much, 128KiB",
        ),
        (
            app().batch_bytes(1_000),
            "batch_bytes = 1000: a record of `max_record_bytes` = 32KiB would not fit; set at least as much",
        ),
        (
            app().flush_interval(Duration::ZERO),
            "flush_interval = 0s: must be more than 0; the default is 5ms",
        ),
        (
            app().shutdown_timeout(Duration::from_secs(172_800)),
            "shutdown_timeout = 2d: too long; set at most 24h",
        ),
        (app().field("", "x"), "field: a key is empty; name each field"),
    ];
    for (config, expected) in cases {
        let error = AsyncLogger::start(config).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), format!("invalid setting {expected}"));
    }
}

#[test]
fn all_faults_are_reported_at_once_and_places_stay_below_their_faults() {
    let config = Config::new("")
        .console_format("{time} {lvl}")
        .filter("a=b,c=d")
        .batch_bytes(0);
    let expected = "5 invalid settings:\n  \
        name = \"\": empty; give the logger a name, as in \"my-app\"\n  \
        batch_bytes = 0: a record of `max_record_bytes` = 32KiB would not fit; set at least as much\n  \
        console_format: unknown field `lvl`: did you mean `level`? (column 8)\n    \
        {time} {lvl}\n           \
        ^^^^^\n  \
        filter = \"a=b\": \"b\" is not a level (off, error, warn, info, debug, trace)\n  \
        filter = \"c=d\": \"d\" is not a level (off, error, warn, info, debug, trace)";
    assert_eq!(config.validate().unwrap_err().to_string(), expected);
    assert_eq!(AsyncLogger::start(config).unwrap_err().to_string(), expected);
}

#[test]
fn a_faulty_configuration_installs_nothing_and_makes_no_file() {
    alone(
        "a_faulty_configuration_installs_nothing_and_makes_no_file",
        || {
            let dir = tempfile::tempdir().unwrap();
            let logs = dir.path().join("logs");
            let config = Config::new("app").console(None).log_dir(&logs);
            let error = asynclogger::init(config.clone().file_format("{lvl}")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(!logs.exists());
            assert_eq!(log::max_level(), LevelFilter::Off);
            assert_eq!(asynclogger::health().state, asynclogger::State::NotStarted);
            asynclogger::init(config).unwrap();
            log::info!("ready");
            asynclogger::shutdown().wait().unwrap();
            let file = std::fs::read_to_string(logs.join("app.log")).unwrap();
            assert!(
                file.ends_with(" INFO  settings::config_faults: ready\n"),
                "{file}"
            );
        },
    );
}
