//! Builds a logger from its settings: opens the outputs, makes the queue, starts the threads. A start that fails leaves
//! nothing running.

use super::core::{Core, FilePlace, Streams};
use super::exit;
use super::notice::{print_notice, report_compiled_out};
use super::seams::Seams;
use crate::clock::{Tick, Wall, WallClock};
use crate::config::{Config, Console};
use crate::error::{Error, ErrorKind};
use crate::filter::Filter;
use crate::format::Renderer;
use crate::health::{Counters, OutputCounters};
use crate::mask::Masker;
use crate::process::{self, ArcCell, Stream};
use crate::queue::{Receiver, queue};
use crate::settings::{Environment, OutputSpec, Settings};
use crate::sink::file::Now;
use crate::sink::opener::{Opened, Opener, Opening, Rank};
use crate::sink::retention::SteadyClock;
use crate::sink::shared;
use crate::sink::threaded::{ThreadedOutput, ThreadedParts};
use crate::sink::writer::WriterOpener;
use crate::sync::{Arc, AtomicU64, Mutex, enter, plain, thread};
use crate::worker::{Hook, Output, Shared, Target, Worker, WorkerParts, clean};
use log::LevelFilter;
use std::io::{self, Write};
use std::time::Duration;

/// Starts a logger; `writer` is a user's own output.
pub(super) fn start(
    config: &Config,
    writer: Option<Box<dyn Write + Send>>,
    seams: Seams,
    environment: Environment,
) -> Result<Arc<Core>, Error> {
    let opener = |writer| Arc::new(WriterOpener::new(writer)) as Arc<dyn Opener>;
    start_with(
        config,
        writer.map(opener).into_iter().collect(),
        seams,
        environment,
    )
}

/// As `start`, with any outputs in addition to those that `config` names.
fn start_with(
    config: &Config,
    openers: Vec<Arc<dyn Opener>>,
    seams: Seams,
    environment: Environment,
) -> Result<Arc<Core>, Error> {
    process::watch_forks();
    let settings = Settings::parse(config, openers, environment)?;
    let notices = Stream::standard_error().ok();
    warn(&settings);
    let parts = Parts {
        opening: Opening {
            now: Now::default(),
            storage: seams.storage,
            console: seams.console,
        },
        clock: seams.clock,
        hook: seams.hook,
        notices,
        filter: Arc::new(ArcCell::new(std::sync::Arc::new(settings.filter.clone()))),
        counters: Arc::default(),
        is_child: false,
    };
    process::guarded(|| launch(settings, parts))
}

/// Starts the logger that takes the place of `parent` in a forked child: with the same settings and filter, and
/// without the outputs that stay with the parent.
pub(super) fn start_in_child(parent: &Core, counters: Arc<Counters>) -> Result<Arc<Core>, Error> {
    let settings = parent.settings.in_child();
    if settings.outputs.is_empty() {
        let text = "the only output is a writer of the program's own, which stays with the parent";
        return Err(Error::new(ErrorKind::Io, text));
    }
    let parts = Parts {
        opening: Opening::default(),
        clock: parent.clock.clone(),
        hook: None,
        notices: parent.streams.notices.upgrade(),
        filter: Arc::clone(&parent.filter),
        counters,
        is_child: true,
    };
    launch(settings, parts)
}

/// What a logger consists of in addition to its settings.
struct Parts {
    opening: Opening,
    clock: WallClock,
    hook: Option<Hook>,
    notices: Option<Stream>,
    filter: Arc<ArcCell<Filter>>,
    counters: Arc<Counters>,
    is_child: bool,
}

fn launch(mut settings: Settings, parts: Parts) -> Result<Arc<Core>, Error> {
    let Parts {
        opening,
        clock,
        hook,
        notices,
        filter,
        counters,
        is_child,
    } = parts;
    let opened = open_outputs(&settings, opening, &clock)?;
    if !is_child {
        streams_in_files(&mut settings, &opened);
    }
    let file = place_of_file(&opened, &clock);
    let (shared, receiver) = share(&settings, counters);
    let streams = Streams {
        notices: notices.as_ref().map(Stream::downgrade).unwrap_or_default(),
    };
    let worker = Worker::new(WorkerParts {
        shared: Arc::clone(&shared),
        receiver,
        outputs: start_outputs(&settings, opened, &shared, &clock)?,
        masker: Masker::new(&settings.mask),
        clock: clock.clone(),
        hook,
        name: settings.name.clone(),
        watched_crate: settings.watched_crate.clone(),
        notices,
        flush_interval: settings.flush_interval,
        stuck_limit: (settings.shutdown_timeout / 5).max(Duration::from_secs(1)),
        batch_bytes: settings.batch_bytes,
        max_record_bytes: settings.max_record_bytes,
    });
    shared.queue.set_worker(spawn(shared.id, move || worker.run())?);
    let flush_on_exit = settings.flush_on_exit;
    let core = Arc::new(Core::new(settings, shared, file, streams, clock, filter));
    if flush_on_exit {
        exit::register(&core);
    }
    Ok(core)
}

/// Opens all outputs before the first thread starts, so that one that cannot be opened leaves no thread behind.
///
/// Consoles come first: where a standard stream is closed, the next file or socket that is opened gets its number, and
/// would be taken for the console. The result has the order of the settings.
fn open_outputs(settings: &Settings, mut opening: Opening, clock: &WallClock) -> Result<Vec<Opened>, Error> {
    opening.now = Now {
        tick: Tick::now(),
        wall: Wall::from(clock.now()),
    };
    let mut masker = Masker::new(&settings.mask);
    let mut outputs: Vec<_> = settings.outputs.iter().enumerate().collect();
    outputs.sort_by_key(|(_, output)| output.opener.rank() != Rank::Console);
    let mut opened = Vec::with_capacity(outputs.len());
    for (place, output) in outputs {
        match output.opener.open(&mut opening) {
            Ok(output) => opened.push((place, output)),
            Err(error) => return Err(error.map_text(|text| masker.text(text, false).into_owned())),
        }
    }
    opened.sort_by_key(|(place, _)| *place);
    Ok(opened.into_iter().map(|(_, output)| output).collect())
}

/// Looks for standard streams that are one of the log files. The console of such a stream is left out, unless it takes
/// records that the file does not. Prints a notice about each. A forked child has the settings that this has left: its
/// consoles write to the streams of its parent, whatever the numbers stand for in the child.
fn streams_in_files(settings: &mut Settings, opened: &[Opened]) {
    let mut notices = Vec::new();
    for (place, file) in opened.iter().enumerate() {
        let Opened::File(file) = file else { continue };
        for stream in [Console::Stdout, Console::Stderr] {
            if !shared::is_stream(file, stream) {
                continue;
            }
            let file_level = settings.outputs[place].level;
            let is_doubled = |output: &&mut OutputSpec| {
                output.opener.rank() == Rank::Console
                    && !output.prints_on_caller
                    && output.is_stderr == (stream == Console::Stderr)
                    && output.level <= file_level
            };
            let doubled = settings.outputs.iter_mut().find(is_doubled);
            let left_out = doubled.map(|output| output.level = LevelFilter::Off);
            notices.push(shared::notice(file, stream, left_out.is_some()));
        }
    }
    report(settings, &notices);
}

/// Gives each output its counters, its renderer and, unless it is a file, its thread.
fn start_outputs(
    settings: &Settings,
    opened: Vec<Opened>,
    shared: &Arc<Shared>,
    clock: &WallClock,
) -> Result<Vec<Output>, Error> {
    let outputs = settings.outputs.iter().zip(&shared.outputs).zip(opened);
    outputs
        .map(|((spec, counters), opened)| {
            let target = match opened {
                Opened::File(file) => Target::file(*file),
                Opened::Threaded(writer) => {
                    let parts = threaded_parts(settings, Arc::clone(counters), shared, clock);
                    let started = ThreadedOutput::start(writer, parts);
                    Target::Threaded(started.map_err(|error| cannot_spawn(spec.name, error))?)
                }
            };
            let renderer = Renderer::new(&spec.layout, spec.line.clone());
            let counters = Arc::clone(counters);
            Ok(Output::new(
                target,
                counters,
                renderer,
                spec.level,
                spec.is_stderr,
            ))
        })
        .collect()
}

fn threaded_parts(
    settings: &Settings,
    counters: Arc<OutputCounters>,
    shared: &Arc<Shared>,
    clock: &WallClock,
) -> ThreadedParts {
    let waker = Arc::downgrade(shared);
    let masker = Mutex::new(Masker::new(&settings.mask));
    ThreadedParts {
        logger: shared.id,
        counters,
        ledger: Arc::clone(&shared.counters),
        clock: clock.clone(),
        clean: Arc::new(move |text| clean(&mut enter(&masker), text)),
        limit: settings.queue_bytes / 4,
        wake: Arc::new(move || {
            if let Some(shared) = waker.upgrade() {
                shared.queue.wake_up();
            }
        }),
    }
}

/// The first file, for `purge`.
fn place_of_file(opened: &[Opened], clock: &WallClock) -> Option<FilePlace> {
    let settings = opened.iter().find_map(|output| match output {
        Opened::File(file) => Some(file.settings()),
        Opened::Threaded(_) => None,
    })?;
    Some(FilePlace {
        path: settings.path.clone(),
        locking: settings.locking,
        mode: settings.mode,
        root: settings.root,
        clock: clock.clone(),
        steady: Mutex::new(SteadyClock::new(Tick::now(), Wall::from(clock.now()))),
    })
}

/// What the callers' side and the worker share; each output of the settings has its counters here.
fn share(settings: &Settings, counters: Arc<Counters>) -> (Arc<Shared>, Receiver) {
    let (queue, receiver) = queue(settings.queue_bytes);
    let outputs = settings.outputs.iter();
    let shared = Shared {
        id: process::next_logger_id(),
        queue,
        cell: Arc::default(),
        counters,
        outputs: outputs
            .map(|output| Arc::new(OutputCounters::new(output.name)))
            .collect(),
        deadline: AtomicU64::new(u64::MAX),
        has_new_filter: plain::AtomicBool::new(false),
    };
    (Arc::new(shared), receiver)
}

/// Prints warnings that do not keep the logger from starting.
fn warn(settings: &Settings) {
    report(settings, &settings.warnings);
    report_compiled_out(&settings.name, settings.asked.min(settings.widest_level()));
}

/// Prints notices without secrets: they show values of variables, and paths.
fn report(settings: &Settings, notices: &[String]) {
    let mut masker = Masker::new(&settings.mask);
    for notice in notices {
        print_notice(&settings.name, &masker.text(notice, false));
    }
}

fn spawn(id: u64, body: impl FnOnce() + Send + 'static) -> Result<thread::Thread, Error> {
    process::start_own_thread(id, "asynclogger", body).map_err(|error| cannot_spawn("worker", error))
}

fn cannot_spawn(what: &str, error: io::Error) -> Error {
    let text = format!(
        "cannot start the thread of the {what}: {error}; raise the limit of threads or processes (ulimit -u)"
    );
    Error::new(ErrorKind::Io, text).with_source(error)
}

#[cfg(all(test, not(loom)))]
mod tests;
