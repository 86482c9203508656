//! The definition of a safe line, by readers that share no code with the writer: laws P1 to P12 of the injection tests.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// Stores the bytes that are written to it, unchanged.
#[derive(Debug, Clone, Default)]
pub struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Bytes {
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().expect("no holder panics"))
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no holder panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the lines of a log; each ends in one LF and none is empty (P1), and all is UTF-8 (P2).
#[track_caller]
pub fn lines(log: &[u8]) -> Vec<&str> {
    let text = std::str::from_utf8(log).expect("P2: the log is UTF-8");
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "P1: the last line has no end"
    );
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    assert!(lines.iter().all(|line| !line.is_empty()), "P1: an empty line");
    lines
}

/// Characters that must not appear unescaped in a line: P3 to P6.
pub fn is_forbidden(c: char) -> bool {
    let code = u32::from(c);
    let control = code < 0x20 || (0x7F..0xA0).contains(&code);
    let separator = matches!(code, 0x2028 | 0x2029);
    let bidi = matches!(code, 0x61C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069);
    let invisible = matches!(code, 0xAD | 0x34F | 0x180E | 0x200B | 0x2060..=0x2064 | 0x206A..=0x206F | 0xFEFF
        | 0xFFF9..=0xFFFB | 0xE0000..=0xE007F);
    control || separator || bidi || invisible
}

/// What a terminal does with a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Styles that were set or reset (SGR).
    pub styles: usize,
    /// All other control functions that it carried out.
    pub controls: usize,
}

impl Seen {
    pub fn of(text: &str) -> Seen {
        let mut seen = Seen::default();
        vte::Parser::new().advance(&mut seen, text.as_bytes());
        seen
    }
}

impl vte::Perform for Seen {
    fn execute(&mut self, _: u8) {
        self.controls += 1;
    }
    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.controls += 1;
    }
    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.controls += 1;
    }
    fn csi_dispatch(&mut self, _: &vte::Params, between: &[u8], _: bool, action: char) {
        match action {
            'm' if between.is_empty() => self.styles += 1,
            _ => self.controls += 1,
        }
    }
    fn esc_dispatch(&mut self, _: &[u8], _: bool, _: u8) {
        self.controls += 1;
    }
}

/// Checks P3 to P6 and P12 of a line without its LF.
#[track_caller]
pub fn assert_inert(line: &str) {
    if let Some(c) = line.chars().find(|c| is_forbidden(*c)) {
        panic!("P3-P6: {:?} stands in {line:?}", c);
    }
    assert_eq!(Seen::of(line), Seen::default(), "P12: {line:?}");
}

/// What a reader of JSON or logfmt gets back of `text`: everything but NUL, of which it gets a sign.
pub fn in_json(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

/// Returns the text before it was escaped; `None` if `text` is not an escaped text.
pub fn unescape(text: &str) -> Option<String> {
    let mut back = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            back.push(c);
            continue;
        }
        back.push(match rest.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            c @ ('\\' | '"') => c,
            'u' => {
                let (digits, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
                rest = after.chars();
                char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
            }
            _ => return None,
        });
    }
    Some(back)
}

/// Returns the members of a JSON line; panics if it is not an object or has a key twice (P8).
#[track_caller]
pub fn json(line: &str) -> BTreeMap<String, serde_json::Value> {
    let members: Members = serde_json::from_str(line).unwrap_or_else(|error| panic!("P8: {error}: {line}"));
    let count = members.0.len();
    let members: BTreeMap<_, _> = members.0.into_iter().collect();
    assert_eq!(members.len(), count, "P8: a key twice: {line}");
    members
}

struct Members(Vec<(String, serde_json::Value)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Members, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Returns the pairs of a logfmt line; panics if a parser would fail on it or a key appears twice (P8).
#[track_caller]
pub fn logfmt(line: &str) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    let mut rest = line;
    while !rest.is_empty() {
        let (key, after) = rest
            .split_once('=')
            .unwrap_or_else(|| panic!("P8: no pair: {rest:?} of {line:?}"));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        assert!(
            !key.is_empty() && key.bytes().all(plain),
            "P8: no key: {key:?} of {line:?}"
        );
        let (value, len) = if after.starts_with('"') {
            let mut quoted = serde_json::Deserializer::from_str(after).into_iter::<String>();
            let value = quoted
                .next()
                .expect("it begins")
                .unwrap_or_else(|error| panic!("P8: {error}: {line:?}"));
            (value, quoted.byte_offset())
        } else {
            let len = after.find(' ').unwrap_or(after.len());
            (after[..len].to_owned(), len)
        };
        assert!(
            pairs.insert(key.to_owned(), value).is_none(),
            "P8: {key:?} twice: {line:?}"
        );
        rest = &after[len..];
        assert!(
            rest.is_empty() || rest.starts_with(' '),
            "P8: {rest:?} of {line:?}"
        );
        rest = rest.strip_prefix(' ').unwrap_or(rest);
    }
    pairs
}
