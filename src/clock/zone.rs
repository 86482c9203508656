//! Time zones: offsets from UTC, for the times in lines and for rotation.
//!
//! `settings` creates a zone when a logger starts; `format` asks it once a second, `sink` once a batch. Offsets are
//! whole minutes, as in RFC 3339. Local mean times, all before 1973, are rounded; the time and its offset are still
//! exact together.

#[cfg(feature = "local-time")]
use crate::process;
#[cfg(any(test, feature = "local-time"))]
use std::{ffi::OsString, path::Path};

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

/// A zone that was asked for and of which this machine has no data.
#[cfg(any(test, feature = "local-time"))]
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MissingZone {
    /// As `TZ` or the link `/etc/localtime` has it; it can have any characters.
    pub(crate) name: String,
    /// Whether there are data of other zones.
    pub(crate) has_others: bool,
}

/// What to use where the system's zone cannot be read: zone data are an optional package.
#[cfg(any(test, feature = "local-time"))]
impl Zone {
    /// Returns the zone of `tz`, the value of the variable, or else of the machine, if it needs no data. For any other
    /// zone it returns UTC, and the zone that is missing. If neither names a zone, it is UTC.
    pub(crate) fn without_data(tz: Option<OsString>, localtime: &Path) -> (Zone, Option<MissingZone>) {
        let utc = Zone::Local(jiff::tz::TimeZone::UTC);
        let Some(name) = tz.map_or_else(|| linked_zone(localtime), |tz| Some(zone_name(tz))) else {
            return (utc, None);
        };
        if let Some(hours) = etc_hours(&name) {
            return (
                Zone::Local(jiff::tz::TimeZone::fixed(jiff::tz::offset(hours))),
                None,
            );
        }
        let has_others = jiff::tz::db().get("Europe/London").is_ok();
        (utc, Some(MissingZone { name, has_others }))
    }
}

/// Returns the zone that the file at `localtime` names by the target of its link, or the file's own path. `None` if
/// there is no such file.
#[cfg(any(test, feature = "local-time"))]
fn linked_zone(localtime: &Path) -> Option<String> {
    match std::fs::read_link(localtime) {
        Ok(target) => Some(zone_name(target.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(_) => Some(localtime.to_string_lossy().into_owned()),
    }
}

/// Returns the name of a zone without `:` and the directory of the zone data.
#[cfg(any(test, feature = "local-time"))]
fn zone_name(text: OsString) -> String {
    let text = text.to_string_lossy();
    let text = text.strip_prefix(':').unwrap_or(&text);
    match text.rsplit_once("zoneinfo/") {
        Some((_, name)) => name.to_owned(),
        None => text.to_owned(),
    }
}

/// Returns the hours east of UTC of a zone with a constant offset: the names of UTC, and `Etc/GMT+5`, which is 5 hours
/// west.
#[cfg(any(test, feature = "local-time"))]
fn etc_hours(name: &str) -> Option<i8> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("posix/").unwrap_or(&name);
    let short = name.strip_prefix("etc/").unwrap_or(name);
    if matches!(
        short,
        "" | "utc" | "uct" | "zulu" | "universal" | "gmt" | "gmt0" | "greenwich"
    ) {
        return Some(0);
    }
    let hours = short.strip_prefix("gmt")?;
    let is_number = hours.starts_with(['+', '-']) && hours.len() <= 3;
    let hours: i8 = hours.parse().ok().filter(|_| is_number)?;
    (-14..=12).contains(&hours).then_some(-hours)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The offset in seconds and the name of the missing zone, for a value of `TZ`.
    fn without_data(tz: &str) -> (i32, Option<String>) {
        let nowhere = Path::new("/nowhere/localtime");
        let (zone, missing) = Zone::without_data(Some(tz.into()), nowhere);
        (zone.offset(0), missing.map(|missing| missing.name))
    }

    #[test]
    fn the_names_of_utc_need_no_data() {
        for name in [
            "",
            ":",
            "UTC",
            ":UTC",
            "utc",
            "Etc/UTC",
            "Etc/UCT",
            "Etc/Universal",
            "Zulu",
            "GMT",
            "Etc/GMT",
            "GMT0",
            "GMT+0",
            "Etc/GMT-0",
            "Greenwich",
            "/usr/share/zoneinfo/Etc/UTC",
            ":../usr/share/zoneinfo/posix/UTC",
        ] {
            assert_eq!(without_data(name), (0, None), "{name}");
        }
    }

    #[test]
    fn the_zones_of_whole_hours_need_no_data_and_count_to_the_west() {
        assert_eq!(without_data("Etc/GMT+5"), (-5 * 3600, None));
        assert_eq!(without_data("Etc/GMT-14"), (14 * 3600, None));
    }

    #[test]
    fn another_zone_is_utc_and_named() {
        for name in [
            "Europe/Berlin",
            "Etc/GMT+13",
            "Etc/GMT5",
            "CET-1CEST,M3",
            "EST5EDT",
        ] {
            assert_eq!(without_data(name), (0, Some(name.to_owned())), "{name}");
        }
        let in_folder = without_data(":/usr/share/zoneinfo/Asia/Kolkata");
        assert_eq!(in_folder, (0, Some("Asia/Kolkata".to_owned())));
    }

    #[test]
    fn a_machine_without_a_zone_has_utc_and_misses_nothing() {
        let (zone, missing) = Zone::without_data(None, Path::new("/nowhere/localtime"));
        assert_eq!((zone.offset(0), missing), (0, None));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_data_that_are_missing_names_its_zone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("localtime");
        for (target, name) in [
            ("/usr/share/zoneinfo/Europe/Berlin", Some("Europe/Berlin")),
            ("../usr/share/zoneinfo/Etc/UTC", None),
        ] {
            std::os::unix::fs::symlink(target, &path).unwrap();
            let (_, missing) = Zone::without_data(None, &path);
            assert_eq!(missing.map(|missing| missing.name).as_deref(), name);
            std::fs::remove_file(&path).unwrap();
        }
        std::fs::write(&path, "no zone").unwrap();
        let (_, missing) = Zone::without_data(None, &path);
        let path = path.to_string_lossy().into_owned();
        assert_eq!(missing.map(|missing| missing.name), Some(path));
    }
}
