//! The logger's own messages, and escapes that cannot be reversed.

use super::*;

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
    let stderr = alone_with("own_words::health_errors_and_notices_are_inert", &[], || {
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
    let Some(stderr) = stderr else { return };
    let notices: Vec<&str> = stderr
        .split('\n')
        .filter(|line| line.starts_with("asynclogger ("))
        .collect();
    assert!(notices.len() >= payloads().len(), "{stderr}");
    for line in stderr.split('\n').filter(|line| !line.is_empty()) {
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
        // A directory cannot be made where a file is.
        std::fs::write(place.path(&name), "").unwrap();
        let config = Config::new("app")
            .console(None)
            .log_file(place.path(&name).join("x.log"));
        let error = AsyncLogger::start(config).unwrap_err();
        assert_inert(&error.to_string());
        assert_inert(&format!("{error:?}"));
        // A name that looks like a variable of a shell is refused before anything is opened.
        let begins = if ["$q", "${"].iter().any(|variable| name.contains(variable)) {
            "invalid setting log_file = "
        } else {
            "cannot "
        };
        assert!(error.to_string().starts_with(begins), "{error}");
    }
}

/// A record whose rendering panics is kept for `failed_records()`, escaped and cut between escapes.
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
        // The answer may come before the record is counted, if the worker panicked during the request.
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
    // Each of several faults is on a separate line.
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
    // Other formats distinguish them.
    let log = log_of(roomy("json").newlines(Newlines::Symbol), |logger| {
        texts.iter().for_each(|text| log::info!(logger: logger, "{text}"));
    });
    for (text, line) in texts.iter().zip(lines(&log)) {
        assert_eq!(json(line)["message"], *text);
    }
}
