//! The panic hook of the installed logger; each test runs in a separate process.

use crate::common;

use asynclogger::{Config, Console, Mask, Overflow};
use common::child::{alone, alone_with};
#[cfg(not(windows))]
use common::child::{command, is_child, output_of};
use common::gate::Gate;
use std::fmt;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

fn to_file(dir: &Path) -> Config {
    let config = Config::new("app").console(None).rust_log(false);
    config.log_dir(dir).file_format("{level} {target} {message}")
}

fn lines(dir: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(dir.join("app.log")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Panics on a new thread with the name `name`.
fn panics(name: &str, text: &str) {
    let text = text.to_owned();
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread
        .spawn(move || panic!("{text}"))
        .unwrap()
        .join()
        .unwrap_err();
}

#[test]
fn a_panic_is_logged_with_thread_place_and_text_and_still_printed() {
    const TEST: &str = "a_panic_is_logged_with_thread_place_and_text_and_still_printed";
    let stderr = alone_with(TEST, &[("RUST_BACKTRACE", "0")], || {
        let dir = tempfile::tempdir().unwrap();
        asynclogger::init(to_file(dir.path())).unwrap();
        panics("packer", "lost\nits way");
        asynclogger::flush().wait().unwrap();
        let lines = lines(dir.path());
        assert_eq!(lines.len(), 1, "{lines:?}");
        let rest = lines[0].strip_prefix("ERROR panic thread 'packer' panicked at tests/process/panics.rs:");
        assert!(
            rest.is_some_and(|rest| rest.ends_with(r": lost\nits way")),
            "{lines:?}"
        );
    });
    if let Some(stderr) = stderr {
        assert_eq!(stderr.matches("lost\nits way").count(), 1, "{stderr}");
    }
}

#[test]
fn a_panic_is_logged_to_stdout_and_not_again_to_stderr() {
    const STDERR: &str = "a_panic_is_logged_to_stdout_and_not_again_to_stderr";
    let stderr = alone_with(STDERR, &[], || {
        let dir = tempfile::tempdir().unwrap();
        for (console, lines_in_file) in [(Console::Stderr, 2), (Console::Stdout, 4)] {
            asynclogger::init(to_file(dir.path()).console(console).console_format("[{message}]")).unwrap();
            panics("packer", "planted");
            log::info!("after it");
            asynclogger::shutdown().wait().unwrap();
            let outputs = asynclogger::health().outputs;
            let (file, console) = (outputs[0].written, outputs[1].written);
            assert_eq!((file, console), (2, lines_in_file / 2), "{outputs:?}");
            assert_eq!(lines(dir.path()).len() as u64, lines_in_file);
        }
    });
    if let Some(stderr) = stderr {
        assert_eq!(stderr.matches("[after it]").count(), 1, "{stderr}");
        assert!(!stderr.contains("[thread"), "{stderr}");
    }
}

#[test]
fn a_panic_that_only_standard_error_would_get_is_no_record_at_all() {
    alone(
        "a_panic_that_only_standard_error_would_get_is_no_record_at_all",
        || {
            asynclogger::init(Config::new("app").rust_log(false)).unwrap();
            panics("packer", "planted");
            asynclogger::flush().wait().unwrap();
            assert_eq!(asynclogger::health().total_messages, 0);
        },
    );
}

#[test]
fn a_secret_in_the_text_of_a_panic_is_masked_and_nothing_can_be_forged() {
    alone(
        "a_secret_in_the_text_of_a_panic_is_masked_and_nothing_can_be_forged",
        || {
            let dir = tempfile::tempdir().unwrap();
            asynclogger::init(to_file(dir.path()).mask(Mask::standard())).unwrap();
            panics(
                "packer",
                "login failed: password=hunter2!\nERROR forged\u{1b}[31m",
            );
            asynclogger::flush().wait().unwrap();
            let lines = lines(dir.path());
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(
                lines[0].contains("password=***") && !lines[0].contains("hunter2"),
                "{lines:?}"
            );
            assert!(!lines[0].contains('\u{1b}'), "{lines:?}");
        },
    );
}

#[test]
fn the_backtrace_is_in_the_record_when_it_is_asked_for() {
    const TEST: &str = "the_backtrace_is_in_the_record_when_it_is_asked_for";
    alone_with(TEST, &[("RUST_BACKTRACE", "1")], || {
        let dir = tempfile::tempdir().unwrap();
        asynclogger::init(to_file(dir.path())).unwrap();
        panics("packer", "planted");
        asynclogger::flush().wait().unwrap();
        let lines = lines(dir.path());
        assert!(
            lines.len() == 1 && lines[0].contains(r"planted\nstack backtrace:\n"),
            "{lines:?}"
        );
        assert!(lines[0].contains("panics"), "{lines:?}");
    });
}

#[test]
fn the_previous_hook_runs_once_for_each_panic_after_several_inits() {
    const TEST: &str = "the_previous_hook_runs_once_for_each_panic_after_several_inits";
    alone(TEST, || {
        static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());
        std::panic::set_hook(Box::new(|info| {
            let text = info.payload().downcast_ref::<String>().cloned();
            HEARD.lock().unwrap().push(text.unwrap_or_default());
        }));
        let dir = tempfile::tempdir().unwrap();
        for round in 0..3 {
            asynclogger::init(to_file(dir.path())).unwrap();
            panics("packer", &format!("round {round}"));
            asynclogger::shutdown().wait().unwrap();
        }
        assert_eq!(*HEARD.lock().unwrap(), ["round 0", "round 1", "round 2"]);
        assert_eq!(lines(dir.path()).len(), 3);
    });
}

#[test]
fn log_panics_off_leaves_no_record_and_a_later_init_may_switch_it_on() {
    alone(
        "log_panics_off_leaves_no_record_and_a_later_init_may_switch_it_on",
        || {
            let dir = tempfile::tempdir().unwrap();
            for (on, lines_then) in [(false, 0), (true, 1), (false, 1)] {
                asynclogger::init(to_file(dir.path()).log_panics(on)).unwrap();
                panics("packer", "planted");
                asynclogger::shutdown().wait().unwrap();
                assert_eq!(lines(dir.path()).len(), lines_then);
            }
        },
    );
}

#[test]
fn a_display_that_panics_leaves_a_marked_record_and_one_of_the_panic() {
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("planted in a Display");
        }
    }
    alone(
        "a_display_that_panics_leaves_a_marked_record_and_one_of_the_panic",
        || {
            let dir = tempfile::tempdir().unwrap();
            asynclogger::init(to_file(dir.path())).unwrap();
            for n in 0..100 {
                log::info!("{n} {Panics} after it");
            }
            asynclogger::flush().wait().unwrap();
            let lines = lines(dir.path());
            let marked = lines
                .iter()
                .filter(|line| line.contains("<panic while formatting>"));
            let panics = lines.iter().filter(|line| line.contains("planted in a Display"));
            assert_eq!((marked.count(), panics.count(), lines.len()), (100, 100, 200));
        },
    );
}

#[test]
fn a_panic_hook_can_log() {
    alone("a_panic_hook_can_log", || {
        let dir = tempfile::tempdir().unwrap();
        asynclogger::init(to_file(dir.path())).unwrap();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            log::warn!("the hook was called");
            before(info);
        }));
        panics("packer", "planted");
        asynclogger::flush().wait().unwrap();
        let lines = lines(dir.path());
        assert!(
            lines[0].contains("the hook was called") && lines[1].contains("planted"),
            "{lines:?}"
        );
    });
}

/// The hook runs on a thread for which the logger waits.
#[test]
fn a_panic_on_a_thread_of_the_logger_never_waits_and_is_not_logged() {
    struct Panicking(AtomicUsize);
    impl std::io::Write for Panicking {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0.fetch_add(1, SeqCst) == 0 {
                panic!("planted in the writer");
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    alone(
        "a_panic_on_a_thread_of_the_logger_never_waits_and_is_not_logged",
        || {
            let config = Config::new("app").console(None).rust_log(false);
            asynclogger::init_with(config, Panicking(AtomicUsize::new(0))).unwrap();
            let begun = Instant::now();
            log::info!("one");
            drop(asynclogger::flush().wait());
            asynclogger::flush().wait().unwrap();
            assert!(begun.elapsed() < Duration::from_secs(5));
            let health = asynclogger::health();
            assert_eq!((health.total_messages, health.written), (1, 1), "{health}");
        },
    );
}

/// Panics while the queue is full, under this policy.
fn panic_with_a_full_queue(overflow: Overflow) {
    static HEARD: AtomicUsize = AtomicUsize::new(0);
    let _watched = common::watched();
    std::panic::set_hook(Box::new(|_| _ = HEARD.fetch_add(1, SeqCst)));
    let gate = Gate::closed();
    let config = Config::new("app").console(None).rust_log(false);
    let config = config.overflow(overflow).queue_bytes(160 << 10);
    asynclogger::init_with(config, gate.clone()).unwrap();
    // Errors, so that the reserve for them is full as well.
    let fill = std::thread::spawn(|| (0..1_000).for_each(|_| log::error!("{:500}", "")));
    gate.wait_until_blocked();
    // No further error fits, and the panic's record is longer; a short one would find room.
    common::wait_until("the queue is full", || {
        asynclogger::health().queue_bytes > (160 << 10) - 700
    });
    let begun = Instant::now();
    panics("packer", &"planted ".repeat(200));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(HEARD.load(SeqCst), 1);
    gate.set_open(true);
    fill.join().unwrap();
    asynclogger::shutdown().wait().unwrap_err();
    let health = asynclogger::health();
    assert_eq!(
        (health.total_messages, health.dropped.total),
        (1_001, 1),
        "{health}"
    );
}

#[test]
fn a_panic_with_a_full_queue_waits_briefly_and_the_previous_hook_runs() {
    const TEST: &str = "a_panic_with_a_full_queue_waits_briefly_and_the_previous_hook_runs";
    alone(TEST, || panic_with_a_full_queue(Overflow::Block));
}

#[test]
fn a_panic_with_a_full_queue_waits_no_longer_where_a_record_would() {
    alone(
        "a_panic_with_a_full_queue_waits_no_longer_where_a_record_would",
        || panic_with_a_full_queue(Overflow::BlockFor(Duration::from_secs(3_600))),
    );
}

/// Like hooks that end a program at any panic, on any thread. On Windows `process::exit` runs no handlers.
#[cfg(not(windows))]
#[test]
fn a_panic_is_in_the_log_also_where_the_hook_before_ends_the_process() {
    const TEST: &str = "a_panic_is_in_the_log_also_where_the_hook_before_ends_the_process";
    const DIR: &str = "TEST_PANIC_DIR";
    if is_child(TEST) {
        std::panic::set_hook(Box::new(|_| std::process::exit(7)));
        let dir = std::env::var_os(DIR).unwrap();
        asynclogger::init(to_file(Path::new(&dir))).unwrap();
        panics("packer", "planted");
        unreachable!("the hook has ended the process");
    }
    let dir = tempfile::tempdir().unwrap();
    let output = output_of(command(TEST).env(DIR, dir.path()).env("RUST_BACKTRACE", "0"));
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let lines = lines(dir.path());
    assert!(lines.len() == 1 && lines[0].ends_with(": planted"), "{lines:?}");
}
