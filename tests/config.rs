//! Filters and configuration, through the public face: which records get where, and where settings come from.

mod common;

use asynclogger::seams::Seams;
use asynclogger::{
    AsyncLogger, Capture, Color, Config, Console, ErrorKind, Format, Locking, Mask, Newlines, Overflow,
    Period, PurgeReport, Retention,
};
use common::child::{alone, alone_with};
use log::{Level, LevelFilter};
use std::time::Duration;

const TARGETS: [&str; 5] = ["app", "app::db", "application", "hyper", "hyper::client"];

/// A configuration for a writer, whose lines are `LEVEL target`.
fn short(name: &str) -> Config {
    Config::new(name)
        .console(None)
        .file_format("{level} {target}{message}")
}

/// Logs one record of each level for each target.
fn log_all(logger: &AsyncLogger) {
    for target in TARGETS {
        for level in Level::iter() {
            log::log!(logger: logger, target: target, level, "");
        }
    }
}

/// The most detailed level of each target that gets through.
#[track_caller]
fn heard(config: Config) -> String {
    let capture = Capture::new();
    let logger = AsyncLogger::start_with(config, capture.clone()).unwrap();
    log_all(&logger);
    logger.shutdown().wait().unwrap();
    summary(&capture)
}

/// `target=level` for each target: the most detailed level there is, and that none before it is missing.
#[track_caller]
fn summary(capture: &Capture) -> String {
    let lines = capture.lines();
    let mut summary = Vec::new();
    for target in TARGETS {
        let suffix = format!(" {target}");
        let levels: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.strip_suffix(&suffix))
            .collect();
        let expected: Vec<&str> = Level::iter()
            .take(levels.len())
            .map(|level| level.as_str())
            .collect();
        assert_eq!(levels, expected, "{target}: {lines:?}");
        let most = levels.last().copied().unwrap_or("OFF");
        summary.push(format!("{target}={}", most.to_lowercase()));
    }
    summary.join(" ")
}

// Filters

#[test]
fn by_default_the_own_crate_is_heard_at_debug_and_others_at_info() {
    assert_eq!(
        heard(short("app")),
        "app=debug app::db=debug application=info hyper=info hyper::client=info"
    );
    assert_eq!(
        heard(short("hyper")),
        "app=info app::db=info application=info hyper=debug hyper::client=debug"
    );
}

#[test]
fn a_level_is_for_all_targets_and_level_for_makes_exceptions() {
    let config = short("app").level(LevelFilter::Warn);
    assert_eq!(
        heard(config.clone()),
        "app=warn app::db=warn application=warn hyper=warn hyper::client=warn"
    );
    let config = config
        .level_for("app", LevelFilter::Trace)
        .level_for("app::db", LevelFilter::Error)
        .level_for("hyper::client", LevelFilter::Off);
    assert_eq!(
        heard(config),
        "app=trace app::db=error application=warn hyper=warn hyper::client=off"
    );
}

#[test]
fn directives_win_over_levels_and_what_they_do_not_cover_is_off() {
    assert_eq!(
        heard(short("app").filter("hyper=warn,app::db")),
        "app=off app::db=trace application=off hyper=warn hyper::client=warn"
    );
    let config = short("app")
        .level(LevelFilter::Info)
        .level_for("hyper", LevelFilter::Trace)
        .filter("hyper=error");
    assert_eq!(
        heard(config),
        "app=info app::db=info application=info hyper=error hyper::client=error"
    );
}

#[test]
fn each_output_may_want_less() {
    let dir = tempfile::tempdir().unwrap();
    let console = Capture::new();
    let config = short("app")
        .console(Console::Stderr)
        .log_dir(dir.path())
        .console_format("{level}{message}")
        .file_format("{level}{message}")
        .color(Color::Never)
        .level(LevelFilter::Debug)
        .console_level(LevelFilter::Warn)
        .file_level(LevelFilter::Info);
    let logger = AsyncLogger::start_with_seams(config, Seams::default().console(console.clone())).unwrap();
    for level in Level::iter() {
        log::log!(logger: logger, target: "app", level, "");
    }
    logger.shutdown().wait().unwrap();
    assert_eq!(console.lines(), ["ERROR", "WARN"]);
    let file = std::fs::read_to_string(dir.path().join("app.log")).unwrap();
    assert_eq!(file, "ERROR\nWARN\nINFO\n");
    assert_eq!(
        logger.health().total_messages,
        3,
        "debug is on, but no output wants it"
    );
}

#[test]
fn a_filter_set_at_run_time_applies_at_once_and_the_old_one_comes_back() {
    let capture = Capture::new();
    let logger = AsyncLogger::start_with(short("app").filter("warn,app::db=debug"), capture.clone()).unwrap();
    log_all(&logger);
    logger.flush().wait().unwrap();
    let before = "app=warn app::db=debug application=warn hyper=warn hyper::client=warn";
    assert_eq!(summary(&capture), before);

    let old = logger.set_filter("off,hyper=trace").unwrap();
    assert_eq!(old, "warn,app::db=debug");
    capture.clear();
    log_all(&logger);
    logger.flush().wait().unwrap();
    assert_eq!(
        summary(&capture),
        "app=off app::db=off application=off hyper=trace hyper::client=trace"
    );

    assert_eq!(logger.set_filter(&old).unwrap(), "hyper=trace");
    capture.clear();
    log_all(&logger);
    logger.flush().wait().unwrap();
    assert_eq!(summary(&capture), before);
}

#[test]
fn a_faulty_filter_at_run_time_leaves_the_one_in_force() {
    let logger = AsyncLogger::start_with(short("app").filter("warn"), Capture::new()).unwrap();
    let error = logger.set_filter("info,app=loud").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "set_filter: filter directive \"app=loud\": \"loud\" is not a level (off, error, warn, info, debug, trace)"
    );
    assert_eq!(logger.set_filter("info").unwrap(), "warn");
}

#[test]
fn logs_own_level_is_as_tight_as_all_running_loggers_allow() {
    alone("logs_own_level_is_as_tight_as_all_running_loggers_allow", || {
        assert_eq!(log::max_level(), LevelFilter::Off);
        let warn = AsyncLogger::start_with(short("app").level(LevelFilter::Warn), Capture::new()).unwrap();
        assert_eq!(log::max_level(), LevelFilter::Warn);
        let debug = AsyncLogger::start_with(short("app").filter("info,x=debug"), Capture::new()).unwrap();
        assert_eq!(log::max_level(), LevelFilter::Debug);
        assert_eq!(debug.set_filter("error").unwrap(), "info,x=debug");
        assert_eq!(log::max_level(), LevelFilter::Warn, "the other one needs it");
        assert_eq!(warn.set_filter("trace").unwrap(), "warn");
        assert_eq!(log::max_level(), LevelFilter::Trace);
        drop(warn);
        assert_eq!(log::max_level(), LevelFilter::Error);
        // No output wants more than its own level, whatever the filter says.
        let config = short("app")
            .level(LevelFilter::Trace)
            .console(Console::Stderr)
            .console_level(LevelFilter::Info);
        let narrow = AsyncLogger::start_with_seams(config, Seams::default().console(Capture::new())).unwrap();
        assert_eq!(log::max_level(), LevelFilter::Info);
        drop((narrow, debug));
        assert_eq!(log::max_level(), LevelFilter::Off);
    });
}

// RUST_LOG

/// What the installed logger hears; only this one reads `RUST_LOG`.
fn heard_when_installed(config: Config) -> String {
    let capture = Capture::new();
    asynclogger::init_with(config, capture.clone()).unwrap();
    for target in TARGETS {
        for level in Level::iter() {
            log::log!(target: target, level, "");
        }
    }
    asynclogger::shutdown().wait().unwrap();
    summary(&capture)
}

#[test]
fn rust_log_replaces_the_filter_of_the_installed_logger_only() {
    const TEST: &str = "rust_log_replaces_the_filter_of_the_installed_logger_only";
    alone_with(TEST, &[("RUST_LOG", "error,app::db=trace")], || {
        let config = short("app")
            .level(LevelFilter::Info)
            .level_for("hyper", LevelFilter::Trace)
            .filter("application=debug");
        let set = "app=info app::db=info application=debug hyper=trace hyper::client=trace";
        assert_eq!(heard(config.clone()), set, "`start` reads no variable");
        assert_eq!(heard_when_installed(config.clone().rust_log(false)), set);
        assert_eq!(
            heard_when_installed(config),
            "app=error app::db=trace application=error hyper=error hyper::client=error"
        );
    });
}

#[test]
fn a_filter_set_at_run_time_wins_over_rust_log() {
    const TEST: &str = "a_filter_set_at_run_time_wins_over_rust_log";
    alone_with(TEST, &[("RUST_LOG", "error")], || {
        let capture = Capture::new();
        asynclogger::init_with(short("app"), capture.clone()).unwrap();
        assert_eq!(asynclogger::set_filter("debug").unwrap(), "error");
        log::debug!(target: "app", "");
        asynclogger::shutdown().wait().unwrap();
        assert_eq!(capture.lines(), ["DEBUG app"]);
    });
}

#[test]
fn a_faulty_rust_log_is_told_and_the_settings_apply() {
    const TEST: &str = "a_faulty_rust_log_is_told_and_the_settings_apply";
    let told = alone_with(TEST, &[("RUST_LOG", "app=loud")], || {
        assert_eq!(
            heard_when_installed(short("app").level(LevelFilter::Warn)),
            "app=warn app::db=warn application=warn hyper=warn hyper::client=warn"
        );
    });
    if let Some(told) = told {
        let notice = "RUST_LOG is ignored: filter directive \"app=loud\": \"loud\" is not a level";
        assert!(told.contains(notice), "{told}");
    }
}

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
fn faulty_variables_are_told_when_the_logger_starts() {
    const TEST: &str = "faulty_variables_are_told_when_the_logger_starts";
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

/// Every setting at a value that is not its default.
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
        .source(true)
        .field("zone", "eu-1")
        .max_bytes(1_000)
        .backup_count(9)
        .rotate_every(Period::Hour)
        .retention(Retention::default().max_total_bytes(1 << 30))
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
        source = true
        max_bytes = 1_000
        backup_count = 9
        rotate_every = "hour"
        retention = { max_age = "30d", max_files = 100, max_total_bytes = "1GiB" }
        locking = "require"
        file_mode = "0600"
        mask = { standard = false, key = ["voucher"], token_prefix = [["acme_", 20]] }
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
    let written = serde_json::to_value(&config).unwrap();
    assert_eq!(
        written.as_object().unwrap().len(),
        32,
        "this test names every setting but `log_file`"
    );
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
        ("{ \"level\": ", "EOF while parsing"),
        ("[]", "invalid type: sequence, expected a table of settings"),
        (
            "{ \"max_byte\": 1 }",
            "invalid setting max_byte: there is no such setting; did you mean `max_bytes`?",
        ),
        (
            "{ \"max_bytes\": \"1MB\",\n\"level\": \"inof\" }",
            "invalid setting level = \"inof\": not a level (off, error, warn, info, debug, trace); did you mean `info`?",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Config::from_json_file(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let start = format!("cannot use the configuration {path:?}: {expected}");
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

// Faults

/// Each configuration with all that a start says of it.
#[test]
fn a_faulty_configuration_does_not_start_and_is_told_with_the_remedy() {
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
            r#"level_for = "a*=info": wildcards are not supported; `my_crate` covers the crate and all its modules"#,
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
fn all_faults_are_told_at_once_and_places_stay_below_their_faults() {
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
            assert!(file.ends_with(" INFO  config: ready\n"), "{file}");
        },
    );
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
