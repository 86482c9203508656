//! Builds a logger from its settings: outputs, queue, threads. What fails on the way leaves nothing behind.

use super::purge::FilePlace;
use super::{AsyncLogger, Core, Seams, exit};
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
    let Seams {
        storage,
        console,
        clock,
        hook,
    } = seams;
    let id = process::next_logger_id();
    let file = match &settings.file {
        None => None,
        Some(output) => {
            let now = Now {
                tick: Tick::now(),
                wall: Wall::from(clock.now()),
            };
            let storage = storage.unwrap_or_else(|| Box::new(Disk));
            Some(FileSink::open(output.target.clone(), storage, now)?)
        }
    };
    let place = file
        .as_ref()
        .zip(settings.file.as_ref())
        .map(|(file, output)| FilePlace {
            path: file.path().to_owned(),
            locking: output.target.locking,
            mode: output.target.mode,
            clock: clock.clone(),
            steady: Mutex::new(SteadyClock::new(Tick::now(), Wall::from(clock.now()))),
        });
    let counters = |name| Arc::new(OutputCounters::new(name));
    let file_counters = file.as_ref().map(|_| counters("file"));
    let console_counters = settings.console.as_ref().map(|_| counters("console"));
    let writer_counters = writer.as_ref().map(|_| counters("writer"));
    let (queue, receiver) = queue(settings.queue_bytes);
    let shared = Arc::new(Shared {
        id,
        queue,
        cell: Arc::default(),
        counters: Arc::new(Counters::default()),
        outputs: [&file_counters, &console_counters, &writer_counters]
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        deadline: AtomicU64::new(u64::MAX),
    });
    let outlets = Outlets {
        shared: &shared,
        clock: &clock,
        mask: &settings.mask,
        limit: settings.queue_bytes / 4,
    };
    let mut lanes = Vec::new();
    if let (Some(file), Some(output), Some(counters)) = (file, &settings.file, file_counters) {
        let renderer = Renderer::new(&output.layout, output.line.clone());
        lanes.push(Lane::new(
            Output::File(Box::new(file)),
            counters,
            renderer,
            output.level,
        ));
    }
    if let (Some(output), Some(counters)) = (&settings.console, console_counters) {
        let stream = match console {
            Some(replaced) => replaced,
            None => console::open(output.target).unwrap_or_else(|_| Box::new(Closed)),
        };
        lanes.push(outlets.lane(stream, output, counters)?);
    }
    if let (Some(writer), Some(output), Some(counters)) = (writer, &settings.writer, writer_counters) {
        lanes.push(outlets.lane(writer, output, counters)?);
    }
    let worker = Worker::new(WorkerParts {
        shared: Arc::clone(&shared),
        receiver,
        lanes,
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
    let core = Arc::new(core(settings, shared, place));
    exit::enlist(&core);
    Ok(AsyncLogger { core })
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
