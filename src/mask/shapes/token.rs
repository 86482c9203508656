//! Tokens: known prefixes, JWTs, and long tokens after a word such as `token` or `password is`. `walk` calls it at
//! every run of token characters that is long enough.

use crate::mask::bytes::{
    back_while, before, byte, has, is_credential, is_one_of, is_space, is_token, until,
};
use crate::mask::name::key::Key;
use crate::mask::prefilter::LONG;
use crate::mask::quote::find;
use crate::mask::scan::{Scan, Show};
use crate::mask::shapes::prefixes::{DOTTED, Prefix, Set, prefixes_from};
use crate::mask::value::policy::looks_random;
use std::ops::Range;

/// How far back from the cut of a text a token may begin, in bytes.
const HALF: usize = 512;

/// Words in a line that announce a password on the next line.
const PASSWORD: [&[u8]; 4] = [b"password", b"Password", b"secret", b"token"];

/// Words in an unknown prefix that mean a secret, and the shortest last word of such a token.
const SPOKEN: [&[u8]; 8] = [
    b"pat",
    b"sk",
    b"secret",
    b"token",
    b"apikey",
    b"tok",
    b"pwd",
    b"password",
];
const TAIL: usize = 20;

/// How far the text was searched for long runs.
#[derive(Debug, Default)]
pub(in crate::mask) struct Runs {
    done: usize,
}

impl Runs {
    /// Whether the run at `at` was not read yet.
    #[inline]
    pub(in crate::mask) fn is_new(&self, at: usize) -> bool {
        at >= self.done
    }

    /// The run of token characters around `at`, if it is long enough for a secret.
    pub(in crate::mask) fn next(&mut self, scan: &Scan<'_>, at: usize) -> Option<(usize, usize)> {
        let start = back_while(scan.text, at, scan.done(), is_token);
        let end = until(scan.text, at, |byte| !is_token(byte));
        self.done = end;
        (end >= start + LONG).then_some((start, end))
    }
}

impl Scan<'_> {
    /// Hides a run that is secret by its own shape; returns whether it is.
    pub(in crate::mask) fn shaped(&mut self, start: usize, end: usize) -> bool {
        self.known(start, end)
            || self.dotted(start, end)
            || self.provider_shape(start, end)
            || self.spelled(start, end)
    }

    /// A known prefix or a JWT, at the beginning of the run or after a dash or an underscore.
    fn known(&mut self, start: usize, end: usize) -> bool {
        let mut from = start;
        while from + LONG <= end {
            if let Some(to) = self.prefix_end(from) {
                self.hide(from, to, Show::Stars);
                return true;
            }
            if self.text[from..].starts_with(b"eyJ") && self.jwt(from, end) {
                return true;
            }
            from = until(&self.text[..end], from, |byte| !byte.is_ascii_alphanumeric()) + 1;
        }
        false
    }

    /// A prefix that is not in the table and names a secret: `acme_pat_...`, `sk-live-...`, with a long word of letters in
    /// both cases and digits after it.
    fn spelled(&mut self, start: usize, end: usize) -> bool {
        let run = &self.text[start..end];
        let mut words = run.rsplit(|&byte| byte == b'_' || byte == b'-');
        let tail = words.next().unwrap_or_default();
        let all = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
        if tail.len() < TAIL || !all.iter().all(|kind| tail.iter().any(kind)) {
            return false;
        }
        let hinted = words.any(|word| SPOKEN.contains(&word));
        if hinted {
            self.hide(start, end, Show::Stars);
        }
        hinted
    }

    /// The end of the token with a known prefix at `from`, if enough characters follow the prefix.
    fn prefix_end(&self, from: usize) -> Option<usize> {
        let rest = &self.text[from..];
        let known = prefixes_from(rest[0]).iter();
        known
            .filter(|prefix| rest.starts_with(prefix.text.as_bytes()))
            .find_map(|prefix| self.body_end(from + prefix.text.len(), prefix))
    }

    fn body_end(&self, body: usize, prefix: &Prefix) -> Option<usize> {
        let text = self.text;
        let end = until(text, body, |byte| !prefix.set.has(byte));
        let exact = matches!(prefix.set, Set::Hex | Set::Upper);
        let whole = !exact || !byte(text, end).is_ascii_alphanumeric();
        let long = end - body >= usize::from(prefix.min_len);
        (whole && long).then(|| {
            let mut to = until(text, end, |byte| !(is_token(byte) || matches!(byte, b'+' | b'~')));
            while byte(text, to) == b'.' && is_token(byte(text, to + 1)) {
                to = until(text, to + 1, |byte| !is_token(byte));
            }
            to
        })
    }

    /// `eyJ...` and at least one more part (RFC 7519; RFC 7516 has five parts, some of them empty).
    fn jwt(&mut self, from: usize, end: usize) -> bool {
        let text = self.text;
        let mut to = end;
        let mut parts = 1;
        while byte(text, to) == b'.' && parts < 5 {
            to = until(text, to + 1, |byte| !(is_token(byte) || byte == b'='));
            parts += 1;
        }
        let whole = to - end >= 8;
        if whole {
            self.hide(from, to, Show::Stars);
        }
        whole
    }

    /// A prefix with dots in it: the run is only the last part of the token.
    fn dotted(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        if before(text, start) != b'.' && !matches!(text[start], b'y' | b'E') {
            return false;
        }
        let floor = self.done().max(start.saturating_sub(40));
        let head = back_while(text, start, floor, |byte| is_token(byte) || byte == b'.');
        let token = &text[head..end];
        let fits = |&(prefix, min_len): &(&str, usize)| {
            token.starts_with(prefix.as_bytes()) && token.len() >= prefix.len() + min_len
        };
        if !DOTTED.iter().any(fits) {
            return false;
        }
        let to = until(text, end, |byte| !is_credential(byte));
        self.hide(head, to, Show::Stars);
        true
    }

    /// A long token after words that are not the name of a key: `Bearer ...`, `identified by ...`, a line that
    /// announces a password. Returns true if nothing else can be found here.
    pub(in crate::mask) fn spoken_before(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        let head = self.head_of(start);
        if before(text, head) == b'\n' {
            self.announced(head, end);
            return true;
        }
        let Some(word) = word_before(text, head) else {
            return false;
        };
        if is_one_of(&text[word.clone()], &["bearer", "basic"]) {
            self.spoken(word.start);
            return true;
        }
        if is_one_of(&text[word.clone()], &["by"]) && self.is_identified(word.start) {
            let to = until(text, end, |byte| is_space(byte) || byte == b';');
            self.hide(head, to, Show::Stars);
            return true;
        }
        let before_word = text[..word.start].trim_ascii_end();
        let mechanism = is_one_of(&text[word.clone()], &["plain"]) && before_word.ends_with(b"AUTH");
        let login = is_one_of(&text[word], &["login"]) && before_word.ends_with(b"vault");
        if mechanism || login {
            let to = until(text, end, |byte| !is_credential(byte));
            let mixed = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            if text[head..to].iter().any(mixed) {
                self.hide(head, to, Show::Stars);
            }
        }
        mechanism || login
    }

    /// A long token after the name of a key: `token 0a1b...`, `password is X7...`, `ApiKey(0a1b...)`.
    pub(in crate::mask) fn after_name(&mut self, start: usize, end: usize) {
        let text = self.text;
        let head = self.head_of(start);
        if before(text, head) == b'(' && before(text, head - 1).is_ascii_alphanumeric() {
            return self.held(head, end);
        }
        let Some(word) = word_before(text, head) else {
            return;
        };
        if is_one_of(&text[word.clone()], &["bearer", "basic"]) {
            return;
        }
        let filler = is_one_of(
            &text[word.clone()],
            &["is", "was", "to", "as", "with", "be", "plain"],
        );
        let key_end = if filler {
            word.start.saturating_sub(1)
        } else {
            word.end
        };
        if before(text, key_end).is_ascii_alphanumeric() && self.rules.may_end(text, key_end) {
            self.named(key_end, head, end);
        }
    }

    /// The start of the token whose last run begins at `start`, with slashes, dots and similar characters.
    fn head_of(&self, start: usize) -> usize {
        let floor = self.done().max(start.saturating_sub(64));
        back_while(self.text, start, floor, |byte| {
            is_token(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'$')
        })
    }

    /// Hides the token from `head` on if it is in a type whose name is that of a secret: `ApiKey(0a1b...)`.
    fn held(&mut self, head: usize, end: usize) {
        let text = self.text;
        let name_end = head - 1;
        let floor = self.done().max(name_end.saturating_sub(32));
        let name = back_while(text, name_end, floor, is_token);
        let to = until(text, end, |byte| !is_credential(byte));
        let typed = text[name].is_ascii_uppercase() && byte(text, to) == b')';
        if typed && self.rules.may_end(text, name_end) {
            self.named(name_end, head, end);
        }
    }

    /// Hides the token from `head` on if it is alone on its line and a line above it ends in a colon and mentions a
    /// password: installers print the first password like this.
    fn announced(&mut self, head: usize, end: usize) {
        let text = self.text;
        let to = until(text, end, |byte| !is_credential(byte));
        let floor = self.done().max(head.saturating_sub(160));
        let colon = back_while(text, head, floor, is_space);
        let alone = matches!(byte(text, to), b'\n' | b'\r');
        if !alone || before(text, colon) != b':' || colon <= floor {
            return;
        }
        let line = back_while(text, colon, floor, |byte| byte != b'\n');
        let speaks = PASSWORD
            .iter()
            .any(|word| find(&text[..colon], line, word) < colon);
        if speaks && looks_random(&text[head..to]) {
            self.hide(head, to, Show::Stars);
        }
    }

    /// Hides the token from `head` on if the name before `key_end` is that of a secret.
    fn named(&mut self, key_end: usize, head: usize, end: usize) {
        let text = self.text;
        let key = Key::before(text, key_end, self.done());
        let telling = self.rules.policy(&key).in_sentence();
        let to = until(text, end, |byte| !is_credential(byte));
        let trimmed = back_while(text, to, end, |byte| byte == b'.');
        let token = &text[head..trimmed];
        let path = token.contains(&b'/') && token[0] != b'/' && !token.iter().any(u8::is_ascii_uppercase);
        if telling && !path && looks_random(token) && !matches!(byte(text, to), b':' | b'(') {
            self.hide(head, trimmed, Show::Stars);
        }
    }

    /// Hides tokens with a prefix of the user's.
    pub(in crate::mask) fn own_prefixes(&mut self) {
        let text = self.text;
        let rules = self.rules;
        for own in &rules.prefixes {
            let mut done = 0;
            for at in memchr::memmem::find_iter(text, &own.prefix) {
                if at < done {
                    continue;
                }
                let body = at + own.prefix.len();
                let end = until(text, body, |byte| !(is_token(byte) || byte == b'.'));
                let halved = self.cut && end == text.len() && end > body;
                let fresh = !before(text, at).is_ascii_alphanumeric();
                if fresh && (end - body >= own.min_len || halved) {
                    self.hide_anywhere(at, end);
                }
                done = end;
            }
        }
    }

    /// The text was cut: hides its last token if that could be the first half of a secret.
    pub(in crate::mask) fn tail(&mut self) {
        let text = self.text;
        let floor = self.done().max(text.len().saturating_sub(HALF));
        let start = back_while(text, text.len(), floor, |byte| !is_space(byte));
        let fresh = |at: &usize| !before(text, *at).is_ascii_alphanumeric();
        let half = |at: &usize| self.is_half_token(*at);
        match (start..text.len()).filter(fresh).find(half) {
            Some(at) => self.hide(at, text.len(), Show::Stars),
            None => {
                self.half_logon();
                self.half_number();
            }
        }
    }

    /// Whether the text ends inside a token with a known prefix, or inside a JWT.
    fn is_half_token(&self, from: usize) -> bool {
        let rest = &self.text[from..];
        let half = |prefix: &Prefix| {
            let body = rest.strip_prefix(prefix.text.as_bytes()).unwrap_or_default();
            let needed = if prefix.text.len() <= 2 { 6 } else { 1 };
            body.len() >= needed && body.iter().all(|&byte| prefix.set.has(byte))
        };
        let dotted = |(prefix, _): &(&str, usize)| {
            prefix.len() > 2 && rest.len() > prefix.len() && rest.starts_with(prefix.as_bytes())
        };
        let jwt = rest.len() > 3 && has(rest, 0, b"eyJ") && rest.iter().all(|&byte| is_credential(byte));
        jwt || prefixes_from(rest[0]).iter().any(half) || DOTTED.iter().any(dotted)
    }

    /// Hides digits at the end that could be the first half of a card number.
    fn half_number(&mut self) {
        let text = self.text;
        let floor = self.done().max(text.len().saturating_sub(24));
        let start = back_while(text, text.len(), floor, |byte| {
            byte.is_ascii_digit() || matches!(byte, b' ' | b'-')
        });
        let start = until(text, start, |byte| byte.is_ascii_digit());
        let digits = text[start..].iter().filter(|byte| byte.is_ascii_digit()).count();
        let branded = matches!(byte(text, start), b'2'..=b'6' | b'8');
        if (6..=19).contains(&digits) && branded && !before(text, start).is_ascii_alphanumeric() {
            self.hide(start, text.len(), Show::Stars);
        }
    }
}

/// The word of letters, and the blank after it, before `head`; at most the last 16 letters of the word.
fn word_before(text: &[u8], head: usize) -> Option<Range<usize>> {
    let end = head.checked_sub(1).filter(|&end| text[end] == b' ')?;
    if !before(text, end).is_ascii_alphabetic() {
        return None;
    }
    let start = back_while(text, end, end.saturating_sub(16), |byte| {
        byte.is_ascii_alphabetic()
    });
    Some(start..end)
}
