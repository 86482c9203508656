//! The program of the README: console and file, key-values, flush, health, shutdown.
//!
//!     cargo run --example quickstart
//!
//! The log goes to standard error, in colour on a terminal, and to `logs/quickstart.log`; health to standard output:
//!
//!     2026-11-22T16:21:09.266769Z DEBUG quickstart: starting
//!     2026-11-22T16:21:09.266773Z INFO  quickstart: signed in [user=7, ms=1.5]
//!     2026-11-22T16:21:09.266775Z WARN  quickstart: disk is 91% full [path="/srv/my data"]
//!     2026-11-22T16:21:09.266775Z ERROR quickstart: upload failed:\nconnection reset
//!     quickstart: running; 4 records = 4 written + 0 dropped + 0 failed + 0 pending
//!       file: running, 4 written
//!       console: running, 4 written
//!       queue: 0 bytes in use, 1280 at most; 1 batch of 4.0 records on the average
//!       in all: 292 bytes written, 0 rotations, 0 files purged; 0 masked, 0 truncated, 1 escaped
#![allow(clippy::print_stdout, reason = "an example prints its results")]

use asynclogger::Config;

fn main() -> Result<(), asynclogger::Error> {
    asynclogger::init(Config::default().log_dir("logs"))?;
    log::debug!("starting");
    log::info!(user = 7, ms = 1.5; "signed in");
    log::warn!(path = "/srv/my data"; "disk is {}% full", 91);
    log::error!("upload failed:\nconnection reset");
    asynclogger::flush().wait()?;
    println!("{}", asynclogger::health());
    asynclogger::shutdown().wait()
}
