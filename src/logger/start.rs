//! Builds a logger from its settings: outputs, queue, threads. What fails on the way leaves nothing behind.

use super::purge::FilePlace;
use super::tell::{tell, tell_compiled_out};
use super::{AsyncLogger, Core, Seams, exit};
use crate::clock::{Tick, Wall, WallClock};
use crate::config::{Config, Locking};
use crate::error::{Error, ErrorKind};
use crate::format::Renderer;
use crate::health::{Counters, OutputCounters};
use crate::level::Claim;
use crate::mask::Masker;
use crate::process;
use crate::queue::{Receiver, queue};
use crate::settings::{Environment, OutputSettings, Settings};
use crate::sink::console;
use crate::sink::disk::Disk;
use crate::sink::file::{FileSink, Now};
use crate::sink::outlet::{Outlet, OutletParts};
use crate::sink::retention::SteadyClock;
use crate::sink::storage::Storage;
use crate::sync::{Arc, AtomicBool, AtomicU64, Mutex, enter, thread};
use crate::worker::{Lane, Output, Shared, Worker, WorkerParts, clean};
use std::io::{self, Write};

type Writer = Box<dyn Write + Send>;

/// Starts a logger; `writer` is a user's own output.
pub(super) fn start(
    config: &Config,
    writer: Option<Writer>,
    seams: Seams,
    environment: Environment,
) -> Result<AsyncLogger, Error> {
    process::watch_forks();
    let settings = Settings::parse(config, writer.is_some(), environment)?;
    let mut masker = Masker::new(&settings.mask);
    warn(&settings, &mut masker);
    let Seams {
        storage,
        console,
        clock,
        hook,
    } = seams;
    let file = open_file(&settings, storage, &clock)
        .map_err(|error| error.map_text(|text| masker.text(text, false).into_owned()))?;
    let place = file.as_ref().map(|file| place_of(file, &settings, &clock));
    let (shared, receiver) = share(&settings);
    let starting = Starting {
        settings: &settings,
        shared: &shared,
        clock: &clock,
    };
    let lanes = starting.lanes(file, console, writer)?;
    let worker = Worker::new(WorkerParts {
        shared: Arc::clone(&shared),
        receiver,
        lanes,
        masker,
        clock: clock.clone(),
        hook,
        name: settings.name.clone(),
        flush_interval: settings.flush_interval,
        batch_bytes: settings.batch_bytes,
        line_bytes: settings.line_bytes,
    });
    shared
        .queue
        .set_worker(spawn("asynclogger", move || worker.run())?);
    let core = Arc::new(core(settings, shared, place));
    exit::enlist(&core);
    Ok(AsyncLogger { core })
}

/// Tells what is strange and no reason not to start.
fn warn(settings: &Settings, masker: &mut Masker) {
    for warning in &settings.warnings {
        // What stands in a variable is told as it is, but for its secrets.
        tell(&settings.name, &masker.text(warning, false));
    }
    tell_compiled_out(
        &settings.name,
        settings.filter.max_level().min(settings.widest_level()),
    );
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

fn share(settings: &Settings) -> (Arc<Shared>, Receiver) {
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
        counters: Arc::new(Counters::default()),
        outputs: outputs.collect(),
        deadline: AtomicU64::new(u64::MAX),
    };
    (Arc::new(shared), receiver)
}

fn core(settings: Settings, shared: Arc<Shared>, file: Option<FilePlace>) -> Core {
    let widest = settings.widest_level();
    let claim = Claim::new(settings.filter.max_level().min(widest));
    process::new_epoch();
    Core {
        id: shared.id,
        generation: process::generation(),
        shared,
        widest,
        claim,
        file,
        name: settings.name,
        mask: settings.mask,
        limits: settings.capture,
        overflow: settings.overflow,
        filter: Mutex::new(Arc::new(settings.filter)),
        shutdown_timeout: settings.shutdown_timeout,
        limit_watched: AtomicBool::new(false),
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
    fn lanes(
        &self,
        file: Option<FileSink>,
        console: Option<Writer>,
        writer: Option<Writer>,
    ) -> Result<Vec<Lane>, Error> {
        let mut lanes = Vec::new();
        if let Some((file, output)) = file.zip(self.settings.file.as_ref()) {
            let counters = self.counters_of(&lanes);
            let renderer = Renderer::new(&output.layout, output.line.clone());
            lanes.push(Lane::new(
                Output::File(Box::new(file)),
                counters,
                renderer,
                output.level,
            ));
        }
        if let Some(output) = self.settings.console.as_ref() {
            let counters = self.counters_of(&lanes);
            let opened = || console::open(output.target).unwrap_or_else(|_| Box::new(Closed));
            lanes.push(self.outlet(console.unwrap_or_else(opened), output, counters)?);
        }
        if let Some((writer, output)) = writer.zip(self.settings.writer.as_ref()) {
            let counters = self.counters_of(&lanes);
            lanes.push(self.outlet(writer, output, counters)?);
        }
        Ok(lanes)
    }

    /// The counters of the output behind `lanes`: `share` has made them in the same order.
    fn counters_of(&self, lanes: &[Lane]) -> Arc<OutputCounters> {
        Arc::clone(&self.shared.outputs[lanes.len()])
    }

    fn outlet<T>(
        &self,
        writer: Writer,
        output: &OutputSettings<T>,
        counters: Arc<OutputCounters>,
    ) -> Result<Lane, Error> {
        let waker = Arc::downgrade(self.shared);
        let masker = Mutex::new(Masker::new(&self.settings.mask));
        let parts = OutletParts {
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
