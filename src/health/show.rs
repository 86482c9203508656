//! The snapshot as a summary for people.

use super::{Health, OutputHealth};
use std::fmt;

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name.is_empty() {
            "logger"
        } else {
            &self.name
        };
        write!(
            f,
            "{name}: {}; {} records = {} written + {} dropped + {} failed + {} pending",
            self.state, self.total_messages, self.written, self.dropped.total, self.failed, self.pending
        )?;
        self.outputs.iter().try_for_each(|output| output.show(f))?;
        self.show_drops(f)?;
        let batches = if self.batches.count == 1 {
            "batch"
        } else {
            "batches"
        };
        write!(
            f,
            "\n  queue: {} bytes in use, {} at most; {} {batches} of {:.1} records on the average",
            self.queue_bytes, self.queue_bytes_max, self.batches.count, self.batches.records_mean
        )?;
        write!(
            f,
            "\n  in all: {} bytes written, {} rotations, {} files purged; {} masked, {} truncated, {} escaped",
            self.bytes_written, self.rotations, self.purged_files, self.masked, self.truncated, self.escaped
        )?;
        if self.lock_timeouts + self.unlocked_batches + self.reopened_files > 0 {
            write!(
                f,
                "\n  log file: {} lock timeouts, {} batches without the lock, found to be another {} times",
                self.lock_timeouts, self.unlocked_batches, self.reopened_files
            )?;
        }
        match &self.last_error {
            Some(error) => write!(f, "\n  errors: {}, the last: {error}", self.error_count),
            None => Ok(()),
        }
    }
}

impl Health {
    fn show_drops(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<String> = (self.dropped.by_reason_name().into_iter())
            .filter(|(_, count)| *count > 0)
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        if reasons.is_empty() {
            return Ok(());
        }
        write!(f, "\n  dropped: {}", reasons.join(", "))
    }
}

impl OutputHealth {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n  {}: {}, {} written", self.name, self.state, self.written)?;
        if self.failed + self.dropped > 0 {
            write!(f, ", {} failed, {} dropped", self.failed, self.dropped)?;
        }
        match &self.last_error {
            Some(error) => write!(f, "; last error: {error}"),
            None => Ok(()),
        }
    }
}
