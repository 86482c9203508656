//! Admission: decides whether a record is taken in, and takes it from the call of a log macro into the queue.
//!
//! A record goes `logger -> admit -> record -> queue`. There are three ways in: the usual one, which uses what the
//! thread remembers (`local`); one for a thread whose thread-locals are gone; and one for the panic hook. All three
//! ask [`admit`], which holds the rules.
//!
//! User code (a `Display`, key-values) runs here only while nothing is borrowed or locked, so it may log or fork.

use super::child::get_or_start_in_child;
use super::core::Core;
use super::exit;
use super::local::{self, Local, THREAD_IS_ENDING};
use crate::config::Overflow;
use crate::health::DropReason;
use crate::process::{self, in_logger, set_depth, set_in_logger};
use crate::record::{Draft, OWN_SCRATCH, Scratch, capture, mark_on_stderr};
use log::{Level, Metadata, Record};
use std::time::Duration;

/// Records logged inside the `Display` of other records are taken in down to this depth.
const MAX_DEPTH: u32 = 8;
/// The longest wait of a panic for room in the queue.
const PANIC_WAIT: Duration = Duration::from_millis(100);

/// What happens to a record.
enum Admission {
    /// It is taken in. `depth` is the number of records that this thread is already taking in.
    Take { depth: u32 },
    /// It is dropped, and counted under this reason.
    Refuse(DropReason),
    /// This process was forked from the one in which the logger was started: the child's logger decides.
    InChild,
    /// The filter or the outputs do not want it.
    Off,
}

/// Decides about a record. `is_wanted` asks the filter, and returns `None` if the logger belongs to another process.
#[inline(always)]
fn admit(core: &Core, max_depth: u32, is_wanted: impl FnOnce() -> Option<bool>) -> Admission {
    // Before the filter is asked: its lock may be held further up this stack.
    if in_logger() {
        return Admission::Refuse(DropReason::Nested);
    }
    match is_wanted() {
        Some(true) => {}
        Some(false) => return Admission::Off,
        None => return Admission::InChild,
    }
    if process::is_own_thread(core.id) {
        return Admission::Refuse(DropReason::OwnThread);
    }
    let depth = process::depth();
    if depth >= max_depth {
        return Admission::Refuse(DropReason::Nested);
    }
    Admission::Take { depth }
}

/// As [`admit`], and deals with a record that is not taken in. Returns the depth for one that is.
#[inline(always)]
fn admit_or_turn_away(
    core: &Core,
    record: &Record<'_>,
    is_wanted: impl FnOnce() -> Option<bool>,
) -> Option<u32> {
    match admit(core, MAX_DEPTH, is_wanted) {
        Admission::Take { depth } => return Some(depth),
        Admission::Refuse(reason) => refuse(core, reason, record.level()),
        Admission::InChild => log_in_child(core, record),
        Admission::Off => {}
    }
    None
}

/// Whether the logger wants records of this level and target.
pub(crate) fn enabled(core: &Core, metadata: &Metadata<'_>) -> bool {
    let known = local::with(|local| local.wants(core, metadata)).flatten();
    known.unwrap_or_else(|| core.wants(metadata))
}

/// Takes a record in, if the logger wants it.
#[inline]
pub(crate) fn log(core: &Core, record: &Record<'_>) {
    if local::with(|local| log_with_locals(local, core, record)).is_none() {
        log_without_locals(core, record);
    }
}

#[inline]
fn log_with_locals(local: &Local, core: &Core, record: &Record<'_>) {
    let is_wanted = || local.wants(core, record.metadata());
    let Some(depth) = admit_or_turn_away(core, record, is_wanted) else {
        return;
    };
    set_depth(depth + 1);
    let (mut own, mut other) = (local.scratch.try_borrow_mut(), None);
    let scratch = match &mut own {
        Ok(own) => &mut **own,
        // In use: this record is logged inside another one.
        Err(_) => other.insert(Scratch::new()),
    };
    if scratch.capacity() == 0 {
        *scratch = new_scratch();
    }
    let frame = scratch.capture(record, &core.limits, local.thread_name());
    if process::depth() == 0 {
        return put_in_child(core, record.level(), frame);
    }
    // From here on an allocator that logs, in the queue or when a buffer is freed, is refused.
    set_in_logger(true);
    if let Some(printer) = &core.printer {
        printer.print(frame);
    }
    let result = put(local, core, record.level(), frame);
    scratch.trim();
    drop(other);
    set_in_logger(false);
    set_depth(depth);
    if let Err(reason) = result {
        refuse(core, reason, record.level());
    }
}

/// The way of a thread that is ending and has lost its thread-locals.
#[cold]
fn log_without_locals(core: &Core, record: &Record<'_>) {
    let is_wanted = || core.is_of_this_process().then(|| core.wants(record.metadata()));
    let Some(depth) = admit_or_turn_away(core, record, is_wanted) else {
        return;
    };
    set_depth(depth + 1);
    let mut frame = new_frame();
    // Not the thread's own name: `thread::current` would panic if std's thread-locals are gone as well.
    capture(record, &core.limits, THREAD_IS_ENDING, &mut frame);
    if process::depth() == 0 {
        return put_in_child(core, record.level(), &mut frame);
    }
    if let Some(printer) = &core.printer {
        // Like the other way, without records of an allocator, which would wait for the same lock.
        process::guarded(|| printer.print(&frame));
    }
    put_alone_or_refuse(core, record.level(), &mut frame, core.overflow);
    // Before the depth is restored: an allocator that logs when memory is freed would come here again and again.
    free(frame);
    set_depth(depth);
}

/// Takes in the record of a panic, for all outputs other than standard error, which shows the panic already.
///
/// It does not touch the thread's own buffers, and waits only briefly for room in the queue. One that is refused at
/// admission is not counted.
pub(crate) fn log_panic(core: &Core, record: &Record<'_>) {
    let is_wanted = || Some(core.wants_without_stderr(record.metadata()));
    // Any depth: the message of a panic runs no user code that could log in turn.
    let Admission::Take { .. } = admit(core, u32::MAX, is_wanted) else {
        return;
    };
    let core = match get_or_start_in_child(core) {
        Ok(core) => core,
        Err(reason) => return refuse(core, reason, record.level()),
    };
    let thread = process::guarded(local::name_of_this_thread);
    let mut frame = new_frame();
    capture(record, &core.limits, &thread, &mut frame);
    mark_on_stderr(&mut frame);
    let overflow = match core.overflow {
        Overflow::BlockFor(limit) => Overflow::BlockFor(limit.min(PANIC_WAIT)),
        Overflow::Block => Overflow::BlockFor(PANIC_WAIT),
        other => other,
    };
    put_alone_or_refuse(core, record.level(), &mut frame, overflow);
    free(frame);
}

/// In a forked child: gives the record to the child's logger, which the first record starts.
#[cold]
fn log_in_child(core: &Core, record: &Record<'_>) {
    if !core.wants(record.metadata()) {
        return;
    }
    match get_or_start_in_child(core) {
        Ok(child) => log(child, record),
        Err(reason) => refuse(core, reason, record.level()),
    }
}

/// The `Display` of this record forked the process, and this is the child. The frame is complete, but the thread's
/// chunk is the parent's.
#[cold]
fn put_in_child(core: &Core, level: Level, frame: &mut [u8]) {
    match get_or_start_in_child(core) {
        Ok(child) => put_alone_or_refuse(child, level, frame, child.overflow),
        Err(reason) => refuse(core, reason, level),
    }
}

/// Puts a frame into the thread's chunk.
#[inline]
fn put(local: &Local, core: &Core, level: Level, frame: &mut [u8]) -> Result<(), DropReason> {
    let handles = local.handles.borrow();
    match handles.iter().find(|handle| handle.logger == core.id) {
        Some(handle) => core.shared.queue.put(&handle.chunk, frame, level, core.overflow),
        None => put_alone(core, level, frame, core.overflow),
    }
}

/// Puts a frame into a chunk that holds nothing else.
fn put_alone(core: &Core, level: Level, frame: &mut [u8], overflow: Overflow) -> Result<(), DropReason> {
    let chunk = core.shared.queue.new_chunk();
    let result = core.shared.queue.put(&chunk, frame, level, overflow);
    chunk.retire();
    result
}

fn put_alone_or_refuse(core: &Core, level: Level, frame: &mut [u8], overflow: Overflow) {
    if let Err(reason) = process::guarded(|| put_alone(core, level, frame, overflow)) {
        refuse(core, reason, level);
    }
}

/// Counts a dropped record, unless no output takes its level.
#[cold]
fn refuse(core: &Core, reason: DropReason, level: Level) {
    if level <= core.widest {
        core.counters_in_this_process().refuse(reason, level);
        if reason == DropReason::AfterShutdown {
            exit::report_late_record(core);
        }
    }
}

/// An empty buffer. Guarded: each record of an allocator that logs would need a buffer as well.
#[cold]
fn new_scratch() -> Scratch {
    process::guarded(|| Scratch::with_capacity(OWN_SCRATCH))
}

/// As `new_scratch`, for one frame.
#[cold]
fn new_frame() -> Draft {
    process::guarded(|| Draft::with_capacity(OWN_SCRATCH))
}

/// Frees a buffer. Guarded: an allocator that logs when memory is freed is refused.
#[cold]
fn free<T>(buffer: T) {
    process::guarded(|| drop(buffer));
}
