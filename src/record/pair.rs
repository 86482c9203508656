//! One key-value while it is captured: the frame it goes to, its key, and the limits.

use super::{CaptureLimits, FrameWriter, ValueKind};
use std::fmt::{self, Write as _};

pub(super) struct Pair<'a, 'o> {
    frame: &'a mut FrameWriter<'o>,
    limits: &'a CaptureLimits,
    key: &'a str,
}

impl<'a, 'o> Pair<'a, 'o> {
    #[inline]
    pub(super) fn new(
        frame: &'a mut FrameWriter<'o>,
        key: &'a str,
        limits: &'a CaptureLimits,
    ) -> Pair<'a, 'o> {
        Pair { frame, limits, key }
    }

    /// Adds a value of fixed size.
    #[inline]
    pub(super) fn fixed<const N: usize>(&mut self, kind: ValueKind, value: [u8; N]) {
        self.frame.fixed_extra(self.key, kind, value, self.limits);
    }

    /// Adds a text that exists already.
    pub(super) fn whole(&mut self, kind: ValueKind, text: &str) {
        self.frame
            .text_extra(self.key, kind, self.limits, |out| out.write_str(text));
    }

    /// Adds a text by running user code. It stops at the limit; if it fails or panics, the text ends in a mark.
    pub(super) fn shown(&mut self, kind: ValueKind, text: fmt::Arguments<'_>) {
        self.frame
            .text_extra(self.key, kind, self.limits, |out| out.write_fmt(text));
    }

    /// Adds the text of an error and of each of its sources.
    #[cfg(feature = "kv-error")]
    pub(super) fn error(&mut self, error: &(dyn std::error::Error + 'static)) {
        self.frame
            .text_extra(self.key, ValueKind::Error, self.limits, |out| {
                write!(out, "{error}")?;
                let mut cause = error.source();
                // The chain may be endless; the limit of the value ends it.
                while let Some(next) = cause {
                    write!(out, ": {next}")?;
                    cause = next.source();
                }
                Ok(())
            });
    }

    #[cfg(feature = "kv-serde")]
    pub(super) fn limits(&self) -> &CaptureLimits {
        self.limits
    }
}
