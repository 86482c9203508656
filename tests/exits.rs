//! Promise 9: no record is lost when a process ends by a return from `main`, an exit, or a panic.
//!
//! Without the test harness, so that each end is that of a real `main`: the binary runs itself, once for each kind of
//! end and each run. `ASYNCLOGGER_TEST_SCALE=50` makes the 20 runs of each kind 1,000, as `.ci/ends` does.

mod common;
#[path = "exits/runner.rs"]
mod runner;

use asynclogger::seams::Seams;
use asynclogger::{AsyncLogger, Config, DropReason, Overflow};
use common::check::{exactly, in_order};
use common::disk::FaultyDisk;
use common::gate::Gate;
use common::{lines_of, log_numbered, numbered, to_file, to_writer};
use log::Level;
use runner::{ABORTED, End};
use std::io::{self, Write};
use std::path::Path;
use std::process::{ExitCode, exit};
#[cfg(unix)]
use std::sync::OnceLock;
use std::time::Duration;
#[cfg(not(windows))]
use std::{cell::RefCell, fmt};

const RECORDS: usize = 100;
/// A nap so long that without the exit handler the records would still be in the queue.
const NAP: Duration = Duration::from_secs(3_600);

const ENDS: &[End] = &[
    End {
        name: "a_return_from_main_drains_the_queue",
        code: 0,
        child: |dir| {
            forgotten_logger(dir);
            ExitCode::SUCCESS
        },
        check: all_are_there,
    },
    End {
        name: "a_return_of_a_failure_from_main_drains_the_queue",
        code: 3,
        child: |dir| {
            forgotten_logger(dir);
            ExitCode::from(3)
        },
        check: all_are_there,
    },
    // On Windows `process::exit` runs no handlers; the documentation lists what is lost then.
    #[cfg(not(windows))]
    End {
        name: "process_exit_drains_the_queue",
        code: 7,
        child: |dir| {
            forgotten_logger(dir);
            exit(7)
        },
        check: all_are_there,
    },
    #[cfg(not(windows))]
    End {
        name: "process_exit_on_another_thread_drains_the_queue",
        code: 7,
        child: |dir| {
            forgotten_logger(dir);
            std::thread::spawn(|| exit(7)).join().unwrap()
        },
        check: all_are_there,
    },
    #[cfg(not(windows))]
    End {
        name: "process_exit_inside_a_record_drains_what_was_logged_before",
        code: 7,
        child: |dir| {
            struct Exits;
            impl fmt::Display for Exits {
                fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                    exit(7)
                }
            }
            let logger = forgotten_logger(dir);
            log::info!(logger: logger, "{Exits}");
            unreachable!()
        },
        check: all_are_there,
    },
    #[cfg(not(windows))]
    End {
        name: "process_exit_while_others_log_drains_what_was_logged_before",
        code: 7,
        child: |dir| {
            let logger = forgotten_logger(dir);
            for thread in 1..4 {
                std::thread::spawn(move || {
                    for n in 0.. {
                        log_numbered(logger, Level::Info, thread, n);
                    }
                });
            }
            exit(7)
        },
        check: |dir| {
            let seen = in_order(&lines(dir)).unwrap();
            let whole = |numbers: &Vec<usize>| numbers.iter().copied().eq(0..numbers.len());
            assert_eq!(seen[&0].len(), RECORDS);
            assert!(seen.values().all(whole), "a record in the midst is missing");
        },
    },
    End {
        name: "a_panic_that_unwinds_main_drains_the_queue",
        code: 101,
        child: |dir| {
            forgotten_logger(dir);
            panic!("planted")
        },
        check: all_are_there,
    },
    End {
        name: "a_panic_of_the_installed_loggers_program_is_in_its_log",
        code: 101,
        child: |dir| {
            installed_logger(dir);
            panic!("planted")
        },
        check: |dir| {
            let text = String::from_utf8(lines(dir)).unwrap();
            let (records, last) = text.trim_end().rsplit_once('\n').unwrap();
            assert!(
                last.contains(" ERROR panic: thread 'main' panicked at tests/exits.rs:"),
                "{text}"
            );
            assert_eq!(exactly(format!("{records}\n").as_bytes(), 1, RECORDS), Ok(()));
        },
    },
    End {
        name: "the_installed_logger_is_drained_too",
        code: 3,
        child: |dir| {
            installed_logger(dir);
            end_with(3)
        },
        check: all_are_there,
    },
    End {
        name: "a_logger_that_is_dropped_is_drained",
        code: 0,
        child: |dir| {
            let logger = AsyncLogger::start(napping(dir).flush_on_exit(false)).unwrap();
            log_all(&logger);
            ExitCode::SUCCESS
        },
        check: all_are_there,
    },
    End {
        name: "a_logger_that_was_shut_down_does_not_hold_up_the_exit",
        code: 7,
        child: |dir| {
            forgotten_logger(dir).shutdown().wait().unwrap();
            exit(7)
        },
        check: all_are_there,
    },
    // On Windows they run after the handlers, when all other threads have ended.
    #[cfg(not(windows))]
    End {
        name: "records_of_thread_local_destructors_of_main_are_drained",
        code: 0,
        child: |dir| {
            thread_local!(static LAST: RefCell<Option<Last>> = const { RefCell::new(None) });
            struct Last(&'static AsyncLogger);
            impl Drop for Last {
                fn drop(&mut self) {
                    log_numbered(self.0, Level::Info, 0, RECORDS - 1);
                }
            }
            let logger = leaked(napping(dir));
            LAST.set(Some(Last(logger)));
            (0..RECORDS - 1).for_each(|n| log_numbered(logger, Level::Info, 0, n));
            ExitCode::SUCCESS
        },
        check: all_are_there,
    },
    End {
        name: "an_exit_on_a_thread_of_the_logger_never_waits",
        code: 7,
        child: |_| {
            struct Exits;
            impl Write for Exits {
                fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                    exit(7)
                }
                fn flush(&mut self) -> io::Result<()> {
                    Ok(())
                }
            }
            let logger = AsyncLogger::start_with(to_writer(), Exits).unwrap();
            log_numbered(&logger, Level::Info, 0, 0);
            drop(logger.flush().wait());
            unreachable!("the writer has exited")
        },
        check: |_| {},
    },
    End {
        name: "an_exit_with_an_output_that_does_not_move_ends_within_the_limit",
        code: 5,
        child: |_| exit_behind_a_closed_gate(to_writer().shutdown_timeout(Duration::from_millis(300))),
        check: |_| {},
    },
    // The worker itself is in the write and gives up nothing: the exit has to end its wait.
    End {
        name: "an_exit_with_a_file_stuck_in_a_write_ends_within_the_limit",
        code: 5,
        child: |dir| {
            let gate = Gate::closed();
            let seams = Seams::default().storage(FaultyDisk::behind(&gate));
            let config = to_file(dir).shutdown_timeout(Duration::from_millis(300));
            let logger = Box::leak(Box::new(AsyncLogger::start_with_seams(config, seams).unwrap()));
            log_numbered(logger, Level::Info, 0, 0);
            gate.wait_until_blocked();
            end_with(5)
        },
        check: |dir| assert!(lines(dir).is_empty()),
    },
    End {
        name: "with_flush_on_exit_off_nothing_is_waited_for",
        code: 5,
        child: |_| exit_behind_a_closed_gate(to_writer().shutdown_timeout(NAP).flush_on_exit(false)),
        check: |_| {},
    },
    End {
        name: "with_flush_on_exit_off_what_was_flushed_is_there",
        code: 7,
        child: |dir| {
            let logger = leaked(napping(dir).flush_on_exit(false));
            log_all(logger);
            logger.flush().wait().unwrap();
            log_numbered(logger, Level::Info, 0, RECORDS);
            exit(7)
        },
        check: flushed_records_are_there,
    },
    #[cfg(unix)]
    End {
        name: "records_of_a_handler_that_was_registered_later_are_drained",
        code: 0,
        child: |dir| {
            static LOGGER: OnceLock<&'static AsyncLogger> = OnceLock::new();
            extern "C" fn at_exit() {
                if let Some(logger) = LOGGER.get() {
                    log_all(logger);
                }
            }
            LOGGER.set(leaked(napping(dir))).unwrap();
            // SAFETY: a function of this program, which uses only a static.
            #[allow(unsafe_code)]
            unsafe {
                libc::atexit(at_exit)
            };
            ExitCode::SUCCESS
        },
        check: all_are_there,
    },
    #[cfg(unix)]
    End {
        name: "records_of_a_handler_that_was_registered_earlier_are_refused_at_once",
        code: 0,
        child: |dir| {
            static LOGGER: OnceLock<&'static AsyncLogger> = OnceLock::new();
            extern "C" fn at_exit() {
                if let Some(logger) = LOGGER.get() {
                    (0..RECORDS).for_each(|n| log_numbered(logger, Level::Info, 1, n));
                    let refused = logger.health().dropped.by_reason[&DropReason::AfterShutdown];
                    assert_eq!(refused, RECORDS as u64);
                }
            }
            // SAFETY: a function of this program, which uses only a static.
            #[allow(unsafe_code)]
            unsafe {
                libc::atexit(at_exit)
            };
            LOGGER.set(forgotten_logger(dir)).unwrap();
            ExitCode::SUCCESS
        },
        check: all_are_there,
    },
    End {
        name: "an_abort_leaves_all_but_the_last_flush_interval",
        code: ABORTED,
        child: |dir| {
            let logger = leaked(to_file(dir));
            log_all(logger);
            logger.flush().wait().unwrap();
            log_numbered(logger, Level::Info, 0, RECORDS);
            std::process::abort()
        },
        check: flushed_records_are_there,
    },
];

fn napping(dir: &Path) -> Config {
    to_file(dir).flush_interval(NAP).overflow(Overflow::Block)
}

fn leaked(config: Config) -> &'static AsyncLogger {
    Box::leak(Box::new(AsyncLogger::start(config).unwrap()))
}

fn log_all(logger: &AsyncLogger) {
    (0..RECORDS).for_each(|n| log_numbered(logger, Level::Info, 0, n));
}

/// Leaks a logger that still has pending records.
fn forgotten_logger(dir: &Path) -> &'static AsyncLogger {
    let logger = leaked(napping(dir));
    log_all(logger);
    logger
}

fn installed_logger(dir: &Path) {
    let config = Config::new("app").console(None).log_dir(dir);
    asynclogger::init(config.flush_interval(NAP).rust_log(false)).unwrap();
    (0..RECORDS).for_each(|n| log::info!("{}", numbered(0, n)));
}

fn exit_behind_a_closed_gate(config: Config) -> ExitCode {
    let gate = Gate::closed();
    let logger = Box::leak(Box::new(AsyncLogger::start_with(config, gate.clone()).unwrap()));
    log_numbered(logger, Level::Info, 0, 0);
    gate.wait_until_blocked();
    end_with(5)
}

/// Ends the process so that the handlers run.
fn end_with(code: u8) -> ExitCode {
    if cfg!(windows) {
        return ExitCode::from(code);
    }
    exit(code.into())
}

fn lines(dir: &Path) -> Vec<u8> {
    lines_of(&dir.join("app.log"))
}

fn all_are_there(dir: &Path) {
    assert_eq!(exactly(&lines(dir), 1, RECORDS), Ok(()));
}

/// One more was logged after the flush, and may have been written.
fn flushed_records_are_there(dir: &Path) {
    let records = in_order(&lines(dir)).unwrap()[&0].len();
    assert!((RECORDS..=RECORDS + 1).contains(&records), "{records}");
}

fn main() -> ExitCode {
    runner::main(ENDS)
}
