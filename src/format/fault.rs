//! What is wrong with a template, where, and what was probably meant.
//!
//! Made by `template`; `settings` shows it in the error of `init`. Its text is safe to print, whatever the
//! template holds.

use crate::escape::shown;
use std::fmt;

/// A fault in a template: its text shows the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateFault {
    template: String,
    /// Where the fault begins, and how long it is, in bytes.
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

    /// The characters before the fault, and that it spans, as they are shown.
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
}
