use super::*;
use serde_json::Value as Json;

fn golden<'a>() -> Sample<'a> {
    Sample {
        extras: vec![
            ("user", 7.into()),
            ("ms", 1.5.into()),
            ("who", "bob \"b\"".into()),
            ("ok", true.into()),
            ("none", KvValue::null()),
        ],
        ..sample("connected\nto x")
    }
}

#[test]
fn a_json_line() {
    let (line, flags) = golden().render(&Layout::Json, &settings());
    assert_eq!(
        line,
        r#"{"timestamp":"2025-01-02T03:04:05.123456Z","level":"INFO","target":"app::db","message":"connected\nto x","user":7,"ms":1.5,"who":"bob \"b\"","ok":true,"none":null}"#
    );
    assert!(flags.escaped && !flags.truncated);
}

#[test]
fn a_logfmt_line() {
    assert_eq!(
        golden().render(&Layout::Logfmt, &settings()).0,
        r#"time="2025-01-02T03:04:05.123456Z" level=INFO target=app::db msg="connected\nto x" user=7 ms=1.5 who="bob \"b\"" ok=true none=null"#
    );
}

#[test]
fn source_and_static_fields_stand_behind_the_message() {
    let mut settings = settings();
    settings.source = true;
    settings.fields = vec![
        ("env".to_owned(), "prod".to_owned()),
        ("name".to_owned(), "other".to_owned()),
        ("env".to_owned(), "twice".to_owned()),
    ];
    let mut record = sample("m");
    record.extras = vec![("file", "mine".into()), ("env", 1.into()), ("x_env", 2.into())];
    let pid = std::process::id();
    assert_eq!(
        record.render(&Layout::Json, &settings).0,
        format!(
            r#"{{"timestamp":"2025-01-02T03:04:05.123456Z","level":"INFO","target":"app::db","message":"m","module":"app::db","file":"src/db.rs","line":42,"thread":"main","pid":{pid},"name":"app","env":"prod","x_name":"other","x_env":"twice","x_file":"mine","x_env_2":1,"x_x_env":2}}"#
        )
    );
    (record.module, record.file, record.line) = (None, None, None);
    record.extras.clear();
    settings.fields.clear();
    assert_eq!(
        record.render(&Layout::Logfmt, &settings).0,
        format!(
            "time=\"2025-01-02T03:04:05.123456Z\" level=INFO target=app::db msg=m thread=main pid={pid} name=app"
        )
    );
}

#[test]
fn reserved_and_equal_keys_are_told_apart() {
    let mut record = sample("m");
    let keys = [
        "level",
        "message",
        "timestamp",
        "target",
        "extras_left_out",
        "name",
        "k",
        "k",
        "k_2",
        "k",
        "a b",
        "a_b",
        "",
        "_",
        "x_level",
    ];
    record.extras = keys.iter().map(|&key| (key, 1.into())).collect();
    let (line, _) = record.render(&Layout::Json, &settings());
    let shown: Vec<&str> = line.split('"').skip(1).step_by(2).skip(8).collect();
    assert_eq!(
        shown,
        [
            "x_level",
            "x_message",
            "x_timestamp",
            "x_target",
            "x_extras_left_out",
            "name",
            "k",
            "k_2",
            "k_2_2",
            "k_3",
            "a_b",
            "a_b_2",
            "x_",
            "x__2",
            "x_level_2"
        ]
    );
}

#[test]
fn every_kind_of_value_is_strict_json() {
    let mut record = sample("m");
    record.extras = vec![
        ("u", u64::MAX.into()),
        ("i", i64::MIN.into()),
        ("u128", KvValue::from(u128::MAX)),
        ("i128", KvValue::from(i128::MIN)),
        ("nan", f64::NAN.into()),
        ("inf", f64::INFINITY.into()),
        ("neg", f64::NEG_INFINITY.into()),
        ("zero", KvValue::from(-0.0)),
        ("big", 1e300.into()),
        ("c", '"'.into()),
    ];
    let (line, _) = record.render(&Layout::Json, &settings());
    assert!(line.ends_with(
        r#","u":18446744073709551615,"i":-9223372036854775808,"u128":"340282366920938463463374607431768211455","i128":"-170141183460469231731687303715884105728","nan":null,"inf":null,"neg":null,"zero":-0.0,"big":1e+300,"c":"\""}"#
    ), "{line}");
    assert!(serde_json::from_str::<Json>(&line).unwrap().is_object());
}

/// `.ci/readers` passes these lines to real programs: the default, integers as text, and a schema without `u64`.
#[test]
fn numbers_and_texts_at_their_limits_are_as_the_golden_lines() {
    let mut record = sample("before\0after");
    record.extras = vec![
        ("most", u64::MAX.into()),
        ("least", i64::MIN.into()),
        ("wide", KvValue::from(u128::MAX)),
        ("ratio", f64::NAN.into()),
    ];
    let cases = [
        (Schema::Native, None),
        (Schema::Native, Some(BigIntegers::Text)),
        (Schema::Ecs, None),
    ];
    let golden = include_str!("../../../tests/golden/numbers.jsonl").lines();
    let lines = cases.map(|(schema, big_integers)| {
        let settings = LineSettings {
            schema,
            big_integers,
            ..settings()
        };
        record.render(&Layout::Json, &settings).0
    });
    assert!(golden.eq(lines.iter()), "{lines:#?}");
}

/// The line of a record with one value that was captured as JSON.
fn with_document(document: &str, limit: usize) -> String {
    let mut frame = crate::record::Draft::new();
    let limits = CaptureLimits::new(100, 100, 100_000, 1_000_000);
    let empty_frame = sample("m").frame(LIMITS);
    let empty = View::read(&empty_frame).unwrap();
    let mut writer = crate::record::FrameWriter::begin(&mut frame, &empty.head());
    writer.message(100, |out| std::fmt::Write::write_str(out, "m"));
    writer.text_extra("doc", crate::record::ValueKind::Json, &limits, |out| {
        std::fmt::Write::write_str(out, document)
    });
    writer.finish();
    let mut settings = settings();
    settings.limits.value = limit;
    let mut out = Vec::new();
    Renderer::new(&Layout::Json, settings).render(&View::read(&frame).unwrap(), MOMENT, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_document_is_embedded_if_it_is_whole() {
    let line = with_document("{\"a\": [1,\n 2.5, null, \"x\u{202e}\\n\"]}", 1_000);
    assert!(
        line.ends_with(",\"doc\":{\"a\": [1,  2.5, null, \"x\\u202e\\n\"]}}\n"),
        "{line}"
    );
    for broken in ["{\"a\":1", "", "nan", "1 2", "{\"a\":1}}", "[1,]", "\"a\nb\""] {
        let line = with_document(broken, 1_000);
        let value: Json = serde_json::from_str(&line).unwrap();
        assert_eq!(value["doc"], Json::from(broken), "{line}");
    }
    // Truncated by the limit.
    let value: Json = serde_json::from_str(&with_document("[1,2,3]", 5)).unwrap();
    assert_eq!(value["doc"], Json::from("[1,2,[...TRUNCATED]"));
    // Deeper than some readers accept.
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let value: Json = serde_json::from_str(&with_document(&deep, 100_000)).unwrap();
    assert_eq!(value["doc"], Json::from(deep.as_str()));
}

#[test]
fn extras_that_do_not_fit_are_counted_and_the_line_stays_json() {
    let mut settings = settings();
    settings.limits.record = 1024;
    settings.limits.value = 400;
    let value = "v".repeat(300);
    let mut record = sample("m");
    record.extras = (0..10).map(|_| ("k", KvValue::from(value.as_str()))).collect();
    let (line, flags) = record.render(&Layout::Json, &settings);
    let object: Json = serde_json::from_str(&line).unwrap();
    assert_eq!(object["extras_left_out"], Json::from(8));
    assert_eq!(
        (object["k"].as_str(), object["k_2"].as_str()),
        (Some(&*value), Some(&*value))
    );
    assert!(flags.truncated);
    let (line, _) = record.render(&Layout::Logfmt, &settings);
    assert!(
        line.ends_with(" extras_left_out=8") || line.ends_with(" extras_left_out=7"),
        "{line}"
    );
}

#[test]
fn a_message_that_outgrows_the_line_when_escaped_is_cut() {
    let mut settings = settings();
    settings.limits.record = 2048;
    settings.source = true;
    let message = "\u{e0041}".repeat(500);
    let (line, flags) = sample(&message).render(&Layout::Json, &settings);
    let object: Json = serde_json::from_str(&line).unwrap();
    let shown = object["message"].as_str().unwrap();
    assert!(
        shown
            .strip_suffix("[...TRUNCATED]")
            .is_some_and(|kept| message.starts_with(kept))
    );
    assert_eq!(object["thread"], Json::from("main"));
    assert!(
        flags.truncated && flags.escaped && line.len() > 1900,
        "{}",
        line.len()
    );
}

#[test]
fn logfmt_values_are_bare_only_if_they_are_what_they_look_like() {
    let table = [
        ("bob", "bob"),
        ("", r#""""#),
        ("a b", r#""a b""#),
        ("a=b", r#""a=b""#),
        ("a\"b", r#""a\"b""#),
        (r"a\b", r#""a\\b""#),
        ("a\nb", r#""a\nb""#),
        ("a\u{202e}", r#""a\u202e""#),
        ("é漢", "é漢"),
        ("[x,y]", "[x,y]"),
    ];
    for (value, wanted) in table {
        let mut record = sample("m");
        record.extras = vec![("k", value.into())];
        let (line, _) = record.render(&Layout::Logfmt, &settings());
        assert!(line.ends_with(&format!(" msg=m k={wanted}")), "{line}");
    }
}
