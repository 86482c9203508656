//! The syntax of JSON lines: always strict JSON, whatever a record contains and however it is cut.
//!
//! Used by `machine`. JSON has no NaN and no infinities: they are null, as `serde_json` writes them, so that a column of
//! floats stays one for readers that infer types.

mod document;

use super::extras::KeyDelimiters;
use super::line::{CutText, Line};
use super::machine::Syntax;
use super::number::IntegerRange;
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

    fn write_non_finite(line: &mut Line<'_>, _: f64) {
        line.write_all_or_none(b"null");
    }

    /// A valid document is embedded; anything else, and a cut document, becomes a string.
    fn write_document(line: &mut Line<'_>, text: CutText<'_>, integers: IntegerRange) {
        if !text.cut && document::is_valid(text.text) {
            let document = document::for_readers(text.text, integers);
            line.write_text(CutText::whole(&document), Form::Embedded);
        } else {
            Json::write_text(line, text);
        }
    }
}
