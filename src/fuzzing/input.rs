//! Takes arbitrary bytes apart; nothing is ever missing.

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

    /// Up to the next 255, which stands in no UTF-8; what is none is replaced.
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
