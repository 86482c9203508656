//! Secrets on command lines: `--password x`, `mysql -px`, `curl -u bob:x`; `scan` comes here at a dash.

use crate::mask::bytes::{before, byte, is_quote, is_space, is_token, until};
use crate::mask::name::key::Key;
use crate::mask::name::names::ValuePolicy;
use crate::mask::readers::context::reads_input;
use crate::mask::readers::tools;
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::{is_mark, is_prose, is_prose_word, is_secret};
use crate::mask::value::span::locate;

/// How far a flag may stand behind the name of its program.
const COMMAND: usize = 256;

impl Scan<'_> {
    /// A dash: the beginning of a flag, of a frame, or nothing.
    #[inline]
    pub(in crate::mask) fn dash(&mut self, at: usize) {
        let before = before(self.text, at);
        if before.is_ascii_alphanumeric() || before == b'-' || before == b'_' || before == b'.' {
            return;
        }
        match byte(self.text, at + 1) {
            b'-' if self.rules.standard && self.is_pem(at) => self.pem(at),
            b'-' | b'a'..=b'z' | b'A'..=b'Z' => self.flag(at),
            _ => {}
        }
    }

    fn flag(&mut self, at: usize) {
        let text = self.text;
        let name = at + 1 + usize::from(byte(text, at + 1) == b'-');
        let end = until(&text[..text.len().min(name + 48)], name, |byte| {
            !(is_token(byte) || byte == b'.')
        });
        if name == at + 1 && self.short_flag(name) {
            return;
        }
        if self.rules.standard && reads_input(text, at, &text[name..end]) {
            return self.piped(at, end);
        }
        let Some(from) = argument(text, end) else { return };
        let user = matches!(&text[name..end], b"user" | b"proxy-user" | b"userpwd" | b"auth")
            || (&text[name..end] == b"u" && self.is_user_of_some_tool(name, from));
        if user && self.rules.standard {
            return self.user_and_password(from);
        }
        if !self.rules.may_end(text, end) {
            return;
        }
        let key = Key::before(text, end, at);
        let policy = match self.rules.policy(&key) {
            policy if !policy.hides_values() || policy == ValuePolicy::Cookies => return,
            policy @ (ValuePolicy::Header | ValuePolicy::Auth) => return self.header(&key, policy, from),
            policy => policy,
        };
        let prose = is_prose(text, from) || byte(text, from) == b'-';
        let Some(place) = locate(text, from, false, 0).filter(|_| !prose) else {
            return;
        };
        let value = &text[place.start..place.end];
        // No parser tells of its tokens as a flag or in a query.
        let strict = policy == ValuePolicy::Token && !is_prose_word(value);
        if is_secret(policy, value, strict) && !matches!(byte(value, 0), b'|' | b'<' | b'>' | b'&') {
            self.hide(place.start, place.end, Show::Stars);
        }
    }

    /// `-p` and the like, whose meaning depends on the program.
    fn short_flag(&mut self, name: usize) -> bool {
        let text = self.text;
        let flag = byte(text, name);
        if !self.rules.standard || !tools::has_flag(flag) {
            return false;
        }
        let attached = !is_space(byte(text, name + 1));
        let Some(user) = self.tool(name, flag, attached) else {
            return false;
        };
        let from = if attached {
            name + 1
        } else {
            until(text, name + 1, |byte| !is_space(byte))
        };
        if user {
            self.user_and_password(from);
            return true;
        }
        let Some(place) = locate(text, from, false, 0) else {
            return true;
        };
        let value = &text[place.start..place.end];
        if !value.is_empty() && !is_mark(value) && value[0] != b'-' {
            self.hide(place.start, place.end, Show::Stars);
        }
        true
    }

    /// Whether a user stands before the password, if `flag` takes one for the program before `name` on the same line.
    fn tool(&mut self, name: usize, flag: u8, attached: bool) -> Option<bool> {
        let text = self.text;
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
    pub(in crate::mask) fn is_password_flag(&mut self, name: usize) -> bool {
        self.rules.standard && self.tool(name, b'p', false) == Some(false)
    }

    /// `user:password`, `user%password` of Samba, or `user,password` of lftp.
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

/// Where the argument behind a flag begins: after a blank, or as the next item of a list of arguments.
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

/// What the name of a program is made of.
fn is_program(byte: u8) -> bool {
    is_token(byte) || byte == b'.'
}
