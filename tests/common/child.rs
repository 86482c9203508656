//! A test in a process of its own, where memory can be measured.

use std::process::Command;

const CHILD: &str = "ASYNCLOGGER_TEST_CHILD";

/// Runs `body` in a child process: the test binary again, with this one test.
#[track_caller]
pub fn alone(test: &str, body: impl FnOnce()) {
    if std::env::var(CHILD).is_ok_and(|name| name == test) {
        return body();
    }
    let binary = std::env::current_exe().expect("a test binary knows its path");
    let output = Command::new(binary)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, test)
        .output()
        .expect("the test binary runs again");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
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
