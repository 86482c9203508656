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
