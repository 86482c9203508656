//! The priorities of syslog, for a field of templates and for lines on the journal of systemd.

use log::Level;

/// The severity that syslog has for a level (RFC 5424, section 6.2.1): error 3, warning 4, informational 6, debug 7.
pub(super) fn priority(level: Level) -> u32 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

/// Length of [`prefix`] in bytes.
pub(super) const PREFIX_LEN: usize = 3;

/// The beginning of a line from which the journal reads that priority, as sd-daemon(3) defines it.
pub(super) fn prefix(level: Level) -> [u8; PREFIX_LEN] {
    match level {
        Level::Error => *b"<3>",
        Level::Warn => *b"<4>",
        Level::Info => *b"<6>",
        Level::Debug | Level::Trace => *b"<7>",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_shows_the_priority_of_its_level() {
        for level in Level::iter() {
            assert_eq!(prefix(level), format!("<{}>", priority(level)).as_bytes());
        }
    }
}
