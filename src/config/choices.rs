//! The settings that are a choice among a few.

use std::time::Duration;

/// Which standard stream the console output goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Console {
    /// Standard output.
    Stdout,
    /// Standard error, the default.
    Stderr,
}

/// How a line looks.
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

impl Default for Format {
    fn default() -> Format {
        Format::Text(DEFAULT_TEMPLATE.to_owned())
    }
}

impl From<&str> for Format {
    fn from(template: &str) -> Format {
        Format::Text(template.to_owned())
    }
}

impl From<String> for Format {
    fn from(template: String) -> Format {
        Format::Text(template)
    }
}

/// Whether the console output has colour; a file never has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Color {
    /// As the environment and the stream say.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a line break inside a message is shown in text lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Newlines {
    /// As `\n`, which can be undone.
    #[default]
    Escape,
    /// As the visible sign U+23CE, which cannot be told from one that was typed.
    Symbol,
}

/// What a call does when the queue has no room for its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// Waits for room, at most this long, then drops the record and counts it.
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

/// Whether the log file is guarded by a lock beside it.
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

/// How often a log file is rotated by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Period {
    /// At each full hour.
    Hour,
    /// At each midnight.
    Day,
}
