//! The names of each schema, and the numbers of its levels: tables, and nothing else.
//!
//! `machine` puts lines together from them. Sources of the names:
//!
//! - ECS: the fields `@timestamp`, `log.level`, `message` come first, as the specification of ECS logging
//!   (github.com/elastic/ecs-logging, `spec/spec.json`) has it; the rest is in the field reference
//!   (elastic.co/docs/reference/ecs, the pages base, log, service, process, tracing, ecs).
//! - OpenTelemetry: "Logs Data Model", stable (opentelemetry.io/docs/specs/otel/logs/data-model), with the smallest
//!   severity number of each range, and a time in nanoseconds as text, as in the examples of OTEP 0097; attributes by
//!   the semantic conventions for code, thread, process and service.
//! - Google Cloud: "Structured logging" (cloud.google.com/logging/docs/structured-logging) for the special fields, and
//!   `LogEntrySourceLocation` of the reference of `LogEntry`, whose line is an int64 and so a text in JSON.
//! - Bunyan: "Log Record Fields" of its README (github.com/trentm/node-bunyan): v, level, name, hostname, pid, time and
//!   msg are required, src is optional; the time is as of JavaScript's `Date.toISOString`.

use crate::config::Schema;

/// How a schema calls what a line holds.
#[derive(Debug)]
pub(super) struct Names {
    /// Fields with a value that is always the same, as it is written; they stand first.
    pub(super) first: &'static [(&'static str, &'static str)],
    pub(super) time: &'static str,
    pub(super) time_form: TimeForm,
    /// One or more fields for the level.
    pub(super) levels: &'static [LevelField],
    /// The field of the target, inside of an object if there are two names.
    pub(super) target: &'static [&'static str],
    pub(super) message: &'static str,
    pub(super) message_before_target: bool,
    pub(super) trace: Ids,
    pub(super) module: &'static str,
    pub(super) file: &'static str,
    pub(super) line: &'static str,
    /// A line number is text.
    pub(super) line_is_text: bool,
    /// The object that file and line stand in.
    pub(super) place: Option<&'static str>,
    pub(super) thread: &'static str,
    pub(super) pid: &'static str,
    pub(super) name: &'static str,
    pub(super) host: Option<&'static str>,
    /// Which of these are there without the source fields, too.
    pub(super) always: &'static [ProcessField],
    /// Text fields with a value that is always the same.
    pub(super) constants: &'static [(&'static str, &'static str)],
    /// The object that process, name and static fields stand in.
    pub(super) resource: Option<&'static str>,
    /// The object that the other source fields and the key-values stand in.
    pub(super) attributes: Option<&'static str>,
    /// Further keys that readers take for something else than a key-value.
    pub(super) reserved: &'static [&'static str],
}

/// What a line may say of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProcessField {
    Pid,
    Name,
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeForm {
    /// RFC 3339 with microseconds, in the zone that was set.
    Rfc3339,
    /// RFC 3339 with milliseconds, in UTC.
    UtcMillis,
    /// Nanoseconds since 1970.
    UnixNanos,
}

#[derive(Debug)]
pub(super) struct LevelField {
    pub(super) key: &'static str,
    pub(super) is_text: bool,
    /// `Error` first.
    pub(super) values: [&'static str; 5],
}

/// Where the key-values `trace_id` and `span_id` go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// They are key-values like all others.
    KeyValues,
    /// They have another name.
    Renamed([&'static str; 2]),
    /// They stand outside of the object of the key-values.
    TopLevel([&'static str; 2]),
}

/// The keys of which `Ids` tells where they go, with the hexadecimal digits of such an id (W3C Trace Context).
pub(super) const ID_KEYS: [(&str, u8); 2] = [("trace_id", 32), ("span_id", 16)];

pub(super) fn names(schema: Schema) -> &'static Names {
    match schema {
        Schema::Native => &NATIVE,
        Schema::Ecs => &ECS,
        Schema::Otel => &OTEL,
        Schema::Gcp => &GCP,
        Schema::Bunyan => &BUNYAN,
    }
}

const UPPER: [&str; 5] = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];

pub(super) static NATIVE: Names = Names {
    first: &[],
    time: "timestamp",
    time_form: TimeForm::Rfc3339,
    levels: &[LevelField {
        key: "level",
        is_text: true,
        values: UPPER,
    }],
    target: &["target"],
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
    reserved: &[],
};

static ECS: Names = Names {
    time: "@timestamp",
    levels: &[LevelField {
        key: "log.level",
        is_text: true,
        values: ["error", "warn", "info", "debug", "trace"],
    }],
    target: &["log.logger"],
    message_before_target: true,
    trace: Ids::Renamed(["trace.id", "span.id"]),
    file: "log.origin.file.name",
    line: "log.origin.file.line",
    thread: "process.thread.name",
    pid: "process.pid",
    name: "service.name",
    always: &[ProcessField::Name],
    // The version with all of these fields that was the last of the 8th series.
    constants: &[("ecs.version", "8.17.0")],
    // The objects at the top of ECS, where Elasticsearch takes no plain value.
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
    message: "Body",
    trace: Ids::TopLevel(["TraceId", "SpanId"]),
    module: "code.namespace",
    file: "code.file.path",
    line: "code.line.number",
    thread: "thread.name",
    pid: "process.pid",
    name: "service.name",
    always: &[ProcessField::Name],
    resource: Some("Resource"),
    attributes: Some("Attributes"),
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
    // Readings of the time that would win over ours.
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
    // Its readers are JavaScript, which cannot hold a number of 64 bits.
    trace: Ids::Renamed(["trace_id", "span_id"]),
    place: Some("src"),
    host: Some("hostname"),
    always: &[ProcessField::Name, ProcessField::Host, ProcessField::Pid],
    reserved: &["src"],
    ..NATIVE
};
