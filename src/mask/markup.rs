//! Secrets in elements of XML: `<password>x</password>`.

use super::bytes::{byte, has, is_space, is_token, until};
use super::judge::{is_prose, is_secret};
use super::key::Key;
use super::names::Test;
use super::quote::find;
use super::scan::{Scan, Show};

/// How long a tag with its attributes may be.
const TAG: usize = 256;

impl Scan<'_> {
    /// `<` at `at`: if a tag begins that names a secret, its text is hidden.
    pub(super) fn tag(&mut self, at: usize) {
        let text = self.text;
        let near = &text[..text.len().min(at + TAG)];
        let name_end = until(near, at + 1, |byte| {
            !(is_token(byte) || matches!(byte, b'.' | b':'))
        });
        if name_end == at + 1 || !(at < self.named_until || self.rules.may_end(text, name_end)) {
            return;
        }
        let key = Key::before(text, name_end, at + 1);
        let test = self.rules.test(&key);
        let named = at < self.named_until
            && [&b"gnirts"[..], b"eulav", b"atad"]
                .iter()
                .any(|name| key.is(name));
        let close = until(near, name_end, |byte| matches!(byte, b'>' | b'<'));
        if byte(text, close) != b'>' || byte(text, close - 1) == b'/' {
            return;
        }
        let plain = close + 1;
        let from = plain + if has(text, plain, b"<![CDATA[") { 9 } else { 0 };
        if matches!(test, Test::NameOf | Test::Query)
            && self.is_secret_name(plain, until(near, plain, |byte| byte == b'<'))
        {
            return self.expect_value(plain + TAG);
        }
        if !named && !test.hides_values() {
            return;
        }
        let end = if from == plain {
            until(text, from, |byte| byte == b'<')
        } else {
            find(text, from, b"]]>")
        };
        let closed = has(text, end, b"</") || has(text, end, b"]]>") || (self.cut && end == text.len());
        let test = if named { Test::Always } else { strict(test) };
        if closed && is_secret(test, &text[from..end], false) && !is_prose(text, from) {
            self.hide(from, end, Show::Stars);
        }
    }
}

/// An element holds nothing but its value, so there is no list to read.
fn strict(test: Test) -> Test {
    match test {
        Test::Header | Test::Auth | Test::Cookies => Test::Open,
        test => test,
    }
}

/// Past the ends of what only makes a name stand out: `<b>Password:</b> x`, `<th>Password:</th><td>x`.
pub(super) fn past_closing_tags(text: &[u8], from: usize) -> usize {
    if !has(text, from, b"</") {
        return from;
    }
    let near = &text[..text.len().min(from + 64)];
    let end = until(near, from, |byte| byte == b'>');
    let name = near.get(from + 2..end).unwrap_or_default();
    let plain = [
        &b"b"[..],
        b"strong",
        b"em",
        b"i",
        b"u",
        b"label",
        b"span",
        b"th",
        b"td",
        b"dt",
    ];
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
