//! Key-values in text lines: ` [user=7, ms=1.5]`, quoted where a value could be read as more than one.

use crate::config::Newlines;
use crate::escape::{Form, is_line_break};
use crate::format::extras::{KeyDelimiters, Keys, clean_into};
use crate::format::line::{CutText, Line};
use crate::format::number::{non_finite, number};
use crate::format::{CacheFigures, LineSettings};
use crate::record::{Extra, Value, View};

use super::NOTHING;

#[derive(Debug)]
pub(super) struct Extras {
    keys: Keys,
    value_limit: usize,
    /// Whether line breaks in values are shown as further lines.
    indents: bool,
    /// Cleaned keys that have a field `{key:NAME}` in the template.
    shown_separately: Vec<String>,
    /// `env=prod, host=a`, written after the key-values of each record.
    fields: Vec<u8>,
    /// Static fields that are not in `fields` because the template shows them, with their values as written.
    separate_fields: Vec<(String, Vec<u8>)>,
    fields_left_out: usize,
}

const OPENING: &str = " [";
const BETWEEN: &str = ", ";
/// Reserved for `, ` before the static fields and `, +131070 more]` after them.
const CLOSING: usize = 18;

impl Extras {
    pub(super) fn new(settings: &LineSettings, shown_separately: Vec<String>) -> Extras {
        let limits = settings.limits;
        let clean = |raw: &str| {
            let mut key = String::new();
            clean_into(&mut key, raw, limits.key, &[]);
            key
        };
        let mut extras = Extras {
            keys: Keys::new(limits.key, Vec::new(), KeyDelimiters(BETWEEN, "=")),
            value_limit: limits.value,
            indents: settings.newlines == Newlines::Indent,
            shown_separately: shown_separately.iter().map(|name| clean(name)).collect(),
            fields: Vec::new(),
            separate_fields: Vec::new(),
            fields_left_out: 0,
        };
        for (key, value) in &settings.fields {
            extras.add_field(clean(key), value, limits.record / 4);
        }
        extras
    }

    /// Adds a static field. All of them together may fill a quarter of a line.
    fn add_field(&mut self, key: String, value: &str, limit: usize) {
        let mut shown = Vec::new();
        let mut line = Line::begin(&mut shown, limit);
        let fits = line.group(|line| text(line, CutText::limited(value, self.value_limit), false));
        if self.shown_separately.contains(&key) {
            self.separate_fields.push((key, shown));
        } else if fits && self.fields.len() + key.len() + shown.len() + 3 <= limit {
            let between = if self.fields.is_empty() { "" } else { BETWEEN };
            self.fields.extend_from_slice(between.as_bytes());
            self.fields.extend_from_slice(key.as_bytes());
            self.fields.push(b'=');
            self.fields.append(&mut shown);
        } else {
            self.fields_left_out += 1;
        }
    }

    /// Bytes to reserve while the message is written: the static fields and a little more.
    pub(super) fn reserved_bytes(&self) -> usize {
        64 + self.fields.len()
    }

    pub(super) fn fields_left_out(&self) -> usize {
        self.fields_left_out
    }

    pub(super) fn figures(&self) -> CacheFigures {
        self.keys.figures()
    }

    #[inline]
    pub(super) fn render(&mut self, view: &View<'_>, line: &mut Line<'_>) {
        let left_out = self.fields_left_out + usize::from(view.extras_left_out());
        if view.has_extras() || left_out > 0 || !self.fields.is_empty() {
            self.list(view, left_out, line);
        }
    }

    fn list(&mut self, view: &View<'_>, left_out: usize, line: &mut Line<'_>) {
        let kept = CLOSING + self.fields.len();
        line.reserve(kept);
        let begin = line.len();
        let (mut opening, more) = self.pairs(view, line);
        line.release(kept);
        if !self.fields.is_empty() {
            line.write_all_or_none(opening.as_bytes());
            line.write_all_or_none(&self.fields);
            opening = BETWEEN;
        }
        let left_out = left_out + more;
        if left_out > 0 {
            line.mark_truncated(true);
            line.write_all_or_none(opening.as_bytes());
            line.write_all_or_none(b"+");
            line.write_integer(left_out);
            line.write_all_or_none(b" more");
        }
        if line.len() > begin {
            line.write_all_or_none(b"]");
        }
    }

    /// Writes the key-values that fit. Returns what to write before the next one, and how many do not fit.
    #[inline]
    fn pairs(&mut self, view: &View<'_>, line: &mut Line<'_>) -> (&'static str, usize) {
        let mut opening = OPENING;
        let mut separate = ShownSeparately(0);
        let mut extras = view.extras();
        while let Some(extra) = extras.next() {
            let key = self.keys.clean(extra.key);
            if separate.skips(&self.shown_separately, &key.text) {
                continue;
            }
            let bytes = key.written.as_bytes();
            let fits = line.group(|line| {
                line.mark_truncated(key.cut);
                if opening == BETWEEN {
                    line.write_all_or_none(bytes);
                } else {
                    line.write_all_or_none(OPENING.as_bytes());
                    line.write_all_or_none(&bytes[BETWEEN.len()..]);
                }
                value(line, &extra, self.value_limit, self.indents);
            });
            if !fits {
                return (opening, 1 + extras.count());
            }
            opening = BETWEEN;
        }
        (opening, 0)
    }

    /// Writes the value of the first key-value shown as `name`.
    pub(super) fn render_one(&mut self, name: &str, view: &View<'_>, line: &mut Line<'_>) {
        let found = view
            .extras()
            .find(|extra| extra.key == name.as_bytes() || self.keys.clean(extra.key).text == name);
        let written = match found {
            Some(extra) => line.group(|line| value(line, &extra, self.value_limit, self.indents)),
            None => match self.separate_fields.iter().find(|(key, _)| key == name) {
                Some((_, shown)) => line.group(|line| line.write_all_or_none(shown)),
                None => return line.write_all_or_none(NOTHING.as_bytes()),
            },
        };
        if !written {
            line.mark_truncated(true);
            line.write_all_or_none(b"...");
        }
    }
}

/// Tracks which separately shown keys of one record were skipped: only the first key-value of each name is.
struct ShownSeparately(u64);

impl ShownSeparately {
    #[inline]
    fn skips(&mut self, shown_separately: &[String], key: &str) -> bool {
        let Some(place) = shown_separately.iter().position(|name| name == key) else {
            return false;
        };
        let bit = 1 << place.min(63);
        let first = self.0 & bit == 0;
        self.0 |= bit;
        first
    }
}

#[inline(always)]
fn value(line: &mut Line<'_>, extra: &Extra<'_>, limit: usize, indents: bool) {
    if number(line, &extra.value) {
        return;
    }
    match extra.value {
        Value::Bool(flag) => line.write_all_or_none(if flag { b"true" } else { b"false" }),
        Value::Null => line.write_all_or_none(b"null"),
        Value::F64(number) => line.write_all_or_none(non_finite(number).as_bytes()),
        Value::Char(c) => text(line, CutText::whole(c.encode_utf8(&mut [0; 4])), indents),
        Value::Str(value) | Value::Text(value) | Value::Error(value) | Value::Json(value) => {
            let mut cut_text = CutText::limited(value, limit);
            cut_text.cut |= extra.cut;
            text(line, cut_text, indents);
        }
        // Written by `number`.
        Value::U64(_) | Value::I64(_) | Value::U128(_) | Value::I128(_) => {}
    }
}

#[inline(never)]
fn text(line: &mut Line<'_>, cut_text: CutText<'_>, indents: bool) {
    if indents && cut_text.text.contains(is_line_break) {
        return indented(line, cut_text);
    }
    if !cut_text.cut && is_one_value(cut_text.text.as_bytes()) {
        return line.write_text(cut_text, Form::Text);
    }
    line.write_all_or_none(b"\"");
    line.write_text(cut_text, Form::Quoted);
    line.write_all_or_none(b"\"");
}

/// Writes a value with its line breaks, in quotation marks, so that its end can be seen.
#[cold]
fn indented(line: &mut Line<'_>, cut_text: CutText<'_>) {
    line.write_all_or_none(b"\"");
    line.write_text(cut_text, Form::IndentQuoted);
    line.write_all_or_none(b"\"");
}

/// Whether a reader cannot mistake the bytes for more or less than one value.
fn is_one_value(bytes: &[u8]) -> bool {
    // No early exit, so that the loop can be vectorised.
    let separated = bytes
        .iter()
        .fold(false, |found, &byte| found | SEPARATES[usize::from(byte)]);
    !bytes.is_empty() && !separated
}

const SEPARATES: [bool; 256] = {
    let mut separates = [false; 256];
    let (all, mut n) = (b" ,[]\"=", 0);
    while n < all.len() {
        separates[all[n] as usize] = true;
        n += 1;
    }
    separates
};
