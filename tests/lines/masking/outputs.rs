//! Law M1: no output of any kind shows a secret.

use super::*;

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
                "logfmt" => row.assert_hidden_in(&common::line::logfmt(line)["msg"]),
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

/// The log and its backups, standard error as console, health and notices; the parent reads the child's standard error.
#[test]
fn no_secret_appears_in_files_on_the_console_or_in_notices() {
    let test = "outputs::no_secret_appears_in_files_on_the_console_or_in_notices";
    let stderr = alone_with(test, &[], || {
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
            broken_output_shows_nothing_of(row);
        }
    });
    let Some(stderr) = stderr else { return };
    let rows = samples();
    assert_eq!(
        stderr.lines().filter(|line| line.starts_with("console ")).count(),
        rows.len()
    );
    assert!(stderr.contains("asynclogger (app): cannot write"), "{stderr}");
    let stderr = plain(&stderr);
    rows.iter()
        .filter(|row| row.secret.len() >= 12)
        .for_each(|row| row.assert_hidden_in(&stderr));
}

/// Fails with a text that contains the row.
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
fn broken_output_shows_nothing_of(row: &Row) {
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
fn secrets_put_into_settings_are_not_shown_in_the_error() {
    // The text of a setting is masked as well.
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

/// The line about drops has their number, and no text of them.
#[test]
fn the_summary_of_drops_shows_nothing_of_the_records() {
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

/// A `Display` that panics after a secret shows the text before it, masked; the text of its panic appears nowhere.
#[test]
fn a_display_that_panics_shows_no_secret() {
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
