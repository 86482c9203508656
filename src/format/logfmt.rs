//! The syntax of logfmt: `key=value`, with quotation marks around a value that could be read as more than one.
//!
//! Used by `machine`. Quoted values use the escapes of JSON, as go-logfmt reads them. A value that needs an escape is
//! always quoted, so an unquoted value is exactly what it looks like.

use super::extras::KeyDelimiters;
use super::line::{CutText, Line};
use super::machine::Syntax;
use crate::escape::{Form, needs_escape};

#[derive(Debug)]
pub(super) struct Logfmt;

impl Syntax for Logfmt {
    const OPEN: &'static str = "";
    const BETWEEN: &'static str = " ";
    const KEY_DELIMITERS: KeyDelimiters = KeyDelimiters(" ", "=");
    const CLOSE: &'static str = "";
    const QUOTE: &'static str = "";
    /// lnav 0.11.1 reads the level of a line only if its time is in quotation marks.
    const TIME_QUOTE: &'static str = "\"";

    #[inline]
    fn write_truncated(line: &mut Line<'_>, text: CutText<'_>) {
        if is_bare(text.text) {
            return line.write_truncated(text, Form::Json);
        }
        line.reserve(1);
        line.write_all_or_none(b"\"");
        line.write_truncated(text, Form::Json);
        line.write_reserved(b"\"");
    }

    #[inline]
    fn try_write(line: &mut Line<'_>, text: &[u8]) -> bool {
        let is_one_word = !text.is_empty() && memchr::memchr2(b' ', b'=', text).is_none();
        line.try_write_between(if is_one_word { b"" } else { b"\"" }, text)
    }

    #[inline]
    fn write_text(line: &mut Line<'_>, text: CutText<'_>) {
        if is_bare(text.text) {
            return line.write_text(text, Form::Json);
        }
        line.write_all_or_none(b"\"");
        line.write_text(text, Form::Json);
        line.write_all_or_none(b"\"");
    }
}

fn is_bare(text: &str) -> bool {
    let plain = |byte: u8| !matches!(byte, 0..=b' ' | b'"' | b'=' | b'\\' | 0x7f);
    !text.is_empty() && text.bytes().all(plain) && (text.is_ascii() || !text.chars().any(needs_escape))
}
