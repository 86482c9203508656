//! How the types of the snapshot are serialised: times and durations as seconds, maps by lower-case name.

use super::{DropReason, Dropped};
use crate::clock::Wall;
use log::Level;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// The name of a level in a snapshot.
pub(super) fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}

impl Dropped {
    /// Counts by the name of their reason, in the order of the names.
    pub(super) fn by_reason_name(&self) -> BTreeMap<&'static str, u64> {
        named(&self.by_reason, DropReason::as_str)
    }

    /// Counts by the name of their level, in the order of the names.
    pub(super) fn by_level_name(&self) -> BTreeMap<&'static str, u64> {
        named(&self.by_level, level_name)
    }
}

fn named<K: Copy>(map: &BTreeMap<K, u64>, name: fn(K) -> &'static str) -> BTreeMap<&'static str, u64> {
    map.iter().map(|(key, count)| (name(*key), *count)).collect()
}

/// Seconds since 1970 (UTC).
pub(super) fn unix_secs(time: SystemTime) -> f64 {
    Wall::from(time).as_secs_f64()
}

pub(super) fn by_reason<S: Serializer>(map: &BTreeMap<DropReason, u64>, to: S) -> Result<S::Ok, S::Error> {
    named(map, DropReason::as_str).serialize(to)
}

pub(super) fn by_level<S: Serializer>(map: &BTreeMap<Level, u64>, to: S) -> Result<S::Ok, S::Error> {
    named(map, level_name).serialize(to)
}

pub(super) fn unix_seconds<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    unix_secs(*time).serialize(to)
}

pub(super) fn optional_unix_seconds<S: Serializer>(
    time: &Option<SystemTime>,
    to: S,
) -> Result<S::Ok, S::Error> {
    time.map(unix_secs).serialize(to)
}

pub(super) fn optional_seconds<S: Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(to)
}

#[cfg(test)]
mod tests {
    use super::super::{FailedRecord, Health, OutputHealth, OutputState, State};
    use super::*;
    use serde_json::{Value, json};
    use std::time::UNIX_EPOCH;

    #[test]
    fn figures_with_types_are_serialised_as_words_and_seconds() {
        let moment = UNIX_EPOCH + Duration::from_millis(1_735_787_045_500);
        let health = Health {
            state: State::Degraded,
            last_error_time: Some(moment),
            time_since_flush: Some(Duration::from_millis(250)),
            dropped: Dropped {
                total: 3,
                by_reason: [(DropReason::QueueFull, 2), (DropReason::AfterShutdown, 1)].into(),
                by_level: [(Level::Error, 0), (Level::Debug, 3)].into(),
            },
            outputs: vec![OutputHealth {
                name: "audit".to_owned(),
                state: OutputState::Failing,
                written: 0,
                failed: 0,
                dropped: 0,
                last_error: None,
            }],
            ..Health::not_started()
        };
        let json = serde_json::to_value(&health).unwrap();
        assert_eq!(json["state"], "degraded");
        assert_eq!(json["last_error_time"], json!(1_735_787_045.5));
        assert_eq!(json["time_since_flush"], json!(0.25));
        assert_eq!(
            json["dropped"]["by_reason"],
            json!({"after_shutdown": 1, "queue_full": 2})
        );
        assert_eq!(json["dropped"]["by_level"], json!({"debug": 3, "error": 0}));
        assert_eq!(json["outputs"][0]["name"], "audit");
        assert_eq!(json["outputs"][0]["state"], "failing");
        let idle = serde_json::to_value(Health::not_started()).unwrap();
        assert_eq!(
            (&idle["last_error_time"], &idle["time_since_flush"]),
            (&Value::Null, &Value::Null)
        );
    }

    #[test]
    fn a_failed_record_is_serialised_with_its_unix_seconds() {
        let record = FailedRecord {
            time: UNIX_EPOCH - Duration::from_millis(500),
            level: Level::Warn,
            target: "app".to_owned(),
            message: "m".to_owned(),
            error: "e".to_owned(),
        };
        let json = serde_json::to_value(record).unwrap();
        assert_eq!((&json["time"], &json["level"]), (&json!(-0.5), &json!("WARN")));
    }

    #[test]
    fn the_words_of_display_are_those_of_serialisation() {
        for reason in DropReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.to_string());
        }
        for state in [State::NotStarted, State::Running, State::Degraded, State::Stopped] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.to_string());
        }
        for state in [
            OutputState::Running,
            OutputState::Failing,
            OutputState::Ended,
            OutputState::Stopped,
        ] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.to_string());
        }
    }
}
