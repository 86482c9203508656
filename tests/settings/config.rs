//! Configuration through the public API: where settings come from, and the effect of some of them.

use crate::common;

use asynclogger::{
    AsyncLogger, BigIntegers, Capture, Color, Config, Console, ErrorKind, Format, Locking, Mask, Newlines,
    Overflow, Period, PurgeReport, Retention, Schema, TimeZone,
};
use common::child::alone_with;
use common::short;
use log::{Level, LevelFilter};
use std::time::Duration;

// Settings from variables and files

#[test]
fn variables_lie_over_the_code_and_a_later_setter_over_them() {
    const TEST: &str = "variables_lie_over_the_code_and_a_later_setter_over_them";
    let variables = [
        ("ASYNCLOGGER_NAME", "shop"),
        ("ASYNCLOGGER_LEVEL", "warn"),
        ("ASYNCLOGGER_LEVEL_FOR", "hyper=trace"),
        ("ASYNCLOGGER_MAX_BYTES", "20MiB"),
        ("ASYNCLOGGER_FLUSH_INTERVAL", "50ms"),
        ("ASYNCLOGGER_CONSOLE_FORMAT", "json"),
        ("ASYNCLOGGER_ROTATE_EVERY", "day"),
        ("ASYNCLOGGER_RETENTION", "max_files=7"),
        ("ASYNCLOGGER_MASK", "key=pin"),
    ];
    alone_with(TEST, &variables, || {
        let code = Config::new("app")
            .level(LevelFilter::Trace)
            .level_for("app::db", LevelFilter::Off)
            .max_bytes(1);
        let expected = Config::new("shop")
            .level(LevelFilter::Warn)
            .level_for("app::db", LevelFilter::Off)
            .level_for("hyper", LevelFilter::Trace)
            .max_bytes(20 * 1024 * 1024)
            .flush_interval(Duration::from_millis(50))
            .console_format("json")
            .rotate_every(Period::Day)
            .retention(Retention::new().max_files(7))
            .mask(Mask::standard().key("pin"));
        assert_eq!(code.clone(), code, "nothing is read unless `with_env` is called");
        assert_eq!(code.clone().with_env(), expected);
        let later = |config: Config| config.level(LevelFilter::Error);
        assert_eq!(later(code.with_env()), later(expected.clone()));
        assert_eq!(expected.validate().map_err(|error| error.to_string()), Ok(()));
    });
}

#[test]
fn faulty_variables_are_reported_when_the_logger_starts() {
    const TEST: &str = "faulty_variables_are_reported_when_the_logger_starts";
    let variables = [("ASYNCLOGGER_LEVLE", "info"), ("ASYNCLOGGER_MAX_BYTES", "10M")];
    alone_with(TEST, &variables, || {
        let error = AsyncLogger::start(Config::new("app").with_env()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(
            error.to_string(),
            "2 invalid settings:\n  \
             ASYNCLOGGER_LEVLE: no setting has this variable; did you mean `ASYNCLOGGER_LEVEL`?\n  \
             ASYNCLOGGER_MAX_BYTES = \"10M\": `M` is ambiguous; write MiB (powers of 1024) or MB (of 1000)"
        );
    });
}

fn a_month() -> Retention {
    Retention::new().max_age(Duration::from_secs(30 * 24 * 3_600))
}

/// Every setting with a value that is not its default.
fn everything() -> Config {
    Config::new("shop")
        .log_dir("logs")
        .console(Console::Stdout)
        .level(LevelFilter::Warn)
        .level_for("hyper", LevelFilter::Off)
        .filter("info,shop::db=trace")
        .rust_log(false)
        .console_level(LevelFilter::Info)
        .file_level(LevelFilter::Debug)
        .console_format("<red>{message}<reset>")
        .file_format(Format::Json)
        .color(Color::Always)
        .level_color(Level::Info, "muted_blue+bold")
        .newlines(Newlines::Symbol)
        .json_schema(Schema::Otel)
        .big_integers(BigIntegers::Text)
        .source(true)
        .time_zone(TimeZone::Fixed { minutes_east: -210 })
        .field("zone", "eu-1")
        .max_bytes(1_000)
        .backup_count(9)
        .rotate_every(Period::Hour)
        .retention(a_month().max_files(100).max_total_bytes(1 << 30))
        .locking(Locking::Require)
        .file_mode(0o600)
        .mask(Mask::none().key("voucher").token_prefix("acme_", 20))
        .queue_bytes(8 << 20)
        .overflow(Overflow::BlockFor(Duration::from_millis(1_500)))
        .batch_bytes(100_000)
        .flush_interval(Duration::from_millis(20))
        .shutdown_timeout(Duration::from_secs(60))
        .max_message_bytes(2_000)
        .max_key_bytes(64)
        .max_value_bytes(500)
        .max_record_bytes(20_000)
        .log_panics(false)
        .flush_on_exit(false)
}

#[test]
fn a_configuration_survives_json_and_toml() {
    for config in [
        Config::new("app"),
        everything(),
        Config::new("quiet").console(None),
    ] {
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&json).unwrap(), config, "{json}");
        let toml = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<Config>(&toml).unwrap(), config, "{toml}");
    }
    assert_eq!(everything().validate().map_err(|error| error.to_string()), Ok(()));
}

#[test]
fn a_file_names_settings_as_the_setters_and_values_as_people_do() {
    let config: Config = toml::from_str(
        r#"
        name = "shop"
        log_dir = "logs"
        console = "stdout"
        level = "warn"
        filter = "info,shop::db=trace"
        rust_log = false
        console_level = "info"
        file_level = "debug"
        console_format = "<red>{message}<reset>"
        file_format = "json"
        color = "always"
        newlines = "symbol"
        json_schema = "otel"
        big_integers = "text"
        source = true
        time_zone = "-03:30"
        max_bytes = 1_000
        backup_count = 9
        rotate_every = "hour"
        retention = { max_age = "30d", max_files = 100, max_total_bytes = "1GiB" }
        locking = "require"
        file_mode = "0600"
        mask = { standard = false, key = ["voucher"], token_prefix = { acme_ = 20 } }
        queue_bytes = "8MiB"
        overflow = { block_for = "1.5s" }
        batch_bytes = "100kB"
        flush_interval = 20
        shutdown_timeout = "1m"
        max_message_bytes = "2_000"
        max_key_bytes = 64
        max_value_bytes = 500
        max_record_bytes = "20 kB"
        log_panics = false
        flush_on_exit = "off"
        level_for = { hyper = "off" }
        level_color = { info = "muted_blue+bold" }
        field = { zone = "eu-1" }
        "#,
    )
    .unwrap();
    assert_eq!(config, everything());
}

#[test]
fn a_json_file_is_read_or_refused_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("logging.json");
    let missing = Config::from_json_file(&path).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    assert!(
        missing
            .to_string()
            .starts_with(&format!("cannot read the configuration {path:?}: "))
    );
    assert!(
        std::error::Error::source(&missing).is_some(),
        "the cause of the system"
    );

    std::fs::write(&path, serde_json::to_string_pretty(&everything()).unwrap()).unwrap();
    assert_eq!(Config::from_json_file(&path).unwrap(), everything());

    for (text, expected) in [
        (
            &b"{ \"level\": "[..],
            "it is not JSON: EOF while parsing a value at line 1 column 11",
        ),
        (
            b"",
            "it is not JSON: EOF while parsing a value at line 1 column 0",
        ),
        (b"{} }", "it is not JSON: trailing characters at line 1 column 4"),
        (b"{ \"name\": \"\xff\" }", "it is not UTF-8; save it as UTF-8"),
        (
            b"[]",
            "invalid type: sequence, expected a table of settings at line 1 column 0",
        ),
        (
            b"{ \"max_byte\": 1 }",
            "invalid setting max_byte: there is no such setting; did you mean `max_bytes`?",
        ),
        (
            b"{ \"max_bytes\": \"1MB\",\n\"level\": \"inof\" }",
            "invalid setting level = \"inof\": not a level (off, error, warn, info, debug, trace); did you mean `info`?",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Config::from_json_file(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let expected = format!("cannot use the configuration {path:?}: {expected}");
        assert_eq!(error.to_string(), expected);
    }
}

// What a configuration does

#[test]
fn the_mask_of_the_configuration_is_applied() {
    for (mask, expected) in [
        (Mask::standard(), "m [voucher=W-7, password=***]"),
        (Mask::standard().key("voucher"), "m [voucher=***, password=***]"),
        (Mask::none(), "m [voucher=W-7, password=hunter2]"),
        (Mask::none().key("voucher"), "m [voucher=***, password=hunter2]"),
    ] {
        let capture = Capture::new();
        let config = short("app").file_format("{message}").mask(mask);
        let logger = AsyncLogger::start_with(config, capture.clone()).unwrap();
        log::info!(logger: logger, target: "app", voucher = "W-7", password = "hunter2"; "m");
        logger.shutdown().wait().unwrap();
        assert_eq!(capture.lines(), [expected]);
    }
}

#[test]
fn retention_deletes_old_files_when_the_logger_starts() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["app.log.1", "app.log.2", "app.log.3", "app.log.old"] {
        std::fs::write(dir.path().join(name), "line\n").unwrap();
    }
    let config = short("app")
        .log_dir(dir.path())
        .backup_count(10)
        .retention(Retention::new().max_files(1));
    let logger = AsyncLogger::start(config).unwrap();
    log::info!(logger: logger, target: "app", "");
    logger.shutdown().wait().unwrap();
    let mut left: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    left.sort();
    assert_eq!(left, ["app.log", "app.log.1", "app.log.old"]);
}

#[test]
fn a_purge_reports_as_data() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["app.log.1", "app.log.2"] {
        std::fs::write(dir.path().join(name), "line\n").unwrap();
    }
    let logger = AsyncLogger::start(short("app").log_dir(dir.path())).unwrap();
    let report: PurgeReport = logger.purge_dry_run(&Retention::new().max_files(1)).unwrap();
    let expected = serde_json::json!({
        "total_files": 2, "deleted_files": 1, "deleted_bytes": 5, "skipped_files": 0, "errors": [],
    });
    assert_eq!(serde_json::to_value(&report).unwrap(), expected);
}
