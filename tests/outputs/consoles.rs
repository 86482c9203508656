//! A console that is closed, full, stopped or not read: the file goes on, a flush names the output that is behind, the
//! shutdown ends in time, and the program's exit code does not change.
#![cfg(unix)]

use crate::common;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Config, Console, ErrorKind, OutputState, Overflow, State};
use common::check::exactly;
use common::child::{command, is_child, output, wait};
use common::disk::{Fault, FaultyDisk};
use common::{LIMIT, lines_of, log_numbered, to_file, wait_until};
use log::Level;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub(super) const DIR: &str = "TEST_DIR";
/// What the child's program says with its own exit code.
pub(super) const CODE: i32 = 42;

/// More than a pipe holds.
pub(super) const RECORDS: usize = 10_000;

pub(super) fn config(dir: &Path, console: Console) -> Config {
    let config = to_file(dir).console(console).console_format("{message}");
    config.backup_count(0).overflow(Overflow::Block)
}

pub(super) fn dir() -> PathBuf {
    std::env::var_os(DIR).expect("the test sets it").into()
}

/// Runs `test` in a child process with its log in `dir`.
pub(super) fn start(test: &str, dir: &Path, stdout: Stdio, stderr: Stdio) -> Child {
    let mut child = command(test);
    child
        .env(DIR, dir)
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(stderr);
    child.spawn().expect("the test binary runs again")
}

#[track_caller]
pub(super) fn assert_whole(dir: &Path, records: usize) {
    assert_eq!(exactly(&lines_of(&dir.join("app.log")), 1, records), Ok(()));
}

#[track_caller]
pub(super) fn assert_own_code(status: ExitStatus) {
    assert_eq!(status.code(), Some(CODE), "{status}");
}

/// Without the harness, which would print to the stream.
pub(super) fn end(logger: AsyncLogger) -> ! {
    drop(logger);
    std::process::exit(CODE)
}

pub(super) fn console_of(logger: &AsyncLogger) -> (OutputState, Option<String>) {
    let health = logger.health();
    let console = health
        .outputs
        .iter()
        .find(|output| output.name == "console")
        .unwrap();
    (console.state, console.last_error.clone())
}

#[test]
fn a_closed_pipe_ends_the_console_and_nothing_else() {
    const TEST: &str = "a_closed_pipe_ends_the_console_and_nothing_else";
    if is_child(TEST) {
        // As in a program that does not ignore the signal.
        // SAFETY: sets the default action of a signal.
        #[allow(unsafe_code)]
        unsafe {
            libc::signal(libc::SIGPIPE, libc::SIG_DFL)
        };
        // The harness has printed its own lines before; the test continues when the pipe is closed.
        eprintln!("close it");
        io::stdin().read_line(&mut String::new()).unwrap();
        let logger = AsyncLogger::start(config(&dir(), Console::Stdout)).unwrap();
        (0..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        logger.flush().wait().unwrap();
        let (state, error) = console_of(&logger);
        assert_eq!(
            (state, logger.health().state),
            (OutputState::Ended, State::Degraded)
        );
        assert!(error.is_some_and(|error| error.contains("cannot write to the console")));
        logger.shutdown().wait().unwrap();
        end(logger)
    }
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(TEST, dir.path(), Stdio::piped(), Stdio::piped());
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(lines.any(|line| line == "close it"));
    drop(child.stdout.take());
    writeln!(child.stdin.take().unwrap(), "closed").unwrap();
    assert_own_code(wait(&mut child));
    assert_whole(dir.path(), RECORDS);
}

#[test]
fn an_unread_pipe_delays_neither_the_file_nor_the_end() {
    const TEST: &str = "an_unread_pipe_delays_neither_the_file_nor_the_end";
    if is_child(TEST) {
        let limit = Duration::from_millis(500);
        let config = config(&dir(), Console::Stdout).shutdown_timeout(limit);
        let logger = AsyncLogger::start(config).unwrap();
        (0..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        let error = logger.flush().wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("console"), "{error}");
        let begun = Instant::now();
        let error = logger.shutdown().wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(begun.elapsed() < limit * 10, "{:?}", begun.elapsed());
        end(logger)
    }
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(TEST, dir.path(), Stdio::piped(), Stdio::inherit());
    assert_own_code(wait(&mut child));
    // More bytes than a pipe holds, and the pipe was never read.
    let mut held = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut held).unwrap();
    assert!(held.len() < RECORDS * 20, "the pipe took {} bytes", held.len());
    assert_whole(dir.path(), RECORDS);
}

/// A terminal: the side that shows, and the side that a program writes to.
pub(super) fn terminal() -> Option<(File, OwnedFd)> {
    let (mut shows, mut program) = (-1, -1);
    let null = std::ptr::null_mut();
    // SAFETY: writes two numbers; name and settings are not requested.
    #[allow(unsafe_code)]
    unsafe {
        if libc::openpty(&raw mut shows, &raw mut program, null, null.cast(), null.cast()) != 0 {
            return None;
        }
        // A copy in the child would keep the pseudo-terminal open.
        libc::fcntl(shows, libc::F_SETFD, libc::FD_CLOEXEC);
        libc::fcntl(program, libc::F_SETFD, libc::FD_CLOEXEC);
        Some((File::from_raw_fd(shows), OwnedFd::from_raw_fd(program)))
    }
}

#[test]
fn ctrl_s_delays_only_the_console_and_ctrl_q_brings_all_lines() {
    const TEST: &str = "ctrl_s_delays_only_the_console_and_ctrl_q_brings_all_lines";
    if is_child(TEST) {
        let mut commands = BufReader::new(io::stdin()).lines().map_while(Result::ok);
        let logger = AsyncLogger::start(config(&dir(), Console::Stderr)).unwrap();
        // The terminal stops some time after the key was pressed.
        let mut n = 0;
        let error = loop {
            log_numbered(&logger, Level::Info, 0, n);
            n += 1;
            if let Err(error) = logger.flush().wait() {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("console"), "{error}");
        println!("\nstopped {n}");
        commands.next();
        wait_until("the terminal goes on", || logger.flush().wait().is_ok());
        end(logger)
    }
    let Some((mut keys, program)) = terminal() else {
        return common::skipped("no terminal can be opened here");
    };
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(TEST, dir.path(), Stdio::piped(), program.into());
    let mut shown = keys.try_clone().unwrap();
    let shows = std::thread::spawn(move || {
        // The read fails when the last program has closed the terminal.
        let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = shown.read(&mut buffer) {
            text.extend_from_slice(&buffer[..read]);
        }
        text
    });
    keys.write_all(b"\x13").unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let stopped = lines.find_map(|line| line.strip_prefix("stopped ")?.parse::<usize>().ok());
    let stopped = stopped.expect("the console stops");
    assert_whole(dir.path(), stopped);
    keys.write_all(b"\x11").unwrap();
    writeln!(child.stdin.take().unwrap(), "goes on").unwrap();
    lines.for_each(drop);
    assert_own_code(wait(&mut child));
    let shown = String::from_utf8_lossy(&shows.join().unwrap()).replace("\r\n", "\n");
    let lines: Vec<&str> = shown.lines().filter(|line| line.contains("crc=")).collect();
    assert_eq!(exactly((lines.join("\n") + "\n").as_bytes(), 1, stopped), Ok(()));
}

/// A logger whose file cannot be written, so that it writes a notice to standard error.
fn with_failing_file(dir: &Path) -> (AsyncLogger, FaultyDisk) {
    let disk = FaultyDisk::default();
    disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
    let config = config(dir, Console::Stderr);
    let logger = AsyncLogger::start_with_seams(config, Seams::default().storage(disk.clone())).unwrap();
    log_numbered(&logger, Level::Info, 0, 0);
    assert_eq!(logger.flush().wait().unwrap_err().kind(), ErrorKind::Io);
    (logger, disk)
}

#[test]
fn a_full_standard_error_gets_no_notice_and_delays_no_record() {
    const TEST: &str = "a_full_standard_error_gets_no_notice_and_delays_no_record";
    if is_child(TEST) {
        let (logger, disk) = with_failing_file(&dir());
        disk.set_write(None);
        (1..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        // The file works again without a restart; the console does not.
        wait_until("the file is written", || {
            lines_of(&dir().join("app.log")).len() > 20
        });
        let error = logger.flush().wait().unwrap_err();
        assert!(error.to_string().contains("console"), "{error}");
        end(logger)
    }
    let dir = tempfile::tempdir().unwrap();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut child = start(TEST, dir.path(), Stdio::null(), full.into());
    assert_own_code(wait(&mut child));
    assert_whole(dir.path(), RECORDS);
}

/// Closes a standard stream and opens a file of another program, the victim, under its number.
fn swap(stream: i32, victim: &Path) -> File {
    let victim = File::create(victim).unwrap();
    // Not a close and an open: another thread may get the number in between.
    // SAFETY: this test does not use the stream from here on; the new number has no other owner.
    #[allow(unsafe_code)]
    unsafe {
        assert_eq!(libc::dup2(victim.as_raw_fd(), stream), stream);
        File::from_raw_fd(stream)
    }
}

#[test]
fn a_file_that_got_the_number_of_a_closed_stream_gets_no_line() {
    const TEST: &str = "a_file_that_got_the_number_of_a_closed_stream_gets_no_line";
    if is_child(TEST) {
        let both = [(Console::Stdout, 1), (Console::Stderr, 2)];
        for (console, stream) in both {
            let logger = AsyncLogger::start(config(&dir(), console)).unwrap();
            let victim = swap(stream, &dir().join(format!("victim{stream}")));
            (0..10).for_each(|n| log_numbered(&logger, Level::Info, stream as usize, n));
            logger.flush().wait_timeout(LIMIT).unwrap();
            // Stays open to the end, so that its number is not reused.
            std::mem::forget(victim);
        }
        std::process::exit(CODE)
    }
    let dir = tempfile::tempdir().unwrap();
    let child = start(TEST, dir.path(), Stdio::piped(), Stdio::piped());
    let output = output(child);
    assert_own_code(output.status);
    for (stream, shown) in [(1, &output.stdout), (2, &output.stderr)] {
        let text = String::from_utf8_lossy(shown);
        assert_eq!(text.matches(&format!("t={stream} n=")).count(), 10, "{text}");
        let victim = std::fs::read(dir.path().join(format!("victim{stream}"))).unwrap();
        assert!(victim.is_empty(), "{}", String::from_utf8_lossy(&victim));
    }
}

#[test]
fn a_notice_after_standard_error_was_closed_goes_where_it_went_before() {
    const TEST: &str = "a_notice_after_standard_error_was_closed_goes_where_it_went_before";
    if is_child(TEST) {
        let disk = FaultyDisk::default();
        let seams = Seams::default().storage(disk.clone());
        let logger = AsyncLogger::start_with_seams(to_file(&dir()), seams).unwrap();
        let _victim = swap(2, &dir().join("victim"));
        disk.set_write(Some(Fault::Fail(io::ErrorKind::StorageFull)));
        log_numbered(&logger, Level::Info, 0, 0);
        assert_eq!(logger.flush().wait().unwrap_err().kind(), ErrorKind::Io);
        disk.set_write(None);
        wait_until("it is written", || logger.flush().wait().is_ok());
        end(logger)
    }
    let dir = tempfile::tempdir().unwrap();
    let output = output(start(TEST, dir.path(), Stdio::null(), Stdio::piped()));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(CODE), "{}: {stderr}", output.status);
    assert_eq!(stderr.matches("asynclogger (app): ").count(), 1, "{stderr}");
    assert_eq!(std::fs::read(dir.path().join("victim")).unwrap(), b"");
    assert_whole(dir.path(), 1);
}

#[test]
fn a_stream_that_is_closed_when_the_logger_starts_is_an_ended_console() {
    const TEST: &str = "a_stream_that_is_closed_when_the_logger_starts_is_an_ended_console";
    if is_child(TEST) {
        // SAFETY: this process does not use it from here on.
        #[allow(unsafe_code)]
        unsafe {
            libc::close(1)
        };
        let logger = AsyncLogger::start(config(&dir(), Console::Stdout)).unwrap();
        (0..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        logger.flush().wait().unwrap();
        assert_eq!(console_of(&logger).0, OutputState::Ended);
        end(logger)
    }
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(TEST, dir.path(), Stdio::null(), Stdio::inherit());
    assert_own_code(wait(&mut child));
    assert_whole(dir.path(), RECORDS);
}
