//! Lines as their readers get them: a container runtime, a test harness, and a person at a terminal.

use crate::common;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Capture, Config, Console, ErrorKind};
use common::child::{alone, command, is_child, only, output_of};
use common::gate::Gate;
use common::to_writer;
use log::Level;
use std::process::{Command, Output};

/// What Docker and containerd pass on in one piece, with the line feed.
const CONTAINER_LINE: usize = 16 * 1024;

/// Logs records that are too long in each way, and returns the lines of console and file.
fn long_lines(config: Config) -> [Vec<String>; 2] {
    let (dir, console) = (tempfile::tempdir().unwrap(), Gate::open());
    let config = config.console(Console::Stdout).log_dir(dir.path());
    let logger = AsyncLogger::start_with_seams(config, Seams::default().console(console.clone())).unwrap();
    log::info!(logger: logger, "{}", "a stack trace, a document ".repeat(2000));
    log::info!(logger: logger, "{}", "\u{1}".repeat(9000));
    log::info!(logger: logger, "{}", "\u{20ac}".repeat(9000));
    let (a, b) = ("v".repeat(1000), "w".repeat(1000));
    log::info!(logger: logger, a = a.as_str(), b = b.as_str(); "{}", "x".repeat(15_900));
    // One byte for each length around the limit.
    (0..300).for_each(|n| log::info!(logger: logger, a = a.as_str(); "{}", "x".repeat(15_100 + n)));
    logger.shutdown().wait().unwrap();
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = std::str::from_utf8(bytes).unwrap();
        text.split_inclusive('\n').map(str::to_owned).collect()
    };
    let file = std::fs::read(dir.path().join("app.log")).unwrap();
    [lines(&console.bytes()), lines(&file)]
}

fn app() -> Config {
    to_writer()
}

fn longest(lines: &[String]) -> usize {
    lines.iter().map(String::len).max().unwrap()
}

/// Whether the longest line is as long as it may be; a cut leaves up to a part of an escape, or a key, unused.
fn fills(lines: &[String], limit: usize) -> bool {
    (limit - 64..=limit).contains(&longest(lines))
}

#[test]
fn a_line_of_json_or_logfmt_on_a_console_is_not_split_by_a_container_runtime() {
    for format in ["json", "logfmt"] {
        let [console, file] = long_lines(app().console_format(format).file_format(format));
        assert_eq!((console.len(), file.len()), (304, 304));
        assert!(fills(&console, CONTAINER_LINE), "{format}: {}", longest(&console));
        assert!(
            longest(&file) > CONTAINER_LINE,
            "{format}: a file has no such reader"
        );
        for line in console.iter().filter(|_| format == "json") {
            let read: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(read["level"], "INFO");
        }
    }
}

#[test]
fn the_longest_line_of_a_console_is_a_setting_and_a_template_has_no_smaller_one() {
    let [console, _] = long_lines(app().console_format("json").console_line_bytes(2048));
    assert!(fills(&console, 2048), "{}", longest(&console));
    let [console, _] = long_lines(app().console_format("json").console_line_bytes(32 * 1024));
    assert!(longest(&console) > CONTAINER_LINE);
    let [console, file] = long_lines(
        app()
            .console_format("{message}{extras}")
            .file_format("{message}{extras}"),
    );
    assert_eq!(console, file);
    assert!(longest(&console) > CONTAINER_LINE);
}

#[test]
fn static_fields_for_which_a_container_line_has_no_room_make_no_start_fail() {
    let many = |config: Config| {
        let fields = (0..6).fold(config, |config, n| {
            config.field(format!("f{n}"), "x".repeat(1000))
        });
        fields.console_format("json")
    };
    let [console, _] = long_lines(many(app()));
    assert!(console.iter().all(|line| line.contains(r#""f5":"xxx"#)));
    let error = many(app())
        .console_line_bytes(CONTAINER_LINE)
        .validate()
        .unwrap_err();
    assert!(error.to_string().contains("field"), "{error}");
    for (bytes, told) in [(1023, "at least 1KiB"), (33 * 1024, "`max_record_bytes`")] {
        let error = app()
            .console_line_bytes(bytes)
            .validate()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("console_line_bytes") && error.contains(told),
            "{error}"
        );
    }
}

/// Runs one test as `cargo test` does, with its output captured.
fn captured(test: &str, variables: &[(&str, &str)]) -> Output {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let told: Vec<_> = command(test)
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    child.args(only(test).iter().filter(|word| *word != "--nocapture"));
    output_of(child.envs(told).envs(variables.iter().copied()))
}

#[test]
fn the_lines_of_a_failing_test_are_in_its_section_and_those_of_a_passing_one_nowhere() {
    const TEST: &str = "the_lines_of_a_failing_test_are_in_its_section_and_those_of_a_passing_one_nowhere";
    if is_child(TEST) {
        let config = app()
            .console(Console::Test)
            .console_format("{level} {message}{extras}");
        asynclogger::init(config.console_level(log::LevelFilter::Info)).unwrap();
        eprintln!("printed first");
        log::info!(password = "hunter2"; "logged\nsecond");
        println!("printed third");
        std::thread::spawn(|| log::warn!("logged fourth")).join().unwrap();
        log::debug!("below the level");
        asynclogger::flush().wait().unwrap();
        let health = asynclogger::health();
        let (name, written) = (&health.outputs[0].name, health.outputs[0].written);
        assert_eq!(
            (name.as_str(), written, health.pending),
            ("console", 2, 0),
            "{health}"
        );
        assert!(std::env::var_os("TEST_PASSES").is_some(), "fails on purpose");
        return;
    }
    let failed = captured(TEST, &[]);
    let section = String::from_utf8_lossy(&failed.stdout);
    assert!(section.contains("fails on purpose"), "{section}");
    let (_, section) = section
        .split_once(&format!("{TEST} stdout ----\n"))
        .expect("a section");
    let expected = "printed first\nINFO logged\\nsecond [password=***]\nprinted third\nWARN logged fourth\n";
    assert!(section.starts_with(expected), "{section}");
    let beside = String::from_utf8_lossy(&failed.stderr);
    assert!(!beside.contains("logged"), "{beside}");
    let passed = captured(TEST, &[("TEST_PASSES", "1")]);
    let all = [passed.stdout, passed.stderr].concat();
    let all = String::from_utf8_lossy(&all);
    assert!(passed.status.success() && !all.contains("logged"), "{all}");
}

#[test]
fn a_capture_of_the_installed_logger_is_shared_by_tests_that_run_at_the_same_time() {
    alone(
        "a_capture_of_the_installed_logger_is_shared_by_tests_that_run_at_the_same_time",
        || {
            let config = || app().file_format("{thread} {message}");
            std::thread::scope(|scope| {
                for n in 0..8 {
                    let test = move || {
                        let capture = Capture::install(config()).unwrap();
                        log::info!("record {n}");
                        assert_eq!(capture.lines_after(&format!("test{n} ")), [format!("record {n}")]);
                    };
                    let thread = std::thread::Builder::new().name(format!("test{n}"));
                    thread.spawn_scoped(scope, test).unwrap();
                }
            });
            let capture = Capture::install(config()).unwrap();
            assert_eq!(capture.lines().len(), 8);
            capture.clear();
            assert!(capture.lines().is_empty());
        },
    );
}

#[test]
fn a_capture_is_not_installed_next_to_another_logger() {
    alone("a_capture_is_not_installed_next_to_another_logger", || {
        asynclogger::init(app().console(Console::Test)).unwrap();
        let error = Capture::install(app()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyInitialized);
        asynclogger::shutdown().wait().unwrap();
        let capture = Capture::install(app().file_format("{message}")).unwrap();
        log::info!("now");
        assert_eq!(capture.lines(), ["now"]);
    });
}

/// A line is printed before the queue stamps its record; other outputs show the stamp.
#[test]
fn a_printed_line_has_the_time_of_its_call() {
    const TEST: &str = "a_printed_line_has_the_time_of_its_call";
    if is_child(TEST) {
        let capture = Capture::new();
        let config = app().console(Console::Test).console_format("{time} {message}");
        asynclogger::init_with(config.file_format("{time} {message}"), capture.clone()).unwrap();
        log::info!("before");
        (0..3).for_each(|n| log::info!("{n}"));
        asynclogger::flush().wait().unwrap();
        capture.lines().iter().for_each(|line| println!("{line} again"));
        panic!("fails on purpose");
    }
    let failed = captured(TEST, &[]);
    let section = String::from_utf8_lossy(&failed.stdout);
    let time_of = |end: &str| {
        let line = section.lines().find(|line| line.ends_with(end)).expect(end);
        line.split(' ').next().unwrap().to_owned()
    };
    // Times in this form have the order of their texts.
    let times = [
        " before again",
        " 0",
        " 0 again",
        " 1",
        " 1 again",
        " 2",
        " 2 again",
    ]
    .map(time_of);
    assert!(times.is_sorted(), "{times:?}");
}

/// What the page on recipes says about `println!`.
#[test]
fn a_flush_puts_lines_before_what_the_program_prints_next() {
    const TEST: &str = "a_flush_puts_lines_before_what_the_program_prints_next";
    if is_child(TEST) {
        let config = app().console(Console::Stdout).console_format("{message}");
        let logger = AsyncLogger::start(config).unwrap();
        println!("begin");
        for n in 0..1000 {
            log::log!(logger: logger, Level::Info, "n={n}");
            logger.flush().wait().unwrap();
            println!("n={n}");
        }
        println!("end");
        return;
    }
    let output = output_of(&mut command(TEST));
    let shown = String::from_utf8_lossy(&output.stdout);
    let (_, shown) = shown.split_once("begin\n").expect("it begins");
    let (shown, _) = shown.split_once("end\n").expect("it ends");
    let expected: String = (0..1000).map(|n| format!("n={n}\nn={n}\n")).collect();
    assert_eq!(shown, expected);
}
