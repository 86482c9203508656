//! A test in a process of its own, where memory can be measured.

use std::process::Command;

/// Does not begin like a setting's variable, so that `with_env` does not take it for one.
const CHILD: &str = "TEST_CHILD_OF_ASYNCLOGGER";

/// Runs `body` in a child process: the test binary again, with this one test.
#[track_caller]
pub fn alone(test: &str, body: impl FnOnce()) {
    run(test, |_| {}, body);
}

/// As `alone`, with these variables and no others of ours; the parent gets what the child said on standard error.
#[track_caller]
pub fn alone_with(test: &str, variables: &[(&str, &str)], body: impl FnOnce()) -> Option<String> {
    let set = |child: &mut Command| {
        let ours = |name: &str| name.starts_with("ASYNCLOGGER_") || name == "RUST_LOG";
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
            child.env_remove(name);
        }
        child.envs(variables.iter().copied());
    };
    run(test, set, body)
}

/// Whether this process is the child of `test`.
pub fn is_child(test: &str) -> bool {
    std::env::var(CHILD).is_ok_and(|name| name == test)
}

/// The command that runs one test of this binary in a child process.
pub fn command(test: &str) -> Command {
    let mut child = Command::new(std::env::current_exe().expect("a test binary knows its path"));
    child
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, test);
    child
}

#[track_caller]
fn run(test: &str, prepare: impl FnOnce(&mut Command), body: impl FnOnce()) -> Option<String> {
    if is_child(test) {
        body();
        return None;
    }
    let mut child = command(test);
    prepare(&mut child);
    let output = child.output().expect("the test binary runs again");
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{errors}"
    );
    Some(errors)
}

/// Bytes of memory that this process has now, and the most that it ever had.
#[cfg(target_os = "linux")]
pub fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells it");
    let kib = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        let number = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
        number
            .and_then(|text| text.parse::<u64>().ok())
            .expect("a number of KiB")
            * 1024
    };
    (kib("VmRSS:"), kib("VmHWM:"))
}
