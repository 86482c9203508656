//! The installed logger: `init` once, again after `shutdown`, raced, refused; each test runs in a separate process.

use crate::common;

use asynclogger::{Capture, Config, DropReason, ErrorKind, Retention, State};
use common::child::{alone, alone_with};

fn without_rust_log(name: &str) -> Config {
    Config::new(name).console(None).rust_log(false)
}

/// A logger of another crate.
struct Other;

impl log::Log for Other {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        false
    }
    fn log(&self, _: &log::Record<'_>) {}
    fn flush(&self) {}
}

#[test]
fn a_second_init_is_refused_with_the_reason() {
    alone("a_second_init_is_refused_with_the_reason", || {
        asynclogger::init_with(without_rust_log("first"), std::io::sink()).unwrap();
        let error = asynclogger::init_with(without_rust_log("second"), std::io::sink()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyInitialized);
        assert!(
            error.to_string().contains("asynclogger is installed already"),
            "{error}"
        );
        assert_eq!(asynclogger::health().name, "first");
    });
}

#[test]
fn another_logger_that_is_installed_is_named_as_the_cause() {
    alone("another_logger_that_is_installed_is_named_as_the_cause", || {
        log::set_logger(&Other).unwrap();
        log::set_max_level(log::LevelFilter::Warn);
        let error = asynclogger::init_with(without_rust_log("app"), std::io::sink()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyInitialized);
        assert!(error.to_string().contains("tracing-log"), "{error}");
        assert_eq!(asynclogger::health().state, State::NotStarted);
        assert_eq!(
            log::max_level(),
            log::LevelFilter::Warn,
            "as the other one set it"
        );
    });
}

#[test]
fn init_works_again_after_shutdown_and_the_macros_follow() {
    alone("init_works_again_after_shutdown_and_the_macros_follow", || {
        for round in 0..20 {
            let capture = Capture::new();
            asynclogger::init_with(without_rust_log("app").file_format("{message}"), capture.clone())
                .unwrap();
            log::info!("round {round}");
            asynclogger::shutdown().wait().unwrap();
            assert_eq!(capture.lines(), [format!("round {round}")]);
            log::info!("too late");
            let health = asynclogger::health();
            assert_eq!(
                (health.state, health.dropped.by_reason[&DropReason::AfterShutdown]),
                (State::Stopped, 1)
            );
        }
    });
}

#[test]
fn of_a_hundred_inits_at_once_one_wins_and_the_others_leave_nothing() {
    alone(
        "of_a_hundred_inits_at_once_one_wins_and_the_others_leave_nothing",
        || {
            let start = std::sync::Barrier::new(100);
            let won: usize = std::thread::scope(|scope| {
                let racing: Vec<_> = (0..100)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            usize::from(
                                asynclogger::init_with(without_rust_log("app"), std::io::sink()).is_ok(),
                            )
                        })
                    })
                    .collect();
                racing.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(won, 1);
            log::info!("logged");
            asynclogger::flush().wait().unwrap();
            assert_eq!(asynclogger::health().written, 1);
        },
    );
}

/// A path at which no directory can be made.
fn below_a_file() -> std::path::PathBuf {
    std::env::current_exe().unwrap().join("logs")
}

#[test]
fn an_init_that_fails_installs_nothing_and_a_later_one_works() {
    alone(
        "an_init_that_fails_installs_nothing_and_a_later_one_works",
        || {
            let error = asynclogger::init(without_rust_log("app").log_dir(below_a_file())).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io);
            assert_eq!(asynclogger::health().state, State::NotStarted);
            asynclogger::init_with(without_rust_log("app"), std::io::sink()).unwrap();
        },
    );
}

#[test]
fn after_an_init_that_failed_another_logger_can_be_installed() {
    alone(
        "after_an_init_that_failed_another_logger_can_be_installed",
        || {
            let config =
                asynclogger::init(without_rust_log("app").batch_bytes(0).log_dir("logs")).unwrap_err();
            assert_eq!(config.kind(), ErrorKind::Config);
            let io = asynclogger::init(without_rust_log("app").log_dir(below_a_file())).unwrap_err();
            assert_eq!(io.kind(), ErrorKind::Io);
            log::set_logger(&Other).unwrap();
        },
    );
}

#[test]
fn every_call_before_init_is_refused_with_the_remedy() {
    alone("every_call_before_init_is_refused_with_the_remedy", || {
        let all = Retention::new();
        let refused = [
            ("purge", asynclogger::purge(&all).unwrap_err()),
            ("purge_dry_run", asynclogger::purge_dry_run(&all).unwrap_err()),
            ("set_filter", asynclogger::set_filter("info").unwrap_err()),
            ("filter", asynclogger::filter().unwrap_err()),
            ("flush", asynclogger::flush().wait().unwrap_err()),
            ("sync", asynclogger::sync().wait().unwrap_err()),
            ("reopen", asynclogger::reopen().wait().unwrap_err()),
            ("shutdown", asynclogger::shutdown().wait().unwrap_err()),
        ];
        for (what, error) in refused {
            assert_eq!(error.kind(), ErrorKind::NotRunning, "{what}");
            let text = error.to_string();
            assert!(
                text.starts_with(&format!("{what}: ")) && text.contains("call asynclogger::init"),
                "{text}"
            );
        }
    });
}

/// Logs once at each level; returns the messages on standard error.
fn levels_after_a_start(test: &str, variables: &[(&str, &str)]) -> Option<Vec<String>> {
    let stderr = alone_with(test, variables, || {
        asynclogger::start();
        log::error!("level error");
        log::warn!("level warn");
        log::info!("level info");
        log::debug!(target: "other", "level debug");
        asynclogger::shutdown().wait().unwrap();
    })?;
    let messages = stderr.lines().filter_map(|line| line.split_once("level "));
    Some(messages.map(|(_, level)| level.to_owned()).collect())
}

#[test]
fn start_installs_the_default_settings() {
    let levels = levels_after_a_start("start_installs_the_default_settings", &[]);
    if let Some(levels) = levels {
        assert_eq!(levels, ["error", "warn", "info"]);
    }
}

#[test]
fn start_reads_rust_log() {
    let levels = levels_after_a_start("start_reads_rust_log", &[("RUST_LOG", "warn")]);
    if let Some(levels) = levels {
        assert_eq!(levels, ["error", "warn"]);
    }
}

#[test]
fn a_second_start_panics_with_the_text_of_inits_error_at_its_caller() {
    let test = "a_second_start_panics_with_the_text_of_inits_error_at_its_caller";
    let stderr = alone_with(test, &[], || {
        asynclogger::start();
        let error = asynclogger::init(without_rust_log("second")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyInitialized);
        let panic = std::panic::catch_unwind(asynclogger::start).unwrap_err();
        assert_eq!(panic.downcast_ref::<String>(), Some(&error.to_string()));
        let panic = std::panic::catch_unwind(|| asynclogger::start());
        assert!(panic.is_err());
        assert!(log::log_enabled!(log::Level::Info), "the first one runs on");
    });
    if let Some(stderr) = stderr {
        let location = format!("panicked at {}:", file!());
        assert!(stderr.contains(&location), "{stderr}");
    }
}

#[test]
fn the_installed_filter_can_be_read_and_set_again_also_after_a_shutdown() {
    let test = "the_installed_filter_can_be_read_and_set_again_also_after_a_shutdown";
    alone(test, || {
        asynclogger::init_with(without_rust_log("app").filter("info,hyper=warn"), std::io::sink()).unwrap();
        let first = asynclogger::filter().unwrap();
        assert_eq!(first, "info,hyper=warn");
        assert_eq!(asynclogger::set_filter("debug").unwrap(), first);
        assert_eq!(asynclogger::filter().unwrap(), "debug");
        assert!(asynclogger::set_filter("app=loud").is_err());
        assert_eq!(asynclogger::filter().unwrap(), "debug", "as it was");
        asynclogger::set_filter(&first).unwrap();
        asynclogger::shutdown().wait().unwrap();
        assert_eq!(asynclogger::filter().unwrap(), first);
    });
}

/// `log` discards them, so the total does not include them.
#[test]
fn records_before_init_are_not_counted() {
    alone("records_before_init_are_not_counted", || {
        log::error!("before");
        assert_eq!(asynclogger::health().total_messages, 0);
        asynclogger::init_with(without_rust_log("app"), std::io::sink()).unwrap();
        log::error!("after");
        asynclogger::flush().wait().unwrap();
        assert_eq!(asynclogger::health().total_messages, 1);
    });
}

/// What the child of `test` writes to standard error after `log` has logged to an installed logger named `my-app`.
fn notices_after(
    test: &str,
    variables: &[(&str, &str)],
    configure: impl FnOnce(Config) -> Config,
    log: impl FnOnce(),
) -> Option<String> {
    alone_with(test, variables, || {
        let config = configure(Config::new("my-app").console(None));
        asynclogger::init_with(config, std::io::sink()).unwrap();
        log();
        asynclogger::shutdown().wait().unwrap();
    })
}

fn log_as(target: &str, count: usize) {
    for _ in 0..count {
        log::info!(target: target, "");
    }
}

#[test]
fn a_crate_that_the_name_means_and_that_never_logs_is_reported_at_the_end() {
    const TEST: &str = "a_crate_that_the_name_means_and_that_never_logs_is_reported_at_the_end";
    if let Some(reported) = notices_after(TEST, &[], |config| config, || log_as("other", 3)) {
        let line = "none of the first 3 records came from the crate \"my_app\"";
        assert_eq!(reported.matches(line).count(), 1, "{reported}");
    }
}

#[test]
fn a_crate_that_never_logs_is_reported_once_after_a_thousand_records() {
    const TEST: &str = "a_crate_that_never_logs_is_reported_once_after_a_thousand_records";
    let log = || {
        log_as("other", 2_500);
        log_as("my_app", 1);
    };
    if let Some(reported) = notices_after(TEST, &[], |config| config, log) {
        let line = "none of the first 1000 records came from the crate \"my_app\"";
        assert_eq!(reported.matches(line).count(), 1, "{reported}");
        assert_eq!(reported.matches("records came from").count(), 1, "{reported}");
    }
}

#[test]
fn a_crate_that_logs_is_not_reported() {
    const TEST: &str = "a_crate_that_logs_is_not_reported";
    let log = || {
        log_as("other", 998);
        log_as("my_app::db", 1);
        log_as("other", 2_000);
    };
    if let Some(reported) = notices_after(TEST, &[], |config| config, log) {
        assert!(!reported.contains("records came from"), "{reported}");
    }
}

#[test]
fn the_name_is_not_watched_if_other_levels_are_in_force() {
    const TEST: &str = "the_name_is_not_watched_if_other_levels_are_in_force";
    // One body for each child, by a variable: `RUST_LOG` is one of the cases.
    const CASE: &str = "CASE";
    for (case, rust_log) in [
        ("filter", ""),
        ("level", ""),
        ("set_filter", ""),
        ("rust_log", "info"),
        ("own_name", ""),
        ("no_record", ""),
    ] {
        let case = std::env::var(CASE).unwrap_or_else(|_| case.to_owned());
        let configure = |config: Config| match &*case {
            "filter" => config.filter("info"),
            "level" => config.level(log::LevelFilter::Info),
            "own_name" => config.name(Config::default().get("name").unwrap()),
            _ => config,
        };
        let log = || {
            if case == "set_filter" {
                asynclogger::set_filter("info").unwrap();
            }
            log_as("other", if case == "no_record" { 0 } else { 1_500 });
        };
        let variables = [(CASE, &*case), ("RUST_LOG", rust_log)];
        let Some(reported) = notices_after(TEST, &variables, configure, log) else {
            return;
        };
        assert!(!reported.contains("records came from"), "{case}: {reported}");
    }
}

#[test]
fn the_error_of_each_purge_begins_with_its_name() {
    let logger = asynclogger::AsyncLogger::start_with(without_rust_log("app"), std::io::sink()).unwrap();
    let all = Retention::new();
    for (call, result) in [
        ("purge", logger.purge(&all)),
        ("purge_dry_run", logger.purge_dry_run(&all)),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{call}: this logger writes no file")),
            "{error}"
        );
    }
}
