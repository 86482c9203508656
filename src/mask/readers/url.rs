//! URLs and addresses: the password before the host, a token in place of a user, e-mail addresses.

use crate::mask::bytes::{back_while, before, byte, has, is_space, is_token, until};
use crate::mask::quote::find;
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::{is_mark, looks_random};

/// The offsets of the next `@` and of the next byte that ends a URL, so that each is searched only once.
#[derive(Debug, Default)]
pub(in crate::mask) struct Urls {
    at_sign: usize,
    end: usize,
}

impl Urls {
    /// `://` at `colon`: hides the password in `user:password@host`, or a token in place of the user.
    pub(in crate::mask) fn read(&mut self, scan: &mut Scan<'_>, colon: usize) {
        let text = scan.text;
        let from = colon + 3;
        if self.at_sign < from {
            self.at_sign = until(text, from, |byte| byte == b'@');
        }
        if self.end < from {
            self.end = until(text, from, ends_url);
        }
        let (at, gap) = (self.at_sign, self.end);
        let slash = until(&text[..gap.min(at)], from, |byte| {
            matches!(byte, b'/' | b'?' | b'#')
        });
        if at >= gap {
            if scan.cut && gap == text.len() {
                scan.half_url(from, slash);
            }
            return;
        }
        let at = if slash < at {
            // A password may contain a slash that should have been percent-coded; a port cannot.
            if !has_odd_password(&text[from..slash]) {
                return;
            } else {
                at
            }
        } else {
            let end = until(&text[..gap], at, |byte| matches!(byte, b'/' | b'?' | b'#'));
            at + text[at..end].iter().rposition(|&byte| byte == b'@').unwrap_or(0)
        };
        scan.userinfo(from, at);
    }
}

impl Scan<'_> {
    fn userinfo(&mut self, from: usize, at: usize) {
        let text = self.text;
        let colon = until(&text[..at], from, |byte| byte == b':');
        let password = text.get(colon + 1..at).unwrap_or_default();
        let user = &text[from..colon];
        // `image:tag@sha256:...` is a container image with its digest.
        if has(text, at, b"@sha256:") || has(text, at, b"@sha512:") {
            return;
        }
        let empty = password.is_empty() || password == b"x-oauth-basic" || password == b"x-token-auth";
        // The text before the stars of a password is a user name, however long.
        let alone = colon == at || password == b"***";
        if user.len() >= 16 && ((empty && colon < at) || (alone && looks_random(user))) {
            self.hide(from, colon, Show::Stars);
        }
        if !password.is_empty() && !is_mark(password) {
            self.hide(colon + 1, at, Show::Stars);
        } else {
            // The user may be `x-access-token`, which is not a key here.
            self.skip_to(at);
        }
    }

    /// A URL that was cut before its `@`: the text after its colon may be a password.
    fn half_url(&mut self, from: usize, slash: usize) {
        let text = self.text;
        if slash < text.len() && !has_odd_password(&text[from..slash]) {
            return;
        }
        let colon = until(text, from, |byte| byte == b':');
        let user = &text[from..colon];
        if byte(text, from) != b'[' && colon + 1 < text.len() {
            self.hide(colon + 1, text.len(), Show::Stars);
        } else if user.len() >= 16 && looks_random(user) {
            self.hide(from, text.len(), Show::Stars);
        }
    }

    /// Hides the password of a percent-coded URL, as in the query of another URL.
    pub(in crate::mask) fn coded_url(&mut self, from: usize) {
        let near = &self.text[..self.text.len().min(from + 256)];
        let near = &near[..until(near, from, ends_url)];
        let near = &near[..find(near, from, b"%2F")];
        let (colon, at) = (find(near, from, b"%3A"), find(near, from, b"%40"));
        if colon + 3 < at && at < near.len() {
            self.hide(colon + 3, at, Show::Stars);
        }
    }

    /// Credentials before the `@` at `at` without a scheme: `user:password@tcp(host)` of Go, `user:password@host:5432`,
    /// `user/password@database`. Returns true if there can be no address here.
    pub(in crate::mask) fn credentials_before(&mut self, at: usize) -> bool {
        let text = self.text;
        let dsn = [&b"@tcp("[..], b"@unix(", b"@cloudsql(", b"@udp("]
            .iter()
            .any(|kind| has(text, at, kind));
        if !dsn && !self.has_port(at) {
            return self.generated_for(at) || self.logon(at);
        }
        let floor = self.done().max(at.saturating_sub(256));
        let start = back_while(text, at, floor, |byte| !ENDS_USER[usize::from(byte)]);
        let colon = until(&text[..at], start, |byte| byte == b':');
        let user = &text[start..colon];
        let named = !user.is_empty() && user.iter().all(|&byte| is_token(byte) || byte == b'.');
        if colon + 1 < at && named && !is_mark(&text[colon + 1..at]) {
            self.hide(colon + 1, at, Show::Stars);
        }
        true
    }

    /// Hides `x` in `temporary password is generated for root@localhost: x`, which MySQL prints at its first start.
    fn generated_for(&mut self, at: usize) -> bool {
        let text = self.text;
        let floor = self.done().max(at.saturating_sub(80));
        let user = back_while(text, at, floor, is_token);
        let host_end = until(text, at + 1, |byte| !(is_token(byte) || byte == b'.'));
        let announced = text[floor..user].ends_with(b" for ") && has(text, host_end, b": ");
        if !announced || find(&text[..user], floor, b"password") == user {
            return false;
        }
        let end = until(text, host_end + 2, is_space);
        self.hide(host_end + 2, end, Show::Stars);
        true
    }

    /// Whether `host:port` follows, unlike after an e-mail address; `image:tag@sha256:...` is a container image.
    fn has_port(&self, at: usize) -> bool {
        if has(self.text, at, b"@sha256:") || has(self.text, at, b"@sha512:") {
            return false;
        }
        let end = until(self.text, at + 1, |byte| !(is_token(byte) || byte == b'.'));
        end > at + 1 && byte(self.text, end) == b':' && byte(self.text, end + 1).is_ascii_digit()
    }

    /// Shows an e-mail address as `u***@example.com`, if addresses are to be hidden.
    pub(in crate::mask) fn address(&mut self, at: usize) {
        let text = self.text;
        if !self.rules.emails {
            return;
        }
        let local = |byte: u8| is_token(byte) || matches!(byte, b'.' | b'+' | b'%') || byte >= 0x80;
        let start = back_while(text, at, self.done().max(at.saturating_sub(64)), local);
        let end = until(text, at + 1, |byte| {
            !(is_token(byte) || byte == b'.' || byte >= 0x80)
        });
        let dotted = text[at + 1..end].contains(&b'.');
        let first = if at - start > 1 { char_len(text[start]) } else { 0 };
        if start < at && dotted && before(text, end) != b'@' {
            self.hide(start + first, at, Show::Stars);
        }
    }
}

fn char_len(first: u8) -> usize {
    match first {
        0..=0x7F => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

/// Bytes that end a user without a scheme. A table, since each `@` leads back over them.
const ENDS_USER: [bool; 256] = {
    let mut ends = [false; 256];
    let marks = b" \t\r\n\"'/<(=,";
    let mut n = 0;
    while n < marks.len() {
        ends[marks[n] as usize] = true;
        n += 1;
    }
    ends
};

fn ends_url(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'"' | b'<' | b'>' | b'`' | b'\'')
}

/// Whether the text before a slash is not `host:port`, so that the slash belongs to a password.
fn has_odd_password(authority: &[u8]) -> bool {
    let Some(colon) = authority.iter().position(|&byte| byte == b':') else {
        return false;
    };
    let port = &authority[colon + 1..];
    !port.is_empty() && !authority.starts_with(b"[") && !port.iter().all(u8::is_ascii_digit)
}
