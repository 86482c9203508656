//! The loggers with which asynclogger is compared in this process, and its own settings.

use asynclogger::{AsyncLogger, Config, Overflow};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::Path;

/// A `log::Log` that does nothing: the cost of the macro alone.
#[derive(Debug)]
pub struct Empty;

impl log::Log for Empty {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        false
    }

    fn log(&self, _: &log::Record<'_>) {}

    fn flush(&self) {}
}

/// A `log::Log` that formats into a thread-local buffer and discards the text: the lower bound for every logger that
/// formats in the caller.
#[derive(Debug)]
pub struct Null;

thread_local!(static BUFFER: RefCell<String> = RefCell::new(String::with_capacity(32 * 1024)));

impl log::Log for Null {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        BUFFER.with(|buffer| {
            let mut buffer = buffer.borrow_mut();
            buffer.clear();
            buffer
                .write_fmt(*record.args())
                .expect("a String takes everything");
            std::hint::black_box(&*buffer);
        });
    }

    fn flush(&self) {}
}

/// The defaults without console, with one file that is not rotated, and without drops.
pub fn defaults(dir: &Path) -> Config {
    Config::new("bench")
        .console(None)
        .log_dir(dir)
        .max_bytes(1 << 40)
        .overflow(Overflow::Block)
}

/// Starts it.
pub fn start(config: Config) -> AsyncLogger {
    AsyncLogger::start(config).expect("a logger")
}

/// Shuts it down, and checks that no record was lost.
pub fn finish(logger: &AsyncLogger, records: usize) {
    logger.shutdown().wait().expect("everything is written");
    assert_eq!(logger.health().written, records as u64, "records in the file");
}
