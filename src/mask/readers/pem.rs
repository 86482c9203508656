//! Private keys in PEM frames and similar formats (RFC 7468, OpenSSH, PGP); certificates and public keys stay.

use crate::mask::bytes::{byte, has, is_quote, is_space, until};
use crate::mask::quote::find;
use crate::mask::scan::{Scan, Show};

/// The longest label between `BEGIN` and the closing dashes, in bytes.
const LABEL: usize = 80;

impl Scan<'_> {
    /// `-----BEGIN` or `---- BEGIN` at `at`: hides the content of the frame, or all that follows if the frame has no end.
    pub(in crate::mask) fn pem(&mut self, at: usize) {
        let text = self.text;
        let from = until(text, at, |byte| byte != b'-' && byte != b' ');
        let limit = text.len().min(from + LABEL);
        let label_end = until(&text[..limit], from, |byte| {
            !(byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ')
        });
        let label = &text[from..label_end];
        let private = find(label, 0, b"PRIVATE") < label.len() || find(label, 0, b"ENCRYPTED") < label.len();
        if !private {
            return;
        }
        let start = until(text, label_end, |byte| byte != b'-');
        let quoted = is_quote(byte(text, start)) || matches!(byte(text, start), b',' | b';' | b')');
        if quoted {
            // A mention of the frame; there is no content.
            return;
        }
        let start = until(text, start, |byte| !is_space(byte));
        let closing: &[u8] = if has(text, at, b"---- ") {
            b"---- END"
        } else {
            b"-----END"
        };
        let close = find(text, start, closing);
        let mut end = close;
        while end > start && is_space(text[end - 1]) {
            end -= 1;
        }
        self.hide(start, end, Show::Stars);
        self.skip_to(close);
    }

    pub(in crate::mask) fn is_pem(&self, at: usize) -> bool {
        has(self.text, at, b"-----BEGIN ") || has(self.text, at, b"---- BEGIN ")
    }
}
