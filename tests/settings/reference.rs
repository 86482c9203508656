//! Checks the reference table of settings against the crate: defaults and limits.
//!
//! A unit test of `config` checks that the table has the rows of `src/config/settings`. These tests read the table as a
//! user does, and try each limit on both sides.

use asynclogger::{Capture, Config};
use serde_json::{Map, Value};
use std::fs;
use std::path::Path;

const HEAD: &str = "| setting | default | limits | what it is |";

/// A row: setting, default, limits.
struct Row {
    key: String,
    default: String,
    limits: String,
}

/// The rows of the table, which is in the README or below `src/docs`.
fn rows() -> Vec<Row> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("src/docs")).unwrap();
    let pages = docs.map(|entry| entry.unwrap().path());
    let texts = pages
        .chain([root.join("README.md")])
        .map(|page| fs::read_to_string(page).unwrap());
    let tables: Vec<String> = texts
        .filter_map(|text| Some(text.split_once(HEAD)?.1.to_owned()))
        .collect();
    assert_eq!(tables.len(), 1, "not one page has the line: {HEAD}");
    let lines = tables[0].lines().skip(2).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [key, default, limits, _] = cells[..] else {
            panic!("not four cells: {line}");
        };
        Row {
            key: key.trim_matches('`').to_owned(),
            default: default.to_owned(),
            limits: limits.to_owned(),
        }
    };
    lines.map(row).collect()
}

/// The settings of a new configuration in the form of a file.
fn defaults() -> Map<String, Value> {
    let Value::Object(defaults) = serde_json::to_value(Config::new("app")).unwrap() else {
        panic!("a configuration is not an object");
    };
    defaults
}

/// A value in the form of the table.
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

/// The error of a configuration with `value` for `key`; `None` if it is valid.
fn fault(key: &str, value: &Value) -> Option<String> {
    // Room on both sides, so that only the limit under test applies.
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

/// A value of the table as a number of bytes, nanoseconds or things, or as octal digits.
fn number(key: &str, text: &str) -> u64 {
    if key == "file_mode" {
        return u64::from_str_radix(text, 8).unwrap();
    }
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match &text[digits..] {
        "" | "ns" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "h" => 3_600_000_000_000,
        unit => panic!("{key}: {unit} is not a unit that this test knows"),
    };
    text[..digits].parse::<u64>().unwrap() * factor
}

/// The number in the form that a file has for this setting.
fn value(key: &str, default: &str, number: i128) -> Value {
    if key == "file_mode" {
        return Value::from(format!("{number:04o}"));
    }
    let has_unit = ["ms`", "s`", "h`"].iter().any(|unit| default.ends_with(unit));
    let is_time = has_unit && !key.ends_with("_bytes");
    match (is_time, default.contains("block_for=")) {
        (true, true) => serde_json::json!({ "block_for": format!("{number}ns") }),
        (true, false) => Value::from(format!("{number}ns")),
        (false, _) => Value::from(i64::try_from(number).unwrap()),
    }
}

/// The number of a limit: a value, a setting (its default), or four times a setting.
fn limit(key: &str, words: &str, rows: &[Row]) -> i128 {
    let (factor, words) = words
        .strip_prefix("four times ")
        .map_or((1, words), |words| (4, words));
    let text = words.trim_matches('`');
    let other = rows.iter().find(|row| row.key == text);
    let default = other.map_or(text, |row| row.default.trim_matches('`'));
    factor * i128::from(number(key, default))
}

/// The smallest and the largest valid number according to the table.
fn bounds(row: &Row, rows: &[Row]) -> (Option<i128>, Option<i128>) {
    let (mut least, mut most) = (None, None);
    let limit = |words| Some(limit(&row.key, words, rows));
    for part in row.limits.split(", ") {
        if let Some(words) = part.strip_prefix("from ") {
            least = limit(words);
        } else if let Some(words) = part.strip_prefix("at most ") {
            most = limit(words);
        } else if let Some((from, to)) = part.split_once(" to ") {
            (least, most) = (limit(from), limit(to));
        } else {
            panic!("{}: the limit in words `{part}` needs a test", row.key);
        }
    }
    (least, most)
}

#[test]
fn every_setting_is_in_the_table_and_nothing_else() {
    let mut documented: Vec<String> = rows().into_iter().map(|row| row.key).collect();
    documented.sort_unstable();
    // The sample file has every setting, set or in a comment, as another test checks.
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
            // In words: the setting is not set, or is the given name.
            _ => assert!(
                key == "name" || matches!(value.as_str(), "" | "null"),
                "{key} = {value}, not {default}"
            ),
        }
    }
}

/// Limits that are not numbers; tests below try them.
const IN_WORDS: [&str; 3] = ["name", "time_zone", "field"];

#[test]
fn the_limits_of_the_table_are_those_of_the_check() {
    let rows = rows();
    let with_limits = rows
        .iter()
        .filter(|row| !row.limits.is_empty() && !IN_WORDS.contains(&row.key.as_str()));
    let mut tried = 0;
    for row in with_limits {
        let (least, most) = bounds(row, &rows);
        let valid = [least, most].into_iter().flatten();
        let invalid = [least.map(|least| least - 1), most.map(|most| most + 1)];
        let try_it = |number| fault(&row.key, &value(&row.key, &row.default, number));
        for number in valid {
            assert_eq!(try_it(number), None, "{} = {number} is within the limit", row.key);
            tried += 1;
        }
        for number in invalid.into_iter().flatten() {
            let error = try_it(number).unwrap_or_else(|| panic!("{} = {number} is valid", row.key));
            assert!(error.contains(&row.key), "{error}");
        }
    }
    assert!(
        tried >= 16,
        "only {tried} limits: the reader of the table is at fault"
    );
}

#[test]
fn the_limits_in_words_are_those_of_the_check() {
    let name = "n".repeat(200);
    assert_eq!(fault("name", &Value::from(name.as_str())), None);
    for faulty in ["", "a/b", &format!("{name}n")] {
        assert!(fault("name", &Value::from(faulty)).is_some(), "{faulty:?}");
    }
    assert_eq!(fault("time_zone", &Value::from("+23:59")), None);
    assert!(fault("time_zone", &Value::from("+24:00")).is_some());
    // A quarter of 32 KiB for all together: seven values of a kilobyte fit, nine do not.
    let fields = |count: usize| {
        let config = Config::new("app").console(None);
        let value = "v".repeat(1_000);
        let config = (0..count).fold(config, |config, n| config.field(format!("k{n}"), value.as_str()));
        asynclogger::AsyncLogger::start_with(config, Capture::new()).map(drop)
    };
    assert!(fields(7).is_ok());
    assert!(fields(9).unwrap_err().to_string().contains("max_record_bytes"));
}
