//! How an output of any kind is opened: the one trait that a new kind of output implements.
//!
//! `settings` puts an opener for each output into a list, and `logger` opens them all when a logger starts, before the
//! first of its threads. An output is either a log file, which the worker writes itself, or a [`BatchWriter`], which
//! gets a thread and may block.

use super::batch::BatchWriter;
use super::file::{FileSink, Now};
use super::storage::Storage;
use crate::error::Error;
use std::io::Write;
use std::sync::Arc;

/// Opens one output, in the process that starts the logger and, if it can, in forked children.
pub(crate) trait Opener: Send + Sync {
    /// The output's name in health and in messages.
    fn name(&self) -> &'static str;

    /// The output's rank in the choice of a record's primary output.
    fn rank(&self) -> Rank {
        Rank::Other
    }

    /// Opens the output. Called once, on the thread that starts the logger.
    ///
    /// # Errors
    ///
    /// If it cannot be opened: the logger does not start, and the outputs that are open already are closed. An output
    /// that may come up later opens nothing here and connects in its first write.
    fn open(&self, opening: &mut Opening) -> Result<Opened, Error>;

    /// The opener for the logger that a forked child starts, or `None` if the output stays with the parent.
    ///
    /// Called in the child, where the parent's threads do not exist: it must not take a lock of the parent.
    fn in_child(&self) -> Option<Arc<dyn Opener>>;
}

/// The order of the outputs. The first one that wants a record is its primary output, which decides whether the record
/// counts as written, failed or dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    File,
    Console,
    Other,
}

/// The arguments of an opener: the time, and the parts that a test replaces.
#[derive(Default)]
pub(crate) struct Opening {
    pub(crate) now: Now,
    /// The file operations of the first file; those of the operating system by default.
    pub(crate) storage: Option<Box<dyn Storage>>,
    /// The destination of the first console, instead of its stream.
    pub(crate) console: Option<Box<dyn Write + Send>>,
}

/// An open output.
pub(crate) enum Opened {
    /// A log file, written by the worker.
    File(Box<FileSink>),
    /// Anything that may block, written by its own thread.
    Threaded(Box<dyn BatchWriter>),
}
