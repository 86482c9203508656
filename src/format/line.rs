//! One line while it is written: appends within the limit of a line, and flags what was cut or escaped.
//!
//! The layouts write through it and nothing else, so that no line is longer than its limit, ends inside an
//! escape, or holds a character that `escape` refuses.

use super::LineFlags;
use crate::escape::{Form, escape};
use crate::record::clip;

/// Ends a text that was cut.
const CUT_MARK: &str = "[...TRUNCATED]";

/// A text with its limit applied.
#[derive(Debug, Clone, Copy)]
pub(super) struct CutText<'a> {
    pub(super) text: &'a str,
    /// Some of it is missing, here or already at the capture.
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

/// Where a line can be taken back to.
struct SavePoint {
    len: usize,
    flags: LineFlags,
}

/// Where an object began, and where its first pair stands.
pub(super) struct Object {
    start: usize,
    first: usize,
}

#[derive(Debug)]
pub(super) struct Line<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    /// Nothing but the line feed is written here or beyond.
    end: usize,
    /// Bytes before `end` that are kept for what comes later.
    reserved: usize,
    /// Something did not fit since the flag was cleared.
    overflow: bool,
    flags: LineFlags,
}

impl<'o> Line<'o> {
    /// Begins a line of at most `limit` bytes, the line feed among them.
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

    /// Ends the line. It is never empty.
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

    /// Whether something was cut or left out.
    #[inline]
    pub(super) fn is_cut(&self) -> bool {
        self.overflow || self.flags.truncated
    }

    /// Forgets all that was written and noted.
    pub(super) fn restart(&mut self) {
        self.out.truncate(self.start);
        (self.reserved, self.overflow, self.flags) = (0, false, LineFlags::default());
    }

    /// Keeps `bytes` for what comes later.
    #[inline]
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.reserved += bytes;
    }

    /// Gives back what was kept.
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

    /// Runs `write`, and tells what happened in it.
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

    /// What was written from `from` on.
    pub(super) fn since(&self, from: usize) -> &[u8] {
        &self.out[from..]
    }

    /// LineFlags whether something was cut or left out.
    #[inline]
    pub(super) fn mark_truncated(&mut self, cut: bool) {
        self.flags.truncated |= cut;
    }

    /// Writes bytes that are safe already, whole or not at all.
    #[inline]
    pub(super) fn write_all_or_none(&mut self, bytes: &[u8]) {
        if bytes.len() <= self.room() {
            self.out.extend_from_slice(bytes);
        } else {
            self.overflow = true;
        }
    }

    /// Writes bytes that are safe already; `false` if there is no room for all of them, and then none.
    #[inline]
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> bool {
        let fits = bytes.len() <= self.room();
        if fits {
            self.out.extend_from_slice(bytes);
        }
        fits
    }

    /// As [`try_write`](Self::try_write), with `quote` on both sides.
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

    /// Writes bytes that room was kept for.
    #[inline]
    pub(super) fn write_reserved(&mut self, bytes: &[u8]) {
        self.release(bytes.len());
        self.write_all_or_none(bytes);
    }

    #[inline]
    pub(super) fn write_integer(&mut self, number: impl itoa::Integer) {
        self.write_all_or_none(itoa::Buffer::new().format(number).as_bytes());
    }

    /// Writes a text, cut as far as the room demands.
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

    /// Writes a text, whole or (for a [`group`](Line::group) that is then taken back) not.
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

    /// Runs `write`; if not all of it fits, takes it back and answers `false`.
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

    /// Begins an object under `key`, of pairs that each have a comma in front. Room was kept for `key` and a brace.
    #[inline]
    pub(super) fn open_object(&mut self, key: &[u8]) -> Object {
        let start = self.out.len();
        self.write_reserved(key);
        Object {
            start,
            first: self.out.len(),
        }
    }

    /// Ends it: the first comma becomes its opening brace. An object without a pair leaves nothing.
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

    /// Fills what was written since `from` up to `width` characters, as far as there is room.
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
        // The fill that belongs on the left was written on the right.
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
