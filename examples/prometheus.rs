//! Health for Prometheus: a server on the loopback interface, with nothing but std.
//!
//!     cargo run --example prometheus -- 9464     # the port; without one the system chooses
//!
//! It logs a line for each request, prints its address, and answers each `GET /metrics`:
//!
//!     $ curl -s http://127.0.0.1:9464/metrics | head -3
//!     # HELP asynclogger_state Whether the logger is in this state.
//!     # TYPE asynclogger_state gauge
//!     asynclogger_state{logger="prometheus",state="not_started"} 0
//!
//! `promtool check metrics` (Debian package `prometheus`) accepts the answer. A line on standard input ends the program.
#![allow(clippy::print_stdout, reason = "an example prints its address")]

use asynclogger::Config;
use std::io::{BufRead, BufReader, Result, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    asynclogger::init(Config::default())?;
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    println!("http://{}/metrics", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if let Err(error) = stream.and_then(answer) {
                log::warn!(error = error.to_string(); "a client went away");
            }
        }
    });
    std::io::stdin().read_line(&mut String::new())?;
    asynclogger::shutdown().wait()?;
    Ok(())
}

fn answer(mut stream: TcpStream) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The head ends with an empty line. Answering before it is read may reset the connection.
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    log::info!(request; "asked");
    let (status, body) = match request.split(' ').nth(1) {
        Some("/metrics") => ("200 OK", asynclogger::health().to_prometheus()),
        _ => ("404 Not Found", String::new()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
