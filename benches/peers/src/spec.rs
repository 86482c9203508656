//! The command line of one run.

use std::fs;
use std::path::PathBuf;

const USAGE: &str = "usage: PROGRAM --dir DIR [--mode throughput|latency|open|idle] [--threads N] [--messages N] \
                     [--shape text|short|kv|BYTES] [--rate RECORDS_PER_SECOND] [--rotate BYTES] [--seconds N] [--json] [--no-tally]";

/// The pace of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Without pauses; the clock stops when the last byte is with the operating system.
    Throughput,
    /// Bursts of 20 with 2 ms between, as in a server under moderate load; each call is timed.
    Latency,
    /// At a fixed rate; each response is timed from when its record was due.
    Open,
    /// A few, and then none: counts how often the logger wakes up.
    Idle,
}

/// The kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Six values formatted into the message.
    Text,
    /// Two small numbers.
    Short,
    /// Six key-values and a message without arguments.
    Kv,
    /// A message of this many bytes.
    Bytes(usize),
}

/// One run.
#[derive(Debug, Clone)]
pub struct Spec {
    pub mode: Mode,
    pub threads: usize,
    /// Of each thread.
    pub messages: usize,
    /// Emptied at the start.
    pub dir: PathBuf,
    /// The size at which the log is rotated, if the logger can do that.
    pub rotate: Option<u64>,
    pub shape: Shape,
    /// Records a second, of all threads together (`Mode::Open`).
    pub rate: f64,
    /// How long to count wake-ups (`Mode::Idle`).
    pub seconds: u64,
    /// JSON lines, if the program can write them.
    pub json: bool,
    /// Whether to read the files back and count their records.
    pub tallies: bool,
}

/// Reads the command line and makes an empty directory; ends the process if it cannot.
pub fn spec() -> Spec {
    read(std::env::args().skip(1)).unwrap_or_else(|fault| {
        eprintln!("{fault}\n{USAGE}");
        std::process::exit(2)
    })
}

fn read(mut args: impl Iterator<Item = String>) -> Result<Spec, String> {
    let mut spec = Spec {
        mode: Mode::Throughput,
        threads: 1,
        messages: 100_000,
        dir: PathBuf::new(),
        rotate: None,
        shape: Shape::Text,
        rate: 0.0,
        seconds: 5,
        json: false,
        tallies: true,
    };
    while let Some(name) = args.next() {
        match name.as_str() {
            "--json" => spec.json = true,
            "--no-tally" => spec.tallies = false,
            _ => {
                let value = args.next().ok_or_else(|| format!("{name}: no value"))?;
                spec.set(&name, &value)
                    .ok_or_else(|| format!("{name} {value}: unknown"))?;
            }
        }
    }
    if spec.dir.as_os_str().is_empty() || (spec.mode == Mode::Open && spec.rate <= 0.0) {
        return Err("--dir is needed, and --rate with --mode open".to_owned());
    }
    make_empty(&spec)?;
    Ok(spec)
}

impl Spec {
    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "--mode" => self.mode = mode(value)?,
            "--shape" => self.shape = shape(value)?,
            "--dir" => self.dir = PathBuf::from(value),
            "--threads" => self.threads = value.parse().ok()?,
            "--messages" => self.messages = value.parse().ok()?,
            "--rotate" => self.rotate = Some(value.parse().ok()?),
            "--rate" => self.rate = value.parse().ok()?,
            "--seconds" => self.seconds = value.parse().ok()?,
            _ => return None,
        }
        Some(())
    }
}

fn make_empty(spec: &Spec) -> Result<(), String> {
    let dir = &spec.dir;
    let removed = if dir.exists() {
        fs::remove_dir_all(dir)
    } else {
        Ok(())
    };
    removed
        .and_then(|()| fs::create_dir_all(dir))
        .map_err(|error| format!("--dir {}: {error}", dir.display()))
}

fn mode(value: &str) -> Option<Mode> {
    Some(match value {
        "throughput" => Mode::Throughput,
        "latency" => Mode::Latency,
        "open" => Mode::Open,
        "idle" => Mode::Idle,
        _ => return None,
    })
}

fn shape(value: &str) -> Option<Shape> {
    Some(match value {
        "text" => Shape::Text,
        "short" => Shape::Short,
        "kv" => Shape::Kv,
        bytes => Shape::Bytes(bytes.parse().ok().filter(|bytes| *bytes >= 16)?),
    })
}
