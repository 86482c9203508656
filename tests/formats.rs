//! What a line looks like, through the public face: every field, every tag, JSON, logfmt, and where colour goes.

mod common;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Capture, Color, Config, Console, Newlines};
use log::{Level, LevelFilter, Log, Record};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const PYTHON_COLORED: &str = "[<red>{asctime}<reset>] [<level_color>{levelname:<8}<reset>] [<yellow>{funcName:^17}<reset>] <green>{name}<reset> {message}";
const PYTHON_PLAIN: &str = "[{asctime}] [{levelname:<8}] [{funcName:^21}] {name}   {message}";

/// 2025-01-02 03:04:30.990 UTC, a Thursday. A record is as much earlier as it waits for the worker, so there is
/// almost a second to spare before the printed second is another one.
fn frozen() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_735_787_070_990)
}

/// A logger for the target `app` whose console is `console`.
fn start(config: Config, console: &Capture) -> AsyncLogger {
    let seams = Seams::default().console(console.clone()).clock(frozen);
    AsyncLogger::start_with_seams(config.level(LevelFilter::Trace), seams).unwrap()
}

/// The console's lines of what `log` logs.
#[track_caller]
fn lines(config: Config, log: impl FnOnce(&AsyncLogger)) -> Vec<String> {
    let console = Capture::new();
    let logger = start(config, &console);
    log(&logger);
    logger.shutdown().wait().unwrap();
    console.lines()
}

fn plain(format: &str) -> Config {
    Config::new("app").console_format(format).color(Color::Never)
}

fn colored(format: &str) -> Config {
    Config::new("app").console_format(format).color(Color::Always)
}

/// The record of the golden lines.
fn log_golden(logger: &AsyncLogger, level: Level) {
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

/// The one line of the golden record, logged on a thread called `request-7`.
#[track_caller]
fn golden(config: Config, level: Level) -> String {
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
fn message(config: Config, text: &str) -> String {
    let [line] = <[String; 1]>::try_from(lines(
        config,
        |logger| log::info!(logger: logger, target: "app", "{text}"),
    ))
    .unwrap();
    line
}

/// Every digit as `0`: fractions of seconds are those of the real clock.
fn shape(line: &str) -> String {
    line.chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect()
}

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

// Styles

/// Each name with what a terminal is told.
const STYLES: [(&str, &str); 37] = [
    ("black", "30"),
    ("red", "31"),
    ("green", "32"),
    ("yellow", "33"),
    ("blue", "34"),
    ("magenta", "35"),
    ("cyan", "36"),
    ("white", "37"),
    ("gray", "38;5;8"),
    ("bright_red", "38;5;9"),
    ("bright_green", "38;5;10"),
    ("bright_yellow", "38;5;11"),
    ("bright_blue", "38;5;12"),
    ("bright_magenta", "38;5;13"),
    ("bright_cyan", "38;5;14"),
    ("bright_white", "38;5;15"),
    ("dark_red", "38;5;88"),
    ("dark_green", "38;5;22"),
    ("dark_yellow", "38;5;58"),
    ("dark_blue", "38;5;18"),
    ("dark_magenta", "38;5;90"),
    ("dark_cyan", "38;5;23"),
    ("dark_gray", "38;5;240"),
    ("muted_red", "38;5;131"),
    ("muted_green", "38;5;108"),
    ("muted_yellow", "38;5;136"),
    ("muted_blue", "38;5;67"),
    ("muted_magenta", "38;5;132"),
    ("muted_cyan", "38;5;73"),
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("hidden", "8"),
    ("strike", "9"),
];

#[test]
fn every_tag_is_what_a_terminal_reads() {
    let tags: String = STYLES
        .iter()
        .map(|(name, _)| format!("<{name}>{name}</> "))
        .collect();
    let expected: String = STYLES
        .iter()
        .map(|(name, code)| format!("\x1b[{code}m{name}\x1b[0m "))
        .collect();
    let template = format!("{tags}{{message}}");
    assert_eq!(message(colored(&template), "ready"), format!("{expected}ready"));
    let names: String = STYLES.iter().map(|(name, _)| format!("{name} ")).collect();
    assert_eq!(message(plain(&template), "ready"), format!("{names}ready"));
}

#[test]
fn tags_combine_in_any_case_and_end_at_the_latest_with_the_line() {
    for (template, expected) in [
        ("< Blue + BOLD >{level}<reset>.", "\x1b[1m\x1b[34mINFO\x1b[0m."),
        ("<red>{level}</red>.", "\x1b[31mINFO\x1b[0m."),
        (
            "<level_color+underline>{level}</>.",
            "\x1b[32m\x1b[4mINFO\x1b[0m.",
        ),
        ("<red>{level}", "\x1b[31mINFO\x1b[0m"),
    ] {
        assert_eq!(golden(colored(template), Level::Info), expected, "{template}");
    }
}

#[test]
fn each_level_has_its_color_and_another_one_if_it_is_set() {
    let template = "<level_color>{level}<reset>";
    for (level, expected) in [
        (Level::Error, "\x1b[1m\x1b[31mERROR\x1b[0m"),
        (Level::Warn, "\x1b[1m\x1b[38;5;136mWARN\x1b[0m"),
        (Level::Info, "\x1b[32mINFO\x1b[0m"),
        (Level::Debug, "\x1b[38;5;67mDEBUG\x1b[0m"),
        (Level::Trace, "\x1b[36mTRACE\x1b[0m"),
    ] {
        assert_eq!(golden(colored(template), level), expected);
    }
    let own = colored(template).level_color(Level::Info, "muted_blue + strike");
    assert_eq!(golden(own, Level::Info), "\x1b[9m\x1b[38;5;67mINFO\x1b[0m");
}

#[test]
fn the_default_line_lets_the_message_stand_out() {
    let line = golden(Config::new("app").color(Color::Always), Level::Info);
    let (time, rest) = line.split_at("\x1b[2m2025-01-02T03:04:30.000000Z".len());
    assert_eq!(shape(time), shape("\x1b[2m2025-01-02T03:04:30.000000Z"));
    assert_eq!(
        rest,
        "\x1b[0m \x1b[32mINFO \x1b[0m \x1b[2mapp::db:\x1b[0m connected [user=7, ms=1.5]"
    );
}

#[test]
fn a_file_never_has_color() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new("app")
        .log_dir(dir.path())
        .file_format(PYTHON_COLORED)
        .color(Color::Always);
    let console = lines(config, |logger| log_golden(logger, Level::Warn));
    assert!(console[0].contains("\x1b[1m\x1b[38;5;136mWARN"), "{console:?}");
    let file = std::fs::read_to_string(dir.path().join("app.log")).unwrap();
    assert!(file.contains("[WARN    ]") && !file.contains('\x1b'), "{file:?}");
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
fn what_a_terminal_obeys_is_escaped_in_a_message() {
    assert_eq!(
        message(colored("{message}"), "a\nb\x1b[31m\r\u{202E}c\\n"),
        r"a\nb\u{1b}[31m\r\u{202e}c\\n"
    );
    let symbols = plain("{message}").newlines(Newlines::Symbol);
    assert_eq!(message(symbols, "a\nb"), "a\u{23CE}b");
}

#[test]
fn values_are_quoted_where_they_could_be_taken_for_more() {
    let line = lines(plain("{message}"), |logger| {
        log::info!(
            logger: logger, target: "app",
            word = "bob", blank = "a b", comma = "a,b", bracket = "x]", quote = "say \"hi\"", empty = "",
            number = -7, on = true, letter = 'é';
            "m"
        );
    });
    assert_eq!(
        line,
        [
            r#"m [word=bob, blank="a b", comma="a,b", bracket="x]", quote="say \"hi\"", empty="", number=-7, on=true, letter=é]"#
        ]
    );
}

#[test]
fn static_fields_come_behind_the_records_own_in_text() {
    let config = plain("{message}")
        .field("zone", "eu-1")
        .field("version", "1.2 beta");
    assert_eq!(
        golden(config, Level::Info),
        r#"connected [user=7, ms=1.5, zone=eu-1, version="1.2 beta"]"#
    );
}

#[test]
fn limits_cut_and_mark() {
    let config = plain("{message}")
        .max_message_bytes(20)
        .max_value_bytes(20)
        .max_key_bytes(8);
    let line = lines(config, |logger| {
        log::info!(logger: logger, target: "app", long_key_of_a_value = "x"; "{}", "m".repeat(100));
    });
    assert_eq!(line, ["mmmmmmmmmmmmmmmmmmmm[...TRUNCATED] [long_...=x]"]);
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
    let (time, rest) = line.split_once("Z ").unwrap();
    assert_eq!(shape(time), "timestamp=0000-00-00T00:00:00.000000");
    assert_eq!(
        rest,
        r#"level=WARN target=app::db message=connected zone="eu 1" user=7 ms=1.5"#
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

#[test]
fn a_key_that_is_taken_gets_a_prefix() {
    let line = lines(plain("json"), |logger| {
        log::info!(logger: logger, target: "app", level = "high", message = 1; "m");
    });
    let json: serde_json::Value = serde_json::from_str(&line[0]).unwrap();
    assert_eq!((&json["level"], &json["message"]), (&"INFO".into(), &"m".into()));
    assert_eq!(
        (&json["x_level"], &json["x_message"]),
        (&"high".into(), &1.into())
    );
}

// Terminals

/// Where the child of the next test logs: one logger on each stream, with `Color::Auto`.
fn log_to_both_streams() {
    for (name, console) in [
        ("shown-on-stdout", Console::Stdout),
        ("shown-on-stderr", Console::Stderr),
    ] {
        let config = Config::new(name)
            .console(console)
            .console_format("<level_color>{level}<reset> {name}");
        let logger = AsyncLogger::start(config).unwrap();
        log::info!(logger: logger, "m");
        logger.shutdown().wait().unwrap();
    }
}

const COLORED: &str = "\x1b[32mINFO\x1b[0m shown-on-";
const PLAIN: &str = "INFO shown-on-";

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_gets_color_and_a_pipe_does_not() {
    const TEST: &str = "a_terminal_gets_color_and_a_pipe_does_not";
    if common::child::is_child(TEST) {
        return log_to_both_streams();
    }
    let mut child = common::child::command(TEST);
    let pipe = without_color_variables(&mut child).output().unwrap();
    for stream in [pipe.stdout, pipe.stderr] {
        let text = String::from_utf8_lossy(&stream);
        assert!(text.contains(PLAIN) && !text.contains(COLORED), "{text:?}");
    }

    // `script` runs a command on a pseudo-terminal of its own and prints what that shows.
    let dir = tempfile::tempdir().unwrap();
    let errors = dir.path().join("stderr");
    let inner = common::child::command(TEST);
    let program = inner.get_program().to_str().unwrap();
    let line = format!(
        "'{program}' --exact {TEST} --nocapture --test-threads=1 2>'{}'",
        errors.display()
    );
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    script.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let terminal = match without_color_variables(&mut script).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("left out: there is no `script` to make a pseudo-terminal");
            return;
        }
        terminal => terminal.unwrap(),
    };
    let text = String::from_utf8_lossy(&terminal.stdout);
    assert!(text.contains(&format!("{COLORED}stdout")), "{text:?}");
    let file = std::fs::read_to_string(errors).unwrap();
    assert!(
        file.contains(&format!("{PLAIN}stderr")),
        "each stream for itself: {file:?}"
    );
}

#[cfg(target_os = "linux")]
fn without_color_variables(command: &mut std::process::Command) -> &mut std::process::Command {
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm").stdin(std::process::Stdio::null())
}
