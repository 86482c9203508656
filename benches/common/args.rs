//! The command line that all benchmarks share.

use std::path::{Path, PathBuf};

const USAGE: &str =
    "usage: cargo bench --bench NAME -- [--rounds N] [--scale FACTOR] [--dir DIR] [--out FILE]";

/// How much to measure, and where to write the figures.
#[derive(Debug, Clone)]
pub struct Args {
    /// Each figure is the median of this many rounds.
    pub rounds: usize,
    scale: f64,
    dir: PathBuf,
    /// A file for the figures, one JSON object a line.
    pub out: Option<PathBuf>,
}

impl Args {
    /// Reads the arguments; ends the process if they are invalid. Without `--bench`, which `cargo bench` sets and
    /// `cargo test` does not, all numbers are tiny: the run then shows only that the benchmark works.
    pub fn read() -> Args {
        let given: Vec<String> = std::env::args().skip(1).collect();
        let measures = given.iter().any(|arg| arg == "--bench");
        let memory = Path::new("/dev/shm");
        let mut args = Args {
            rounds: if measures { 5 } else { 1 },
            scale: if measures { 1.0 } else { 0.002 },
            // In memory where possible: the speed of the disk is not measured.
            dir: if memory.is_dir() {
                memory.to_owned()
            } else {
                std::env::temp_dir()
            },
            out: None,
        };
        let mut rest = given.into_iter().filter(|arg| arg != "--bench");
        while let Some(name) = rest.next() {
            if args.set(&name, rest.next()).is_none() {
                eprintln!("{name}: unknown, or without a good value\n{USAGE}");
                std::process::exit(2);
            }
        }
        args
    }

    fn set(&mut self, name: &str, value: Option<String>) -> Option<()> {
        let value = value?;
        match name {
            "--rounds" => self.rounds = value.parse().ok().filter(|rounds| *rounds > 0)?,
            "--scale" => self.scale = value.parse().ok().filter(|scale| *scale > 0.0)?,
            "--dir" => self.dir = PathBuf::from(value),
            "--out" => self.out = Some(PathBuf::from(value)),
            _ => return None,
        }
        Some(())
    }

    /// A number of records or calls, scaled.
    pub fn scaled(&self, count: usize) -> usize {
        ((count as f64 * self.scale) as usize).max(40)
    }

    /// A new directory for log files, removed when it is dropped.
    pub fn log_dir(&self) -> tempfile::TempDir {
        tempfile::tempdir_in(&self.dir).expect("a temporary directory")
    }
}
