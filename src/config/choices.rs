//! The settings that are a choice among a few.
//!
//! Each value has one lower-case word in files and variables, the same that `Word` or `SettingValue` gives it here.

use super::raw_value::{RawValue, SettingValue};
use super::units::duration_text;
use super::words::Word;
use std::time::Duration;

/// Which standard stream the console output goes to.
///
/// In files: `"stdout"`, `"stderr"`, or `"none"` for no console.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Console};
///
/// let config = Config::new("shop").console(Console::Stdout);
/// assert_eq!(serde_json::to_value(&config)?["console"], "stdout");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Console {
    /// Standard output.
    Stdout,
    /// Standard error, the default.
    Stderr,
}

impl Word for Console {
    const WORDS: &'static [(&'static str, Console)] =
        &[("stdout", Console::Stdout), ("stderr", Console::Stderr)];
}

/// How a line looks.
///
/// Text becomes a format by `into()`, and that is how files write one: `text` (the default template), `json` and
/// `logfmt` are words; anything else is a template, which contains at least one `{`.
///
/// # Examples
///
/// ```
/// use asynclogger::Format;
///
/// assert_eq!(Format::from("json"), Format::Json);
/// assert_eq!(Format::from("text"), Format::default());
/// assert_eq!(Format::from("{level} {message}"), Format::Text("{level} {message}".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A text template, such as `{time} {level:<5} {target}: {message}`.
    Text(String),
    /// One JSON object a line.
    Json,
    /// `key=value` pairs.
    Logfmt,
}

/// The default text template.
pub(crate) const DEFAULT_TEMPLATE: &str = "{time} <level_color>{level:<5}<reset> {target}: {message}{extras}";

/// The words that stand for a format as a whole.
pub(crate) const FORMAT_WORDS: [&str; 3] = ["text", "json", "logfmt"];

impl Default for Format {
    fn default() -> Format {
        Format::Text(DEFAULT_TEMPLATE.to_owned())
    }
}

impl From<&str> for Format {
    fn from(text: &str) -> Format {
        Format::from(text.to_owned())
    }
}

impl From<String> for Format {
    fn from(text: String) -> Format {
        match text.trim().to_ascii_lowercase().as_str() {
            "text" => Format::default(),
            "json" => Format::Json,
            "logfmt" => Format::Logfmt,
            _ => Format::Text(text),
        }
    }
}

impl SettingValue for Format {
    fn read(raw: &RawValue) -> Result<Format, String> {
        match raw {
            RawValue::Text(text) => Ok(Format::from(text.as_str())),
            _ => Err("must be `text`, `json`, `logfmt` or a template in quotes".to_owned()),
        }
    }

    fn show(&self) -> RawValue {
        let text = match self {
            Format::Text(template) if template == DEFAULT_TEMPLATE => "text",
            Format::Text(template) => template,
            Format::Json => "json",
            Format::Logfmt => "logfmt",
        };
        RawValue::Text(text.to_owned())
    }
}

/// How the fields of a JSON line are called, and which numbers the levels have.
///
/// In files: `"native"`, `"ecs"`, `"otel"`, `"gcp"`, `"bunyan"`. A schema changes names and nothing else: each line
/// holds what a native one does, and the key-values keep their types. The key-values `trace_id` and `span_id` become
/// what the schema has for them, as text; an integer is written there in hexadecimal, as such ids are.
///
/// | | `Native` | `Ecs` | `Otel` | `Gcp` | `Bunyan` |
/// | --- | --- | --- | --- | --- | --- |
/// | time | `timestamp` | `@timestamp` | `Timestamp`, in ns since 1970 | `time` | `time`, in UTC and ms |
/// | level | `level` | `log.level` | `SeverityText`, `SeverityNumber` | `severity` | `level`: 50, 40, 30, 20, 10 |
/// | target | `target` | `log.logger` | `InstrumentationScope.Name` | `target` | `target` |
/// | message | `message` | `message` | `Body` | `message` | `msg` |
/// | logger's name | `name`* | `service.name` | `Resource` `service.name` | `name`* | `name` |
/// | process | `pid`* | `process.pid`* | `Resource` `process.pid`* | `pid`* | `pid` |
/// | host | | | | | `hostname` |
/// | file, line | `file`, `line`* | `log.origin.file.name`, `.line`* | `code.file.path`, `code.line.number`* | `logging.googleapis.com/sourceLocation`* | `src`* |
/// | module | `module`* | `module`* | `code.namespace`* | `module`* | `module`* |
/// | thread | `thread`* | `process.thread.name`* | `thread.name`* | `thread`* | `thread`* |
/// | static fields | beside the others | beside | `Resource` | beside | beside |
/// | key-values | beside | beside | `Attributes` | beside | beside |
/// | `trace_id` | `trace_id` | `trace.id` | `TraceId` | `logging.googleapis.com/trace` | `trace_id` |
/// | `span_id` | `span_id` | `span.id` | `SpanId` | `logging.googleapis.com/spanId` | `span_id` |
/// | constants | | `ecs.version` | | | `v` |
///
/// `*`: only with [`Config::source`](crate::Config::source).
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Schema};
///
/// let config = Config::new("shop").json_schema(Schema::Ecs);
/// assert_eq!(serde_json::to_value(&config)?["json_schema"], "ecs");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Schema {
    /// Short names of our own.
    #[default]
    Native,
    /// [Elastic Common Schema](https://www.elastic.co/docs/reference/ecs), with dots in the names.
    ///
    /// A key-value that is called like an object of ECS (`user`, `host`, `url`) gets the prefix `x_`, since Elasticsearch
    /// refuses a plain value there; `user.id` stays what it is.
    Ecs,
    /// The fields of OpenTelemetry's [logs data model](https://opentelemetry.io/docs/specs/otel/logs/data-model/).
    Otel,
    /// What [Google Cloud Logging](https://cloud.google.com/logging/docs/structured-logging) reads from a program's output.
    ///
    /// It links a line to its trace if `trace_id` was logged as `projects/<project>/traces/<id>`.
    Gcp,
    /// [Bunyan](https://github.com/trentm/node-bunyan#log-record-fields), for its tools.
    Bunyan,
}

impl Word for Schema {
    const WORDS: &'static [(&'static str, Schema)] = &[
        ("native", Schema::Native),
        ("ecs", Schema::Ecs),
        ("otel", Schema::Otel),
        ("gcp", Schema::Gcp),
        ("bunyan", Schema::Bunyan),
    ];
}

/// Whether the console output has colour; a file never has.
///
/// In files: `"auto"`, `"always"`, `"never"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Color};
///
/// let config = Config::new("shop").color(Color::Never);
/// assert_eq!(serde_json::to_value(&config)?["color"], "never");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Color {
    /// As the environment (`NO_COLOR`, `FORCE_COLOR`, `CLICOLOR`, `TERM`) and the stream say: on for a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Word for Color {
    const WORDS: &'static [(&'static str, Color)] = &[
        ("auto", Color::Auto),
        ("always", Color::Always),
        ("never", Color::Never),
    ];
}

/// How a line break inside a message is shown in text lines.
///
/// In files: `"escape"`, `"symbol"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Newlines};
///
/// let config = Config::new("shop").newlines(Newlines::Symbol);
/// assert_eq!(serde_json::to_value(&config)?["newlines"], "symbol");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Newlines {
    /// As `\n`, which can be undone.
    #[default]
    Escape,
    /// As the visible sign U+23CE, whatever the line break was (LF, CRLF, CR, U+0085, U+2028, U+2029).
    ///
    /// Not reversible: it cannot be told from a sign that was typed, nor one kind of line break from another.
    Symbol,
}

impl Word for Newlines {
    const WORDS: &'static [(&'static str, Newlines)] =
        &[("escape", Newlines::Escape), ("symbol", Newlines::Symbol)];
}

/// What a call does when the queue has no room for its record.
///
/// In files: `"block"`, `"drop_newest"`, or a table as in `{ block_for = "100ms" }`; a variable says
/// `block_for=100ms`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Overflow};
///
/// let config = Config::new("shop").overflow(Overflow::DropNewest);
/// assert_eq!(serde_json::to_value(&config)?["overflow"], "drop_newest");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// Waits for room, at most this long, then drops the record and counts it. The default is 100 ms.
    BlockFor(Duration),
    /// Waits for room without a limit.
    Block,
    /// Drops the record at once and counts it.
    DropNewest,
}

impl Default for Overflow {
    fn default() -> Overflow {
        Overflow::BlockFor(Duration::from_millis(100))
    }
}

impl SettingValue for Overflow {
    fn read(raw: &RawValue) -> Result<Overflow, String> {
        let fault = || {
            "must be `block`, `drop_newest` or a limited wait, { block_for = \"100ms\" } in a file and \
             block_for=100ms in a variable"
                .to_owned()
        };
        match raw {
            RawValue::Text(word) if word.trim().eq_ignore_ascii_case("block") => Ok(Overflow::Block),
            RawValue::Text(word) if word.trim().eq_ignore_ascii_case("drop_newest") => {
                Ok(Overflow::DropNewest)
            }
            raw => match raw.pairs().map_err(|_| fault())?.as_slice() {
                [(key, time)] if key == "block_for" => Duration::read(time).map(Overflow::BlockFor),
                _ => Err(fault()),
            },
        }
    }

    fn show(&self) -> RawValue {
        match self {
            Overflow::Block => RawValue::Text("block".to_owned()),
            Overflow::DropNewest => RawValue::Text("drop_newest".to_owned()),
            Overflow::BlockFor(time) => {
                let time = RawValue::Text(duration_text(*time));
                RawValue::Pairs(vec![("block_for".to_owned(), time)])
            }
        }
    }
}

/// Whether the log file is guarded by a lock beside it.
///
/// In files: `"shared"`, `"require"`, `"off"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Locking};
///
/// let config = Config::new("shop").locking(Locking::Require);
/// assert_eq!(serde_json::to_value(&config)?["locking"], "require");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Locking {
    /// The file may be shared by several processes; where locks do not work it is written without rotation.
    #[default]
    Shared,
    /// As `Shared`, but starting a logger fails where locks do not work.
    Require,
    /// No lock: for a file that one process has for itself.
    Off,
}

impl Word for Locking {
    const WORDS: &'static [(&'static str, Locking)] = &[
        ("shared", Locking::Shared),
        ("require", Locking::Require),
        ("off", Locking::Off),
    ];
}

/// How often a log file is rotated by time, in the zone of [`Config::time_zone`](crate::Config::time_zone).
///
/// In files: `"hour"`, `"day"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Period};
///
/// let config = Config::new("shop").rotate_every(Period::Hour);
/// assert_eq!(serde_json::to_value(&config)?["rotate_every"], "hour");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Period {
    /// At each full hour.
    Hour,
    /// At each midnight.
    Day,
}

impl Word for Period {
    const WORDS: &'static [(&'static str, Period)] = &[("hour", Period::Hour), ("day", Period::Day)];
}
