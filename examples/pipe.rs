//! Like logger(1): each line of standard input becomes a record with its number, then health goes to standard output.
//!
//!     cargo run --quiet --example pipe -- --dir logs/pipe < /var/log/dpkg.log
//!
//! Options: `--max-bytes N` (size of a file, 10 MiB) and `--backups N` (old files kept; all of them). The lines are in
//! `logs/pipe/pipe.log`, `pipe.log.1` and so on, as many as went in. On a file of 5,272 lines (shortened):
//!
//!     {"name":"pipe","state":"stopped","total_messages":5272,"written":5272,"failed":0,"pending":0,...}
//!
//!     $ head -1 logs/pipe/pipe.log
//!     2026-11-22T16:19:43.567023Z INFO  pipe: 2025-06-24 14:36:25 startup archives unpack [line=1]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints its results"
)]

use asynclogger::{Config, Overflow};
use std::error::Error;
use std::io::{self, BufRead, Read};
use std::process::ExitCode;

/// Longer lines are truncated here, so that a file without line ends does not fill the memory.
const LONGEST_LINE: u64 = 1024 * 1024;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(config) = config(std::env::args().skip(1)) else {
        eprintln!("usage: pipe --dir DIR [--max-bytes N] [--backups N]");
        return Ok(ExitCode::FAILURE);
    };
    asynclogger::init(config)?;
    log_lines(io::stdin().lock())?;
    asynclogger::shutdown().wait()?;
    println!("{}", serde_json::to_string(&asynclogger::health())?);
    Ok(ExitCode::SUCCESS)
}

fn config(mut options: impl Iterator<Item = String>) -> Option<Config> {
    // Each input line becomes a line in the files: nothing is filtered or dropped, and deleted only with --backups.
    let config = Config::default().console(None).rust_log(false);
    let mut config = config.overflow(Overflow::Block).backup_count(u32::MAX);
    let mut dir = None;
    while let Some(option) = options.next() {
        let value = options.next()?;
        match option.as_str() {
            "--dir" => dir = Some(value),
            "--max-bytes" => config = config.max_bytes(value.parse().ok()?),
            "--backups" => config = config.backup_count(value.parse().ok()?),
            _ => return None,
        }
    }
    Some(config.log_dir(dir?))
}

fn log_lines(mut input: impl BufRead) -> io::Result<()> {
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = line.strip_suffix(b"\n");
        // Bytes that are not UTF-8 become U+FFFD.
        log::info!(line = number; "{}", String::from_utf8_lossy(text.unwrap_or(&line)));
        if text.is_none() {
            input.skip_until(b'\n')?;
        }
    }
    Ok(())
}
