//! The buffer in which a thread captures its records, one after another.
//!
//! `logger` keeps one for each thread. It remembers where the last record came from, and large ones are kept only
//! as long as all threads together stay within a bound.

use super::CaptureLimits;
use super::capture::{fill, head};
use super::draft::Draft;
use super::write::FrameWriter;
use log::Level;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A thread's buffer for one frame. It remembers the call site of the last record: for another record from there,
/// only the part after the names is written.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    frame: Draft,
    last: Option<CallSite>,
    /// Its share of [`SHARED_IN_USE`], in bytes.
    borrowed: usize,
}

/// Bytes that every thread may keep.
pub(crate) const OWN: usize = 1024;
/// Bytes that all threads together may keep beyond that, because there may be thousands of them.
const SHARED: usize = 512 * 1024;

/// The part of [`SHARED`] in use. Nothing else depends on it, so relaxed access is enough.
static SHARED_IN_USE: AtomicUsize = AtomicUsize::new(0);

/// A call site, identified by the addresses of its names, which are static.
#[derive(Debug, Clone, Copy)]
struct CallSite {
    module: &'static str,
    file: &'static str,
    line: Option<u32>,
    level: Level,
    /// Offset in the frame at which its names end.
    end: usize,
}

impl Scratch {
    pub(crate) const fn new() -> Scratch {
        Scratch {
            frame: Draft::new(),
            last: None,
            borrowed: 0,
        }
    }

    pub(crate) fn with_capacity(bytes: usize) -> Scratch {
        Scratch {
            frame: Draft::with_capacity(bytes),
            ..Scratch::new()
        }
    }

    /// Capacity in bytes.
    pub(crate) fn capacity(&self) -> usize {
        self.frame.capacity()
    }

    /// Captures `record`, logged on the thread that owns this buffer, and returns its frame; see [`capture`].
    #[inline]
    pub(crate) fn capture(
        &mut self,
        record: &log::Record<'_>,
        limits: &CaptureLimits,
        thread: &str,
    ) -> &mut [u8] {
        match self.last {
            Some(last) if last.is_of(record) => {
                fill(FrameWriter::resume(&mut self.frame, last.end), record, limits);
            }
            _ => self.capture_anew(record, limits, thread),
        }
        &mut self.frame
    }

    #[cold]
    fn capture_anew(&mut self, record: &log::Record<'_>, limits: &CaptureLimits, thread: &str) {
        self.frame.clear();
        let frame = FrameWriter::begin(&mut self.frame, &head(record, thread));
        self.last = CallSite::of(record, frame.written());
        fill(frame, record, limits);
    }

    /// Frees the buffer if it is larger than this thread may keep.
    #[inline]
    pub(crate) fn trim(&mut self) {
        let beyond = self.frame.capacity().saturating_sub(OWN);
        if beyond != self.borrowed {
            self.borrow(beyond);
        }
    }

    #[cold]
    fn borrow(&mut self, beyond: usize) {
        let may_keep = exchange(&SHARED_IN_USE, self.borrowed, beyond);
        self.borrowed = beyond;
        if !may_keep {
            *self = Scratch::new();
        }
    }
}

/// Replaces a thread's share of `before` bytes in `lent` by one of `beyond`. Returns whether all shares together are
/// within [`SHARED`].
fn exchange(lent: &AtomicUsize, before: usize, beyond: usize) -> bool {
    let all = lent.fetch_add(beyond, Relaxed) + beyond - before;
    lent.fetch_sub(before, Relaxed);
    all <= SHARED
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.borrowed > 0 {
            SHARED_IN_USE.fetch_sub(self.borrowed, Relaxed);
        }
    }
}

impl CallSite {
    /// `None` if a name is not static, or if the target is not the module path.
    fn of(record: &log::Record<'_>, end: usize) -> Option<CallSite> {
        let call_site = CallSite {
            module: record.module_path_static()?,
            file: record.file_static()?,
            line: record.line(),
            level: record.level(),
            end,
        };
        std::ptr::eq(record.target(), call_site.module).then_some(call_site)
    }

    #[inline]
    fn is_of(&self, record: &log::Record<'_>) -> bool {
        std::ptr::eq(record.target(), self.module)
            && record.line() == self.line
            && record.level() == self.level
            && record
                .module_path_static()
                .is_some_and(|module| std::ptr::eq(module, self.module))
            && record
                .file_static()
                .is_some_and(|file| std::ptr::eq(file, self.file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{HEAD, View};

    fn with_room(bytes: usize) -> Scratch {
        let mut scratch = Scratch::with_capacity(bytes);
        scratch.trim();
        scratch
    }

    #[test]
    fn large_buffers_are_kept_while_all_together_are_within_the_bound() {
        let kept: Vec<Scratch> = (0..100).map(|_| with_room(OWN + SHARED / 8)).collect();
        let sum = |kept: &[Scratch]| kept.iter().map(|one| one.frame.capacity()).sum::<usize>();
        assert!(sum(&kept) <= SHARED + 8 * OWN, "{}", sum(&kept));
        assert!(sum(&kept) >= SHARED / 2, "other tests hold some, not half");
        drop(kept);
        let again = with_room(OWN + SHARED / 8);
        assert!(again.frame.capacity() > OWN, "what was given back is lent again");
        let small: Vec<Scratch> = (0..100).map(|_| with_room(OWN)).collect();
        assert!(small.iter().all(|one| one.frame.capacity() == OWN));
    }

    #[test]
    fn a_buffer_has_the_room_that_was_asked_for_and_remembers_a_place_of_the_code() {
        let mut scratch = Scratch::with_capacity(300);
        assert!(scratch.capacity() >= 300);
        let (module, limits) = ("app", CaptureLimits::new(100, 20, 50, 400));
        let args = format_args!("m");
        let mut record = log::Record::builder();
        let record = record.args(args).target(module).file_static(Some("src/main.rs"));
        scratch.capture(&record.module_path(Some(module)).build(), &limits, "main");
        assert!(scratch.last.is_none(), "a name that may be gone tomorrow");
        scratch.capture(&record.module_path_static(Some(module)).build(), &limits, "main");
        assert!(scratch.last.is_some());
    }

    #[test]
    fn all_threads_together_keep_half_a_mebibyte_and_not_a_byte_more() {
        let lent = AtomicUsize::new(0);
        assert!(exchange(&lent, 0, 300_000));
        assert!(
            exchange(&lent, 300_000, 524_288),
            "what a thread has is not counted twice"
        );
        assert!(!exchange(&lent, 0, 1));
        assert!(!exchange(&lent, 524_288, 524_288), "another has that byte");
        assert!(exchange(&lent, 1, 0), "what is given back may be lent");
        assert_eq!(lent.into_inner(), 524_288);
    }

    #[test]
    fn the_names_of_the_last_place_are_not_written_again() {
        let (mut scratch, limits) = (Scratch::new(), CaptureLimits::new(100, 20, 50, 400));
        let mut target_of = |line: u32| {
            let args = format_args!("m");
            let mut record = log::Record::builder();
            let record = record.args(args).target("app").module_path_static(Some("app"));
            let record = record.file_static(Some("src/main.rs")).line(Some(line)).build();
            let target = View::read(scratch.capture(&record, &limits, "main"))
                .unwrap()
                .target()
                .to_owned();
            // A second write of the names would overwrite this.
            scratch.frame[HEAD] = b'A';
            target
        };
        let targets = [1, 1, 2, 2, 1].map(&mut target_of);
        assert_eq!(targets, ["app", "App", "app", "App", "app"]);
    }
}
