//! The snapshot for Prometheus, in its text format 0.0.4
//! (prometheus.io/docs/instrumenting/exposition_formats).
//!
//! Each family of metrics stands in one block with its help and type; counters end in `_total`.

use super::serial::unix_secs;
use super::{Health, OutputHealth, OutputState, State};
use std::fmt::{Display, Write};

impl Health {
    /// Returns the figures in the text format of Prometheus, each with the label `logger`, the logger's name.
    ///
    /// Serve the text with the content type `text/plain; version=0.0.4`. If one process has several loggers, serve
    /// each under its own path: a text may declare a metric only once, so two of these texts cannot be joined.
    ///
    /// | metric | kind | further label |
    /// | --- | --- | --- |
    /// | `asynclogger_state` (1 for the state it is in, else 0) | gauge | `state` |
    /// | `asynclogger_records_total`, `asynclogger_records_written_total`, `asynclogger_records_failed_total` | counter | |
    /// | `asynclogger_records_dropped_total` | counter | `reason` |
    /// | `asynclogger_records_dropped_by_level_total` | counter | `level` |
    /// | `asynclogger_records_pending`, `asynclogger_failed_records_kept` | gauge | |
    /// | `asynclogger_errors_total` | counter | |
    /// | `asynclogger_last_error_timestamp_seconds`, `asynclogger_since_flush_seconds` (where there is one) | gauge | |
    /// | `asynclogger_queue_bytes`, `asynclogger_queue_peak_bytes` | gauge | |
    /// | `asynclogger_batches_total` | counter | |
    /// | `asynclogger_batch_records_last`, `..._mean`, `..._max` | gauge | |
    /// | `asynclogger_written_bytes_total`, `asynclogger_rotations_total`, `asynclogger_purged_files_total` | counter | |
    /// | `asynclogger_lock_timeouts_total`, `asynclogger_unlocked_batches_total`, `asynclogger_reopened_files_total` | counter | |
    /// | `asynclogger_masked_total`, `asynclogger_truncated_total`, `asynclogger_escaped_total`, `asynclogger_own_lines_total` | counter | |
    /// | `asynclogger_extras_cache_keys` | gauge | |
    /// | `asynclogger_extras_cache_hits_total`, `asynclogger_extras_cache_misses_total` | counter | |
    /// | `asynclogger_output_up` (1 while it runs) | gauge | `output` |
    /// | `asynclogger_output_written_total`, `asynclogger_output_failed_total`, `asynclogger_output_dropped_total` | counter | `output` |
    ///
    /// # Examples
    ///
    /// ```
    /// let text = asynclogger::health().to_prometheus();
    /// assert!(text.contains("# TYPE asynclogger_records_total counter\n"));
    /// assert!(text.contains("asynclogger_records_total{logger=\"\"} 0\n"));
    /// ```
    pub fn to_prometheus(&self) -> String {
        let mut text = Text {
            out: String::new(),
            logger: escaped(&self.name),
        };
        self.state_and_drops(&mut text);
        for (name, help, value) in self.counts() {
            text.single(name, help, COUNTER, value);
        }
        for (name, help, value) in self.levels() {
            text.single(name, help, GAUGE, value);
        }
        self.moments(&mut text);
        self.each_output(&mut text);
        text.out
    }

    fn state_and_drops(&self, text: &mut Text) {
        let states = [State::NotStarted, State::Running, State::Degraded, State::Stopped];
        let states = states.map(|state| (state.as_str(), u64::from(state == self.state)));
        let help = "Whether the logger is in this state.";
        text.labelled("state", help, GAUGE, "state", states);
        let reasons = self.dropped.by_reason_name();
        let help = "Records that were dropped, by reason.";
        text.labelled("records_dropped_total", help, COUNTER, "reason", reasons);
        let levels = self.dropped.by_level_name();
        let help = "Records that were dropped, by level.";
        text.labelled("records_dropped_by_level_total", help, COUNTER, "level", levels);
    }

    /// Counters.
    #[rustfmt::skip]
    fn counts(&self) -> [(&'static str, &'static str, u64); 17] {
        let cache = &self.extras_cache;
        [
            ("records_total", "Records that at least one output wanted.", self.total_messages),
            ("records_written_total", "Records that their main output took.", self.written),
            ("records_failed_total", "Records that could not be written.", self.failed),
            ("errors_total", "Errors of outputs and stages.", self.error_count),
            ("batches_total", "Batches that were written.", self.batches.count),
            ("written_bytes_total", "Bytes that the main outputs took.", self.bytes_written),
            ("rotations_total", "Rotations of the log file.", self.rotations),
            ("purged_files_total", "Old log files that were deleted.", self.purged_files),
            ("lock_timeouts_total", "Times the lock of the log file was kept too long by another process.", self.lock_timeouts),
            ("unlocked_batches_total", "Batches that were written without the lock.", self.unlocked_batches),
            ("reopened_files_total", "Times another file was found at the log's path, or none.", self.reopened_files),
            ("masked_total", "Places in which a secret was masked.", self.masked),
            ("truncated_total", "Records of which a part was cut.", self.truncated),
            ("escaped_total", "Records of which a part was escaped.", self.escaped),
            ("own_lines_total", "Lines that the logger wrote on its own account.", self.own_lines),
            ("extras_cache_hits_total", "Times a key was remembered.", cache.hits),
            ("extras_cache_misses_total", "Times a key was not remembered.", cache.misses),
        ]
    }

    /// Gauges.
    #[rustfmt::skip]
    fn levels(&self) -> [(&'static str, &'static str, f64); 8] {
        [
            ("records_pending", "Records that are on their way.", self.pending as f64),
            ("failed_records_kept", "Failed records that are kept for reading.", self.failed_logs_count as f64),
            ("queue_bytes", "Bytes of the queue in use.", self.queue_bytes as f64),
            ("queue_peak_bytes", "The most bytes of the queue that were in use.", self.queue_bytes_max as f64),
            ("batch_records_last", "Records in the last batch.", self.batches.records_last as f64),
            ("batch_records_mean", "Records in a batch, on the average.", self.batches.records_mean),
            ("batch_records_max", "Records in the largest batch.", self.batches.records_max as f64),
            ("extras_cache_keys", "Keys of key-values that are remembered.", self.extras_cache.size as f64),
        ]
    }

    fn moments(&self, text: &mut Text) {
        if let Some(time) = self.last_error_time {
            let help = "When the last error happened, in seconds since 1970.";
            text.single("last_error_timestamp_seconds", help, GAUGE, unix_secs(time));
        }
        if let Some(time) = self.time_since_flush {
            let help = "Seconds since everything that was accepted had been written.";
            text.single("since_flush_seconds", help, GAUGE, time.as_secs_f64());
        }
    }

    fn each_output(&self, text: &mut Text) {
        let of = |figure: fn(&OutputHealth) -> u64| {
            let figures = self.outputs.iter().map(figure);
            let names = self.outputs.iter().map(|output| output.name.as_str());
            names.zip(figures).collect::<Vec<_>>()
        };
        let help = "Whether the output takes what it is given.";
        let up = of(|output| u64::from(output.state == OutputState::Running));
        text.labelled("output_up", help, GAUGE, "output", up);
        let help = "Records that the output took.";
        let written = of(|output| output.written);
        text.labelled("output_written_total", help, COUNTER, "output", written);
        let help = "Records that the output could not write.";
        let failed = of(|output| output.failed);
        text.labelled("output_failed_total", help, COUNTER, "output", failed);
        let help = "Records that the output was too far behind for.";
        let dropped = of(|output| output.dropped);
        text.labelled("output_dropped_total", help, COUNTER, "output", dropped);
    }
}

const COUNTER: &str = "counter";
const GAUGE: &str = "gauge";

struct Text {
    out: String,
    /// The value of the label `logger`.
    logger: String,
}

impl Text {
    fn single(&mut self, name: &str, help: &str, kind: &str, value: impl Display) {
        self.head(name, help, kind);
        let line = format!("asynclogger_{name}{{logger=\"{}\"}} {value}\n", self.logger);
        self.out.push_str(&line);
    }

    /// Writes a family with one metric for each value of `label`; nothing if there are no values.
    fn labelled<'a>(
        &mut self,
        name: &str,
        help: &str,
        kind: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'a str, u64)>,
    ) {
        for (at, (which, value)) in values.into_iter().enumerate() {
            if at == 0 {
                self.head(name, help, kind);
            }
            let labels = format!("logger=\"{}\",{label}=\"{}\"", self.logger, escaped(which));
            // OK because writing to a string cannot fail.
            writeln!(self.out, "asynclogger_{name}{{{labels}}} {value}").expect("a string grows");
        }
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let head = format!("# HELP asynclogger_{name} {help}\n# TYPE asynclogger_{name} {kind}\n");
        self.out.push_str(&head);
    }
}

/// A label value, with `\`, `"` and line feeds escaped as the format requires.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Counters, DropReason, OutputCounters};
    use log::Level;
    use std::collections::HashSet;

    fn health() -> Health {
        let counters = Counters::default();
        counters.wrote(41);
        counters.refuse(DropReason::QueueFull, Level::Info);
        counters.error(
            "full",
            crate::clock::Wall {
                secs: 1_735_787_045,
                nanos: 500_000_000,
            },
        );
        let mut health = counters.snapshot(crate::clock::Tick(0));
        health.name = "a \"b\" \\ c".to_owned();
        health.state = State::Running;
        health.written = 41;
        health.dropped = counters.dropped();
        health.last_error_time = counters.last_error().map(|(_, at)| at.into());
        health.outputs = ["file", "console", "a \"b\""]
            .map(|name| OutputCounters::new(name).snapshot())
            .to_vec();
        health
    }

    #[test]
    fn figures_stand_under_their_names_with_the_loggers() {
        let text = health().to_prometheus();
        for line in [
            r#"asynclogger_state{logger="a \"b\" \\ c",state="running"} 1"#,
            r#"asynclogger_state{logger="a \"b\" \\ c",state="stopped"} 0"#,
            r#"asynclogger_records_written_total{logger="a \"b\" \\ c"} 41"#,
            r#"asynclogger_records_dropped_total{logger="a \"b\" \\ c",reason="queue_full"} 1"#,
            r#"asynclogger_records_dropped_by_level_total{logger="a \"b\" \\ c",level="info"} 1"#,
            r#"asynclogger_last_error_timestamp_seconds{logger="a \"b\" \\ c"} 1735787045.5"#,
            r#"asynclogger_output_up{logger="a \"b\" \\ c",output="console"} 1"#,
            r#"asynclogger_output_up{logger="a \"b\" \\ c",output="a \"b\""} 1"#,
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line} is not in\n{text}"
            );
        }
    }

    #[test]
    fn each_metric_appears_once_in_a_block_with_help_and_type() {
        let text = health().to_prometheus();
        let (mut families, mut metrics, mut family) = (HashSet::new(), HashSet::new(), "");
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                family = help.split_once(' ').unwrap().0;
                assert!(families.insert(family), "{family} twice");
                let kind = lines.next().unwrap().strip_prefix("# TYPE ").unwrap();
                let (of, kind) = kind.split_once(' ').unwrap();
                assert_eq!(
                    (of, kind == "counter"),
                    (family, family.ends_with("_total")),
                    "{line}"
                );
                continue;
            }
            let (metric, value) = line.rsplit_once(' ').unwrap();
            assert!(metric.starts_with(&format!("{family}{{logger=")), "{line}");
            assert!(metrics.insert(metric), "{metric} twice");
            assert!(value.parse::<f64>().unwrap().is_finite(), "{line}");
        }
        assert!(families.len() > 25 && text.ends_with('\n'));
    }

    #[test]
    fn every_figure_of_the_snapshot_is_there() {
        // A field of `Health` that is added shows up here.
        let json = serde_json::to_value(health()).unwrap();
        let shown_otherwise = [
            "name",
            "last_error",
            "total_messages",
            "dropped",
            "batches",
            "extras_cache",
            "outputs",
        ];
        let text = health().to_prometheus();
        let names = [
            ("state", "state"),
            ("written", "records_written_total"),
            ("failed", "records_failed_total"),
            ("pending", "records_pending"),
            ("error_count", "errors_total"),
            ("last_error_time", "last_error_timestamp_seconds"),
            ("failed_logs_count", "failed_records_kept"),
            ("queue_bytes", "queue_bytes"),
            ("queue_bytes_max", "queue_peak_bytes"),
            ("time_since_flush", "since_flush_seconds"),
            ("bytes_written", "written_bytes_total"),
            ("rotations", "rotations_total"),
            ("purged_files", "purged_files_total"),
            ("lock_timeouts", "lock_timeouts_total"),
            ("unlocked_batches", "unlocked_batches_total"),
            ("reopened_files", "reopened_files_total"),
            ("masked", "masked_total"),
            ("truncated", "truncated_total"),
            ("escaped", "escaped_total"),
            ("own_lines", "own_lines_total"),
        ];
        for (field, value) in json.as_object().unwrap() {
            if shown_otherwise.contains(&field.as_str()) {
                continue;
            }
            let (_, metric) = names.iter().find(|(name, _)| name == field).expect(field);
            let there = text.contains(&format!("asynclogger_{metric}{{"));
            assert_eq!(there, !value.is_null(), "{field}");
        }
    }
}
