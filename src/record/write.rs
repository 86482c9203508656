//! Writes frames, and text up to a limit.

use super::draft::Draft;
use super::{
    CUT_AT, CaptureLimits, ERROR_MARK, EXTRAS_AT, Extra, FLAG_HAS_FILE, FLAG_HAS_LINE, FLAG_HAS_MODULE,
    FLAG_MODULE_IS_TARGET, FLAG_ON_STDERR, FLAGS_AT, HEAD, Head, KIND_CUT, LEFT_OUT_AT, LENGTHS_AT, LEVEL_AT,
    LINE_AT, MESSAGE_LEN_AT, NAME_CUT, NAME_LIMIT, PANIC_MARK, ValueKind, clip, put_u16, text,
};
use crate::process;
use std::fmt::{self, Write as _};

/// Writes one frame: `begin`, then the message, then the extras, then `finish`.
pub(crate) struct FrameWriter<'o> {
    out: &'o mut Draft,
    start: usize,
    extras: u16,
    left_out: u16,
}

impl<'o> FrameWriter<'o> {
    pub(crate) fn begin(out: &'o mut Draft, head: &Head<'_>) -> FrameWriter<'o> {
        let start = out.len();
        let mut flags = 0;
        let mut module = "";
        if let Some(name) = head.module {
            flags |= FLAG_HAS_MODULE;
            if name == head.target {
                flags |= FLAG_MODULE_IS_TARGET;
            } else {
                module = name;
            }
        }
        flags |= if head.file.is_some() { FLAG_HAS_FILE } else { 0 };
        flags |= if head.line.is_some() { FLAG_HAS_LINE } else { 0 };
        flags |= if head.on_stderr { FLAG_ON_STDERR } else { 0 };
        let (target, module) = (ClippedName::new(head.target), ClippedName::new(module));
        let (file, thread) = (
            ClippedName::new(head.file.unwrap_or("")),
            ClippedName::new(head.thread),
        );
        let mut bytes = [0u8; HEAD];
        bytes[LEVEL_AT] = head.level as u8;
        bytes[FLAGS_AT] = flags;
        put_u16(&mut bytes, LENGTHS_AT, target.len());
        put_u16(&mut bytes, LENGTHS_AT + 2, module.len());
        put_u16(&mut bytes, LENGTHS_AT + 4, file.len());
        put_u16(&mut bytes, LENGTHS_AT + 6, thread.len());
        bytes[LINE_AT..LINE_AT + 4].copy_from_slice(&head.line.unwrap_or(0).to_le_bytes());
        out.push(&bytes);
        for name in [&target, &module, &file, &thread] {
            name.write(out);
        }
        FrameWriter {
            out,
            start,
            extras: 0,
            left_out: 0,
        }
    }

    /// Continues after the names of the frame in `out`, which end at `end`. Everything after them is written anew.
    #[inline]
    pub(super) fn resume(out: &'o mut Draft, end: usize) -> FrameWriter<'o> {
        out.truncate(end);
        out[CUT_AT] = 0;

        FrameWriter {
            out,
            start: 0,
            extras: 0,
            left_out: 0,
        }
    }

    /// Bytes of the frame written so far.
    pub(super) fn written(&self) -> usize {
        self.out.len() - self.start
    }

    /// Writes the message. `write` may run user code.
    #[inline]
    pub(crate) fn message(&mut self, limit: usize, write: impl FnOnce(&mut Text<'_>) -> fmt::Result) {
        let from = self.out.len();
        let cut = guarded(self.out, limit, write);
        let len = self.out.len() - from;
        let start = self.start;
        let at = start + MESSAGE_LEN_AT;
        self.out[at..at + 4].copy_from_slice(&(len as u32).to_le_bytes());
        if cut {
            self.mark_cut();
        }
    }

    /// Marks the message as cut; its end may be half of a secret.
    pub(crate) fn mark_cut(&mut self) {
        self.out[self.start + CUT_AT] = 1;
    }

    /// Adds an extra of fixed size.
    #[inline]
    pub(super) fn fixed_extra(
        &mut self,
        key: &str,
        kind: ValueKind,
        value: impl AsRef<[u8]>,
        limits: &CaptureLimits,
    ) {
        let from = self.out.len();
        self.extra_head(key, kind, limits);
        self.out.push(value.as_ref());
        self.keep_if_within(from, limits);
    }

    /// Adds a text value. `write` may run user code.
    pub(crate) fn text_extra(
        &mut self,
        key: &str,
        kind: ValueKind,
        limits: &CaptureLimits,
        write: impl FnOnce(&mut Text<'_>) -> fmt::Result,
    ) {
        let from = self.out.len();
        self.extra_head(key, kind, limits);
        let len_at = self.out.len();
        self.out.push(&[0; 4]);
        let cut = guarded(self.out, limits.value, write);
        let len = (self.out.len() - len_at - 4) as u32;
        self.out[len_at..len_at + 4].copy_from_slice(&len.to_le_bytes());
        if cut {
            self.out[from] |= KIND_CUT;
        }
        self.keep_if_within(from, limits);
    }

    /// Copies `extra`, with `value` in place of its value if one is given.
    pub(crate) fn copy_extra(&mut self, extra: &Extra<'_>, value: Option<&str>) {
        let from = self.out.len();
        match extra.value.number() {
            Some((kind, bytes, len)) if value.is_none() => {
                self.fixed_extra(text(extra.key), kind, &bytes[..len], &CaptureLimits::NONE);
            }
            _ => {
                let (kind, old) = extra.value.text();
                let shown = value.unwrap_or(old);
                self.text_extra(text(extra.key), kind, &CaptureLimits::NONE, |out| {
                    out.write_str(shown)
                });
            }
        }
        if extra.cut && self.out.len() > from {
            self.out[from] |= KIND_CUT;
        }
    }

    /// Adds to the number of key-values that are missing from this frame.
    pub(crate) fn add_left_out(&mut self, extras: u16) {
        self.left_out = self.left_out.saturating_add(extras);
    }

    /// Ends the frame by writing its length and counts.
    #[inline]
    pub(crate) fn finish(self) {
        let len = (self.out.len() - self.start) as u32;
        let frame = &mut self.out[self.start..];
        frame[0..4].copy_from_slice(&len.to_le_bytes());
        frame[EXTRAS_AT..EXTRAS_AT + 2].copy_from_slice(&self.extras.to_le_bytes());
        frame[LEFT_OUT_AT..LEFT_OUT_AT + 2].copy_from_slice(&self.left_out.to_le_bytes());
    }

    #[inline]
    fn extra_head(&mut self, key: &str, kind: ValueKind, limits: &CaptureLimits) {
        let key = clip(key, limits.key.min(usize::from(u16::MAX)));
        let [low, high] = (key.len() as u16).to_le_bytes();
        self.out.push(&[kind as u8, low, high]);
        self.out.push(key.as_bytes());
    }

    /// Removes the key-value that begins at `from` if it exceeds the record's limit, or if an earlier one was
    /// removed.
    fn keep_if_within(&mut self, from: usize, limits: &CaptureLimits) {
        let full = self.left_out > 0 || self.extras == u16::MAX;
        if full || self.out.len() - self.start > limits.record.saturating_add(HEAD) {
            self.out.truncate(from);
            self.left_out = self.left_out.saturating_add(1);
        } else {
            self.extras += 1;
        }
    }
}

/// A name of a record's head, cut to the limit and then ending in a mark.
struct ClippedName<'a> {
    text: &'a str,
    mark: &'static str,
}

impl<'a> ClippedName<'a> {
    #[inline]
    fn new(text: &'a str) -> ClippedName<'a> {
        if text.len() <= NAME_LIMIT {
            return ClippedName { text, mark: "" };
        }
        ClippedName {
            text: clip(text, NAME_LIMIT - NAME_CUT.len()),
            mark: NAME_CUT,
        }
    }

    #[inline]
    fn len(&self) -> usize {
        self.text.len() + self.mark.len()
    }

    #[inline]
    fn write(&self, out: &mut Draft) {
        out.push(self.text.as_bytes());
        out.push(self.mark.as_bytes());
    }
}

/// Runs `write`, which may append at most `limit` bytes to `out`, and catches its panics. Returns whether the text
/// was cut.
#[inline]
fn guarded(out: &mut Draft, limit: usize, write: impl FnOnce(&mut Text<'_>) -> fmt::Result) -> bool {
    let end = out.len().saturating_add(limit);
    let mut text = Text { out, end, cut: false };
    let result = process::caught(|| write(&mut text));
    let cut = text.cut;
    match result {
        Some(Ok(())) => {}
        Some(Err(_)) if cut => {}
        Some(Err(_)) => out.push(ERROR_MARK.as_bytes()),
        None => out.push(PANIC_MARK.as_bytes()),
    }
    cut
}

/// Accepts text up to a limit and then returns errors, so that an endless `Display` stops early.
pub(crate) struct Text<'o> {
    out: &'o mut Draft,
    /// The limit as an offset into `out`; 0 once the text was cut.
    end: usize,
    cut: bool,
}

impl fmt::Write for Text<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.out.len() + text.len() <= self.end && self.out.push_short(text.as_bytes()) {
            return Ok(());
        }
        self.write_long(text)
    }
}

impl Text<'_> {
    #[inline(never)]
    fn write_long(&mut self, text: &str) -> fmt::Result {
        if self.out.len() + text.len() <= self.end {
            self.out.push(text.as_bytes());
            return Ok(());
        }
        if !self.cut {
            let room = self.end - self.out.len();
            self.out.push(clip(text, room).as_bytes());
            (self.cut, self.end) = (true, 0);
        }
        Err(fmt::Error)
    }
}
