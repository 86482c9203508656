//! Outputs whose errors never pass, and outputs that nobody reads at the end: the lines are counted, a flush answers,
//! and the program ends soon.
#![cfg(unix)]

use crate::common;
use crate::consoles::{
    RECORDS, assert_own_code, assert_whole, config, console_of, dir, end, start, terminal,
};

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Config, Console, DropReason, ErrorKind, OutputState, Overflow};
use common::answers::{info, output};
use common::check::exactly;
use common::child::{is_child, wait};
use common::gate::Gate;
use common::{LIMIT, assert_balanced, log_numbered, to_writer, wait_until};
use log::Level;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Much less than the default `shutdown_timeout`, and more than what a stuck output gets.
const SOON: Duration = Duration::from_millis(2500);

fn only_a_console(console: Console) -> Config {
    let config = to_writer().console(console).console_format("{message}");
    config.overflow(Overflow::Block)
}

/// Waits until the parent has closed the other end of the stream.
fn wait_for_the_parent() {
    println!("\nready");
    io::stdin().read_line(&mut String::new()).unwrap();
}

/// Logs to a console that has ended next to a file, and asks twice.
fn log_beside_an_ended_console(logger: AsyncLogger) -> ! {
    (0..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    logger.flush().wait_timeout(LIMIT).unwrap();
    logger.flush().wait_timeout(LIMIT).unwrap();
    let health = logger.health();
    assert_eq!(console_of(&logger).0, OutputState::Ended, "{health}");
    assert_balanced(&health, RECORDS as u64);
    assert_eq!(health.written, RECORDS as u64);
    let begun = Instant::now();
    logger.shutdown().wait().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    end(logger)
}

#[test]
fn a_terminal_that_was_closed_ends_the_console_and_nothing_else() {
    const TEST: &str = "a_terminal_that_was_closed_ends_the_console_and_nothing_else";
    if is_child(TEST) {
        let logger = AsyncLogger::start(config(&dir(), Console::Stderr)).unwrap();
        wait_for_the_parent();
        log_beside_an_ended_console(logger)
    }
    let Some((shows, program)) = terminal() else {
        return common::skipped("no terminal can be opened here");
    };
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(TEST, dir.path(), Stdio::piped(), program.into());
    let mut said = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(said.any(|line| line == "ready"));
    drop(shows);
    writeln!(child.stdin.take().unwrap(), "closed").unwrap();
    said.for_each(drop);
    assert_own_code(wait(&mut child));
    assert_whole(dir.path(), RECORDS);
}

#[test]
fn a_closed_terminal_as_the_only_output_counts_its_records_and_delays_no_end() {
    const TEST: &str = "a_closed_terminal_as_the_only_output_counts_its_records_and_delays_no_end";
    if is_child(TEST) {
        let logger = AsyncLogger::start(only_a_console(Console::Stderr)).unwrap();
        wait_for_the_parent();
        (0..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        let error = logger.flush().wait_timeout(LIMIT).unwrap_err();
        assert_eq!(
            (error.kind(), error.unwritten()),
            (ErrorKind::Incomplete, RECORDS as u64)
        );
        logger
            .flush()
            .wait_timeout(LIMIT)
            .expect("the loss was reported before");
        let health = logger.health();
        assert_balanced(&health, RECORDS as u64);
        assert_eq!(health.dropped.by_reason[&DropReason::NoOutput], RECORDS as u64);
        let begun = Instant::now();
        logger.shutdown().wait().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        end(logger)
    }
    let Some((shows, program)) = terminal() else {
        return common::skipped("no terminal can be opened here");
    };
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(TEST, dir.path(), Stdio::piped(), program.into());
    let mut said = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(said.any(|line| line == "ready"));
    drop(shows);
    writeln!(child.stdin.take().unwrap(), "closed").unwrap();
    said.for_each(drop);
    assert_own_code(wait(&mut child));
}

#[test]
fn a_socket_without_its_other_end_ends_the_console_and_nothing_else() {
    const TEST: &str = "a_socket_without_its_other_end_ends_the_console_and_nothing_else";
    if is_child(TEST) {
        log_beside_an_ended_console(AsyncLogger::start(config(&dir(), Console::Stderr)).unwrap())
    }
    // A peer that is gone with something unread resets the connection; an unconnected socket has never had one.
    let (mut peer, reset) = UnixStream::pair().unwrap();
    (&reset).write_all(b"unread").unwrap();
    peer.write_all(b"unread").unwrap();
    drop(peer);
    let unconnected = UnixDatagram::unbound().unwrap();
    for socket in [OwnedFd::from(reset), OwnedFd::from(unconnected)] {
        let dir = tempfile::tempdir().unwrap();
        let mut child = start(TEST, dir.path(), Stdio::null(), socket.into());
        assert_own_code(wait(&mut child));
        assert_whole(dir.path(), RECORDS);
    }
}

/// What a writer answers with its first calls, the last of them first; then it takes everything.
#[derive(Clone)]
struct Answers(Arc<Mutex<Vec<i32>>>, Gate);

impl Answers {
    fn new(errors: &[i32]) -> Answers {
        Answers(Arc::new(Mutex::new(errors.to_vec())), Gate::open())
    }

    fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Write for Answers {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.lock().unwrap().pop() {
            Some(error) => Err(io::Error::from_raw_os_error(error)),
            None => self.1.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A record to an output that answers with `error` for ever is counted, once the output has failed `tries` times.
#[track_caller]
fn ends_after(tries: usize, error: i32, name: &str, start: fn(Answers) -> AsyncLogger) {
    let answers = Answers::new(&[error; 50]);
    let logger = start(answers.clone());
    info(&logger, 0);
    wait_until("the output has ended", || {
        output(&logger.health(), name).state == OutputState::Ended
    });
    assert!(logger.flush().wait_timeout(LIMIT).is_err());
    info(&logger, 1);
    let begun = Instant::now();
    assert_eq!(
        logger.shutdown().wait().unwrap_err().kind(),
        ErrorKind::Incomplete
    );
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_balanced(&logger.health(), 2);
    assert_eq!(
        50 - answers.left(),
        tries,
        "{}",
        io::Error::from_raw_os_error(error)
    );
}

#[test]
fn errors_that_say_that_the_other_end_is_gone_end_a_console_at_once_and_a_writer_when_they_stay() {
    let console = |answers| {
        let seams = Seams::default().console(answers);
        AsyncLogger::start_with_seams(only_a_console(Console::Stdout), seams).unwrap()
    };
    let writer = |answers| AsyncLogger::start_with(to_writer(), answers).unwrap();
    for error in [
        libc::ENXIO,
        libc::ENODEV,
        libc::ENOTCONN,
        libc::ECONNRESET,
        libc::ESTALE,
    ] {
        ends_after(1, error, "console", console);
        ends_after(3, error, "writer", writer);
    }
    for error in [libc::EPIPE, libc::EBADF] {
        ends_after(1, error, "console", console);
        ends_after(1, error, "writer", writer);
    }
}

/// It may open a new connection, or its disk may recover.
#[test]
fn a_writer_that_recovers_from_a_lost_connection_loses_no_line() {
    for errors in [
        &[libc::ECONNRESET, libc::ENOTCONN][..],
        &[
            libc::ENOTCONN,
            libc::ENOTCONN,
            libc::ECONNREFUSED,
            libc::ENOTCONN,
            libc::ENOTCONN,
        ],
        &[libc::EIO; 4],
    ] {
        let answers = Answers::new(errors);
        let logger = AsyncLogger::start_with(to_writer(), answers.clone()).unwrap();
        info(&logger, 0);
        wait_until("the record is written", || logger.health().written == 1);
        logger.shutdown().wait_timeout(LIMIT).unwrap();
        assert_balanced(&logger.health(), 1);
        assert_eq!(exactly(&answers.1.bytes(), 1, 1), Ok(()));
    }
}

/// Logs more than a pipe holds, and ends with the default limit.
fn end_while_nothing_moves(logger: AsyncLogger) -> ! {
    (0..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    let begun = Instant::now();
    let error = logger.shutdown().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.to_string().contains("console"), "{error}");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    end(logger)
}

#[test]
fn at_the_end_an_output_that_takes_nothing_for_a_second_is_given_up() {
    const TEST: &str = "at_the_end_an_output_that_takes_nothing_for_a_second_is_given_up";
    if is_child(TEST) {
        let name = std::env::var("TEST_CONSOLE").unwrap();
        let console = if name.contains("stdout") {
            Console::Stdout
        } else {
            Console::Stderr
        };
        if name.contains("file") {
            end_while_nothing_moves(AsyncLogger::start(config(&dir(), console)).unwrap())
        }
        let config = only_a_console(console).queue_bytes(64 << 20);
        let logger = AsyncLogger::start(config).unwrap();
        end_while_nothing_moves(logger)
    }
    for outputs in ["file, stdout", "stdout", "file, stderr", "stderr"] {
        let dir = tempfile::tempdir().unwrap();
        let mut child = common::child::command(TEST);
        child.env("TEST_CONSOLE", outputs).env("TEST_DIR", dir.path());
        // A pipe that nobody reads is standard output, a full disk is standard error.
        if outputs.contains("stdout") {
            child.stdout(Stdio::piped());
        } else {
            child.stdout(Stdio::null());
            child.stderr(File::options().write(true).open("/dev/full").unwrap());
        }
        let mut child = child.spawn().unwrap();
        assert_own_code(wait(&mut child));
        if outputs.contains("file") {
            assert_whole(dir.path(), RECORDS);
        }
    }
}

#[test]
fn a_stuck_console_is_given_up_at_the_end_and_the_writer_next_to_it_gets_every_line() {
    const TEST: &str = "a_stuck_console_is_given_up_at_the_end_and_the_writer_next_to_it_gets_every_line";
    if is_child(TEST) {
        let writer = Gate::open();
        let config = only_a_console(Console::Stdout).queue_bytes(64 << 20);
        let config = config.file_format("{message}");
        let logger = AsyncLogger::start_with(config, writer.clone()).unwrap();
        (0..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        let begun = Instant::now();
        let error = logger.shutdown().wait().unwrap_err();
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(error.to_string().contains("the console took nothing"), "{error}");
        let unwritten = RECORDS as u64 - logger.health().written;
        assert_eq!(error.unwritten(), unwritten, "{error}");
        let shown = format!("{unwritten} records");
        assert!(
            error.to_string().contains(&shown),
            "{error}, and {shown} are missing"
        );
        assert_eq!(exactly(&writer.bytes(), 1, RECORDS), Ok(()));
        end(logger)
    }
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(TEST, dir.path(), Stdio::piped(), Stdio::inherit());
    assert_own_code(wait(&mut child));
}

/// It takes longer than what a stuck output gets, and moves all the time.
#[test]
fn a_reader_that_is_slow_at_the_end_gets_every_line() {
    const TEST: &str = "a_reader_that_is_slow_at_the_end_gets_every_line";
    if is_child(TEST) {
        let limit = Duration::from_secs(60);
        let config = config(&dir(), Console::Stdout).shutdown_timeout(limit);
        let logger = AsyncLogger::start(config).unwrap();
        (0..RECORDS).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
        logger.shutdown().wait().unwrap();
        end(logger)
    }
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(TEST, dir.path(), Stdio::piped(), Stdio::inherit());
    let (mut shown, mut part) = (Vec::new(), vec![0; 16 * 1024]);
    let mut stdout = child.stdout.take().unwrap();
    let begun = Instant::now();
    while let read @ 1.. = stdout.read(&mut part).unwrap() {
        shown.extend_from_slice(&part[..read]);
        // The pause is what makes the reader slow.
        std::thread::park_timeout(Duration::from_millis(50));
    }
    assert_own_code(wait(&mut child));
    let text = String::from_utf8(shown).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("crc=")).collect();
    assert_eq!(
        exactly((lines.join("\n") + "\n").as_bytes(), 1, RECORDS),
        Ok(()),
        "{:?}",
        begun.elapsed()
    );
}
