//! A program without an async runtime that stops in order on SIGTERM and SIGINT. The logger installs no handler, so the
//! program's handler decides what still happens, and the last record is written.
//!
//!     cargo run --example graceful_signal     and then Ctrl-C, or kill -TERM
//!
//!     2026-11-22T18:55:50.101245Z INFO  graceful_signal: serving [pid=4711]
//!     2026-11-22T18:55:51.224519Z WARN  graceful_signal: stopping [signal=15]
//!     2026-11-22T18:55:51.224541Z INFO  graceful_signal: stopped [requests=1123]
//!     graceful_signal: stopped; 3 records = 3 written + 0 dropped + 0 failed + 0 pending
//!       file: stopped, 3 written
//!       console: stopped, 3 written
//!     (two more lines of figures)
#![allow(clippy::print_stdout, reason = "an example prints its results")]

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    asynclogger::init(asynclogger::Config::default().log_dir("logs"))?;
    // A thread waits for the signals: a handler itself must not lock, allocate or log.
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let (stop, stopped) = channel();
    std::thread::spawn(move || {
        signals
            .forever()
            .map_while(|signal| stop.send(signal).ok())
            .for_each(drop)
    });
    log::info!(pid = std::process::id(); "serving");
    let mut requests = 0;
    let signal = loop {
        match stopped.recv_timeout(Duration::from_millis(1)) {
            Err(RecvTimeoutError::Timeout) => requests += 1,
            signal => break signal?,
        }
    };
    log::warn!(signal; "stopping");
    log::info!(requests; "stopped");
    // A return from `main` drains the queue as well; this returns an error if it could not.
    asynclogger::shutdown().wait()?;
    println!("{}", asynclogger::health());
    Ok(())
}

#[cfg(not(unix))]
fn main() {
    println!("SIGTERM and SIGINT exist on Unix only");
}
