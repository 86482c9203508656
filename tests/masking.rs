//! No output of any kind shows a secret: the rows of `corpus/secrets*.jsonl` through the public face.
//!
//! That the rules find them is tested beside the rules, in `mask`. Here: each way to an output goes past the rules,
//! nothing that a limit cuts or a program writes in pieces slips through, and what cannot be masked is withheld.

mod common;

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
    /// The key under which it stands, for a row that is a value.
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

/// Those of the project's own samples, and those that were added.
fn all_rows() -> Vec<Row> {
    let rows = rows(&["secrets", "secrets-more"]);
    assert!(rows.len() > 1300, "{}", rows.len());
    rows
}

fn samples() -> Vec<Row> {
    rows(&["secrets"])
}

impl Row {
    /// Logs the row where it belongs: as the value of its key, or as a message.
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

    /// Panics if `shown` holds the secret, or, for a secret that is long enough, a part of it.
    #[track_caller]
    fn assert_hidden_in(&self, shown: &str) {
        assert!(!shown.contains(&self.secret), "{} is shown in {shown:?}", self.id);
    }
}

/// What a text line was before it was escaped.
#[track_caller]
fn plain(line: &str) -> String {
    unescape(line).unwrap_or_else(|| panic!("{line:?}"))
}

fn started(config: Config) -> (AsyncLogger, Bytes) {
    let bytes = Bytes::default();
    let logger = AsyncLogger::start_with(config.overflow(Overflow::Block), bytes.clone()).unwrap();
    (logger, bytes)
}

/// The lines of what `log` logs, as they were before they were escaped.
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

// M1: in every output

#[test]
fn no_line_of_any_format_shows_a_secret() {
    let rows = all_rows();
    for format in ["{message}{extras}", "json", "logfmt"] {
        let (logger, bytes) = started(to_writer().file_format(format));
        rows.iter().for_each(|row| row.log(&logger));
        logger.shutdown().wait().unwrap();
        let log = bytes.take();
        let lines = lines(&log);
        assert_eq!(lines.len(), rows.len());
        for (row, line) in rows.iter().zip(lines) {
            match format {
                "json" => json(line)
                    .values()
                    .for_each(|value| row.assert_hidden_in(value.as_str().unwrap_or_default())),
                "logfmt" => row.assert_hidden_in(&common::line::logfmt(line)["message"]),
                _ => row.assert_hidden_in(&plain(line)),
            }
        }
        assert!(
            logger.health().masked >= rows.len() as u64,
            "M12: {}",
            logger.health()
        );
    }
}

/// The log and its backups, standard error as console, health and the notices; the parent reads what the child said.
#[test]
fn a_process_shows_no_secret_in_its_files_on_its_console_or_in_its_notices() {
    let test = "a_process_shows_no_secret_in_its_files_on_its_console_or_in_its_notices";
    let told = alone_with(test, &[], || {
        let dir = tempfile::tempdir().unwrap();
        let config = common::to_file(dir.path())
            .file_format("{message}{extras}")
            .console(asynclogger::Console::Stderr)
            .console_format("console {message}{extras}")
            .overflow(Overflow::Block)
            .max_bytes(8 << 10)
            .backup_count(1000);
        let logger = AsyncLogger::start(config).unwrap();
        let rows = samples();
        rows.iter().for_each(|row| row.log(&logger));
        logger.shutdown().wait().unwrap();
        let files = std::fs::read_dir(dir.path()).unwrap().count();
        assert!(files >= 2, "nothing was rotated: {files}");
        let log = common::lines_of(&dir.path().join("app.log"));
        let lines = lines(&log);
        assert_eq!(lines.len(), rows.len());
        rows.iter()
            .zip(lines)
            .for_each(|(row, line)| row.assert_hidden_in(&plain(line)));
        let health = logger.health();
        for row in rows.iter().filter(|row| row.secret.len() >= 12) {
            row.assert_hidden_in(&health.to_string());
            row.assert_hidden_in(&serde_json::to_string(&health).unwrap());
            broken_output_tells_nothing_of(row);
        }
    });
    let Some(told) = told else { return };
    let rows = samples();
    assert_eq!(
        told.lines().filter(|line| line.starts_with("console ")).count(),
        rows.len()
    );
    assert!(told.contains("asynclogger (app): cannot write"), "{told}");
    let told = plain(&told);
    rows.iter()
        .filter(|row| row.secret.len() >= 12)
        .for_each(|row| row.assert_hidden_in(&told));
}

/// Fails with a text that tells the row.
struct Broken(String);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other(self.0.clone()))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[track_caller]
fn broken_output_tells_nothing_of(row: &Row) {
    if row.key.is_some() {
        return;
    }
    let config = to_writer().shutdown_timeout(Duration::from_millis(10));
    let logger = AsyncLogger::start_with(config, Broken(row.text.clone())).unwrap();
    log::warn!(logger: logger, "{}", row.text);
    wait_until("the error is in health", || {
        logger.health().outputs[0].last_error.is_some()
    });
    let error = logger.shutdown().wait().unwrap_err();
    row.assert_hidden_in(&plain(&error.to_string()));
    let health = logger.health();
    row.assert_hidden_in(&plain(health.last_error.as_deref().unwrap()));
    row.assert_hidden_in(&plain(health.outputs[0].last_error.as_deref().unwrap()));
    logger
        .failed_records()
        .iter()
        .for_each(|failed| row.assert_hidden_in(&plain(&failed.message)));
}

#[test]
fn names_and_values_of_any_type_show_no_secret() {
    for row in samples().into_iter().filter(|row| row.key.is_none()) {
        let config = to_writer().file_format("{target} {module} {file} {thread} {message}{extras}");
        let (logger, bytes) = started(config);
        let text = row.text.as_str();
        let pairs = [
            ("str", Value::from(text)),
            ("display", Value::from_display(&text)),
            (text, Value::from(1)),
        ];
        let log = || {
            let mut record = Record::builder();
            record
                .level(Level::Info)
                .target(text)
                .module_path(Some(text))
                .file(Some(text));
            logger.log(&record.args(format_args!("x")).build());
        };
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name(text.replace('\0', ""));
            thread.spawn_scoped(scope, log).unwrap().join().unwrap();
        });
        let mut record = Record::builder();
        logger.log(
            &record
                .level(Level::Info)
                .key_values(&pairs)
                .args(format_args!("x"))
                .build(),
        );
        logger.shutdown().wait().unwrap();
        let log = bytes.take();
        for line in lines(&log) {
            row.assert_hidden_in(&plain(line));
        }
    }
}

#[test]
fn what_settings_hold_by_mistake_is_not_shown_in_the_error() {
    // Whoever writes settings does not evade the mask.
    let honest = |row: &Row| row.key.is_none() && !row.id.starts_with("eva-");
    for row in samples().into_iter().filter(honest) {
        let text = row.text.as_str();
        let error = Config::new(format!("a/{text}")).validate().unwrap_err();
        row.assert_hidden_in(&error.to_string());
        row.assert_hidden_in(&format!("{error:?}"));
    }
    let token = format!("ghp_{}", "0".repeat(36));
    for file in [
        serde_json::json!({ "max_bytes": token }),
        serde_json::json!({ "level": format!("token={token}") }),
        serde_json::json!({ &token: 1 }),
        serde_json::json!({ "overflow": "postgres://app:EXAMPLE-pw@db/x" }),
        serde_json::json!({ "color": "password: EXAMPLE-pw" }),
    ] {
        let error = serde_json::from_value::<Config>(file).unwrap_err().to_string();
        assert!(
            !error.contains(&token) && !error.contains("EXAMPLE-pw"),
            "{error}"
        );
    }
}

#[test]
fn failed_records_show_no_secret() {
    let rows: Vec<Row> = samples()
        .into_iter()
        .filter(|row| row.key.is_none())
        .take(90)
        .collect();
    for stage in [Stage::Mask, Stage::Format] {
        let seams = Seams::default().console(io::sink()).hook(move |now| {
            if now == stage {
                std::panic::resume_unwind(Box::new("planted"));
            }
        });
        let logger = AsyncLogger::start_with_seams(Config::new("app"), seams).unwrap();
        rows.iter().for_each(|row| row.log(&logger));
        wait_until("all have failed", || logger.health().failed == rows.len() as u64);
        let failed = logger.failed_records();
        assert_eq!(failed.len(), rows.len());
        for (row, failed) in rows.iter().zip(&failed) {
            row.assert_hidden_in(&plain(&failed.message));
        }
        logger.shutdown().wait().unwrap_err();
    }
}

/// The line about drops tells how many, and nothing of what was dropped.
#[test]
fn the_summary_of_drops_tells_nothing_of_the_records() {
    let gate = Gate::closed();
    let config = message_only()
        .overflow(Overflow::DropNewest)
        .max_record_bytes(1024)
        .max_message_bytes(1024)
        .max_value_bytes(1024)
        .queue_bytes(8192)
        .batch_bytes(1024);
    let logger = AsyncLogger::start_with(config, gate.clone()).unwrap();
    let rows: Vec<Row> = samples()
        .into_iter()
        .filter(|row| row.secret.len() >= 12)
        .collect();
    let mut sent = 0;
    while logger.health().dropped.total < 200 {
        rows.iter().for_each(|row| row.log(&logger));
        sent += rows.len();
        assert!(sent < 1_000_000, "nothing is dropped");
    }
    gate.set_open(true);
    logger.shutdown().wait().unwrap_err();
    let log = String::from_utf8(gate.bytes()).unwrap();
    let own: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("records dropped"))
        .collect();
    assert!(!own.is_empty(), "{log}");
    for line in own {
        rows.iter().for_each(|row| row.assert_hidden_in(&plain(line)));
    }
}

/// A `Display` that panics behind a secret shows what came before, masked; its panic's text is nowhere.
#[test]
fn a_display_that_panics_tells_no_secret() {
    struct Panics<'t>(&'t str);
    impl fmt::Display for Panics<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)?;
            std::panic::resume_unwind(Box::new(self.0.to_owned()))
        }
    }
    let rows: Vec<Row> = samples().into_iter().filter(|row| row.key.is_none()).collect();
    let found = shown(message_only(), |logger| {
        rows.iter()
            .for_each(|row| log::info!(logger: logger, "{}", Panics(&row.text)));
    });
    assert_eq!(found[0], "login failed password=***<panic while formatting>");
    for (row, line) in rows.iter().zip(found) {
        assert!(
            line.ends_with("while formatting>") || line.ends_with("***"),
            "{}: {line}",
            row.id
        );
        row.assert_hidden_in(&line);
    }
}

// M6: before limits, and whatever the pieces

/// Writes its text one character at a time.
struct Pieces<'t>(&'t str);

impl fmt::Display for Pieces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| fmt::Write::write_char(f, c))
    }
}

#[test]
fn a_secret_that_is_written_in_pieces_is_hidden() {
    let rows: Vec<Row> = all_rows().into_iter().filter(|row| row.key.is_none()).collect();
    let found = shown(message_only(), |logger| {
        for row in &rows {
            log::info!(logger: logger, part:% = Pieces(&row.text); "{}", Pieces(&row.text));
        }
    });
    rows.iter()
        .zip(found)
        .for_each(|(row, line)| row.assert_hidden_in(&line));
}

/// What is known of every token of its kind.
const PREFIXES: [&str; 3] = ["github_pat_", "rk_live_", "AGE-SECRET-KEY-1"];

/// The longest beginning of the secret that `shown` ends in, past the mark of the cut.
fn part_at_the_end<'r>(row: &'r Row, shown: &str) -> &'r str {
    let shown = shown.trim_end_matches(['.', ']', '"', '}']);
    let fits = |len: &usize| row.secret.is_char_boundary(*len) && shown.ends_with(&row.secret[..*len]);
    let len = (0..=row.secret.len()).rev().find(fits).unwrap_or(0);
    &row.secret[..len]
}

/// Every limit is put at every place of each secret, by so much text before it.
#[test]
fn a_secret_that_a_limit_cuts_leaves_no_part() {
    const LIMIT: usize = 1024;
    let rows: Vec<Row> = samples().into_iter().filter(|row| row.key.is_none()).collect();
    let before = |row: &Row, kept: usize| format!("{} {}", "x".repeat(LIMIT - 1 - kept), row.text);
    let cuts = || {
        rows.iter()
            .flat_map(|row| (1..row.text.len().min(400)).map(move |kept| (row, kept)))
    };
    let message = message_only().max_message_bytes(LIMIT);
    let value = message_only().max_value_bytes(LIMIT);
    let record = message_only()
        .max_record_bytes(LIMIT)
        .max_message_bytes(LIMIT)
        .max_value_bytes(LIMIT);
    for (config, in_value) in [(message, false), (value, true), (record, false)] {
        let found = shown(config, |logger| {
            for (row, kept) in cuts() {
                let text = before(row, kept);
                match in_value {
                    true => log::info!(logger: logger, part = text.as_str(); "m"),
                    false => log::info!(logger: logger, "{text}"),
                }
            }
        });
        for ((row, kept), line) in cuts().zip(found) {
            let part = part_at_the_end(row, &line);
            let public = PREFIXES.iter().any(|prefix| prefix.starts_with(part));
            assert!(
                part.len() < 8 || public,
                "{} cut after {kept}: {part:?} ends {line:?}",
                row.id
            );
            row.assert_hidden_in(&line);
        }
    }
}

/// A style sequence, a zero byte or an invisible character inside of a value does not let its rest through.
#[test]
fn what_is_invisible_inside_of_a_keyed_secret_does_not_split_it() {
    let keyed = [
        "pw-", "sec-", "json-", "dbg-", "cs-", "form-", "yaml-", "env-", "hdr-", "url-",
    ];
    let rows: Vec<Row> = samples()
        .into_iter()
        .filter(|row| {
            keyed.iter().any(|kind| row.id.starts_with(kind))
                && row.secret.is_ascii()
                && row.secret.len() >= 12
        })
        .collect();
    assert!(rows.len() >= 20);
    for inside in ["\u{1b}[0m", "\0", "\u{200b}", "\u{7f}", "\u{202e}", "\u{feff}"] {
        let found = shown(message_only(), |logger| {
            for row in &rows {
                let (start, end) = row.secret.split_at(row.secret.len() / 2);
                let text = row.text.replace(&row.secret, &format!("{start}{inside}{end}"));
                log::info!(logger: logger, "{text}");
            }
        });
        for (row, line) in rows.iter().zip(found) {
            let (start, end) = row.secret.split_at(row.secret.len() / 2);
            assert!(
                !line.contains(start) && !line.contains(end),
                "{} with {inside:?}: {line:?}",
                row.id
            );
        }
    }
}

// M2, M4, M5, M7, M10, M11

#[test]
fn benign_text_is_not_changed() {
    let rows: Vec<Row> = rows(&["benign", "benign-more"])
        .into_iter()
        .filter(|row| !row.id.starts_with("hard-"))
        .collect();
    assert!(rows.len() > 1000, "{}", rows.len());
    let (logger, bytes) = started(message_only());
    rows.iter()
        .for_each(|row| log::info!(logger: logger, "{}", row.text));
    logger.shutdown().wait().unwrap();
    assert_eq!(logger.health().masked, 0, "M2");
    let log = bytes.take();
    for (row, line) in rows.iter().zip(lines(&log)) {
        assert_eq!(plain(line), row.text, "M2: {}", row.id);
    }
}

#[test]
fn a_line_that_is_logged_again_stays_as_it_is() {
    let rows: Vec<Row> = all_rows().into_iter().filter(|row| row.key.is_none()).collect();
    let once = shown(message_only(), |logger| {
        rows.iter()
            .for_each(|row| log::info!(logger: logger, "{}", row.text));
    });
    let twice = shown(message_only(), |logger| {
        once.iter().for_each(|line| log::info!(logger: logger, "{line}"));
    });
    assert_eq!(once, twice, "M7");
}

#[test]
fn the_mask_tells_no_length_and_keeps_what_is_around() {
    let texts =
        [1, 9, 300].map(|len| format!("postgres://app:{}@db.example.com:5432/app?a=b", "q".repeat(len)));
    let found = shown(message_only(), |logger| {
        for (text, len) in texts.iter().zip([1, 9, 300]) {
            log::info!(logger: logger, password = "q".repeat(len); "{text}");
        }
    });
    let wanted = "postgres://app:***@db.example.com:5432/app?a=b [password=***]";
    assert_eq!(found, [wanted; 3], "M4, M5");
}

#[test]
fn numbers_that_are_no_cards_stay() {
    let luhn = |digits: &str| {
        let sum: u32 = (digits.bytes().rev().enumerate())
            .map(|(n, digit)| u32::from(digit - b'0') << (n % 2))
            .map(|value| value / 10 + value % 10)
            .sum();
        sum.is_multiple_of(10)
    };
    // Stamps, identifiers and counters, of which one in ten passes the check of Luhn.
    let stamps = (0..20_000u64).map(|n| (1_700_000_000_000 + n * 7919).to_string());
    let counters = (0..20_000u64).map(|n| (9_000_000_000_000_000 + n * 104_729).to_string());
    let numbers: Vec<String> = stamps.chain(counters).collect();
    assert!(
        numbers.iter().filter(|number| luhn(number)).count() > 3_000,
        "M10"
    );
    let found = shown(message_only(), |logger| {
        numbers
            .iter()
            .for_each(|number| log::info!(logger: logger, "id {number} done"));
    });
    for (number, line) in numbers.iter().zip(found) {
        assert_eq!(line, format!("id {number} done"), "M10");
    }
    let cards = [
        "4111111111111111",
        "378282246310005",
        "6011 1111 1111 1117",
        "5555-5555-5555-4444",
    ];
    let found = shown(message_only(), |logger| {
        cards
            .iter()
            .for_each(|card| log::info!(logger: logger, "id {card} done"));
    });
    assert_eq!(found, ["id *** done"; 4], "M10");
}

#[test]
fn a_key_is_known_in_any_case_and_with_any_separator_and_only_as_a_whole_word() {
    let secret = [
        "api_key",
        "apiKey",
        "API-KEY",
        "Api.Key",
        "api key",
        "X-Api-Key",
        "a\u{200b}pi_key",
        "ａｐｉ_key",
        "x.y.api_key",
    ];
    let open = [
        "monkey",
        "api_keys_used",
        "apikeyless",
        "passwordless",
        "tokens_used",
        "author",
        "compass",
    ];
    for (keys, wanted) in [(&secret[..], "***"), (&open[..], "EXAMPLE-1")] {
        for key in keys {
            let (logger, bytes) = started(message_only().file_format("json"));
            let pairs = [(*key, Value::from("EXAMPLE-1"))];
            let mut record = Record::builder();
            record.level(Level::Info).key_values(&pairs);
            logger.log(&record.args(format_args!("{key}=EXAMPLE-1")).build());
            logger.shutdown().wait().unwrap();
            let values = json(lines(&bytes.take())[0]);
            let value = values
                .iter()
                .find(|(name, _)| !["timestamp", "level", "target", "message"].contains(&name.as_str()));
            assert_eq!(value.unwrap().1, wanted, "M11: {key:?}");
            assert_eq!(values["message"], format!("{key}={wanted}"), "M11");
        }
    }
}

// M9, and what a user sets

/// A record that could not be masked is withheld and counted; the next ones are written.
#[test]
fn a_masker_that_panics_withholds_the_record_and_counts_it() {
    let capture = Capture::new();
    let left = std::sync::atomic::AtomicU32::new(3);
    let seams = Seams::default().console(capture.clone()).hook(move |stage| {
        use std::sync::atomic::Ordering::Relaxed;
        if stage == Stage::Mask
            && left
                .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
                .is_ok()
        {
            std::panic::resume_unwind(Box::new("planted"));
        }
    });
    let logger =
        AsyncLogger::start_with_seams(Config::new("app").console_format("{message}"), seams).unwrap();
    for n in 0..5 {
        log::info!(logger: logger, "{n} password=EXAMPLE-pw");
    }
    wait_until("three are withheld", || {
        logger.health().failed == 3 && logger.health().written == 2
    });
    assert_eq!(capture.lines(), ["3 password=***", "4 password=***"], "M9");
    assert_balanced(&logger.health(), 5);
    logger.shutdown().wait().unwrap_err();
}

#[test]
fn own_keys_prefixes_and_addresses_are_hidden_and_kept_keys_are_shown() {
    let mask = Mask::standard()
        .key("voucher")
        .token_prefix("acme_", 4)
        .keep_key("session_id")
        .emails(true);
    let found = shown(message_only().mask(mask), |logger| {
        log::info!(logger: logger, voucher = "SUMMER", session_id = "0123456789abcdef"; "acme_1234 for bob@example.com");
        log::info!(logger: logger, pin:% = Secret::new(4711); "{:?}", Secret::new("x"));
    });
    assert_eq!(
        found,
        [
            "*** for b***@example.com [voucher=***, session_id=0123456789abcdef]",
            "*** [pin=***]"
        ]
    );
    let found = shown(message_only().mask(Mask::none()), |logger| {
        log::info!(logger: logger, password = "x"; "password=EXAMPLE-pw");
    });
    assert_eq!(found, ["password=EXAMPLE-pw [password=x]"]);
}
