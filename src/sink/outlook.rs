//! Which errors of a write pass, and which mean that an output has ended.

use std::io::{self, ErrorKind};

/// What the error of a write says about the next writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outlook {
    /// The write is tried again, with a back-off.
    MayPass,
    /// The output has ended if the next tries fail in the same way: a writer that connects anew recovers from it.
    LooksFinal,
    /// The output has ended.
    Final,
}

const EIO: i32 = 5;
const ENXIO: i32 = 6;
const EBADF: i32 = 9;
const ENODEV: i32 = 19;

/// Judges an error of a standard stream. `is_device`: the stream is a terminal or another character device.
///
/// Nothing opens a standard stream again, so an error that says that its other end is gone is final. EIO is final on
/// a device: each write to a terminal that has hung up returns it. On a disk it may pass.
pub(super) fn of_stream(error: &io::Error, is_device: bool) -> Outlook {
    match (says_gone(error), code(error)) {
        (true, _) => Outlook::Final,
        (false, Some(EIO)) if is_device => Outlook::Final,
        (false, _) => Outlook::MayPass,
    }
}

/// Judges an error of a user's writer, which may be a file, a socket, or code that connects anew.
pub(super) fn of_writer(error: &io::Error) -> Outlook {
    let is_final = error.kind() == ErrorKind::BrokenPipe || code(error) == Some(EBADF);
    match (is_final, says_gone(error)) {
        (true, _) => Outlook::Final,
        (false, true) => Outlook::LooksFinal,
        (false, false) => Outlook::MayPass,
    }
}

/// Whether the error says that what the descriptor stands for is gone: a reader, a connection, a device, a file on a
/// server.
fn says_gone(error: &io::Error) -> bool {
    let by_kind = matches!(
        error.kind(),
        ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::StaleNetworkFileHandle
    );
    by_kind || matches!(code(error), Some(EBADF | ENXIO | ENODEV))
}

/// The error's number, which is the same for these errors in every Unix.
fn code(error: &io::Error) -> Option<i32> {
    error.raw_os_error().filter(|_| cfg!(unix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outlook::{Final, LooksFinal, MayPass};

    fn all(error: &io::Error) -> [Outlook; 3] {
        [of_stream(error, true), of_stream(error, false), of_writer(error)]
    }

    #[cfg(unix)]
    #[test]
    fn errors_are_judged_by_what_they_say_and_by_what_they_come_from() {
        // Device, other stream, writer.
        for (code, expected) in [
            (libc::EPIPE, [Final, Final, Final]),
            (libc::EBADF, [Final, Final, Final]),
            (libc::EIO, [Final, MayPass, MayPass]),
            (libc::ENXIO, [Final, Final, LooksFinal]),
            (libc::ENODEV, [Final, Final, LooksFinal]),
            (libc::ENOTCONN, [Final, Final, LooksFinal]),
            (libc::ECONNRESET, [Final, Final, LooksFinal]),
            (libc::ECONNABORTED, [Final, Final, LooksFinal]),
            (libc::ESTALE, [Final, Final, LooksFinal]),
            (libc::ENOSPC, [MayPass, MayPass, MayPass]),
            (libc::EDQUOT, [MayPass, MayPass, MayPass]),
            (libc::EAGAIN, [MayPass, MayPass, MayPass]),
            (libc::ENOBUFS, [MayPass, MayPass, MayPass]),
            (libc::ECONNREFUSED, [MayPass, MayPass, MayPass]),
            (libc::ETIMEDOUT, [MayPass, MayPass, MayPass]),
        ] {
            let error = io::Error::from_raw_os_error(code);
            assert_eq!(all(&error), expected, "{error}");
        }
    }

    #[test]
    fn an_error_without_a_number_is_judged_by_its_kind() {
        assert_eq!(all(&ErrorKind::NotConnected.into()), [Final, Final, LooksFinal]);
        assert_eq!(all(&io::Error::other("busy")), [MayPass, MayPass, MayPass]);
    }
}
