//! Configurations to and from files and variables, and the exact message of each fault.

use super::table::SETTINGS;
use super::*;
use crate::error::ErrorKind;
use proptest::prelude::*;
use std::ffi::OsString;

fn json(text: &str) -> Result<Config, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn told(config: &Config) -> Vec<String> {
    faults(config).iter().map(ToString::to_string).collect()
}

fn app() -> Config {
    Config::new("app")
}

fn with_variables(config: Config, variables: &[(&str, &str)]) -> Config {
    config.with_variables(
        variables
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value))),
    )
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let config = Config::default();
    assert_eq!(told(&config), [""; 0]);
    let shown = serde_json::to_value(Config::new("app")).unwrap();
    let documented = serde_json::json!({
        "name": "app", "console": "stderr", "rust_log": true, "console_level": "trace", "file_level": "trace",
        "console_format": "text", "file_format": "text", "color": "auto", "newlines": "escape", "source": false,
        "max_bytes": "10MiB", "backup_count": 5, "locking": "shared", "file_mode": "0640",
        "queue_bytes": "4MiB", "overflow": { "block_for": "100ms" }, "batch_bytes": "256KiB",
        "flush_interval": "5ms", "shutdown_timeout": "5s", "max_message_bytes": "16KiB", "max_key_bytes": 256,
        "max_value_bytes": "1KiB", "max_record_bytes": "32KiB",
    });
    assert_eq!(shown, documented);
}

#[test]
fn the_default_name_is_the_stem_of_the_executable() {
    for (executable, name) in [
        ("/usr/bin/shop", "shop"),
        ("/usr/bin/shop (deleted)", "shop"),
        ("shop.exe", "shop"),
        ("", "app"),
    ] {
        assert_eq!(stem(Path::new(executable)), name);
    }
}

#[test]
fn the_log_file_follows_the_name_or_its_own_path() {
    assert_eq!(app().log_path(), None);
    let path = |config: Config| config.log_path().unwrap();
    assert_eq!(path(app().log_dir("/d").name("shop")), Path::new("/d/shop.log"));
    assert_eq!(
        path(app().log_dir("/d").log_file("/e/x.txt")),
        Path::new("/e/x.txt")
    );
    assert_eq!(
        path(app().log_file("/e/x.txt").log_dir("/d")),
        Path::new("/d/app.log")
    );
}

#[test]
fn the_same_field_again_replaces_the_value_in_its_place() {
    let config = app().field("a", "1").field("b", "2").field("a", "3");
    let expected = [("a", "3"), ("b", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(config.fields, expected);
}

#[test]
fn the_example_file_holds_every_setting_at_its_default() {
    let text = include_str!("../../examples/asynclogger.toml");
    assert_eq!(toml::from_str::<Config>(text).unwrap(), Config::default());

    let uncommented: String = text
        .lines()
        .filter_map(|line| match line.strip_prefix("# ") {
            Some(setting)
                if setting.contains(" = ") && !setting.contains(':') || setting.starts_with('[') =>
            {
                Some(format!("{setting}\n"))
            }
            Some(setting) if setting.starts_with(['f', '"']) && setting.contains("::") => {
                Some(format!("{setting}\n"))
            }
            Some(_) => None,
            None => Some(format!("{line}\n")),
        })
        .collect();
    let full: toml::Table = toml::from_str(&uncommented).unwrap();
    for setting in SETTINGS {
        assert!(
            full.contains_key(setting.key),
            "{} is not in the example",
            setting.key
        );
    }
    let config: Config = toml::from_str(&uncommented).unwrap();
    assert_eq!(config.level_for["my_app::db"], LevelFilter::Trace);
    assert_eq!(config.fields.len(), 2);
}

#[test]
fn values_are_read_in_every_documented_form() {
    let config = json(
        r#"{ "console": null, "level": "Warn", "rust_log": "off", "max_bytes": "1_000", "queue_bytes": 5000000,
             "flush_interval": 250, "shutdown_timeout": "1.5s", "overflow": "drop_newest", "file_mode": 416,
             "console_format": "logfmt", "file_format": "{message}", "locking": "REQUIRE", "color": "always",
             "level_for": { "hyper": "warn" }, "level_color": { "info": "blue" }, "field": { "version": 2 } }"#,
    )
    .unwrap();
    let expected = Config {
        console: None,
        max_bytes: 1_000,
        ..Config::default()
    };
    let expected = expected
        .level(LevelFilter::Warn)
        .rust_log(false)
        .queue_bytes(5_000_000)
        .flush_interval(Duration::from_millis(250))
        .shutdown_timeout(Duration::from_millis(1_500))
        .overflow(Overflow::DropNewest)
        .file_mode(0o640)
        .console_format(Format::Logfmt)
        .file_format("{message}")
        .locking(Locking::Require)
        .color(Color::Always)
        .level_for("hyper", LevelFilter::Warn)
        .level_color(Level::Info, "blue")
        .field("version", "2");
    assert_eq!(config, expected);
    assert_eq!(
        json(r#"{ "overflow": "block" }"#).unwrap().overflow,
        Overflow::Block
    );
}

#[test]
fn a_choice_reads_and_prints_alone_as_in_a_configuration() {
    assert_eq!(serde_json::to_string(&Locking::Require).unwrap(), r#""require""#);
    assert_eq!(serde_json::from_str::<Format>(r#""json""#).unwrap(), Format::Json);
    assert_eq!(
        serde_json::from_str::<Overflow>(r#"{"block_for":"2s"}"#).unwrap(),
        Overflow::BlockFor(Duration::from_secs(2))
    );
    let error = serde_json::from_str::<Color>(r#""allways""#)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("\"allways\": must be auto, always or never; did you mean `always`?"),
        "{error}"
    );
}

/// Twenty configurations whose values can be read but must not be used, each with all that is told of it.
#[test]
fn values_that_do_not_fit_are_told_with_the_remedy() {
    let cases: [(Config, &[&str]); 20] = [
        (
            app().name(""),
            &[r#"name = "": empty; give the logger a name, as in "my-app""#],
        ),
        (
            app().name(".."),
            &[r#"name = "..": this names a directory; give the logger a name, as in "my-app""#],
        ),
        (
            app().name("logs/app"),
            &[
                r#"name = "logs/app": a name becomes a file name, so it cannot contain this character; a directory belongs in `log_dir`"#,
            ],
        ),
        (
            app().name("a\0b"),
            &[
                r#"name = "a\0b": a name becomes a file name, so it cannot contain this character; a directory belongs in `log_dir`"#,
            ],
        ),
        (
            app().name("n".repeat(201)),
            &[
                r#"name = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"...: too long for a file name; at most 200 bytes"#,
            ],
        ),
        (
            app().log_dir(""),
            &[r#"log_dir = "": empty; name a path or leave the setting out"#],
        ),
        (
            app().log_file("/var/log/"),
            &[r#"log_file = "/var/log/": this names a directory; use `log_dir`, or add the file's name"#],
        ),
        (
            app().max_bytes(0),
            &["max_bytes = 0: must be at least 1; for a file that is never rotated set `backup_count` to 0"],
        ),
        (
            app().file_mode(640),
            &[
                r#"file_mode = 1200: must be octal, from 0600 to 0777, with read and write for the owner, as in "0640""#,
            ],
        ),
        (
            app().console_format("jsn"),
            &[
                r#"console_format = "jsn": neither `text`, `json`, `logfmt` nor a template, which has a `{`; did you mean `json`?"#,
            ],
        ),
        (
            app().queue_bytes(65_536),
            &[
                "queue_bytes = 64KiB: too small for `max_record_bytes` = 32KiB; set at least four times as much, 128KiB",
            ],
        ),
        (
            app().batch_bytes(4_097),
            &[
                "batch_bytes = 4097: a record of `max_record_bytes` = 32KiB would not fit; set at least as much",
            ],
        ),
        (
            app()
                .max_record_bytes(512)
                .max_message_bytes(512)
                .max_value_bytes(512),
            &["max_record_bytes = 512: too small; set at least 1KiB"],
        ),
        (
            app().max_record_bytes(16 * 1024 * 1024),
            &[
                "queue_bytes = 4MiB: too small for `max_record_bytes` = 16MiB; set at least four times as much, 64MiB",
                "batch_bytes = 256KiB: a record of `max_record_bytes` = 16MiB would not fit; set at least as much",
            ],
        ),
        (
            app().max_record_bytes(8 * 1024),
            &["max_message_bytes = 16KiB: more than `max_record_bytes` = 8KiB; lower it, or raise that"],
        ),
        (
            app().max_value_bytes(0),
            &["max_value_bytes = 0: too small; set at least 1"],
        ),
        (
            app().max_key_bytes(3),
            &["max_key_bytes = 3: must be from 8 to 4096"],
        ),
        (
            app()
                .flush_interval(Duration::ZERO)
                .shutdown_timeout(Duration::MAX),
            &[
                "flush_interval = 0s: must be more than 0; the default is 5ms",
                "shutdown_timeout = 18446744073709551615999999999ns: too long; set at most 24h",
            ],
        ),
        (
            app().overflow(Overflow::BlockFor(Duration::from_secs(90_000))),
            &["overflow.block_for = 25h: too long; set at most 24h, or `block`"],
        ),
        (
            app().field("", "x").field("token", "s".repeat(2_000)),
            &[
                "field: a key is empty; name each field",
                "field.token = 2000 bytes: longer than `max_value_bytes` = 1KiB; shorten it",
            ],
        ),
    ];
    for (config, expected) in cases {
        assert_eq!(told(&config), expected);
    }
}

/// Twelve files whose values cannot be read at all.
#[test]
fn values_that_cannot_be_read_are_told_with_the_remedy() {
    for (file, expected) in [
        (
            r#"{ "max_byte": 1 }"#,
            "max_byte: there is no such setting; did you mean `max_bytes`?",
        ),
        (
            r#"{ "Log-Dir": "x" }"#,
            "Log-Dir: there is no such setting; did you mean `log_dir`?",
        ),
        (r#"{ "banana": 1 }"#, "banana: there is no such setting"),
        (
            r#"{ "level": "inof" }"#,
            "level = \"inof\": not a level (off, error, warn, info, debug, trace); did you mean `info`?",
        ),
        (
            r#"{ "max_bytes": "10M" }"#,
            "max_bytes = \"10M\": `M` is ambiguous; write MiB (powers of 1024) or MB (of 1000)",
        ),
        (
            r#"{ "max_bytes": -1 }"#,
            "max_bytes = -1: must be a size, as in `10MiB`",
        ),
        (
            r#"{ "backup_count": 4294967296 }"#,
            "backup_count = 4294967296: must be a whole number from 0 to 4294967295",
        ),
        (
            r#"{ "flush_interval": 0.5 }"#,
            "flush_interval = 0.5: must be a duration, as in `250ms`",
        ),
        (
            r#"{ "console": "stdrr" }"#,
            "console = \"stdrr\": must be `stdout`, `stderr` or `none`",
        ),
        (
            r#"{ "overflow": "wait" }"#,
            "overflow = \"wait\": must be `block`, `drop_newest` or a table as in { block_for = \"100ms\" }",
        ),
        (
            r#"{ "level_for": { "a": "warn", "b": "wran" } }"#,
            "level_for.b = \"wran\": not a level (off, error, warn, info, debug, trace); did you mean `warn`?",
        ),
        (r#"{ "source": [true] }"#, "source = a list: must be text"),
        (
            r#"{ "name": "a", "name": "b" }"#,
            "name: the key stands there twice; remove one",
        ),
    ] {
        let error = json(file).unwrap_err();
        let position = error.rfind(" at line 1").unwrap_or(error.len());
        assert_eq!(error[..position], format!("invalid setting {expected}"));
    }
}

#[test]
fn all_faults_of_a_file_are_told_at_once() {
    let error =
        toml::from_str::<Config>("max_byte = 1\nlevel = 'loud'\n[level_for]\na = 'b'\nc = 'd'").unwrap_err();
    let text = error.to_string();
    assert!(text.contains("4 invalid settings:"), "{text}");
    for path in [
        "max_byte:",
        "level = \"loud\":",
        "level_for.a = \"b\":",
        "level_for.c = \"d\":",
    ] {
        assert!(text.contains(path), "{path} in {text}");
    }
}

#[test]
fn both_ways_to_name_the_file_are_refused_together() {
    let config = json(r#"{ "log_dir": "logs", "log_file": "logs/a.log", "name": "a" }"#).unwrap();
    assert_eq!(
        told(&config),
        [r#"log_file = "logs/a.log": `log_dir` is set too; remove one of them"#]
    );
}

#[test]
fn variables_win_over_code_and_add_to_its_tables() {
    let config = app()
        .log_dir("/code")
        .level_for("hyper", LevelFilter::Warn)
        .max_bytes(1);
    let config = with_variables(
        config,
        &[
            ("ASYNCLOGGER_LOG_FILE", "/env/x.log"),
            ("ASYNCLOGGER_MAX_BYTES", "20MiB"),
            ("ASYNCLOGGER_LEVEL_FOR", "sqlx=error, app::db = trace"),
            ("ASYNCLOGGER_OVERFLOW", "block_for=1s"),
            ("ASYNCLOGGER_RUST_LOG", "0"),
            ("ASYNCLOGGER_CONSOLE", "none"),
            ("ASYNCLOGGER_COLOR", ""),
            ("OTHER_LEVEL", "debug"),
        ],
    );
    let expected = app()
        .log_file("/env/x.log")
        .max_bytes(20 * 1024 * 1024)
        .level_for("hyper", LevelFilter::Warn)
        .level_for("sqlx", LevelFilter::Error)
        .level_for("app::db", LevelFilter::Trace)
        .overflow(Overflow::BlockFor(Duration::from_secs(1)))
        .rust_log(false)
        .console(None);
    assert_eq!(config, expected);
}

#[test]
fn faults_of_variables_are_remembered_without_their_secrets() {
    let variables = [
        ("ASYNCLOGGER_LEVLE", "hunter2"),
        ("ASYNCLOGGER_FIELD", "hunter2"),
        ("ASYNCLOGGER_LEVEL_FOR", "hyper=loud"),
        ("ASYNCLOGGER_QUEUE_BYTES", "lots"),
    ];
    let config = with_variables(app().name(""), &variables);
    let text = Fault::error(&faults(&config)).unwrap().to_string();
    for line in [
        "5 invalid settings:",
        "ASYNCLOGGER_LEVLE: there is no such setting; did you mean `level`?",
        "ASYNCLOGGER_FIELD: must be a table of keys and values, or text as in `key=value,key=value`",
        "ASYNCLOGGER_LEVEL_FOR.hyper = \"loud\": not a level (off, error, warn, info, debug, trace)",
        "ASYNCLOGGER_QUEUE_BYTES = \"lots\": not a size;",
        "name = \"\": empty;",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
#[cfg(unix)]
fn a_path_from_a_variable_need_not_be_text_but_cannot_be_written_to_a_file() {
    use std::os::unix::ffi::OsStringExt;
    let odd = OsString::from_vec(b"/logs/\xff".to_vec());
    let variables = [
        ("ASYNCLOGGER_LOG_DIR".into(), odd.clone()),
        ("ASYNCLOGGER_NAME".into(), odd.clone()),
    ];
    let config = app().with_variables(variables.into_iter());
    assert_eq!(config.dir, Some(PathBuf::from(odd)));
    assert_eq!(told(&config), ["ASYNCLOGGER_NAME: the value is not UTF-8"]);
    let error = serde_json::to_string(&config).unwrap_err().to_string();
    assert!(error.contains("is not UTF-8"), "{error}");
}

#[test]
fn a_json_file_is_read_or_refused_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("logging.json");
    let missing = Config::from_json_file(&path).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    assert_eq!(
        missing.to_string(),
        format!("cannot read the configuration {path:?}: entity not found; check the path")
    );

    std::fs::write(&path, "\u{FEFF}{ \"name\": \"shop\" }").unwrap();
    assert_eq!(Config::from_json_file(&path).unwrap().name, "shop");

    std::fs::write(&path, "{ \"nmae\": \"shop\" }").unwrap();
    let wrong = Config::from_json_file(&path).unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Config);
    let text = format!(
        "cannot use the configuration {path:?}: invalid setting nmae: there is no such setting; did you mean `name`?"
    );
    assert!(wrong.to_string().starts_with(&text), "{wrong}");
}

fn any_level() -> impl Strategy<Value = LevelFilter> {
    prop::sample::select(LevelFilter::iter().collect::<Vec<_>>())
}

fn any_time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
        (0..100_000_u64).prop_map(Duration::from_millis),
    ]
}

fn any_path() -> impl Strategy<Value = Option<PathBuf>> {
    prop::option::of(".{0,12}".prop_map(PathBuf::from))
}

fn any_format() -> impl Strategy<Value = Format> {
    ("[a-z]{0,3}\\{.{0,9}|text|json|logfmt").prop_map(Format::from)
}

fn any_size() -> impl Strategy<Value = usize> {
    (any::<usize>(), 0..64).prop_map(|(bytes, shift)| bytes << shift)
}

type Outputs = (
    (String, Option<PathBuf>, Option<PathBuf>, Option<Console>),
    (
        Option<LevelFilter>,
        BTreeMap<String, LevelFilter>,
        Option<String>,
        bool,
        LevelFilter,
        LevelFilter,
    ),
    (
        Format,
        Format,
        Color,
        BTreeMap<Level, String>,
        Newlines,
        bool,
        BTreeMap<String, String>,
    ),
);

fn any_outputs() -> impl Strategy<Value = Outputs> {
    let console = prop::sample::select(vec![None, Some(Console::Stdout), Some(Console::Stderr)]);
    let level = || prop::sample::select(Level::iter().collect::<Vec<_>>());
    (
        (".{0,9}", any_path(), any_path(), console),
        (
            prop::option::of(any_level()),
            prop::collection::btree_map(".{0,9}", any_level(), 0..3),
            prop::option::of(".{0,9}"),
            any::<bool>(),
            any_level(),
            any_level(),
        ),
        (
            any_format(),
            any_format(),
            prop::sample::select(vec![Color::Auto, Color::Always, Color::Never]),
            prop::collection::btree_map(level(), ".{0,9}", 0..3),
            prop::sample::select(vec![Newlines::Escape, Newlines::Symbol]),
            any::<bool>(),
            prop::collection::btree_map(".{0,9}", ".{0,9}", 0..3),
        ),
    )
}

type Limits = (
    (u64, u32, Locking, u32),
    (usize, Overflow, usize, Duration, Duration),
    (usize, usize, usize, usize),
);

fn any_limits() -> impl Strategy<Value = Limits> {
    let overflow = prop_oneof![
        Just(Overflow::Block),
        Just(Overflow::DropNewest),
        any_time().prop_map(Overflow::BlockFor),
    ];
    let locking = prop::sample::select(vec![Locking::Shared, Locking::Require, Locking::Off]);
    (
        (any::<u64>(), any::<u32>(), locking, any::<u32>()),
        (any_size(), overflow, any_size(), any_time(), any_time()),
        (any_size(), any_size(), any_size(), any_size()),
    )
}

/// Any values at all, good or bad; written without `..`, so that a new setting must be added here.
fn any_config() -> impl Strategy<Value = Config> {
    (any_outputs(), any_limits()).prop_map(|(outputs, limits)| {
        let ((name, dir, file, console), levels, looks) = outputs;
        let (level, level_for, filter, rust_log, console_level, file_level) = levels;
        let (console_format, file_format, color, level_color, newlines, source, fields) = looks;
        let ((max_bytes, backup_count, locking, file_mode), queue, sizes) = limits;
        let (queue_bytes, overflow, batch_bytes, flush_interval, shutdown_timeout) = queue;
        let (max_message_bytes, max_key_bytes, max_value_bytes, max_record_bytes) = sizes;
        Config {
            name,
            dir,
            file,
            console,
            level,
            level_for,
            filter,
            rust_log,
            console_level,
            file_level,
            console_format,
            file_format,
            color,
            level_color,
            newlines,
            source,
            fields: fields.into_iter().collect(),
            max_bytes,
            backup_count,
            locking,
            file_mode,
            queue_bytes,
            overflow,
            batch_bytes,
            flush_interval,
            shutdown_timeout,
            max_message_bytes,
            max_key_bytes,
            max_value_bytes,
            max_record_bytes,
            env_faults: Vec::new(),
        }
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(config in any_config()) {
        let text = serde_json::to_string(&config).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Config>(&text).unwrap(), &config, "{}", text);
        let text = toml::to_string(&config).unwrap();
        prop_assert_eq!(&toml::from_str::<Config>(&text).unwrap(), &config, "{}", text);
    }

    #[test]
    fn any_values_are_judged_without_a_panic(config in any_config()) {
        for fault in faults(&config) {
            prop_assert!(!fault.path.is_empty() && !fault.remedy.is_empty());
            prop_assert!(!fault.to_string().contains(char::is_control), "{}", fault);
        }
    }

    #[test]
    fn any_json_is_read_or_refused_without_a_panic(key in "[a-z_]{0,12}|level|overflow|field|file_mode", text in ".{0,20}") {
        for value in [serde_json::json!(text), serde_json::json!([text]), serde_json::json!({ text: 1 })] {
            let file = serde_json::json!({ key.clone(): value });
            prop_assert!(serde_json::from_value::<Config>(file).map_err(|error| error.to_string()).is_ok_and(|_| true) || true);
        }
    }
}
