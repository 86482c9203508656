//! A logger in a separate process, which carries out the commands that a test sends to its standard input.
//!
//! The test binary runs itself: a test begins with [`serve`], which returns at once in the test, and does not return in
//! the process that [`Remote`] started.

use super::child::only;
use super::{LIMIT, assert_balanced, numbered};
use asynclogger::{AsyncLogger, Config};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

const TEST: &str = "ASYNCLOGGER_TEST_REMOTE";
const THREAD: &str = "ASYNCLOGGER_TEST_REMOTE_THREAD";
const CONFIG: &str = "ASYNCLOGGER_TEST_REMOTE_CONFIG";
/// Marks the lines of the process; all others are those of the test harness.
const MARK: &str = "@ ";

/// A process with a logger.
pub struct Remote {
    process: Child,
    input: Option<ChildStdin>,
    said: Receiver<String>,
    errors: tempfile::NamedTempFile,
}

impl Remote {
    /// Starts a process of `test`, whose records have the number `thread`.
    pub fn start(test: &str, thread: usize, config: &Config) -> Remote {
        Remote::start_under(&[], test, thread, config)
    }

    /// As `start`, under another command, such as `strace`.
    pub fn start_under(tool: &[&str], test: &str, thread: usize, config: &Config) -> Remote {
        let binary = std::env::current_exe().expect("a test binary knows its path");
        let binary = binary.to_str().expect("the path is text");
        let line: Vec<&str> = tool.iter().copied().chain([binary]).collect();
        let errors = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        let mut process = Command::new(line[0])
            .args(&line[1..])
            .args(only(test))
            .env(TEST, test)
            .env(THREAD, thread.to_string())
            .env(
                CONFIG,
                serde_json::to_string(config).expect("a configuration is data"),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors.reopen().expect("a temporary file can be opened"))
            .spawn()
            .expect("the test binary runs again");
        let (sender, said) = mpsc::channel();
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        std::thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            let marked = lines.filter_map(|line| line.strip_prefix(MARK).map(str::to_owned));
            marked.map_while(|line| sender.send(line).ok()).for_each(drop);
        });
        Remote {
            input: process.stdin.take(),
            process,
            said,
            errors,
        }
    }

    /// Waits until the logger runs.
    #[track_caller]
    pub fn ready(mut self) -> Remote {
        assert_eq!(self.receive(), "ready", "{}", self.errors());
        self
    }

    pub fn send(&mut self, command: &str) {
        let input = self.input.as_mut().expect("it was not ended");
        writeln!(input, "{command}").expect("the process listens");
    }

    /// Returns its next line.
    #[track_caller]
    pub fn receive(&mut self) -> String {
        match self.receive_or_end() {
            Some(line) => line,
            None => panic!("the process ended: {}", self.errors()),
        }
    }

    /// Returns its next line, or `None` if it has ended.
    #[track_caller]
    pub fn receive_or_end(&mut self) -> Option<String> {
        match self.said.recv_timeout(LIMIT) {
            Ok(line) => Some(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("no line came: {}", self.errors()),
        }
    }

    /// Returns a line that it has already sent.
    pub fn try_receive(&mut self) -> Option<String> {
        self.said.try_recv().ok()
    }

    #[track_caller]
    pub fn ask(&mut self, command: &str) -> String {
        self.send(command);
        self.receive()
    }

    #[track_caller]
    pub fn health(&mut self) -> serde_json::Value {
        let answer = self.ask("health");
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("no health: {answer}"))
    }

    /// Shuts the logger down; the process checks that its ledger balances. Returns the answer of `shutdown()` and the
    /// last health.
    #[track_caller]
    pub fn end(&mut self) -> (String, serde_json::Value) {
        let answer = self.ask("end");
        let health = self.receive();
        let health = serde_json::from_str(&health).unwrap_or_else(|_| panic!("{health}\n{}", self.errors()));
        drop(self.input.take());
        let status = super::child::wait(&mut self.process);
        assert!(status.success(), "{status}: {}", self.errors());
        (answer, health)
    }

    /// Shuts down a logger that has lost nothing; returns the last health.
    #[track_caller]
    pub fn end_well(&mut self) -> serde_json::Value {
        let (answer, health) = self.end();
        assert_eq!(answer, "ok", "{health}");
        health
    }

    /// Kills it by SIGKILL and waits until it has ended.
    pub fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it can be waited for");
    }

    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Whether all its threads are stopped.
    #[cfg(target_os = "linux")]
    pub fn is_stopped(&self) -> bool {
        let tasks =
            std::fs::read_dir(format!("/proc/{}/task", self.process.id())).expect("procfs is mounted");
        tasks.filter_map(Result::ok).all(|task| {
            let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
            status.contains("\nState:\tT") || status.is_empty()
        })
    }

    /// Returns its standard error.
    pub fn errors(&self) -> String {
        std::fs::read_to_string(self.errors.path()).unwrap_or_default()
    }

    /// Returns the notices of its logger on standard error.
    pub fn notices(&self) -> Vec<String> {
        let errors = self.errors();
        let notices = errors.lines().filter(|line| line.starts_with("asynclogger ("));
        notices.map(str::to_owned).collect()
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // It may have ended before.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Whether `strace` can inject faults into a child here.
pub fn can_trace() -> bool {
    let status = Command::new("strace")
        .args([
            "-qq",
            "-f",
            "-e",
            "trace=flock",
            "-e",
            "inject=flock:error=ENOLCK",
            "true",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// Carries out the commands of the test, in the process that it started; returns at once in the test itself.
pub fn serve(test: &str) {
    if std::env::var(TEST).is_ok_and(|name| name == test) {
        serve_to_the_end();
        std::process::exit(0);
    }
}

fn say(text: &str) {
    let mut output = io::stdout().lock();
    write!(output, "\n{MARK}{text}\n").expect("the test listens");
    output.flush().expect("the test listens");
}

fn answer<E: std::fmt::Display>(result: Result<(), E>) -> String {
    result.map_or_else(|error| format!("err {error}"), |()| "ok".to_owned())
}

fn serve_to_the_end() {
    let config: Config = serde_json::from_str(&std::env::var(CONFIG).expect("set by start")).expect("valid");
    let logger = match AsyncLogger::start(config) {
        Ok(logger) => logger,
        Err(error) => return say(&format!("err {error}")),
    };
    say("ready");
    let (sender, commands) = mpsc::channel();
    std::thread::spawn(move || {
        let lines = io::stdin().lock().lines().map_while(Result::ok);
        lines.map_while(|line| sender.send(line).ok()).for_each(drop);
    });
    let mut server = Server {
        logger,
        thread: std::env::var(THREAD)
            .ok()
            .and_then(|text| text.parse().ok())
            .expect("set by start"),
        sent: 0,
        slowest: Duration::ZERO,
        opened: Vec::new(),
        commands,
    };
    while let Ok(command) = server.commands.recv() {
        let words: Vec<&str> = command.split(' ').collect();
        let numbers: Vec<usize> = words[1..]
            .iter()
            .map(|word| word.parse().expect("a number"))
            .collect();
        match (words[0], numbers.as_slice()) {
            ("end", []) => return server.end(),
            (word, numbers) => server.run(word, numbers),
        }
    }
}

struct Server {
    logger: AsyncLogger,
    thread: usize,
    sent: u64,
    slowest: Duration,
    opened: Vec<File>,
    commands: Receiver<String>,
}

impl Server {
    fn run(&mut self, word: &str, numbers: &[usize]) {
        match (word, numbers) {
            // Logs the numbers `from..to`, with a key-value of this many bytes.
            ("log", &[from, to, pad]) => {
                (from..to).for_each(|n| self.log(n, pad));
                self.say_slowest();
            }
            // Logs and flushes repeatedly, until `stop` or for this time; reports each flush that was `Ok`.
            ("stream", &[from, every, millis]) => {
                self.stream(from, every, Duration::from_millis(millis as u64))
            }
            // A command after the end of a stream.
            ("stop", []) => {}
            ("flush", []) => say(&answer(self.logger.flush().wait_timeout(LIMIT))),
            ("sync", []) => say(&answer(self.logger.sync().wait_timeout(LIMIT))),
            ("reopen", []) => say(&answer(self.logger.reopen().wait_timeout(LIMIT))),
            ("health", []) => say(&serde_json::to_string(&self.logger.health()).expect("it is data")),
            ("slowest", []) => self.say_slowest(),
            // Opens files until the system refuses.
            ("exhaust", []) => {
                let more = std::iter::from_fn(|| File::open("/dev/null").ok());
                self.opened.extend(more);
                say("ok");
            }
            ("release", []) => {
                self.opened.clear();
                say("ok");
            }
            _ => panic!("unknown command {word} {numbers:?}"),
        }
    }

    fn log(&mut self, n: usize, pad: usize) {
        let text = numbered(self.thread, n);
        let begin = Instant::now();
        if pad == 0 {
            log::info!(logger: self.logger, target: "test", "{text}");
        } else {
            let pad = "x".repeat(pad);
            log::info!(logger: self.logger, target: "test", pad = pad.as_str(); "{text}");
        }
        self.slowest = self.slowest.max(begin.elapsed());
        self.sent += 1;
    }

    fn say_slowest(&self) {
        say(&format!("slowest {}", self.slowest.as_millis()));
    }

    fn stream(&mut self, from: usize, every: usize, limit: Duration) {
        let begin = Instant::now();
        let mut n = from;
        while begin.elapsed() < limit && self.commands.try_recv().is_err() {
            (n..n + every).for_each(|n| self.log(n, 0));
            n += every;
            match self.logger.flush().wait_timeout(LIMIT) {
                Ok(()) => say(&format!("flushed {n}")),
                Err(error) => say(&format!("err {error}")),
            }
        }
        say(&format!("streamed {n}"));
    }

    /// Every record that was logged is accounted for, after any fault.
    fn end(self) {
        say(&answer(self.logger.shutdown().wait_timeout(LIMIT)));
        let health = self.logger.health();
        assert_balanced(&health, self.sent);
        say(&serde_json::to_string(&health).expect("it is data"));
    }
}
