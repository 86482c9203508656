//! The panic hook: logs each panic with the installed logger, and then calls the hook that was set before.
//!
//! `init` sets it, once in a process. It only logs the record. If a panic aborts the process it also flushes, because
//! nothing runs after it.

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

/// The longest wait for the outputs in a panic that aborts the process.
const FLUSH_LIMIT: Duration = Duration::from_millis(500);
const TARGET: &str = "panic";

static HOOKED: AtomicBool = AtomicBool::new(false);

/// Sets the hook, unless it is set already.
pub(super) fn hook() {
    // std refuses to change the hook on a thread that panics. The next `init` sets it.
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
    // Empty unless RUST_BACKTRACE or RUST_LIB_BACKTRACE asks for one, which std reads itself.
    let backtrace = match process::is_privileged() {
        true => Backtrace::disabled(),
        false => Backtrace::capture(),
    };
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
        // The process ends, so the answer cannot be reported.
        drop(core.ask(Request::Flush).wait_timeout(FLUSH_LIMIT));
    }
}

/// The message of the record, worded as std's own message.
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
