//! The panic hook: a record of each panic in the installed logger, before the hook that was there runs.
//!
//! `init` registers it, once in a process. It only hands the record over; where a panic aborts the process, it
//! flushes too, because nothing else runs after it.

use super::current;
use crate::logger::admit;
use crate::process;
use crate::ticket::Request;
use log::{Level, Record};
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::{self, Display};
use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How long a panic that aborts waits for the outputs.
const FLUSH_LIMIT: Duration = Duration::from_millis(500);
const TARGET: &str = "panic";

static HOOKED: AtomicBool = AtomicBool::new(false);

/// Puts the hook before the one that is there, unless it was put there before.
pub(super) fn hook() {
    // std refuses to change the hook on a thread that panics; the next `init` does it.
    if thread::panicking() || HOOKED.swap(true, Ordering::SeqCst) {
        return;
    }
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if process::is_probing() {
            return;
        }
        log(info);
        before(info);
    }));
}

fn log(info: &PanicHookInfo<'_>) {
    let Some(core) = current().filter(|core| core.logs_panics()) else {
        return;
    };
    let place = info.location();
    let thread = thread::current();
    // Asked for by RUST_BACKTRACE or RUST_LIB_BACKTRACE, or nothing.
    let backtrace = Backtrace::capture();
    let panicked = Panicked {
        info,
        thread: thread.name().unwrap_or("<unnamed>"),
        backtrace: (backtrace.status() == BacktraceStatus::Captured).then_some(&backtrace),
    };
    let mut record = Record::builder();
    record
        .level(Level::Error)
        .target(TARGET)
        .file(place.map(|place| place.file()))
        .line(place.map(|place| place.line()));
    admit::log_panic(&core, &record.args(format_args!("{panicked}")).build());
    if cfg!(panic = "abort") {
        // There is nobody left to be told what was not written.
        drop(core.ask(Request::Flush).wait_timeout(FLUSH_LIMIT));
    }
}

/// What a panic is told as: in the words of std's own message, in one record.
struct Panicked<'a> {
    info: &'a PanicHookInfo<'a>,
    thread: &'a str,
    backtrace: Option<&'a Backtrace>,
}

impl Display for Panicked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "thread '{}' panicked", self.thread)?;
        if let Some(place) = self.info.location() {
            write!(f, " at {place}")?;
        }
        let payload = self.info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        write!(f, ": {}", text.unwrap_or("(the payload is no text)"))?;
        match self.backtrace {
            Some(backtrace) => write!(f, "\nstack backtrace:\n{backtrace}"),
            None => Ok(()),
        }
    }
}
