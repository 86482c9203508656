//! The batch that is being filled or written: its records, and the outputs with their rendered lines.
//!
//! It outlives a pass that panics. The current record, and the length of each output's lines before it, are kept so that
//! a half-rendered line can be removed.

use super::backlog::FrameAt;
use super::output::{FileTarget, Output};
use crate::clock::{Tick, Wall};
use crate::health::Counters;
use crate::record::View;
use crate::sink::threaded::ThreadedOutput;
use crate::sync::Ordering::Relaxed;

/// A record of the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct BatchRecord {
    pub(super) frame: FrameAt,
    /// The index of its primary output, if any output wanted it.
    pub(super) primary: Option<u8>,
}

pub(super) struct Batch {
    /// The first of these that wants a record is its primary output.
    pub(super) outputs: Vec<Output>,
    pub(super) records: Vec<BatchRecord>,
    current: Option<FrameAt>,
    /// The number of outputs that the current record was rendered for, or is being rendered for.
    begun: usize,
    /// Lines that the logger itself wrote; they are not records.
    own_lines: u64,
    has_file: bool,
    full_at: usize,
    batch_bytes: usize,
    kept: bool,
    /// A moment in the hour or day of the records; `None` for lines of the logger itself.
    pub(super) made: Option<Wall>,
    pub(super) sink_panics: u32,
    masked: u64,
    truncated: u64,
    escaped: u64,
}

impl Batch {
    pub(super) fn new(outputs: Vec<Output>, batch_bytes: usize, max_record_bytes: usize) -> Batch {
        Batch {
            has_file: outputs.iter().any(|output| output.file().is_some()),
            outputs,
            records: Vec::new(),
            current: None,
            begun: 0,
            own_lines: 0,
            full_at: batch_bytes.saturating_sub(max_record_bytes).max(1),
            batch_bytes,
            kept: false,
            made: None,
            sink_panics: 0,
            masked: 0,
            truncated: 0,
            escaped: 0,
        }
    }

    /// Makes a record the current one: if a stage panics, this record has failed.
    #[inline]
    pub(super) fn begin(&mut self, frame: FrameAt) {
        self.current = Some(frame);
        self.begun = 0;
    }

    pub(super) fn current(&self) -> Option<FrameAt> {
        self.current
    }

    /// Renders the current record once for each output that wants it; returns the index of its primary output.
    #[inline]
    pub(super) fn render(&mut self, view: &View<'_>, wall: Wall, masked: u32) -> Option<u8> {
        let mut primary = None;
        let (mut truncated, mut escaped) = (false, false);
        for (place, output) in self.outputs.iter_mut().enumerate() {
            output.save();
            self.begun = place + 1;
            if !output.wants(view) {
                continue;
            }
            let notes = output.renderer.render(view, wall, &mut output.bytes);
            output.records += 1;
            output.line_was_added(view.level);
            truncated |= notes.truncated;
            escaped |= notes.escaped;
            primary = primary.or(Some(place as u8));
        }
        if let Some(primary) = primary {
            self.outputs[usize::from(primary)].primary.add(view.level);
        }
        self.masked += u64::from(masked);
        self.truncated += u64::from(truncated);
        self.escaped += u64::from(escaped);
        if let Some(frame) = self.current {
            self.records.push(BatchRecord { frame, primary });
        }
        primary
    }

    /// Called when the current record is in the batch or has failed: there is no current record any more.
    #[inline]
    pub(super) fn end(&mut self) {
        self.current = None;
    }

    /// Removes what was rendered of the current record, and returns the record.
    pub(super) fn take_back(&mut self) -> Option<FrameAt> {
        let frame = self.current.take()?;
        for output in self.outputs.iter_mut().take(self.begun) {
            output.restore();
        }
        Some(frame)
    }

    /// Renders a line of the logger itself.
    pub(super) fn render_own(&mut self, view: &View<'_>, wall: Wall) {
        for output in &mut self.outputs {
            if output.wants(view) {
                output.renderer.render(view, wall, &mut output.bytes);
                output.line_was_added(view.level);
                self.own_lines += 1;
            }
        }
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.outputs
            .iter()
            .any(|output| output.bytes.len() >= self.full_at)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.own_lines == 0
    }

    /// Whether an output could not take the batch yet.
    pub(super) fn is_kept(&self) -> bool {
        self.kept
    }

    pub(super) fn set_kept(&mut self, kept: bool) {
        self.kept = kept;
    }

    /// When a kept batch is to be tried again: at the earliest deadline of a file.
    pub(super) fn retry_at(&self) -> Option<Tick> {
        let deadlines = self.files().filter_map(|file| file.retry_at);
        self.kept.then(|| deadlines.min()).flatten()
    }

    pub(super) fn has_file(&self) -> bool {
        self.has_file
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &FileTarget> {
        self.outputs.iter().filter_map(Output::file)
    }

    /// When the first of the files ends its hour or day that contains the moment `secs`; `None` without rotation by time.
    pub(super) fn period_end(&self, secs: i64) -> Option<i64> {
        self.files().filter_map(|file| file.sink.period_end(secs)).min()
    }

    /// When the next deletion of surplus backups is due.
    pub(super) fn clean_at(&self) -> Option<Tick> {
        self.files().filter_map(|file| file.sink.clean_at()).min()
    }

    pub(super) fn threaded(&self) -> impl Iterator<Item = &ThreadedOutput> {
        self.outputs.iter().filter_map(Output::threaded)
    }

    /// Whether every threaded output has settled what it was sent, apart from those that were given up.
    pub(super) fn threaded_are_done(&self) -> bool {
        let waited_for = self.outputs.iter().filter(|output| !output.given_up);
        let mut threaded = waited_for.filter_map(Output::threaded);
        threaded.all(|threaded| threaded.is_done(threaded.sent()))
    }

    pub(super) fn gave_up(&self) -> bool {
        self.outputs.iter().any(|output| output.given_up)
    }

    /// Every output has taken the batch: publishes its figures and empties it.
    pub(super) fn settle(&mut self, counters: &Counters) {
        let records = self.records.len() as u64;
        if records > 0 {
            counters.batch(records);
        }
        counters
            .masked
            .fetch_add(std::mem::take(&mut self.masked), Relaxed);
        counters
            .truncated
            .fetch_add(std::mem::take(&mut self.truncated), Relaxed);
        counters
            .escaped
            .fetch_add(std::mem::take(&mut self.escaped), Relaxed);
        counters
            .own_lines
            .fetch_add(std::mem::take(&mut self.own_lines), Relaxed);
        self.publish_cache(counters);
        self.records.clear();
        self.records.shrink_to(4096);
        self.kept = false;
        self.sink_panics = 0;
        for output in &mut self.outputs {
            output.clear(self.batch_bytes);
        }
    }

    fn publish_cache(&self, counters: &Counters) {
        let (mut size, mut hits, mut misses) = (0, 0, 0);
        for output in &self.outputs {
            let figures = output.renderer.extras_cache();
            size += figures.size;
            hits += figures.hits;
            misses += figures.misses;
        }
        counters.cache_size.store(size, Relaxed);
        counters.cache_hits.store(hits, Relaxed);
        counters.cache_misses.store(misses, Relaxed);
    }
}
