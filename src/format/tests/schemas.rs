//! The lines of each schema compared with the files of `tests/golden`, and the names that each schema publishes.

use super::laws::strict_object;
use super::*;
use serde_json::Value as Json;
use std::collections::HashSet;

/// Each schema with its golden lines.
pub(super) const GOLDEN: [(Schema, &str); 6] = [
    (Schema::Native, include_str!("../../../tests/golden/native.jsonl")),
    (Schema::Usual, include_str!("../../../tests/golden/usual.jsonl")),
    (Schema::Ecs, include_str!("../../../tests/golden/ecs.jsonl")),
    (Schema::Otel, include_str!("../../../tests/golden/otel.jsonl")),
    (Schema::Gcp, include_str!("../../../tests/golden/gcp.jsonl")),
    (Schema::Bunyan, include_str!("../../../tests/golden/bunyan.jsonl")),
];
const GOLDEN_LOGFMT: &str = include_str!("../../../tests/golden/logfmt.txt");

const LEVELS: [Level; 5] = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

pub(super) fn of(schema: Schema) -> LineSettings {
    LineSettings { schema, ..settings() }
}

pub(super) fn with_source(schema: Schema) -> LineSettings {
    LineSettings {
        source: true,
        fields: [("zone", "eu-1"), ("name", "other"), ("version", "1.2 beta")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .to_vec(),
        ..of(schema)
    }
}

fn traced<'a>() -> Sample<'a> {
    Sample {
        extras: vec![
            ("user", 7.into()),
            ("ms", 1.5.into()),
            ("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736".into()),
            ("who", "bob \"b\"".into()),
            ("span_id", 0x00f0_67aa_0ba9_02b7_u64.into()),
            ("ok", true.into()),
            ("none", KvValue::null()),
            ("level", "high".into()),
            ("user", "again".into()),
        ],
        ..sample("connected\nto x")
    }
}

/// The lines of a golden file: one of each level, one with key-values, and one with source and static fields too.
fn golden_lines(layout: &Layout, schema: Schema) -> Vec<String> {
    let (plain, source) = (of(schema), with_source(schema));
    let by_level = LEVELS.map(|level| Sample {
        level,
        ..sample("ready")
    });
    let mut lines: Vec<String> = by_level
        .iter()
        .map(|record| record.render(layout, &plain).0)
        .collect();
    lines.push(traced().render(layout, &plain).0);
    lines.push(traced().render(layout, &source).0);
    lines
}

/// The lines, if they differ from the golden file.
fn differences(lines: &[String], golden: &str) -> String {
    let pid = std::process::id().to_string();
    let golden: Vec<String> = golden.lines().map(|line| line.replace("PID", &pid)).collect();
    if *lines == golden {
        return String::new();
    }
    lines.join("\n").replace(&pid, "PID") + "\n\n"
}

#[test]
fn every_schema_writes_its_golden_lines() {
    let differences = |(schema, golden)| differences(&golden_lines(&Layout::Json, schema), golden);
    let wrong = GOLDEN.map(differences).concat();
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn logfmt_writes_its_golden_lines_whatever_the_schema_of_json_is() {
    for (schema, _) in GOLDEN {
        let wrong = differences(&golden_lines(&Layout::Logfmt, schema), GOLDEN_LOGFMT);
        assert!(wrong.is_empty(), "\n{wrong}");
    }
}

/// The names that a schema publishes (`a/b` is `b` in the object `a`), and our names for fields that it does not define.
pub(super) fn published(schema: Schema) -> (&'static [&'static str], &'static [&'static str]) {
    match schema {
        Schema::Native => (
            &[
                "timestamp",
                "level",
                "target",
                "message",
                "module",
                "file",
                "line",
                "thread",
                "pid",
                "name",
            ],
            &["trace_id", "span_id"],
        ),
        Schema::Usual => (
            &[
                "time", "level", "target", "msg", "module", "file", "line", "thread", "pid", "name",
            ],
            &["trace_id", "span_id"],
        ),
        Schema::Ecs => (
            &[
                "@timestamp",
                "log.level",
                "message",
                "ecs.version",
                "log.logger",
                "service.name",
                "process.pid",
                "process.thread.name",
                "log.origin.file.name",
                "log.origin.file.line",
                "trace.id",
                "span.id",
            ],
            &["module"],
        ),
        Schema::Otel => (
            &[
                "Timestamp",
                "SeverityText",
                "SeverityNumber",
                "Body",
                "TraceId",
                "SpanId",
                "InstrumentationScope/Name",
                "Resource/service.name",
                "Resource/process.pid",
                "Attributes/code.function.name",
                "Attributes/code.file.path",
                "Attributes/code.line.number",
                "Attributes/thread.name",
            ],
            &[],
        ),
        Schema::Gcp => (
            &[
                "time",
                "severity",
                "message",
                "logging.googleapis.com/trace",
                "logging.googleapis.com/spanId",
                "logging.googleapis.com/sourceLocation/file",
                "logging.googleapis.com/sourceLocation/line",
            ],
            &["target", "module", "thread", "pid", "name"],
        ),
        Schema::Bunyan => (
            &[
                "v", "level", "name", "hostname", "pid", "time", "msg", "src/file", "src/line",
            ],
            &["target", "module", "thread", "trace_id", "span_id"],
        ),
    }
}

/// The keys of the record and of the static fields, as golden lines show them.
const OF_THE_USER: [&str; 14] = [
    "user", "ms", "who", "ok", "none", "level", "x_level", "user_2", "x_user", "x_user_2", "zone", "x_name",
    "version", "name",
];

#[test]
fn every_field_is_one_that_the_schema_publishes_or_the_users() {
    for (schema, golden) in GOLDEN {
        let (theirs, ours) = published(schema);
        let mut seen = HashSet::new();
        for (key, value) in golden
            .lines()
            .flat_map(|line| strict_object(&line.replace("PID", "1")))
        {
            match value {
                Json::Object(inner) => seen.extend(inner.keys().map(|inner| format!("{key}/{inner}"))),
                _ => drop(seen.insert(key)),
            }
        }
        for name in &seen {
            let path: &str = name;
            let key = path
                .strip_prefix("Attributes/")
                .or(path.strip_prefix("Resource/"));
            let is_users = OF_THE_USER.contains(&key.unwrap_or(path));
            assert!(
                theirs.contains(&path) || ours.contains(&path) || is_users,
                "{name} is no field of {schema:?}"
            );
        }
        for name in theirs.iter().chain(ours) {
            assert!(
                seen.contains(*name),
                "{name} is missing in the lines of {schema:?}"
            );
        }
    }
}

#[test]
fn types_are_those_that_a_schema_publishes() {
    let line = |schema| -> Json {
        serde_json::from_str(&traced().render(&Layout::Json, &with_source(schema)).0).unwrap()
    };
    let ecs = line(Schema::Ecs);
    assert!(ecs["log.origin.file.line"].is_u64() && ecs["process.pid"].is_u64());
    assert_eq!(ecs["span.id"], "00f067aa0ba902b7");
    let otel = line(Schema::Otel);
    // A 64-bit number is text, as in the JSON of protocol buffers.
    assert_eq!(otel["Timestamp"], "1735787045123456789");
    assert!(otel["SeverityNumber"].is_u64() && otel["Attributes"]["code.line.number"].is_u64());
    let place = &line(Schema::Gcp)["logging.googleapis.com/sourceLocation"];
    assert_eq!(*place, serde_json::json!({ "file": "src/db.rs", "line": "42" }));
    let bunyan = line(Schema::Bunyan);
    assert_eq!((&bunyan["v"], &bunyan["level"]), (&0.into(), &30.into()));
    assert!(bunyan["pid"].is_u64() && bunyan["src"]["line"].is_u64());
}

#[test]
fn the_name_of_this_machine_is_known() {
    let name = crate::process::host_name();
    assert!(!name.is_empty() && !name.contains('\0'), "{name:?}");
}
