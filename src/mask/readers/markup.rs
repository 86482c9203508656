//! Secrets in elements of XML: `<password>x</password>`.

use crate::mask::bytes::{byte, has, is_token, until};
use crate::mask::name::key::Key;
use crate::mask::name::value_policy::ValuePolicy;
use crate::mask::quote::find;
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::{is_prose, is_secret};

/// The longest tag with its attributes, in bytes.
const TAG: usize = 256;

impl Scan<'_> {
    /// Hides the text of an element whose tag, which begins at `at`, has the name of a secret.
    pub(in crate::mask) fn tag(&mut self, at: usize) {
        let text = self.text;
        let near = &text[..text.len().min(at + TAG)];
        let name_end = until(near, at + 1, |byte| {
            !(is_token(byte) || matches!(byte, b'.' | b':'))
        });
        if name_end == at + 1 || !(self.regions.expects_value(at) || self.rules.may_end(text, name_end)) {
            return;
        }
        let key = Key::before(text, name_end, at + 1);
        let policy = self.rules.policy(&key);
        let named =
            self.regions.expects_value(at) && ["string", "value", "data"].iter().any(|name| key.is(name));
        let close = until(near, name_end, |byte| matches!(byte, b'>' | b'<'));
        if byte(text, close) != b'>' || byte(text, close - 1) == b'/' {
            return;
        }
        let plain = close + 1;
        let from = plain + if has(text, plain, b"<![CDATA[") { 9 } else { 0 };
        if policy.labels() && self.is_secret_name(plain, until(near, plain, |byte| byte == b'<')) {
            return self.regions.expect_value(plain + TAG);
        }
        if !named && !policy.hides_values() {
            return;
        }
        let end = if from == plain {
            until(text, from, |byte| byte == b'<')
        } else {
            find(text, from, b"]]>")
        };
        let closed = has(text, end, b"</") || has(text, end, b"]]>") || (self.cut && end == text.len());
        let policy = if named {
            ValuePolicy::Always
        } else {
            policy.in_element()
        };
        if closed && is_secret(policy, &text[from..end], false) && !is_prose(text, from) {
            self.hide(from, end, Show::Stars);
        }
    }
}
