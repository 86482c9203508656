//! A line being written. It enforces the limit of a line and remembers whether something was cut or escaped.
//!
//! All layouts write through [`Line`] only. That guarantees that no line exceeds its limit, ends inside an escape, or
//! contains a character that `escape` refuses.

use super::LineFlags;
use crate::escape::{CONTINUATION, Form, escape};
use crate::record::clip;

/// Appended to a text that was cut.
const CUT_MARK: &str = "[...TRUNCATED]";

/// A text after its own limit was applied.
#[derive(Debug, Clone, Copy)]
pub(super) struct CutText<'a> {
    pub(super) text: &'a str,
    /// Part of the text is missing; it was cut here or when the record was captured.
    pub(super) cut: bool,
}

impl<'a> CutText<'a> {
    pub(super) fn whole(text: &'a str) -> CutText<'a> {
        CutText { text, cut: false }
    }

    #[inline]
    pub(super) fn limited(text: &'a str, limit: usize) -> CutText<'a> {
        let kept = clip(text, limit);
        CutText {
            text: kept,
            cut: kept.len() < text.len(),
        }
    }
}

/// A state that the line can be rolled back to.
struct SavePoint {
    len: usize,
    flags: LineFlags,
}

/// An open object: where its key begins, and where its first pair begins.
pub(super) struct Object {
    start: usize,
    first: usize,
}

#[derive(Debug)]
pub(super) struct Line<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    /// Only the line feed may be written from here on.
    end: usize,
    /// Bytes before `end` that are reserved for later parts of the line.
    reserved: usize,
    /// Something did not fit since the flag was last cleared.
    overflow: bool,
    flags: LineFlags,
}

impl<'o> Line<'o> {
    /// Begins a line of at most `limit` bytes, including the line feed.
    #[inline]
    pub(super) fn begin(out: &'o mut Vec<u8>, limit: usize) -> Line<'o> {
        let start = out.len();
        Line {
            out,
            start,
            end: start + limit - 1,
            reserved: 0,
            overflow: false,
            flags: LineFlags::default(),
        }
    }

    /// Ends the line. An empty line becomes `-`.
    #[inline]
    pub(super) fn finish(mut self) -> LineFlags {
        if self.out.len() == self.start {
            self.out.push(b'-');
        }
        self.out.push(b'\n');
        self.flags.truncated |= self.overflow;
        self.flags
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether something was cut or left out so far.
    #[inline]
    pub(super) fn is_cut(&self) -> bool {
        self.overflow || self.flags.truncated
    }

    /// Discards everything written to this line, and its flags.
    pub(super) fn restart(&mut self) {
        self.out.truncate(self.start);
        (self.reserved, self.overflow, self.flags) = (0, false, LineFlags::default());
    }

    /// Reserves `bytes` for a later part of the line.
    #[inline]
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.reserved += bytes;
    }

    /// Releases reserved bytes.
    #[inline]
    pub(super) fn release(&mut self, bytes: usize) {
        self.reserved = self.reserved.saturating_sub(bytes);
    }

    #[inline]
    pub(super) fn room(&self) -> usize {
        self.end.saturating_sub(self.reserved + self.out.len())
    }

    #[inline]
    pub(super) fn mark_escaped(&mut self, escaped: bool) {
        self.flags.escaped |= escaped;
    }

    /// Runs `write` and returns the flags of what it wrote.
    pub(super) fn with_flags(&mut self, write: impl FnOnce(&mut Line<'o>)) -> LineFlags {
        let (before, overflow) = (
            std::mem::take(&mut self.flags),
            std::mem::take(&mut self.overflow),
        );
        write(self);
        let flags = LineFlags {
            truncated: self.flags.truncated | self.overflow,
            ..self.flags
        };
        self.flags.truncated |= before.truncated;
        self.flags.escaped |= before.escaped;
        self.overflow |= overflow;
        flags
    }

    /// The bytes written since `from`.
    pub(super) fn since(&self, from: usize) -> &[u8] {
        &self.out[from..]
    }

    /// Marks the line as truncated if `cut` is true.
    #[inline]
    pub(super) fn mark_truncated(&mut self, cut: bool) {
        self.flags.truncated |= cut;
    }

    /// Writes bytes that need no escaping. If they do not fit, nothing is written and the line is marked as
    /// overflowing.
    #[inline]
    pub(super) fn write_all_or_none(&mut self, bytes: &[u8]) {
        if bytes.len() <= self.room() {
            self.out.extend_from_slice(bytes);
        } else {
            self.overflow = true;
        }
    }

    /// Writes bytes that need no escaping. Returns `false`, with nothing written, if they do not fit.
    #[inline]
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> bool {
        let fits = bytes.len() <= self.room();
        if fits {
            self.out.extend_from_slice(bytes);
        }
        fits
    }

    /// As [`try_write`](Self::try_write), with `quote` before and after.
    #[inline]
    pub(super) fn try_write_between(&mut self, quote: &[u8], bytes: &[u8]) -> bool {
        let fits = bytes.len() + 2 * quote.len() <= self.room();
        if fits {
            self.out.extend_from_slice(quote);
            self.out.extend_from_slice(bytes);
            self.out.extend_from_slice(quote);
        }
        fits
    }

    /// Writes bytes for which room was reserved, and releases it.
    #[inline]
    pub(super) fn write_reserved(&mut self, bytes: &[u8]) {
        self.release(bytes.len());
        self.write_all_or_none(bytes);
    }

    #[inline]
    pub(super) fn write_integer(&mut self, number: impl itoa::Integer) {
        self.write_all_or_none(itoa::Buffer::new().format(number).as_bytes());
    }

    /// Writes a text, cut to fit into the room; a cut text ends with a mark.
    #[inline]
    pub(super) fn write_truncated(&mut self, text: CutText<'_>, form: Form) {
        let (from, room) = (self.out.len(), self.room());
        if !text.cut {
            let outcome = escape(text.text, form, room, self.out);
            self.flags.escaped |= outcome.escaped;
            if outcome.whole {
                return;
            }
            self.out.truncate(from);
        }
        self.cut_and_marked(text.text, form, room);
    }

    #[cold]
    fn cut_and_marked(&mut self, text: &str, form: Form, room: usize) {
        let before_mark = room.saturating_sub(CUT_MARK.len());
        let outcome = escape(text, form, before_mark, self.out);
        self.flags.escaped |= outcome.escaped;
        self.write_all_or_none(CUT_MARK.as_bytes());
        self.flags.truncated = true;
    }

    /// Writes a text. If it does not fit, a part of it is written and the line is marked as overflowing: call this in
    /// a [`group`](Line::group), which then removes the part.
    #[inline]
    pub(super) fn write_text(&mut self, text: CutText<'_>, form: Form) {
        let outcome = escape(text.text, form, self.room(), self.out);
        self.flags.escaped |= outcome.escaped;
        self.overflow |= !outcome.whole;
        if text.cut {
            self.write_all_or_none(CUT_MARK.as_bytes());
            self.flags.truncated = true;
        }
    }

    /// Runs `write`. If not everything fits, removes what it wrote and returns `false`.
    #[inline]
    pub(super) fn group(&mut self, write: impl FnOnce(&mut Line<'o>)) -> bool {
        let save_point = SavePoint {
            len: self.out.len(),
            flags: self.flags,
        };
        let before = std::mem::take(&mut self.overflow);
        write(self);
        let fits = !self.overflow;
        if !fits {
            self.out.truncate(save_point.len);
            self.flags = save_point.flags;
        }
        self.overflow = before;
        fits
    }

    /// Begins an object under `key`. Its pairs are written with a leading comma. Room must be reserved for `key` and
    /// one brace.
    #[inline]
    pub(super) fn open_object(&mut self, key: &[u8]) -> Object {
        let start = self.out.len();
        self.write_reserved(key);
        Object {
            start,
            first: self.out.len(),
        }
    }

    /// Ends the object. The first comma becomes the opening brace; an object without pairs is removed together with
    /// its key.
    #[inline]
    pub(super) fn close_object(&mut self, object: Object) {
        if self.out.len() > object.first {
            self.out[object.first] = b'{';
            self.write_reserved(b"}");
        } else {
            self.out.truncate(object.start);
            self.release(1);
        }
    }

    /// Makes sure that the line does not look like a further line of the record before it ([`CONTINUATION`]): a backslash
    /// takes the place of the first blank. Styles are skipped, because they are not visible. No escape is a backslash and
    /// a blank.
    #[cold]
    pub(super) fn mark_start(&mut self) {
        let (mut at, mut first) = (self.start, None);
        for &wanted in CONTINUATION.as_bytes() {
            while self.out[at..].starts_with(b"\x1b[") {
                let Some(end) = self.out[at..].iter().position(|&byte| byte == b'm') else {
                    return;
                };
                at += end + 1;
            }
            if self.out.get(at) != Some(&wanted) {
                return;
            }
            first = first.or(Some(at));
            at += 1;
        }
        if let Some(first) = first {
            self.out[first] = b'\\';
        }
    }

    /// Pads what was written since `from` to `width` characters, as far as there is room.
    pub(super) fn pad(&mut self, from: usize, padding: &super::template::Padding) {
        let written = &self.out[from..];
        let chars = written.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        let mut buffer = [0; 4];
        let fill = padding.fill.encode_utf8(&mut buffer).as_bytes();
        let wanted = padding.width.saturating_sub(chars).min(self.room() / fill.len());
        let left = padding.left(wanted);
        match fill {
            [byte] => self.out.resize(self.out.len() + wanted, *byte),
            _ => (0..wanted).for_each(|_| self.out.extend_from_slice(fill)),
        }
        // All of the fill was appended; move the left part to the front.
        self.out[from..].rotate_right(left * fill.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(limit: usize, write: impl FnOnce(&mut Line<'_>)) -> (String, LineFlags) {
        let mut out = b"before\n".to_vec();
        let mut line = Line::begin(&mut out, limit);
        write(&mut line);
        let flags = line.finish();
        (String::from_utf8(out[7..].to_vec()).unwrap(), flags)
    }

    #[test]
    fn an_empty_line_shows_a_dash() {
        assert_eq!(line(100, |_| {}).0, "-\n");
    }

    #[test]
    fn a_text_is_cut_before_what_room_is_kept_for() {
        let (text, flags) = line(31, |line| {
            line.reserve(5);
            line.write_truncated(CutText::whole("0123456789abcdef0123456789"), Form::Text);
            line.write_reserved(b"after");
        });
        assert_eq!(text, "0123456789a[...TRUNCATED]after\n");
        assert!(flags.truncated && !flags.escaped);
    }

    #[test]
    fn a_text_that_just_fits_is_not_cut() {
        let (text, flags) = line(17, |line| {
            line.write_truncated(CutText::whole("0123456789abcde\\"), Form::Embedded)
        });
        assert_eq!((text.as_str(), flags.truncated), ("0123456789abcde\\\n", false));
    }

    #[test]
    fn a_text_that_was_cut_at_its_limit_is_marked() {
        let (text, flags) = line(100, |line| {
            line.write_truncated(CutText::limited("aé\nb", 2), Form::Text);
        });
        assert_eq!(text, "a[...TRUNCATED]\n");
        assert!(flags.truncated && !flags.escaped);
    }

    #[test]
    fn a_group_that_does_not_fit_leaves_nothing() {
        let (text, flags) = line(10, |line| {
            assert!(line.group(|line| line.write_all_or_none(b"abc")));
            assert!(!line.group(|line| {
                line.write_all_or_none(b"12");
                line.write_text(CutText::whole("3\n4567"), Form::Text);
                line.write_all_or_none(b"8");
            }));
            line.write_all_or_none(b"xyz");
        });
        assert_eq!((text.as_str(), flags), ("abcxyz\n", LineFlags::default()));
    }
}
