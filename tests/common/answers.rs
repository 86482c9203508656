//! Loggers for tests of answers, and the content of their outputs.

use super::disk::FaultyDisk;
use super::gate::Gate;
use super::{log_numbered, to_file};
use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Config, Health};
use log::Level;
use std::path::Path;

pub fn info(logger: &AsyncLogger, n: usize) {
    log_numbered(logger, Level::Info, 0, n);
}

pub fn log_in(dir: &Path) -> Vec<u8> {
    std::fs::read(dir.join("app.log")).unwrap()
}

pub fn output<'a>(health: &'a Health, name: &str) -> &'a asynclogger::OutputHealth {
    health.outputs.iter().find(|output| output.name == name).unwrap()
}

/// Returns a logger with a writer behind a closed gate.
pub fn behind_a_gate(config: Config) -> (AsyncLogger, Gate) {
    let gate = Gate::closed();
    (AsyncLogger::start_with(config, gate.clone()).unwrap(), gate)
}

pub fn on_a_faulty_disk(dir: &Path) -> (AsyncLogger, FaultyDisk) {
    let disk = FaultyDisk::default();
    let seams = Seams::default().storage(disk.clone());
    (AsyncLogger::start_with_seams(to_file(dir), seams).unwrap(), disk)
}
