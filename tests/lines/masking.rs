//! No output of any kind shows a secret: the rows of `corpus/secrets*.jsonl` through the public API.
//!
//! Tests in `mask` check that the rules find them. Tests here check that every path to an output passes the rules, that
//! no secret is missed because a limit cuts it or a program writes it in pieces, and that text that cannot be masked is
//! withheld.

mod counts;
mod figures;
mod outputs;
mod pieces;
mod settings;
mod unchanged;

use crate::common;
use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Capture, Config, Mask, Overflow, Secret};
use common::child::alone_with;
use common::gate::Gate;
use common::line::{Bytes, json, lines, unescape};
use common::{assert_balanced, to_writer, wait_until};
use log::kv::Value;
use log::{Level, Log, Record};
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

struct Row {
    id: String,
    text: String,
    secret: String,
    /// Its key, for a row that is a value.
    key: Option<String>,
}

fn rows(files: &[&str]) -> Vec<Row> {
    let read = |file: &&str| {
        let path = format!("{}/tests/corpus/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let key = field("where")
            .strip_prefix("kv:")
            .filter(|key| !key.contains(' '))
            .map(str::to_owned);
        Row {
            id: field("id"),
            text: field("text") + &field("payload"),
            secret: field("secret"),
            key,
        }
    };
    let text: String = files.iter().map(read).collect();
    text.lines().map(row).collect()
}

/// The rows of the project's samples, and those added later.
fn all_rows() -> Vec<Row> {
    let rows = rows(&["secrets", "secrets-more"]);
    assert!(rows.len() > 1300, "{}", rows.len());
    rows
}

fn samples() -> Vec<Row> {
    rows(&["secrets"])
}

impl Row {
    /// Logs the row as the value of its key, or as a message.
    fn log(&self, logger: &AsyncLogger) {
        match &self.key {
            Some(key) => self.log_value(logger, key),
            None => log::info!(logger: logger, "{}", self.text),
        }
    }

    fn log_value(&self, logger: &AsyncLogger, key: &str) {
        let pairs = [(key, Value::from(self.text.as_str()))];
        let mut record = Record::builder();
        record.level(Level::Info).target("t").key_values(&pairs);
        logger.log(&record.args(format_args!("m")).build());
    }

    /// Panics if `shown` contains the secret, or, for a secret that is long enough, a part of it.
    #[track_caller]
    fn assert_hidden_in(&self, shown: &str) {
        assert!(!shown.contains(&self.secret), "{} is shown in {shown:?}", self.id);
    }
}

/// Returns a text line as it was before it was escaped.
#[track_caller]
fn plain(line: &str) -> String {
    unescape(line).unwrap_or_else(|| panic!("{line:?}"))
}

fn started(config: Config) -> (AsyncLogger, Bytes) {
    let bytes = Bytes::default();
    let logger = AsyncLogger::start_with(config.overflow(Overflow::Block), bytes.clone()).unwrap();
    (logger, bytes)
}

/// Returns the lines of the records that `log` logs, as they were before they were escaped.
#[track_caller]
fn shown(config: Config, log: impl FnOnce(&AsyncLogger)) -> Vec<String> {
    let (logger, bytes) = started(config);
    log(&logger);
    logger.shutdown().wait().unwrap();
    lines(&bytes.take()).into_iter().map(plain).collect()
}

fn message_only() -> Config {
    to_writer().file_format("{message}{extras}")
}
