//! The keys of a line in each schema: those of ids, those that viewers look up, and those of logfmt.

use super::laws::strict_object;
use super::schemas::{of, with_source};
use super::*;
use serde_json::Value as Json;

// Ids

#[test]
fn an_id_is_text_in_hexadecimal_where_a_schema_has_a_place_for_it() {
    let upper = TRACE.to_uppercase();
    let cases: [(KvValue<'_>, Json); 9] = [
        (TRACE.into(), TRACE.into()),
        (255_u64.into(), format!("{:032x}", 255).into()),
        (KvValue::from(u128::MAX), "f".repeat(32).into()),
        (1.into(), format!("{:032x}", 1).into()),
        (KvValue::from_display(&TRACE), TRACE.into()),
        (KvValue::from_display(&upper), TRACE.to_uppercase().into()),
        ((-1).into(), (-1).into()),
        (true.into(), true.into()),
        (KvValue::null(), Json::Null),
    ];
    for (logged, shown) in cases {
        let record = Sample {
            extras: vec![("trace_id", logged)],
            ..sample("m")
        };
        let line =
            |schema| -> Json { serde_json::from_str(&record.render(&Layout::Json, &of(schema)).0).unwrap() };
        assert_eq!(line(Schema::Ecs)["trace.id"], shown);
        assert_eq!(line(Schema::Gcp)["logging.googleapis.com/trace"], shown);
        let otel = line(Schema::Otel);
        // A value that cannot be an id stays a key-value there.
        let (place, other) = match shown {
            Json::String(_) => (&otel["TraceId"], &otel["Attributes"]),
            _ => (&otel["Attributes"]["trace_id"], &otel["TraceId"]),
        };
        assert_eq!((place, other), (&shown, &Json::Null), "{otel}");
        let own = line(Schema::Native);
        assert_eq!(
            own["trace_id"].is_string(),
            shown.is_string() && !own["trace_id"].is_number()
        );
    }
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

#[test]
fn a_field_for_ids_takes_nothing_but_an_id() {
    let long = format!("{TRACE}0");
    let project = format!("projects/shop/traces/{TRACE}");
    let not_hex = TRACE.replace('4', "g");
    let zero = "0".repeat(32);
    let wide = "é".repeat(16);
    let texts = [
        "",
        "abc",
        &TRACE[1..],
        &long,
        SPAN,
        &project,
        &not_hex,
        &zero,
        &wide,
    ];
    let mut traces: Vec<KvValue<'_>> = texts.into_iter().map(KvValue::from).collect();
    traces.extend([
        0.into(),
        (-1).into(),
        1.5.into(),
        'c'.into(),
        true.into(),
        KvValue::null(),
    ]);
    let spans = [
        SPAN[1..].into(),
        TRACE.into(),
        zero[..16].into(),
        0.into(),
        // More than 64 bits.
        KvValue::from(u128::from(u64::MAX) + 1),
    ];
    let pairs = traces.into_iter().map(|value| ("trace_id", value));
    for (key, value) in pairs.chain(spans.map(|value| ("span_id", value))) {
        let mut record = sample("m");
        record.extras = vec![(key, value)];
        let line = record.render(&Layout::Json, &of(Schema::Otel)).0;
        let otel: Json = serde_json::from_str(&line).unwrap();
        assert!(
            !otel["Attributes"][key].is_null() || line.contains(":null}"),
            "{line}"
        );
        assert!(
            otel.get("TraceId").is_none() && otel.get("SpanId").is_none(),
            "{line}"
        );
    }
}

/// Keys that fblog (by its default configuration) and klp (by its README) look up for time, level and message.
const OF_VIEWERS: [&str; 9] = [
    "time",
    "ts",
    "msg",
    "short_message",
    "lvl",
    "severity",
    "loglevel",
    "log_level",
    "log.level",
];

#[test]
fn no_key_that_viewers_take_for_a_field_of_the_line_is_one_of_the_user() {
    let mut record = sample("m");
    record.extras = OF_VIEWERS.map(|key| (key, "theirs".into())).to_vec();
    record
        .extras
        .extend([("timestamp", 1.into()), ("message", 2.into()), ("kept", 3.into())]);
    for (layout, schema, own) in [
        (
            Layout::Json,
            Schema::Native,
            ["timestamp", "level", "target", "message"],
        ),
        (Layout::Json, Schema::Usual, ["time", "level", "target", "msg"]),
        (Layout::Logfmt, Schema::Native, ["time", "level", "target", "msg"]),
    ] {
        let mut settings = of(schema);
        settings.fields = vec![("severity".to_owned(), "static".to_owned())];
        let line = record.render(&layout, &settings).0;
        let keys: Vec<String> = match layout {
            Layout::Json => strict_object(&line).into_iter().map(|(key, _)| key).collect(),
            _ => laws::logfmt_pairs(&line)
                .unwrap()
                .into_iter()
                .map(|(key, _)| key)
                .collect(),
        };
        assert_eq!(keys[..4], own, "{line}");
        let theirs = OF_VIEWERS.iter().chain(&["timestamp", "message"]);
        for key in theirs.filter(|key| !own.contains(key)) {
            assert!(!keys.iter().any(|found| found == key), "{key} in {line}");
            assert!(keys.contains(&format!("x_{key}")), "x_{key} in {line}");
        }
        assert_eq!(keys.last().map(String::as_str), Some("kept"));
    }
}

#[test]
fn logfmt_has_the_names_of_each_schema_without_objects() {
    for (schema, own) in [
        (
            Schema::Native,
            "timestamp level target message module file line thread pid name",
        ),
        (
            Schema::Usual,
            "time level target msg module file line thread pid name",
        ),
        (
            Schema::Ecs,
            "@timestamp log.level message log.logger module log.origin.file.name log.origin.file.line \
                       process.thread.name ecs.version process.pid service.name",
        ),
        (
            Schema::Otel,
            "Timestamp SeverityText SeverityNumber otel.scope.name Body code.function.name \
                        code.file.path code.line.number thread.name process.pid service.name",
        ),
        (
            Schema::Gcp,
            "time severity target message module file line thread pid name",
        ),
        (
            Schema::Bunyan,
            "v time level target msg module file line thread pid name hostname",
        ),
    ] {
        let mut settings = with_source(Schema::Native);
        (settings.logfmt_schema, settings.fields) = (schema, Vec::new());
        let mut record = sample("m");
        record.extras = vec![("trace_id", TRACE.into()), ("k", 1.into())];
        let line = record.render(&Layout::Logfmt, &settings).0;
        let pairs: Vec<(&str, &str)> = line.split(' ').filter_map(|pair| pair.split_once('=')).collect();
        let keys: Vec<&str> = pairs.iter().map(|(key, _)| *key).collect();
        let own: Vec<&str> = own.split_whitespace().collect();
        assert_eq!(keys[..own.len()], own, "{line}");
        assert_eq!(pairs[own.len()].1, TRACE, "{line}");
        assert_eq!(pairs[own.len() + 1..], [("k", "1")], "{line}");
    }
}

#[test]
fn a_second_id_is_another_key_value() {
    let extras = vec![
        ("trace_id", KvValue::null()),
        ("trace_id", TRACE.into()),
        ("trace_id", "two".into()),
        ("k", 1.into()),
        ("span_id", SPAN.into()),
        ("span_id", SPAN.into()),
    ];
    let record = Sample {
        extras,
        ..sample("m")
    };
    let rest = |schema, from: &str| {
        let (line, _) = record.render(&Layout::Json, &of(schema));
        line.split_once(from)
            .map(|(_, rest)| rest.to_owned())
            .unwrap_or(line)
    };
    assert_eq!(
        rest(Schema::Otel, "\"Body\":\"m\","),
        r#""TraceId":"4bf92f3577b34da6a3ce929d0e0e4736","SpanId":"00f067aa0ba902b7","Resource":{"service.name":"app"},"Attributes":{"trace_id":null,"trace_id_2":"two","k":1,"span_id":"00f067aa0ba902b7"}}"#
    );
    assert_eq!(
        rest(Schema::Ecs, "\"service.name\":\"app\","),
        r#""trace.id":null,"trace.id_2":"4bf92f3577b34da6a3ce929d0e0e4736","trace.id_3":"two","k":1,"span.id":"00f067aa0ba902b7","span.id_2":"00f067aa0ba902b7"}"#
    );
}
