//! Processes that share one log file.

use super::SHUTDOWN;
use super::remote::Remote;
use super::to_file;
use asynclogger::{Config, Overflow};
use std::path::{Path, PathBuf};

/// Long lines, so that 8 x 10,000 of them fill more than a hundred files.
pub const LINE: &str = "{time} {level:<5} {name} {pid} {thread} {target}: {message}";

pub fn shared(dir: &Path) -> Config {
    to_file(dir)
        .file_format(LINE)
        .backup_count(100_000)
        .overflow(Overflow::Block)
        .shutdown_timeout(SHUTDOWN)
}

/// Returns the log's backups with their sizes.
pub fn backups(dir: &Path) -> Vec<(PathBuf, u64)> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let backups = entries.filter(|entry| {
        let name = entry.file_name().into_string().unwrap();
        name.strip_prefix("app.log.")
            .is_some_and(|number| number.parse::<u32>().is_ok())
    });
    backups
        .map(|entry| (entry.path(), entry.metadata().unwrap().len()))
        .collect()
}

pub fn rotations(healths: &[serde_json::Value]) -> u64 {
    healths
        .iter()
        .map(|health| health["rotations"].as_u64().unwrap())
        .sum()
}

/// Makes every process log this many records at the same time; returns the last health of each.
pub fn log_together(mut processes: Vec<Remote>, records: usize) -> Vec<serde_json::Value> {
    processes = processes.into_iter().map(Remote::ready).collect();
    for process in &mut processes {
        process.send(&format!("log 0 {records} 0"));
    }
    let mut healths = Vec::new();
    for mut process in processes {
        process.receive();
        let health = process.end_well();
        assert_eq!(health["written"], records as u64, "{health}");
        healths.push(health);
    }
    healths
}
