//! Builds a logger from its settings: outputs, queue, threads. What fails on the way leaves nothing behind.

use super::core::{Core, FilePlace, Streams};
use super::exit;
use super::notice::{print_notice, report_compiled_out};
use super::seams::Seams;
use crate::clock::{Tick, Wall, WallClock};
use crate::config::{Config, Console, Locking};
use crate::error::{Error, ErrorKind};
use crate::filter::Filter;
use crate::format::Renderer;
use crate::health::{Counters, OutputCounters};
use crate::level::Claim;
use crate::mask::Masker;
use crate::process::{self, ArcCell, PerProcess, Stream, WeakStream};
use crate::queue::{Receiver, queue};
use crate::settings::{Environment, OutputSettings, Settings};
use crate::sink::console::{self, Opened};
use crate::sink::disk::Disk;
use crate::sink::file::{FileSink, Now};
use crate::sink::retention::SteadyClock;
use crate::sink::storage::Storage;
use crate::sink::threaded::{ThreadedOutput, ThreadedParts};
use crate::sync::{Arc, AtomicBool, AtomicU64, Mutex, enter, thread};
use crate::worker::{Hook, Output, Shared, Target, Worker, WorkerParts, clean};
use log::LevelFilter;
use std::io::{self, Write};

type Writer = Box<dyn Write + Send>;

/// Starts a logger; `writer` is a user's own output.
pub(super) fn start(
    config: &Config,
    writer: Option<Writer>,
    seams: Seams,
    environment: Environment,
) -> Result<Arc<Core>, Error> {
    process::watch_forks();
    let settings = Settings::parse(config, writer.is_some(), environment)?;
    let notices = Stream::standard_error().ok();
    warn(&settings);
    let Seams {
        storage,
        console,
        clock,
        hook,
    } = seams;
    let console = match (&settings.console, console) {
        (Some(_), Some(writer)) => Some(Opened {
            writer,
            stream: WeakStream::default(),
        }),
        (Some(output), None) => Some(console::open(output.target).unwrap_or_else(|_| closed())),
        (None, _) => None,
    };
    let parts = Parts {
        storage: storage.unwrap_or_else(|| Box::new(Disk)),
        console,
        writer,
        clock,
        hook,
        notices,
        filter: Arc::new(ArcCell::new(std::sync::Arc::new(settings.filter.clone()))),
        counters: Arc::default(),
    };
    process::guarded(|| launch(settings, parts))
}

/// Starts the logger that takes the place of `parent` in a forked child: with the same settings and filter, and
/// without a user's own output, which is the parent's.
pub(super) fn start_in_child(parent: &Core, counters: Arc<Counters>) -> Result<Arc<Core>, Error> {
    let mut settings = Settings::clone(&parent.settings);
    settings.writer = None;
    let console = parent.streams.console.upgrade().map(|stream| Opened {
        stream: stream.downgrade(),
        writer: Box::new(stream),
    });
    if console.is_none() {
        settings.console = None;
    }
    // A relative path was fixed when the parent started.
    if let Some((output, place)) = settings.file.as_mut().zip(parent.file.as_ref()) {
        output.target.path.clone_from(&place.path);
    }
    if settings.file.is_none() && settings.console.is_none() {
        let text = "the only output is a writer of the program's own, which stays with the parent";
        return Err(Error::new(ErrorKind::Io, text));
    }
    let parts = Parts {
        storage: Box::new(Disk),
        console,
        writer: None,
        clock: parent.clock.clone(),
        hook: None,
        notices: parent.streams.notices.upgrade(),
        filter: Arc::clone(&parent.filter),
        counters,
    };
    launch(settings, parts)
}

/// What a logger is made of besides its settings.
struct Parts {
    storage: Box<dyn Storage>,
    console: Option<Opened>,
    writer: Option<Writer>,
    clock: WallClock,
    hook: Option<Hook>,
    notices: Option<Stream>,
    filter: Arc<ArcCell<Filter>>,
    counters: Arc<Counters>,
}

fn launch(settings: Settings, parts: Parts) -> Result<Arc<Core>, Error> {
    let clock = parts.clock;
    let mut masker = Masker::new(&settings.mask);
    let file = open_file(&settings, parts.storage, &clock)
        .map_err(|error| error.map_text(|text| masker.text(text, false).into_owned()))?;
    let place = file.as_ref().map(|file| place_of(file, &settings, &clock));
    let (shared, receiver) = share(&settings, parts.counters);
    let (console, console_stream) = parts.console.map(|opened| (opened.writer, opened.stream)).unzip();
    let streams = Streams {
        console: console_stream.unwrap_or_default(),
        notices: parts.notices.as_ref().map(Stream::downgrade).unwrap_or_default(),
    };
    let starting = Starting {
        settings: &settings,
        shared: &shared,
        clock: &clock,
    };
    let outputs = starting.outputs(file, console, parts.writer)?;
    let worker = Worker::new(WorkerParts {
        shared: Arc::clone(&shared),
        receiver,
        outputs,
        masker,
        clock: clock.clone(),
        hook: parts.hook,
        name: settings.name.clone(),
        notices: parts.notices,
        flush_interval: settings.flush_interval,
        batch_bytes: settings.batch_bytes,
        line_bytes: settings.line_bytes,
    });
    shared.queue.set_worker(spawn(shared.id, move || worker.run())?);
    let flush_on_exit = settings.flush_on_exit;
    let core = Arc::new(Core::new(settings, shared, place, streams, clock, parts.filter));
    if flush_on_exit {
        exit::register(&core);
    }
    Ok(core)
}

/// Tells what is strange and no reason not to start.
fn warn(settings: &Settings) {
    let mut masker = Masker::new(&settings.mask);
    for warning in &settings.warnings {
        // What stands in a variable is told as it is, but for its secrets.
        print_notice(&settings.name, &masker.text(warning, false));
    }
    report_compiled_out(
        &settings.name,
        settings.filter.max_level().min(settings.widest_level()),
    );
}

fn open_file(
    settings: &Settings,
    storage: Box<dyn Storage>,
    clock: &WallClock,
) -> Result<Option<FileSink>, Error> {
    let Some(output) = &settings.file else {
        return Ok(None);
    };
    let now = Now {
        tick: Tick::now(),
        wall: Wall::from(clock.now()),
    };
    FileSink::open(output.target.clone(), storage, now).map(Some)
}

fn place_of(file: &FileSink, settings: &Settings, clock: &WallClock) -> FilePlace {
    let target = settings.file.as_ref().map(|output| &output.target);
    FilePlace {
        path: file.path().to_owned(),
        locking: target.map_or(Locking::Shared, |target| target.locking),
        mode: target.map_or(0o640, |target| target.mode),
        clock: clock.clone(),
        steady: Mutex::new(SteadyClock::new(Tick::now(), Wall::from(clock.now()))),
    }
}

fn share(settings: &Settings, counters: Arc<Counters>) -> (Arc<Shared>, Receiver) {
    let (queue, receiver) = queue(settings.queue_bytes);
    let names = [
        settings.file.as_ref().map(|_| "file"),
        settings.console.as_ref().map(|_| "console"),
        settings.writer.as_ref().map(|_| "writer"),
    ];
    let outputs = names
        .into_iter()
        .flatten()
        .map(|name| Arc::new(OutputCounters::new(name)));
    let shared = Shared {
        id: process::next_logger_id(),
        queue,
        cell: Arc::default(),
        counters,
        outputs: outputs.collect(),
        deadline: AtomicU64::new(u64::MAX),
    };
    (Arc::new(shared), receiver)
}

impl Core {
    fn new(
        settings: Settings,
        shared: Arc<Shared>,
        file: Option<FilePlace>,
        streams: Streams,
        clock: WallClock,
        filter: Arc<ArcCell<Filter>>,
    ) -> Core {
        let widest = settings.widest_level();
        let in_force = filter.get().map_or(LevelFilter::Off, |filter| filter.max_level());
        let claim = Claim::new(in_force.min(widest));
        process::new_epoch();
        Core {
            id: shared.id,
            generation: process::generation(),
            shared,
            widest,
            claim,
            file,
            filter,
            filter_change: PerProcess::new(),
            clock,
            streams,
            fork_state: PerProcess::new(),
            name: settings.name.clone(),
            limits: settings.capture,
            overflow: settings.overflow,
            shutdown_timeout: settings.shutdown_timeout,
            settings: Arc::new(settings),
            watchdog_started: AtomicBool::new(false),
        }
    }
}

/// A logger on the way: what its outputs are started with.
struct Starting<'a> {
    settings: &'a Settings,
    shared: &'a Arc<Shared>,
    clock: &'a WallClock,
}

impl Starting<'_> {
    /// The outputs in the order in which they are asked to be a record's main one.
    fn outputs(
        &self,
        file: Option<FileSink>,
        console: Option<Writer>,
        writer: Option<Writer>,
    ) -> Result<Vec<Output>, Error> {
        let mut outputs = Vec::new();
        if let Some((file, output)) = file.zip(self.settings.file.as_ref()) {
            let counters = self.counters_of(&outputs);
            let renderer = Renderer::new(&output.layout, output.line.clone());
            outputs.push(Output::new(
                Target::File(Box::new(file)),
                counters,
                renderer,
                output.level,
            ));
        }
        if let Some((console, output)) = console.zip(self.settings.console.as_ref()) {
            let counters = self.counters_of(&outputs);
            let console = self.threaded(console, output, counters)?;
            outputs.push(console.on_stderr(output.target == Console::Stderr));
        }
        if let Some((writer, output)) = writer.zip(self.settings.writer.as_ref()) {
            let counters = self.counters_of(&outputs);
            outputs.push(self.threaded(writer, output, counters)?);
        }
        Ok(outputs)
    }

    /// The counters of the output behind `outputs`: `share` has made them in the same order.
    fn counters_of(&self, outputs: &[Output]) -> Arc<OutputCounters> {
        Arc::clone(&self.shared.outputs[outputs.len()])
    }

    fn threaded<T>(
        &self,
        writer: Writer,
        output: &OutputSettings<T>,
        counters: Arc<OutputCounters>,
    ) -> Result<Output, Error> {
        let waker = Arc::downgrade(self.shared);
        let masker = Mutex::new(Masker::new(&self.settings.mask));
        let parts = ThreadedParts {
            logger: self.shared.id,
            counters: Arc::clone(&counters),
            ledger: Arc::clone(&self.shared.counters),
            clock: self.clock.clone(),
            clean: Arc::new(move |text| clean(&mut enter(&masker), text)),
            limit: self.settings.queue_bytes / 4,
            wake: Arc::new(move || {
                if let Some(shared) = waker.upgrade() {
                    shared.queue.wake_up();
                }
            }),
        };
        let threaded =
            ThreadedOutput::start(writer, parts).map_err(|error| cannot_spawn(counters.name(), error))?;
        let renderer = Renderer::new(&output.layout, output.line.clone());
        Ok(Output::new(
            Target::Threaded(threaded),
            counters,
            renderer,
            output.level,
        ))
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

fn closed() -> Opened {
    Opened {
        writer: Box::new(Closed),
        stream: WeakStream::default(),
    }
}

/// Stands for a standard stream that is closed already.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
