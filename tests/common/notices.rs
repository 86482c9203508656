//! The notices of the loggers, in the output of the test that causes them.
//!
//! A logger writes its notices to the descriptor of standard error, past the test harness: those that tests provoke
//! would stand between the lines of `cargo test`. This sends them through `eprint!` instead. The harness captures
//! that, also of the threads that a test starts, and shows it if the test fails.
//!
//! With `--nocapture` nothing changes. The processes that tests start have it, so tests of the descriptor itself run there.
#![allow(unsafe_code)] // a function that runs before `main`: the harness has no place for one

/// The system calls what stands in this section before `main`.
#[cfg(target_os = "linux")]
#[used]
// SAFETY: the function has the type of such a function, and needs nothing that `main` would prepare.
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = capture_notices;

#[cfg(target_os = "linux")]
extern "C" fn capture_notices() {
    if !std::env::args().any(|argument| argument == "--nocapture") {
        asynclogger::seams::redirect_notices(|line| eprint!("{line}"));
    }
}
