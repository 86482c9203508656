//! What is wrong with a setting: its key, its value, and what to do about it.
//!
//! `check`, the readers of values and `filter` make these faults; `settings` collects them into one [`Error`]. A value
//! is shown escaped and shortened, and not at all where it may be a secret.

use super::redact::redacted;
use crate::error::{Error, ErrorKind};
use crate::escape::{self, shown};
use std::fmt;
use std::path::Path;

/// Values are shown up to this many characters.
const SHOWN: usize = 60;

/// One fault of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError {
    /// The setting, by its key in files: `max_bytes`, `level_for.hyper`.
    pub(crate) path: String,
    /// The value in a form that can be printed; empty if it is left out.
    pub(crate) value: String,
    /// What is wrong and what to do, in one sentence without a full stop.
    pub(crate) message: String,
}

impl ConfigError {
    pub(crate) fn new(
        path: impl Into<String>,
        value: impl Into<String>,
        message: impl Into<String>,
    ) -> ConfigError {
        ConfigError {
            path: path.into(),
            value: value.into(),
            message: message.into(),
        }
    }

    /// Returns one error that lists all `faults`; `None` if there are none.
    pub(crate) fn error(faults: &[ConfigError]) -> Option<Error> {
        let text = match faults {
            [] => return None,
            [one] => format!("invalid setting {one}"),
            many => {
                // A fault in a template has several lines; the further ones are indented below the first.
                let lines_of = |fault: &ConfigError| format!("\n{fault}").replace('\n', "\n  ");
                let lines: String = many.iter().map(lines_of).collect();
                format!("{} invalid settings:{lines}", many.len())
            }
        };
        Some(Error::new(ErrorKind::Config, text))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = shown(&redacted(&self.path));
        match self.value.as_str() {
            "" => write!(f, "{path}: {}", self.message),
            value => write!(f, "{path} = {value}: {}", self.message),
        }
    }
}

/// Returns `text` in quotes: possible secrets hidden, unprintable characters escaped, and shortened.
pub(crate) fn quoted(text: &str) -> String {
    let text = redacted(text);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => escape::quoted(&text[..end]) + "...",
        None => escape::quoted(&text),
    }
}

/// As `quoted`, but not shortened.
pub(super) fn named(path: &Path) -> String {
    escape::quoted(&redacted(&path.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_is_one_line_and_several_are_one_line_each() {
        let fault = ConfigError::new("max_bytes", "0", "too small; set at least 1");
        let hidden = ConfigError::new("field.token", "", "the key is empty");
        assert!(ConfigError::error(&[]).is_none());
        assert_eq!(
            ConfigError::error(std::slice::from_ref(&fault))
                .unwrap()
                .to_string(),
            "invalid setting max_bytes = 0: too small; set at least 1"
        );
        let both = ConfigError::error(&[fault, hidden]).unwrap();
        assert_eq!(both.kind(), ErrorKind::Config);
        assert_eq!(
            both.to_string(),
            "2 invalid settings:\n  max_bytes = 0: too small; set at least 1\n  field.token: the key is empty"
        );
    }

    #[test]
    fn the_place_in_a_template_stays_below_its_fault_among_others() {
        let place = ConfigError::new(
            "file_format",
            "",
            "unknown field (column 3)\n  é {lvl}\n    ^^^^^",
        );
        let other = ConfigError::new("name", "\"\"", "empty");
        assert_eq!(
            ConfigError::error(&[place, other]).unwrap().to_string(),
            "2 invalid settings:\n  file_format: unknown field (column 3)\n    é {lvl}\n      ^^^^^\n  name = \"\": empty"
        );
    }

    #[test]
    fn a_value_is_shown_escaped_and_shortened() {
        assert_eq!(quoted("a\n\u{202E}b\u{1b}[0m"), r#""a\n\u{202e}b\u{1b}[0m""#);
        assert_eq!(quoted(&"ä".repeat(61)), format!("\"{}\"...", "ä".repeat(60)));
    }
}
