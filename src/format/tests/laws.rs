use super::*;
use crate::escape::terminal::Terminal;
use proptest::prelude::*;

/// Renders `text` in every place of a record at once.
fn everywhere(text: &str, layout: &Layout, color: bool) -> (String, LineFlags) {
    let record = Sample {
        level: Level::Warn,
        target: text,
        module: Some(text),
        file: Some(text),
        line: Some(1),
        thread: text,
        message: text,
        extras: vec![
            (text, 1.into()),
            ("str", text.into()),
            ("display", KvValue::from_display(&text)),
            ("debug", KvValue::from_debug(&text)),
        ],
    };
    let settings = LineSettings {
        name: text.to_owned(),
        color,
        source: true,
        fields: vec![(text.to_owned(), text.to_owned())],
        ..settings()
    };
    record.render(layout, &settings)
}

const ALL_FIELDS: &str = "<dim>{time}<reset> <level_color>{level:<5}</> {target:>9} {module} {file}:{line} {thread} {pid} {name:^7} {message} {key:str}{extras}";

fn layouts() -> [Layout; 3] {
    [text(ALL_FIELDS), Layout::Json, Layout::Logfmt]
}

/// What a reader of JSON or logfmt gets back of `text`.
pub(super) fn in_json(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

#[track_caller]
fn is_safe(line: &str, styles: usize) {
    let seen = Terminal::reads(line);
    assert_eq!((seen.styled, seen.controls), (styles, 0), "{line:?}");
    if styles == 0 {
        assert!(!line.chars().any(crate::escape::needs_escape), "{line:?}");
    }
}

/// Reads an object and refuses a repeated key, which lenient readers accept.
pub(super) fn strict_object(line: &str) -> Vec<(String, serde_json::Value)> {
    struct Pairs(Vec<(String, serde_json::Value)>);
    impl<'de> serde::Deserialize<'de> for Pairs {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Pairs;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Pairs, M::Error> {
                    let mut pairs = Vec::new();
                    while let Some(pair) = map.next_entry()? {
                        pairs.push(pair);
                    }
                    Ok(Pairs(pairs))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    let Pairs(pairs) = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let keys: std::collections::HashSet<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys.len(), pairs.len(), "a key twice: {line}");
    pairs
}

/// Reads a logfmt line as go-logfmt does; `None` for a line that it refuses.
pub(super) fn logfmt_pairs(line: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = line;
    loop {
        let (key, after) = rest.split_once('=')?;
        if key.is_empty()
            || !key
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
        {
            return None;
        }
        let value_len = if after.starts_with('"') {
            let mut stream = serde_json::Deserializer::from_str(after).into_iter::<String>();
            pairs.push((key.to_owned(), stream.next()?.ok()?));
            stream.byte_offset()
        } else {
            let end = after.find(' ').unwrap_or(after.len());
            pairs.push((key.to_owned(), after[..end].to_owned()));
            end
        };
        rest = &after[value_len..];
        match rest.strip_prefix(' ') {
            Some(next) => rest = next,
            None => return rest.is_empty().then_some(pairs),
        }
    }
}

#[track_caller]
fn holds_the_laws(payload: &str) {
    let [text_layout, json, logfmt] = layouts();
    is_safe(&everywhere(payload, &text_layout, false).0, 0);
    // The style of `Warn` is two codes.
    is_safe(&everywhere(payload, &text_layout, true).0, 5);
    let (line, _) = everywhere(payload, &json, true);
    is_safe(&line, 0);
    let pairs = strict_object(&line);
    let shown = |key: &str| {
        pairs
            .iter()
            .find(|(name, _)| name == key)
            .and_then(|(_, value)| value.as_str())
    };
    for key in [
        "target", "message", "module", "file", "thread", "name", "str", "display",
    ] {
        assert_eq!(shown(key), Some(&*in_json(payload)), "{key} of {line}");
    }
    assert_eq!(pairs.len(), 4 + 6 + 1 + 4);
    let (line, _) = everywhere(payload, &logfmt, true);
    is_safe(&line, 0);
    let pairs = logfmt_pairs(&line).unwrap_or_else(|| panic!("not logfmt: {line}"));
    assert_eq!(pairs.len(), 4 + 6 + 1 + 4, "{line}");
    assert_eq!(pairs[3], ("msg".to_owned(), in_json(payload)));
}

#[test]
fn payloads_are_inert_in_every_place_of_every_layout() {
    let payloads = [
        "user=bob\nERROR admin logged in",
        "\r\n\r\n",
        "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m",
        "a\u{85}b\u{2028}c\u{2029}d\u{b}e\u{c}f\u{1c}g",
        "\u{202e}abc\u{2066}def\u{2069}\u{200b}\u{feff}\u{ad}",
        "\u{e0041}\u{e007f}",
        "\",\"level\":\"ERROR\",\"x\":\"",
        "\\\",\"admin\":true,\"",
        "a b=c d=\"e\" level=ERROR",
        "], [admin=1",
        "{level} <red> ${jndi:ldap://x} %n %0a &#10;",
        "\0\u{1}\u{7f}\u{80}",
        "né 漢字 👩\u{200d}👩 ❤\u{fe0f} می\u{200c}خواهم",
    ];
    payloads.into_iter().for_each(holds_the_laws);
}

proptest! {
    #[test]
    fn any_text_is_inert_in_every_place_of_every_layout(payload in "\\PC{0,5}[ -~]{0,10}(\\n|\u{1b}|\u{202e}|\\\\|\"|=|.){0,6}") {
        // A key-value whose key is cut or reserved has another name; the rest of the laws is for any text.
        if !payload.is_empty() {
            holds_the_laws(&payload);
        }
    }

    #[test]
    fn no_line_is_longer_than_its_limit(
        message in 0usize..3_000, value in 0usize..2_000, extras in 0usize..12, limit in 1024usize..4_000,
        unit in prop_oneof![Just("a"), Just("é"), Just("\n"), Just("\u{202e}"), Just("\u{e0041}"), Just("\\\"")],
    ) {
        let mut settings = settings();
        settings.limits = LineLimits { message: 1_500, key: 20, value: 700, record: limit };
        settings.source = true;
        settings.fields = vec![("env".to_owned(), unit.repeat(30))];
        let (message, value) = (unit.repeat(message), unit.repeat(value));
        let record = Sample {
            extras: (0..extras).map(|_| ("key of a value", KvValue::from(value.as_str()))).collect(),
            target: &message[..message.len().min(unit.len() * 40)],
            ..sample(&message)
        };
        for layout in layouts() {
            let (line, _) = record.render(&layout, &settings);
            is_safe(&line, 0);
            match layout {
                Layout::Json => drop(strict_object(&line)),
                Layout::Logfmt => prop_assert!(logfmt_pairs(&line).is_some(), "{}", line),
                Layout::Text(_) => prop_assert!(line.contains("-01-02T03:04:05")),
            }
        }
    }
}

#[test]
fn a_message_that_fills_the_line_pushes_no_static_field_out() {
    let mut settings = settings();
    settings.limits.record = 1024;
    settings.fields = vec![("env".to_owned(), "p".repeat(200))];
    let message = "x".repeat(5_000);
    let env = "p".repeat(200);
    let mut record = sample(&message);
    for extras in [0, 1, 50] {
        record.extras = (0..extras)
            .map(|_| ("key", KvValue::from("a value of some length")))
            .collect();
        let (line, _) = record.render(&default_layout(), &settings);
        assert!(
            line.contains(&format!("env={env}")) && line.ends_with(']'),
            "{line}"
        );
        let (line, _) = record.render(&Layout::Json, &settings);
        assert!(strict_object(&line).iter().any(|(key, _)| key == "env"), "{line}");
        let (line, _) = record.render(&Layout::Logfmt, &settings);
        assert!(line.contains(&format!(" env={env}")), "{line}");
    }
}
