//! Plain threads and no runtime: four of them log, `main` waits for them and then for the logger.
//!
//!     cargo run --example threads
//!
//! The console shows warnings only, the file `logs/threads.log` everything:
//!
//!     2026-11-22T16:21:09.420321Z WARN  threads: the last part is packed
//!     (three more)
//!     threads: stopped; 4004 records = 4004 written + 0 dropped + 0 failed + 0 pending
//!       file: stopped, 4004 written
//!       console: stopped, 4 written
//!       queue: 0 bytes in use, 611328 at most; 2 batches of 2002.0 records on the average
//!       in all: 243828 bytes written, 0 rotations, 0 files purged; 0 masked, 0 truncated, 0 escaped
#![allow(clippy::print_stdout, reason = "an example prints its results")]

use asynclogger::Config;
use std::{error, io, thread};

fn main() -> Result<(), Box<dyn error::Error>> {
    let config = Config::default()
        .log_dir("logs")
        .file_format("{time} {level:<5} {thread:<8} {message}{extras}");
    asynclogger::init(config.console_level(log::LevelFilter::Warn))?;
    thread::scope(|scope| -> io::Result<()> {
        for number in 0..4 {
            let named = thread::Builder::new().name(format!("packer-{number}"));
            named.spawn_scoped(scope, pack)?;
        }
        Ok(())
    })?;
    // Blocks until everything is written, at most `shutdown_timeout`; the error has the number of records that are not.
    let result = asynclogger::shutdown().wait();
    println!("{}", asynclogger::health());
    Ok(result?)
}

fn pack() {
    for part in 0..1_000 {
        log::info!(part; "packed");
    }
    log::warn!("the last part is packed");
}
