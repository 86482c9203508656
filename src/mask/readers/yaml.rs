//! YAML: values on the lines below their key, as maps, lists and blocks.

use crate::mask::bytes::{byte, has, is_credential, is_quote, is_space, until};
use crate::mask::name::value_policy::ValuePolicy;
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::{is_secret, trim};

impl Scan<'_> {
    /// Reads the lines below a key whose own line ends at `from`, if they are indented.
    pub(in crate::mask) fn below(&mut self, from: usize, policy: ValuePolicy) {
        let text = self.text;
        let start = until(text, from, |byte| !is_space(byte));
        let indented = start < text.len() && byte(text, start - 1) != b'\n';
        if has(text, start, b"- ") && !self.regions.is_nested(from) {
            return self.list(start, policy);
        }
        if !indented || self.regions.is_nested(from) {
            return;
        }
        let line = trim(&text[start..newline(text, start)]);
        let plain = !line
            .iter()
            .any(|&byte| is_space(byte) || matches!(byte, b':' | b'='));
        if plain && is_secret(policy, line, false) {
            self.hide(start, start + line.len(), Show::Stars);
        } else if !plain {
            let end = self.block_end(from, start);
            self.regions.nest(end, policy);
        }
    }

    /// Hides the items of a list.
    fn list(&mut self, mut start: usize, policy: ValuePolicy) {
        let text = self.text;
        while has(text, start, b"- ") {
            let end = newline(text, start);
            let from = until(text, start + 2, |byte| byte != b' ').min(end);
            let item = trim(&text[from..end]);
            let mapped = item.ends_with(b":") || item.windows(2).any(|pair| pair == b": ");
            if mapped {
                self.regions.nest(end + 1, policy);
            } else if is_secret(policy, item, false) {
                let quotes = usize::from(is_quote(byte(item, 0)) && item.len() > 2);
                self.hide(from + quotes, from + item.len() - quotes, Show::Stars);
            }
            start = until(text, end, |byte| !is_space(byte));
        }
    }

    /// Hides the indented lines after `|` or `>` at `from`; returns whether there are any.
    pub(in crate::mask) fn block_scalar(&mut self, from: usize) -> bool {
        let text = self.text;
        if !matches!(byte(text, from), b'|' | b'>') {
            return false;
        }
        let mark_end = from + 1 + usize::from(matches!(byte(text, from + 1), b'-' | b'+' | b'0'..=b'9'));
        if !matches!(byte(text, mark_end), b'\n' | b'\r') {
            return false;
        }
        let start = until(text, mark_end, |byte| !is_space(byte));
        let end = self.block_end(mark_end, start);
        self.hide(start, end, Show::Stars);
        end > start
    }

    /// Hides the lines below a number of lines, as in a PuTTY private key.
    pub(in crate::mask) fn lines(&mut self, from: usize) {
        let text = self.text;
        let count = until(text, from, |byte| !byte.is_ascii_digit());
        let start = until(text, count, |byte| !is_space(byte));
        if !text[count..start].contains(&b'\n') {
            return;
        }
        let end = until(text, start, |byte| !(is_credential(byte) || is_space(byte)));
        let body = text[start..end].trim_ascii_end();
        // The next line has a name and a colon, and is not part of the key.
        let last = body
            .iter()
            .rposition(|&byte| byte == b'\n')
            .filter(|_| byte(text, end) == b':');
        self.hide(start, start + last.unwrap_or(body.len()), Show::Stars);
    }

    /// The end of the lines that are indented like the one at `start`, below `from`.
    fn block_end(&self, from: usize, start: usize) -> usize {
        let text = self.text;
        let line_start = text[from..start].iter().rposition(|&byte| byte == b'\n');
        let indent = line_start.map_or(0, |at| start - from - at - 1);
        if indent == 0 {
            return start;
        }
        let mut end = newline(text, start);
        loop {
            let next = until(text, end, |byte| !matches!(byte, b'\n' | b'\r'));
            let depth = until(text, next, |byte| !matches!(byte, b' ' | b'\t')) - next;
            if depth < indent || next >= text.len() {
                return end;
            }
            end = newline(text, next);
        }
    }
}

fn newline(text: &[u8], from: usize) -> usize {
    let end = until(text, from, |byte| byte == b'\n');
    end - usize::from(end > from && text[end - 1] == b'\r')
}
