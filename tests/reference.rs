//! The README's table of settings, held to what the crate does: every setting is in it, with its default and limits.

use asynclogger::{Capture, Config};
use serde_json::{Map, Value};
use std::fs;

/// A row: setting, default, limits.
struct Row {
    key: String,
    default: String,
    limits: String,
}

fn rows() -> Vec<Row> {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let chapter = readme.split("\n## Settings\n").nth(1).unwrap();
    let chapter = chapter.split("\n## ").next().unwrap();
    let rows = chapter
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [key, default, limits, _] = cells[..] else {
                panic!("not four cells: {line}");
            };
            Row {
                key: key.trim_matches('`').to_owned(),
                default: default.to_owned(),
                limits: limits.to_owned(),
            }
        });
    rows.collect()
}

/// The settings of a fresh configuration as a file holds them.
fn defaults() -> Map<String, Value> {
    let Value::Object(defaults) = serde_json::to_value(Config::new("app")).unwrap() else {
        panic!("a configuration is no object");
    };
    defaults
}

/// A value as the table writes it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| format!("{key}={}", shown(value)));
            pairs.collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

/// What is said when a configuration holds `value` for `key`; nothing if it is sound.
fn fault(key: &str, value: &Value) -> Option<String> {
    // Room on both sides, so that only the limit at hand is met.
    let mut settings = serde_json::json!({ "name": "app", key: value });
    if key == "max_record_bytes" {
        let room = serde_json::json!("1GiB");
        let small = serde_json::json!(1);
        for (key, value) in [("queue_bytes", &room), ("batch_bytes", &room)] {
            settings[key] = value.clone();
        }
        for key in ["max_message_bytes", "max_value_bytes"] {
            settings[key] = small.clone();
        }
    }
    match serde_json::from_value::<Config>(settings) {
        Ok(config) => config.validate().err().map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

#[track_caller]
fn assert_limit(key: &str, sound: &str, faulty: &str) {
    let value = |text: &str| match text.parse::<u64>() {
        Ok(number) if key != "file_mode" => Value::from(number),
        _ => match text.split_once('=') {
            Some((inner, text)) => serde_json::json!({ inner: text }),
            None => Value::from(text),
        },
    };
    assert_eq!(
        fault(key, &value(sound)),
        None,
        "{key} = {sound} is within the limit"
    );
    let told = fault(key, &value(faulty)).unwrap_or_else(|| panic!("{key} = {faulty} is beyond the limit"));
    assert!(told.contains(key), "{told}");
}

#[test]
fn every_setting_is_in_the_table_and_nothing_else() {
    let mut documented: Vec<String> = rows().into_iter().map(|row| row.key).collect();
    documented.sort_unstable();
    // The sample file has every setting, set or in a comment; a test of its own holds it to that.
    let sample =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/asynclogger.toml")).unwrap();
    let key = |line: &str| {
        let line = line.strip_prefix('#').unwrap_or(line);
        let key = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        let key = key.or_else(|| line.split_once(" = ").map(|(key, _)| key))?;
        let plain = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        plain.then(|| key.to_owned())
    };
    let mut settings: Vec<String> = sample.lines().filter_map(key).collect();
    assert!(!is_setting("max_byte"));
    settings.retain(|key| is_setting(key));
    settings.sort_unstable();
    settings.dedup();
    assert_eq!(documented, settings);
}

/// Whether a file may hold `key`.
fn is_setting(key: &str) -> bool {
    let read = toml::from_str::<Config>(&format!("{key} = []"));
    !read.is_err_and(|error| error.to_string().contains("there is no such setting"))
}

#[test]
fn the_defaults_of_the_table_are_those_of_a_fresh_configuration() {
    let defaults = defaults();
    for Row { key, default, .. } in rows() {
        let value = defaults.get(&key).map(shown).unwrap_or_default();
        match default.strip_prefix('`').and_then(|text| text.strip_suffix('`')) {
            Some(text) if !text.contains('`') => assert_eq!(value, text, "{key}"),
            // In words: it is not set, or it is the name, which was given.
            _ => assert!(
                key == "name" || matches!(value.as_str(), "" | "null"),
                "{key} = {value}, not {default}"
            ),
        }
    }
}

#[test]
fn the_limits_of_the_table_are_those_of_the_check() {
    let cases = [
        ("max_bytes", "from `1`", vec![("1", "0")]),
        ("backup_count", "from `0`", vec![("0", "-1")]),
        (
            "file_mode",
            "`0600` to `0777`",
            vec![("0600", "0577"), ("0777", "1777")],
        ),
        (
            "queue_bytes",
            "from four times `max_record_bytes`",
            vec![("131072", "131071")],
        ),
        (
            "overflow",
            "at most `24h`",
            vec![("block_for=24h", "block_for=86401s")],
        ),
        ("batch_bytes", "from `max_record_bytes`", vec![("32768", "32767")]),
        (
            "flush_interval",
            "`1ns` to `1h`",
            vec![("1ns", "0s"), ("1h", "3601s")],
        ),
        ("shutdown_timeout", "at most `24h`", vec![("24h", "86401s")]),
        (
            "max_message_bytes",
            "from `1`, at most `max_record_bytes`",
            vec![("1", "0"), ("32768", "32769")],
        ),
        (
            "max_key_bytes",
            "`8` to `4096`",
            vec![("8", "7"), ("4096", "4097")],
        ),
        (
            "max_value_bytes",
            "from `1`, at most `max_record_bytes`",
            vec![("1", "0"), ("32768", "32769")],
        ),
        (
            "max_record_bytes",
            "`1KiB` to `64MiB`",
            vec![("1024", "1023"), ("67108864", "67108865")],
        ),
        ("time_zone", "less than 24 h from it", vec![("+23:59", "+24:00")]),
    ];
    let rows = rows();
    for (key, limits, pairs) in &cases {
        let row = rows.iter().find(|row| row.key == *key).unwrap();
        assert_eq!(row.limits, *limits, "{key}: the table and this test differ");
        for (sound, faulty) in pairs {
            assert_limit(key, sound, faulty);
        }
    }
    let in_words = ["name", "field"];
    let untested = rows
        .iter()
        .filter(|row| !row.limits.is_empty() && !cases.iter().any(|(key, ..)| *key == row.key));
    assert_eq!(untested.map(|row| row.key.as_str()).collect::<Vec<_>>(), in_words);
}

#[test]
fn the_limits_in_words_are_those_of_the_check() {
    let name = "n".repeat(200);
    assert_eq!(fault("name", &Value::from(name.as_str())), None);
    for faulty in ["", "a/b", &format!("{name}n")] {
        assert!(fault("name", &Value::from(faulty)).is_some(), "{faulty:?}");
    }
    // A quarter of 32 KiB, together: seven values of a kilobyte fit, nine do not.
    let fields = |count: usize| {
        let config = Config::new("app").console(None);
        let value = "v".repeat(1_000);
        let config = (0..count).fold(config, |config, n| config.field(format!("k{n}"), value.as_str()));
        asynclogger::AsyncLogger::start_with(config, Capture::new()).map(drop)
    };
    assert!(fields(7).is_ok());
    assert!(fields(9).unwrap_err().to_string().contains("max_record_bytes"));
}
