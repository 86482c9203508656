//! The logger under test, and the actions on it.

use super::action::{Action, Settings};
use super::common::gate::Gate;
use super::common::place::{Place, Sentinels};
use super::common::poll::{Wakes, poll_once};
use super::common::{LIMIT, numbered, wait_until};
use super::disk::ModelDisk;
use super::ledger::Ledger;
use super::lines::{End, Found, Piece};
use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Config, Console, Error, Flush, Retention};
use log::Level;
use std::fs;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, SystemTime};

const LINE: &str = "{level} {target}: {message}{extras}";

/// How long to wait for a flush while the console is blocked; its answer comes after one second.
const IMPATIENT: Duration = Duration::from_millis(20);

pub struct System {
    config: Config,
    place: Place,
    sentinels: Sentinels,
    disk: ModelDisk,
    console: Gate,
    blocked: bool,
    /// Offset of the wall clock in seconds.
    clock: Arc<AtomicI64>,
    /// The stage in which the worker panics next.
    killed_in: Arc<Mutex<Option<Stage>>>,
    /// Number of times the log was moved away.
    moved: usize,
    /// Number of backups that must exist.
    backups: u64,
    ledger: Ledger,
    logger: AsyncLogger,
}

impl System {
    pub fn start(settings: &Settings) -> System {
        let place = Place::new();
        let config = config(&place, settings);
        let sentinels = Sentinels::next_to(&place, 3);
        let (disk, console) = (ModelDisk::default(), Gate::open());
        let (clock, killed_in) = (Arc::default(), Arc::default());
        let logger = start(&config, &disk, &console, &clock, &killed_in);
        System {
            config,
            place,
            sentinels,
            disk,
            console,
            blocked: false,
            clock,
            killed_in,
            moved: 0,
            backups: 0,
            ledger: Ledger::default(),
            logger,
        }
    }

    pub fn perform(&mut self, action: Action) {
        match action {
            Action::Log { level, records, pad } => (0..records).for_each(|_| self.log(level, pad)),
            Action::Flush => self.wait_for(self.logger.flush()),
            Action::Sync => self.wait_for(self.logger.sync()),
            Action::Reopen => self.wait_for(self.logger.reopen()),
            Action::DropFlush => self.drop_flush(),
            Action::Rotate => (0..12).for_each(|_| self.log(Level::Error, 300)),
            Action::Rename => self.rename(),
            Action::Truncate => self.disk.truncate(&self.place.log()),
            Action::Delete => self.disk.interfere(|| drop(fs::remove_file(self.place.log()))),
            Action::Fail {
                operation,
                times,
                errno,
            } => self.disk.fail(operation, times, errno),
            Action::BlockConsole => self.block_console(true),
            Action::UnblockConsole => self.block_console(false),
            Action::JumpClock { seconds } => drop(self.clock.fetch_add(seconds, SeqCst)),
            Action::SetFilter(filter) => {
                self.logger.set_filter(filter.as_str()).expect("it is a level");
                self.ledger.set_filter(filter);
            }
            Action::Purge { keep } => self.purge(keep),
            Action::KillWorker(stage) => *self.killed_in.lock().expect("no poison") = Some(stage),
            Action::Restart { late } => self.restart(late),
        }
    }

    /// Checks all laws after the last logger has ended.
    pub fn end(mut self) {
        self.recover();
        self.close(1);
        self.sentinels.assert_untouched();
    }

    fn log(&mut self, level: Level, pad: usize) {
        let line = self.put(level, pad);
        self.ledger.log(level, line);
    }

    /// Logs one record; returns the line that it must become.
    fn put(&self, level: Level, pad: usize) -> String {
        let text = numbered(0, self.ledger.number());
        if pad == 0 {
            log::log!(logger: self.logger, target: "test", level, "{text}");
            return format!("{level} test: {text}");
        }
        let pad = "x".repeat(pad);
        log::log!(logger: self.logger, target: "test", level, pad = pad.as_str(); "{text}");
        format!("{level} test: {text} [pad={pad}]")
    }

    fn wait_for(&mut self, flush: Flush) {
        let limit = if self.blocked { IMPATIENT } else { LIMIT };
        self.take_answer(&flush.wait_timeout(limit));
    }

    fn drop_flush(&mut self) {
        // The worker may have written it already.
        if let Poll::Ready(answer) = poll_once(&mut self.logger.flush(), &Arc::<Wakes>::default()) {
            self.take_answer(&answer);
        }
    }

    fn take_answer(&mut self, answer: &Result<(), Error>) {
        let (files, console) = self.found();
        self.ledger
            .answered(answer, &files, &console, &self.logger.health());
    }

    fn found(&self) -> (Found, Found) {
        let files = self.ledger.read(&self.disk.pieces(&self.place.log()));
        let halves = self.disk.half_writes();
        assert!(files.torn <= halves, "{} torn lines of {halves}", files.torn);
        let console = self.ledger.read(&[Piece {
            bytes: self.console.bytes(),
            end: End::Here,
        }]);
        assert_eq!(console.torn, 0, "the console takes whole lines");
        (files, console)
    }

    fn rename(&mut self) {
        let to = self.place.path(&format!("moved-{}", self.moved));
        self.moved += 1;
        self.disk.interfere(|| drop(fs::rename(self.place.log(), &to)));
    }

    fn block_console(&mut self, blocked: bool) {
        self.blocked = blocked;
        self.console.set_open(!blocked);
    }

    fn purge(&mut self, keep: u32) {
        // It takes the same lock as the worker, and may have to give up.
        if let Ok(report) = self.logger.purge(&Retention::new().max_files(keep)) {
            assert_eq!(report.errors.len(), 0, "{report:?}");
        }
    }

    fn restart(&mut self, late: usize) {
        self.close(late);
        self.ledger.restart();
        self.logger = start(
            &self.config,
            &self.disk,
            &self.console,
            &self.clock,
            &self.killed_in,
        );
    }

    /// All causes of failures are gone: a logger whose flush does not become `Ok` is stuck.
    fn recover(&mut self) {
        self.calm();
        wait_until("a flush is Ok", || {
            let answer = self.logger.flush().wait_timeout(LIMIT);
            self.take_answer(&answer);
            answer.is_ok()
        });
    }

    fn calm(&mut self) {
        self.disk.repair();
        self.block_console(false);
        *self.killed_in.lock().expect("no poison") = None;
    }

    /// Shuts the logger down, logs a few more records, and compares the last figures.
    fn close(&mut self, late: usize) {
        self.calm();
        let answer = self.logger.shutdown().wait_timeout(LIMIT);
        self.take_answer(&answer);
        let (files, console) = self.found();
        for _ in 0..late {
            let line = self.put(Level::Error, 0);
            self.ledger.log_late(Level::Error, line);
        }
        let health = self.logger.health();
        self.ledger
            .ended(&files, &console, &health, &self.logger.failed_records());
        self.backups += health.rotations;
        self.backups -= health.purged_files;
        let backups = self.place.backups();
        assert_eq!(backups.len() as u64, self.backups, "{backups:?}: {health:?}");
        for number in backups {
            assert!(self.disk.knows(&self.place.backup(number)), "a strange backup");
        }
    }
}

fn config(place: &Place, settings: &Settings) -> Config {
    let config = place
        .config()
        .console(Console::Stdout)
        .console_format(LINE)
        .file_format(LINE)
        .max_bytes(settings.max_bytes)
        .overflow(settings.overflow)
        .shutdown_timeout(LIMIT);
    let config = match settings.rotate_every {
        Some(period) => config.rotate_every(period),
        None => config,
    };
    if settings.small_queue {
        return config
            .max_record_bytes(1_024)
            .max_message_bytes(512)
            .max_value_bytes(512)
            .queue_bytes(6_144);
    }
    config
}

fn start(
    config: &Config,
    disk: &ModelDisk,
    console: &Gate,
    clock: &Arc<AtomicI64>,
    killed_in: &Arc<Mutex<Option<Stage>>>,
) -> AsyncLogger {
    let (clock, killed_in) = (Arc::clone(clock), Arc::clone(killed_in));
    let seams = Seams::default()
        .storage(disk.clone())
        .console(console.clone())
        .clock(move || shifted(clock.load(SeqCst)))
        .hook(move |stage| {
            let dies = killed_in
                .lock()
                .expect("no poison")
                .take_if(|at| *at == stage)
                .is_some();
            if dies {
                // Without the panic hook, which would print it.
                resume_unwind(Box::new("planted"));
            }
        });
    AsyncLogger::start_with_seams(config.clone(), seams).expect("nothing is in its way")
}

fn shifted(seconds: i64) -> SystemTime {
    let by = Duration::from_secs(seconds.unsigned_abs());
    let now = SystemTime::now();
    if seconds < 0 { now - by } else { now + by }
}
