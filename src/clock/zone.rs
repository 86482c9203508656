//! Time zones: offsets from UTC, for the times in lines and for rotation.
//!
//! `settings` creates a zone when a logger starts; `format` asks it once a second, `sink` once a batch. Offsets are
//! whole minutes, as in RFC 3339. Local mean times, all before 1973, are rounded; the time and its offset are still
//! exact together.

#[cfg(feature = "local-time")]
use crate::process;
#[cfg(feature = "local-time")]
use std::path::Path;

/// A time zone.
#[derive(Debug, Clone, Default)]
pub(crate) enum Zone {
    #[default]
    Utc,
    /// Seconds east of UTC.
    Fixed(i32),
    // Tests always have jiff.
    #[cfg(any(test, feature = "local-time"))]
    Local(jiff::tz::TimeZone),
}

impl Zone {
    /// The system's time zone, as `TZ` or the system defines it. In a privileged program only the system does: `TZ` and
    /// `TZDIR` may name any file.
    ///
    /// # Errors
    ///
    /// If neither defines a zone that can be found.
    #[cfg(feature = "local-time")]
    pub(crate) fn of_the_system() -> Result<Zone, String> {
        if process::is_privileged() {
            return Zone::of_file(Path::new("/etc/localtime"));
        }
        match jiff::tz::TimeZone::try_system() {
            Ok(zone) => Ok(Zone::Local(zone)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The zone of a file in the format of RFC 9636. Reads no variables.
    #[cfg(feature = "local-time")]
    fn of_file(path: &Path) -> Result<Zone, String> {
        let data = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        match jiff::tz::TimeZone::tzif("Local", &data) {
            Ok(zone) => Ok(Zone::Local(zone)),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// The offset in seconds east of UTC at the moment `secs` after 1970, in whole minutes.
    #[cfg_attr(not(any(test, feature = "local-time")), allow(unused_variables))]
    pub(crate) fn offset(&self, secs: i64) -> i32 {
        match self {
            Zone::Utc => 0,
            Zone::Fixed(offset) => *offset,
            #[cfg(any(test, feature = "local-time"))]
            Zone::Local(zone) => {
                let offset = zone.to_offset(timestamp(secs)).seconds();
                (offset + 30).div_euclid(60) * 60
            }
        }
    }

    /// The name of the zone at that moment: `UTC`, `+05:30`, `CEST`.
    pub(crate) fn name(&self, secs: i64) -> String {
        match self {
            Zone::Utc => "UTC".to_owned(),
            #[cfg(any(test, feature = "local-time"))]
            Zone::Local(zone) => {
                let info = zone.to_offset_info(timestamp(secs));
                // The name may come from `TZ`, and must not break a line.
                let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-');
                info.abbreviation().chars().filter(plain).collect()
            }
            Zone::Fixed(_) => offset_text(self.offset(secs)),
        }
    }

    pub(crate) fn is_utc(&self) -> bool {
        matches!(self, Zone::Utc)
    }
}

/// `+05:30`
pub(crate) fn offset_text(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The nearest moment that jiff can represent.
#[cfg(any(test, feature = "local-time"))]
fn timestamp(secs: i64) -> jiff::Timestamp {
    let (first, last) = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
    jiff::Timestamp::from_second(secs.clamp(first, last)).unwrap_or_default()
}
