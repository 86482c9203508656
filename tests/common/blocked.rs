//! Loggers with a small queue and a blocked output.

use super::gate::Gate;
use super::{log_numbered, to_file, to_writer, wait_until};
use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Config, Overflow};
use log::Level;
use std::time::Duration;

pub const QUEUE_BYTES: usize = 64 * 1024;

/// Many more records than fit into the queue.
pub const MANY: usize = 5_000;

pub const LEVELS: [Level; 5] = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

/// A logger whose output is blocked at a closed gate with record 0 of thread 0; no other record is pending.
pub struct Blocked {
    pub logger: AsyncLogger,
    pub gate: Gate,
    pub dir: Option<tempfile::TempDir>,
}

pub const OUTPUTS: [fn(Overflow) -> Blocked; 2] = [Blocked::writer, Blocked::file];

/// Settings with a small queue and a short shutdown limit, for tests that keep the gate closed.
pub fn small(config: Config) -> Config {
    config
        .shutdown_timeout(Duration::from_secs(2))
        .max_record_bytes(1024)
        .max_message_bytes(512)
        .queue_bytes(QUEUE_BYTES)
        .max_bytes(1 << 40)
}

impl Blocked {
    pub fn writer(overflow: Overflow) -> Blocked {
        let gate = Gate::closed();
        let logger = AsyncLogger::start_with(small(to_writer()).overflow(overflow), gate.clone()).unwrap();
        Blocked {
            logger,
            gate,
            dir: None,
        }
        .after_record_0()
    }

    pub fn file(overflow: Overflow) -> Blocked {
        let (gate, dir) = (Gate::closed(), tempfile::tempdir().unwrap());
        let before_the_write = gate.clone();
        let seams = Seams::default().hook(move |stage| {
            if stage == Stage::Write {
                before_the_write.pass();
            }
        });
        let logger =
            AsyncLogger::start_with_seams(small(to_file(dir.path())).overflow(overflow), seams).unwrap();
        Blocked {
            logger,
            gate,
            dir: Some(dir),
        }
        .after_record_0()
    }

    pub fn after_record_0(self) -> Blocked {
        log_numbered(&self.logger, Level::Info, 0, 0);
        self.gate.wait_until_blocked();
        self
    }

    pub fn log(&self) -> Vec<u8> {
        match &self.dir {
            Some(dir) => std::fs::read(dir.path().join("app.log")).unwrap(),
            None => self.gate.bytes(),
        }
    }

    /// Logs records `from..to` of thread 0, with changing levels.
    pub fn log_at(&self, levels: &[Level], from: usize, to: usize) {
        (from..to).for_each(|n| log_numbered(&self.logger, levels[n % levels.len()], 0, n));
    }

    /// Waits until there is no room for a record below WARN.
    pub fn wait_until_full(&self) {
        let full = QUEUE_BYTES / 4 * 3 - 1024;
        wait_until("the queue is full", || {
            self.logger.health().queue_bytes as usize > full
        });
    }

    pub fn dropped(&self) -> u64 {
        self.logger.health().dropped.total
    }
}
