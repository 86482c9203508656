//! How much of a record is captured.
//!
//! `capture` stops at these limits, and `write` enforces them for each key and value.

use super::{HEAD, NAME_LIMIT};

/// Bytes captured beyond each limit, so that the masker sees a secret that the limit cuts in two.
pub(super) const OVERSHOOT: usize = 1024;

/// Bytes of each part of a record that a capture accepts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CaptureLimits {
    pub(super) message: usize,
    pub(super) key: usize,
    pub(super) value: usize,
    pub(super) record: usize,
    /// Whether the type and the stack trace of an error become key-values; see `error_details`.
    #[cfg(feature = "kv-error")]
    pub(super) error_details: bool,
}

impl CaptureLimits {
    /// No limits, for parts that were already captured within their limits.
    pub(super) const NONE: CaptureLimits = CaptureLimits {
        message: usize::MAX,
        key: usize::MAX,
        value: usize::MAX,
        record: usize::MAX,
        #[cfg(feature = "kv-error")]
        error_details: false,
    };

    pub(crate) fn new(message: usize, key: usize, value: usize, record: usize) -> CaptureLimits {
        let over = |bytes: usize| bytes.saturating_add(OVERSHOOT);
        CaptureLimits {
            message: over(message),
            key: over(key),
            value: over(value),
            record: over(record),
            #[cfg(feature = "kv-error")]
            error_details: false,
        }
    }

    /// Sets whether the type and the stack trace of an error become key-values.
    #[cfg(feature = "kv-error")]
    pub(crate) fn with_error_details(self, error_details: bool) -> CaptureLimits {
        CaptureLimits {
            error_details,
            ..self
        }
    }

    /// The largest possible length of a frame.
    pub(crate) fn largest_frame(&self) -> usize {
        // Saturating, because the limits may not have been validated yet.
        (HEAD + 4 * NAME_LIMIT).saturating_add(self.record.max(self.message))
    }
}
