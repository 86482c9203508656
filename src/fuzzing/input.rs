//! Splits arbitrary bytes into values; missing bytes have defaults.

use std::borrow::Cow;

pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    pub(super) fn number(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// The text up to the next byte 255, which never occurs in UTF-8. Invalid UTF-8 is replaced.
    pub(super) fn text(&mut self) -> Cow<'a, str> {
        let mut parts = self.0.splitn(2, |byte| *byte == 255);
        let text = parts.next().unwrap_or_default();
        self.0 = parts.next().unwrap_or_default();
        String::from_utf8_lossy(text)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
