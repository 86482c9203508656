//! Reads frames without copying. No byte of a frame is trusted.

use super::extras::{Extras, StoredExtras};
use super::{
    CALL_SITE_AT, CUT_AT, EXTRAS_AT, FLAG_HAS_FILE, FLAG_HAS_LINE, FLAG_HAS_MODULE, FLAG_MODULE_IS_TARGET,
    FLAG_ON_STDERR, FLAGS_AT, HEAD, Head, LEFT_OUT_AT, LENGTHS_AT, LEVEL_AT, LINE_AT, MESSAGE_LEN_AT,
    frame_len, text, time_of,
};
use crate::clock::Tick;
use log::Level;

/// A record read back from a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) time: Tick,
    pub(crate) level: Level,
    flags: u8,
    cut: bool,
    /// The message is known to need neither masking nor escaping.
    plain: bool,
    extra_count: u16,
    left_out: u16,
    /// Level, line, target, module, file and thread, as stored in the frame.
    call_site: &'a [u8],
    message: &'a [u8],
    extras: &'a [u8],
}

/// The names of a record, in their order in a frame.
#[derive(Debug, Clone, Copy)]
enum Name {
    Target,
    Module,
    File,
    Thread,
}

/// Offset of the names in the call site's bytes.
const NAMES_AT: usize = HEAD - CALL_SITE_AT;

impl<'a> View<'a> {
    /// Reads the frame at the start of `bytes`. Returns `None` if it is not complete.
    #[inline]
    pub(crate) fn read(bytes: &'a [u8]) -> Option<View<'a>> {
        let frame = &bytes[..frame_len(bytes)?];
        let head = frame.first_chunk::<HEAD>()?;
        let len16 = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
        let len32 = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let len = |n: usize| len16(LENGTHS_AT + 2 * n);
        let names_len = len(0) + len(1) + len(2) + len(3);
        let (call_site, rest) = frame[CALL_SITE_AT..].split_at_checked(NAMES_AT + names_len)?;
        let (message, extras) = rest.split_at_checked(len32(MESSAGE_LEN_AT) as usize)?;
        Some(View {
            time: time_of(frame)?,
            level: level_of(head[LEVEL_AT])?,
            flags: head[FLAGS_AT],
            cut: head[CUT_AT] != 0,
            plain: false,
            extra_count: len16(EXTRAS_AT) as u16,
            left_out: len16(LEFT_OUT_AT) as u16,
            call_site,
            message,
            extras,
        })
    }

    /// Returns one of the names. `read` has checked that all of them are in the slice.
    fn name(&self, name: Name) -> &'a str {
        let len = |n: usize| {
            let at = LENGTHS_AT - CALL_SITE_AT + 2 * n;
            usize::from(u16::from_le_bytes([self.call_site[at], self.call_site[at + 1]]))
        };
        let from = NAMES_AT + (0..name as usize).map(len).sum::<usize>();
        text(&self.call_site[from..from + len(name as usize)])
    }

    fn line_number(&self) -> u32 {
        let at = LINE_AT - CALL_SITE_AT;
        let bytes = self.call_site.get(at..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// Level, line, target, module, file and thread in one slice. It is equal for two records exactly if their call
    /// site, level and thread are.
    #[inline]
    pub(crate) fn call_site(&self) -> &'a [u8] {
        self.call_site
    }

    /// A cheap hash of the call site: of its line, thread and length.
    #[inline]
    pub(crate) fn call_site_hash(&self) -> usize {
        let thread = self.call_site.last().copied().unwrap_or(0);
        // With 32-bit `usize`, the line number can be `usize::MAX`.
        (self.line_number() as usize).wrapping_add(usize::from(thread) * 5 + self.call_site.len() * 7)
    }

    pub(crate) fn target(&self) -> &'a str {
        self.name(Name::Target)
    }

    pub(crate) fn module(&self) -> Option<&'a str> {
        if self.flags & FLAG_MODULE_IS_TARGET != 0 {
            return Some(self.target());
        }
        (self.flags & FLAG_HAS_MODULE != 0).then(|| self.name(Name::Module))
    }

    pub(crate) fn file(&self) -> Option<&'a str> {
        (self.flags & FLAG_HAS_FILE != 0).then(|| self.name(Name::File))
    }

    pub(crate) fn line(&self) -> Option<u32> {
        (self.flags & FLAG_HAS_LINE != 0).then(|| self.line_number())
    }

    pub(crate) fn thread(&self) -> &'a str {
        self.name(Name::Thread)
    }

    pub(crate) fn message(&self) -> &'a str {
        text(self.message)
    }

    /// The message, not checked to be UTF-8.
    pub(crate) fn message_bytes(&self) -> &'a [u8] {
        self.message
    }

    /// The message, if it was not cut and [`set_plain`](Self::set_plain) was called: it needs no escaping in any
    /// layout.
    #[inline]
    pub(crate) fn plain_message(&self) -> Option<&'a [u8]> {
        (self.plain && !self.message_cut()).then_some(self.message)
    }

    /// Marks the message as printable ASCII without backslashes and quotation marks.
    pub(crate) fn set_plain(&mut self) {
        self.plain = true;
    }

    /// Whether the message was cut when it was captured. Its end may then be half of a secret.
    pub(crate) fn message_cut(&self) -> bool {
        self.cut
    }

    /// Whether the record is already on standard error.
    #[inline]
    pub(crate) fn is_on_stderr(&self) -> bool {
        self.flags & FLAG_ON_STDERR != 0
    }

    pub(crate) fn has_extras(&self) -> bool {
        self.extra_count > 0
    }

    /// The key-values, in the order in which they were logged.
    #[inline]
    pub(crate) fn extras(&self) -> Extras<'a> {
        Extras(self.stored_extras())
    }

    /// The key-values as stored in the frame, not decoded.
    #[inline]
    pub(crate) fn stored_extras(&self) -> StoredExtras<'a> {
        StoredExtras::new(self.extras, self.extra_count)
    }

    /// Number of key-values that did not fit into the record.
    pub(crate) fn extras_left_out(&self) -> u16 {
        self.left_out
    }

    pub(crate) fn head(&self) -> Head<'a> {
        Head {
            level: self.level,
            target: self.target(),
            module: self.module(),
            file: self.file(),
            line: self.line(),
            thread: self.thread(),
            on_stderr: self.is_on_stderr(),
        }
    }
}

fn level_of(byte: u8) -> Option<Level> {
    match byte {
        1 => Some(Level::Error),
        2 => Some(Level::Warn),
        3 => Some(Level::Info),
        4 => Some(Level::Debug),
        5 => Some(Level::Trace),
        _ => None,
    }
}
