//! Lines for machines through the public API: schemas, zones, unmasked ids, no banner, limits, Prometheus.

mod values;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, BigIntegers, Capture, Config, ErrorKind, Schema, TimeZone};
use log::{LevelFilter, Log, Record};
use serde_json::Value as Json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SCHEMAS: [Schema; 6] = [
    Schema::Native,
    Schema::Usual,
    Schema::Ecs,
    Schema::Otel,
    Schema::Gcp,
    Schema::Bunyan,
];

/// 2025-01-02 03:04:30.990 UTC. The part of a time that comes from the real clock stays below a second.
fn frozen() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_735_787_070_990)
}

fn json(schema: Schema) -> Config {
    Config::new("shop").console_format("json").json_schema(schema)
}

/// The console's lines of the records that `log` logs.
#[track_caller]
fn lines(config: Config, log: impl FnOnce(&AsyncLogger)) -> Vec<String> {
    let console = Capture::new();
    let seams = Seams::default().console(console.clone()).clock(frozen);
    let logger = AsyncLogger::start_with_seams(config.level(LevelFilter::Trace), seams).unwrap();
    log(&logger);
    logger.shutdown().wait().unwrap();
    console.lines()
}

fn object(line: &str) -> Json {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

#[test]
fn ids_reach_the_place_of_their_schema_unmasked() {
    let places = [
        ["/trace_id", "/span_id"],
        ["/trace_id", "/span_id"],
        ["/trace.id", "/span.id"],
        ["/TraceId", "/SpanId"],
        [
            "/logging.googleapis.com~1trace",
            "/logging.googleapis.com~1spanId",
        ],
        ["/trace_id", "/span_id"],
    ];
    for (schema, [trace, span]) in SCHEMAS.into_iter().zip(places) {
        let [line] = <[String; 1]>::try_from(lines(json(schema), |logger| {
            log::info!(logger: logger, trace_id = TRACE, span_id = SPAN, password = "hunter2"; "m");
        }))
        .unwrap();
        let object = object(&line);
        assert_eq!(object.pointer(trace), Some(&TRACE.into()), "{line}");
        assert_eq!(object.pointer(span), Some(&SPAN.into()), "{line}");
        let password = object
            .pointer("/Attributes/password")
            .or(object.pointer("/password"));
        assert_eq!(password, Some(&"***".into()), "{line}");
    }
}

#[test]
fn the_first_line_is_the_first_record_and_nothing_else_is_written() {
    let dir = tempfile::tempdir().unwrap();
    for (schema, file) in SCHEMAS.into_iter().zip(["a", "b", "c", "d", "e", "f"]) {
        let path = dir.path().join(file);
        let config = json(schema).file_format("json").log_file(&path);
        let console = lines(config, |logger| {
            log::info!(logger: logger, target: "shop", number = 1; "first");
            log::info!(logger: logger, target: "shop", number = 2; "second");
        });
        assert_eq!(console.len(), 2, "{console:?}");
        let file = std::fs::read_to_string(path).unwrap();
        let numbers: Vec<Json> = file
            .lines()
            .map(|line| {
                let object = object(line);
                object
                    .pointer("/Attributes/number")
                    .or(object.pointer("/number"))
                    .cloned()
                    .unwrap()
            })
            .collect();
        assert_eq!(numbers, [1, 2], "{file}");
    }
}

#[test]
fn no_line_of_any_schema_is_longer_than_its_limit() {
    let long = "\u{e0041}".repeat(4_000);
    for schema in SCHEMAS {
        for limit in [1024, 1500, 4096] {
            let config = json(schema)
                .source(true)
                .field("zone", "z".repeat(limit / 8))
                .max_record_bytes(limit)
                .max_message_bytes(limit)
                .max_value_bytes(limit);
            let lines = lines(config, |logger| {
                log::info!(logger: logger, target: &long, trace_id = long.as_str(), v = long.as_str(); "{long}");
                log::info!(logger: logger, target: "shop", v = long.as_str(); "{long}");
            });
            for line in lines {
                assert!(line.len() < limit, "{} of {limit}: {line}", line.len());
                object(&line);
            }
        }
    }
}

// Zones

#[test]
fn lines_show_the_zone_that_was_set() {
    let india = TimeZone::Fixed { minutes_east: 330 };
    for (zone, format, expected) in [
        (
            TimeZone::Utc,
            "{time:%H:%M %z %:z %Z}|{message}",
            "03:04 +0000 +00:00 UTC|m",
        ),
        (
            india,
            "{time:%H:%M %z %:z %Z}|{message}",
            "08:34 +0530 +05:30 +05:30|m",
        ),
        (india, "{asctime} {message}", "2025-01-02 08:34:30 m"),
        (
            TimeZone::Fixed { minutes_east: -240 },
            "{time:%Y-%m-%d %H %p}|{message}",
            "2025-01-01 23 PM|m",
        ),
    ] {
        let config = Config::new("shop").console_format(format).time_zone(zone);
        let shown = lines(config, |logger| log::info!(logger: logger, target: "shop", "m"));
        assert_eq!(shown, [expected], "{format}");
    }
    for (format, start, end) in [
        ("{time}|{message}", "2025-01-02T08:34:30.", "+05:30|m"),
        (
            "logfmt",
            "time=\"2025-01-02T08:34:30.",
            "+05:30\" level=INFO target=shop msg=m",
        ),
    ] {
        let config = Config::new("shop").console_format(format).time_zone(india);
        let shown = lines(config, |logger| log::info!(logger: logger, target: "shop", "m"));
        assert!(
            shown[0].starts_with(start) && shown[0].ends_with(end),
            "{shown:?}"
        );
    }
}

#[test]
fn a_file_is_rotated_at_the_midnight_of_its_zone() {
    let dir = tempfile::tempdir().unwrap();
    // 18:29:59.5 UTC is half a second before midnight in India; the next logger starts 1 s later.
    let begin = UNIX_EPOCH + Duration::from_millis(1_735_756_199_500);
    for (moment, rotations) in [
        (begin, 0),
        (begin + Duration::from_secs(1), 1),
        (begin + Duration::from_secs(7_200), 0),
    ] {
        let config = Config::new("shop")
            .console(None)
            .log_dir(dir.path())
            .rotate_every(asynclogger::Period::Day)
            .time_zone(TimeZone::Fixed { minutes_east: 330 });
        let logger = AsyncLogger::start_with_seams(config, Seams::default().clock(move || moment)).unwrap();
        log::info!(logger: logger, target: "shop", "m");
        logger.shutdown().wait().unwrap();
        assert_eq!(logger.health().rotations, rotations, "{moment:?}");
        // A file belongs to the period in which it was written, by the frozen clock and not by the real one.
        let file = std::fs::OpenOptions::new()
            .append(true)
            .open(dir.path().join("shop.log"))
            .unwrap();
        file.set_modified(moment).unwrap();
    }
}

#[test]
fn an_offset_of_a_day_or_more_is_refused_with_the_limit() {
    for minutes_east in [1_440, -1_440, i16::MAX, i16::MIN] {
        let error = Config::new("shop")
            .time_zone(TimeZone::Fixed { minutes_east })
            .validate()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        assert!(
            text.contains("time_zone") && text.ends_with("up to +23:59 or -23:59"),
            "{text}"
        );
    }
    let furthest = TimeZone::Fixed { minutes_east: -1_439 };
    Config::new("shop").time_zone(furthest).validate().unwrap();
}

#[test]
fn schema_and_zone_are_read_from_files_and_shown_there() {
    let text = r#"{ "name": "shop", "json_schema": "ECS", "time_zone": "-03:30" }"#;
    let config: Config = serde_json::from_str(text).unwrap();
    let zone = TimeZone::Fixed { minutes_east: -210 };
    assert_eq!(
        config,
        Config::new("shop").json_schema(Schema::Ecs).time_zone(zone)
    );
    for schema in SCHEMAS {
        let word = serde_json::to_value(schema).unwrap();
        assert_eq!(
            serde_json::from_value::<Schema>(word.clone()).unwrap(),
            schema,
            "{word}"
        );
    }
    let fault =
        serde_json::from_str::<Config>(r#"{ "json_schema": "elastic", "time_zone": "CET" }"#).unwrap_err();
    let fault = fault.to_string();
    assert!(
        fault.contains("must be native, usual, ecs, otel, gcp or bunyan"),
        "{fault}"
    );
    assert!(
        fault.contains("must be `utc`, `local` or an offset as in `+05:30`"),
        "{fault}"
    );
}

#[cfg(not(feature = "local-time"))]
#[test]
fn local_time_without_its_feature_names_the_feature() {
    let fault = serde_json::from_str::<Config>(r#"{ "time_zone": "local" }"#).unwrap_err();
    assert!(
        fault
            .to_string()
            .contains("needs asynclogger's feature `local-time`"),
        "{fault}"
    );
}

/// Runs this test again in a process with another `TZ`, and returns the line that it prints.
#[cfg(all(unix, feature = "local-time"))]
fn line_with_tz(test: &str, zone: &str) -> String {
    let output = common::child::output_of(common::child::command(test).env("TZ", zone));
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let line = text
        .lines()
        .find_map(|line| line.split_once("LINE "))
        .map(|(_, line)| line.to_owned());
    line.unwrap_or(text)
}

#[cfg(all(unix, feature = "local-time"))]
use crate::common;

#[cfg(all(unix, feature = "local-time"))]
#[test]
fn local_time_is_that_of_the_variable_tz() {
    const TEST: &str = "local_time_is_that_of_the_variable_tz";
    if common::child::is_child(TEST) {
        let config = Config::new("shop")
            .time_zone(TimeZone::Local)
            .console_format("{time:%H:%M %:z %Z}|{message}");
        let console = Capture::new();
        let seams = Seams::default().console(console.clone()).clock(frozen);
        match AsyncLogger::start_with_seams(config, seams) {
            Ok(logger) => {
                log::info!(logger: logger, target: "shop", "m");
                logger.shutdown().wait().unwrap();
                println!("LINE {}", console.lines()[0]);
            }
            Err(error) => println!("LINE {error}"),
        }
        return;
    }
    // A POSIX rule needs no zone files: five hours west, and no summer time in January.
    assert_eq!(line_with_tz(TEST, "EST5EDT,M3.2.0,M11.1.0"), "22:04 -05:00 EST|m");
    assert_eq!(line_with_tz(TEST, "<+0530>-5:30"), "08:34 +05:30 +0530|m");
    // A zone that this machine does not have: UTC, with a notice.
    assert_eq!(line_with_tz(TEST, "Nowhere/At_All"), "03:04 +00:00 UTC|m");
}

// Prometheus

#[test]
fn a_running_logger_reports_its_figures_to_prometheus() {
    let logger = AsyncLogger::start_with(Config::new("shop").console(None), Capture::new()).unwrap();
    for _ in 0..3 {
        log::warn!(logger: logger, target: "shop", "m");
    }
    logger.flush().wait().unwrap();
    let text = logger.health().to_prometheus();
    for line in [
        r#"asynclogger_state{logger="shop",state="running"} 1"#,
        r#"asynclogger_records_total{logger="shop"} 3"#,
        r#"asynclogger_records_written_total{logger="shop"} 3"#,
        r#"asynclogger_output_written_total{logger="shop",output="writer"} 3"#,
        r#"asynclogger_records_pending{logger="shop"} 0"#,
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    logger.shutdown().wait().unwrap();
    assert!(logger.health().to_prometheus().contains(r#"state="stopped"} 1"#));
}
