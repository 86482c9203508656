//! Builds a logger from its settings: outputs, queue, threads. What fails on the way leaves nothing behind.

use super::purge::FilePlace;
use super::{AsyncLogger, Core, Seams};
use crate::clock::{Tick, Wall, WallClock};
use crate::config::{Config, Mask};
use crate::error::{Error, ErrorKind};
use crate::format::Renderer;
use crate::health::{Counters, OutputCounters};
use crate::level::{self, Claim};
use crate::mask::Masker;
use crate::process;
use crate::queue::queue;
use crate::settings::{Environment, OutputSettings, Settings};
use crate::sink::console;
use crate::sink::disk::Disk;
use crate::sink::file::{FileSink, Now};
use crate::sink::outlet::{Outlet, OutletParts};
use crate::sink::retention::SteadyClock;
use crate::sink::storage::Storage;
use crate::sync::{Arc, AtomicBool, AtomicU64, Mutex, enter};
use crate::worker::{Lane, Output, Shared, Worker, WorkerParts, clean};
use std::io::{self, Write};
use std::thread;

type Writer = Box<dyn Write + Send>;

/// Starts a logger; `writer` is a user's own output.
pub(super) fn start(
    config: &Config,
    writer: Option<Writer>,
    seams: Seams,
    environment: Environment,
) -> Result<AsyncLogger, Error> {
    let settings = Settings::parse(config, writer.is_some(), environment)?;
    warn(&settings);
    let Seams {
        storage,
        console,
        clock,
        hook,
    } = seams;
    let streams = Streams {
        file: open_file(&settings, storage, &clock)?,
        console: open_console(&settings, console),
        writer,
    };
    let place = file_place(&settings, streams.file.as_ref(), &clock);
    let (queue, receiver) = queue(settings.queue_bytes);
    let shared = Arc::new(Shared {
        id: process::next_logger_id(),
        queue,
        cell: Arc::default(),
        counters: Arc::new(Counters::default()),
        outputs: streams.counters(),
        deadline: AtomicU64::new(u64::MAX),
    });
    let worker = Worker::new(WorkerParts {
        shared: Arc::clone(&shared),
        receiver,
        lanes: streams.lanes(&settings, &shared, &clock)?,
        masker: Masker::new(&settings.mask),
        clock,
        hook,
        name: settings.name.clone(),
        flush_interval: settings.flush_interval,
        batch_bytes: settings.batch_bytes,
        line_bytes: settings.line_bytes,
    });
    let thread = spawn("asynclogger", move || worker.run())?;
    shared.queue.set_worker(thread);
    Ok(AsyncLogger {
        core: Arc::new(core(settings, shared, place)),
    })
}

/// Tells on standard error what is odd and keeps nobody from starting.
fn warn(settings: &Settings) {
    let mut warnings = settings.warnings.clone();
    if let Some(compiled) = level::compiled_out(settings.filter.max_level().min(settings.widest_level())) {
        warnings.push(format!(
            "the filter asks for more than {compiled}, and this program was compiled without it: look for a \
             feature `max_level_*` or `release_max_level_*` of `log`"
        ));
    }
    for warning in &warnings {
        // Nobody can be told that standard error is closed.
        drop(writeln!(
            io::stderr(),
            "asynclogger ({}): {warning}",
            settings.name
        ));
    }
}

fn open_file(
    settings: &Settings,
    storage: Option<Box<dyn Storage>>,
    clock: &WallClock,
) -> Result<Option<FileSink>, Error> {
    let Some(output) = &settings.file else {
        return Ok(None);
    };
    let now = Now {
        tick: Tick::now(),
        wall: Wall::from(clock.now()),
    };
    let storage = storage.unwrap_or_else(|| Box::new(Disk));
    FileSink::open(output.target.clone(), storage, now).map(Some)
}

fn file_place(settings: &Settings, file: Option<&FileSink>, clock: &WallClock) -> Option<FilePlace> {
    let (file, output) = file.zip(settings.file.as_ref())?;
    Some(FilePlace {
        path: file.path().to_owned(),
        locking: output.target.locking,
        mode: output.target.mode,
        clock: clock.clone(),
        steady: Mutex::new(SteadyClock::new(Tick::now(), Wall::from(clock.now()))),
    })
}

fn open_console(settings: &Settings, replaced: Option<Writer>) -> Option<Writer> {
    let output = settings.console.as_ref()?;
    let open = || console::open(output.target).unwrap_or_else(|_| Box::new(Closed));
    Some(replaced.unwrap_or_else(open))
}

fn core(settings: Settings, shared: Arc<Shared>, file: Option<FilePlace>) -> Core {
    let widest = settings.widest_level();
    let claim = Claim::new(settings.filter.max_level().min(widest));
    process::new_epoch();
    Core {
        id: shared.id,
        shared,
        widest,
        claim,
        file,
        name: settings.name,
        limits: settings.capture,
        overflow: settings.overflow,
        filter: Mutex::new(Arc::new(settings.filter)),
        shutdown_timeout: settings.shutdown_timeout,
        limit_watched: AtomicBool::new(false),
    }
}

/// Where the lines go, opened and not yet running.
struct Streams {
    file: Option<FileSink>,
    console: Option<Writer>,
    writer: Option<Writer>,
}

impl Streams {
    /// One set of counters for each output, the main one first.
    fn counters(&self) -> Vec<Arc<OutputCounters>> {
        let names = [
            self.file.as_ref().map(|_| "file"),
            self.console.as_ref().map(|_| "console"),
            self.writer.as_ref().map(|_| "writer"),
        ];
        let counters = |name| Arc::new(OutputCounters::new(name));
        names.into_iter().flatten().map(counters).collect()
    }

    /// The outputs in the order of their counters, each that may block on a thread of its own.
    fn lanes(self, settings: &Settings, shared: &Arc<Shared>, clock: &WallClock) -> Result<Vec<Lane>, Error> {
        let mut lanes = Vec::new();
        let mut counters = shared.outputs.iter().cloned();
        let outlets = Outlets {
            shared,
            clock,
            mask: &settings.mask,
            limit: settings.queue_bytes / 4,
        };
        let mut next = || {
            // OK because the counters were made of these very streams.
            counters.next().expect("each output has its counters")
        };
        if let Some((file, output)) = self.file.zip(settings.file.as_ref()) {
            let renderer = Renderer::new(&output.layout, output.line.clone());
            let file = Output::File(Box::new(file));
            lanes.push(Lane::new(file, next(), renderer, output.level));
        }
        if let Some((console, output)) = self.console.zip(settings.console.as_ref()) {
            lanes.push(outlets.lane(console, output, next())?);
        }
        if let Some((writer, output)) = self.writer.zip(settings.writer.as_ref()) {
            lanes.push(outlets.lane(writer, output, next())?);
        }
        Ok(lanes)
    }
}

/// What every outlet of a logger is started with.
struct Outlets<'a> {
    shared: &'a Arc<Shared>,
    clock: &'a WallClock,
    mask: &'a Mask,
    limit: usize,
}

impl Outlets<'_> {
    fn lane<T>(
        &self,
        writer: Writer,
        output: &OutputSettings<T>,
        counters: Arc<OutputCounters>,
    ) -> Result<Lane, Error> {
        let waker = Arc::downgrade(self.shared);
        let masker = Mutex::new(Masker::new(self.mask));
        let parts = OutletParts {
            logger: self.shared.id,
            counters: Arc::clone(&counters),
            ledger: Arc::clone(&self.shared.counters),
            clock: self.clock.clone(),
            clean: Arc::new(move |text| clean(&mut enter(&masker), text)),
            limit: self.limit,
            wake: Arc::new(move || {
                if let Some(shared) = waker.upgrade() {
                    shared.queue.wake_up();
                }
            }),
        };
        let outlet = Outlet::start(writer, parts).map_err(|error| cannot_spawn(counters.name(), error))?;
        let renderer = Renderer::new(&output.layout, output.line.clone());
        Ok(Lane::new(
            Output::Outlet(outlet),
            counters,
            renderer,
            output.level,
        ))
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<thread::Thread, Error> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(body);
    thread
        .map(|handle| handle.thread().clone())
        .map_err(|error| cannot_spawn("worker", error))
}

fn cannot_spawn(what: &str, error: io::Error) -> Error {
    let text = format!(
        "cannot start the thread of the {what}: {error}; raise the limit of threads or processes (ulimit -u)"
    );
    Error::new(ErrorKind::Io, text).with_source(error)
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
