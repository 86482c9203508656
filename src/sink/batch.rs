//! A rendered batch on its way to a threaded output, and the trait of its writer.
//!
//! Every `io::Write` is a [`BatchWriter`] that gets bytes. An output that sends records one by one (datagrams, syslog,
//! journald) asks for the end and the level of each line; nothing else of a record reaches a sink.

use super::outlook::{self, Outlook};
use crate::health::Levels;
use log::Level;
use std::io::{self, Write};

/// Where a line of a batch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineEnd {
    /// The offset after its line feed.
    pub(crate) end: usize,
    /// The level of its record.
    pub(crate) level: Level,
}

/// The lines of a batch for one output.
#[derive(Debug, Default)]
pub(crate) struct RenderedBatch {
    /// Whole lines.
    pub(crate) bytes: Vec<u8>,
    /// The end of each line, if the output asked for line ends; otherwise empty.
    pub(crate) lines: Vec<LineEnd>,
    /// Records in it; lines of the logger itself are not counted.
    pub(crate) records: u64,
    /// The records for which this output is the primary one, by level.
    pub(crate) primary: Levels,
}

impl RenderedBatch {
    /// The lines from the offset `from` on, each with its line feed and level; for an output that asked for line ends.
    // The network outputs will need it; until then a test output uses it.
    #[cfg_attr(not(all(test, not(loom))), allow(dead_code))]
    pub(crate) fn lines_from(&self, from: usize) -> impl Iterator<Item = (&[u8], Level)> {
        let first = self.lines.partition_point(|line| line.end <= from);
        let mut begin = from;
        self.lines[first..].iter().map(move |line| {
            let text = &self.bytes[begin..line.end];
            begin = line.end;
            (text, line.level)
        })
    }
}

/// Writes batches, on the thread of a threaded output; it may block and fail.
pub(crate) trait BatchWriter: Send {
    /// Whether its batches carry the ends and levels of their lines. Asked once, when the logger starts.
    fn wants_lines(&self) -> bool {
        false
    }

    /// Writes some of `batch` from the offset `from` on, and returns how many bytes are done.
    ///
    /// # Errors
    ///
    /// [`outlook`](BatchWriter::outlook) decides whether the rest of the batch is tried again.
    fn write_some(&mut self, batch: &RenderedBatch, from: usize) -> io::Result<usize>;

    /// Called when all of a batch is written.
    ///
    /// # Errors
    ///
    /// As those of a write.
    fn flush(&mut self) -> io::Result<()>;

    /// Whether an error passes or has ended the output.
    fn outlook(&self, error: &io::Error) -> Outlook {
        outlook::of_writer(error)
    }

    /// Whether each write is so small that one which takes a second is stuck, and not slow. At a shutdown a stuck output
    /// is given up early.
    fn writes_small_parts(&self) -> bool {
        false
    }
}

impl<W: Write + Send> BatchWriter for W {
    fn write_some(&mut self, batch: &RenderedBatch, from: usize) -> io::Result<usize> {
        self.write(&batch.bytes[from..])
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(self)
    }
}
