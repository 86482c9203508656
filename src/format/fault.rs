//! What is wrong with a template, where, and what was probably meant.
//!
//! Created by `template`; `settings` puts it into the error of `init`. Its text is safe to print, whatever the
//! template contains.

use crate::escape::shown;
use std::fmt;

/// A fault in a template. `Display` marks its position under the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateFault {
    template: String,
    /// Offset and length of the faulty part, in bytes.
    at: usize,
    len: usize,
    what: String,
}

impl TemplateFault {
    pub(super) fn new(template: &str, at: usize, len: usize, what: impl Into<String>) -> TemplateFault {
        TemplateFault {
            template: template.to_owned(),
            at,
            len,
            what: what.into(),
        }
    }

    /// The column of the fault and its width, in characters as shown.
    fn columns(&self) -> (usize, usize) {
        let width = |text: &str| shown(text).chars().count();
        let end = (self.at + self.len).min(self.template.len());
        (
            width(&self.template[..self.at]),
            width(&self.template[self.at..end]).max(1),
        )
    }
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, wide) = self.columns();
        writeln!(f, "{} (column {})", self.what, before + 1)?;
        writeln!(f, "  {}", shown(&self.template))?;
        write!(f, "  {}{}", " ".repeat(before), "^".repeat(wide))
    }
}

impl std::error::Error for TemplateFault {}

/// The name that was probably meant by `word`: at most two changes away, or three for a long one.
pub(super) fn nearest(word: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let word = word.to_lowercase();
    let limit = if word.chars().count() > 6 { 3 } else { 2 };
    names
        .map(|name| (distance(&word, &name.to_lowercase()), name))
        // A name that shares no character with the word was not meant.
        .filter(|&(changes, name)| changes <= limit && changes < name.len().max(word.len()))
        .min_by_key(|&(changes, _)| changes)
        .map(|(_, name)| name)
}

/// The edit distance of Levenshtein: characters put in, left out or replaced.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, a) in from.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, &b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_its_place_under_the_template() {
        let fault = TemplateFault::new("é {lvl} x", 3, 5, "unknown field `lvl`: did you mean `level`?");
        assert_eq!(
            fault.to_string(),
            "unknown field `lvl`: did you mean `level`? (column 3)\n  é {lvl} x\n    ^^^^^"
        );
    }

    #[test]
    fn a_fault_behind_an_escaped_character_is_still_in_its_place() {
        let fault = TemplateFault::new("\u{1b}{lvl}", 1, 5, "x");
        assert_eq!(fault.to_string(), "x (column 7)\n  \\u{1b}{lvl}\n        ^^^^^");
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let names = || ["level", "line", "time"].into_iter();
        assert_eq!(nearest("lvl", names()), Some("level"));
        assert_eq!(nearest("LEVL", names()), Some("level"));
        assert_eq!(nearest("something", names()), None);
        assert_eq!(nearest("", names()), None);
    }
}
