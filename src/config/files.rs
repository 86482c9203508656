//! Settings from files: errors name the file, and never show all of it.

use super::Config;
use super::error::{ConfigError, named};
use super::redact::redacted;
use super::serial::Reading;
use crate::error::{Error, ErrorKind};
use crate::escape::shown;
use std::fmt::Display;
use std::io;
use std::path::Path;

/// Reads the file at `path` with `parse`, whose error says why the text is not of its format.
pub(super) fn read(path: &Path, parse: fn(&str) -> Result<Reading, String>) -> Result<Config, Error> {
    let bytes = std::fs::read(path).map_err(|cause| {
        let text = format!(
            "cannot read the configuration {}: {}",
            named(path),
            explained(&cause, path)
        );
        Error::new(ErrorKind::Io, text).with_source(cause)
    })?;
    let unusable = |fault: &dyn Display| {
        let text = format!("cannot use the configuration {}: {fault}", named(path));
        Error::new(ErrorKind::Config, text)
    };
    let text = String::from_utf8(bytes).map_err(|_| unusable(&"it is not UTF-8; save it as UTF-8"))?;
    // Editors on Windows put a byte order mark in front, which JSON and TOML do not allow.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let read = parse(text).map_err(|fault| unusable(&shown(&redacted(&fault))))?;
    match ConfigError::error(&read.faults) {
        None => Ok(read.config),
        Some(error) => Err(unusable(&error)),
    }
}

/// What the system answered, and what to do about it.
fn explained(cause: &io::Error, path: &Path) -> String {
    match cause.kind() {
        io::ErrorKind::NotFound => match std::env::current_dir() {
            Ok(dir) if path.is_relative() => format!(
                "there is no such file; create it, or correct the path, which is relative to {}",
                named(&dir)
            ),
            _ => "there is no such file; create it, or correct the path".to_owned(),
        },
        io::ErrorKind::IsADirectory => "it is a directory; name the file in it".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "permission denied; check the owner and the mode of the file and of the directories above it"
                .to_owned()
        }
        kind => format!("{kind}; check the path"),
    }
}

pub(super) fn json(text: &str) -> Result<Reading, String> {
    serde_json::from_str(text).map_err(|cause| match cause.is_data() {
        true => cause.to_string(),
        false => format!("it is not JSON: {cause}"),
    })
}

/// `toml`'s own text shows the faulty line, which may hold a secret; this one only names its place.
#[cfg(feature = "toml")]
pub(super) fn toml(text: &str) -> Result<Reading, String> {
    toml::from_str(text).map_err(|cause| {
        let before = cause.span().and_then(|span| text.get(..span.start));
        let place = before.map_or_else(String::new, |before| {
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
            format!(" at line {line} column {column}")
        });
        format!("it is not TOML: {}{place}", cause.message())
    })
}

#[cfg(test)]
mod tests;
