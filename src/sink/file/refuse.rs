//! Refuses paths that cannot be logs, with the remedy that fits: special files and hard links.
//!
//! `current` and `settings` call it. Invariant: what is refused here was neither opened nor changed.

use crate::sink::error::{FileError, named};
use crate::sink::storage::Stat;
use std::fs;
use std::io;
use std::path::Path;

/// Refuses a file that must not be written to as a log.
pub(super) fn refuse(path: &Path, stat: &Stat) -> Result<(), FileError> {
    if !stat.regular {
        return Err(special(path));
    }
    if stat.links > 1 {
        let reason = "the file has another name too (a hard link); remove one of the two";
        return Err(refused(path, reason));
    }
    Ok(())
}

/// Refuses a special file that exists already, before anything is created next to it.
pub(super) fn refuse_special(path: &Path) -> Result<(), FileError> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_file() => Err(special(path)),
        // A path that cannot be looked at is an error of the open.
        _ => Ok(()),
    }
}

fn special(path: &Path) -> FileError {
    let target = fs::read_link(path).ok();
    let reason = if let Some(reason) = place_of_system(path) {
        reason.to_owned()
    } else if let Some(reason) = target.as_deref().and_then(place_of_system) {
        format!("it is a link: {reason}, and remove the link")
    } else {
        "it is a directory, a link, a FIFO or a device; move it away or choose another path".to_owned()
    };
    refused(path, &reason)
}

fn refused(path: &Path, reason: &str) -> FileError {
    FileError {
        kind: io::ErrorKind::InvalidInput,
        text: format!("refusing to log to {}: {reason}", named(path)),
    }
}

/// What a path of the system is, with the remedy; such files cannot be moved away.
fn place_of_system(path: &Path) -> Option<&'static str> {
    const STDOUT: &str = "it is standard output; set the console to `stdout` in place of the log file (`console`, `no_log_file`)";
    const STDERR: &str = "it is standard error; set the console to `stderr` in place of the log file (`console`, `no_log_file`)";
    const TERMINAL: &str =
        "it is a terminal; set the console to `stderr` in place of the log file (`console`, `no_log_file`)";
    const NULL: &str = "it keeps nothing; leave the log file out (`no_log_file`)";
    const DEVICE: &str = "it is a device or another special file of the system, in which no file can be rotated; \
                          choose another path, or write to the console";
    let parts: Vec<&str> = path
        .to_str()?
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let is_absolute = path.is_absolute();
    Some(match parts.as_slice() {
        _ if !is_absolute => return None,
        ["dev", "stdout"] | ["dev", "fd", "1"] | ["proc", _, "fd", "1"] => STDOUT,
        ["dev", "stderr"] | ["dev", "fd", "2"] | ["proc", _, "fd", "2"] => STDERR,
        ["dev", "tty" | "console"] | ["dev", "pts", _] => TERMINAL,
        ["dev", "null" | "zero" | "full"] => NULL,
        ["dev", "shm" | "mqueue", ..] => return None,
        ["dev" | "proc" | "sys", ..] => DEVICE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_named_with_the_console_as_the_remedy() {
        let place = |path: &str| place_of_system(Path::new(path));
        for path in [
            "/dev/stdout",
            "//dev//stdout",
            "/dev/fd/1",
            "/proc/self/fd/1",
            "/proc/1/fd/1",
        ] {
            assert!(place(path).unwrap().contains("`stdout`"), "{path}");
        }
        for path in [
            "/dev/stderr",
            "/dev/fd/2",
            "/proc/self/fd/2",
            "/dev/tty",
            "/dev/pts/3",
        ] {
            assert!(place(path).unwrap().contains("`stderr`"), "{path}");
        }
        assert!(place("/dev/null").unwrap().contains("no_log_file"));
        assert!(place("/dev/ttyS0").unwrap().contains("another path"));
        for path in [
            "/dev/shm/app.log",
            "/var/log/app.log",
            "dev/stdout",
            "/device/stdout",
        ] {
            assert_eq!(place(path), None, "{path}");
        }
    }
}
