//! A container: JSON lines on standard output for the collector, without a file and without colour.
//!
//!     cargo run --example json_stdout            # or: json_stdout usual, ecs, otel, gcp, bunyan
//!
//!     {"timestamp":"2026-11-22T19:02:41.358290Z","level":"INFO","target":"json_stdout","message":"serving","zone":"eu-1","version":"1.4.2","port":8080}
//!     {"timestamp":"2026-11-22T19:02:41.358294Z","level":"INFO","target":"json_stdout","message":"order paid","zone":"eu-1","version":"1.4.2","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","order":9007199254740993,"cents":4990,"ms":12.5}
//!     {"timestamp":"2026-11-22T19:02:41.358296Z","level":"WARN","target":"json_stdout","message":"card refused\nby the bank","zone":"eu-1","version":"1.4.2","order":9007199254740994,"password":"***"}
//!
//! Each line is one object, whatever a message contains. Numbers are exact, secrets are masked, and nothing else is printed
//! there: the program's own messages go to standard error.

use asynclogger::{Config, Console, Error, Schema};

fn main() -> Result<(), Error> {
    let schema = match std::env::args().nth(1).as_deref() {
        None | Some("native") => Schema::Native,
        Some("usual") => Schema::Usual,
        Some("ecs") => Schema::Ecs,
        Some("otel") => Schema::Otel,
        Some("gcp") => Schema::Gcp,
        Some("bunyan") => Schema::Bunyan,
        Some(other) => {
            eprintln!("usage: json_stdout [native|usual|ecs|otel|gcp|bunyan], not {other:?}");
            std::process::exit(2);
        }
    };
    // ECS and the semantic conventions of OpenTelemetry have a name for the version of a service.
    let version = match schema {
        Schema::Ecs | Schema::Otel => "service.version",
        _ => "version",
    };
    let config = Config::default()
        .console(Console::Stdout)
        .console_format("json")
        .json_schema(schema)
        .field("zone", "eu-1")
        .field(version, "1.4.2");
    asynclogger::init(config)?;

    log::info!(port = 8080; "serving");
    let (trace_id, span_id) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    log::info!(trace_id, span_id, order = 9_007_199_254_740_993_u64, cents = 4990, ms = 12.5; "order paid");
    log::warn!(order = 9_007_199_254_740_994_u64, password = "hunter2"; "card refused\nby the bank");
    asynclogger::shutdown().wait()
}
