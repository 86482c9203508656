//! An asynchronous program (tokio) that stops in order: its tasks end, then the last record is written.
//!
//!     cargo run --example async_shutdown
//!
//!     2026-11-22T16:21:09.610730Z INFO  async_shutdown: serving [task=0]
//!     (two more)
//!     2026-11-22T16:21:09.631428Z INFO  async_shutdown: stopped [task=2, served=true]
//!     (two more)
//!     2026-11-22T16:21:09.631633Z INFO  async_shutdown: all tasks have ended
//!     async_shutdown: stopped; 7 records = 7 written + 0 dropped + 0 failed + 0 pending
//!       file: stopped, 7 written
//!       console: stopped, 7 written
//!       queue: 0 bytes in use, 1280 at most; 3 batches of 2.3 records on the average
//!       in all: 512 bytes written, 0 rotations, 0 files purged; 0 masked, 0 truncated, 0 escaped
#![allow(clippy::print_stdout, reason = "an example prints its results")]

use asynclogger::Config;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    asynclogger::init(Config::default().log_dir("logs"))?;
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    for task in 0..3 {
        tasks.spawn(serve(task, stopped.clone()));
    }
    // A server awaits SIGTERM and SIGINT here, as `examples/axum` does.
    time::sleep(Duration::from_millis(20)).await;
    stop.send(true)?;
    tasks.join_all().await;
    // A flush is an ordinary future: the caller can limit it, and dropping it leaks nothing.
    time::timeout(Duration::from_secs(2), asynclogger::flush()).await??;
    log::info!("all tasks have ended");
    asynclogger::shutdown().await?;
    println!("{}", asynclogger::health());
    Ok(())
}

async fn serve(task: u32, mut stopped: watch::Receiver<bool>) {
    log::info!(task; "serving");
    let mut requests = 0;
    while !*stopped.borrow_and_update() {
        tokio::select! {
            _ = stopped.changed() => {}
            () = time::sleep(Duration::from_millis(1)) => requests += 1,
        }
    }
    log::info!(task, served = requests > 0; "stopped");
}
