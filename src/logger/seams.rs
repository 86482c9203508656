//! For tests and benchmarks only: parts of a logger that a test can replace, and the masking stage alone.

use crate::clock::WallClock;
use crate::config::Mask;
use crate::escape::{Form, escape};
use crate::mask::Masker;
use crate::record::{CaptureLimits, Draft, View, capture};
use crate::sink::storage::Storage;
use crate::worker::{Hook, Stage};
use log::Record;
use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::SystemTime;

/// Parts of a logger that a test replaces; the real parts where nothing was set. Not part of the public API.
#[derive(Default)]
pub struct Seams {
    pub(super) storage: Option<Box<dyn Storage>>,
    pub(super) console: Option<Box<dyn Write + Send>>,
    pub(super) clock: WallClock,
    pub(super) hook: Option<Hook>,
}

impl Seams {
    /// The file operations of the log file.
    #[must_use]
    pub fn storage(mut self, storage: impl Storage + 'static) -> Seams {
        self.storage = Some(Box::new(storage));
        self
    }

    /// The writer of the console output.
    #[must_use]
    pub fn console(mut self, console: impl Write + Send + 'static) -> Seams {
        self.console = Some(Box::new(console));
        self
    }

    /// The wall clock.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Seams {
        self.clock = WallClock::new(now);
        self
    }

    /// A function that the worker's thread calls before each stage. It may panic and it may block.
    #[must_use]
    pub fn hook(mut self, hook: impl Fn(Stage) + Send + Sync + 'static) -> Seams {
        self.hook = Some(Arc::new(hook));
        self
    }
}

impl fmt::Debug for Seams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seams").finish_non_exhaustive()
    }
}

/// Masking and escaping alone, for a benchmark: what the worker does to a record before it is rendered.
pub struct Cleaner {
    masker: Masker,
    frame: Draft,
    masked: Draft,
    line: Vec<u8>,
    /// The names of the previous record, as bytes of its frame and escaped.
    place: Vec<u8>,
    names: Vec<u8>,
}

impl Cleaner {
    /// Makes a cleaner with the rules of `mask`.
    #[must_use]
    pub fn new(mask: &Mask) -> Cleaner {
        Cleaner {
            masker: Masker::new(mask),
            frame: Draft::new(),
            masked: Draft::new(),
            line: Vec::new(),
            place: Vec::new(),
            names: Vec::new(),
        }
    }

    /// Captures a record as the calling thread does.
    pub fn capture(&mut self, record: &Record<'_>, message_bytes: usize) {
        let limits = CaptureLimits::new(message_bytes, 256, message_bytes, message_bytes);
        self.frame.clear();
        capture(record, &limits, "bench", &mut self.frame);
    }

    /// Masks the record and escapes all of its text. Returns the number of places that were hidden and of bytes
    /// written.
    pub fn clean(&mut self) -> (u32, usize) {
        // OK because `capture` has written a complete frame.
        let view = View::read(&self.frame).expect("a captured frame can be read back");
        let masked = self.masker.mask(view, &mut self.masked);
        let view = &masked.view;
        self.line.clear();
        // Most records have the names of the record before, which `format` makes use of as well.
        if self.place != view.call_site() {
            self.place.clear();
            self.place.extend_from_slice(view.call_site());
            self.names.clear();
            let names = [
                Some(view.target()),
                Some(view.thread()),
                view.module(),
                view.file(),
            ];
            for text in names.into_iter().flatten() {
                escape(text, Form::Text, usize::MAX, &mut self.names);
            }
        }
        self.line.extend_from_slice(&self.names);
        match view.plain_message() {
            Some(bytes) => self.line.extend_from_slice(bytes),
            None => drop(escape(view.message(), Form::Text, usize::MAX, &mut self.line)),
        }
        (masked.places, self.line.len())
    }
}

impl fmt::Debug for Cleaner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cleaner").finish_non_exhaustive()
    }
}
