//! The frame: one record by value, as a length-prefixed, self-describing run of bytes.
//!
//! `logger` captures a `log::Record` into a frame on the calling thread; `worker` reads it back as a borrowed
//! [`View`]; `mask` writes a second frame if something must be masked. A frame borrows nothing, so it may outlive the
//! call, the thread and (in a file) the process. Reading arbitrary bytes never panics.
//!
//! ```text
//! 0 length u32 | 4 time u64 | 12 length of the message u32 | 16 extras u16 | 18 extras left out u16
//! 20 cut u8 | 21 unused | 22 level u8 | 23 flags u8 | 24 lengths of target, module, file, thread 4 x u16 | 32 line u32
//! 36 target, module, file, thread, message, then each extra: kind u8, key length u16, key, value
//! ```

mod capture;
mod draft;
#[cfg(feature = "kv-error")]
mod error_details;
mod extras;
mod limits;
mod pair;
#[cfg(test)]
mod sample;
mod scratch;
#[cfg(feature = "kv-serde")]
mod serialized;
mod short;
mod view;
mod write;

pub(crate) use capture::capture;
pub(crate) use draft::Draft;
pub(crate) use extras::{Extra, Stored, Value};
pub(crate) use limits::CaptureLimits;
#[cfg(test)]
pub(crate) use sample::frame;
pub(crate) use scratch::{OWN as OWN_SCRATCH, Scratch};
pub(crate) use short::same;
pub(crate) use view::View;
pub(crate) use write::FrameWriter;

use crate::clock::Tick;
use log::Level;

/// Written in place of a value whose `Display` panicked.
pub(crate) const PANIC_MARK: &str = "<panic while formatting>";
/// Written in place of a value whose `Display` returned an error.
pub(crate) const ERROR_MARK: &str = "<error while formatting>";

/// Limit of target, module, file and thread name, in bytes. They do not hold user data.
const NAME_LIMIT: usize = 512;
/// The end of a name that was cut; it counts towards the limit.
const NAME_CUT: &str = "...";

const HEAD: usize = 36;
const TIME_AT: usize = 4;
const MESSAGE_LEN_AT: usize = 12;
const EXTRAS_AT: usize = 16;
const LEFT_OUT_AT: usize = 18;
const CUT_AT: usize = 20;
/// The bytes from here to the end of the names are equal for all records of one call site, level and thread.
const CALL_SITE_AT: usize = 22;
const LEVEL_AT: usize = 22;
const FLAGS_AT: usize = 23;
const LENGTHS_AT: usize = 24;
const LINE_AT: usize = 32;
const FLAG_HAS_MODULE: u8 = 2;
const FLAG_MODULE_IS_TARGET: u8 = 4;
const FLAG_HAS_FILE: u8 = 8;
const FLAG_HAS_LINE: u8 = 16;
const FLAG_ON_STDERR: u8 = 32;
const KIND_CUT: u8 = 0x80;

/// Writes the time into the frame that begins at the start of `frame`.
#[inline]
pub(crate) fn stamp(frame: &mut [u8], time: Tick) {
    frame[TIME_AT..TIME_AT + 8].copy_from_slice(&time.0.to_le_bytes());
}

/// Marks the frame at the start of `frame` as already written to standard error.
pub(crate) fn mark_on_stderr(frame: &mut [u8]) {
    frame[FLAGS_AT] |= FLAG_ON_STDERR;
}

/// Returns the length of the frame at the start of `bytes`, if it is complete.
#[inline]
pub(crate) fn frame_len(bytes: &[u8]) -> Option<usize> {
    let len = u32::from_le_bytes(*bytes.first_chunk::<4>()?) as usize;
    (len >= HEAD && len <= bytes.len()).then_some(len)
}

/// Returns the time of the frame at the start of `bytes`, without reading the rest.
#[inline]
pub(crate) fn time_of(bytes: &[u8]) -> Option<Tick> {
    Some(Tick(u64::from_le_bytes(
        *bytes.get(TIME_AT..)?.first_chunk::<8>()?,
    )))
}

/// The parts of a record other than its message and key-values.
pub(crate) struct Head<'a> {
    pub(crate) level: Level,
    pub(crate) target: &'a str,
    pub(crate) module: Option<&'a str>,
    pub(crate) file: Option<&'a str>,
    pub(crate) line: Option<u32>,
    pub(crate) thread: &'a str,
    /// The record is already on standard error; see [`mark_on_stderr`].
    pub(crate) on_stderr: bool,
}

/// How a value is stored in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ValueKind {
    U64 = 1,
    I64,
    U128,
    I128,
    F64,
    Bool,
    Char,
    Null,
    Str,
    Text,
    Error,
    Json,
}

/// Cuts `text` to at most `limit` bytes, on a character boundary.
pub(crate) fn clip(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Bytes of a frame as text. A frame is written from `str`, so only a damaged one is not UTF-8.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("<not UTF-8>")
}

/// Splits the mark of a cut off a name of a record's head. Returns the name and whether it was cut.
pub(crate) fn uncut_name(name: &str) -> (&str, bool) {
    // Cutting on a character boundary can make a name up to three bytes shorter than the limit.
    match name
        .strip_suffix(NAME_CUT)
        .filter(|_| name.len() + 3 >= NAME_LIMIT)
    {
        Some(body) => (body, true),
        None => (name, false),
    }
}

fn put_u16(bytes: &mut [u8], at: usize, value: usize) {
    bytes[at..at + 2].copy_from_slice(&(value as u16).to_le_bytes());
}

#[cfg(test)]
#[path = "record/tests.rs"]
mod tests;
