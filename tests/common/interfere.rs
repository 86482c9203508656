//! A logger that writes while a test interferes with its file.

use super::place::Place;
use super::{LIMIT, assert_balanced, log_numbered};
use asynclogger::{AsyncLogger, Config};
use log::Level;
use std::fs::File;
use std::io::{Read, Seek};
use std::sync::mpsc;

/// Logs in `rounds` parts and interferes during each of them. Returns the logger, shut down.
pub fn log_while(
    config: Config,
    rounds: usize,
    records: usize,
    mut interfere: impl FnMut(usize),
) -> AsyncLogger {
    let logger = AsyncLogger::start(config).unwrap();
    let part = records / rounds;
    std::thread::scope(|scope| {
        let (begin, rounds_to_do) = mpsc::sync_channel(0);
        let logger = &logger;
        scope.spawn(move || {
            for round in rounds_to_do {
                (round * part..(round + 1) * part).for_each(|n| log_numbered(logger, Level::Info, 0, n));
            }
        });
        for round in 0..rounds {
            begin.send(round).unwrap();
            interfere(round);
        }
    });
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    assert_balanced(&logger.health(), (rounds * part) as u64);
    assert_eq!(
        logger.health().failed + logger.health().dropped.total,
        0,
        "{}",
        logger.health()
    );
    logger
}

/// Settings without rotations, which would interfere as well.
pub fn config(place: &Place) -> Config {
    place.config().backup_count(0)
}

pub fn read_held(held: Vec<File>) -> Vec<u8> {
    let mut lines = Vec::new();
    for mut file in held {
        file.rewind().unwrap();
        file.read_to_end(&mut lines).unwrap();
    }
    lines
}
