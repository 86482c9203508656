//! Captures a `log::Record`. This is the only place where the user's `Display`, `Debug` and key-value code runs.
//!
//! `logger` calls it on the calling thread, holding no lock.

use super::draft::Draft;
use super::{CaptureLimits, ERROR_MARK, FrameWriter, Head, PANIC_MARK, ValueKind};
use crate::process;
use log::kv::{Key, Value as KvValue, VisitSource, VisitValue};
use std::fmt::{self, Write as _};

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
    };
    // A source that fails or panics ends the key-values; those already visited stay.
    let visited = process::caught(|| record.key_values().visit(&mut pairs));
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
}

impl<'kvs> VisitSource<'kvs> for Pairs<'_, '_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: KvValue<'kvs>) -> Result<(), log::kv::Error> {
        let mut visit = || {
            value.visit(Pair {
                frame: self.frame,
                limits: self.limits,
                key: key.as_str(),
            })
        };
        // A user's `Serialize` runs before `Pair` is called, and may panic.
        if !cfg!(feature = "kv-serde") {
            return visit();
        }
        process::caught(visit).unwrap_or_else(|| {
            self.frame
                .text_extra(key.as_str(), ValueKind::Text, self.limits, |out| {
                    out.write_str(PANIC_MARK)
                });
            Ok(())
        })
    }
}

struct Pair<'a, 'o> {
    frame: &'a mut FrameWriter<'o>,
    limits: &'a CaptureLimits,
    key: &'a str,
}

impl Pair<'_, '_> {
    #[inline]
    fn fixed<const N: usize>(&mut self, kind: ValueKind, value: [u8; N]) -> Result<(), log::kv::Error> {
        self.frame.fixed_extra(self.key, kind, value, self.limits);
        Ok(())
    }

    fn text(&mut self, kind: ValueKind, value: fmt::Arguments<'_>) -> Result<(), log::kv::Error> {
        self.frame
            .text_extra(self.key, kind, self.limits, |out| out.write_fmt(value));
        Ok(())
    }
}

impl<'v> VisitValue<'v> for Pair<'_, '_> {
    fn visit_any(&mut self, value: KvValue<'_>) -> Result<(), log::kv::Error> {
        #[cfg(feature = "kv-serde")]
        if let Some(document) = super::nested::document(&value, self.limits.value) {
            self.frame
                .text_extra(self.key, ValueKind::Json, self.limits, |out| {
                    out.write_str(&document)
                });
            return Ok(());
        }
        self.text(ValueKind::Text, format_args!("{value}"))
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
        self.fixed(ValueKind::F64, value.to_le_bytes())
    }
    fn visit_bool(&mut self, value: bool) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::Bool, [u8::from(value)])
    }
    fn visit_str(&mut self, value: &str) -> Result<(), log::kv::Error> {
        self.frame
            .text_extra(self.key, ValueKind::Str, self.limits, |out| out.write_str(value));
        Ok(())
    }
    fn visit_char(&mut self, value: char) -> Result<(), log::kv::Error> {
        self.fixed(ValueKind::Char, u32::from(value).to_le_bytes())
    }
    #[cfg(feature = "kv-error")]
    fn visit_error(&mut self, error: &(dyn std::error::Error + 'static)) -> Result<(), log::kv::Error> {
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
