//! Defaults, and settings from code, files and variables.

mod faulty;
mod getters;
mod reference;
mod round_trip;

use super::lookup::rows;
use super::table::Setting;
use super::*;
use log::{Level, LevelFilter};
use serde::de::value::{self, MapDeserializer};
use serde::de::{Deserialize, Deserializer, IntoDeserializer, Visitor};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

fn json(text: &str) -> Result<Config, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn reported(config: &Config) -> Vec<String> {
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

/// The reference table documents the defaults; `reference` tests it.
#[test]
fn the_defaults_are_valid() {
    assert_eq!(reported(&Config::default()), [""; 0]);
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
    let path = |config: Config| {
        let records = config.records;
        log_path(
            &records.name,
            records.log_dir.as_deref(),
            records.log_file.as_deref(),
        )
    };
    assert_eq!(path(app()), None);
    let expected = |path: &str| Some(PathBuf::from(path));
    assert_eq!(path(app().log_dir("/d").name("shop")), expected("/d/shop.log"));
    let later = app().log_dir("/d").log_file("/e/x.txt");
    assert_eq!(path(later.clone()), expected("/e/x.txt"));
    assert_eq!(
        path(app().log_file("/e/x.txt").log_dir("/d")),
        expected("/d/app.log")
    );
    assert_eq!(later.no_log_file(), app());
}

#[test]
fn the_same_field_again_replaces_the_value_in_its_place() {
    let config = app().field("a", "1").field("b", "2").field("a", "3");
    let expected = [("a", "3"), ("b", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(config.format.field.0, expected);
}

#[test]
fn the_example_file_holds_every_setting_at_its_default() {
    let text = include_str!("../../examples/asynclogger.toml");
    assert_eq!(toml::from_str::<Config>(text).unwrap(), Config::default());

    // A `#` with no blank behind it is a setting, any other is prose.
    let uncommented: String = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let full: toml::Table = toml::from_str(&uncommented).unwrap();
    for setting in rows() {
        assert!(
            full.contains_key(setting.key),
            "{} is not in the example",
            setting.key
        );
    }
    let config: Config = toml::from_str(&uncommented).unwrap();
    assert_eq!(config.records.level_for["my_app::db"], LevelFilter::Trace);
    assert_eq!(config.format.field.0.len(), 2);
    assert_eq!(config.rotation.rotate_every, Some(Period::Day));
    let month = Duration::from_secs(30 * 24 * 3_600);
    let retention = Retention::new()
        .max_age(month)
        .max_files(100)
        .max_total_bytes(1 << 30);
    assert_eq!(config.rotation.retention, retention);
}

#[test]
fn a_retention_is_a_table_in_which_a_limit_that_is_left_out_is_none() {
    let config =
        json(r#"{ "name": "app", "retention": { "max_age": "7d", "max_total_bytes": "1GiB" } }"#).unwrap();
    let week = Duration::from_secs(7 * 24 * 3_600);
    let expected = Retention::new().max_age(week).max_total_bytes(1 << 30);
    assert_eq!(config, app().retention(expected));
    let none = json(r#"{ "name": "app", "retention": {} }"#).unwrap();
    assert_eq!(none, app());
    let later = [("ASYNCLOGGER_RETENTION", "max_files=3, max_age=1d")];
    let both = with_variables(config.clone(), &later).rotation.retention;
    let day = Duration::from_secs(24 * 3_600);
    assert_eq!(
        both,
        Retention::new()
            .max_age(day)
            .max_files(3)
            .max_total_bytes(1 << 30)
    );
    assert_eq!(
        with_variables(config, &[("ASYNCLOGGER_RETENTION", "none")]),
        app()
    );
}

#[test]
fn a_mask_is_a_word_or_a_table_that_adds_to_the_standard_rules() {
    let config = toml::from_str::<Config>(
        r#"
        name = "app"
        mask = { key = "voucher", keep_key = ["session_id"], token_prefix = { acme_ = 20 }, emails = true }
        "#,
    );
    let mask = Mask::standard()
        .key("voucher")
        .keep_key("session_id")
        .token_prefix("acme_", 20)
        .emails(true);
    assert_eq!(config.unwrap(), app().mask(mask));
    let none = json(r#"{ "name": "app", "mask": { "standard": false } }"#);
    assert_eq!(none.unwrap(), app().mask(Mask::none()));
    assert_eq!(json(r#"{ "name": "app", "mask": "Standard" }"#).unwrap(), app());
}

#[test]
fn prefixes_are_a_table_or_pairs_and_the_smaller_of_two_lengths_counts() {
    let of = |text: &str| toml::from_str::<Mask>(text).unwrap();
    let mask = Mask::standard().token_prefix("acme_", 8).token_prefix("sk-", 4);
    assert_eq!(of("token_prefix = { \"sk-\" = 4, acme_ = 8 }"), mask);
    assert_eq!(
        of("token_prefix = [[\"acme_\", 20], [\"sk-\", 4], [\"acme_\", 8]]"),
        mask
    );
    assert_eq!(mask.clone().token_prefix("acme_", 9), mask);
    let written = "standard = true\nkey = []\nkeep_key = []\nemails = false\n\n\
                   [token_prefix]\nacme_ = 8\nsk- = 4\n";
    assert_eq!(toml::to_string(&mask).unwrap(), written);
}

#[test]
fn a_mask_in_a_variable_keeps_the_keys_of_the_program_unless_it_is_a_word() {
    let program = || app().mask(Mask::standard().key("voucher"));
    let text = "key=pin, key=code, token_prefix=a:b_:8, emails=off";
    let more = with_variables(program(), &[("ASYNCLOGGER_MASK", text)]);
    let mask = Mask::standard()
        .key("voucher")
        .key("pin")
        .key("code")
        .token_prefix("a:b_", 8);
    assert_eq!(more, app().mask(mask));
    let none = with_variables(program(), &[("ASYNCLOGGER_MASK", "none")]);
    assert_eq!(none, app().mask(Mask::none()));
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
    let expected = Config::default()
        .console(None)
        .max_bytes(1_000)
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
        json(r#"{ "overflow": "block" }"#).unwrap().delivery.overflow,
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
    let text = ConfigError::error(&faults(&config)).unwrap().to_string();
    for line in [
        "5 invalid settings:",
        "ASYNCLOGGER_LEVLE: no setting has this variable; did you mean `ASYNCLOGGER_LEVEL`?",
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
    assert_eq!(config.records.log_dir, Some(PathBuf::from(odd)));
    assert_eq!(reported(&config), ["ASYNCLOGGER_NAME: the value is not UTF-8"]);
    let error = serde_json::to_string(&config).unwrap_err().to_string();
    assert!(error.contains("is not UTF-8"), "{error}");
}

/// A value of a format that has options, as RON does.
struct Optional(Option<&'static str>);

impl<'de> Deserializer<'de> for Optional {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        match self.0 {
            Some(text) => visitor.visit_some(text.into_deserializer()),
            None => visitor.visit_none(),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, value::Error> for Optional {
    type Deserializer = Optional;

    fn into_deserializer(self) -> Optional {
        self
    }
}

#[test]
fn a_format_that_has_options_gives_what_is_in_them() {
    let read = |settings: [(&'static str, Optional); 2]| {
        Config::deserialize(MapDeserializer::new(settings.into_iter()))
    };
    let config = read([("level", Optional(Some("warn"))), ("console", Optional(None))]).unwrap();
    let expected = Config::default().console(None).level(LevelFilter::Warn);
    assert_eq!(config, expected);
    let error = read([("max_bytes", Optional(None)), ("name", Optional(Some("app")))]).unwrap_err();
    assert!(
        error.to_string().contains("max_bytes = null: must be a size"),
        "{error}"
    );
}

#[test]
fn a_part_alone_that_cannot_be_read_is_refused() {
    for text in ["{", r#"{"max_files": [1, }"#] {
        let errors = [
            serde_json::from_str::<Retention>(text).unwrap_err(),
            serde_json::from_str::<Overflow>(text).unwrap_err(),
        ];
        assert!(
            errors.iter().all(|error| error.is_syntax() || error.is_eof()),
            "{errors:?}"
        );
    }
    let error = serde_json::from_str::<Retention>(r#"{"max_filez": 1}"#).unwrap_err();
    assert!(error.to_string().contains("did you mean `max_files`?"), "{error}");
}
