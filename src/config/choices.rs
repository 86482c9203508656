//! The settings that are a choice among a few.
//!
//! Each value has one lower-case word, in files and variables, and for `FromStr` and `Display`.

use super::TimeZone;
use super::error::quoted;
use super::raw_value::{RawValue, SettingValue};
use super::units::duration_text;
use super::words::Word;
use crate::error::{Error, ErrorKind};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// `FromStr` and `Display` in the words of files and variables.
macro_rules! text_forms {
    ($($choice:ty)*) => {$(
        /// Reads the word that files and variables use, in any case.
        ///
        /// # Errors
        ///
        /// [`ErrorKind::Config`] for any other text; the error names the valid words and the nearest one.
        impl FromStr for $choice {
            type Err = Error;

            fn from_str(text: &str) -> Result<$choice, Error> {
                let read = SettingValue::read(&RawValue::Text(text.to_owned()));
                read.map_err(|message| unreadable(text, &message))
            }
        }

        /// The word that files and variables use; `FromStr` reads it back.
        impl fmt::Display for $choice {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.show().plain_text())
            }
        }
    )*};
}

text_forms!(BigIntegers Color Console Locking Newlines Overflow Period Schema TimeZone);

/// The error of `FromStr`.
pub(super) fn unreadable(text: &str, message: &str) -> Error {
    Error::new(ErrorKind::Config, format!("{}: {message}", quoted(text)))
}

/// Which standard stream the console output goes to.
///
/// In files: `"stdout"`, `"stderr"`, `"test"`, or `"none"` for no console.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Console};
///
/// let config = Config::new("shop").console(Console::Stdout);
/// assert_eq!(config.get("console").as_deref(), Some("stdout"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "appender")]
#[doc(alias = "sink")]
#[non_exhaustive]
pub enum Console {
    /// Standard output.
    Stdout,
    /// Standard error, the default.
    Stderr,
    /// The output of a test: each line is printed by the thread that logs, with `eprint!`, so that `cargo test` shows
    /// it in the section of the failing test and hides it if the test passes. Threads that a test starts belong to it.
    ///
    /// For tests only: the line is masked and rendered during the call, under one lock, and the call waits for the
    /// print. Lines of the logger itself are not printed.
    Test,
}

impl Word for Console {
    const WORDS: &'static [(&'static str, Console)] = &[
        ("stdout", Console::Stdout),
        ("stderr", Console::Stderr),
        ("test", Console::Test),
    ];
}

/// The names of the fields in a line for machines, and the numbers of the levels.
///
/// In files: `"native"`, `"usual"`, `"ecs"`, `"otel"`, `"gcp"`, `"bunyan"`. Each line
/// has the same content as a native one, with other names; `ecs` and `otel` also show integers beyond 63 bits as text. The key-values `trace_id` and `span_id` get the
/// names that the schema has for them, as text; integers are written there in hexadecimal, as ids usually are.
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
/// | module | `module`* | `module`* | `code.function.name`* | `module`* | `module`* |
/// | thread | `thread`* | `process.thread.name`* | `thread.name`* | `thread`* | `thread`* |
/// | static fields | top level | top level | `Resource` | top level | top level |
/// | key-values | top level | top level | `Attributes` | top level | top level |
/// | `trace_id` | `trace_id` | `trace.id` | `TraceId` | `logging.googleapis.com/trace` | `trace_id` |
/// | `span_id` | `span_id` | `span.id` | `SpanId` | `logging.googleapis.com/spanId` | `span_id` |
/// | constants | | `ecs.version` | | | `v` |
///
/// `*`: only with [`Config::source`](crate::Config::source). `Usual` is `Native` with `time` and `msg`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Schema};
///
/// let config = Config::new("shop").json_schema(Schema::Ecs);
/// assert_eq!(config.get("json_schema").as_deref(), Some("ecs"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[doc(alias = "schema")]
#[non_exhaustive]
pub enum Schema {
    /// Short names that are specific to this crate; the default of JSON lines.
    ///
    /// A key-value that a viewer takes for the time, level or message of a line (`time`, `ts`, `msg`, `short_message`,
    /// `lvl`, `severity`, `loglevel`, `log_level`, `log.level`) gets the prefix `x_`; so it does in `Usual`.
    #[default]
    Native,
    /// `time`, `level`, `msg`, as Go's `log/slog` and logrus have them; the default of logfmt lines.
    Usual,
    /// [Elastic Common Schema](https://www.elastic.co/docs/reference/ecs), with dots in the names.
    ///
    /// A key-value with the name of an ECS object (`user`, `host`, `url`) gets the prefix `x_`, because Elasticsearch
    /// refuses a plain value there; `user.id` keeps its name.
    /// The key-value `error` becomes `error.message`, as text; with the feature `kv-error`, `error:err` adds `error.type`
    /// and, where the error's `Debug` has one, `error.stack_trace`, in JSON lines. They are values as others: a long stack
    /// trace needs a larger [`max_value_bytes`](crate::Config::max_value_bytes).
    Ecs,
    /// The fields of OpenTelemetry's [logs data model](https://opentelemetry.io/docs/specs/otel/logs/data-model/), in
    /// the notation of its examples. It is not OTLP/JSON: a collector reads it with the receiver `filelog`.
    ///
    /// `TraceId` and `SpanId` are 32 and 16 hexadecimal digits that are not all zero; other values stay attributes in JSON.
    Otel,
    /// What [Google Cloud Logging](https://cloud.google.com/logging/docs/structured-logging) reads from a program's output.
    ///
    /// It links a line to its trace if `trace_id` is logged as `projects/<project>/traces/<id>`.
    Gcp,
    /// [Bunyan](https://github.com/trentm/node-bunyan#log-record-fields), for its tools.
    Bunyan,
}

impl Word for Schema {
    const WORDS: &'static [(&'static str, Schema)] = &[
        ("native", Schema::Native),
        ("usual", Schema::Usual),
        ("ecs", Schema::Ecs),
        ("otel", Schema::Otel),
        ("gcp", Schema::Gcp),
        ("bunyan", Schema::Bunyan),
    ];
}

/// How JSON lines show integers that do not fit into 64 bits with a sign: below -2^63, or 2^63 and more.
///
/// In files: `"number"`, `"text"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{BigIntegers, Config};
///
/// let config = Config::new("shop").big_integers(BigIntegers::Text);
/// assert_eq!(config.get("big_integers").as_deref(), Some("text"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BigIntegers {
    /// As numbers with all digits, as JSON allows. Many readers round them, or lose the line.
    Number,
    /// As text with the same digits, which every reader keeps.
    Text,
}

impl Word for BigIntegers {
    const WORDS: &'static [(&'static str, BigIntegers)] =
        &[("number", BigIntegers::Number), ("text", BigIntegers::Text)];
}

/// Whether the console output has colour. A file never has colour.
///
/// In files: `"auto"`, `"always"`, `"never"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Color};
///
/// let config = Config::new("shop").color("never".parse()?);
/// assert_eq!(config, Config::new("shop").color(Color::Never));
/// assert_eq!(Color::Never.to_string(), "never");
/// # Ok::<(), asynclogger::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Color {
    /// Depends on the environment (`NO_COLOR`, `FORCE_COLOR`, `CLICOLOR`, `TERM`) and the stream: on for a terminal.
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
/// In files: `"escape"`, `"symbol"`, `"indent"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Newlines};
///
/// let config = Config::new("shop").newlines(Newlines::Symbol);
/// assert_eq!(config.get("newlines").as_deref(), Some("symbol"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Newlines {
    /// As `\n`, which is reversible.
    #[default]
    Escape,
    /// As the visible sign U+23CE, for every kind of line break (LF, CRLF, CR, U+0085, U+2028, U+2029).
    ///
    /// Not reversible: a typed sign and all kinds of line breaks look the same.
    Symbol,
    /// On consoles as a line break, in messages and values: each further line of a record begins with four blanks, a
    /// bar and a blank (`    | `). For people who read backtraces; files, writers and the journal of systemd escape.
    ///
    /// No record's first line begins like that: `\` stands for the first of such blanks. So a program can still put the
    /// lines of a record together, and no text can look like the beginning of a record.
    Indent,
}

impl Word for Newlines {
    const WORDS: &'static [(&'static str, Newlines)] = &[
        ("escape", Newlines::Escape),
        ("symbol", Newlines::Symbol),
        ("indent", Newlines::Indent),
    ];
}

/// What a call does when the queue has no room for its record.
///
/// In files: `"block"`, `"drop_newest"`, or a table as in `{ block_for = "100ms" }`; in a variable
/// `block_for=100ms`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Overflow};
///
/// let config = Config::new("shop").overflow(Overflow::DropNewest);
/// assert_eq!(config.get("overflow").as_deref(), Some("drop_newest"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// Waits for room, at most this long, then drops the record and counts it. Default: 100 ms.
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

/// Whether a lock file next to the log file guards it.
///
/// In files: `"shared"`, `"require"`, `"off"`.
///
/// # Examples
///
/// ```
/// use asynclogger::{Config, Locking};
///
/// let config = Config::new("shop").locking(Locking::Require);
/// assert_eq!(config.get("locking").as_deref(), Some("require"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Locking {
    /// Several processes may share the file. Where locks do not work, it is written without rotation.
    #[default]
    Shared,
    /// As `Shared`, but the logger does not start where locks do not work.
    Require,
    /// No lock: for a file that a single process writes.
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
/// assert_eq!(config.get("rotate_every").as_deref(), Some("hour"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "rotation")]
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

#[cfg(test)]
mod tests;
