//! One output of the worker: where its lines go, how they are rendered, and its share of the current batch.

use crate::clock::Tick;
use crate::format::Renderer;
use crate::health::{Levels, OutputCounters};
use crate::record::View;
use crate::sink::batch::{LineEnd, RenderedBatch};
use crate::sink::file::FileSink;
use crate::sink::threaded::ThreadedOutput;
use crate::sync::Arc;
use log::{Level, LevelFilter};

/// Where an output's lines go.
pub(crate) enum Target {
    /// A log file, which the worker writes itself.
    File(Box<FileTarget>),
    /// Anything else: it has its own thread.
    Threaded(ThreadedOutput),
}

/// A log file, and when to try the next write after a failure.
pub(crate) struct FileTarget {
    pub(super) sink: FileSink,
    pub(super) retry_at: Option<Tick>,
    /// Number of writes that have failed since the start.
    pub(super) failed_tries: u64,
}

impl Target {
    /// A log file.
    pub(crate) fn file(sink: FileSink) -> Target {
        Target::File(Box::new(FileTarget {
            sink,
            retry_at: None,
            failed_tries: 0,
        }))
    }
}

/// One output: how its lines are rendered, and its lines of the current batch.
pub(crate) struct Output {
    pub(super) target: Target,
    pub(super) counters: Arc<OutputCounters>,
    pub(super) renderer: Renderer,
    level: LevelFilter,
    pub(super) bytes: Vec<u8>,
    /// Where the lines in `bytes` end, if the output asked for it.
    lines: Option<Vec<LineEnd>>,
    /// Records in `bytes`; lines of the logger itself are not counted.
    pub(super) records: u64,
    /// The records for which this output is the primary one.
    pub(super) primary: Levels,
    pub(super) delivery: Delivery,
    /// Records that were left out because the output was too far behind, and that no summary has reported yet.
    pub(super) left_out: u64,
    /// It was stuck at the shutdown: the worker no longer waits for it.
    pub(super) given_up: bool,
    /// Its present failure was reported on standard error.
    pub(super) reported: bool,
    /// The output is standard error: records that were already printed there are not written again.
    is_stderr: bool,
    save_point: SavePoint,
}

/// The length of an output's lines before the current record.
#[derive(Debug, Clone, Copy, Default)]
struct SavePoint {
    bytes: usize,
    records: u64,
}

/// The progress of delivering the batch to an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Filling,
    /// A file has taken the bytes before this offset.
    Writing(usize),
    /// The batch was sent to the output's thread, under this number.
    InFlight(u64),
    Done,
}

impl Output {
    pub(crate) fn new(
        target: Target,
        counters: Arc<OutputCounters>,
        renderer: Renderer,
        level: LevelFilter,
        is_stderr: bool,
    ) -> Output {
        let wants_lines = matches!(&target, Target::Threaded(threaded) if threaded.wants_lines());
        Output {
            target,
            counters,
            renderer,
            level,
            bytes: Vec::new(),
            lines: wants_lines.then(Vec::new),
            records: 0,
            primary: Levels::default(),
            delivery: Delivery::Filling,
            left_out: 0,
            given_up: false,
            reported: false,
            is_stderr,
            save_point: SavePoint::default(),
        }
    }

    /// Whether the output wants the record and can still take it.
    #[inline]
    pub(super) fn wants(&self, view: &View<'_>) -> bool {
        view.level <= self.level && !(self.is_stderr && view.is_on_stderr()) && !self.counters.has_ended()
    }

    /// Remembers where the lines end before the current record.
    #[inline]
    pub(super) fn save(&mut self) {
        self.save_point = SavePoint {
            bytes: self.bytes.len(),
            records: self.records,
        };
    }

    /// Removes what was rendered since `save`.
    pub(super) fn restore(&mut self) {
        let SavePoint { bytes, records } = self.save_point;
        self.bytes.truncate(bytes);
        self.records = records;
        if let Some(lines) = &mut self.lines {
            while lines.last().is_some_and(|line| line.end > bytes) {
                lines.pop();
            }
        }
    }

    /// Called after the line of a record of this level was appended to `bytes`.
    #[inline]
    pub(super) fn line_was_added(&mut self, level: Level) {
        if let Some(lines) = &mut self.lines {
            let end = self.bytes.len();
            lines.push(LineEnd { end, level });
        }
    }

    pub(super) fn file(&self) -> Option<&FileTarget> {
        match &self.target {
            Target::File(file) => Some(file),
            Target::Threaded(_) => None,
        }
    }

    pub(super) fn file_mut(&mut self) -> Option<&mut FileTarget> {
        match &mut self.target {
            Target::File(file) => Some(file),
            Target::Threaded(_) => None,
        }
    }

    pub(super) fn threaded(&self) -> Option<&ThreadedOutput> {
        match &self.target {
            Target::Threaded(threaded) => Some(threaded),
            Target::File(_) => None,
        }
    }

    /// Number of writes that have failed since the start.
    pub(super) fn failed_tries(&self) -> u64 {
        match &self.target {
            Target::File(file) => file.failed_tries,
            Target::Threaded(threaded) => threaded.failed_tries(),
        }
    }

    /// Takes the lines of the batch out, to be sent, and leaves the empty `buffers` in their place.
    pub(super) fn take_rendered(&mut self, buffers: (Vec<u8>, Vec<LineEnd>)) -> RenderedBatch {
        let (bytes, lines) = buffers;
        RenderedBatch {
            bytes: std::mem::replace(&mut self.bytes, bytes),
            lines: (self.lines.as_mut()).map_or_else(Vec::new, |current| std::mem::replace(current, lines)),
            records: self.records,
            primary: self.primary,
        }
    }

    /// Empties the output for the next batch, and frees memory beyond `keep` bytes.
    pub(super) fn clear(&mut self, keep: usize) {
        self.bytes.clear();
        self.bytes.shrink_to(keep);
        if let Some(lines) = &mut self.lines {
            lines.clear();
            lines.shrink_to(4096);
        }
        self.records = 0;
        self.primary = Levels::default();
        self.delivery = Delivery::Filling;
    }
}
