//! Secrets in quotes after a word: `PASSWORD 'x'`, `IDENTIFIED BY "x"`. `walk` calls it at quotation marks.

use crate::mask::bytes::{back_while, before, byte, has, is_space, until};
use crate::mask::name::key::Key;
use crate::mask::name::value_policy::ValuePolicy;
use crate::mask::quote::Quote;
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::{is_message, is_secret, is_word, looks_random};

/// Words before a quoted password.
const PASSWORDS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"passphrase",
    b"passwort",
    b"requirepass",
    b"passcode",
];

/// How far before a quotation mark its word may end, in bytes.
const INDENT: usize = 40;

/// What is done with a password: `password changed to 'x'`.
const CHANGES: &[&[u8]] = &[b"changed", b"set", b"reset", b"updated", b"rotated", b"modified"];

impl Scan<'_> {
    /// The quotation mark at `at` opens a secret if `PASSWORD` or `IDENTIFIED BY` precedes it.
    pub(in crate::mask) fn quoted_after(&mut self, at: usize) {
        let text = self.text;
        let slashed = at - back_while(text, at, at.saturating_sub(8), |byte| byte == b'\\');
        let mark = at - slashed;
        let literal = mark - usize::from(before(text, mark) == b'N');
        // `{:#?}` puts the content of a tuple on a separate line, far to the right.
        let word_end = back_while(text, literal, literal.saturating_sub(INDENT), |byte| {
            is_space(byte) || byte == b'('
        });
        let floor = word_end.saturating_sub(24).max(self.done());
        let start = back_while(text, word_end, floor, |byte| {
            byte.is_ascii_alphabetic() || byte == b'_'
        });
        let mut word = &text[start..word_end];
        if is_verb(word) {
            // `password is 'x'`
            let end = back_while(text, start, floor, is_space);
            word = &text[back_while(text, end, floor, |byte| {
                byte.is_ascii_alphabetic() || byte == b'_'
            })..end];
        }
        if let Some(value) = self.set_for(word, start, mark) {
            return self.hide_quoted(value);
        }
        if self.is_change(word, start) {
            return self.hide_quoted(mark);
        }
        let by = word.eq_ignore_ascii_case(b"by") && self.is_identified(start);
        let strict = by || PASSWORDS.iter().any(|name| ends_in(word, name));
        if literal == word_end || !(strict || self.rules.may_end(word, word.len())) {
            return;
        }
        self.quoted_behind(word, word_end, mark, strict);
    }

    /// Hides the quoted value that opens at `mark` if `word` makes it a secret; after `strict` words it always is one.
    fn quoted_behind(&mut self, word: &[u8], word_end: usize, mark: usize, strict: bool) {
        let text = self.text;
        let key = Key::before(word, word.len(), 0);
        let policy = self.rules.policy(&key);
        let bracket = byte(text, word_end) == b'(';
        if bracket && policy.with_user() && self.user_tuple(mark) {
            return;
        }
        let random = policy.in_quotes();
        let holds = bracket && policy.in_tuple();
        let Some((quote, inner)) = Quote::open(text, mark).filter(|_| strict || random || holds) else {
            return;
        };
        let near = &text[..text.len().min(inner + 4096)];
        let end = quote.close(near, inner);
        let value = &text[inner..end];
        // `Pass("x")` may be the result of a test, `ApiKey("x")` is a type with a key in it; `token "x"` may be anything.
        let held = (holds && !is_word(value, 16) && !key.is("pass")) || (bracket && random);
        let held = held && is_secret(policy, value, false);
        let hinted = strict || held || (random && value.len() >= 8 && looks_random(value));
        let secret = hinted && is_secret(ValuePolicy::Always, value, false);
        if end < text.len() && secret && !is_message(text, inner) {
            self.hide(inner, end, Show::Stars);
        }
    }

    /// The offset of the password in `SET PASSWORD FOR 'bob'@'%' = 'x'`; the user opens at `mark`.
    fn set_for(&self, word: &[u8], start: usize, mark: usize) -> Option<usize> {
        let text = self.text;
        if !word.eq_ignore_ascii_case(b"for") || !ends_in(text[..start].trim_ascii_end(), b"set password") {
            return None;
        }
        let near = &text[..text.len().min(mark + 160)];
        let equals = until(near, mark, |byte| byte == b'=');
        Some(until(near, equals + 1, |byte| byte != b' '))
    }

    /// Whether a quoted text is an old or new secret: `password changed from 'x' to 'y'`.
    fn is_change(&self, word: &[u8], start: usize) -> bool {
        let text = self.text;
        if !(word.eq_ignore_ascii_case(b"to") || word.eq_ignore_ascii_case(b"from")) {
            return false;
        }
        let sentence = text[..start].trim_ascii_end();
        let Some(verb) = CHANGES.iter().find(|verb| ends_in(sentence, verb)) else {
            return false;
        };
        let sentence = sentence[..sentence.len() - verb.len()].trim_ascii_end();
        let sentence = [&b" was"[..], b" has been"]
            .iter()
            .find_map(|verb| sentence.strip_suffix(*verb))
            .unwrap_or(sentence);
        PASSWORDS.iter().any(|name| ends_in(sentence, name))
    }

    /// Hides the quoted text that begins at `mark`, and the text it was changed to.
    fn hide_quoted(&mut self, mark: usize) {
        let text = self.text;
        let Some(next) = self.hide_one(mark) else { return };
        if has(text, next, b" to ") {
            self.hide_one(next + 4);
        }
    }

    /// Hides one quoted text; returns the offset after it.
    fn hide_one(&mut self, mark: usize) -> Option<usize> {
        let text = self.text;
        let (quote, inner) = Quote::open(text, mark)?;
        let near = &text[..text.len().min(inner + 4096)];
        let end = quote.close(near, inner);
        if end < text.len() && is_secret(ValuePolicy::Always, &text[inner..end], false) {
            self.hide(inner, end, Show::Stars);
        }
        Some(end + quote.close_len(text, end))
    }

    /// Whether `IDENTIFIED` (`WITH plugin`) precedes the `BY` at `by`.
    pub(in crate::mask) fn is_identified(&self, by: usize) -> bool {
        let floor = by.saturating_sub(48);
        let near = &self.text[floor..by];
        near.windows(10)
            .any(|word| word.eq_ignore_ascii_case(b"identified"))
    }
}

fn is_verb(word: &[u8]) -> bool {
    [&b"is"[..], b"was", b"eq", b"like", b"ilike"]
        .iter()
        .any(|verb| word.eq_ignore_ascii_case(verb))
}

fn ends_in(word: &[u8], name: &[u8]) -> bool {
    word.len() >= name.len() && word[word.len() - name.len()..].eq_ignore_ascii_case(name)
}
