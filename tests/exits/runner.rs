//! Runs each kind of end in child processes: the same binary, with two variables for the kind and the directory.

use super::common::child::{is_wanted, output_within};
use super::common::scaled;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

const DIR: &str = "TEST_EXIT_DIR";
const NAME: &str = "TEST_EXIT_NAME";
/// The limit for every process.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

#[cfg(unix)]
pub const ABORTED: i32 = -libc::SIGABRT;
/// STATUS_STACK_BUFFER_OVERRUN, with which every `__fastfail` of Windows ends.
#[cfg(windows)]
pub const ABORTED: i32 = 0xc000_0409_u32 as i32;

/// A kind of end: the code of the child, how it ends, and the expected content of its directory.
pub struct End {
    pub name: &'static str,
    pub code: i32,
    pub child: fn(&Path) -> ExitCode,
    pub check: fn(&Path),
}

/// The `main` of the test: lists the kinds, or runs the selected ones. In a child it runs the one kind.
pub fn main(all: &[End]) -> ExitCode {
    if let Ok(name) = std::env::var(NAME) {
        let end = all.iter().find(|end| end.name == name).expect("it is known");
        return (end.child)(Path::new(&std::env::var_os(DIR).expect("it is set")));
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        all.iter().for_each(|end| println!("{}: test", end.name));
        return ExitCode::SUCCESS;
    }
    let ends: Vec<&End> = all.iter().filter(|end| is_wanted(end.name, &arguments)).collect();
    println!("\nrunning {} tests", ends.len());
    let failed = AtomicUsize::new(0);
    for end in &ends {
        let runs = scaled(20);
        let went_well = std::panic::catch_unwind(|| (0..runs).for_each(|_| run(end))).is_ok();
        failed.fetch_add(usize::from(!went_well), SeqCst);
        let outcome = if went_well { "ok" } else { "FAILED" };
        println!("test {} ({runs} runs) ... {outcome}", end.name);
    }
    let failed = failed.into_inner();
    let outcome = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {outcome}. {} passed; {failed} failed; 0 ignored\n",
        ends.len() - failed
    );
    ExitCode::from(u8::from(failed > 0))
}

/// Runs one kind in a child process and checks its directory.
fn run(end: &End) {
    let dir = tempfile::tempdir().unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .env(NAME, end.name)
        .env(DIR, dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let child = output_within(child, ENDS_WITHIN);
    let stderr = String::from_utf8_lossy(&child.stderr);
    assert_eq!(code(child.status), end.code, "{stderr}");
    (end.check)(dir.path());
}

/// The exit code, or minus the signal.
fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return -signal;
    }
    status.code().expect("it has ended")
}
