//! Secrets that only their context shows: a line of `.pgpass`, `user/password@database`, text that is piped into a
//! program that reads a password, the field of a type that holds a secret.

use crate::mask::bytes::{back_while, before, byte, has, is_quote, is_space, is_token, until};
use crate::mask::name::key::Key;
use crate::mask::name::rules::Rules;
use crate::mask::name::value_policy::ValuePolicy;
use crate::mask::readers::command::Commands;
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::{is_mark, trim, trim_quotes};
use crate::mask::value::span::locate;

/// How far a pipe is followed back, and how far a map or a line is read, in bytes.
const NEAR: usize = 192;
/// The ports of PostgreSQL and its poolers, and `*` for any port, as in `.pgpass`.
const PORTS: &[&[u8]] = &[b":5432", b":5433", b":6432", b":*"];
/// Words that `user/password@database` follows.
#[rustfmt::skip]
const LOGONS: &[&[u8]] = &[
    b"sqlplus", b"sqlplus64", b"sqlldr", b"sqlcl", b"exp", b"expdp", b"imp", b"impdp", b"rman", b"tkprof", b"connect", b"conn",
    b"target", b"login", b"logon", b"userid", b"dsn", b"connection", b"connstr",
];
/// Fields in which a type holds its only value.
const HOLDING: [&str; 4] = ["value", "data", "raw", "string"];

impl Scan<'_> {
    /// The policy that the text around an ambiguous key gives it: `passwd[bob]=`, `Secret { value: `, `/p:`.
    pub(in crate::mask) fn policy_around(
        &self,
        key: &Key,
        at: usize,
        commands: Option<&mut Commands>,
    ) -> Option<ValuePolicy> {
        let text = self.text;
        if self.regions.expects_key(at) && key.is("key") {
            let value = at + 1 + usize::from(byte(text, at + 1) == b' ');
            return (is_quote(byte(text, value)) || byte(text, value) == b'\\').then_some(ValuePolicy::Open);
        }
        let name_end = back_while(text, at, at.saturating_sub(8), is_space);
        if before(text, name_end) == b']' {
            return indexed(self.rules, text, name_end, self.done());
        }
        let flag = key.before == b'/' && key.is("p");
        if flag && commands.is_some_and(|commands| commands.is_password_flag(text, key.start)) {
            return Some(ValuePolicy::Always);
        }
        if HOLDING.iter().any(|name| key.is(name)) {
            return self.held_by_type(key.start);
        }
        None
    }

    /// The policy for the only field of a type with the name of a secret: `Secret { value: "x" }`.
    fn held_by_type(&self, field: usize) -> Option<ValuePolicy> {
        let text = self.text;
        let open = back_while(text, field, self.done().max(field.saturating_sub(40)), is_space);
        let name_end = open.checked_sub(2)?;
        let typed = before(text, open) == b'{' && before(text, open - 1) == b' ';
        if !typed || !before(text, name_end).is_ascii_alphabetic() || !self.rules.may_end(text, name_end) {
            return None;
        }
        let policy = self.rules.policy(&Key::before(text, name_end, self.done()));
        policy.in_field().then_some(policy)
    }

    /// A map of credentials begins at `from`: in it `key` is the key of a secret.
    pub(in crate::mask) fn expect_key(&mut self, from: usize) {
        if !self.regions.expects_key(from) {
            let near = &self.text[..self.text.len().min(from + NEAR)];
            self.regions.expect_key(until(near, from, |byte| byte == b'}'));
        }
    }

    /// Hides the password in `host:5432:database:user:password`; the colon after the port is at `at`.
    pub(in crate::mask) fn pgpass(&mut self, at: usize) -> bool {
        let text = self.text;
        let last = before(text, at);
        let ported = last == b'*' || last.is_ascii_digit();
        if !ported || !PORTS.iter().any(|port| text[..at].ends_with(port)) {
            return false;
        }
        let near = &text[..text.len().min(at + NEAR)];
        let ends = |byte: u8| is_space(byte) || is_quote(byte) || matches!(byte, b':' | b'/');
        let database = until(near, at + 1, ends);
        let user = until(near, database + 1, ends);
        let named = byte(near, database) == b':' && byte(near, user) == b':';
        if !named || !byte(near, database + 1).is_ascii_alphabetic() {
            return false;
        }
        let end = until(near, user + 1, |byte| is_space(byte) || byte == b'"');
        self.hide(user + 1, end, Show::Stars);
        end > user + 1
    }

    /// Hides the password in `user/password@database`, after an Oracle program or a word like `login`; the `@` is at `at`.
    pub(in crate::mask) fn logon(&mut self, at: usize) -> bool {
        let text = self.text;
        let floor = self.done().max(at.saturating_sub(64));
        let ends = |byte: u8| is_space(byte) || is_quote(byte) || matches!(byte, b'/' | b'=' | b'@');
        let start = back_while(text, at, floor, |byte| !ends(byte));
        if before(text, start) != b'/' || start == at || is_mark(&text[start..at]) {
            return false;
        }
        let user = back_while(text, start - 1, floor, |byte| {
            is_token(byte) || matches!(byte, b'.' | b'$')
        });
        let free =
            user == 0 || is_space(text[user - 1]) || is_quote(text[user - 1]) || text[user - 1] == b'=';
        // `actions/checkout@v4` is the name of a release.
        let released = byte(text, at + 1) == b'v' && byte(text, at + 2).is_ascii_digit();
        if user == start - 1 || !free || !(has(text, at, b"@//") || (self.is_logon(user) && !released)) {
            return false;
        }
        self.hide(start, at, Show::Stars);
        true
    }

    /// The text was cut before the `@` of a logon: hides what follows the slash.
    pub(in crate::mask) fn half_logon(&mut self) {
        let text = self.text;
        let floor = self.done().max(text.len().saturating_sub(64));
        let user = back_while(text, text.len(), floor, |byte| !is_space(byte));
        let slash = until(text, user, |byte| byte == b'/');
        let named = text[user..slash].iter().all(|&byte| is_token(byte));
        if user < slash && named && self.is_logon(user) {
            self.hide(slash + 1, text.len(), Show::Stars);
        }
    }

    /// Whether the last word before `user`, flags aside, is an Oracle program or means a logon.
    fn is_logon(&self, user: usize) -> bool {
        let near = &self.text[user.saturating_sub(48)..user];
        let ends = |byte: &u8| !(is_token(*byte) || *byte == b'.');
        let words = near.rsplit(ends).filter(|word| !word.is_empty());
        let word = words.take(3).find(|word| word[0] != b'-').unwrap_or_default();
        LOGONS.iter().any(|known| word.eq_ignore_ascii_case(known))
    }

    /// The flag at `at` makes a program read a password: hides the text piped into it, or given to it after `<<<`.
    pub(in crate::mask) fn piped(&mut self, at: usize, end: usize) {
        let text = self.text;
        let floor = self.done().max(at.saturating_sub(NEAR));
        if let Some(pipe) = memchr::memrchr(b'|', &text[floor..at]) {
            self.printed(floor, floor + pipe);
            // Nothing before the pipe is read again.
            self.skip_to(floor + pipe);
        }
        let near = &text[..text.len().min(end + NEAR)];
        if let Some(arrows) = memchr::memmem::find(&near[end..], b"<<<") {
            let from = until(near, end + arrows + 3, |byte| byte != b' ');
            let place = locate(near, from, false, 0).filter(|place| !is_mark(&near[place.start..place.end]));
            if let Some(place) = place {
                self.hide(place.start, place.end, Show::Stars);
            }
        }
    }

    /// Hides the text that `echo` or `printf` prints into the pipe at `pipe`.
    fn printed(&mut self, floor: usize, pipe: usize) {
        let text = &self.text[..pipe];
        let line = back_while(text, pipe, floor, |byte| !matches!(byte, b'\n' | b';'));
        let both = memchr::memmem::rfind(&text[line..], b" && ").map_or(line, |and| line + and);
        let behind =
            |word: &[u8]| memchr::memmem::rfind(&text[both..], word).map(|at| both + at + word.len());
        let printed = behind(b"echo ").max(behind(b"printf "));
        let Some(mut start) = printed else { return };
        while byte(text, start) == b'-' {
            start = until(text, until(text, start, is_space), |byte| !is_space(byte));
        }
        start = until(text, start, |byte| !(is_space(byte) || is_quote(byte)));
        let value = trim_quotes(trim(text.get(start..).unwrap_or_default()));
        if !value.is_empty() && !is_mark(value) {
            self.hide(start, start + value.len(), Show::Stars);
        }
    }
}

/// The policy of the name before the brackets that end at `end`: `passwd[bob]`.
pub(in crate::mask) fn indexed(rules: &Rules, text: &[u8], end: usize, floor: usize) -> Option<ValuePolicy> {
    let floor = floor.max(end.saturating_sub(40));
    let mut name_end = end;
    while before(text, name_end) == b']' {
        let open = back_while(text, name_end - 1, floor, |byte| byte != b'[' && byte != b'\n');
        if before(text, open) != b'[' {
            return None;
        }
        name_end = open - 1;
    }
    if !before(text, name_end).is_ascii_alphanumeric() || !rules.may_end(text, name_end) {
        return None;
    }
    let policy = rules.policy(&Key::before(text, name_end, floor));
    (policy.hides_values() && policy != ValuePolicy::Count).then_some(policy)
}
