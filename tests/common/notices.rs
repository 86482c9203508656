//! Notices of loggers appear in the captured output of the test that causes them.
//!
//! A logger writes its notices to the descriptor of standard error, which the test harness does not capture, so they
//! would appear between the lines of `cargo test`. This module prints them by `eprint!` instead. The harness captures
//! that, also on threads that a test starts, and shows it if the test fails.
//!
//! With `--nocapture` nothing changes. The processes that tests start have that option, so tests of the descriptor
//! itself run there.
#![allow(unsafe_code)] // a function that runs before `main`: the harness has no place for one

/// The system calls the functions in this section before `main`.
#[cfg(target_os = "linux")]
#[used]
// SAFETY: the function has the type that the section needs, and uses nothing that is set up later, before `main`.
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = capture_notices;

#[cfg(target_os = "linux")]
extern "C" fn capture_notices() {
    if !std::env::args().any(|argument| argument == "--nocapture") {
        asynclogger::seams::redirect_notices(|line| eprint!("{line}"));
    }
}
