//! Messages of the logger about itself: notices on standard error, and drop summaries in the log.
//!
//! Writing a notice never panics and never blocks. There is at most one notice of each kind in ten seconds.

use super::Worker;
use super::output::Output;
use crate::clock::{Anchor, Tick, Wall};
use crate::escape;
use crate::format::rfc3339;
use crate::health::{Counters, Levels, OutputCounters};
use crate::mask::Masker;
use crate::process::Stream;
use crate::record::{Draft, FrameWriter, Head, View};
use crate::sink::file::FileError;
use log::Level;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

const PERIOD: Duration = Duration::from_secs(10);
/// Bytes that a write to a pipe takes as a whole (`PIPE_BUF`); POSIX guarantees at least 512.
const LONGEST_NOTICE: usize = 512;

/// The kind of a notice; each kind has its own period.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    File,
    Sync,
    Panic,
    Threaded,
    /// About the crate that has the logger's name.
    Name,
}

#[derive(Debug)]
pub(super) struct Notices {
    name: String,
    /// Standard error as it was at the start, if it was open.
    stream: Option<Stream>,
    last_report: [Option<Tick>; 5],
}

/// Returns `text` masked and escaped to one line, fit for health, errors and a terminal.
pub(crate) fn clean(masker: &mut Masker, text: &str) -> String {
    escape::shown(&masker.text(text, false))
}

/// As [`clean`], for an error of a file, whose paths are already escaped.
pub(super) fn clean_error(masker: &mut Masker, error: &FileError) -> String {
    escape::shown_again(&masker.text(&error.text, false))
}

impl Notices {
    pub(super) fn new(name: String, stream: Option<Stream>) -> Notices {
        Notices {
            name,
            stream,
            last_report: [None; 5],
        }
    }

    /// Reports that a threaded output fails or has ended, once for each failure.
    pub(super) fn report_once(
        &mut self,
        kind: Kind,
        output: &OutputCounters,
        reported: &mut bool,
        now: Tick,
    ) {
        let fails = output.is_failing() || output.has_ended();
        if fails && !*reported {
            self.report(kind, &output.last_error().unwrap_or_default(), now);
        }
        *reported = fails;
    }

    /// Writes one line to standard error, unless one of this kind was written in the last ten seconds or the stream
    /// would block.
    pub(super) fn report(&mut self, kind: Kind, text: &str, now: Tick) {
        let last = &mut self.last_report[kind as usize];
        let Some(stream) = &mut self.stream else { return };
        if last.is_some_and(|at| now.since(at) < PERIOD) || !stream.takes_a_notice() {
            return;
        }
        *last = Some(now);
        print_notice(stream, &self.name, text);
    }
}

/// Writes one line of the logger `name`. It does not use `eprintln!`, which panics if the stream is closed, nor std's
/// handle, whose lock another thread may hold.
pub(crate) fn print_notice(stream: &mut Stream, name: &str, text: &str) {
    let line = format!("asynclogger ({name}): {text}");
    let mut line = escape::clip(&line, LONGEST_NOTICE - 1).to_owned();
    line.push('\n');
    match redirected() {
        Some(to) => to(&line),
        // A failure of standard error cannot be reported anywhere; the text is in health as well.
        None => drop(stream.write_all(line.as_bytes())),
    }
}

/// Where the notices of all loggers of this process go, once a test has set it.
static REDIRECTED: OnceLock<fn(&str)> = OnceLock::new();

/// Passes the notices of all loggers of this process to `to` instead of standard error. Only the first call has an
/// effect.
///
/// A seam for tests: the test harness does not capture notices, but it captures what `to` prints by `eprint!`.
pub fn redirect_notices(to: fn(&str)) {
    REDIRECTED.get_or_init(|| to);
}

#[cfg(not(test))]
fn redirected() -> Option<fn(&str)> {
    REDIRECTED.get().copied()
}

/// Unit tests have no common start, so their notices always go to `eprint!`, which the test harness captures.
#[cfg(test)]
fn redirected() -> Option<fn(&str)> {
    #[allow(clippy::print_stderr)]
    let to = *REDIRECTED.get_or_init(|| |line| eprint!("{line}"));
    Some(to)
}

/// Which drops the log's summaries have reported, and when.
#[derive(Debug, Default)]
pub(super) struct Summary {
    reported: Levels,
    reported_at: Option<Tick>,
    /// The last summary, of a logger that closes, was written. Later drops are counted but not reported in the log:
    /// otherwise a thread that logs on and on, such as an output's, would keep the logger from ending.
    ended: bool,
}

impl Summary {
    /// When the next summary is due; `None` if there are no drops to report.
    fn due(&self, counters: &Counters, left_out: bool) -> Option<Tick> {
        let unreported = left_out || counters.dropped_levels().since(&self.reported).total() > 0;
        (unreported && !self.ended).then(|| self.reported_at.map_or(Tick(0), |at| at.after(PERIOD)))
    }
}

impl Worker {
    /// Writes a summary of the drops that were not reported yet, if one is due or the logger ends.
    pub(super) fn summarize(&mut self) {
        let now = Tick::now();
        let last = self.is_closing() && self.backlog.is_empty();
        if !self.summary_due().is_some_and(|at| at <= now || last) {
            return;
        }
        let levels = self.shared.counters.dropped_levels();
        let unreported = levels.since(&self.summary.reported);
        let span = self.shared.counters.take_drop_span();
        let text = summary_text(&unreported, span, &self.anchor, &mut self.batch.outputs);
        self.summary.reported = levels;
        self.summary.reported_at = Some(now);
        self.summary.ended = last;
        self.write_own_line(&text, now);
        self.deliver();
    }

    /// When the next summary is due. `None` while a batch is kept, because a summary cannot overtake it.
    pub(super) fn summary_due(&self) -> Option<Tick> {
        if self.batch.is_kept() {
            return None;
        }
        let left_out = self.batch.outputs.iter().any(|output| output.left_out > 0);
        self.summary.due(&self.shared.counters, left_out)
    }

    fn write_own_line(&mut self, text: &str, now: Tick) {
        let mut frame = Draft::new();
        let head = Head {
            level: Level::Warn,
            target: "asynclogger",
            module: None,
            file: None,
            line: None,
            thread: "asynclogger",
            on_stderr: false,
        };
        let mut writer = FrameWriter::begin(&mut frame, &head);
        writer.message(usize::MAX, |out| out.write_str(text));
        writer.finish();
        if let Some(view) = View::read(&frame) {
            self.batch.render_own(&view, self.anchor.wall(now));
        }
    }

    pub(super) fn wall_now(&self) -> Wall {
        Wall::from(self.clock.now())
    }
}

/// `120 records dropped (100 debug, 20 info) from 12:00:01 to 12:00:02; console: 7 lines left out`
fn summary_text(
    unreported: &Levels,
    span: Option<(Tick, Tick)>,
    anchor: &Anchor,
    outputs: &mut [Output],
) -> String {
    let mut parts = Vec::new();
    if unreported.total() > 0 {
        let levels: Vec<String> = unreported
            .named()
            .map(|(level, count)| format!("{count} {level}"))
            .collect();
        let mut text = format!("{} records dropped ({})", unreported.total(), levels.join(", "));
        if let Some((first, last)) = span {
            text.push_str(&format!(
                " from {} to {}",
                rfc3339(anchor.wall(first)),
                rfc3339(anchor.wall(last))
            ));
        }
        parts.push(text);
    }
    for output in outputs {
        let left_out = std::mem::take(&mut output.left_out);
        if left_out > 0 {
            parts.push(format!(
                "{}: {left_out} lines left out, it is too far behind",
                output.counters.name()
            ));
        }
    }
    parts.join("; ")
}
