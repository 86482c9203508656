//! The one place that reads environment variables.
//!
//! A program that runs with more rights than the user who started it must not obey that user's variables: they would
//! decide which files it creates and what it shows. In such a program no variable is visible here.

use std::ffi::OsString;

/// The value of a variable. `None` if it is not set, not UTF-8, or the program [is privileged](is_privileged).
pub(crate) fn variable(name: &str) -> Option<String> {
    variable_os(name)?.into_string().ok()
}

/// As [`variable`], of a value that need not be UTF-8.
pub(crate) fn variable_os(name: &str) -> Option<OsString> {
    if is_privileged() {
        return None;
    }
    std::env::var_os(name)
}

/// All variables; none if the program [is privileged](is_privileged).
pub(crate) fn variables() -> impl Iterator<Item = (OsString, OsString)> {
    (!is_privileged()).then(std::env::vars_os).into_iter().flatten()
}

/// Whether a variable for which `is_meant` is true is set, and not empty, in a program that does not obey it.
pub(crate) fn is_ignored(is_meant: impl Fn(&str) -> bool) -> bool {
    let is_set =
        |(name, value): (OsString, OsString)| !value.is_empty() && name.to_str().is_some_and(&is_meant);
    is_privileged() && std::env::vars_os().any(is_set)
}

/// Whether this program was started with other rights than those of the user who started it: it is set-user-ID or
/// set-group-ID, or has file capabilities. It stays so after the program has given the rights up.
///
/// This is the kernel's answer from when the program was executed. The dynamic linker uses the same one.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn is_privileged() -> bool {
    // SAFETY: reads a value that the kernel has given to the process; an unknown key gives 0.
    #[allow(unsafe_code)]
    unsafe {
        libc::getauxval(libc::AT_SECURE) != 0
    }
}

/// As on Linux.
#[cfg(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_os = "illumos",
    target_os = "solaris",
))]
pub(crate) fn is_privileged() -> bool {
    // SAFETY: as issetugid(2) of these systems has it: no argument, and it cannot fail.
    #[allow(unsafe_code)]
    unsafe extern "C" {
        safe fn issetugid() -> std::ffi::c_int;
    }
    issetugid() != 0
}

/// Other Unix systems: whether the real and the effective IDs differ now.
#[cfg(all(
    unix,
    not(any(
        target_os = "linux",
        target_os = "android",
        target_vendor = "apple",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd",
        target_os = "dragonfly",
        target_os = "illumos",
        target_os = "solaris",
    ))
))]
pub(crate) fn is_privileged() -> bool {
    // SAFETY: four calls without arguments that cannot fail.
    #[allow(unsafe_code)]
    unsafe {
        libc::getuid() != libc::geteuid() || libc::getgid() != libc::getegid()
    }
}

/// Windows starts no program with other rights than those of its process.
#[cfg(not(unix))]
pub(crate) fn is_privileged() -> bool {
    false
}
