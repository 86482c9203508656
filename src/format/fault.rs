//! What is wrong with a template, a time pattern or a style: where, and what was probably meant.
//!
//! `settings` puts it into the error of `init`. Its text is safe to print, whatever the
//! template contains.

use crate::escape::shown;
use std::fmt;

/// A fault in a template, a time pattern or a style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormatFault {
    pub(super) what: String,
    /// Where it is; `None` if the fault concerns the whole text.
    pub(super) span: Option<Span>,
}

/// A part of a text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    text: String,
    pub(super) at: usize,
    pub(super) len: usize,
}

impl FormatFault {
    /// A fault of a whole text.
    pub(super) fn new(what: impl Into<String>) -> FormatFault {
        FormatFault {
            what: what.into(),
            span: None,
        }
    }

    /// A fault in `len` bytes of `text` from `at` on.
    pub(super) fn in_text(text: &str, at: usize, len: usize, what: impl Into<String>) -> FormatFault {
        FormatFault {
            what: what.into(),
            span: Some(Span {
                text: text.to_owned(),
                at,
                len,
            }),
        }
    }

    /// The same fault in a longer text, in which the faulty text begins at `from`.
    pub(super) fn within(self, text: &str, from: usize) -> FormatFault {
        let (at, len) = self.span.map_or((0, 0), |span| (span.at, span.len));
        FormatFault::in_text(text, from + at, len, self.what)
    }
}

impl Span {
    /// The column and the width in characters, as they are shown.
    fn columns(&self) -> (usize, usize) {
        let width = |text: &str| shown(text).chars().count();
        let end = (self.at + self.len).min(self.text.len());
        (
            width(&self.text[..self.at]),
            width(&self.text[self.at..end]).max(1),
        )
    }
}

/// Shows a span by marking it under the text.
impl fmt::Display for FormatFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(span) = &self.span else {
            return f.write_str(&self.what);
        };
        let (before, wide) = span.columns();
        writeln!(f, "{} (column {})", self.what, before + 1)?;
        writeln!(f, "  {}", shown(&span.text))?;
        write!(f, "  {}{}", " ".repeat(before), "^".repeat(wide))
    }
}

impl std::error::Error for FormatFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_its_place_under_the_template() {
        let fault = FormatFault::in_text("é {lvl} x", 3, 5, "unknown field `lvl`: did you mean `level`?");
        assert_eq!(
            fault.to_string(),
            "unknown field `lvl`: did you mean `level`? (column 3)\n  é {lvl} x\n    ^^^^^"
        );
    }

    #[test]
    fn a_fault_behind_an_escaped_character_is_still_in_its_place() {
        let fault = FormatFault::in_text("\u{1b}{lvl}", 1, 5, "x");
        assert_eq!(fault.to_string(), "x (column 7)\n  \\u{1b}{lvl}\n        ^^^^^");
    }
}
