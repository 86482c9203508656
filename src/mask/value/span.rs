//! The span of a value, in all the forms in which logs show values; `value` asks once a key is secret.
//!
//! In doubt a byte belongs to the value: rather hide too much than too little.

use crate::mask::bytes::{
    Folded, back_while, before, byte, first_char, fold, has, is_closer, is_quote, is_space, is_token, until,
};
use crate::mask::quote::{Quote, closes_outer};
use crate::mask::work;
use crate::record::{ERROR_MARK, PANIC_MARK};

/// The span of a value, without quotes or brackets.
#[derive(Debug, Clone, Copy)]
pub(in crate::mask) struct Place {
    pub(in crate::mask) start: usize,
    pub(in crate::mask) end: usize,
    pub(in crate::mask) form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::mask) enum Form {
    Bare,
    Quoted(Quote),
    /// In brackets; the opening one.
    Group(u8),
}

/// The start of the value after the separator at `at`, past operators and blanks.
pub(in crate::mask) fn begin(text: &[u8], at: usize, width: usize) -> usize {
    let colon = text[at] == b':';
    let mut from = at + width;
    if has(text, from, b"&gt;") {
        from += 4;
    }
    from = until(text, from, |byte| {
        !(matches!(byte, b'=' | b':') || (!colon && matches!(byte, b'>' | b'~')))
    });
    // `password=:password`: a parameter of an SQL statement.
    let parameter = !colon && before(text, from) == b':' && byte(text, from).is_ascii_lowercase();
    from -= usize::from(parameter);
    if has(text, from, b"** ") {
        from += 2;
    }
    let blank = |byte: u8| matches!(byte, b' ' | b'\t') || (!colon && matches!(byte, b'\n' | b'\r'));
    from = past_closing_tags(text, from);
    loop {
        from = until(text, from, |byte| !blank(byte));
        match first_char(text, from).map(|char| (char, fold(char))) {
            Some((char, Folded::Invisible)) if !char.is_ascii() => from += char.len_utf8(),
            Some((char, _)) if char.is_whitespace() && !char.is_ascii() => from += char.len_utf8(),
            Some(('!', _)) if colon => return past_tag(text, from),
            // The line is continued below, as in properties files and shell scripts.
            Some(('\\', _)) if byte(text, from + 1) == b'\n' => {
                from = until(text, from + 1, |byte| !is_space(byte))
            }
            _ => break,
        }
    }
    let line = until(&text[..from], at + width, |byte| byte == b'\n');
    if line < from && is_key(text, from) {
        line
    } else {
        from
    }
}

/// Whether another key begins at `from`, so that the key on the line above has no value.
fn is_key(text: &[u8], from: usize) -> bool {
    let end = until(text, from, |byte| {
        !(is_token(byte) || matches!(byte, b'.' | b'"' | b'\''))
    });
    let mark = until(text, end, |byte| byte != b' ');
    end > from && matches!(byte(text, mark), b'=' | b':') && byte(text, mark + 1) != b'='
}

/// The offset after a YAML tag: `!!str `, `!vault `.
fn past_tag(text: &[u8], from: usize) -> usize {
    let end = until(&text[..text.len().min(from + 32)], from, |byte| {
        !(is_token(byte) || byte == b'!')
    });
    let tagged = byte(text, end) == b' '
        && byte(text, from + 1).is_ascii_punctuation() | byte(text, from + 1).is_ascii_lowercase();
    if tagged { end + 1 } else { from }
}

/// The offset after tags that only set off a name: `<b>Password:</b> x`, `<th>Password:</th><td>x`.
fn past_closing_tags(text: &[u8], from: usize) -> usize {
    if !has(text, from, b"</") {
        return from;
    }
    let near = &text[..text.len().min(from + 64)];
    let end = until(near, from, |byte| byte == b'>');
    let name = near.get(from + 2..end).unwrap_or_default();
    #[rustfmt::skip]
    let plain = [&b"b"[..], b"strong", b"em", b"i", b"u", b"label", b"span", b"th", b"td", b"dt"];
    if end == near.len() || !plain.iter().any(|tag| name.eq_ignore_ascii_case(tag)) {
        return from;
    }
    let next = until(near, end + 1, |byte| !is_space(byte));
    let opened = [&b"<td"[..], b"<dd", b"<span", b"<b>", b"<code"]
        .iter()
        .any(|tag| has(near, next, tag));
    let open_end = until(near, next, |byte| byte == b'>');
    if opened && open_end < near.len() {
        open_end + 1
    } else {
        end + 1
    }
}

/// The value that begins at `from`; `None` if there is none.
pub(in crate::mask) fn locate(text: &[u8], from: usize, coded: bool, depth: usize) -> Option<Place> {
    let first = *text.get(from)?;
    if let Some((quote, start)) = Quote::open(text, from) {
        let end = quote.close(text, start);
        return Some(Place {
            start,
            end,
            form: Form::Quoted(quote),
        });
    }
    if is_quote(first) || (first == b'\\' && is_quote(byte(text, from + 1))) {
        return None;
    }
    if matches!(first, b'{' | b'[' | b'(') {
        let group = group(text, from);
        // `{SSHA}x` begins with a bracket and is not in brackets.
        let goes_on = byte(text, group.end + 1).is_ascii_alphanumeric() && group.end - from < 16;
        return Some(if goes_on {
            bare(from, bare_end(text, from, coded))
        } else {
            group
        });
    }
    match wrapped(text, from).filter(|_| depth > 0) {
        Some(Wrap::Tuple(inner)) => locate(text, inner, coded, depth - 1),
        Some(Wrap::Map(brace)) => Some(group(text, brace)),
        Some(Wrap::Call(bracket)) => Some(bare(from, (group(text, bracket).end + 1).min(text.len()))),
        None => Some(bare(from, bare_end(text, from, coded))).filter(|place| place.end > from),
    }
}

fn bare(start: usize, end: usize) -> Place {
    Place {
        start,
        end,
        form: Form::Bare,
    }
}

/// A value wrapped in the name of its type.
enum Wrap {
    /// `Some(`, `string(5) `: the value begins here.
    Tuple(usize),
    /// `Secret {`: the offset of the brace.
    Map(usize),
    /// `crypt(`: the offset of the bracket; the whole call may be the value.
    Call(usize),
}

/// Types that only hold a value, in lower case: their names may be shown.
#[rustfmt::skip]
const HOLDERS: &[&str] = &[
    "some", "ok", "err", "just", "secret", "secretstring", "secretbox", "secretvec", "secretkey",
    "password", "passphrase", "token", "accesstoken", "refreshtoken", "apikey", "privatekey", "key",
    "zeroizing", "protected", "sensitive", "string", "str", "text", "bytes", "value", "cow", "box", "arc",
    "rc", "cell", "refcell", "mutex", "cookie", "bearer", "basic", "credential", "credentials", "optional",
];

fn wrapped(text: &[u8], from: usize) -> Option<Wrap> {
    let near = &text[..text.len().min(from + 64)];
    let end = until(near, from, |byte| {
        !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'<' | b'>'))
    });
    let name = &text[from..end];
    let spaced = matches!(before(text, from), b' ' | b'\n' | b'(');
    match (byte(text, end), byte(text, end + 1)) {
        (b'(', _)
            if HOLDERS
                .iter()
                .any(|holder| name.eq_ignore_ascii_case(holder.as_bytes())) =>
        {
            // PHP prints the length: `string(5) "..."`.
            let digits = until(near, end + 1, |byte| !byte.is_ascii_digit());
            let sized = has(text, digits, b") \"");
            // `{:#?}` puts the content of a tuple on separate lines.
            let inner = until(text, end + 1, |byte| !is_space(byte));
            let inner = if is_key(text, inner) { end + 1 } else { inner };
            Some(Wrap::Tuple(if sized { digits + 2 } else { inner }))
        }
        (b'(', _) if !name.is_empty() => Some(Wrap::Call(end)),
        (b' ', b'{') if spaced && name.first().is_some_and(u8::is_ascii_uppercase) => {
            Some(Wrap::Map(end + 1))
        }
        _ => None,
    }
}

/// Whether a map begins at `from`, so that finding its end may take much reading.
pub(in crate::mask) fn begins_map(text: &[u8], from: usize) -> bool {
    match byte(text, from) {
        b'{' | b'[' => true,
        _ => matches!(wrapped(text, from), Some(Wrap::Map(_) | Wrap::Call(_))),
    }
}

/// The span between the bracket at `at` and the one that closes it; brackets in quotes do not count.
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
    work::count(end - at);
    let end = end.min(text.len());
    Place {
        start: at + 1,
        end,
        form: Form::Group(text[at]),
    }
}

/// The offset of the last byte of the quoted text that begins at `at`; `at` itself if it is an apostrophe.
fn skip_quoted(text: &[u8], at: usize) -> usize {
    let slashes = at - back_while(text, at, at.saturating_sub(16), |byte| byte == b'\\');
    let quote = Quote::Mark {
        mark: text[at],
        slashes,
    };
    let end = quote.close(text, at + 1);
    if end >= text.len() { at } else { end + slashes }
}

/// The end of an unquoted value; `coded` means that the text around it is percent-coded.
pub(in crate::mask) fn bare_end(text: &[u8], from: usize, coded: bool) -> usize {
    let mut at = from;
    let mut open = 0usize;
    while at < text.len() {
        let next = byte(text, at + 1);
        let ends = match text[at] {
            b' ' | b'\t' | b'\n' => true,
            b'\r' => next == b'\n',
            b'"' | b'\'' | b'`' => closes_outer(text, at),
            b',' | b';' | b'&' | b'|' => delimits(text, at),
            b'<' if next == b'/' || has(text, at, b"<br") || is_capture_mark(text, at) => true,
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
    work::count(at - from + 1);
    at
}

/// The marks that a capture puts after the output of a `Display` that panicked or failed.
fn is_capture_mark(text: &[u8], at: usize) -> bool {
    has(text, at, PANIC_MARK.as_bytes()) || has(text, at, ERROR_MARK.as_bytes())
}

/// Whether the comma, semicolon or ampersand at `at` ends a value: a blank, a quote or another key follows.
fn delimits(text: &[u8], at: usize) -> bool {
    let ampersand = text[at] == b'&';
    let next = at + 1;
    let follows = byte(text, next);
    if next >= text.len() || is_space(follows) || is_quote(follows) || is_closer(follows) {
        return true;
    }
    let next = if ampersand && has(text, next, b"amp;") {
        next + 4
    } else {
        next
    };
    let end = until(text, next, |byte| {
        !(is_token(byte) || matches!(byte, b'.' | b'[' | b']' | b'$' | b'%'))
    });
    let named = byte(text, end) == b'=' || (!ampersand && byte(text, end) == b':');
    end > next && named
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
    matches!(byte(text, end), b'=' | b':' | b'"' | b'\\') || is_space(byte(text, end))
}

fn coded_end(text: &[u8], at: usize) -> bool {
    let ends = [
        &b"%26"[..],
        b"%22",
        b"%27",
        b"%2C",
        b"%3B",
        b"%7D",
        b"%20",
        b"%0A",
        b"%0D",
        b"%2526",
        b"%2522",
        b"%252C",
    ];
    ends.iter().any(|end| has(text, at, end))
}

/// The end of the line: a line end, or `\n` written as two characters.
pub(in crate::mask) fn line_end(text: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at = until(text, at, |byte| matches!(byte, b'\n' | b'\r' | b'\\'));
        let ends = match byte(text, at) {
            b'\r' => byte(text, at + 1) == b'\n',
            b'\\' => matches!(byte(text, at + 1), b'n' | b'r'),
            _ => true,
        };
        if ends || at >= text.len() {
            return at;
        }
        at += 1;
    }
}

/// The end of the line, or of the quotes around the key (`'Cookie: a=b; c=d'`).
pub(in crate::mask) fn rest_end(text: &[u8], from: usize, before_key: u8) -> usize {
    let line = line_end(text, from);
    if !is_quote(before_key) {
        return line;
    }
    Quote::Mark {
        mark: before_key,
        slashes: 0,
    }
    .close(&text[..line], from)
}
