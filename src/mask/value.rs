//! Hides the value after a secret key. `walk` calls it at separators and flags.

pub(super) mod policy;
pub(super) mod span;

use super::bytes::{back_while, before, byte, has, is_closer, is_quote, is_space, is_token, until};
use super::name::key::Key;
use super::name::value_policy::ValuePolicy;
use super::quote::{Quote, find};
use super::scan::{Scan, Show};
use super::value::policy::{is_message, is_prose, is_secret, is_template, looks_random, trim, trim_quotes};
use super::value::span::{Form, Place, begin, begins_map, locate, rest_end};
use std::ops::Range;

/// How many types may be wrapped around a value: `Some(Secret("x"))`.
pub(super) const WRAPS: usize = 4;
/// The largest distance of a value from the name of its secret, in bytes.
const NAMED: usize = 96;
/// How far before its name, in the same tag.
const TAG: usize = 256;

impl Scan<'_> {
    /// Hides the value after the separator at `at` if it is secret by `policy`.
    pub(super) fn value(&mut self, key: &Key, policy: ValuePolicy, at: usize, width: usize) {
        let coded = self.text[at] == b'%';
        let from = begin(self.text, at, width);
        match byte(self.text, from) {
            b'\n' | b'\r' if policy.same_line() => {}
            b'\n' | b'\r' => self.below(from, policy),
            _ => self.value_at(key, policy, from, coded),
        }
    }

    pub(super) fn value_at(&mut self, key: &Key, policy: ValuePolicy, from: usize, coded: bool) {
        use ValuePolicy::*;
        match policy {
            Header | Auth => return self.header(key, policy, from),
            Cookies => return self.cookies(key, from),
            Slash => return self.slash(from),
            Lines => return self.lines(from),
            NameOf => return self.name_of(from),
            Query if !matches!(key.before, b'?' | b'&') => return self.name_of(from),
            Never | Always | Directory | Keyfile | Phrase | Short | Pin | Token | Count | Open | Long
            | Query | Digits | Foreign => {}
        }
        if self.is_prose_at(from) || !self.may_measure(from) || self.block_scalar(from) {
            return;
        }
        let Some(place) = locate(self.text, from, coded, WRAPS) else {
            return;
        };
        match place.form {
            Form::Group(open) => self.group(key, policy, place, open),
            Form::Quoted(_) | Form::Bare => self.scalar(key, policy, place),
        }
    }

    /// Whether there is a sentence instead of a value, after a blank or in quotes or brackets.
    fn is_prose_at(&self, from: usize) -> bool {
        let opens = |byte: u8| is_quote(byte) || matches!(byte, b'[' | b'\\');
        let start = until(self.text, from, |byte| !opens(byte));
        if start > from {
            return is_message(self.text, start);
        }
        is_space(before(self.text, from)) && is_prose(self.text, from)
    }

    fn may_measure(&mut self, from: usize) -> bool {
        self.maps.has_room(from) || !begins_map(self.text, from)
    }

    fn scalar(&mut self, key: &Key, policy: ValuePolicy, mut place: Place) {
        let text = self.text;
        if policy == ValuePolicy::Phrase && place.form == Form::Bare {
            place.end = rest_end(text, place.start, key.before);
        }
        if place.form == Form::Bare {
            place.end = groups_end(text, place);
        }
        let value = &text[place.start..place.end];
        let query = matches!(key.before, b'?' | b'&') || (policy == ValuePolicy::Token && key.before == b'-');
        if policy == ValuePolicy::Long && place.form == Form::Bare && self.is_list_of_signatures(place) {
            return;
        }
        let halved = self.cut && place.end == text.len() && !trim(value).is_empty();
        if halved || is_secret(policy, value, query) {
            let show = match (place.form, key.quote.json()) {
                (Form::Bare, Some(slashes)) => Show::Quoted(slashes),
                _ => Show::Stars,
            };
            self.hide(place.start, place.end, show);
            self.changed(place);
        } else if place.form == Form::Bare && has(text, place.end, b" = ") {
            // A type between key and value: `let token: String = "x"`.
            let from = place.end + 3;
            if is_quote(byte(text, from)) {
                self.value_at(key, policy, from, false);
            }
        }
    }

    /// Hides the new value, too, in `"old" -> "new"`.
    fn changed(&mut self, place: Place) {
        let Form::Quoted(quote) = place.form else {
            return;
        };
        let text = self.text;
        let end = place.end + quote.close_len(text, place.end);
        let arrow = [&b" -> "[..], b" => "]
            .into_iter()
            .find(|arrow| has(text, end, arrow));
        if let Some((quote, start)) = arrow.and_then(|arrow| Quote::open(text, end + arrow.len())) {
            self.hide(start, quote.close(text, start), Show::Stars);
        }
    }

    /// Reads a list of signatures, `t=1700000000,v1=...`, and hides its long values. Returns true if it is one.
    fn is_list_of_signatures(&mut self, place: Place) -> bool {
        let text = self.text;
        let name_end = until(&text[..place.end], place.start, |byte| !is_token(byte));
        let list =
            byte(text, place.end) == b',' && name_end - place.start <= 4 && byte(text, name_end) == b'=';
        if list {
            let end = until(text, place.end, |byte| {
                is_space(byte) || is_quote(byte) || is_closer(byte)
            });
            self.pairs(place.start, end, |_, value| value.len() < 16);
        }
        list
    }

    /// Hides what is in brackets: a list as a whole; in a map each value counts as secret.
    fn group(&mut self, key: &Key, policy: ValuePolicy, place: Place, open: u8) {
        let inner = &self.text[place.start..place.end];
        let content = trim(inner);
        if content.is_empty() || is_template(content) {
            return;
        }
        let separated = content.iter().any(|byte| matches!(byte, b':' | b'='));
        if separated && (open == b'{' || content[0] == b'{') {
            self.maps.add(place.end);
            return self.regions.nest(place.end, policy);
        }
        let items = content
            .split(|&byte| byte == b',')
            .map(|item| trim_quotes(trim(item)));
        if !items.into_iter().any(|item| is_secret(policy, item, false)) && content.len() < 4096 {
            return;
        }
        let show = match key.quote.json() {
            Some(slashes) => Show::Quoted(slashes),
            None if content[0] == b'"' => Show::Quoted(0),
            None => Show::Stars,
        };
        let start = place.start + (inner.len() - inner.trim_ascii_start().len());
        self.hide(start, start + content.len(), show);
    }

    /// Reads the value of `name`: if it is the name of a secret, the secret follows soon, under the key `value`.
    pub(super) fn name_of(&mut self, from: usize) {
        let near = &self.text[..self.text.len().min(from + 80)];
        let Some(place) = locate(near, from, false, 0) else {
            return;
        };
        let line = rest_end(near, place.start, b'\n');
        let end = match place.form {
            Form::Group(_) => return,
            Form::Bare if !self.is_secret_name(place.start, place.end) => line,
            Form::Quoted(_) | Form::Bare => place.end,
        };
        let double = find(&near[..end], place.start, b"::");
        if self.is_secret_name(place.start, end) {
            self.regions.expect_value(end + NAMED);
            self.form_part(end);
            self.element(place.start..end);
            self.attribute_before(place.start);
        } else if double < end && self.is_secret_name(place.start, double) {
            self.hide(double + 2, end, Show::Stars);
        }
    }

    /// Hides the text of an XML element whose attribute names a secret: `<string name="api_key">x</string>`.
    fn element(&mut self, name: Range<usize>) {
        let text = self.text;
        let (label, name_end) = (&text[name.clone()], name.end);
        let start = name_end + 2;
        if is_quote(byte(text, name_end)) && byte(text, name_end + 1) == b'>' {
            let near = &text[..text.len().min(start + 4096)];
            let end = until(near, start, |byte| byte == b'<');
            let whole = has(text, end, b"</") || (self.cut && end == text.len());
            let value = &text[start..end];
            let label = value.eq_ignore_ascii_case(label);
            if whole && !label && is_secret(ValuePolicy::Always, value, false) && !is_prose(text, start) {
                self.hide(start, end, Show::Stars);
            }
        }
    }

    /// Hides the value that precedes the name in the same tag: `<input value="x" name="password">`.
    fn attribute_before(&mut self, name: usize) {
        let text = self.text;
        let floor = self.done().max(name.saturating_sub(TAG));
        let tag = back_while(text, name, floor, |byte| !matches!(byte, b'<' | b'>'));
        let Some(value) = memchr::memmem::rfind(&text[tag..name], b" value=") else {
            return;
        };
        let from = tag + value + 7;
        let place = locate(&text[..name], from, false, 0).filter(|_| before(text, tag) == b'<');
        if let Some(place) =
            place.filter(|place| is_secret(ValuePolicy::Always, &text[place.start..place.end], false))
        {
            self.hide(place.start, place.end, Show::Stars);
        }
    }

    pub(super) fn is_secret_name(&self, start: usize, end: usize) -> bool {
        if end - start > 64 || !self.rules.may_end(self.text, end) {
            return false;
        }
        let key = Key::before(self.text, end, start);
        self.rules.policy(&key).hides_values()
    }

    /// Hides the part of a multipart form: its name, an empty line, and the secret.
    fn form_part(&mut self, name_end: usize) {
        let text = self.text;
        let from = name_end + usize::from(is_quote(byte(text, name_end)));
        let start = until(text, from, |byte| !matches!(byte, b'\r' | b'\n'));
        if text[from..start].iter().filter(|&&byte| byte == b'\n').count() != 2 {
            return;
        }
        let end = until(text, start, |byte| matches!(byte, b'\r' | b'\n'));
        if is_secret(ValuePolicy::Always, &text[start..end], false) {
            self.hide(start, end, Show::Stars);
        }
    }

    /// `("password", "x")`: the name of a secret in quotes that open at `mark`, a comma, and the secret.
    pub(super) fn pair(&mut self, mark: usize) {
        let text = self.text;
        if !matches!(before(text, mark), b'(' | b'[') {
            return;
        }
        let near = &text[..text.len().min(mark + 64)];
        let close = until(near, mark + 1, is_quote);
        let from = until(text, close + 2, |byte| byte != b' ');
        if byte(text, close + 1) != b',' || !is_quote(byte(text, from)) || !self.rules.may_end(text, close) {
            return;
        }
        let key = Key::before(text, close + 1, mark);
        let policy = self.rules.policy(&key);
        let Some((quote, start)) = Quote::open(text, from) else {
            return;
        };
        if !policy.hides_values() || is_message(text, start) {
            return;
        }
        let near = &text[..text.len().min(start + 8192)];
        let end = quote.close(near, start);
        let closed = byte(text, end + quote.close_len(text, end));
        let telling = looks_random(&text[start..end]) || policy.has_scheme();
        if closed == b')' || (closed == b']' && telling) {
            self.value_at(&key, policy, from, false);
        }
    }

    /// Hides the password in `scott/tiger@`, after `jdbc:oracle:thin:`.
    fn slash(&mut self, from: usize) {
        let text = self.text;
        let at = until(text, from, |byte| {
            is_space(byte) || is_quote(byte) || byte == b'@'
        });
        let slash = until(&text[..at], from, |byte| byte == b'/');
        if byte(text, at) == b'@' && slash > from {
            self.hide(slash + 1, at, Show::Stars);
        }
    }
}

/// The end of a number in groups: a blank and four digits or more may follow four digits, as on a card.
fn groups_end(text: &[u8], place: Place) -> usize {
    let digits = |from: usize| {
        until(&text[..text.len().min(from + 8)], from, |byte| {
            !byte.is_ascii_digit()
        }) - from
    };
    let mut end = place.end;
    if digits(place.start) != end - place.start || !(4..=6).contains(&digits(place.start)) {
        return end;
    }
    while byte(text, end) == b' ' && (4..=6).contains(&digits(end + 1)) && end - place.start < 20 {
        end += 1 + digits(end + 1);
    }
    end
}
