//! Filters through the public API: which records are written, by settings, by `RUST_LOG`, and after changes at run
//! time.

use crate::common;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Capture, Color, Config, Console, ErrorKind};
use common::child::{alone, alone_with};
use common::short;
use log::{Level, LevelFilter};

const TARGETS: [&str; 5] = ["app", "app::db", "application", "hyper", "hyper::client"];

/// Logs one record of each level for each target.
fn log_all(logger: &AsyncLogger) {
    for target in TARGETS {
        for level in Level::iter() {
            log::log!(logger: logger, target: target, level, "");
        }
    }
}

/// Returns the most detailed enabled level of each target.
#[track_caller]
fn enabled(config: Config) -> String {
    let capture = Capture::new();
    let logger = AsyncLogger::start_with(config, capture.clone()).unwrap();
    log_all(&logger);
    logger.shutdown().wait().unwrap();
    summary(&capture)
}

/// Returns `target=level` for each target; checks that all levels up to that one are there.
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
fn by_default_the_named_crate_logs_at_debug_and_others_at_info() {
    assert_eq!(
        enabled(short("app")),
        "app=debug app::db=debug application=info hyper=info hyper::client=info"
    );
    assert_eq!(
        enabled(short("hyper")),
        "app=info app::db=info application=info hyper=debug hyper::client=debug"
    );
}

#[test]
fn a_level_is_for_all_targets_and_level_for_makes_exceptions() {
    let config = short("app").level(LevelFilter::Warn);
    assert_eq!(
        enabled(config.clone()),
        "app=warn app::db=warn application=warn hyper=warn hyper::client=warn"
    );
    let config = config
        .level_for("app", LevelFilter::Trace)
        .level_for("app::db", LevelFilter::Error)
        .level_for("hyper::client", LevelFilter::Off);
    assert_eq!(
        enabled(config),
        "app=trace app::db=error application=warn hyper=warn hyper::client=off"
    );
}

#[test]
fn directives_win_over_levels_and_what_they_do_not_cover_is_off() {
    assert_eq!(
        enabled(short("app").filter("hyper=warn,app::db")),
        "app=off app::db=trace application=off hyper=warn hyper::client=warn"
    );
    let config = short("app")
        .level(LevelFilter::Info)
        .level_for("hyper", LevelFilter::Trace)
        .filter("hyper=error");
    assert_eq!(
        enabled(config),
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
        // No output gets more than its level, whatever the filter is.
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

/// Returns the enabled levels of the installed logger; only that one reads `RUST_LOG`.
fn logged_when_installed(config: Config) -> String {
    let capture = Capture::new();
    asynclogger::init_with(config, capture.clone()).unwrap();
    log_with_macros();
    asynclogger::shutdown().wait().unwrap();
    summary(&capture)
}

/// As `log_all`, to the installed logger.
fn log_with_macros() {
    for target in TARGETS {
        for level in Level::iter() {
            log::log!(target: target, level, "");
        }
    }
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
        assert_eq!(enabled(config.clone()), set, "`start` reads no variable");
        assert_eq!(logged_when_installed(config.clone().rust_log(false)), set);
        assert_eq!(
            logged_when_installed(config),
            "app=error app::db=trace application=error hyper=error hyper::client=error"
        );
    });
}

#[test]
fn each_source_of_a_level_wins_over_the_one_before() {
    const TEST: &str = "each_source_of_a_level_wins_over_the_one_before";
    let variables = [("ASYNCLOGGER_LEVEL", "warn"), ("RUST_LOG", "info")];
    alone_with(TEST, &variables, || {
        let all_at = |level: &str| TARGETS.map(|target| format!("{target}={level}")).join(" ");
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("logging.json");
        let json = r#"{ "name": "app", "console": "none", "file_format": "{level} {target}{message}", "level": "error" }"#;
        std::fs::write(&path, json).unwrap();
        let file = Config::from_json_file(&path).unwrap();
        assert_eq!(enabled(file.clone()), all_at("error"), "the file");
        assert_eq!(
            enabled(file.clone().with_env()),
            all_at("warn"),
            "`with_env` over it"
        );
        assert_eq!(
            logged_when_installed(file.clone().with_env()),
            all_at("info"),
            "RUST_LOG over that"
        );
        let capture = Capture::new();
        asynclogger::init_with(file.with_env(), capture.clone()).unwrap();
        assert_eq!(asynclogger::set_filter("debug").unwrap(), "info");
        log_with_macros();
        asynclogger::shutdown().wait().unwrap();
        assert_eq!(summary(&capture), all_at("debug"), "`set_filter` over all");
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
fn a_faulty_rust_log_is_reported_and_the_settings_apply() {
    const TEST: &str = "a_faulty_rust_log_is_reported_and_the_settings_apply";
    let stderr = alone_with(TEST, &[("RUST_LOG", "app=loud")], || {
        assert_eq!(
            logged_when_installed(short("app").level(LevelFilter::Warn)),
            "app=warn app::db=warn application=warn hyper=warn hyper::client=warn"
        );
    });
    if let Some(stderr) = stderr {
        let notice = "RUST_LOG is ignored: filter directive \"app=loud\": \"loud\" is not a level";
        assert!(stderr.contains(notice), "{stderr}");
    }
}

/// What the child of `test` writes to standard error with `RUST_LOG=value`, while errors of `my_app` still get through.
fn reported_for(test: &str, value: &str) -> Option<String> {
    alone_with(test, &[("RUST_LOG", value)], || {
        let capture = Capture::new();
        asynclogger::init_with(short("my-app"), capture.clone()).unwrap();
        log::error!(target: "my_app", "");
        log::debug!(target: "my_app", "");
        log::error!(target: "hyper", "");
        asynclogger::shutdown().wait().unwrap();
        assert_eq!(capture.lines(), ["ERROR my_app", "DEBUG my_app", "ERROR hyper"]);
    })
}

#[test]
fn a_rust_log_without_a_sound_directive_is_reported_and_errors_get_through() {
    const TEST: &str = "a_rust_log_without_a_sound_directive_is_reported_and_errors_get_through";
    for value in ["inof", "\"info\"", "info;hyper=warn", "true", "1", ";", "'debug'"] {
        // `None` in the child, which tries the one value that its parent has set.
        let Some(reported) = reported_for(TEST, value) else {
            return;
        };
        assert_eq!(
            reported.matches("RUST_LOG is ignored").count(),
            1,
            "{value}: {reported}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_rust_log_that_is_not_utf_8_is_reported() {
    use std::os::unix::ffi::OsStrExt;
    const TEST: &str = "a_rust_log_that_is_not_utf_8_is_reported";
    if common::child::is_child(TEST) {
        return asynclogger::init_with(short("my-app"), std::io::sink()).unwrap();
    }
    let value = std::ffi::OsStr::from_bytes(b"info\xff");
    let output = common::child::output_of(common::child::command(TEST).env("RUST_LOG", value));
    let reported = String::from_utf8_lossy(&output.stderr);
    assert!(
        reported.contains("RUST_LOG is ignored: it is not UTF-8"),
        "{reported}"
    );
}

#[test]
fn a_package_name_with_dashes_means_its_crate_in_every_source() {
    const TEST: &str = "a_package_name_with_dashes_means_its_crate_in_every_source";
    alone_with(TEST, &[("RUST_LOG", "error,my-app=debug")], || {
        let sources = [
            short("other").level_for("my-app", LevelFilter::Debug),
            short("other").filter("warn,my-app=debug"),
        ];
        for config in sources {
            let capture = Capture::new();
            let logger = AsyncLogger::start_with(config, capture.clone()).unwrap();
            log::debug!(logger: logger, target: "my_app::db", "");
            logger.set_filter("my-app=trace").unwrap();
            log::trace!(logger: logger, target: "my_app", "");
            logger.shutdown().wait().unwrap();
            assert_eq!(capture.lines(), ["DEBUG my_app::db", "TRACE my_app"]);
        }
        let capture = Capture::new();
        asynclogger::init_with(short("other"), capture.clone()).unwrap();
        log::debug!(target: "my_app", "");
        asynclogger::shutdown().wait().unwrap();
        assert_eq!(capture.lines(), ["DEBUG my_app"]);
    });
}

#[test]
fn a_target_like_the_own_crate_is_reported_by_each_source() {
    const TEST: &str = "a_target_like_the_own_crate_is_reported_by_each_source";
    let reported = alone_with(TEST, &[("RUST_LOG", "info,my_ap=debug")], || {
        asynclogger::init_with(short("my-app"), std::io::sink()).unwrap();
        asynclogger::set_filter("warn,MyApp=debug").unwrap();
        let config = short("my-app").level_for("my_appp", LevelFilter::Debug);
        AsyncLogger::start_with(config, std::io::sink()).unwrap();
    });
    if let Some(reported) = reported {
        for directive in [
            "RUST_LOG: filter directive \"my_ap=debug\"",
            "set_filter: filter directive \"MyApp=debug\"",
            "filter directive \"my_appp=debug\"",
        ] {
            let line =
                format!("{directive}: this probably matches nothing; did you mean the target `my_app`?");
            assert_eq!(reported.matches(&line).count(), 1, "{line} in {reported}");
        }
    }
}

#[cfg(feature = "local-time")]
#[test]
fn a_zone_without_data_is_reported_and_the_logger_starts_in_utc() {
    const TEST: &str = "a_zone_without_data_is_reported_and_the_logger_starts_in_utc";
    let reported = alone_with(TEST, &[("TZ", "Mars/Olympus")], || {
        let capture = Capture::new();
        let config = short("app")
            .file_format("{time}")
            .time_zone(asynclogger::TimeZone::Local);
        let logger = AsyncLogger::start_with(config, capture.clone()).unwrap();
        log::error!(logger: logger, "");
        logger.shutdown().wait().unwrap();
        assert!(capture.lines()[0].ends_with("+00:00"), "{:?}", capture.lines());
    });
    if let Some(reported) = reported {
        let line = "time_zone: this machine does not have the zone \"Mars/Olympus\", times are in UTC";
        assert_eq!(reported.matches(line).count(), 1, "{reported}");
    }
}
