//! The time of a record, in the form that the schema requires.

use super::super::line::Line;
use super::super::schema::TimeForm;
use super::super::time::{Pattern, TimeFormatter};
use crate::clock::{Wall, Zone};

#[derive(Debug)]
pub(super) enum Timestamp {
    Formatted(TimeFormatter),
    UnixNanos,
}

/// Digits of `u64::MAX`.
const NANOS_LEN: usize = 20;

impl Timestamp {
    pub(super) fn new(form: TimeForm, zone: &Zone) -> Timestamp {
        match form {
            TimeForm::Rfc3339 => Timestamp::Formatted(TimeFormatter::new(Pattern::rfc3339(), zone)),
            TimeForm::UtcMillis => {
                Timestamp::Formatted(TimeFormatter::new(Pattern::rfc3339_millis(), &Zone::Utc))
            }
            TimeForm::UnixNanos => Timestamp::UnixNanos,
        }
    }

    /// Its largest length in bytes.
    pub(super) fn bytes(&mut self) -> usize {
        match self {
            Timestamp::Formatted(formatter) => formatter.text(Wall::default()).len(),
            Timestamp::UnixNanos => NANOS_LEN,
        }
    }

    /// Writes the time into the reserved room.
    #[inline]
    pub(super) fn write(&mut self, at: Wall, line: &mut Line<'_>) {
        match self {
            Timestamp::Formatted(formatter) => line.write_reserved(formatter.text(at)),
            Timestamp::UnixNanos => {
                line.release(NANOS_LEN);
                line.write_integer(unix_nanos(at));
            }
        }
    }
}

/// Nanoseconds since 1970, as OpenTelemetry's data model defines them; clamped to 64 bits.
fn unix_nanos(at: Wall) -> u64 {
    let secs = u64::try_from(at.secs).unwrap_or(0);
    let nanos = if at.secs < 0 { 0 } else { u64::from(at.nanos) };
    secs.saturating_mul(1_000_000_000).saturating_add(nanos)
}
