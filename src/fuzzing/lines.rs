//! Records of arbitrary parts, and the invariants of their lines.

use super::input::Input;
use super::layout;
use crate::clock::Wall;
use crate::config::{Format, Schema};
use crate::escape::needs_escape;
use crate::format::{Layout, LineFlags, LineLimits, LineSettings, Renderer};
use crate::record::{Extra, FrameWriter, Head, Value, View};
use log::Level;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

const TEMPLATE: &str = "<dim>{time}<reset> <level_color>{level:<5}</> {target:>9} {module} {file}:{line} {thread} {pid} {name:^7} {message} {key:str}{extras}";
const SCHEMAS: [Schema; 6] = [
    Schema::Native,
    Schema::Usual,
    Schema::Ecs,
    Schema::Otel,
    Schema::Gcp,
    Schema::Bunyan,
];

/// 2025-01-02 03:04:05.123456789 UTC.
const MOMENT: Wall = Wall {
    secs: 1_735_787_045,
    nanos: 123_456_789,
};

/// Calls `check` with the record that `input` describes: a byte of choices, the texts of its head, the message, and
/// then a byte, a key and a value for each key-value.
pub(super) fn record(input: &mut Input<'_>, check: impl FnOnce(View<'_>)) {
    let choice = input.byte();
    let (message, target, thread) = (input.text(), input.text(), input.text());
    let head = Head {
        level: [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace][usize::from(choice % 5)],
        target: &target,
        module: (choice & 8 != 0).then_some(&target),
        file: (choice & 16 != 0).then_some(&thread),
        line: (choice & 32 != 0).then_some(u32::from(choice)),
        thread: &thread,
        on_stderr: false,
    };
    let mut frame = crate::record::Draft::new();
    let mut writer = FrameWriter::begin(&mut frame, &head);
    writer.message(usize::MAX, |out| out.write_str(&message));
    if choice & 64 != 0 {
        writer.mark_cut();
    }
    while !input.is_empty() {
        let (kind, key, text) = (input.byte(), input.text(), input.text());
        let value = value(kind, &text);
        let cut = kind & 128 != 0 && value_text(&value).is_some();
        let extra = Extra {
            key: key.as_bytes(),
            value,
            cut,
        };
        writer.copy_extra(&extra, None);
    }
    writer.finish();
    check(View::read(&frame).expect("what was written can be read"));
}

fn value(kind: u8, text: &str) -> Value<'_> {
    let bits = Input(text.as_bytes()).number();
    match kind % 13 {
        0 => Value::U64(bits),
        1 => Value::I64(bits as i64),
        2 => Value::U128(u128::from(bits) << 50),
        3 => Value::I128(-i128::from(bits) << 50),
        4 => Value::F64(f64::from_bits(bits)),
        5 => Value::Bool(bits % 2 == 1),
        6 => Value::Char(text.chars().next().unwrap_or('\0')),
        7 => Value::Null,
        8 => Value::Text(text),
        9 => Value::Error(text),
        10 | 11 => Value::Json(text),
        _ => Value::Str(text),
    }
}

fn value_text<'a>(value: &Value<'a>) -> Option<&'a str> {
    match value {
        Value::Str(text) | Value::Text(text) | Value::Error(text) | Value::Json(text) => Some(text),
        _ => None,
    }
}

fn settings(schema: Schema, color: bool) -> LineSettings {
    let limits = LineLimits {
        message: 512,
        key: 64,
        value: 128,
        record: 2048,
    };
    LineSettings {
        color,
        fields: vec![("env".to_owned(), "prod".to_owned())],
        source: true,
        schema,
        host: "host-1".to_owned(),
        ..LineSettings::new("app".to_owned(), limits)
    }
}

/// Checks that the line of `view` is safe in every layout and schema, with colour.
pub(super) fn in_all_layouts(view: &View<'_>) {
    in_layout(view, &layout(&Format::Text(TEMPLATE.to_owned())));
    in_layout(view, &Layout::Logfmt);
    for schema in SCHEMAS {
        let line = is_inert(view, &Layout::Json, &settings(schema, true));
        object(&line);
    }
}

/// Checks that the line of `view` is safe in one layout, with and without colour.
pub(super) fn in_layout(view: &View<'_>, layout: &Layout) {
    for color in [false, true] {
        is_inert(view, layout, &settings(Schema::Native, color));
    }
}

/// Returns the line of `view` after checking that it is one line, within its limit, and that a terminal interprets
/// nothing in it but styles.
pub(super) fn is_inert(view: &View<'_>, layout: &Layout, settings: &LineSettings) -> String {
    let (line, _) = render(view, layout, settings);
    let text = if settings.color {
        without_styles(&line)
    } else {
        line.clone()
    };
    assert!(!text.contains(needs_escape), "{line:?}");
    line
}

fn render(view: &View<'_>, layout: &Layout, settings: &LineSettings) -> (String, LineFlags) {
    let mut out = Vec::new();
    let mut renderer = Renderer::new(layout, settings.clone());
    let flags = renderer.render(view, MOMENT, &mut out);
    assert!(
        out.len() <= settings.limits.record.max(1024),
        "{} bytes",
        out.len()
    );
    let line = String::from_utf8(out).expect("a line is UTF-8");
    let line = line.strip_suffix('\n').expect("a line ends");
    (line.to_owned(), flags)
}

/// `line` without `ESC [ digits and semicolons m`.
fn without_styles(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        let rest = rest.strip_prefix('m').unwrap_or("\u{1b}");
        text.push_str(rest);
    }
    text
}

/// Checks that a JSON parser gets back the message and the values of `view`, unless something was cut.
pub(super) fn says_what_was_logged(view: &View<'_>) {
    let (line, flags) = render(view, &Layout::Json, &settings(Schema::Native, false));
    let object = object(&line);
    if flags.truncated {
        return;
    }
    assert_eq!(
        object.get("message").and_then(Json::as_str),
        Some(&*in_json(view.message())),
        "{line}"
    );
    for extra in view.extras() {
        let Value::Json(text) = extra.value else { continue };
        let is_it = |shown: &Json| {
            *shown == *in_json(text) || serde_json::from_str(text).is_ok_and(|value: Json| value == *shown)
        };
        assert!(object.values().any(is_it), "{text:?} is not in {line}");
    }
}

/// What a parser gets back of `text`: everything but NUL.
fn in_json(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

/// Parses the line as an object. A repeated key is an error, which a lenient parser would accept.
fn object(line: &str) -> BTreeMap<String, Json> {
    struct Strict(BTreeMap<String, Json>);
    impl<'de> serde::Deserialize<'de> for Strict {
        fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Strict, D::Error> {
            reader.deserialize_map(Pairs).map(Strict)
        }
    }
    struct Pairs;
    impl<'de> serde::de::Visitor<'de> for Pairs {
        type Value = BTreeMap<String, Json>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut pairs = BTreeMap::new();
            while let Some((key, value)) = map.next_entry::<String, Json>()? {
                if pairs.insert(key, value).is_some() {
                    return Err(serde::de::Error::custom("a key twice"));
                }
            }
            Ok(pairs)
        }
    }
    let Strict(pairs) = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    pairs
}
