//! Secrets on command lines and in SQL: `--password x`, `mysql -px`, `sshpass -p 'x'`, `PASSWORD 'x'`.

use super::bytes::{back_while, before, byte, has, is_closer, is_quote, is_space, is_token, until};
use super::judge::{is_mark, is_prose, is_secret, is_status};
use super::key::Key;
use super::quote::Quote;
use super::rules::Test;
use super::scan::{Scan, Show};
use super::value::locate;

/// A program whose short flag takes a password.
struct Tool {
    name: &'static str,
    flag: u8,
    /// Whether the password follows at once, behind a blank, or both.
    attached: bool,
    spaced: bool,
}

const fn tool(name: &'static str, flag: u8, attached: bool, spaced: bool) -> Tool {
    Tool {
        name,
        flag,
        attached,
        spaced,
    }
}

const TOOLS: &[Tool] = &[
    tool("mysql", b'p', true, false),
    tool("mysqldump", b'p', true, false),
    tool("mysqladmin", b'p', true, false),
    tool("mysqlimport", b'p', true, false),
    tool("mysqlsh", b'p', true, false),
    tool("mysqlcheck", b'p', true, false),
    tool("mariadb", b'p', true, false),
    tool("mariadb-dump", b'p', true, false),
    tool("sshpass", b'p', true, true),
    tool("redis-cli", b'a', false, true),
    tool("mongo", b'p', false, true),
    tool("mongosh", b'p', false, true),
    tool("mongodump", b'p', false, true),
    tool("mongorestore", b'p', false, true),
    tool("docker login", b'p', false, true),
    tool("podman login", b'p', false, true),
    tool("helm registry login", b'p', false, true),
    tool("az login", b'p', false, true),
    tool("oc login", b'p', false, true),
    tool("ldapsearch", b'w', true, true),
    tool("ldapmodify", b'w', true, true),
    tool("ldapadd", b'w', true, true),
    tool("ldapdelete", b'w', true, true),
    tool("ldapwhoami", b'w', true, true),
    tool("sqlcmd", b'P', true, true),
    tool("bcp", b'P', true, true),
    tool("isql", b'P', true, true),
    tool("tsql", b'P', true, true),
    tool("zip", b'P', true, true),
    tool("unzip", b'P', true, true),
    tool("7z", b'p', true, false),
    tool("7za", b'p', true, false),
    tool("rar", b'p', true, false),
    tool("unrar", b'p', true, false),
    tool("useradd", b'p', false, true),
    tool("usermod", b'p', false, true),
    tool("rabbitmqadmin", b'p', false, true),
    tool("influx", b't', false, true),
    tool("mosquitto_pub", b'P', false, true),
    tool("mosquitto_sub", b'P', false, true),
    tool("ipmitool", b'P', false, true),
    tool("plink", b'w', false, true),
    tool("cqlsh", b'p', false, true),
    tool("curl", b'u', true, true),
    tool("curl", b'U', true, true),
    tool("http", b'a', false, true),
    tool("smbclient", b'U', true, true),
    tool("rpcclient", b'U', true, true),
];

/// How far a flag may stand behind the name of its program.
const COMMAND: usize = 256;

impl Scan<'_> {
    /// A dash: the beginning of a flag, of a frame, or nothing.
    #[inline]
    pub(super) fn dash(&mut self, at: usize) {
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
        if name == at + 1 && self.short_flag(name, end) {
            return;
        }
        let Some(from) = argument(text, end) else { return };
        if matches!(&text[name..end], b"user" | b"proxy-user" | b"userpwd" | b"auth") {
            return self.user_and_password(from);
        }
        if !self.rules.may_end(text, end) {
            return;
        }
        let key = Key::before(text, end, at);
        let test = match self.rules.test(&key) {
            Test::Never | Test::Query | Test::NameOf | Test::Cookies | Test::Slash => return,
            Test::Header => return self.header(&key, from),
            test => test,
        };
        let prose = is_prose(text, from) || byte(text, from) == b'-' || word_and_more(text, from);
        let Some(place) = locate(text, from, false, 4).filter(|_| !prose) else {
            return;
        };
        let value = &text[place.start..place.end];
        if is_secret(test, value, false) && !matches!(byte(value, 0), b'|' | b'<' | b'>' | b'&') {
            self.hide(place.start, place.end, Show::Stars);
        }
    }

    /// `-p` and the like, whose meaning depends on the program.
    fn short_flag(&mut self, name: usize, end: usize) -> bool {
        let text = self.text;
        let flag = byte(text, name);
        if !matches!(flag, b'p' | b'P' | b'a' | b'w' | b'u' | b'U' | b't') || !self.rules.standard {
            return false;
        }
        let attached = end > name + 1 || !is_space(byte(text, name + 1));
        let line = &text[self.line_start(name)..name];
        let fits = |tool: &&Tool| {
            tool.flag == flag
                && (if attached { tool.attached } else { tool.spaced })
                && names(line, tool.name.as_bytes())
        };
        let Some(tool) = TOOLS.iter().find(fits) else {
            return false;
        };
        let from = if attached {
            name + 1
        } else {
            until(text, name + 1, |byte| !is_space(byte))
        };
        if matches!(tool.flag, b'u' | b'U') || (tool.name == "http") {
            self.user_and_password(from);
            return true;
        }
        let Some(place) = locate(text, from, false, 4) else {
            return true;
        };
        let value = &text[place.start..place.end];
        if !value.is_empty() && !is_mark(value) && value[0] != b'-' {
            self.hide(place.start, place.end, Show::Stars);
        }
        true
    }

    fn line_start(&self, at: usize) -> usize {
        back_while(self.text, at, at.saturating_sub(COMMAND), |byte| {
            byte != b'\n' && byte != b';' && byte != b'|'
        })
    }

    /// `user:password`, or `user%password` of Samba.
    fn user_and_password(&mut self, from: usize) {
        let text = self.text;
        let Some(place) = locate(text, from, false, 4) else {
            return;
        };
        let value = &text[place.start..place.end];
        let Some(mark) = value.iter().position(|&byte| byte == b':' || byte == b'%') else {
            return;
        };
        let password = &value[mark + 1..];
        let numbers = value.iter().all(|byte| byte.is_ascii_digit() || *byte == b':');
        if !password.is_empty() && !is_mark(password) && !numbers {
            self.hide(place.start + mark + 1, place.end, Show::Stars);
        }
    }

    /// A quotation mark: behind `PASSWORD` or `IDENTIFIED BY` it opens a secret; credentials may stand in it.
    pub(super) fn quote(&mut self, at: usize) {
        let text = self.text;
        if byte(text, at + 1) | 0x20 == b'b' {
            self.spoken(at + 1);
        }
        let before_mark = back_while(text, at, at.saturating_sub(4), |byte| {
            matches!(byte, b'\\' | b'N' | b'(' | b'=')
        });
        let spaced = is_space(before(text, before_mark)) || before(text, at) == b'(';
        if at < self.done || !spaced || !self.rules.standard {
            return;
        }
        let word_end = back_while(text, before_mark, before_mark.saturating_sub(4), is_space);
        let word_start = back_while(text, word_end, word_end.saturating_sub(16), |byte| {
            byte.is_ascii_alphabetic() || byte == b'_'
        });
        let word = &text[word_start..word_end];
        let by = word.eq_ignore_ascii_case(b"by") && self.is_identified(word_start);
        let named = by
            || [
                &b"password"[..],
                b"passwd",
                b"passphrase",
                b"passwort",
                b"requirepass",
                b"passcode",
            ]
            .iter()
            .any(|name| ends_in(word, name));
        if !named {
            return;
        }
        let Some((quote, start)) = Quote::open(text, before_mark.max(at - slashes(text, at))) else {
            return;
        };
        let end = quote.close(text, start);
        let value = &text[start..end];
        if end < text.len() && is_secret(Test::Always, value, false) && !is_prose(text, start) {
            self.hide(start, end, Show::Stars);
        }
    }

    /// Whether `IDENTIFIED` (`WITH plugin`) stands before `BY`.
    fn is_identified(&self, by: usize) -> bool {
        let floor = by.saturating_sub(48);
        let near = &self.text[floor..by];
        near.windows(10)
            .any(|word| word.eq_ignore_ascii_case(b"identified"))
    }
}

/// Where the argument behind a flag begins: after a blank, or as the next item of a list of arguments.
fn argument(text: &[u8], end: usize) -> Option<usize> {
    if matches!(byte(text, end), b' ' | b'\t') {
        return Some(until(text, end, |byte| !is_space(byte))).filter(|&from| from < text.len());
    }
    let quoted = is_quote(byte(text, end)) && byte(text, end + 1) == b',';
    quoted
        .then(|| until(text, end + 2, |byte| !is_space(byte)))
        .filter(|&from| is_quote(byte(text, from)))
}

/// A plain word before another word: `--password flag given twice`.
fn word_and_more(text: &[u8], from: usize) -> bool {
    let end = until(text, from, |byte| !byte.is_ascii_lowercase());
    end > from
        && end - from <= 9
        && byte(text, end) == b' '
        && byte(text, end + 1).is_ascii_lowercase()
        && is_status(&text[from..end])
}

/// Whether the program `name` stands in `line` as a word.
fn names(line: &[u8], name: &[u8]) -> bool {
    memchr::memmem::find_iter(line, name)
        .any(|at| !is_token(before(line, at)) && !is_token(byte(line, at + name.len())))
}

fn ends_in(word: &[u8], name: &[u8]) -> bool {
    word.len() >= name.len() && word[word.len() - name.len()..].eq_ignore_ascii_case(name)
}

fn slashes(text: &[u8], at: usize) -> usize {
    at - back_while(text, at, at.saturating_sub(8), |byte| byte == b'\\')
}
