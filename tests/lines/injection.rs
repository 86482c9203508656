//! No text can forge a line, a field or a terminal command, wherever it comes from: the payloads of
//! `corpus/injection.jsonl` in every part of a record, in every format, through the public API.
//!
//! `common/line.rs` states the laws P1 to P12. The modules have unit tests; these tests check the lines that a user
//! gets.

mod lines;
mod own_words;
mod sweeps;

use crate::common;
use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Capture, Color, Config, Mask, Newlines};
use common::child::alone_with;
use common::line::{Bytes, Seen, assert_inert, in_json, is_forbidden, json, lines, logfmt, unescape};
use common::{to_writer, wait_until};
use log::kv::Value;
use log::{Level, Log, Record};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

const FORMATS: [&str; 3] = [
    "{level} {target} {module} {file}:{line} {thread} {message}{extras}",
    "json",
    "logfmt",
];

struct Payload {
    id: String,
    text: String,
}

fn payloads() -> Vec<Payload> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/injection.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let payload = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        Payload {
            id: row["id"].as_str().unwrap().to_owned(),
            text: row["payload"].as_str().unwrap().to_owned(),
        }
    };
    let payloads: Vec<Payload> = text.lines().map(payload).collect();
    assert!(payloads.len() >= 90);
    payloads
}

/// Nothing is masked or cut, so that every payload can be read back.
fn roomy(format: &str) -> Config {
    to_writer()
        .file_format(format)
        .source(true)
        .mask(Mask::none())
        .max_record_bytes(1 << 20)
        .max_message_bytes(1 << 18)
        .max_value_bytes(1 << 18)
        .batch_bytes(1 << 21)
        .queue_bytes(1 << 26)
}

/// Returns the log of the records that `log` logs.
#[track_caller]
fn log_of(config: Config, log: impl FnOnce(&AsyncLogger)) -> Vec<u8> {
    let bytes = Bytes::default();
    let logger = AsyncLogger::start_with(config, bytes.clone()).unwrap();
    log(&logger);
    logger.shutdown().wait().unwrap();
    bytes.take()
}

/// An error with a cause.
#[derive(Debug)]
struct Failure<'t>(&'t str, Option<Box<Failure<'static>>>);

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failure<'static> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

/// Writes its text and panics, without calling the panic hook.
struct Panics<'t>(&'t str);

impl fmt::Display for Panics<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        std::panic::resume_unwind(Box::new(self.0.to_owned()))
    }
}

/// The parts of a record in which a payload is put.
const PLACES: [&str; 12] = [
    "message", "debug", "target", "module", "file", "thread", "key", "str", "display", "kv_debug", "error",
    "panic",
];

/// Logs a record with `text` in one part; all other parts are plain.
fn log_in(logger: &AsyncLogger, place: &str, text: &str) {
    if place == "thread" {
        return on_thread(text, || log_in(logger, "none", ""));
    }
    let (mut target, mut module, mut file, mut key) = ("t", "m", "f", "k");
    let value = match place {
        "str" => Value::from(text),
        "display" => Value::from_display(&text),
        "kv_debug" => Value::from_debug(&text),
        _ => Value::from(1),
    };
    match place {
        "target" => target = text,
        "module" => module = text,
        "file" => file = text,
        "key" => key = text,
        _ => {}
    }
    let pairs = [(key, value)];
    let mut record = Record::builder();
    record
        .level(Level::Info)
        .target(target)
        .module_path(Some(module))
        .file(Some(file))
        .line(Some(7));
    record.key_values(&pairs);
    match place {
        "message" => logger.log(&record.args(format_args!("{text}")).build()),
        "debug" => logger.log(&record.args(format_args!("{text:?}")).build()),
        "panic" => logger.log(&record.args(format_args!("{}", Panics(text))).build()),
        "error" => log_error(logger, text),
        _ => logger.log(&record.args(format_args!("x")).build()),
    }
}

/// Runs `log` on a thread with this name, without NUL, which a thread's name cannot have.
fn on_thread(name: &str, log: impl FnOnce() + Send) {
    let thread = std::thread::Builder::new().name(name.replace('\0', ""));
    std::thread::scope(|scope| thread.spawn_scoped(scope, log).unwrap().join().unwrap());
}

fn log_error(logger: &AsyncLogger, text: &str) {
    // The chain needs a text that lives as long as the process.
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    let error = Failure("outer", Some(Box::new(Failure(text, None))));
    let mut record = Record::builder();
    record
        .level(Level::Info)
        .target("t")
        .module_path(Some("m"))
        .file(Some("f"))
        .line(Some(7));
    #[cfg(feature = "kv-error")]
    let pairs = [("k", Value::from_dyn_error(&error))];
    #[cfg(not(feature = "kv-error"))]
    let pairs = [("k", Value::from_debug(&error))];
    logger.log(&record.key_values(&pairs).args(format_args!("x")).build());
}

/// Returns the text that a reader of the line gets back, for parts that keep text unchanged.
fn value_at(place: &str, members: &[(String, String)]) -> Option<String> {
    let key = match place {
        "message" | "debug" | "panic" => "message",
        "target" | "module" | "file" | "thread" => place,
        "str" | "display" | "kv_debug" => "k",
        _ => return None,
    };
    let is_key = |name: &str| name == key || (key == "message" && name == "msg");
    let found = members.iter().find(|(name, _)| is_key(name));
    Some(
        found
            .unwrap_or_else(|| panic!("no {key} in {members:?}"))
            .1
            .clone(),
    )
}

/// Returns the expected text.
fn wanted(place: &str, text: &str) -> String {
    match place {
        "debug" | "kv_debug" => format!("{text:?}"),
        "panic" => in_json(&format!("{text}<panic while formatting>")),
        "thread" => text.replace('\0', ""),
        _ => in_json(text),
    }
}

/// Names are cut at 512 bytes, and end in a mark.
fn is_cut_name(place: &str, found: &str, wanted: &str) -> bool {
    let named = matches!(place, "target" | "module" | "file" | "thread");
    let body = found.strip_suffix("...");
    named && wanted.len() > 512 && body.is_some_and(|body| body.len() >= 500 && wanted.starts_with(body))
}

/// The keys of time and message in a line of `format`.
fn own_keys(format: &str) -> [&'static str; 2] {
    match format {
        "logfmt" => ["time", "msg"],
        _ => ["timestamp", "message"],
    }
}

fn members(format: &str, line: &str) -> Vec<(String, String)> {
    match format {
        "json" => {
            let plain = |value: serde_json::Value| value.as_str().map_or(value.to_string(), str::to_owned);
            json(line)
                .into_iter()
                .map(|(key, value)| (key, plain(value)))
                .collect()
        }
        _ => logfmt(line).into_iter().collect(),
    }
}
