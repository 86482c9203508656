//! The batch that is being filled or written: for each output its rendered lines, and which records they are.
//!
//! It outlives a turn that panics: the current record and the length of each output's lines before it are kept,
//! so that half a line can be taken back.

use super::backlog::FrameAt;
use crate::clock::{Tick, Wall};
use crate::format::Renderer;
use crate::health::{Counters, Levels, OutputCounters};
use crate::record::View;
use crate::sink::file::FileSink;
use crate::sink::threaded::ThreadedOutput;
use crate::sync::{Arc, Ordering::Relaxed};
use log::LevelFilter;

/// Where an output's lines go.
pub(crate) enum Target {
    File(Box<FileSink>),
    /// The console or a user's writer, on a thread of its own.
    Threaded(ThreadedOutput),
}

/// One output: how its lines are rendered, and those of the batch.
pub(crate) struct Output {
    pub(super) target: Target,
    pub(super) counters: Arc<OutputCounters>,
    renderer: Renderer,
    level: LevelFilter,
    pub(super) bytes: Vec<u8>,
    /// Records in `bytes`; the logger's own lines are not counted.
    pub(super) records: u64,
    /// Those for which this output is the main one.
    pub(super) main: Levels,
    pub(super) delivery: Delivery,
    /// Records that were left out because the output was too far behind, and not told yet.
    pub(super) left_out: u64,
    /// Its present trouble was told on standard error.
    pub(super) reported: bool,
    /// It is standard error: records that were told there are not written again.
    is_stderr: bool,
    mark: Mark,
}

/// What an output held before the current record.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    bytes: usize,
    records: u64,
}

/// How far an output is with the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Filling,
    /// A file took the bytes before this place.
    Writing(usize),
    /// The threaded output has it, under this number.
    InFlight(u64),
    Done,
}

impl Output {
    pub(crate) fn new(
        target: Target,
        counters: Arc<OutputCounters>,
        renderer: Renderer,
        level: LevelFilter,
    ) -> Output {
        Output {
            target,
            counters,
            renderer,
            level,
            bytes: Vec::new(),
            records: 0,
            main: Levels::default(),
            delivery: Delivery::Filling,
            left_out: 0,
            reported: false,
            is_stderr: false,
            mark: Mark::default(),
        }
    }

    /// Says that the output is standard error.
    pub(crate) fn on_stderr(mut self, is_stderr: bool) -> Output {
        self.is_stderr = is_stderr;
        self
    }

    /// Whether the output wants the record and can still take it.
    #[inline]
    fn wants(&self, view: &View<'_>) -> bool {
        view.level <= self.level && !(self.is_stderr && view.is_on_stderr()) && !self.counters.has_ended()
    }

    pub(super) fn threaded(&self) -> Option<&ThreadedOutput> {
        match &self.target {
            Target::Threaded(threaded) => Some(threaded),
            Target::File(_) => None,
        }
    }
}

/// A record of the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct BatchRecord {
    pub(super) frame: FrameAt,
    /// The output that is the main one for it, if one is left.
    pub(super) main: Option<u8>,
}

pub(super) struct Batch {
    pub(super) outputs: Vec<Output>,
    pub(super) records: Vec<BatchRecord>,
    current: Option<FrameAt>,
    /// So many outputs were asked for a line of it.
    begun: usize,
    /// Lines of the logger's own, not records.
    own_lines: u64,
    full_at: usize,
    batch_bytes: usize,
    kept: bool,
    pub(super) retry_at: Option<Tick>,
    /// Tries of the file that failed, ever.
    pub(super) failed_tries: u64,
    pub(super) sink_panics: u32,
    masked: u64,
    truncated: u64,
    escaped: u64,
}

impl Batch {
    pub(super) fn new(outputs: Vec<Output>, batch_bytes: usize, line_bytes: usize) -> Batch {
        Batch {
            outputs,
            records: Vec::new(),
            current: None,
            begun: 0,
            own_lines: 0,
            full_at: batch_bytes.saturating_sub(line_bytes).max(1),
            batch_bytes,
            kept: false,
            retry_at: None,
            failed_tries: 0,
            sink_panics: 0,
            masked: 0,
            truncated: 0,
            escaped: 0,
        }
    }

    /// Takes a record in hand: if a stage panics, it is the one that failed.
    #[inline]
    pub(super) fn begin(&mut self, frame: FrameAt) {
        self.current = Some(frame);
        self.begun = 0;
    }

    pub(super) fn current(&self) -> Option<FrameAt> {
        self.current
    }

    /// Renders the current record once for each output that wants it; gives the main one.
    #[inline]
    pub(super) fn render(&mut self, view: &View<'_>, wall: Wall, masked: u32) -> Option<u8> {
        let mut main = None;
        let (mut truncated, mut escaped) = (false, false);
        for (place, output) in self.outputs.iter_mut().enumerate() {
            output.mark = Mark {
                bytes: output.bytes.len(),
                records: output.records,
            };
            self.begun = place + 1;
            if !output.wants(view) {
                continue;
            }
            let notes = output.renderer.render(view, wall, &mut output.bytes);
            output.records += 1;
            truncated |= notes.truncated;
            escaped |= notes.escaped;
            main = main.or(Some(place as u8));
        }
        if let Some(main) = main {
            self.outputs[usize::from(main)].main.add(view.level);
        }
        self.masked += u64::from(masked);
        self.truncated += u64::from(truncated);
        self.escaped += u64::from(escaped);
        if let Some(frame) = self.current {
            self.records.push(BatchRecord { frame, main });
        }
        main
    }

    /// The current record is in the batch, or failed.
    #[inline]
    pub(super) fn end(&mut self) {
        self.current = None;
    }

    /// Takes back what was rendered of the current record, and gives it.
    pub(super) fn take_back(&mut self) -> Option<FrameAt> {
        let frame = self.current.take()?;
        for output in self.outputs.iter_mut().take(self.begun) {
            output.bytes.truncate(output.mark.bytes);
            output.records = output.mark.records;
        }
        Some(frame)
    }

    /// Renders a line of the logger's own.
    pub(super) fn render_own(&mut self, view: &View<'_>, wall: Wall) {
        for output in &mut self.outputs {
            if output.wants(view) {
                output.renderer.render(view, wall, &mut output.bytes);
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

    pub(super) fn retry_at(&self) -> Option<Tick> {
        self.kept.then_some(self.retry_at).flatten()
    }

    pub(super) fn has_file(&self) -> bool {
        matches!(
            self.outputs.first().map(|output| &output.target),
            Some(Target::File(_))
        )
    }

    pub(super) fn file(&mut self) -> Option<&mut FileSink> {
        self.outputs
            .iter_mut()
            .find_map(|output| match &mut output.target {
                Target::File(file) => Some(&mut **file),
                Target::Threaded(_) => None,
            })
    }

    /// When the file wants to delete surplus backups.
    pub(super) fn clean_at(&self) -> Option<Tick> {
        match &self.outputs.first()?.target {
            Target::File(file) => file.clean_at(),
            Target::Threaded(_) => None,
        }
    }

    pub(super) fn threaded(&self) -> impl Iterator<Item = &ThreadedOutput> {
        self.outputs.iter().filter_map(Output::threaded)
    }

    pub(super) fn threaded_are_done(&self) -> bool {
        self.threaded().all(|threaded| threaded.is_done(threaded.sent()))
    }

    /// Every output has taken the batch: its figures are published and it is empty again.
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
        self.retry_at = None;
        self.sink_panics = 0;
        for output in &mut self.outputs {
            output.bytes.clear();
            output.bytes.shrink_to(self.batch_bytes);
            output.records = 0;
            output.main = Levels::default();
            output.delivery = Delivery::Filling;
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
