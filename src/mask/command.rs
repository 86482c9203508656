//! Secrets on command lines and in SQL: `--password x`, `mysql -px`, `sshpass -p 'x'`, `PASSWORD 'x'`.

use super::bytes::{back_while, before, byte, has, is_closer, is_quote, is_space, is_token, until};
use super::extent::locate;
use super::judge::{is_mark, is_prose, is_secret, is_status, looks_random};
use super::key::Key;
use super::quote::Quote;
use super::rules::Test;
use super::scan::{Scan, Show};
use super::value::WRAPS;

/// A program whose short flag takes a password.
struct Tool {
    name: &'static str,
    /// What else must stand on the line.
    within: &'static str,
    flag: u8,
    /// Whether the password follows at once, behind a blank, or both.
    attached: bool,
    spaced: bool,
}

const fn tool(name: &'static str, flag: u8, attached: bool, spaced: bool) -> Tool {
    Tool {
        name,
        within: "",
        flag,
        attached,
        spaced,
    }
}

const fn login(name: &'static str) -> Tool {
    Tool {
        within: " login",
        ..tool(name, b'p', false, true)
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
    login("docker"),
    login("podman"),
    login("helm"),
    login("az"),
    login("oc"),
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
    tool("ssh-keygen", b'N', false, true),
    tool("curl", b'u', true, true),
    tool("curl", b'U', true, true),
    tool("http", b'a', false, true),
    tool("smbclient", b'U', true, true),
    tool("rpcclient", b'U', true, true),
];

/// Words behind which a quoted text is a password (SQL, prose).
const PASSWORDS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"passphrase",
    b"passwort",
    b"requirepass",
    b"passcode",
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
        let Some(place) = locate(text, from, false, 0).filter(|_| !prose) else {
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
        if !matches!(flag, b'p' | b'P' | b'a' | b'w' | b'u' | b'U' | b't' | b'N') || !self.rules.standard {
            return false;
        }
        let attached = end > name + 1 || !is_space(byte(text, name + 1));
        let line = &text[self.line_start(name)..name];
        let Some(tool) = tool_of(line, flag, attached) else {
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
        let Some(place) = locate(text, from, false, 0) else {
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
        let Some(place) = locate(text, from, false, 0) else {
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
        let last = before(text, at);
        if matches!(last, b'(' | b'[') {
            self.pair(at);
        }
        if at >= self.done && last != b'[' && self.rules.standard {
            self.quoted_after(at);
        }
    }

    fn quoted_after(&mut self, at: usize) {
        let text = self.text;
        let slashed = at - back_while(text, at, at.saturating_sub(8), |byte| byte == b'\\');
        let mark = at - slashed;
        let literal = mark - usize::from(before(text, mark) == b'N');
        let word_end = back_while(text, literal, literal.saturating_sub(4), |byte| {
            is_space(byte) || byte == b'('
        });
        let floor = word_end.saturating_sub(16).max(self.done);
        let start = back_while(text, word_end, floor, |byte| {
            byte.is_ascii_alphabetic() || byte == b'_'
        });
        let word = &text[start..word_end];
        let by = word.eq_ignore_ascii_case(b"by") && self.is_identified(start);
        let strict = by || PASSWORDS.iter().any(|name| ends_in(word, name));
        if literal == word_end || !(strict || self.rules.may_end(text, word_end)) {
            return;
        }
        let random = matches!(
            self.rules.test(&Key::before(word, word.len(), 0)),
            Test::Always | Test::Token | Test::Keyfile
        );
        let Some((quote, inner)) = Quote::open(text, mark).filter(|_| strict || random) else {
            return;
        };
        let near = &text[..text.len().min(inner + 4096)];
        let end = quote.close(near, inner);
        let value = &text[inner..end];
        let secret =
            is_secret(Test::Always, value, false) && (strict || (value.len() >= 8 && looks_random(value)));
        if end < text.len() && secret && !is_prose(text, inner) {
            self.hide(inner, end, Show::Stars);
        }
    }

    /// Whether `IDENTIFIED` (`WITH plugin`) stands before `BY`.
    pub(super) fn is_identified(&self, by: usize) -> bool {
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

/// The program in `line` for which `flag` takes a password.
fn tool_of(line: &[u8], flag: u8, attached: bool) -> Option<&'static Tool> {
    let mut words = line.split(|&byte| is_space(byte) || matches!(byte, b'/' | b'"' | b'\'' | b'(' | b','));
    words.find_map(|word| {
        let named = |tool: &&Tool| tool.flag == flag && tool.name.as_bytes() == word;
        let tool = TOOLS.iter().find(named)?;
        let taken = if attached { tool.attached } else { tool.spaced };
        let within = tool.within.is_empty() || memchr::memmem::find(line, tool.within.as_bytes()).is_some();
        (taken && within).then_some(tool)
    })
}

fn ends_in(word: &[u8], name: &[u8]) -> bool {
    word.len() >= name.len() && word[word.len() - name.len()..].eq_ignore_ascii_case(name)
}
