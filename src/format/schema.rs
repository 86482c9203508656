//! Tables with the names of each schema and the numbers of its levels.
//!
//! `machine` puts lines together from them. Sources of the names:
//!
//! - ECS: the fields `@timestamp`, `log.level`, `message` come first, as the specification of ECS logging
//!   (github.com/elastic/ecs-logging, `spec/spec.json`) has it; the rest is in the field reference
//!   (elastic.co/docs/reference/ecs, the pages base, log, service, process, tracing, ecs).
//! - OpenTelemetry: "Logs Data Model", stable (opentelemetry.io/docs/specs/otel/logs/data-model), with the smallest
//!   severity number of each range, and a time in nanoseconds as text, as in the examples of OTEP 0097; attributes by
//!   the semantic conventions 1.42 for code, thread, process and service. In logfmt, which has no objects, the scope is
//!   `otel.scope.name`, as in the specification's page on formats other than OTLP.
//! - Google Cloud: "Structured logging" (cloud.google.com/logging/docs/structured-logging) for the special fields, and
//!   `LogEntrySourceLocation` of the reference of `LogEntry`, whose line is an int64 and so a text in JSON.
//! - Bunyan: "Log Record Fields" of its README (github.com/trentm/node-bunyan): v, level, name, hostname, pid, time and
//!   msg are required, src is optional; the time is as of JavaScript's `Date.toISOString`.
//! - Usual: `time`, `level` and `msg` are the names of Go's `log/slog`, of logrus, and of pino.

use super::number::IntegerRange;
use crate::config::Schema;

/// The field names of a schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    /// Fields with a constant value, given as written; they come first in a line.
    pub(super) first: &'static [(&'static str, &'static str)],
    pub(super) time: &'static str,
    pub(super) time_form: TimeForm,
    /// One or more fields for the level.
    pub(super) levels: &'static [LevelField],
    /// The field of the target; with two names, the second is a field inside the object of the first.
    pub(super) target: &'static [&'static str],
    /// The field of the target in a syntax without objects.
    pub(super) flat_target: &'static [&'static str],
    pub(super) message: &'static str,
    pub(super) message_before_target: bool,
    pub(super) trace: Ids,
    pub(super) module: &'static str,
    pub(super) file: &'static str,
    pub(super) line: &'static str,
    /// Whether the line number is written as a string.
    pub(super) line_is_text: bool,
    /// The object that contains file and line, if there is one.
    pub(super) place: Option<&'static str>,
    pub(super) thread: &'static str,
    pub(super) pid: &'static str,
    pub(super) name: &'static str,
    pub(super) host: Option<&'static str>,
    /// Process fields that are written even if the source fields are off.
    pub(super) always: &'static [ProcessField],
    /// Text fields with a constant value.
    pub(super) constants: &'static [(&'static str, &'static str)],
    /// The object that contains process, name and static fields, if there is one.
    pub(super) resource: Option<&'static str>,
    /// The object that contains the source fields and key-values, if there is one.
    pub(super) attributes: Option<&'static str>,
    /// The name of the key-value `error`, which is text there, if the schema has one.
    pub(super) error: Option<&'static str>,
    /// The integers that readers of the schema take as numbers.
    pub(super) integers: IntegerRange,
    /// Other keys with a special meaning for readers of the schema; a key-value may not have them.
    pub(super) reserved: &'static [&'static str],
}

/// A field about the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProcessField {
    Pid,
    Name,
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeForm {
    /// RFC 3339 with microseconds, in the configured zone.
    Rfc3339,
    /// RFC 3339 with milliseconds, in UTC.
    UtcMillis,
    /// Nanoseconds since 1970.
    UnixNanos,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct LevelField {
    pub(super) key: &'static str,
    pub(super) is_text: bool,
    /// `Error` first.
    pub(super) values: [&'static str; 5],
}

/// Where the key-values `trace_id` and `span_id` are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// Among the other key-values.
    KeyValues,
    /// Among the other key-values, under these names.
    Renamed([&'static str; 2]),
    /// Outside the object of the key-values, under these names.
    TopLevel([&'static str; 2]),
}

/// The keys that `Ids` is about, with the number of hexadecimal digits of such an id (W3C Trace Context).
pub(super) const ID_KEYS: [(&str, u8); 2] = [("trace_id", 32), ("span_id", 16)];

pub(super) fn names(schema: Schema) -> &'static Names {
    match schema {
        Schema::Native => &NATIVE,
        Schema::Usual => &USUAL,
        Schema::Ecs => &ECS,
        Schema::Otel => &OTEL,
        Schema::Gcp => &GCP,
        Schema::Bunyan => &BUNYAN,
    }
}

/// The names of `schema` in a syntax without objects: all fields are fields of the line.
pub(super) fn flat_names(schema: Schema) -> Names {
    let names = *names(schema);
    Names {
        target: names.flat_target,
        trace: match names.trace {
            Ids::TopLevel(keys) => Ids::Renamed(keys),
            other => other,
        },
        place: None,
        resource: None,
        attributes: None,
        ..names
    }
}

const UPPER: [&str; 5] = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];

static NATIVE: Names = Names {
    first: &[],
    time: "timestamp",
    time_form: TimeForm::Rfc3339,
    levels: &[LevelField {
        key: "level",
        is_text: true,
        values: UPPER,
    }],
    target: &["target"],
    flat_target: &["target"],
    message: "message",
    message_before_target: false,
    trace: Ids::KeyValues,
    module: "module",
    file: "file",
    line: "line",
    line_is_text: false,
    place: None,
    thread: "thread",
    pid: "pid",
    name: "name",
    host: None,
    always: &[],
    constants: &[],
    resource: None,
    attributes: None,
    error: None,
    integers: IntegerRange::UP_TO_64_BITS,
    // Viewers take these keys for the time, message or level of a line: fblog prefers `short_message` and `msg` to
    // `message` (its `default_config.toml`), klp knows the others too (its README).
    reserved: &[
        "time",
        "ts",
        "msg",
        "short_message",
        "lvl",
        "severity",
        "loglevel",
        "log_level",
        "log.level",
    ],
};

static USUAL: Names = Names {
    time: "time",
    message: "msg",
    // As in `NATIVE`.
    reserved: &[
        "timestamp",
        "ts",
        "message",
        "short_message",
        "lvl",
        "severity",
        "loglevel",
        "log_level",
        "log.level",
    ],
    ..NATIVE
};

static ECS: Names = Names {
    time: "@timestamp",
    levels: &[LevelField {
        key: "log.level",
        is_text: true,
        values: ["error", "warn", "info", "debug", "trace"],
    }],
    target: &["log.logger"],
    flat_target: &["log.logger"],
    message_before_target: true,
    trace: Ids::Renamed(["trace.id", "span.id"]),
    file: "log.origin.file.name",
    line: "log.origin.file.line",
    thread: "process.thread.name",
    pid: "process.pid",
    name: "service.name",
    always: &[ProcessField::Name],
    // The last version of the 8.x series; it defines all of these fields.
    constants: &[("ecs.version", "8.17.0")],
    error: Some("error.message"),
    // `long` is signed.
    integers: IntegerRange::I64,
    // Top-level objects of ECS, in which Elasticsearch accepts no plain value.
    reserved: &[
        "agent",
        "client",
        "cloud",
        "container",
        "data_stream",
        "destination",
        "device",
        "dll",
        "dns",
        "ecs",
        "email",
        "error",
        "event",
        "faas",
        "file",
        "group",
        "host",
        "http",
        "labels",
        "log",
        "network",
        "observer",
        "orchestrator",
        "organization",
        "package",
        "process",
        "registry",
        "related",
        "rule",
        "server",
        "service",
        "source",
        "span",
        "threat",
        "tls",
        "trace",
        "transaction",
        "url",
        "user",
        "user_agent",
        "volume",
        "vulnerability",
    ],
    ..NATIVE
};

static OTEL: Names = Names {
    time: "Timestamp",
    time_form: TimeForm::UnixNanos,
    levels: &[
        LevelField {
            key: "SeverityText",
            is_text: true,
            values: UPPER,
        },
        LevelField {
            key: "SeverityNumber",
            is_text: false,
            values: ["17", "13", "9", "5", "1"],
        },
    ],
    target: &["InstrumentationScope", "Name"],
    flat_target: &["otel.scope.name"],
    message: "Body",
    trace: Ids::TopLevel(["TraceId", "SpanId"]),
    // `code.namespace` is deprecated in favour of this attribute. A record knows its module only, not its function.
    module: "code.function.name",
    file: "code.file.path",
    line: "code.line.number",
    thread: "thread.name",
    pid: "process.pid",
    name: "service.name",
    always: &[ProcessField::Name],
    resource: Some("Resource"),
    attributes: Some("Attributes"),
    // `AnyValue` has a signed integer of 64 bits and no other one.
    integers: IntegerRange::I64,
    reserved: &[],
    ..NATIVE
};

static GCP: Names = Names {
    time: "time",
    levels: &[LevelField {
        key: "severity",
        is_text: true,
        // `DEBUG` is "debug or trace information" there.
        values: ["ERROR", "WARNING", "INFO", "DEBUG", "DEBUG"],
    }],
    trace: Ids::Renamed(["logging.googleapis.com/trace", "logging.googleapis.com/spanId"]),
    line_is_text: true,
    place: Some("logging.googleapis.com/sourceLocation"),
    // Other fields that Google Cloud would use as the time, in preference to ours.
    reserved: &["timestamp", "timestampSeconds", "timestampNanos"],
    ..NATIVE
};

static BUNYAN: Names = Names {
    first: &[("v", "0")],
    time: "time",
    time_form: TimeForm::UtcMillis,
    levels: &[LevelField {
        key: "level",
        is_text: false,
        values: ["50", "40", "30", "20", "10"],
    }],
    message: "msg",
    // Its readers are written in JavaScript, which cannot represent a 64-bit integer.
    trace: Ids::Renamed(["trace_id", "span_id"]),
    place: Some("src"),
    host: Some("hostname"),
    always: &[ProcessField::Name, ProcessField::Host, ProcessField::Pid],
    reserved: &["src"],
    ..NATIVE
};
