//! Header values: a scheme with credentials, and lists of cookies. Called for keys with such a policy.
//!
//! `Bearer` and `Basic` with something that looks like a credential are secret without a key, too.

use crate::mask::bytes::{
    back_while, before, byte, has, is_credential, is_one_of, is_quote, is_space, is_token, until,
};
use crate::mask::name::key::Key;
use crate::mask::name::value_policy::ValuePolicy;
use crate::mask::quote::Quote;
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::{is_mark, is_prose, is_secret, is_status, looks_random, trim};
use crate::mask::value::span::{bare_end, locate, rest_end};
use std::ops::Range;

/// Schemes with one credential.
#[rustfmt::skip]
const SCHEMES: &[&str] = &[
    "bearer", "basic", "token", "negotiate", "ntlm", "apikey", "api-key", "key", "ssws", "bot", "dpop",
    "splunk", "jwt", "geniekey", "aws", "sharedkey", "sharedkeylite", "kerberos", "pat", "x-api-key",
    "flyv1", "discogs", "zoho-oauthtoken", "bearertoken", "macaroon", "klaviyo-api-key",
];
/// Schemes with a list of parameters.
#[rustfmt::skip]
const LISTS: &[&str] = &[
    "digest", "oauth", "hawk", "signature", "mac", "aws4-hmac-sha256", "aws4-ecdsa-p256-sha256",
    "googlelogin", "sharedaccesssignature", "hmac", "hmac-sha256", "tc3-hmac-sha256", "goog4-hmac-sha256",
    "goog4-rsa-sha256", "acs3-hmac-sha256", "vapid", "mediabrowser", "scram-sha-256",
];
/// Parameters and attributes that are not secret.
#[rustfmt::skip]
const OPEN: &[&str] = &[
    "realm", "username", "algorithm", "qop", "uri", "nc", "signedheaders", "headers", "keyid", "ts", "app",
    "version", "oauth_version", "oauth_signature_method", "oauth_timestamp", "oauth_callback", "charset",
    "sr", "se", "skn", "sv", "stale", "domain", "path", "expires", "max-age", "samesite", "priority", "id",
    "client", "device", "service",
];
/// How far a list of parameters or cookies is read, in bytes.
const LIST_LIMIT: usize = 8192;

impl Scan<'_> {
    /// Hides the credentials in the value of `Authorization` and similar headers.
    pub(in crate::mask) fn header(&mut self, key: &Key, policy: ValuePolicy, from: usize) {
        let text = self.text;
        match byte(text, from) {
            b'(' => {
                self.user_tuple(from + 1);
                return;
            }
            b'{' => return self.expect_key(from),
            b'[' | b'\n' => return,
            _ => {}
        }
        let quoted = Quote::open(text, from);
        let start = quoted.map_or(from, |(_, start)| start);
        let word_end = until(text, start, |byte| !(is_token(byte) || byte == b'.'));
        let word = &text[start..word_end];
        let spaced = byte(text, word_end) == b' ';
        if spaced && byte(text, word_end + 1) == b'{' {
            return self.expect_key(word_end + 1);
        }
        if spaced && is_one_of(word, LISTS) && self.is_list(word_end + 1) {
            let end = self.region_end(key, start, quoted);
            return self.pairs(word_end + 1, end, |name, _| is_one_of(name, OPEN));
        }
        if spaced && (is_one_of(word, SCHEMES) || is_one_of(word, LISTS)) {
            return self.credential(word_end + 1);
        }
        if let Some((quote, start)) = quoted {
            let end = quote.close(text, start);
            return self.opaque(key, policy, start..end, false);
        }
        let end = bare_end(text, start, false);
        if spaced && end == word_end && !word.iter().any(u8::is_ascii_digit) {
            return self.second_word(start, word_end);
        }
        self.opaque(key, policy, start..end, true);
    }

    /// Hides the password in `('bob', 'x')`; returns whether there are a user and a password.
    pub(in crate::mask) fn user_tuple(&mut self, from: usize) -> bool {
        let text = self.text;
        let near = &text[..text.len().min(from + 256)];
        let Some((quote, start)) = Quote::open(near, from) else {
            return false;
        };
        let user_end = quote.close(near, start);
        let comma = user_end + quote.close_len(near, user_end);
        if byte(near, comma) != b',' {
            return false;
        }
        let next = until(near, comma + 1, |byte| !is_space(byte));
        let next = next + if has(near, next, b"Some(") { 5 } else { 0 };
        let Some((quote, start)) = Quote::open(near, next) else {
            return false;
        };
        let end = quote.close(near, start);
        if is_secret(ValuePolicy::Always, &near[start..end], false) {
            self.hide(start, end, Show::Stars);
        }
        true
    }

    /// Whether parameters follow, and not one credential.
    fn is_list(&self, from: usize) -> bool {
        let end = until(self.text, from, |byte| {
            is_space(byte) || is_quote(byte) || byte == b'='
        });
        byte(self.text, end) == b'=' && byte(self.text, end + 1) != b'='
    }

    /// The end of a header's value: the end of its quotes, of those around the whole header, or of the line.
    fn region_end(&self, key: &Key, from: usize, quoted: Option<(Quote, usize)>) -> usize {
        let near = &self.text[..self.text.len().min(from + LIST_LIMIT)];
        match quoted {
            Some((quote, start)) => quote.close(near, start),
            None => rest_end(near, from, key.before),
        }
    }

    /// Hides a value without a known scheme if it is secret.
    fn opaque(&mut self, key: &Key, policy: ValuePolicy, place: Range<usize>, bare: bool) {
        let Range { start, end } = place;
        let value = &self.text[start..end];
        let halved = self.cut && end == self.text.len();
        if !(halved || is_secret(policy, value, false)) || is_prose(self.text, start) {
            return;
        }
        let show = match key.quote.json() {
            Some(slashes) if bare => Show::Quoted(slashes),
            _ => Show::Stars,
        };
        self.hide(start, end, show);
    }

    /// A word of letters before something else is an unknown scheme, or prose.
    fn second_word(&mut self, start: usize, word_end: usize) {
        let end = bare_end(self.text, word_end + 1, false);
        let second = &self.text[word_end + 1..end];
        if !is_prose(self.text, start) && second.len() >= 6 && looks_random(second) && !second.contains(&b'=')
        {
            self.hide(word_end + 1, end, Show::Stars);
        }
    }

    /// Hides the credential after a scheme.
    fn credential(&mut self, at: usize) {
        let from = until(self.text, at, |byte| byte != b' ');
        if is_quote(byte(self.text, from)) && Quote::open(self.text, from).is_none() {
            return;
        }
        let Some(place) = locate(self.text, from, false, 0) else {
            return;
        };
        let value = trim(&self.text[place.start..place.end]);
        let named = value.windows(2).any(|pair| pair == b"=\"");
        let harmless = value.len() < 64
            && (value.is_empty()
                || is_mark(value)
                || is_status(value)
                || named
                || is_prose(self.text, from)
                || matches!(value, b"token" | b"auth" | b"authentication"));
        if !harmless {
            self.hide(place.start, place.end, Show::Stars);
        }
    }

    /// Hides the credential after `Bearer` or `Basic` at `at`, which needs no key.
    pub(in crate::mask) fn spoken(&mut self, at: usize) {
        if has(self.text, at, b"bearer ") {
            let from = at + 7;
            let end = until(self.text, from, |byte| !is_credential(byte));
            let token = &self.text[from..end];
            let padding = token.iter().rev().take_while(|byte| **byte == b'=').count();
            let known = token.len() >= 8
                && looks_random(token)
                && !token[..token.len() - padding].contains(&b'=')
                && !matches!(byte(self.text, end), b'"' if before(self.text, end) == b'=');
            if known || (self.cut && end == self.text.len()) {
                self.hide(from, end, Show::Stars);
            }
        } else if has(self.text, at, b"basic ") {
            let from = at + 6;
            let end = until(self.text, from, |byte| !is_credential(byte));
            let cut = self.cut && end == self.text.len();
            if is_basic(&self.text[from..end]) || cut {
                self.hide(from, end, Show::Stars);
            }
        }
    }

    /// Hides the values in a list of cookies, except preferences; names and attributes stay.
    pub(in crate::mask) fn cookies(&mut self, key: &Key, from: usize) {
        let text = self.text;
        match byte(text, from) {
            b'\n' => return,
            b'{' | b'[' | b'(' => return self.value_at(key, ValuePolicy::Open, from, false),
            _ => {}
        }
        let quoted = Quote::open(text, from);
        let start = quoted.map_or(from, |(_, start)| start);
        let name_end = until(text, start, |byte| {
            is_space(byte) || matches!(byte, b'=' | b';' | b',' | b'&' | b'"' | b'\'')
        });
        if byte(text, name_end) != b'=' {
            let end = quoted.map_or_else(
                || bare_end(text, start, false),
                |(quote, start)| quote.close(text, start),
            );
            return self.opaque(key, ValuePolicy::Header, start..end, quoted.is_none());
        }
        let rules = self.rules;
        let end = self.region_end(key, start, quoted);
        self.pairs(start, end, |name, value| {
            let policy = rules.policy(&Key::before(name, name.len(), 0));
            is_one_of(name, OPEN) || (policy == ValuePolicy::Never && is_preference(value))
        });
    }

    /// Hides the values in a list of `name=value`, except those for which `open` returns true.
    pub(in crate::mask) fn pairs(&mut self, from: usize, end: usize, open: impl Fn(&[u8], &[u8]) -> bool) {
        let text = &self.text[..end];
        let mut at = from;
        while at < end {
            let equals = until(text, at, |byte| byte == b'=');
            if equals >= end {
                break;
            }
            let name_start = back_while(text, equals, at, |byte| is_token(byte) || byte == b'.');
            match self.between(text, at, name_start) {
                Between::Nothing => {}
                Between::LineEnd(line_end) => {
                    at = line_end;
                    break;
                }
                Between::Secret(next) => {
                    at = next;
                    continue;
                }
            }
            let name = &text[name_start..equals];
            let (start, stop, next) = parameter(text, equals + 1);
            let value = &text[start..stop];
            let shown = value.is_empty() || is_mark(value) || is_status(value) || open(name, value);
            if !shown {
                self.hide(start, stop, Show::Stars);
            }
            // A quote that is never closed is not a quote: a parameter may follow it.
            let unclosed = shown && start > equals + 1 && next == stop;
            at = if unclosed { start } else { next };
        }
        self.skip_to(at.min(end));
    }

    /// Reads the text between two parameters: a line end ends the list, a secret under a key with a colon is hidden.
    fn between(&mut self, text: &[u8], from: usize, to: usize) -> Between {
        for at in from..to {
            if text[at] == b'\n' {
                return Between::LineEnd(at);
            }
            if text[at] == b':'
                && self.rules.may_end(text, at)
                && self.rules.policy(&Key::before(text, at, from)).hides_values()
            {
                let value = until(text, at + 1, |byte| byte != b' ');
                let (start, stop, next) = parameter(text, value);
                let hidden = &text[start..stop];
                if !(hidden.is_empty() || is_mark(hidden) || is_status(hidden)) {
                    self.hide(start, stop, Show::Stars);
                    return Between::Secret(next);
                }
            }
        }
        Between::Nothing
    }
}

/// The text between two parameters of a list.
enum Between {
    Nothing,
    LineEnd(usize),
    /// A secret was hidden; the list continues at this offset.
    Secret(usize),
}

/// The start and end of a parameter's value, without quotes, and the offset of the next parameter.
fn parameter(text: &[u8], from: usize) -> (usize, usize, usize) {
    if let Some((quote, start)) = Quote::open(text, from) {
        let stop = quote.close(text, start);
        return (start, stop, stop + quote.close_len(text, stop));
    }
    let stop = until(text, from, |byte| {
        is_space(byte) || matches!(byte, b';' | b',' | b'&' | b'"')
    });
    (from, stop, stop)
}

/// A cookie value that holds a preference and no session: `dark`, `de-DE`, `1`.
fn is_preference(value: &[u8]) -> bool {
    value.len() <= 7
        && (value
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
            || value.len() <= 3)
}

/// Whether this is `user:password` in base64 (RFC 7617).
fn is_basic(token: &[u8]) -> bool {
    let digits = token
        .iter()
        .take_while(|&&byte| byte != b'=')
        .map(|&byte| sextet(byte));
    let mut bits = 0u32;
    let mut count = 0;
    let mut colon = false;
    for digit in digits.take(1024) {
        let Some(digit) = digit else { return false };
        bits = bits << 6 | digit;
        count += 6;
        if count >= 8 {
            count -= 8;
            let byte = (bits >> count) as u8;
            if byte < 0x20 || byte == 0x7F {
                return false;
            }
            colon |= byte == b':';
        }
    }
    colon
}

fn sextet(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}
