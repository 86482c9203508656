//! Lines as a console shows them, of a fixed record at a fixed time.

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Capture, Color, Config};
use log::{Level, LevelFilter, Log, Record};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const PYTHON_COLORED: &str = "[<red>{asctime}<reset>] [<level_color>{levelname:<8}<reset>] [<yellow>{funcName:^17}<reset>] <green>{name}<reset> {message}";

/// 2025-01-02 03:04:30.990 UTC, a Thursday. A line's time is earlier by as much as its record waits for the worker; it
/// may wait almost a second before the printed second changes.
pub fn frozen() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_735_787_070_990)
}

/// Returns a logger for the target `app` whose console is `console`.
pub fn start(config: Config, console: &Capture) -> AsyncLogger {
    let seams = Seams::default().console(console.clone()).clock(frozen);
    AsyncLogger::start_with_seams(config.level(LevelFilter::Trace), seams).unwrap()
}

/// Returns the console's lines of the records that `log` logs.
#[track_caller]
pub fn lines(config: Config, log: impl FnOnce(&AsyncLogger)) -> Vec<String> {
    let console = Capture::new();
    let logger = start(config, &console);
    log(&logger);
    logger.shutdown().wait().unwrap();
    console.lines()
}

pub fn plain(format: &str) -> Config {
    Config::new("app").console_format(format).color(Color::Never)
}

pub fn colored(format: &str) -> Config {
    Config::new("app").console_format(format).color(Color::Always)
}

/// The record of the golden lines.
pub fn log_golden(logger: &AsyncLogger, level: Level) {
    let extras = [
        ("user", log::kv::Value::from(7)),
        ("ms", log::kv::Value::from(1.5)),
    ];
    logger.log(
        &Record::builder()
            .level(level)
            .target("app::db")
            .module_path(Some("app::db::pool"))
            .file(Some("src/db.rs"))
            .line(Some(42))
            .args(format_args!("connected"))
            .key_values(&extras)
            .build(),
    );
}

/// Returns the line of the golden record, logged on a thread called `request-7`.
#[track_caller]
pub fn golden(config: Config, level: Level) -> String {
    let on_thread = |logger: &AsyncLogger| {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("request-7".to_owned());
            thread
                .spawn_scoped(scope, || log_golden(logger, level))
                .unwrap()
                .join()
                .unwrap();
        });
    };
    let [line] = <[String; 1]>::try_from(lines(config, on_thread)).unwrap();
    line
}

#[track_caller]
pub fn message(config: Config, text: &str) -> String {
    let [line] = <[String; 1]>::try_from(lines(
        config,
        |logger| log::info!(logger: logger, target: "app", "{text}"),
    ))
    .unwrap();
    line
}

/// Replaces every digit by `0`: fractions of seconds are those of the real clock.
pub fn shape(line: &str) -> String {
    line.chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect()
}
