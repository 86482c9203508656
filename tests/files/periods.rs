//! Rotation by time: each file has the records of its own hour or day, whenever they are written.

use crate::common;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Period};
use common::LIMIT;
use common::place::Place;
use std::time::{Duration, Instant, SystemTime};

/// 2025-12-01 00:00 UTC.
const MIDNIGHT: u64 = 1_764_547_200;

/// Logs over midnight, with a clock that runs 200 ms before it at the start, and checks the days of all lines.
fn logs_over_midnight(period: Period, interval: Duration) {
    let place = Place::new();
    let begin = Instant::now();
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(MIDNIGHT) - Duration::from_millis(200);
    let seams = Seams::default().clock(move || start + begin.elapsed());
    let config = place
        .config()
        .file_format("{time:%d} {message}")
        // Not by size.
        .max_bytes(1 << 40)
        .rotate_every(period);
    let logger = AsyncLogger::start_with_seams(config.flush_interval(interval), seams).unwrap();
    let mut sent = 0;
    // Over midnight without a pause, and until both days have many lines.
    while begin.elapsed() < Duration::from_millis(400) {
        log::info!(logger: logger, "line {sent}");
        sent += 1;
    }
    logger.shutdown().wait_timeout(LIMIT).unwrap();
    let read = |path| std::fs::read_to_string(path).unwrap();
    let (old, new) = (read(place.backup(1)), read(place.log()));
    assert_eq!(place.backups(), [1]);
    let strangers = |text: &str, day: &str| text.lines().filter(|line| !line.starts_with(day)).count();
    assert_eq!(
        (strangers(&old, "30 "), strangers(&new, "01 ")),
        (0, 0),
        "of {sent} lines"
    );
    assert_eq!(old.lines().count() + new.lines().count(), sent);
}

#[test]
fn each_file_has_the_records_of_its_own_day() {
    logs_over_midnight(Period::Day, Duration::from_millis(5));
    logs_over_midnight(Period::Hour, Duration::from_millis(300));
}
