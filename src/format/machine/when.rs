//! The time of a record, in the form that the schema wants.

use super::super::line::Line;
use super::super::schema::TimeForm;
use super::super::time::{Pattern, Stamps};
use crate::clock::{Wall, Zone};

#[derive(Debug)]
pub(super) enum When {
    Stamps(Stamps),
    UnixNanos,
}

/// The digits of the largest number of 64 bits.
const NANOS_LEN: usize = 20;

impl When {
    pub(super) fn new(form: TimeForm, zone: &Zone) -> When {
        match form {
            TimeForm::Rfc3339 => When::Stamps(Stamps::new(Pattern::rfc3339(), zone)),
            TimeForm::UtcMillis => When::Stamps(Stamps::new(Pattern::rfc3339_millis(), &Zone::Utc)),
            TimeForm::UnixNanos => When::UnixNanos,
        }
    }

    /// The longest that it gets, in bytes.
    pub(super) fn bytes(&mut self) -> usize {
        match self {
            When::Stamps(stamps) => stamps.text(Wall::default()).len(),
            When::UnixNanos => NANOS_LEN,
        }
    }

    /// Writes it into the room that was kept.
    #[inline]
    pub(super) fn write(&mut self, at: Wall, line: &mut Line<'_>) {
        match self {
            When::Stamps(stamps) => line.write_reserved(stamps.text(at)),
            When::UnixNanos => {
                line.release(NANOS_LEN);
                line.write_integer(unix_nanos(at));
            }
        }
    }
}

/// As the data model says: not before 1970, and as far as 64 bits reach.
fn unix_nanos(at: Wall) -> u64 {
    let secs = u64::try_from(at.secs).unwrap_or(0);
    let nanos = if at.secs < 0 { 0 } else { u64::from(at.nanos) };
    secs.saturating_mul(1_000_000_000).saturating_add(nanos)
}
