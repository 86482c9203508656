//! Loom models of a whole logger with a file in memory: its threads, naps and sleep, tickets, and the shutdown. They
//! check, in every order of the threads: a record alone wakes a sleeping worker; a flush is answered after the
//! records accepted before it were written; a thread that waits for room gets it; all callers of shutdown get the
//! same answer, and then the ledger balances.
//!
//! Each was seen to fail on the planted bugs that its comment lists, with the bound of preemptions that it has. Three
//! have the bound 1: with 2 they ran for five minutes and found no more of these bugs. What the parts do in every
//! order, the models of the queue, its budget and the tickets check with 3.

use super::*;
use crate::config::Overflow;
use crate::sink::storage::{Handle, Identity, Stat, Storage};
use crate::sync::{Condvar, Mutex, enter, model, plain, thread};
use log::Level;
use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

/// A file in memory, the only output of its logger.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<File>);

#[derive(Default)]
struct File {
    bytes: plain::Mutex<Vec<u8>>,
    lines: Mutex<usize>,
    grown: Condvar,
}

impl Memory {
    pub(crate) fn lines(&self) -> Vec<String> {
        let bytes = plain::enter(&self.0.bytes);
        String::from_utf8_lossy(&bytes)
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Waits until `wanted` lines are written, without asking the logger for it.
    fn wait_for(&self, wanted: usize) {
        let mut lines = enter(&self.0.lines);
        while *lines < wanted {
            lines = self.0.grown.wait(lines).unwrap();
        }
    }

    fn size(&self) -> u64 {
        plain::enter(&self.0.bytes).len() as u64
    }
}

fn absent() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Storage for Memory {
    fn open_log(&mut self, _: &Path, _: u32) -> io::Result<Box<dyn Handle>> {
        Ok(Box::new(self.clone()))
    }

    fn open_lock(&mut self, _: &Path, _: u32) -> io::Result<Box<dyn Handle>> {
        Err(absent())
    }

    fn open_backup(&mut self, _: &Path) -> io::Result<Box<dyn Handle>> {
        Err(absent())
    }

    fn stat(&mut self, _: &Path) -> io::Result<Stat> {
        Handle::stat(self)
    }

    fn rename(&mut self, _: &Path, _: &Path) -> io::Result<()> {
        Err(absent())
    }

    fn remove(&mut self, _: &Path) -> io::Result<()> {
        Err(absent())
    }

    fn make_dirs(&mut self, _: &Path, _: u32) -> io::Result<()> {
        Ok(())
    }

    fn list(&mut self, _: &Path, _: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&mut self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl Handle for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        plain::enter(&self.0.bytes).extend_from_slice(bytes);
        *enter(&self.0.lines) = self.lines().len();
        self.0.grown.notify_all();
        Ok(bytes.len())
    }

    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let bytes = plain::enter(&self.0.bytes);
        let rest = bytes.get(offset as usize..).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }

    fn stat(&mut self) -> io::Result<Stat> {
        Ok(Stat {
            identity: Identity { device: 1, file: 1 },
            regular: true,
            size: self.size(),
            links: 1,
            modified: 0,
        })
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        plain::enter(&self.0.bytes).truncate(size as usize);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn try_lock(&mut self) -> io::Result<bool> {
        Ok(true)
    }

    fn unlock(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts a logger that writes to `file`. Its worker falls asleep at its third nap.
fn start(file: &Memory) -> Result<AsyncLogger, Error> {
    start_core(file).map(AsyncLogger::from_core)
}

pub(crate) fn start_core(file: &Memory) -> Result<Arc<Core>, Error> {
    let config = Config::new("model")
        .console(None)
        .log_file("/model.log")
        .locking(crate::config::Locking::Off)
        .file_format("{message}")
        .overflow(Overflow::Block)
        .queue_bytes(8192)
        .max_message_bytes(1024)
        .max_value_bytes(64)
        .max_record_bytes(2048)
        .flush_interval(Duration::from_millis(50))
        // loom ends its threads by panics, and no longer runs when the panic hook would log them.
        .log_panics(false);
    let seams = Seams::default()
        .storage(file.clone())
        .clock(|| std::time::UNIX_EPOCH);
    start::start(&config, None, seams, Environment::Ignored)
}

/// Logs one record from a thread of the model.
pub(crate) fn log(logger: &impl Log, text: &str) {
    logger.log(
        &Record::builder()
            .level(Level::Info)
            .target("t")
            .args(format_args!("{text}"))
            .build(),
    );
}

/// Checks that every record is written, or counted as dropped because it came after the shutdown.
fn assert_balanced(logger: &AsyncLogger, file: &Memory, logged: u64) {
    let health = logger.health();
    let late = health
        .dropped
        .by_reason
        .get(&crate::health::DropReason::AfterShutdown)
        .copied()
        .unwrap_or_default();
    // The logger reports drops in a line that it adds.
    let lines = file.lines();
    let written = lines.iter().filter(|line| !line.contains("records dropped"));
    assert_eq!(health.written, written.count() as u64, "{lines:?} {health:?}");
    assert_eq!((health.written + late, health.pending), (logged, 0), "{health:?}");
    assert_eq!(
        (health.total_messages, health.queue_bytes),
        (logged, 0),
        "{health:?}"
    );
}

/// Planted: a producer that does not read `asleep`, a worker that does not check the queue again after it set
/// `asleep`, one that sets it after the check, a shutdown that does not wake the worker. Each ended in loom's
/// "deadlock". Storing `asleep` relaxed is not a bug while the channel has a lock, which orders it, and loom reports
/// none.
#[test]
fn a_record_wakes_a_worker_that_sleeps() {
    model::check("a_record_wakes_a_worker_that_sleeps", 2, || {
        let file = Memory::default();
        let logger = start(&file).unwrap();
        log(&logger, "one");
        file.wait_for(1);
        log(&logger, "two");
        file.wait_for(2);
        logger.shutdown().wait().unwrap();
        assert_eq!(file.lines(), ["one", "two"]);
        assert_balanced(&logger, &file, 2);
    });
}

/// Planted: an answer before the pass (the line is missing), a request that does not wake the worker ("deadlock").
#[test]
fn a_flush_is_answered_after_what_was_accepted_before_it() {
    model::check("a_flush_is_answered_after_what_was_accepted_before_it", 1, || {
        let file = Memory::default();
        let logger = Arc::new(start(&file).unwrap());
        let (other, other_file) = (Arc::clone(&logger), file.clone());
        let flushes = thread::spawn(move || {
            log(&other, "one");
            AsyncLogger::flush(&other).wait().unwrap();
            assert!(other_file.lines().contains(&"one".to_owned()));
        });
        log(&logger, "two");
        AsyncLogger::flush(&logger).wait().unwrap();
        assert!(file.lines().contains(&"two".to_owned()));
        flushes.join();
        logger.shutdown().wait().unwrap();
        assert_balanced(&logger, &file, 2);
    });
}

/// Planted: a release that serves no waiting thread (the worker naps for ever, and loom runs out of steps).
#[test]
fn a_thread_that_waits_for_room_in_a_logger_gets_it() {
    model::check("a_thread_that_waits_for_room_in_a_logger_gets_it", 1, || {
        let file = Memory::default();
        let logger = Arc::new(start(&file).unwrap());
        let text = "x".repeat(1000);
        let (other, same) = (Arc::clone(&logger), text.clone());
        let logs = thread::spawn(move || (0..3).for_each(|_| log(&other, &same)));
        (0..4).for_each(|_| log(&logger, &text));
        logs.join();
        logger.shutdown().wait().unwrap();
        assert_eq!(file.lines().len(), 7);
        assert_balanced(&logger, &file, 7);
    });
}

/// Planted: a queue that closes after the last pass (a record stays pending).
#[test]
fn shutdown_is_answered_to_all_alike_and_the_ledger_balances() {
    model::check(
        "shutdown_is_answered_to_all_alike_and_the_ledger_balances",
        1,
        || {
            let file = Memory::default();
            let logger = Arc::new(start(&file).unwrap());
            let other = Arc::clone(&logger);
            let ends = thread::spawn(move || {
                log(&other, "one");
                other.shutdown().wait().map_err(|error| error.to_string())
            });
            log(&logger, "two");
            log(&logger, "three");
            let ended = logger.shutdown().wait().map_err(|error| error.to_string());
            assert_eq!(ends.join(), ended);
            assert_balanced(&logger, &file, 3);
            // An error is only possible if a record was dropped.
            assert!(ended.is_ok() || logger.health().dropped.total > 0, "{ended:?}");
        },
    );
}
