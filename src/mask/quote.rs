//! Quotes in all the forms in which logs show them: plain, escaped (JSON in JSON), tripled, as an entity or
//! percent-coded. Values are read forwards from the opening quote, keys backwards from the closing one.

use super::bytes::{back_while, byte, has, is_closer, is_quote};
use super::work;

/// The kind of quotes around something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    None,
    /// A quotation mark after this number of backslashes.
    Mark {
        mark: u8,
        slashes: usize,
    },
    /// `"""` or `'''`.
    Triple(u8),
    /// Any other form, by its closing text.
    Coded(&'static str),
}

/// Forms other than marks: opening text, closing text.
const CODED: &[(&str, &str)] = &[
    ("&quot;", "&quot;"),
    ("&apos;", "&apos;"),
    ("&#34;", "&#34;"),
    ("&#39;", "&#39;"),
    ("&#x22;", "&#x22;"),
    ("&#x27;", "&#x27;"),
    ("%22", "%22"),
    ("%27", "%27"),
    ("%2522", "%2522"),
    ("\\u0022", "\\u0022"),
    ("\\u0027", "\\u0027"),
    ("\\x22", "\\x22"),
    ("\\x27", "\\x27"),
    ("\u{201C}", "\u{201D}"),
    ("\u{201E}", "\u{201C}"),
    ("\u{2018}", "\u{2019}"),
    ("\u{AB}", "\u{BB}"),
    ("\u{FF02}", "\u{FF02}"),
];

impl Quote {
    /// The quote that opens at `at`, and the offset at which its content begins.
    ///
    /// `None` for a mark before a comma or a closing bracket: it closes something that began earlier.
    pub(super) fn open(text: &[u8], at: usize) -> Option<(Quote, usize)> {
        let first = byte(text, at);
        if matches!(first, b'&' | b'%' | b'\\' | 0xC2..) {
            if let Some((open, close)) = CODED.iter().find(|(open, _)| has(text, at, open.as_bytes())) {
                return Some((Quote::Coded(close), at + open.len()));
            }
        }
        let at = at + prefix_len(text, at);
        let mark_at = at + slashes_at(text, at);
        let mark = byte(text, mark_at);
        if !is_quote(mark) {
            return None;
        }
        let slashes = mark_at - at;
        if slashes == 0 && byte(text, mark_at + 1) == mark && byte(text, mark_at + 2) == mark {
            return Some((Quote::Triple(mark), mark_at + 3));
        }
        let inner = mark_at + 1;
        let next = byte(text, inner);
        let closing = inner >= text.len() || matches!(next, b',' | b';' | b'\n') || is_closer(next);
        (!closing).then_some((Quote::Mark { mark, slashes }, inner))
    }

    /// The end of the content that begins at `inner`; the end of the text if no quote closes it.
    pub(super) fn close(self, text: &[u8], inner: usize) -> usize {
        let end = match self {
            Quote::None => inner,
            Quote::Mark { mark, slashes } => close_mark(text, inner, mark, slashes),
            Quote::Triple(mark) => find(text, inner, &[mark; 3]),
            Quote::Coded(close) => find(text, inner, close.as_bytes()),
        };
        work::count(end - inner + 1);
        end
    }

    /// The length of the closing quote at `end`.
    pub(super) fn close_len(self, text: &[u8], end: usize) -> usize {
        let len = match self {
            Quote::None => 0,
            Quote::Mark { slashes, .. } => slashes + 1,
            Quote::Triple(_) => 3,
            Quote::Coded(close) => close.len(),
        };
        len.min(text.len() - end)
    }

    /// The quote that closes right before `at`, and the offset at which it begins.
    pub(super) fn ending(text: &[u8], at: usize) -> Option<(Quote, usize)> {
        let last = *text.get(at.checked_sub(1)?)?;
        if is_quote(last) {
            let start = back_while(text, at - 1, 0, |byte| byte == b'\\');
            let slashes = at - 1 - start;
            return Some((Quote::Mark { mark: last, slashes }, start));
        }
        if !matches!(last, b';' | b'2' | b'7' | 0x80..) {
            return None;
        }
        let (_, close) = CODED
            .iter()
            .find(|(_, close)| text[..at].ends_with(close.as_bytes()))?;
        Some((Quote::Coded(close), at - close.len()))
    }

    /// The number of backslashes before each mark if this is how JSON quotes its keys.
    pub(super) fn json(self) -> Option<usize> {
        match self {
            Quote::Mark { mark: b'"', slashes } => Some(slashes),
            _ => None,
        }
    }
}

/// Whether the quotation mark at `at` closes something that began before an unquoted value.
pub(super) fn closes_outer(text: &[u8], at: usize) -> bool {
    let next = byte(text, at + 1);
    !(next.is_ascii_alphanumeric()
        || matches!(
            next,
            b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'*' | b'_' | 0x80..
        ))
}

/// The length of the prefix of a string literal: `b`, `r#`, `u8`, `@`, `&`.
fn prefix_len(text: &[u8], at: usize) -> usize {
    let prefix = |byte: u8| {
        matches!(
            byte,
            b'b' | b'B' | b'r' | b'R' | b'u' | b'U' | b'f' | b'F' | b'N' | b'@' | b'&' | b'#'
        )
    };
    let len = (0..4).take_while(|&n| prefix(byte(text, at + n))).count();
    if len <= 3 && is_quote(byte(text, at + len)) {
        len
    } else {
        0
    }
}

fn slashes_at(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let len = rest.iter().take_while(|&&byte| byte == b'\\').count();
    work::count(len);
    len
}

/// The end of a quoted text: a mark closes it after as many backslashes as the opening one, pairs of escaped ones aside.
fn close_mark(text: &[u8], inner: usize, mark: u8, slashes: usize) -> usize {
    let mut from = inner;
    while let Some(len) = memchr::memchr(mark, text.get(from..).unwrap_or_default()) {
        let at = from + len;
        let before = at - back_while(text, at, inner, |byte| byte == b'\\');
        let doubled = mark == b'\'' && slashes == 0 && at > inner && byte(text, at + 1) == b'\'';
        if doubled {
            from = at + 2;
            continue;
        }
        // A mark before a letter opens something else; then the mark that closes this text is missing.
        let closes = !byte(text, at + 1).is_ascii_alphanumeric();
        if closes && before < slashes {
            return at - before;
        }
        if closes && before % (2 * (slashes + 1)) == slashes {
            return at - slashes;
        }
        from = at + 1;
    }
    text.len()
}

pub(super) fn find(text: &[u8], from: usize, needle: &[u8]) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    memchr::memmem::find(rest, needle).map_or(text.len(), |len| from + len)
}
