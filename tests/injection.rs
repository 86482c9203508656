//! No text can forge a line, a field or a command to a terminal, wherever it comes from: the payloads of
//! `corpus/injection.jsonl` in every place of a record, in every format, through the public face.
//!
//! The laws P1 to P12 are told in `common/line.rs`. The units have tests of their own; here is what a user gets.

mod common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Capture, Color, Config, Mask, Newlines};
use common::child::alone_with;
use common::line::{Bytes, Seen, assert_inert, is_forbidden, json, lines, logfmt, unescape};
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

/// Nothing is masked and nothing cut, so that every payload must come back.
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

/// The log of what `log` logs.
#[track_caller]
fn log_of(config: Config, log: impl FnOnce(&AsyncLogger)) -> Vec<u8> {
    let bytes = Bytes::default();
    let logger = AsyncLogger::start_with(config, bytes.clone()).unwrap();
    log(&logger);
    logger.shutdown().wait().unwrap();
    bytes.take()
}

/// A failure with a cause.
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

/// Writes its text and panics; the hook of the process is not asked.
struct Panics<'t>(&'t str);

impl fmt::Display for Panics<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        std::panic::resume_unwind(Box::new(self.0.to_owned()))
    }
}

/// Where a payload is put.
const PLACES: [&str; 12] = [
    "message", "debug", "target", "module", "file", "thread", "key", "str", "display", "kv_debug", "error",
    "panic",
];

/// Logs `text` in one place; everything else of the record is plain.
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

/// Runs `log` on a thread with this name, but for NUL, which no thread's name can hold.
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

/// What a reader of the line gets back from the place, where the place keeps text as it is.
fn value_at(place: &str, members: &[(String, String)]) -> Option<String> {
    let key = match place {
        "message" | "debug" | "panic" => "message",
        "target" | "module" | "file" | "thread" => place,
        "str" | "display" | "kv_debug" => "k",
        _ => return None,
    };
    let found = members.iter().find(|(name, _)| name == key);
    Some(
        found
            .unwrap_or_else(|| panic!("no {key} in {members:?}"))
            .1
            .clone(),
    )
}

/// What is to come back.
fn wanted(place: &str, text: &str) -> String {
    match place {
        "debug" | "kv_debug" => format!("{text:?}"),
        "panic" => format!("{text}<panic while formatting>"),
        "thread" => text.replace('\0', ""),
        _ => text.to_owned(),
    }
}

/// Names are cut at 512 bytes, and say so.
fn is_cut_name(place: &str, found: &str, wanted: &str) -> bool {
    let named = matches!(place, "target" | "module" | "file" | "thread");
    let body = found.strip_suffix("...");
    named && wanted.len() > 512 && body.is_some_and(|body| body.len() >= 500 && wanted.starts_with(body))
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

#[test]
fn every_payload_in_every_place_and_format_is_one_inert_line_and_comes_back() {
    let payloads = payloads();
    for format in FORMATS {
        let log = log_of(roomy(format), |logger| {
            for payload in &payloads {
                PLACES
                    .iter()
                    .for_each(|place| log_in(logger, place, &payload.text));
            }
        });
        let lines = lines(&log);
        assert_eq!(lines.len(), payloads.len() * PLACES.len(), "P1: {format}");
        for (n, line) in lines.into_iter().enumerate() {
            let (payload, place) = (&payloads[n / PLACES.len()], PLACES[n % PLACES.len()]);
            assert_inert(line);
            let told = format!("{} in {place} as {format}: {line}", payload.id);
            // Twelve bytes for one of JSON's pairs, and what is the same in each line.
            assert!(line.len() <= 12 * payload.text.len().max(64) + 400, "P10: {told}");
            if format.starts_with('{') {
                assert!(line.starts_with("INFO "), "{told}");
                continue;
            }
            let members = members(format, line);
            let expected = [
                "timestamp",
                "level",
                "target",
                "message",
                "module",
                "file",
                "line",
                "thread",
            ];
            assert_eq!(members.len(), expected.len() + 3, "P8: {told}");
            assert!(
                expected
                    .iter()
                    .all(|key| members.iter().any(|(name, _)| name == key)),
                "P8: {told}"
            );
            if let Some(found) = value_at(place, &members) {
                let wanted = wanted(place, &payload.text);
                assert!(
                    found == wanted || is_cut_name(place, &found, &wanted),
                    "P7: {told}"
                );
            }
        }
    }
}

#[test]
fn a_text_line_can_be_turned_back_and_clean_text_is_not_changed() {
    let payloads = payloads();
    let log = log_of(roomy("{message}"), |logger| {
        for payload in &payloads {
            log::info!(logger: logger, "<{}>", payload.text);
        }
    });
    for (payload, line) in payloads.iter().zip(lines(&log)) {
        let text = format!("<{}>", payload.text);
        assert_eq!(
            unescape(line).as_deref(),
            Some(text.as_str()),
            "P7: {}",
            payload.id
        );
        assert!(line.len() <= 8 * text.len(), "P10: {}", payload.id);
        // P9 and P11: what is harmless is not touched, and nothing is decoded or looked up.
        if !payload.text.contains(is_forbidden) {
            assert_eq!(line, text.replace('\\', "\\\\"), "P9: {}", payload.id);
        }
    }
}

#[test]
fn a_static_field_with_any_key_and_value_is_inert() {
    for format in FORMATS {
        for payload in payloads() {
            let config = roomy(format)
                .max_key_bytes(64)
                .field("zone", payload.text.as_str());
            let log = log_of(config, |logger| log::info!(logger: logger, "x"));
            let found = lines(&log);
            assert_eq!(found.len(), 1, "P1: {}", payload.id);
            assert_inert(found[0]);
            if !format.starts_with('{') {
                let members = members(format, found[0]);
                assert_eq!(members.len(), 11, "P8: {}", found[0]);
                let zone = members.iter().find(|(key, _)| key == "zone").unwrap();
                assert_eq!(zone.1, payload.text, "P7: {}", payload.id);
            }
            if (1..=64).contains(&payload.text.len()) {
                let config = roomy(format).max_key_bytes(64).field(payload.text.as_str(), "v");
                let log = log_of(config, |logger| log::info!(logger: logger, "x"));
                assert_inert(lines(&log)[0]);
                assert!(format.starts_with('{') || members(format, lines(&log)[0]).len() == 11);
            }
        }
    }
}

/// Whatever a key-value is called, the members that every line has keep their names and values.
#[test]
fn no_key_value_overrides_a_member_of_the_line() {
    for format in ["json", "logfmt"] {
        let names = [
            "level",
            "message",
            "target",
            "timestamp",
            "x_level",
            "LEVEL",
            "level ",
            "le\u{200b}vel",
            "level",
        ];
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, "forged")).collect();
        let log = log_of(roomy(format), |logger| {
            let mut record = Record::builder();
            record.level(Level::Warn).target("t").key_values(&pairs);
            logger.log(&record.args(format_args!("true")).build());
        });
        let members = members(format, lines(&log)[0]);
        let of = |key: &str| members.iter().find(|(name, _)| name == key).unwrap().1.clone();
        assert_eq!(
            (of("level"), of("message"), of("target")),
            ("WARN".into(), "true".into(), "t".into())
        );
        assert!(!of("timestamp").contains("forged"));
        assert_eq!(
            members.iter().filter(|(_, value)| value == "forged").count(),
            names.len()
        );
    }
}

// Terminals

#[test]
fn a_terminal_with_colour_on_obeys_our_own_styles_and_nothing_else() {
    let console = Capture::new();
    let seams = Seams::default().console(console.clone());
    let config = Config::new("app")
        .console_format(
            "<dim>{time}<reset> <level_color>{level:<5}</> {target:>9} {thread} {message}<bold>{extras}</>",
        )
        .color(Color::Always);
    let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
    let payloads = payloads();
    for payload in &payloads {
        PLACES
            .iter()
            .for_each(|place| log_in(&logger, place, &payload.text));
    }
    logger.shutdown().wait().unwrap();
    let lines = console.lines();
    assert_eq!(lines.len(), payloads.len() * PLACES.len());
    for line in lines {
        assert_eq!(Seen::of(&line), Seen { styles: 6, obeyed: 0 }, "P12: {line:?}");
        let plain: String = line
            .split('\x1b')
            .skip(1)
            .map(|part| part.split_once('m').unwrap().1)
            .collect();
        assert_inert(&plain);
    }
}

// Sweeps

/// Logs `texts` and gives what each became.
#[track_caller]
fn became(format: &str, texts: &[String]) -> Vec<String> {
    let log = log_of(roomy(format).overflow(asynclogger::Overflow::Block), |logger| {
        for text in texts {
            log::info!(logger: logger, "{text}");
        }
    });
    let lines = lines(&log);
    assert_eq!(lines.len(), texts.len(), "P1: {format}");
    let message = |line: &&str| {
        assert_inert(line);
        match format {
            "{message}" => unescape(line).unwrap_or_else(|| panic!("P7: {line:?}")),
            _ => {
                members(format, line)
                    .into_iter()
                    .find(|(key, _)| key == "message")
                    .unwrap()
                    .1
            }
        }
    };
    lines.iter().map(message).collect()
}

#[track_caller]
fn assert_all_come_back(texts: &[String]) {
    for format in ["{message}", "json", "logfmt"] {
        for (text, back) in texts.iter().zip(became(format, texts)) {
            assert!(*text == back, "P7: {text:?} came back from {format} as {back:?}");
        }
    }
}

#[test]
fn every_scalar_value_alone_and_between_letters_is_inert_and_comes_back() {
    let scalars: Vec<char> = ('\0'..=char::MAX).collect();
    assert_eq!(scalars.len(), 1_112_064);
    let text = |chunk: &[char]| {
        chunk
            .iter()
            .fold("<".to_owned(), |text, c| format!("{text} {c} a{c}b"))
    };
    let texts: Vec<String> = scalars.chunks(512).map(text).collect();
    assert_all_come_back(&texts);
}

#[test]
fn every_pair_of_special_characters_is_inert_and_comes_back() {
    let mut special: Vec<char> = ('\0'..=char::MAX)
        .filter(|c| is_forbidden(*c) && u32::from(*c) < 0xE0000)
        .collect();
    special.extend([
        '\u{e0001}',
        '\u{e0041}',
        '\u{e007f}',
        '\\',
        '"',
        '{',
        '}',
        ' ',
        '=',
        '\'',
        'u',
        'n',
        '\u{200d}',
    ]);
    assert!(special.len() >= 110, "{}", special.len());
    let pairs = |first: &char| {
        special
            .iter()
            .map(|second| format!("{first}{second} "))
            .collect::<String>()
            + "."
    };
    let texts: Vec<String> = special.iter().map(pairs).collect();
    assert_all_come_back(&texts);
}

/// Pieces of the payloads in any order, split over a message and key-values at any place.
#[test]
fn ten_thousand_mixed_texts_are_inert_and_come_back() {
    let pieces: Vec<String> = payloads()
        .into_iter()
        .map(|payload| payload.text.chars().take(40).collect())
        .collect();
    let piece = prop_oneof![4 => prop::sample::select(pieces), 1 => any::<char>().prop_map(String::from)];
    let text = (
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        any::<prop::sample::Index>(),
    );
    let mut runner = TestRunner::deterministic();
    let cases: Vec<(String, usize)> = (0..10_000)
        .map(|_| {
            let (text, at) = text.new_tree(&mut runner).unwrap().current();
            let mut at = at.index(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            (text, at)
        })
        .collect();
    for format in ["json", "logfmt"] {
        let config = roomy(format).overflow(asynclogger::Overflow::Block);
        let log = log_of(config, |logger| {
            for (text, at) in &cases {
                log::info!(logger: logger, rest = &text[*at..], all = text.as_str(); "{}", &text[..*at]);
            }
        });
        let lines = lines(&log);
        assert_eq!(lines.len(), cases.len(), "P1");
        for ((text, at), line) in cases.iter().zip(lines) {
            assert_inert(line);
            let members = members(format, line);
            let of = |key: &str| members.iter().find(|(name, _)| name == key).unwrap().1.as_str();
            assert_eq!(
                (of("message"), of("rest"), of("all")),
                (&text[..*at], &text[*at..], text.as_str())
            );
        }
    }
    let texts: Vec<String> = cases.into_iter().map(|(text, _)| format!("<{text}")).collect();
    for (text, back) in texts.iter().zip(became("{message}", &texts)) {
        assert_eq!(*text, back, "P7");
    }
}

// What the logger says itself

/// Fails every write with this text.
struct Broken(String);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other(self.0.clone()))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn health_errors_and_notices_are_inert() {
    let told = alone_with("health_errors_and_notices_are_inert", &[], || {
        for payload in payloads() {
            let config = to_writer().shutdown_timeout(Duration::from_millis(20));
            let logger = AsyncLogger::start_with(config, Broken(payload.text.clone())).unwrap();
            log::warn!(logger: logger, target: payload.text.as_str(), "{}", payload.text);
            wait_until("the error is in health", || {
                logger.health().outputs[0].last_error.is_some()
            });
            let error = logger.shutdown().wait().unwrap_err();
            let health = logger.health();
            assert_inert(health.last_error.as_deref().unwrap());
            assert_inert(health.outputs[0].last_error.as_deref().unwrap());
            health.to_string().lines().for_each(assert_inert);
            assert_inert(&serde_json::to_string(&health).unwrap());
            [error.to_string(), format!("{error:?}")]
                .iter()
                .for_each(|text| assert_inert(text));
        }
    });
    let Some(told) = told else { return };
    let notices: Vec<&str> = told
        .split('\n')
        .filter(|line| line.starts_with("asynclogger ("))
        .collect();
    assert!(notices.len() >= payloads().len(), "{told}");
    for line in told.split('\n').filter(|line| !line.is_empty()) {
        assert_inert(line);
        assert!(
            line.len() < 512 && (line.starts_with("asynclogger (app): ")),
            "{line}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_is_inert_in_errors_health_and_notices() {
    let place = common::place::Place::new();
    for payload in payloads() {
        let name: String = payload.text.replace(['/', '\0'], "_").chars().take(40).collect();
        if name.is_empty() {
            continue;
        }
        // A directory cannot be made where a file stands.
        std::fs::write(place.path(&name), "").unwrap();
        let config = Config::new("app")
            .console(None)
            .log_file(place.path(&name).join("x.log"));
        let error = AsyncLogger::start(config).unwrap_err();
        assert_inert(&error.to_string());
        assert_inert(&format!("{error:?}"));
        assert!(error.to_string().starts_with("cannot "), "{error}");
    }
}

/// A record whose rendering panics is kept for reading, escaped and cut between escapes.
#[test]
fn failed_records_are_inert_and_cut_at_a_whole_escape() {
    for payload in payloads() {
        let seams = Seams::default().console(io::sink()).hook(|stage| {
            if stage == Stage::Format {
                std::panic::resume_unwind(Box::new("planted"));
            }
        });
        let logger = AsyncLogger::start_with_seams(Config::new("app").mask(Mask::none()), seams).unwrap();
        let text = payload.text.as_str();
        log::warn!(logger: logger, target: text, "{text}{text}{text}");
        // The answer may come before the record is counted: the worker died while it was asked.
        logger.shutdown().wait().unwrap_err();
        wait_until("the record is kept", || !logger.failed_records().is_empty());
        let failed = &logger.failed_records()[0];
        [&failed.target, &failed.message, &failed.error]
            .into_iter()
            .for_each(|text| assert_inert(text));
        let back = unescape(&failed.message).unwrap_or_else(|| panic!("{}", failed.message));
        assert!(
            failed.message.len() <= 1024 && text.repeat(3).starts_with(&back),
            "{}",
            payload.id
        );
    }
}

#[test]
fn the_text_of_a_wrong_setting_is_inert() {
    // Several faults stand on a line each.
    let are_inert = |error: Option<asynclogger::Error>| {
        error
            .into_iter()
            .for_each(|error| error.to_string().split('\n').for_each(assert_inert));
    };
    for payload in payloads() {
        let text = payload.text.as_str();
        let faulty = Config::new(format!("a/{text}")).validate();
        assert!(faulty.is_err());
        are_inert(faulty.err());
        let template = format!("{{{}}}", text.replace(['{', '}'], ""));
        are_inert(Config::new("app").file_format(template).validate().err());
        are_inert(Config::new("app").filter(format!("=={text}=")).validate().err());
        let file = serde_json::json!({ text: 1, "max_bytes": text, "level": text });
        let error = serde_json::from_value::<Config>(file).unwrap_err();
        error.to_string().split('\n').for_each(assert_inert);
    }
}

// What cannot be undone

#[test]
fn the_symbol_for_a_line_break_is_inert_and_cannot_be_turned_back() {
    let texts = ["a\nb", "a\r\nb", "a\rb", "a\u{2028}b", "a\u{85}b", "a\u{23ce}b"];
    let log = log_of(roomy("{message}").newlines(Newlines::Symbol), |logger| {
        texts.iter().for_each(|text| log::info!(logger: logger, "{text}"));
    });
    for line in lines(&log) {
        assert_inert(line);
        assert_eq!(line, "a\u{23ce}b");
    }
    // Other formats keep them apart.
    let log = log_of(roomy("json").newlines(Newlines::Symbol), |logger| {
        texts.iter().for_each(|text| log::info!(logger: logger, "{text}"));
    });
    for (text, line) in texts.iter().zip(lines(&log)) {
        assert_eq!(json(line)["message"], *text);
    }
}
