//! Finds the value behind a separator: where it begins and ends, in all the forms in which logs show values.
//!
//! Asked by `scan` once a key is known to be secret. What is unsure belongs to the value: too much is hidden
//! rather than too little.

use super::bytes::{
    Folded, byte, first_char, fold, has, is_closer, is_control, is_quote, is_space, is_token, until,
};
use super::judge::{is_prose, is_secret, is_status, trim};
use super::key::Key;
use super::quote::{Quote, closes_outer, find};
use super::rules::Test;
use super::scan::{Scan, Show};
use super::steps;

/// Where a value is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    Bare,
    Quoted(Quote),
    /// In brackets, by the opening one.
    Group(u8),
}

impl Scan<'_> {
    /// Hides the value behind the separator at `at` if `test` says that it is secret.
    pub(super) fn value(&mut self, key: &Key, test: Test, at: usize, width: usize) {
        let coded = width == 3 && self.text[at] == b'%';
        let from = begin(self.text, at, width);
        match test {
            Test::Header => return self.header(key, from),
            Test::Cookies => return self.cookies(key, from),
            Test::Slash => return self.slash(from),
            Test::NameOf => return self.name_of(from),
            _ => {}
        }
        if matches!(byte(self.text, from), b'\n' | b'\r') {
            return self.below(from, test);
        }
        if self.is_prose_at(from) || !self.may_measure(from) {
            return;
        }
        let Some(place) = locate(self.text, from, coded, 0) else {
            return;
        };
        match place.form {
            Form::Group(open) => self.group(key, test, place, open),
            Form::Quoted(_) | Form::Bare => self.scalar(key, test, place, from),
        }
    }

    /// A sentence instead of a value, behind a blank or in quotes or brackets.
    fn is_prose_at(&self, from: usize) -> bool {
        let spaced = from > 0 && is_space(self.text[from - 1]);
        let start = until(self.text, from, |byte| {
            !(is_quote(byte) || matches!(byte, b'[' | b'\\'))
        });
        (spaced || start > from) && is_prose(self.text, start)
    }

    /// Maps in maps are measured a few levels deep, so that the work stays in proportion to the text.
    fn may_measure(&mut self, from: usize) -> bool {
        if from >= self.mapped_until {
            self.maps = 0;
        }
        self.maps < 8 || !matches!(self.text.get(from), Some(b'{' | b'['))
    }

    fn scalar(&mut self, key: &Key, test: Test, mut place: Place, from: usize) {
        let text = self.text;
        if place.form == Form::Bare
            && is_block_mark(&text[place.start..place.end])
            && matches!(byte(text, place.end), b'\n' | b'\r')
        {
            return self.block_scalar(place.end);
        }
        if test == Test::Phrase && place.form == Form::Bare {
            place.end = line_end(text, place.start);
        }
        let value = &text[place.start..place.end];
        let query = matches!(key.before, b'?' | b'&');
        let halved = self.cut && place.end == text.len() && !trim(value).is_empty();
        if test == Test::Query && !query {
            return self.name_of(from);
        }
        if !(halved || is_secret(test, value, query)) {
            return;
        }
        let show = match (place.form, key.quote.json()) {
            (Form::Bare, Some(slashes)) => Show::Quoted(slashes),
            _ => Show::Stars,
        };
        self.hide(place.start, place.end, show);
    }

    /// Brackets behind a secret key: a list is hidden as one, in a map every value counts as secret.
    fn group(&mut self, key: &Key, test: Test, place: Place, open: u8) {
        let inner = &self.text[place.start..place.end];
        let content = trim(inner);
        if content.is_empty() || is_status(content) {
            return;
        }
        let separated = inner.iter().any(|byte| matches!(byte, b':' | b'='));
        let mapped = separated && (open == b'{' || content[0] == b'{');
        if mapped {
            self.maps += 1;
            self.mapped_until = self.mapped_until.max(place.end);
            if !matches!(test, Test::Count | Test::Token | Test::Long | Test::Query) {
                self.nested_until = self.nested_until.max(place.end);
            }
            return;
        }
        let counted = content
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b' ' | b'.'));
        let tolerant = matches!(
            test,
            Test::Count | Test::Token | Test::Long | Test::Query | Test::Digits
        );
        if tolerant && (counted || !is_secret(test, content, false)) {
            return;
        }
        let show = match key.quote.json() {
            Some(slashes) => Show::Quoted(slashes),
            None if content[0] == b'"' => Show::Quoted(0),
            None => Show::Stars,
        };
        let lead = inner.len() - inner.trim_ascii_start().len();
        let starred = content
            .trim_ascii_start()
            .iter()
            .all(|&byte| matches!(byte, b'*' | b'"' | b'\\'));
        if !starred {
            self.hide(place.start + lead, place.start + lead + content.len(), show);
        }
    }

    /// Nothing behind the colon but the end of the line: the lines below, if they are indented.
    fn below(&mut self, from: usize, test: Test) {
        let start = until(self.text, from, |byte| !is_space(byte));
        let indented = start > from && byte(self.text, start - 1) != b'\n';
        if !indented || start >= self.text.len() {
            return;
        }
        let end = line_end(self.text, start);
        let line = trim(&self.text[start..end]);
        if line.starts_with(b"- ") && from >= self.nested_until {
            return self.list(start, test);
        }
        let single = !line
            .iter()
            .any(|&byte| is_space(byte) || matches!(byte, b':' | b'='));
        if single && is_secret(test, line, false) {
            self.hide(start, start + line.len(), Show::Stars);
        }
    }

    /// The items of a YAML list.
    fn list(&mut self, mut start: usize, test: Test) {
        while has(self.text, start, b"- ") {
            let end = line_end(self.text, start);
            let item = trim(&self.text[start + 2..end]);
            let from = end - self.text[start + 2..end].trim_ascii_start().len();
            let mapped = item.windows(2).any(|pair| pair == b": ") || item.ends_with(b":");
            if mapped {
                self.nested_until = self.nested_until.max(end + 1);
            } else if is_secret(test, item, false) {
                let quoted = is_quote(byte(item, 0)) && item.len() > 2;
                let (from, to) = if quoted {
                    (from + 1, from + item.len() - 1)
                } else {
                    (from, from + item.len())
                };
                self.hide(from, to, Show::Stars);
            }
            start = until(self.text, end, |byte| !is_space(byte));
        }
    }

    /// The indented lines behind `|` or `>` of YAML.
    fn block_scalar(&mut self, from: usize) {
        let start = until(self.text, from, |byte| !is_space(byte));
        let line_start = self.text[from..start]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(from, |at| from + at + 1);
        let indent = start - line_start;
        if indent == 0 || start >= self.text.len() {
            return;
        }
        let mut end = line_end(self.text, start);
        loop {
            let next = until(self.text, end, |byte| !matches!(byte, b'\n' | b'\r'));
            let depth = until(self.text, next, |byte| !matches!(byte, b' ' | b'\t')) - next;
            if depth < indent || next >= self.text.len() {
                break;
            }
            end = line_end(self.text, next);
        }
        self.hide(start, end, Show::Stars);
    }

    /// The value of `name` is the name of a secret: then the key `value` follows soon.
    fn name_of(&mut self, from: usize) {
        let near = &self.text[..self.text.len().min(from + 80)];
        let Some(place) = locate(near, from, false, 0) else {
            return;
        };
        if matches!(place.form, Form::Group(_))
            || place.end >= near.len()
            || !self.rules.may_end(self.text, place.end)
        {
            return;
        }
        let key = Key::before(self.text, place.end, place.start);
        if !matches!(
            self.rules.test(&key),
            Test::Never | Test::Query | Test::NameOf | Test::Long
        ) {
            self.named_until = place.end + 96;
        }
    }

    /// `scott/tiger@` behind `jdbc:oracle:thin:`.
    fn slash(&mut self, from: usize) {
        let at = until(self.text, from, |byte| {
            is_space(byte) || is_quote(byte) || byte == b'@'
        });
        let slash = until(&self.text[..at], from, |byte| byte == b'/');
        if byte(self.text, at) == b'@' && slash > from {
            self.hide(slash + 1, at, Show::Stars);
        }
    }
}

/// Where the value behind the separator at `at` begins, past operators and blanks.
fn begin(text: &[u8], at: usize, width: usize) -> usize {
    let equals = text[at] != b':';
    let mut from = at + width;
    if has(text, from, b"&gt;") {
        from += 4;
    }
    while matches!(byte(text, from), b'=')
        || (equals && matches!(byte(text, from), b'>' | b'~'))
        || byte(text, from) == b':'
    {
        from += 1;
    }
    if has(text, from, b"** ") {
        from += 2;
    }
    let blank = |byte: u8| matches!(byte, b' ' | b'\t') || (equals && matches!(byte, b'\n' | b'\r'));
    loop {
        from = until(text, from, |byte| !blank(byte));
        match first_char(text, from).map(|char| (char, fold(char))) {
            Some((char, Folded::Invisible)) if !char.is_ascii() => from += char.len_utf8(),
            Some((char, _)) if char.is_whitespace() && !char.is_ascii() => from += char.len_utf8(),
            _ => return from,
        }
    }
}

/// The value that begins at `from`; `None` if there is none.
pub(super) fn locate(text: &[u8], from: usize, coded: bool, depth: usize) -> Option<Place> {
    if from >= text.len() {
        return None;
    }
    if let Some((quote, start)) = Quote::open(text, from) {
        return Some(Place {
            start,
            end: quote.close(text, start),
            form: Form::Quoted(quote),
        });
    }
    let first = text[from];
    if is_quote(first) || (first == b'\\' && is_quote(byte(text, from + 1))) {
        return None;
    }
    if matches!(first, b'{' | b'[' | b'(') {
        return Some(group(text, from));
    }
    if depth < 4 {
        if let Some(inner) = wrapped(text, from) {
            return match text[inner - 1] {
                b'(' => locate(text, inner, coded, depth + 1),
                _ => Some(group(text, inner - 1)),
            };
        }
    }
    let end = bare_end(text, from, coded);
    (end > from).then_some(Place {
        start: from,
        end,
        form: Form::Bare,
    })
}

/// Behind the bracket of `Some(`, `Secret {`, `string(5) "`: what is in it is the value.
fn wrapped(text: &[u8], from: usize) -> Option<usize> {
    let name_end = until(&text[..text.len().min(from + 64)], from, |byte| {
        !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'<' | b'>'))
    });
    if name_end == from || !text[from].is_ascii_alphabetic() {
        return None;
    }
    match (byte(text, name_end), byte(text, name_end + 1)) {
        (b'(', next) if next.is_ascii_digit() => {
            let digits_end = until(text, name_end + 1, |byte| !byte.is_ascii_digit());
            let sized = has(text, digits_end, b") \"");
            Some(if sized { digits_end + 1 } else { name_end + 1 })
                .filter(|_| !sized)
                .or(Some(digits_end + 2).filter(|_| sized))
        }
        (b'(', _) => Some(name_end + 1),
        (b' ', b'{') if text[from].is_ascii_uppercase() => Some(name_end + 2),
        _ => None,
    }
}

/// What is between the bracket at `at` and the one that closes it; brackets in quotes do not count.
fn group(text: &[u8], at: usize) -> Place {
    let mut depth = 0usize;
    let mut end = at;
    while end < text.len() {
        match text[end] {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            b'"' | b'\'' => end = skip_quoted(text, end),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        end += 1;
    }
    let end = end.min(text.len());
    steps::count(end - at);
    Place {
        start: at + 1,
        end: end.max(at + 1),
        form: Form::Group(text[at]),
    }
}

/// The last byte of the quoted part that begins at `at`, or `at` if it is an apostrophe.
fn skip_quoted(text: &[u8], at: usize) -> usize {
    let slashes = at - super::bytes::back_while(text, at, 0, |byte| byte == b'\\');
    let quote = Quote::Mark {
        mark: text[at],
        slashes,
    };
    let end = quote.close(text, at + 1);
    if end >= text.len() { at } else { end + slashes }
}

/// Where an unquoted value ends.
pub(super) fn bare_end(text: &[u8], from: usize, coded: bool) -> usize {
    let mut at = from;
    let mut open = 0usize;
    while at < text.len() {
        let byte = text[at];
        let ends = match byte {
            b' ' | b'\t' | b'\n' => true,
            b'\r' => matches!(super::bytes::byte(text, at + 1), b'\n'),
            b'"' | b'\'' | b'`' => closes_outer(text, at),
            b',' | b';' | b'&' | b'|' => delimits(text, at),
            b'<' if super::bytes::byte(text, at + 1) == b'/' || has(text, at, b"<br") => true,
            b'(' | b'[' | b'{' | b'<' => {
                open += 1;
                false
            }
            b')' | b']' | b'}' | b'>' if open > 0 => {
                open -= 1;
                false
            }
            b')' | b']' | b'}' | b'>' => closes_outer(text, at),
            b'\\' => escape_ends(text, at),
            b'%' => coded && coded_end(text, at),
            _ => false,
        };
        if ends {
            break;
        }
        at += 1;
    }
    steps::count(at - from + 1);
    at
}

/// Whether the comma, semicolon or ampersand at `at` ends a value: a blank, a quote or another key follows.
fn delimits(text: &[u8], at: usize) -> bool {
    let next = at + 1;
    let follows = byte(text, next);
    if next >= text.len() || is_space(follows) || is_quote(follows) || is_closer(follows) {
        return true;
    }
    let next = if text[at] == b'&' && has(text, next, b"amp;") {
        next + 4
    } else {
        next
    };
    let end = until(text, next, |byte| {
        !(is_token(byte) || matches!(byte, b'.' | b'[' | b']' | b'$' | b'%'))
    });
    let equals = byte(text, end) == b'='
        || (byte(text, end) == b':' && text[at] != b'&')
        || (text[at] == b'&' && end >= text.len());
    end > next && equals
}

/// Whether the backslash at `at` ends a value: an escaped quote, or a line end before another key.
fn escape_ends(text: &[u8], at: usize) -> bool {
    let next = byte(text, at + 1);
    if is_quote(next) {
        return closes_outer(text, at + 1);
    }
    if !matches!(next, b'n' | b'r' | b't') {
        return false;
    }
    let end = until(text, at + 2, |byte| !is_token(byte));
    end >= text.len() || matches!(byte(text, end), b'=' | b':' | b'"' | b'\\') || is_space(byte(text, end))
}

fn coded_end(text: &[u8], at: usize) -> bool {
    [
        &b"%26"[..],
        b"%22",
        b"%2C",
        b"%3B",
        b"%7D",
        b"%20",
        b"%0A",
        b"%0D",
    ]
    .iter()
    .any(|end| has(text, at, end))
}

fn is_block_mark(value: &[u8]) -> bool {
    matches!(value, [b'|' | b'>'] | [b'|' | b'>', b'-' | b'+' | b'0'..=b'9'])
}

/// The end of the line, or of the quotes around it.
pub(super) fn line_end(text: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at = until(text, at, |byte| {
            matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\')
        });
        let ends = match byte(text, at) {
            b'\n' => true,
            b'\r' => byte(text, at + 1) == b'\n',
            b'\\' => matches!(byte(text, at + 1), b'n' | b'r' | b'"'),
            _ => closes_outer(text, at) && byte(text, at + 1) != b' ' || at + 1 >= text.len(),
        };
        if ends || at >= text.len() {
            return at;
        }
        at += 1;
    }
}
