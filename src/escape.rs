//! Makes any text safe for a line: no control characters, line separators, bidirectional controls or invisible
//! characters.
//!
//! `format` calls it for every part of a record; `error` and the worker call it for their messages. The output is
//! always printable, valid UTF-8, and can be turned back into the input. There are three exceptions: [`Form::Symbol`]
//! and [`Form::Indent`], which a user must choose, and NUL in [`Form::Json`].
//!
//! The table of characters is exact. It covers everything that a terminal, an editor or a line reader interprets
//! instead of showing: C0 and DEL, C1, the separators U+2028 and U+2029, the bidirectional controls of "Trojan
//! Source" (CVE-2021-42574), and the invisible format characters. U+200C, U+200D and U+FE0F are allowed, because
//! Persian, Hindi and emoji need them.

/// How a character on the table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With a backslash: `\n`, `\r`, `\t`, `\u{1b}`, and `\\` for a backslash itself.
    Text,
    /// Like `Text`, but a line break becomes U+23CE, which cannot be distinguished from a typed one.
    Symbol,
    /// Like `Text`, but between quotation marks, so `\"` too.
    Quoted,
    /// Like `Text`, but a line break becomes a line feed and [`CONTINUATION`].
    Indent,
    /// Like `Quoted`, with line breaks as in `Indent`.
    IndentQuoted,
    /// Inside a JSON or logfmt string: `\n`, `\r`, `\t`, `\u001b`, `\"` and `\\`. NUL becomes [`NUL_SIGN`].
    Json,
    /// For text that is a complete JSON document: only characters that appear raw in its strings are escaped, as
    /// `\u202e`, and line breaks between tokens become spaces.
    Embedded,
}

/// Written for NUL in a string that a reader unescapes. Readers written in C end a text at NUL, and would not see what
/// follows.
pub(crate) const NUL_SIGN: &str = "\u{2400}";
/// The beginning of each further line of a record whose line breaks are shown.
pub(crate) const CONTINUATION: &str = "    | ";
/// A line feed and [`CONTINUATION`].
const INDENTED_BREAK: &str = "\n    | ";

/// The result of [`escape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The whole text was written; `false` if there was not enough room.
    pub(crate) whole: bool,
    /// The text had a character of the table. Doubled backslashes and quotation marks do not count.
    pub(crate) escaped: bool,
}

/// Appends `text` to `out`, at most `room` bytes, and never ends inside a character or an escape.
#[inline]
pub(crate) fn escape(text: &str, form: Form, room: usize, out: &mut Vec<u8>) -> Outcome {
    match form {
        Form::Text | Form::Symbol | Form::Indent => {
            escape_class::<{ TABLE | BACKSLASH }>(text, form, room, out)
        }
        Form::Quoted | Form::Json | Form::IndentQuoted => {
            escape_class::<{ TABLE | BACKSLASH | QUOTE }>(text, form, room, out)
        }
        Form::Embedded => escape_class::<TABLE>(text, form, room, out),
    }
}

/// Escapes `text` for messages to people, in one line.
pub(crate) fn shown(text: &str) -> String {
    shown_as(text, Form::Text)
}

/// Like [`shown`], for a text whose foreign parts are already escaped: backslashes stay single.
pub(crate) fn shown_again(text: &str) -> String {
    shown_as(text, Form::Embedded)
}

/// `text` in quotation marks, in a form that can be shown to people in one line: for paths and values in errors.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", shown_as(text, Form::Quoted))
}

fn shown_as(text: &str, form: Form) -> String {
    let mut out = Vec::with_capacity(text.len());
    escape(text, form, usize::MAX, &mut out);
    // OK because `escape` appends whole characters of a `str` and ASCII.
    String::from_utf8(out).expect("escaped text is UTF-8")
}

/// Cuts escaped text to at most `limit` bytes, without splitting a character or an escape.
pub(crate) fn clip(shown: &str, limit: usize) -> &str {
    if shown.len() <= limit {
        return shown;
    }
    let end = floor_boundary(shown, limit);
    let mut at = 0;
    while let Some(slash) = shown[at..end].find('\\') {
        let from = at + slash;
        let braced = shown[from..].starts_with("\\u{");
        let len = if braced {
            shown[from..].find('}').map_or(2, |close| close + 1)
        } else {
            2
        };
        if from + len > end {
            return &shown[..from];
        }
        at = from + len;
    }
    &shown[..end]
}

/// Whether `c` is on the table of the module's documentation, so that it must be escaped in a line.
pub(crate) fn needs_escape(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether `c` ends a line for some reader of lines.
pub(crate) fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[inline]
fn escape_class<const CLASS: u8>(text: &str, form: Form, room: usize, out: &mut Vec<u8>) -> Outcome {
    let clean = clean_prefix::<CLASS>(text.as_bytes());
    if clean == text.len() && clean <= room {
        out.extend_from_slice(text.as_bytes());
        return Outcome {
            whole: true,
            escaped: false,
        };
    }
    escape_from::<CLASS>(text, clean, form, room, out)
}

/// Slow path for text that is not clean or does not fit; its first `clean` bytes are clean.
#[cold]
fn escape_from<const CLASS: u8>(
    text: &str,
    mut clean: usize,
    form: Form,
    room: usize,
    out: &mut Vec<u8>,
) -> Outcome {
    let end = out.len().saturating_add(room);
    let mut rest = text;
    let mut escaped = false;
    loop {
        let run = floor_boundary(rest, clean.min(end - out.len()));
        out.extend_from_slice(&rest.as_bytes()[..run]);
        let cut = run < clean;
        rest = &rest[run..];
        let Some(c) = rest.chars().next() else {
            return Outcome { whole: true, escaped };
        };
        let (short, taken) = replacement(c, rest, form);
        if cut || short.bytes().len() > end - out.len() {
            return Outcome {
                whole: false,
                escaped,
            };
        }
        out.extend_from_slice(short.bytes());
        escaped |= needs_escape(c);
        rest = &rest[taken..];
        clean = clean_prefix::<CLASS>(rest.as_bytes());
    }
}

const TABLE: u8 = 1;
const BACKSLASH: u8 = 2;
const QUOTE: u8 = 4;

/// The class of each byte: whether it may begin a character of the table, is a backslash, or is a quotation mark.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = TABLE;
        byte += 1;
    }
    table[0x7f] = TABLE;
    table[b'\\' as usize] = BACKSLASH;
    table[b'"' as usize] = QUOTE;
    // The first bytes, in UTF-8, of U+0080-00AD, 034F, 061C, 180E, 200B-206F, FEFF-FFFB and E0000-E007F.
    let leads = [0xc2, 0xcd, 0xd8, 0xe1, 0xe2, 0xef, 0xf3];
    let mut at = 0;
    while at < leads.len() {
        table[leads[at]] = TABLE;
        at += 1;
    }
    table
}

/// Number of leading bytes that need no escaping.
#[inline]
fn clean_prefix<const CLASS: u8>(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk::<16>() {
        if !is_plain::<CLASS, 16>(chunk) {
            if let Some(found) = position::<CLASS>(chunk) {
                return at + found;
            }
        }
        at += 16;
    }
    let rest = &bytes[at..];
    // The last bytes as one step, which may overlap bytes that were already checked.
    let plain = match (
        bytes.last_chunk::<16>(),
        rest.first_chunk::<8>(),
        rest.last_chunk::<8>(),
    ) {
        (Some(last), _, _) => is_plain::<CLASS, 16>(last),
        (None, Some(first), Some(last)) => is_plain::<CLASS, 8>(first) && is_plain::<CLASS, 8>(last),
        _ => false,
    };
    if plain {
        return bytes.len();
    }
    position::<CLASS>(rest).map_or(bytes.len(), |found| at + found)
}

/// Whether all bytes are printable ASCII outside `CLASS`; branch-free, so that it can be vectorised.
#[inline]
fn is_plain<const CLASS: u8, const N: usize>(bytes: &[u8; N]) -> bool {
    let mut special = false;
    for &byte in bytes {
        special |= byte.wrapping_sub(0x20) > 0x5e;
        special |= CLASS & BACKSLASH != 0 && byte == b'\\';
        special |= CLASS & QUOTE != 0 && byte == b'"';
    }
    !special
}

#[inline]
fn position<const CLASS: u8>(bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .position(|&byte| CLASSES[usize::from(byte)] & CLASS != 0)
}

/// The largest character boundary of `text` that is at most `limit`.
fn floor_boundary(text: &str, limit: usize) -> usize {
    let mut at = limit.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What to write for `c`, the first character of `rest`, and how many bytes of `rest` it replaces.
fn replacement(c: char, rest: &str, form: Form) -> (Short, usize) {
    let taken = c.len_utf8();
    let line_break = match form {
        Form::Symbol => Some("\u{23ce}"),
        Form::Indent | Form::IndentQuoted => Some(INDENTED_BREAK),
        _ => None,
    };
    if let Some(shown) = line_break.filter(|_| is_line_break(c)) {
        let taken = if rest.starts_with("\r\n") { 2 } else { taken };
        return (Short::of(shown.as_bytes()), taken);
    }
    match (form, c) {
        (_, '\\') if form != Form::Embedded => (Short::of(b"\\\\"), taken),
        (Form::Quoted | Form::Json | Form::IndentQuoted, '"') => (Short::of(b"\\\""), taken),
        (Form::Json, '\0') => (Short::of(NUL_SIGN.as_bytes()), taken),
        (Form::Embedded, '\n' | '\r' | '\t') => (Short::of(b" "), taken),
        (_, '\n') => (Short::of(b"\\n"), taken),
        (_, '\r') => (Short::of(b"\\r"), taken),
        (_, '\t') => (Short::of(b"\\t"), taken),
        _ if !needs_escape(c) => (Short::of(c.encode_utf8(&mut [0; 4]).as_bytes()), taken),
        (Form::Json | Form::Embedded, _) => (Short::utf16(c), taken),
        _ => (Short::braced(c), taken),
    }
}

/// A few bytes, stored inline.
struct Short {
    bytes: [u8; 12],
    len: usize,
}

impl Short {
    fn of(text: &[u8]) -> Short {
        let mut short = Short {
            bytes: [0; 12],
            len: 0,
        };
        text.iter().for_each(|&byte| short.push(byte));
        short
    }

    /// `\u{1b}`, with as few digits as possible.
    fn braced(c: char) -> Short {
        let mut short = Short::of(b"\\u{");
        let code = u32::from(c);
        let digits = (code.max(1).ilog2() / 4) + 1;
        short.hex(code, digits);
        short.push(b'}');
        short
    }

    /// `\u001b`, or a surrogate pair for a character beyond U+FFFF.
    fn utf16(c: char) -> Short {
        let mut short = Short::of(b"");
        for unit in c.encode_utf16(&mut [0; 2]) {
            short.push(b'\\');
            short.push(b'u');
            short.hex(u32::from(*unit), 4);
        }
        short
    }

    fn hex(&mut self, code: u32, digits: u32) {
        for digit in (0..digits).rev() {
            self.push(b"0123456789abcdef"[(code >> (4 * digit)) as usize & 15]);
        }
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Reverses [`Form::Text`] and [`Form::Quoted`]. Returns `None` if the text is not of that form.
#[cfg(any(test, fuzzing))]
pub(crate) fn unescape(text: &str) -> Option<String> {
    let mut back = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            back.push(c);
            continue;
        }
        match rest.next()? {
            'n' => back.push('\n'),
            'r' => back.push('\r'),
            't' => back.push('\t'),
            c @ ('\\' | '"') => back.push(c),
            'u' => {
                let (digits, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
                back.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                rest = after.chars();
            }
            _ => return None,
        }
    }
    Some(back)
}

#[cfg(test)]
pub(crate) mod terminal;
#[cfg(test)]
mod tests;
