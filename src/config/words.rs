//! Words for values: levels, and the choices among a few.
//!
//! Words are printed in lower case and read in any case.

use crate::nearest::hint;
use log::{Level, LevelFilter};

/// The words for levels, in the order of `LevelFilter`.
pub(crate) const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// What other loggers call our levels, and words for on and off.
const FOREIGN_LEVELS: [(&str, &str); 21] = [
    ("warning", "warn"),
    ("critical", "error"),
    ("fatal", "error"),
    ("panic", "error"),
    ("notice", "info"),
    ("verbose", "trace"),
    ("all", "trace"),
    ("none", "off"),
    ("silent", "off"),
    ("quiet", "off"),
    ("true", "info"),
    ("yes", "info"),
    ("on", "info"),
    ("enable", "info"),
    ("enabled", "info"),
    ("default", "info"),
    ("false", "off"),
    ("no", "off"),
    ("disable", "off"),
    ("disabled", "off"),
    ("null", "off"),
];

/// Reads a level; the error names the level that was probably meant.
pub(crate) fn level(text: &str) -> Result<LevelFilter, String> {
    let text = text.trim();
    text.parse().map_err(|_| {
        let meant = match foreign_level(text) {
            Some(ours) => format!("; did you mean `{ours}`?"),
            None => hint(text, LEVELS),
        };
        format!("not a level (off, error, warn, info, debug, trace){meant}")
    })
}

/// Returns our word for another logger's level, such as `warn` for `WARNING`.
pub(crate) fn foreign_level(word: &str) -> Option<&'static str> {
    let of_another = |(theirs, _): &&(&str, &str)| theirs.eq_ignore_ascii_case(word);
    FOREIGN_LEVELS.iter().find(of_another).map(|(_, ours)| *ours)
}

/// Returns the word for a level, in lower case.
pub(crate) fn level_word(level: LevelFilter) -> &'static str {
    LEVELS[level as usize]
}

/// Reads the level of a record, which cannot be `off`.
pub(crate) fn record_level(text: &str) -> Result<Level, String> {
    level(text)?
        .to_level()
        .ok_or_else(|| "no record has the level `off`; use error, warn, info, debug or trace".to_owned())
}

/// A type with one word for each value.
pub(crate) trait Word: Copy + PartialEq + 'static {
    /// All values, each with its word.
    const WORDS: &'static [(&'static str, Self)];

    fn from_word(text: &str) -> Result<Self, String> {
        let word = text.trim();
        let same = |(name, _): &&(&str, Self)| name.eq_ignore_ascii_case(word);
        match Self::WORDS.iter().find(same) {
            Some((_, value)) => Ok(*value),
            None => {
                let names: Vec<&str> = Self::WORDS.iter().map(|(name, _)| *name).collect();
                let (last, others) = names.split_last().unwrap_or((&"", &[]));
                let hint = hint(word, names.iter().copied());
                Err(format!("must be {} or {last}{hint}", others.join(", ")))
            }
        }
    }

    fn word(self) -> &'static str {
        let mine = |(_, value): &&(&'static str, Self)| *value == self;
        Self::WORDS.iter().find(mine).map_or("", |(name, _)| *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_in_any_case_and_printed_lower() {
        for level_filter in LevelFilter::iter() {
            assert_eq!(level(level_word(level_filter)), Ok(level_filter));
            assert_eq!(level(&level_word(level_filter).to_uppercase()), Ok(level_filter));
        }
        assert_eq!(level(" Info "), Ok(LevelFilter::Info));
        assert_eq!(record_level("warn"), Ok(Level::Warn));
        assert!(record_level("off").unwrap_err().contains("no record"));
    }

    #[test]
    fn a_level_of_another_logger_is_translated() {
        let fault = level("CRITICAL").unwrap_err();
        assert_eq!(
            fault,
            "not a level (off, error, warn, info, debug, trace); did you mean `error`?"
        );
        assert!(level("verbose").unwrap_err().ends_with("did you mean `trace`?"));
        assert!(level("3").unwrap_err().ends_with("trace)"));
    }
}
