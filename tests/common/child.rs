//! A test in its own process, where memory can be measured.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// The limit for every process of a test, also on a busy machine. A process that runs longer hangs, and is killed.
const ENDS_WITHIN: Duration = Duration::from_secs(600);

/// Does not begin like the variable of a setting, which `with_env` would read.
const CHILD: &str = "TEST_CHILD_OF_ASYNCLOGGER";

/// Runs `body` in a child process: the test binary again, with this one test.
#[track_caller]
pub fn alone(test: &str, body: impl FnOnce()) {
    run(test, ENDS_WITHIN, |_| {}, body);
}

/// As `alone`, with another limit, for a body with much work.
#[track_caller]
pub fn alone_within(test: &str, limit: Duration, body: impl FnOnce()) {
    run(test, limit, |_| {}, body);
}

/// As `alone`, with these environment variables and no others of this crate. Returns the child's standard error to the
/// parent.
#[track_caller]
pub fn alone_with(test: &str, variables: &[(&str, &str)], body: impl FnOnce()) -> Option<String> {
    let set = |child: &mut Command| {
        let ours = |name: &str| name.starts_with("ASYNCLOGGER_") || name == "RUST_LOG";
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
            child.env_remove(name);
        }
        child.envs(variables.iter().copied());
    };
    run(test, ENDS_WITHIN, set, body)
}

/// Whether this process is the child of `test`.
pub fn is_child(test: &str) -> bool {
    std::env::var(CHILD).is_ok_and(|name| name == test)
}

/// The command that runs one test of this binary in a child process.
pub fn command(test: &str) -> Command {
    let mut child = Command::new(std::env::current_exe().expect("a test binary knows its path"));
    child.args(only(test)).env(CHILD, test);
    child
}

/// The arguments with which this test program runs one test and nothing else.
pub fn only(test: &str) -> [String; 4] {
    ["--exact", &full_name(test), "--nocapture", "--test-threads=1"].map(str::to_owned)
}

/// Returns the name of a test with its modules, as the test harness knows it. Callers pass the name of the function
/// only.
fn full_name(test: &str) -> String {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let program = std::env::current_exe().expect("a test binary knows its path");
        let list = output_of(Command::new(program).args(["--list", "--format", "terse"]));
        let list = String::from_utf8(list.stdout).expect("names are text");
        list.lines()
            .filter_map(|line| Some(line.strip_suffix(": test")?.to_owned()))
            .collect()
    });
    let is_it = |name: &&String| {
        name.strip_suffix(test)
            .is_some_and(|modules| modules.is_empty() || modules.ends_with("::"))
    };
    let found: Vec<&String> = all.iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{test} names {found:?}");
    found[0].clone()
}

#[track_caller]
fn run(
    test: &str,
    limit: Duration,
    prepare: impl FnOnce(&mut Command),
    body: impl FnOnce(),
) -> Option<String> {
    if is_child(test) {
        body();
        return None;
    }
    let mut child = command(test);
    prepare(&mut child);
    let output = output_of_within(&mut child, limit);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{stdout}\n{errors}"
    );
    Some(errors)
}

/// Whether a test harness with these arguments would run the test: a part of a name, and parts to leave out, each after
/// `--skip`.
pub fn is_wanted(name: &str, arguments: &[String]) -> bool {
    let (mut only, mut skipped, mut is_skip) = (None, false, false);
    for argument in arguments {
        match (is_skip, argument.as_str()) {
            (true, part) => skipped |= name.contains(part),
            (false, option) if option.starts_with('-') => {}
            (false, part) => only = only.or(Some(part)),
        }
        is_skip = argument == "--skip";
    }
    !skipped && only.is_none_or(|part| name.contains(part))
}

/// Runs a command to its end, as `Command::output` does, and kills it if it hangs.
#[track_caller]
pub fn output_of(command: &mut Command) -> Output {
    output_of_within(command, ENDS_WITHIN)
}

#[track_caller]
fn output_of_within(command: &mut Command, limit: Duration) -> Output {
    let command = command.stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    output_within(child.expect("the program runs"), limit)
}

/// Returns the output of a child, as `Child::wait_with_output` does; kills it if it hangs.
#[track_caller]
pub fn output(child: Child) -> Output {
    output_within(child, ENDS_WITHIN)
}

/// As `output`, with another limit.
#[track_caller]
pub fn output_within(mut child: Child, limit: Duration) -> Output {
    let (stdout, stderr) = (child.stdout.take().map(read), child.stderr.take().map(read));
    let status = wait_within(&mut child, limit);
    // Processes that it started may keep its pipes open, and hang as well.
    let said = |said: Option<Receiver<Vec<u8>>>| {
        let said = said.map(|said| said.recv_timeout(limit));
        said.map_or_else(Vec::new, |said| said.expect("its pipe is closed"))
    };
    Output {
        status,
        stdout: said(stdout),
        stderr: said(stderr),
    }
}

/// Waits for a child to end; kills it if it hangs.
#[track_caller]
pub fn wait(child: &mut Child) -> ExitStatus {
    wait_within(child, ENDS_WITHIN)
}

/// As `wait`, with another limit.
#[track_caller]
pub fn wait_within(child: &mut Child, limit: Duration) -> ExitStatus {
    let until = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().expect("it is a child") {
            return status;
        }
        if Instant::now() > until {
            child.kill().expect("it runs");
            child.wait().expect("it is a child");
            panic!("the process hangs: not ended within {limit:?}");
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// Reads to the end on a separate thread, so that no pipe is full.
fn read(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, said) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("a pipe can be read");
        // After a limit has passed, the receiver is gone.
        drop(sender.send(bytes));
    });
    said
}

/// Resident memory of this process in bytes, now and at its peak.
#[cfg(target_os = "linux")]
pub fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").expect("procfs is mounted");
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
