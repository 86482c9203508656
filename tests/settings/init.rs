//! The installed logger: `init` once, again after `shutdown`, raced, refused; each in its own process.

use crate::common;

use asynclogger::{Capture, Config, ErrorKind, Retention, State};
use common::child::alone;

fn quiet(name: &str) -> Config {
    Config::new(name).console(None).rust_log(false)
}

/// A logger of somebody else.
struct Other;

impl log::Log for Other {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        false
    }
    fn log(&self, _: &log::Record<'_>) {}
    fn flush(&self) {}
}

#[test]
fn a_second_init_is_refused_and_says_why() {
    alone("a_second_init_is_refused_and_says_why", || {
        asynclogger::init_with(quiet("first"), std::io::sink()).unwrap();
        let error = asynclogger::init_with(quiet("second"), std::io::sink()).unwrap_err();
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
        let error = asynclogger::init_with(quiet("app"), std::io::sink()).unwrap_err();
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
            asynclogger::init_with(quiet("app").file_format("{message}"), capture.clone()).unwrap();
            log::info!("round {round}");
            asynclogger::shutdown().wait().unwrap();
            assert_eq!(capture.lines(), [format!("round {round}")]);
            log::info!("too late");
            let health = asynclogger::health();
            assert_eq!(
                (health.state, health.dropped.by_reason["after_shutdown"]),
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
                            usize::from(asynclogger::init_with(quiet("app"), std::io::sink()).is_ok())
                        })
                    })
                    .collect();
                racing.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(won, 1);
            log::info!("heard");
            asynclogger::flush().wait().unwrap();
            assert_eq!(asynclogger::health().written, 1);
        },
    );
}

/// Where no directory can be made.
fn below_a_file() -> std::path::PathBuf {
    std::env::current_exe().unwrap().join("logs")
}

#[test]
fn an_init_that_fails_installs_nothing_and_a_later_one_works() {
    alone(
        "an_init_that_fails_installs_nothing_and_a_later_one_works",
        || {
            let error = asynclogger::init(quiet("app").log_dir(below_a_file())).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io);
            assert_eq!(asynclogger::health().state, State::NotStarted);
            asynclogger::init_with(quiet("app"), std::io::sink()).unwrap();
        },
    );
}

#[test]
fn after_an_init_that_failed_another_logger_can_be_installed() {
    alone(
        "after_an_init_that_failed_another_logger_can_be_installed",
        || {
            let config = asynclogger::init(quiet("app").batch_bytes(0).log_dir("logs")).unwrap_err();
            assert_eq!(config.kind(), ErrorKind::Config);
            let io = asynclogger::init(quiet("app").log_dir(below_a_file())).unwrap_err();
            assert_eq!(io.kind(), ErrorKind::Io);
            log::set_logger(&Other).unwrap();
        },
    );
}

#[test]
fn whatever_is_asked_before_an_init_is_refused_with_the_remedy() {
    alone(
        "whatever_is_asked_before_an_init_is_refused_with_the_remedy",
        || {
            let all = Retention::new();
            let refused = [
                ("purge", asynclogger::purge(&all).unwrap_err()),
                ("purge_dry_run", asynclogger::purge_dry_run(&all).unwrap_err()),
                ("set_filter", asynclogger::set_filter("info").unwrap_err()),
                ("flush", asynclogger::flush().wait().unwrap_err()),
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
        },
    );
}
