//! A small HTTP server on std, with a pool of workers, that logs every request and stops in order on SIGTERM.
//!
//!     cargo run --example http_server -- --port 8080 --workers 4 --dir logs
//!
//!     http://127.0.0.1:8080/
//!     2026-11-22T16:21:09.871291Z INFO  http_server: listening [port=8080, workers=4]
//!     2026-11-22T16:21:11.127840Z INFO  http_server::access: served [method=GET, path=/orders/7, status=200, ms=0.031]
//!     2026-11-22T16:21:12.530011Z WARN  http_server: stopping [signal=15]
//!     2026-11-22T16:21:12.530420Z INFO  http_server: stopped [served=1]
//!
//! `/orders/N` is an order, `/panic` a bug in a handler, `/health` the counters of all records as JSON, which is also
//! printed at the end. `.ci/examples` puts it under load, fills its disk, frees it and stops it: each request is
//! answered meanwhile, and the counters balance.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints its address and its results"
)]

use asynclogger::Config;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Connections that may wait for a worker; further ones are refused.
const BACKLOG: usize = 64;
/// Bytes of the head of a request.
const LONGEST_HEAD: u64 = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

struct Options {
    port: u16,
    workers: u32,
    dir: Option<String>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
        let mut options = Options {
            port: 0,
            workers: 4,
            dir: None,
        };
        while let Some(option) = arguments.next() {
            let value = arguments.next()?;
            match option.as_str() {
                "--port" => options.port = value.parse().ok()?,
                "--workers" => options.workers = value.parse().ok().filter(|count| *count > 0)?,
                "--dir" => options.dir = Some(value),
                _ => return None,
            }
        }
        Some(options)
    }

    /// The log goes to standard error, and to a file if there is a folder for it.
    fn logging(&self) -> Config {
        let config = Config::default()
            .filter("info")
            .field("version", env!("CARGO_PKG_VERSION"));
        match &self.dir {
            Some(dir) => config.console(None).log_dir(dir),
            None => config,
        }
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(options) = Options::read(std::env::args().skip(1)) else {
        eprintln!("usage: http_server [--port N] [--workers N] [--dir DIR]");
        return Ok(ExitCode::FAILURE);
    };
    asynclogger::init(options.logging())?;
    let served = serve(&options)?;
    log::info!(served; "stopped");
    // A return from `main` drains the queue as well; this returns an error if that fails, for example on a full disk.
    let drained = asynclogger::shutdown().wait();
    println!("{}", serde_json::to_string(&asynclogger::health())?);
    match drained {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("{error}; {} records are missing", error.unwritten());
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Answers requests until it is stopped; accepted ones are still answered then. Returns the number of requests.
fn serve(options: &Options) -> Result<u64, Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
    let address = listener.local_addr()?;
    let stopping = Arc::new(AtomicBool::new(false));
    stop_on_signal(address, Arc::clone(&stopping))?;
    let pool = Pool::start(options.workers)?;
    println!("http://{address}/");
    log::info!(port = address.port(), workers = options.workers; "listening");
    for stream in listener.incoming() {
        if stopping.load(Ordering::SeqCst) {
            break;
        }
        match stream {
            Ok(stream) => pool.take(stream),
            Err(error) => log::warn!(error = error.to_string(); "a connection was not accepted"),
        }
    }
    Ok(pool.finish())
}

/// A thread waits for the signals: a handler itself must not lock, allocate or log.
#[cfg(unix)]
fn stop_on_signal(address: SocketAddr, stopping: Arc<AtomicBool>) -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT])?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            log::warn!(signal; "stopping");
            wake(address, &stopping);
        }
    });
    Ok(())
}

/// Without signals, a line on standard input, or its end, stops the server.
#[cfg(not(unix))]
fn stop_on_signal(address: SocketAddr, stopping: Arc<AtomicBool>) -> io::Result<()> {
    thread::spawn(move || {
        if io::stdin().read_line(&mut String::new()).is_ok() {
            log::warn!("stopping");
        }
        wake(address, &stopping);
    });
    Ok(())
}

/// The listener reads the flag after the next connection: this one.
fn wake(address: SocketAddr, stopping: &AtomicBool) {
    stopping.store(true, Ordering::SeqCst);
    if let Err(error) = TcpStream::connect(address) {
        log::error!(error = error.to_string(); "the listener cannot be woken");
    }
}

/// Threads that answer connections.
struct Pool {
    connections: SyncSender<TcpStream>,
    workers: Vec<JoinHandle<()>>,
    served: Arc<AtomicU64>,
}

impl Pool {
    fn start(count: u32) -> io::Result<Pool> {
        let (connections, waiting) = sync_channel(BACKLOG);
        let (waiting, served) = (Arc::new(Mutex::new(waiting)), Arc::new(AtomicU64::new(0)));
        let workers = (0..count)
            .map(|number| {
                let (waiting, served) = (Arc::clone(&waiting), Arc::clone(&served));
                let thread = thread::Builder::new().name(format!("worker-{number}"));
                thread.spawn(move || work(&waiting, &served))
            })
            .collect::<io::Result<_>>()?;
        Ok(Pool {
            connections,
            workers,
            served,
        })
    }

    fn take(&self, stream: TcpStream) {
        if self.connections.try_send(stream).is_err() {
            log::warn!(waiting = BACKLOG; "all workers are busy, a connection is closed");
        }
    }

    fn finish(self) -> u64 {
        // The workers answer the queued connections, then their channel ends.
        drop(self.connections);
        for worker in self.workers {
            if worker.join().is_err() {
                log::error!("a worker has panicked");
            }
        }
        self.served.load(Ordering::SeqCst)
    }
}

fn work(waiting: &Mutex<Receiver<TcpStream>>, served: &AtomicU64) {
    loop {
        // The lock is released before the answer: the guard lives in this statement only.
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(stream) = next else { return };
        match answer(stream) {
            Ok(()) => served.fetch_add(1, Ordering::SeqCst),
            Err(error) => {
                log::warn!(error = error.to_string(); "a client went away");
                continue;
            }
        };
    }
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let started = Instant::now();
    let mut lines = BufReader::new(stream.try_clone()?.take(LONGEST_HEAD)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The head ends with an empty line. Answering before it is read may reset the connection.
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or("/"));
    // A panic ends the request, not the worker. The logger has recorded it already.
    let (status, body) = catch_unwind(AssertUnwindSafe(|| respond(method, path)))
        .unwrap_or_else(|_| ("500 Internal Server Error", String::new()));
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let ms = started.elapsed().as_secs_f64() * 1e3;
    log::info!(target: "http_server::access", method, path, status = &status[..3], ms; "served");
    Ok(())
}

fn respond(method: &str, path: &str) -> (&'static str, String) {
    match (method, path.strip_prefix("/orders/").map(str::parse::<u64>)) {
        ("GET", Some(Ok(order))) => ("200 OK", format!("{{\"order\":{order}}}\n")),
        ("GET", Some(Err(_))) => ("400 Bad Request", String::new()),
        ("GET", None) if path == "/health" => match serde_json::to_string(&asynclogger::health()) {
            Ok(health) => ("200 OK", health),
            Err(error) => ("500 Internal Server Error", error.to_string()),
        },
        ("GET", None) if path == "/panic" => panic!("a bug in the handler of {path}"),
        ("GET", None) => ("404 Not Found", String::new()),
        _ => ("405 Method Not Allowed", String::new()),
    }
}
