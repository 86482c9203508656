//! Lines of every schema: full ones, in other zones, and read back.

use super::laws::strict_object;
use super::schemas::{GOLDEN, of, published, with_source};
use super::*;
use proptest::prelude::*;
use serde_json::Value as Json;

// Objects, room and limits

#[test]
fn an_object_without_a_pair_is_not_there() {
    let mut record = sample("m");
    (record.module, record.file, record.line) = (None, None, None);
    let mut source = of(Schema::Bunyan);
    source.source = true;
    let (line, _) = record.render(&Layout::Json, &source);
    assert!(
        !line.contains("src") && line.contains(r#""thread":"main""#),
        "{line}"
    );
    let (line, _) = record.render(&Layout::Json, &of(Schema::Otel));
    assert!(
        line.ends_with(r#""Body":"m","Resource":{"service.name":"app"}}"#),
        "{line}"
    );
}

#[test]
fn every_line_has_its_fields_and_keeps_its_limit_whatever_fills_it() {
    let long = "n".repeat(200);
    for unit in ["x", "é\u{202e}", "\u{e0041}"] {
        let text = unit.repeat(3_000);
        for (schema, _) in GOLDEN {
            let mut settings = with_source(schema);
            settings.name = long.clone();
            settings.host = long.clone();
            settings.limits.record = SMALLEST_RECORD;
            let record = Sample {
                target: &text,
                module: Some(&text),
                file: Some(&text),
                thread: &text,
                extras: vec![
                    ("trace_id", text.as_str().into()),
                    ("k", 1.into()),
                    ("k", text.as_str().into()),
                ],
                ..sample(&text)
            };
            // `render` looks at the length.
            let (line, flags) = record.render(&Layout::Json, &settings);
            assert!(flags.truncated);
            let object = Json::Object(strict_object(&line).into_iter().collect());
            let (theirs, ours) = published(schema);
            for name in theirs.iter().chain(ours).filter(|name| !is_id_name(name)) {
                let value = name
                    .split('/')
                    .try_fold(&object, |object, key| object.get(key))
                    .or_else(|| object.get(name));
                let in_place = name.rsplit_once('/').map(|(outer, inner)| &object[outer][inner]);
                assert!(
                    value.or(in_place).is_some_and(|value| !value.is_null()),
                    "{name} in {line}"
                );
            }
            assert!(line.contains("extras_left_out"), "{line}");
        }
    }
}

fn is_id_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("trace") || name.contains("span")
}

#[test]
fn times_of_machines_are_in_the_zone_that_was_set_but_where_a_schema_wants_utc() {
    let times = [
        (
            Schema::Native,
            r#""timestamp":"2025-01-02T08:34:05.123456+05:30""#,
        ),
        (Schema::Usual, r#""time":"2025-01-02T08:34:05.123456+05:30""#),
        (Schema::Ecs, r#""@timestamp":"2025-01-02T08:34:05.123456+05:30""#),
        (Schema::Gcp, r#""time":"2025-01-02T08:34:05.123456+05:30""#),
        (Schema::Otel, r#""Timestamp":"1735787045123456789""#),
        (Schema::Bunyan, r#""time":"2025-01-02T03:04:05.123Z""#),
    ];
    for (schema, time) in times {
        let mut settings = of(schema);
        settings.zone = Zone::Fixed(19_800);
        let (line, _) = sample("m").render(&Layout::Json, &settings);
        assert!(line.contains(time), "{line}");
    }
}

#[test]
fn nanoseconds_stay_within_64_bits() {
    let frame = sample("m").frame(LIMITS);
    let mut renderer = Renderer::new(&Layout::Json, of(Schema::Otel));
    let mut time = |secs, nanos| {
        let mut out = Vec::new();
        renderer.render(&View::read(&frame).unwrap(), Wall { secs, nanos }, &mut out);
        serde_json::from_slice::<Json>(&out).unwrap()["Timestamp"].clone()
    };
    assert_eq!(time(0, 5), "5");
    assert_eq!(time(1, 0), "1000000000");
    assert_eq!(time(-2, 500_000_000), "0");
    assert_eq!(time(i64::MAX, 999_999_999), u64::MAX.to_string());
}

// Call sites in the cache

#[test]
fn lines_are_the_same_whether_their_place_is_known_or_new() {
    let long = "t".repeat(700);
    let message = "m".repeat(3_000);
    for (schema, _) in GOLDEN {
        for layout in [Layout::Json, Layout::Logfmt] {
            for source in [false, true] {
                let mut settings = if source { with_source(schema) } else { of(schema) };
                settings.limits.record = 1_600;
                let mut warm = Renderer::new(&layout, settings.clone());
                for n in 0..300 {
                    let record = Sample {
                        level: [Level::Info, Level::Error][n % 2],
                        target: ["a", "ab", "a\u{202e}", &long][n * 7 % 4],
                        module: (n % 3 > 0).then_some(["bc", "c"][n % 2]),
                        file: (n % 5 > 0).then_some(["src/x.rs", "x.rs"][n % 2]),
                        line: (n % 4 > 0).then_some(n as u32 % 70),
                        thread: ["main", "niam", "é\n"][n % 3],
                        ..sample(["m", "m = n", "m=n", "", "é", "a\"b", &message][n % 7])
                    };
                    let frame = record.frame(settings.limits);
                    let mut view = View::read(&frame).unwrap();
                    let is_plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
                    if record.message.chars().all(is_plain) {
                        view.set_plain();
                    }
                    let mut out = Vec::new();
                    let flags = warm.render(&view, MOMENT, &mut out);
                    let fresh = record.render(&layout, &settings);
                    let line = String::from_utf8(out).unwrap();
                    assert_eq!((line.trim_end_matches('\n').to_owned(), flags), fresh, "{n}");
                }
            }
        }
    }
}

// Values read back

/// The key-values of a line, which are its last fields.
fn key_values(schema: Schema, line: &str, fixed: usize) -> Vec<(String, Json)> {
    if schema != Schema::Otel {
        return strict_object(line).split_off(fixed);
    }
    match line.split_once(",\"Attributes\":") {
        Some((_, rest)) => strict_object(rest.strip_suffix('}').unwrap()),
        None => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn values_come_back_from_every_schema_under_unique_keys(
        pairs in round_trip::pairs(), message in any::<String>(), source in any::<bool>()
    ) {
        let mut record = sample(&message);
        for (schema, _) in GOLDEN {
            let settings = if source { with_source(schema) } else { of(schema) };
            let plain = record.render(&Layout::Json, &settings).0;
            let fixed = strict_object(&plain).len();
            let before = if source && schema == Schema::Otel { 4 } else { 0 };
            record.extras = pairs.iter().map(|(key, value)| (key.as_str(), value.logged())).collect();
            let (line, _) = record.render(&Layout::Json, &settings);
            record.extras.clear();
            let names = published(schema);
            let said = names.0.iter().filter(|name| ["message", "Body", "msg"].contains(name));
            let object = Json::Object(strict_object(&line).into_iter().collect());
            prop_assert!(said.map(|name| &object[name]).eq([laws::in_json(&message).as_str()]), "{}", line);
            let values: Vec<Json> = key_values(schema, &line, fixed).into_iter().skip(before).map(|(_, value)| value).collect();
            let wanted: Vec<Json> = pairs.iter().map(|(_, value)| value.as_json_in(schema)).collect();
            prop_assert_eq!(values, wanted, "{}", line);
        }
    }
}
