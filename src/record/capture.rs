//! Captures a `log::Record`. This is the only place where the user's `Display`, `Debug` and key-value code runs.
//!
//! `logger` calls it on the calling thread, holding no lock.

use super::draft::Draft;
#[cfg(feature = "kv-error")]
use super::error_details::ErrorDetails;
use super::pair::Pair;
use super::{CaptureLimits, ERROR_MARK, FrameWriter, Head, PANIC_MARK, ValueKind};
use crate::process;
use log::kv::{Key, Value as KvValue, VisitSource, VisitValue};
use std::fmt::Write as _;

/// Appends `record` to `out` as one frame. Its time is set later, by [`stamp`](super::stamp).
///
/// Runs the user's `Display`, `Debug` and key-value code, catches its panics, and stops at `limits`.
pub(crate) fn capture(record: &log::Record<'_>, limits: &CaptureLimits, thread: &str, out: &mut Draft) {
    fill(FrameWriter::begin(out, &head(record, thread)), record, limits);
}

pub(super) fn head<'a>(record: &log::Record<'a>, thread: &'a str) -> Head<'a> {
    Head {
        level: record.level(),
        target: record.target(),
        module: record.module_path(),
        file: record.file(),
        line: record.line(),
        thread,
        on_stderr: false,
    }
}

/// Writes message and key-values, which may run user code.
#[inline]
pub(super) fn fill(mut frame: FrameWriter<'_>, record: &log::Record<'_>, limits: &CaptureLimits) {
    match record.args().as_str() {
        Some(text) => frame.message(limits.message, |out| out.write_str(text)),
        None => frame.message(limits.message, |out| out.write_fmt(*record.args())),
    }
    let mut pairs = Pairs {
        frame: &mut frame,
        limits,
        #[cfg(feature = "kv-error")]
        error_details: None,
    };
    // A source that fails or panics ends the key-values; those already visited stay.
    let visited = process::caught(|| record.key_values().visit(&mut pairs));
    #[cfg(feature = "kv-error")]
    pairs.add_error_details();
    match visited {
        Some(Ok(())) => {}
        Some(Err(_)) => frame.text_extra("error", ValueKind::Text, limits, |out| out.write_str(ERROR_MARK)),
        None => frame.text_extra("panic", ValueKind::Text, limits, |out| out.write_str(PANIC_MARK)),
    }
    frame.finish();
}

struct Pairs<'a, 'o> {
    frame: &'a mut FrameWriter<'o>,
    limits: &'a CaptureLimits,
    #[cfg(feature = "kv-error")]
    error_details: Option<ErrorDetails>,
}

#[cfg(feature = "kv-error")]
impl Pairs<'_, '_> {
    #[cold]
    fn look_for_details(&mut self, key: &str, value: &KvValue<'_>) {
        self.error_details.get_or_insert_default().look_at(key, value);
    }

    #[inline]
    fn add_error_details(&mut self) {
        let Some(details) = self.error_details.take() else {
            return;
        };
        for (key, text) in details.pairs() {
            Pair::new(self.frame, key, self.limits).whole(ValueKind::Str, text);
        }
    }
}

impl<'kvs> VisitSource<'kvs> for Pairs<'_, '_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: KvValue<'kvs>) -> Result<(), log::kv::Error> {
        #[cfg(feature = "kv-error")]
        if self.limits.error_details {
            self.look_for_details(key.as_str(), &value);
        }
        let mut visit = || {
            value.visit(Visitor {
                pair: Pair::new(self.frame, key.as_str(), self.limits),
                #[cfg(feature = "kv-serde")]
                value: &value,
            })
        };
        // A user's `Serialize` runs before `Visitor` is called, and may panic.
        if !cfg!(feature = "kv-serde") {
            return visit();
        }
        process::caught(visit).unwrap_or_else(|| {
            Pair::new(self.frame, key.as_str(), self.limits).whole(ValueKind::Text, PANIC_MARK);
            Ok(())
        })
    }
}

/// Stores a value under the type with which it was logged.
struct Visitor<'a, 'o> {
    pair: Pair<'a, 'o>,
    #[cfg(feature = "kv-serde")]
    value: &'a KvValue<'a>,
}

impl Visitor<'_, '_> {
    #[inline]
    fn fixed<const N: usize>(&mut self, kind: ValueKind, value: [u8; N]) -> Result<(), log::kv::Error> {
        self.pair.fixed(kind, value);
        Ok(())
    }
}

impl<'v> VisitValue<'v> for Visitor<'_, '_> {
    fn visit_any(&mut self, value: KvValue<'_>) -> Result<(), log::kv::Error> {
        #[cfg(feature = "kv-serde")]
        super::serialized::store(&value, &mut self.pair);
        #[cfg(not(feature = "kv-serde"))]
        self.pair.shown(ValueKind::Text, format_args!("{value}"));
        Ok(())
    }
    fn visit_null(&mut self) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::Null, [])
    }
    fn visit_u64(&mut self, value: u64) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::U64, value.to_le_bytes())
    }
    fn visit_i64(&mut self, value: i64) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::I64, value.to_le_bytes())
    }
    fn visit_u128(&mut self, value: u128) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::U128, value.to_le_bytes())
    }
    fn visit_i128(&mut self, value: i128) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::I128, value.to_le_bytes())
    }
    fn visit_f64(&mut self, value: f64) -> Result<(), log::kv::Error> {
        // A `:serde` of an `f32` arrives here widened. Serialized, it is what it was.
        #[cfg(feature = "kv-serde")]
        if super::serialized::may_be_f32(value) {
            super::serialized::store(self.value, &mut self.pair);
            return Ok(());
        }
        self.fixed(ValueKind::F64, value.to_le_bytes())
    }
    fn visit_bool(&mut self, value: bool) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::Bool, [u8::from(value)])
    }
    fn visit_str(&mut self, value: &str) -> Result<(), log::kv::Error> {
        self.pair.whole(ValueKind::Str, value);
        Ok(())
    }
    fn visit_char(&mut self, value: char) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::Char, u32::from(value).to_le_bytes())
    }
    #[cfg(feature = "kv-error")]
    fn visit_error(&mut self, error: &(dyn std::error::Error + 'static)) -> Result<(), log::kv::Error> {
        self.pair.error(error);
        Ok(())
    }
    // Without this, `log` passes a borrowed error to `visit_any`, which shows only its own text, not its sources.
    #[cfg(feature = "kv-error")]
    fn visit_borrowed_error(
        &mut self,
        error: &'v (dyn std::error::Error + 'static),
    ) -> Result<(), log::kv::Error> {
        self.visit_error(error)
    }
}
