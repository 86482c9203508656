//! Colours and styles: the sequences for each tag and level, and which streams get them.

use crate::common;

use asynclogger::{AsyncLogger, Color, Config, Console};
use common::golden::{PYTHON_COLORED, colored, golden, lines, log_golden, message, plain, shape};
use log::Level;

// Styles

/// Each name with its terminal sequence.
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

// Terminals

/// The child of a test below: logs with one logger on each stream.
#[cfg(target_os = "linux")]
fn log_to_both_streams() {
    let color = match std::env::var(CHOICE).as_deref() {
        Ok("always") => Color::Always,
        Ok("never") => Color::Never,
        _ => Color::Auto,
    };
    for (name, console) in [
        ("shown-on-stdout", Console::Stdout),
        ("shown-on-stderr", Console::Stderr),
    ] {
        let config = Config::new(name)
            .console(console)
            .color(color)
            .console_format("<level_color>{level}<reset> {name}");
        let logger = AsyncLogger::start(config).unwrap();
        log::info!(logger: logger, "m");
        logger.shutdown().wait().unwrap();
    }
}

/// The variable with the colour setting that the child's program chooses.
#[cfg(target_os = "linux")]
const CHOICE: &str = "TEST_COLOR_CHOICE";

#[cfg(target_os = "linux")]
const COLORED: &str = "\x1b[32mINFO\x1b[0m shown-on-";

#[cfg(target_os = "linux")]
const PLAIN: &str = "INFO shown-on-";

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_gets_color_and_a_pipe_does_not() {
    const TEST: &str = "a_terminal_gets_color_and_a_pipe_does_not";
    if common::child::is_child(TEST) {
        return log_to_both_streams();
    }
    let mut child = common::child::command(TEST);
    let pipe = with_color_variables(&mut child, &[]).output().unwrap();
    for stream in [pipe.stdout, pipe.stderr] {
        let text = String::from_utf8_lossy(&stream);
        assert!(text.contains(PLAIN) && !text.contains(COLORED), "{text:?}");
    }
    let Some((terminal, file)) = on_a_terminal(TEST, &[]) else {
        return;
    };
    assert!(terminal.contains(&format!("{COLORED}stdout")), "{terminal:?}");
    assert!(
        file.contains(&format!("{PLAIN}stderr")),
        "each stream for itself: {file:?}"
    );
}

/// Settings and variables, and whether a terminal and a file then have colour.
#[cfg(target_os = "linux")]
type Decision = (&'static [(&'static str, &'static str)], [bool; 2]);

#[test]
#[cfg(target_os = "linux")]
fn the_choice_wins_then_the_variables_in_their_order_then_the_stream() {
    const TEST: &str = "the_choice_wins_then_the_variables_in_their_order_then_the_stream";
    if common::child::is_child(TEST) {
        return log_to_both_streams();
    }
    let table: [Decision; 14] = [
        (&[], [true, false]),
        (
            &[(CHOICE, "always"), ("NO_COLOR", "1"), ("TERM", "dumb")],
            [true; 2],
        ),
        (&[(CHOICE, "never"), ("FORCE_COLOR", "1")], [false; 2]),
        (&[("NO_COLOR", "1")], [false; 2]),
        (&[("NO_COLOR", "")], [true, false]),
        (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], [false; 2]),
        (&[("FORCE_COLOR", "1"), ("CLICOLOR", "0")], [true; 2]),
        (&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], [true; 2]),
        (&[("FORCE_COLOR", "0")], [true, false]),
        (&[("FORCE_COLOR", "")], [true, false]),
        (&[("CLICOLOR_FORCE", "0")], [true, false]),
        (&[("CLICOLOR", "0")], [false; 2]),
        (&[("CLICOLOR", "1")], [true, false]),
        (&[("TERM", "dumb")], [false; 2]),
    ];
    for (variables, expected) in table {
        let Some((terminal, file)) = on_a_terminal(TEST, variables) else {
            return;
        };
        assert!(terminal.contains("shown-on-stdout") && file.contains("shown-on-stderr"));
        let colored = [terminal, file].map(|text| text.contains(COLORED));
        assert_eq!(colored, expected, "{variables:?}");
    }
}

/// Returns what the child of `test` writes to a pseudo-terminal, its standard output, and to a file, its standard
/// error. `None` if there is no `script` to make a pseudo-terminal.
#[cfg(target_os = "linux")]
fn on_a_terminal(test: &str, variables: &[(&str, &str)]) -> Option<(String, String)> {
    let dir = tempfile::tempdir().unwrap();
    let errors = dir.path().join("stderr");
    let inner = common::child::command(test);
    let program = inner.get_program().to_str().unwrap();
    let arguments: Vec<&str> = inner
        .get_args()
        .map(|argument| argument.to_str().unwrap())
        .collect();
    let line = format!("'{program}' {} 2>'{}'", arguments.join(" "), errors.display());
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    script.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let terminal = match with_color_variables(&mut script, variables).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            common::skipped("there is no `script` to make a pseudo-terminal");
            return None;
        }
        terminal => terminal.unwrap(),
    };
    let shown = String::from_utf8_lossy(&terminal.stdout).into_owned();
    assert!(terminal.status.success(), "{shown}");
    Some((shown, std::fs::read_to_string(errors).unwrap()))
}

/// Sets these variables, and removes all others that affect colour.
#[cfg(target_os = "linux")]
fn with_color_variables<'c>(
    command: &'c mut std::process::Command,
    variables: &[(&str, &str)],
) -> &'c mut std::process::Command {
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", CHOICE] {
        command.env_remove(name);
    }
    command
        .env("TERM", "xterm")
        .stdin(std::process::Stdio::null())
        .envs(variables.iter().copied())
}
