//! The syntax of JSON lines: always strict JSON, whatever a record contains and however it is cut.
//!
//! Used by `machine`. Integers of 64 and 128 bits are written with all their digits, as JSON allows. NaN and the
//! infinities, which JSON does not have, are written as strings.

mod document;

use super::extras::KeyDelimiters;
use super::line::{CutText, Line};
use super::machine::Syntax;
use crate::escape::Form;

#[derive(Debug)]
pub(super) struct Json;

impl Syntax for Json {
    const OPEN: &'static str = "{";
    const BETWEEN: &'static str = ",";
    const KEY_DELIMITERS: KeyDelimiters = KeyDelimiters(",\"", "\":");
    const CLOSE: &'static str = "}";
    const QUOTE: &'static str = "\"";
    const TIME_QUOTE: &'static str = "\"";

    #[inline]
    fn write_truncated(line: &mut Line<'_>, text: CutText<'_>) {
        line.reserve(1);
        line.write_all_or_none(b"\"");
        line.write_truncated(text, Form::Json);
        line.write_reserved(b"\"");
    }

    #[inline]
    fn try_write(line: &mut Line<'_>, text: &[u8]) -> bool {
        line.try_write_between(b"\"", text)
    }

    #[inline]
    fn write_text(line: &mut Line<'_>, text: CutText<'_>) {
        line.write_all_or_none(b"\"");
        line.write_text(text, Form::Json);
        line.write_all_or_none(b"\"");
    }

    /// A valid document is embedded as it is; anything else, and a cut document, becomes a string.
    fn write_document(line: &mut Line<'_>, text: CutText<'_>) {
        if !text.cut && document::is_valid(text.text) {
            line.write_text(text, Form::Embedded);
        } else {
            Json::write_text(line, text);
        }
    }
}
