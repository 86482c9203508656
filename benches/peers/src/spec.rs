//! What one run does, read from the command line.

use std::fs;
use std::path::PathBuf;

const USAGE: &str = "usage: PROGRAM --dir DIR [--mode throughput|latency|open|idle] [--threads N] [--messages N] \
                     [--shape text|short|kv|BYTES] [--rate RECORDS_PER_SECOND] [--rotate BYTES] [--seconds N] [--json]";

/// How the records come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Back to back; the clock stops when the last byte is with the operating system.
    Throughput,
    /// Bursts of 20 with 2 ms between, as in a server under moderate load; each call is timed.
    Latency,
    /// At a fixed rate; each response is timed from when its record was to be logged.
    Open,
    /// A few, and then none: how often does the logger wake up?
    Idle,
}

/// What one record looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Six values formatted into the message.
    Text,
    /// Two small numbers.
    Short,
    /// Six key-values beside a message without arguments.
    Kv,
    /// One message of so many bytes.
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
    /// Rotate at this size, where the logger can.
    pub rotate: Option<u64>,
    pub shape: Shape,
    /// Records a second, of all threads together (`Mode::Open`).
    pub rate: f64,
    /// How long to look (`Mode::Idle`).
    pub seconds: u64,
    /// JSON lines, where the program can.
    pub json: bool,
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
    };
    while let Some(name) = args.next() {
        if name == "--json" {
            spec.json = true;
            continue;
        }
        let value = args.next().ok_or_else(|| format!("{name}: no value"))?;
        let faulty = |error: &dyn std::fmt::Display| format!("{name} {value}: {error}");
        match name.as_str() {
            "--mode" => spec.mode = mode(&value).ok_or_else(|| faulty(&"unknown"))?,
            "--shape" => spec.shape = shape(&value).ok_or_else(|| faulty(&"unknown"))?,
            "--dir" => spec.dir = PathBuf::from(&value),
            "--threads" => spec.threads = value.parse().map_err(|error| faulty(&error))?,
            "--messages" => spec.messages = value.parse().map_err(|error| faulty(&error))?,
            "--rotate" => spec.rotate = Some(value.parse().map_err(|error| faulty(&error))?),
            "--rate" => spec.rate = value.parse().map_err(|error| faulty(&error))?,
            "--seconds" => spec.seconds = value.parse().map_err(|error| faulty(&error))?,
            _ => return Err(format!("{name}: unknown")),
        }
    }
    if spec.dir.as_os_str().is_empty() || (spec.mode == Mode::Open && spec.rate <= 0.0) {
        return Err("--dir is needed, and --rate with --mode open".to_owned());
    }
    make_empty(&spec)?;
    Ok(spec)
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
