//! Secrets on command lines: `--password x`, `mysql -px`, `curl -u bob:x`. `walk` calls it at dashes.

use crate::mask::bytes::{before, byte, has, is_quote, is_space, is_token, until};
use crate::mask::name::key::Key;
use crate::mask::name::value_policy::ValuePolicy;
use crate::mask::readers::tools::{self, Tool};
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::{is_mark, is_prose, is_prose_word, is_secret, looks_random};
use crate::mask::value::span::locate;
use std::ops::Range;

/// The largest distance of a flag from the name of its program, in bytes.
const COMMAND: usize = 256;
/// How far the rest of a command line is read, in bytes.
const NEAR: usize = 192;

/// The program of the command line that is being read, since short flags mean something else for each program.
#[derive(Debug, Default)]
pub(in crate::mask) struct Commands {
    /// The program, and where its name ends.
    program: Option<(usize, Tool)>,
    /// Words were searched for a program up to here.
    words_read: usize,
}

impl Commands {
    /// A dash that is not in the middle of a word: begins a flag, a PEM frame, or nothing.
    #[inline]
    pub(in crate::mask) fn dash(&mut self, scan: &mut Scan<'_>, at: usize) {
        match byte(scan.text, at + 1) {
            b'-' if scan.is_pem(at) => scan.pem(at),
            b'-' | b'a'..=b'z' | b'A'..=b'Z' if !self.known_flag(scan, at) => scan.named_flag(at),
            _ => {}
        }
    }

    /// Reads a flag that takes a password for its program. Returns true if nothing else can be found at the flag.
    fn known_flag(&mut self, scan: &mut Scan<'_>, at: usize) -> bool {
        let text = scan.text;
        let name = flag_name(text, at);
        if name.start == at + 1 && self.short_flag(scan, name.start) {
            return true;
        }
        if reads_input(text, at, &text[name.clone()]) {
            scan.piped(at, name.end);
            return true;
        }
        let Some(from) = argument(text, name.end) else {
            return true;
        };
        let user = matches!(
            &text[name.clone()],
            b"user" | b"proxy-user" | b"userpwd" | b"auth"
        ) || (&text[name.clone()] == b"u" && self.is_user_of_some_tool(scan, name.start, from));
        if user {
            scan.user_and_password(from);
        }
        user
    }

    /// Reads `-p` and similar flags, whose meaning depends on the program.
    fn short_flag(&mut self, scan: &mut Scan<'_>, name: usize) -> bool {
        let text = scan.text;
        let flag = byte(text, name);
        if !tools::has_flag(flag) {
            return false;
        }
        let attached = !is_space(byte(text, name + 1));
        let Some(user) = self.tool(text, name, flag, attached) else {
            return false;
        };
        let from = if attached {
            name + 1
        } else {
            until(text, name + 1, |byte| !is_space(byte))
        };
        if user {
            scan.user_and_password(from);
            return true;
        }
        let Some(place) = locate(text, from, false, 0) else {
            return true;
        };
        let value = &text[place.start..place.end];
        if !value.is_empty() && !is_mark(value) && value[0] != b'-' {
            scan.hide(place.start, place.end, Show::Stars);
        }
        true
    }

    /// Whether the program before `name` takes a password for `flag`: `Some(true)` if a user name precedes the
    /// password.
    fn tool(&mut self, text: &[u8], name: usize, flag: u8, attached: bool) -> Option<bool> {
        let from = self.words_read.max(name.saturating_sub(COMMAND)).min(name);
        let mut at = from;
        for word in text[from..name].split(|&byte| !is_program(byte)) {
            if matches!(before(text, at), b'\n' | b';' | b'|') {
                self.program = None;
            }
            if let Some(tool) = tools::known(word) {
                self.program = Some((at + word.len(), tool));
            }
            at += word.len() + 1;
        }
        self.words_read = name;
        let (end, tool) = self.program.filter(|(end, _)| name - end <= COMMAND)?;
        tool.takes(flag, attached, &text[end..name])
    }

    /// Whether `/p` at `name` is a flag that takes a password: `xfreerdp /u:bob /p:x`.
    pub(in crate::mask) fn is_password_flag(&mut self, text: &[u8], name: usize) -> bool {
        self.tool(text, name, b'p', false) == Some(false)
    }

    /// Whether `-u user:password` is on the command line of an unknown program: the password looks like one, or a URL
    /// follows. `-u user:group` has neither.
    fn is_user_of_some_tool(&self, scan: &Scan<'_>, name: usize, from: usize) -> bool {
        let text = scan.text;
        let known = self.program.is_some_and(|(end, _)| name - end <= NEAR);
        let near = &text[..text.len().min(from + NEAR)];
        let end = until(near, from, |byte| is_space(byte) || is_quote(byte));
        let colon = until(&near[..end], from, |byte| byte == b':');
        let user = &near[from..colon];
        let named =
            user.iter().all(|&byte| is_token(byte) || byte == b'.') && !user.iter().all(u8::is_ascii_digit);
        if known || !named || colon + 1 >= end {
            return false;
        }
        let password = &near[colon + 1..end];
        let path = matches!(password[0], b'/' | b'~' | b'.' | b'\\');
        let halved = scan.cut && end == text.len();
        let hinted = halved || looks_random(password) || has_url(&near[end..]);
        !path && hinted && is_secret(ValuePolicy::Short, password, false)
    }
}

impl Scan<'_> {
    /// Reads a flag whose name is that of a secret: `--password x`.
    pub(in crate::mask) fn named_flag(&mut self, at: usize) {
        let text = self.text;
        let end = flag_name(text, at).end;
        let flag = matches!(byte(text, at + 1), b'-' | b'a'..=b'z' | b'A'..=b'Z');
        let Some(from) = argument(text, end).filter(|_| flag && self.rules.may_end(text, end)) else {
            return;
        };
        let key = Key::before(text, end, at);
        let policy = match self.rules.policy(&key) {
            policy if !policy.hides_values() || policy == ValuePolicy::Cookies => return,
            policy if policy.has_scheme() => return self.header(&key, policy, from),
            policy => policy,
        };
        let prose = is_prose(text, from) || byte(text, from) == b'-';
        let Some(place) = locate(text, from, false, 0).filter(|_| !prose) else {
            return;
        };
        let value = &text[place.start..place.end];
        // Parsers do not print their tokens as flags or in a query.
        let strict = policy == ValuePolicy::Token && !is_prose_word(value);
        if is_secret(policy, value, strict) && !matches!(byte(value, 0), b'|' | b'<' | b'>' | b'&') {
            self.hide(place.start, place.end, Show::Stars);
        }
    }

    /// Hides the password in `user:password`, `user%password` (Samba) or `user,password` (lftp).
    fn user_and_password(&mut self, from: usize) {
        let text = self.text;
        let Some(place) = locate(text, from, false, 0) else {
            return;
        };
        let value = &text[place.start..place.end];
        let mark = value.iter().position(|&byte| byte == b':' || byte == b'%');
        let Some(mark) = mark.or_else(|| value.iter().position(|&byte| byte == b',')) else {
            return;
        };
        let password = &value[mark + 1..];
        let numbers = value.iter().all(|byte| byte.is_ascii_digit() || *byte == b':');
        if !password.is_empty() && !is_mark(password) && !numbers {
            self.hide(place.start + mark + 1, place.end, Show::Stars);
        }
    }
}

/// The name of the flag at `at`, without its dashes.
fn flag_name(text: &[u8], at: usize) -> Range<usize> {
    let start = at + 1 + usize::from(byte(text, at + 1) == b'-');
    let near = &text[..text.len().min(start + 48)];
    start..until(near, start, |byte| !(is_token(byte) || byte == b'.'))
}

/// The offset of the argument of a flag: after a blank, or the next item of a list of arguments.
fn argument(text: &[u8], end: usize) -> Option<usize> {
    if matches!(byte(text, end), b' ' | b'\t') {
        return Some(until(text, end, |byte| !matches!(byte, b' ' | b'\t')))
            .filter(|&from| from < text.len());
    }
    let quoted = is_quote(byte(text, end)) && byte(text, end + 1) == b',';
    quoted
        .then(|| until(text, end + 2, |byte| !is_space(byte)))
        .filter(|&from| is_quote(byte(text, from)))
}

/// Characters of the name of a program.
fn is_program(byte: u8) -> bool {
    is_token(byte) || byte == b'.'
}

/// Whether there is a URL in the rest of the line.
fn has_url(rest: &[u8]) -> bool {
    let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let rest = &rest[..line];
    memchr::memchr_iter(b':', rest).any(|at| has(rest, at, b"://"))
}

/// Whether the flag makes its program read a password from standard input.
fn reads_input(text: &[u8], at: usize, name: &[u8]) -> bool {
    match name {
        b"S" => text[..at].trim_ascii_end().ends_with(b"sudo"),
        b"with-token" | b"passphrase-fd" => true,
        _ => name.ends_with(b"-stdin") && name.len() > 6,
    }
}
