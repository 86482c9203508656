//! The one door for what only tests need: parts of a logger that a test replaces.

use crate::clock::WallClock;
use crate::sink::storage::Storage;
use crate::worker::{Hook, Stage};
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
