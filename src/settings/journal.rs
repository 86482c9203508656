//! Whether a console is connected to the journal of systemd.
//!
//! systemd sets `JOURNAL_STREAM` to the device and the inode of the stream that it connects (systemd.exec(5)). Programs
//! inherit the variable also if their standard streams are pipes or files, so both numbers are compared.

use crate::config::Console;
use crate::process;
use crate::sink::console;

/// journald divides a longer line (`LineMax=` of journald.conf(5), 48 KiB by default), and takes the beginning of the
/// next piece for a priority again: a message could forge an entry.
pub(super) const LINE: usize = 48 * 1024;

/// Whether `console` is the stream that `JOURNAL_STREAM` names.
pub(super) fn is_on_console(console: Console) -> bool {
    process::variable("JOURNAL_STREAM").is_some_and(|stream| is_stream(&stream, console::identity(console)))
}

/// Whether `stream`, a device and an inode as in `8:4711`, is the stream with this `identity`.
fn is_stream(stream: &str, identity: Option<(u64, u64)>) -> bool {
    let number = |text: &str| text.parse::<u64>().ok();
    let named = stream
        .split_once(':')
        .map(|(device, inode)| (number(device), number(inode)));
    identity.is_some_and(|(device, inode)| named == Some((Some(device), Some(inode))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_one_with_both_numbers() {
        let found = Some((8, 4_711));
        assert!(is_stream("8:4711", found));
        for other in [
            "", ":", "8", "8:", ":4711", "8:4712", "9:4711", "4711:8", "8:4711:1", "8:x", "-8:4711",
        ] {
            assert!(!is_stream(other, found), "{other}");
        }
        assert!(!is_stream("8:4711", None));
        assert!(!is_stream("0:0", None));
    }
}
