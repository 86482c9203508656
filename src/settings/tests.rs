use super::*;
use crate::error::ErrorKind;
use crate::sink::writer::WriterOpener;
use log::Level;

#[test]
fn a_configuration_without_any_output_is_refused() {
    let error = Settings::parse(
        &Config::new("app").console(None),
        Vec::new(),
        Environment::Ignored,
    )
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("no output at all"), "{error}");
    let writer: Arc<dyn Opener> = Arc::new(WriterOpener::new(Box::new(std::io::sink())));
    assert!(
        Settings::parse(
            &Config::new("app").console(None),
            vec![writer],
            Environment::Ignored
        )
        .is_ok()
    );
}

#[test]
fn faults_of_values_templates_styles_and_filters_are_reported_at_once() {
    let config = Config::new("")
        .batch_bytes(0)
        .file_format("{lvl}")
        .console_format("{message")
        .level_color(Level::Warn, "yelow")
        .filter("app=loud");
    let text = config.validate().unwrap_err().to_string();
    for setting in [
        "name",
        "batch_bytes",
        "file_format",
        "console_format",
        "level_color.warn",
        "filter",
    ] {
        assert!(text.contains(setting), "{setting} is missing in: {text}");
    }
}

/// Settings are checked against each other, so a value out of range takes part in sums before it is reported.
#[test]
fn sizes_out_of_every_range_are_reported_and_overflow_nothing() {
    type Setter = fn(Config, usize) -> Config;
    let setters: [(&str, Setter); 6] = [
        ("max_message_bytes", Config::max_message_bytes),
        ("max_value_bytes", Config::max_value_bytes),
        ("max_key_bytes", Config::max_key_bytes),
        ("max_record_bytes", Config::max_record_bytes),
        ("queue_bytes", Config::queue_bytes),
        ("batch_bytes", Config::batch_bytes),
    ];
    for (setting, set) in setters {
        for bytes in [0, 1, usize::MAX / 2, usize::MAX - 1, usize::MAX] {
            let checked = set(Config::new("app").field("e", "p"), bytes).validate();
            let reported = checked.map_or_else(|error| error.to_string(), |()| String::new());
            let fits = match setting {
                "max_message_bytes" | "max_value_bytes" => bytes == 1,
                "queue_bytes" | "batch_bytes" => bytes > 1,
                _ => false,
            };
            assert_eq!(reported.is_empty(), fits, "{setting} = {bytes}: {reported}");
            assert!(
                fits || reported.contains(setting),
                "{setting} = {bytes}: {reported}"
            );
        }
    }
}

#[test]
fn the_widest_level_is_that_of_the_most_talkative_output() {
    let config = Config::new("app")
        .log_dir("/nowhere")
        .console_level(LevelFilter::Warn);
    let config = config.file_level(LevelFilter::Debug);
    let settings = Settings::parse(&config, Vec::new(), Environment::Ignored).unwrap();
    assert_eq!(settings.widest_level(), LevelFilter::Debug);
}
