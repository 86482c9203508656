//! The one door for what only tests need: parts of a logger that a test replaces.

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

/// Replaced parts of a logger; the real ones where nothing was set. No part of the public face.
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

    /// What the console output writes to.
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

    /// Called on the worker's thread between the stages; it may panic, and it may block.
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

/// The mask and the escapes alone, for a benchmark: what the worker does to a record before it is laid out.
pub struct Cleaner {
    masker: Masker,
    frame: Draft,
    masked: Draft,
    line: Vec<u8>,
    /// The names of the last record, and what they became.
    place: Vec<u8>,
    names: Vec<u8>,
}

impl Cleaner {
    /// With the rules of `mask`.
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

    /// Takes a record in, as the calling thread does.
    pub fn capture(&mut self, record: &Record<'_>, message_bytes: usize) {
        let limits = CaptureLimits::new(message_bytes, 256, message_bytes, message_bytes);
        self.frame.clear();
        capture(record, &limits, "bench", &mut self.frame);
    }

    /// Masks the record and escapes all of its text; gives how many places were hidden and the bytes written.
    pub fn clean(&mut self) -> (u32, usize) {
        // OK because `capture` has written a whole frame.
        let view = View::read(&self.frame).expect("a captured frame can be read back");
        let masked = self.masker.mask(view, &mut self.masked);
        let view = &masked.view;
        self.line.clear();
        // Names are those of the record before for most records, which `format` knows as well.
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
