//! The file sink at its storage seam: time is a number, and every operation is counted and can fail.

#[cfg(unix)]
mod detached;
mod faulty;
mod interference;
mod locking;
#[cfg(unix)]
mod obstacles;
mod ordinary;
#[cfg(unix)]
mod persistent;
#[cfg(unix)]
mod reports;
mod sharing;
mod sweep;
mod syncing;
mod time;
mod torn;
mod unfinished;

use super::*;
use crate::clock::{Wall, Zone};
use crate::config::{Period, Retention};
use crate::error::ErrorKind;
use crate::sink::disk::Disk;
use crate::sink::rooted::Root;
use crate::sink::storage::Storage;
use faulty::{Fault, Faults, Faulty, Op};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A directory with a log, and a sink that writes it.
struct Rig {
    dir: tempfile::TempDir,
    faults: Faults,
    now: Now,
    settings: FileSettings,
}

impl Rig {
    fn new() -> Rig {
        // A file system in memory where there is one: thousands of runs, and no disk to wear out.
        let base = Path::new("/dev/shm");
        let dir = if base.is_dir() {
            tempfile::tempdir_in(base).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        let settings = FileSettings {
            path: dir.path().join("app.log"),
            max_bytes: 1_000,
            backup_count: 1_000,
            rotate_every: None,
            zone: Zone::Utc,
            locking: Locking::Shared,
            mode: 0o640,
            retention: Retention::new(),
            root: Root::default(),
        };
        Rig {
            dir,
            faults: Faults::default(),
            now: Now {
                tick: Tick(1_000_000_000),
                wall: Wall {
                    secs: 1_700_000_000,
                    nanos: 0,
                },
            },
            settings,
        }
    }

    fn with(mut self, change: impl FnOnce(&mut FileSettings)) -> Rig {
        change(&mut self.settings);
        self
    }

    fn storage(&self) -> Box<dyn Storage> {
        Box::new(Faulty::new(self.faults.clone()))
    }

    fn try_open(&self) -> Result<FileSink, Error> {
        FileSink::open(self.settings.clone(), self.storage(), self.now)
    }

    fn open(&self) -> FileSink {
        self.try_open().unwrap()
    }

    /// Lets time pass on both clocks.
    fn pass(&mut self, time: Duration) {
        self.now.tick = self.now.tick.after(time);
        self.now.wall.secs += time.as_secs() as i64;
    }

    /// Writes all of `lines`, waiting for each deadline as the worker does; the errors it met.
    fn write(&mut self, sink: &mut FileSink, lines: &str) -> Vec<FileError> {
        let mut errors = Vec::new();
        let mut rest = lines.as_bytes();
        for _ in 0..10_000 {
            let outcome = sink.write(rest, self.now);
            errors.extend(outcome.error);
            rest = &rest[outcome.taken..];
            match outcome.next {
                Next::Done => {
                    assert!(rest.is_empty());
                    return errors;
                }
                Next::RetryAt(at) | Next::LockRetryAt(at) => {
                    assert!(
                        at > self.now.tick,
                        "a deadline that has passed would be a busy loop"
                    );
                    self.pass(at.since(self.now.tick));
                }
            }
        }
        panic!("never done: {errors:?}");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Every name in the directory but the lock's, sorted.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != ".app.log.lock")
            .collect();
        names.sort();
        names
    }

    /// All lines from the oldest backup to the current log.
    fn all(&self) -> String {
        let mut all = String::new();
        let mut numbers: Vec<u32> = self
            .names()
            .iter()
            .filter_map(|name| name.strip_prefix("app.log.")?.parse().ok())
            .collect();
        numbers.sort_unstable();
        for number in numbers.iter().rev() {
            all.push_str(&self.read(&format!("app.log.{number}")));
        }
        if self.path("app.log").is_file() {
            all.push_str(&self.read("app.log"));
        }
        all
    }
}

/// Lines `from..to`, each of 20 bytes.
fn lines(numbers: std::ops::Range<u32>) -> String {
    numbers.map(|number| format!("line {number:014}\n")).collect()
}

/// The lines are exactly these; a difference is shown by its first line only.
#[track_caller]
fn assert_lines(found: &str, expected: std::ops::Range<u32>) {
    let expected = lines(expected);
    let differing = found
        .lines()
        .zip(expected.lines())
        .find(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "{} bytes of {}, first difference: {differing:?}",
        found.len(),
        expected.len()
    );
}

impl FileSink {
    /// Writes records that were made just now.
    fn write(&mut self, bytes: &[u8], now: Now) -> WriteOutcome {
        self.write_records(bytes, now, now.wall)
    }

    /// Whether a failed sync left it unknown what is on the disk.
    fn durability_unknown(&self) -> bool {
        self.durable.unknown()
    }
}
