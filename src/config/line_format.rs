//! The format of a line: a word or a template.

use super::choices::unreadable;
use super::raw_value::{RawValue, SettingValue};
use crate::error::Error;
use crate::nearest::hint;
use std::fmt;
use std::str::FromStr;

/// How a line looks.
///
/// Setters take text, and so do files: the words `text` (the default template), `json` and `logfmt`; any other text is a
/// template, which contains at least one `{`.
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
#[doc(alias = "layout")]
#[doc(alias = "template")]
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

/// The words for a whole format.
const FORMAT_WORDS: [&str; 3] = ["text", "json", "logfmt"];

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

impl Format {
    /// What is wrong with text that is neither a word nor a template.
    pub(super) fn fault(&self) -> Option<String> {
        match self {
            Format::Text(template) if !template.contains('{') => {
                let hint = hint(template, FORMAT_WORDS);
                Some(format!(
                    "neither `text`, `json`, `logfmt` nor a template, which has a `{{`{hint}"
                ))
            }
            _ => None,
        }
    }
}

/// Reads a format strictly: text that is neither a word nor a template is an error, which `into()` leaves to the start
/// of the logger.
///
/// # Errors
///
/// [`ErrorKind::Config`](crate::ErrorKind::Config); the error names the valid words and the nearest one.
///
/// # Examples
///
/// ```
/// use asynclogger::Format;
///
/// assert_eq!("json".parse::<Format>()?, Format::Json);
/// let error = "josn".parse::<Format>().unwrap_err();
/// assert!(error.to_string().contains("did you mean `json`?"));
/// # Ok::<(), asynclogger::Error>(())
/// ```
impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Format, Error> {
        let format = Format::from(text);
        format
            .fault()
            .map_or(Ok(format), |message| Err(unreadable(text, &message)))
    }
}

/// The word or the template; `FromStr` reads it back.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.show().plain_text())
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
