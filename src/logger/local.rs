//! What a thread remembers of the loggers it logs to: its chunk in each, a copy of the filter, a buffer.
//!
//! User code runs in here only while nothing is borrowed, so that a `Display` may itself log. A thread whose
//! thread-locals are gone logs all the same, with a chunk for the one record.

use super::Core;
use crate::config::Overflow;
use crate::filter::Filter;
use crate::health::DropReason;
use crate::process::{self, depth, in_logger, set_depth, set_in_logger};
use crate::queue::Chunk;
use crate::record::{Draft, OWN_SCRATCH, Scratch, capture, mark_on_stderr};
use crate::sync::thread_local;
use crate::worker::Shared;
use log::{Level, Metadata, Record};
use std::cell::{OnceCell, RefCell};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

/// Records inside the `Display` of records are taken in to this depth.
const DEPTH: u32 = 8;
/// The longest wait of a panic for room in the queue.
const PANIC_WAIT: Duration = Duration::from_millis(100);

thread_local! {
    static LOCAL: Local = const { Local::new() };
}

struct Local {
    handles: RefCell<Vec<ThreadHandle>>,
    installed: RefCell<Option<(u64, Arc<Core>)>>,
    scratch: RefCell<Scratch>,
    name: OnceCell<Box<str>>,
}

/// A thread's place in one logger.
struct ThreadHandle {
    logger: u64,
    shared: Weak<Shared>,
    chunk: Arc<Chunk>,
    filter: Arc<Filter>,
    epoch: u64,
    /// The generation in which the chunk was made.
    generation: u64,
}

impl Drop for ThreadHandle {
    fn drop(&mut self) {
        if self.generation == process::generation() {
            self.chunk.retire();
        } else {
            // A child does not free what is its parent's.
            std::mem::forget((Arc::clone(&self.chunk), Weak::clone(&self.shared)));
        }
    }
}

/// Whether the logger wants records of this level and target.
pub(super) fn enabled(core: &Core, metadata: &Metadata<'_>) -> bool {
    let fast = LOCAL.try_with(|local| local.wants(core, metadata));
    // In a forked child the first record that is wanted builds the logger there.
    fast.ok().flatten().unwrap_or_else(|| core.wants(metadata))
}

/// Takes a record in, if the logger wants it.
#[inline]
pub(super) fn log(core: &Core, record: &Record<'_>) {
    if LOCAL.try_with(|local| local.log(core, record)).is_err() {
        log_without_locals(core, record);
    }
}

/// Runs `with` on the installed logger, which `load` finds when it is not known here.
///
/// What is known is used in place: counting references to it would make all threads meet in one cache line.
#[inline]
pub(crate) fn with_installed<R>(
    load: impl Fn() -> Option<Arc<Core>>,
    with: impl FnOnce(&Core) -> R,
) -> Option<R> {
    let mut with = Some(with);
    let known = LOCAL.try_with(|local| {
        let known = local.installed.borrow();
        let (epoch, core) = known.as_ref()?;
        (*epoch == process::epoch()).then(|| with.take().map(|with| with(core)))?
    });
    match known {
        Ok(Some(result)) => Some(result),
        Ok(None) | Err(_) => with_loaded(load, with?),
    }
}

#[cold]
fn with_loaded<R>(load: impl Fn() -> Option<Arc<Core>>, with: impl FnOnce(&Core) -> R) -> Option<R> {
    let epoch = process::epoch();
    let core = load()?;
    let result = with(&core);
    let remembered = LOCAL.try_with(|local| match local.installed.try_borrow_mut() {
        Ok(mut installed) => installed.replace((epoch, core)),
        // Inside a record whose logger was known: the next record that stands alone remembers it.
        Err(_) => None,
    });
    if let Ok(Some((_, before))) = remembered {
        before.leave_to_parent();
    }
    Some(result)
}

impl Local {
    const fn new() -> Local {
        Local {
            handles: RefCell::new(Vec::new()),
            installed: RefCell::new(None),
            scratch: RefCell::new(Scratch::new()),
            name: OnceCell::new(),
        }
    }

    /// Whether the filter wants such a record; `None` in a forked child, where the logger is another one.
    #[inline(always)]
    fn wants(&self, core: &Core, metadata: &Metadata<'_>) -> Option<bool> {
        if metadata.level() > core.widest {
            return Some(false);
        }
        let epoch = process::epoch();
        if let Some(handle) = self
            .handles
            .borrow()
            .iter()
            .find(|handle| handle.logger == core.id)
        {
            if handle.epoch == epoch {
                return Some(metadata.level() <= handle.filter.level_of(metadata.target()));
            }
        }
        self.register(core, epoch).then(|| core.wants(metadata))
    }

    /// Takes a place in the logger, or looks at its filter again; there is none in a forked child.
    #[cold]
    fn register(&self, core: &Core, epoch: u64) -> bool {
        if !core.is_of_this_process() {
            return false;
        }
        // An allocator that asks `enabled` comes here while the list is being changed.
        if in_logger() {
            return true;
        }
        process::guarded(|| self.update_handle(core, epoch));
        true
    }

    fn update_handle(&self, core: &Core, epoch: u64) {
        let filter = core.filter();
        let mut handles = self.handles.borrow_mut();
        if let Some(handle) = handles.iter_mut().find(|handle| handle.logger == core.id) {
            (handle.filter, handle.epoch) = (filter, epoch);
            return;
        }
        handles.retain(|handle| handle.shared.strong_count() > 0);
        handles.push(ThreadHandle {
            logger: core.id,
            shared: Arc::downgrade(&core.shared),
            chunk: core.shared.queue.new_chunk(),
            filter,
            epoch,
            generation: core.generation,
        });
    }

    #[inline]
    fn log(&self, core: &Core, record: &Record<'_>) {
        if in_logger() {
            return core.refuse_if_wanted(DropReason::Nested, record.level());
        }
        match self.wants(core, record.metadata()) {
            Some(true) => {}
            Some(false) => return,
            None => return log_in_child(core, record),
        }
        if process::is_own_thread(core.id) {
            return core.refuse(DropReason::OwnThread, record.level());
        }
        let depth = depth();
        if depth >= DEPTH {
            return core.refuse(DropReason::Nested, record.level());
        }
        set_depth(depth + 1);
        let (mut own, mut other) = (self.scratch.try_borrow_mut(), None);
        let scratch = match &mut own {
            Ok(own) => &mut **own,
            // It is in use: this is a record inside another one.
            Err(_) => other.insert(Scratch::new()),
        };
        if scratch.capacity() == 0 {
            *scratch = new_scratch();
        }
        let frame = scratch.capture(record, &core.limits, self.thread_name());
        if process::depth() == 0 {
            return put_in_child(core, record.level(), frame);
        }
        // An allocator that logs, in the queue or when a surplus buffer is freed, is refused.
        set_in_logger(true);
        let result = self.put(core, record.level(), frame);
        scratch.trim();
        drop(other);
        set_in_logger(false);
        set_depth(depth);
        if let Err(reason) = result {
            core.refuse(reason, record.level());
        }
    }

    #[inline]
    fn put(&self, core: &Core, level: Level, frame: &mut [u8]) -> Result<(), DropReason> {
        let handles = self.handles.borrow();
        match handles.iter().find(|handle| handle.logger == core.id) {
            Some(handle) => core.shared.queue.put(&handle.chunk, frame, level, core.overflow),
            None => core.put_alone(frame, level, core.overflow),
        }
    }

    #[inline]
    fn thread_name(&self) -> &str {
        if let Some(name) = self.name.get() {
            return name;
        }
        // Not by `get_or_init`, which panics when an allocator logs in the midst of it.
        let name = process::guarded(thread_name);
        self.name.get_or_init(|| name)
    }
}

/// An empty buffer. An allocator that logs is refused here: each of its records would need a buffer as well.
#[cold]
fn new_scratch() -> Scratch {
    process::guarded(|| Scratch::with_capacity(OWN_SCRATCH))
}

/// As `new_scratch`, for one frame.
#[cold]
fn new_frame() -> Draft {
    process::guarded(|| Draft::with_capacity(OWN_SCRATCH))
}

/// As `new_scratch`: an allocator that logs what it is given back is refused.
#[cold]
fn free<T>(surplus: T) {
    process::guarded(|| drop(surplus));
}

/// The name of a thread whose own is gone.
const ENDING: &str = "ending thread";

/// What std keeps of a thread is gone when the last memory of it is freed: an allocator that logs that comes here, and is
/// told of it by a panic, the one way there is.
fn thread_name() -> Box<str> {
    process::probe(name_by_std).unwrap_or_else(|| ENDING.into())
}

fn name_by_std() -> Box<str> {
    let thread = thread::current();
    match thread.name() {
        Some(name) => name.into(),
        // `ThreadId(7)` is all that std tells of a thread without a name.
        None => format!("{:?}", thread.id()).into(),
    }
}

/// The thread is ending and its thread-locals are gone, those of this crate first or others.
#[cold]
fn log_without_locals(core: &Core, record: &Record<'_>) {
    if in_logger() {
        return core.refuse_if_wanted(DropReason::Nested, record.level());
    }
    if !core.is_of_this_process() {
        return log_in_child(core, record);
    }
    if !core.wants(record.metadata()) {
        return;
    }
    if process::is_own_thread(core.id) {
        return core.refuse(DropReason::OwnThread, record.level());
    }
    let depth = depth();
    if depth >= DEPTH {
        return core.refuse(DropReason::Nested, record.level());
    }
    set_depth(depth + 1);
    let mut frame = new_frame();
    // `thread::current` may be gone as well, and would panic.
    capture(record, &core.limits, ENDING, &mut frame);
    if process::depth() == 0 {
        return put_in_child(core, record.level(), &mut frame);
    }
    put_alone(core, record.level(), &mut frame);
    // At this depth still: each of its records would end here as well, and so on.
    free(frame);
    set_depth(depth);
}

fn put_alone(core: &Core, level: Level, frame: &mut [u8]) {
    put_alone_within(core, level, frame, core.overflow);
}

fn put_alone_within(core: &Core, level: Level, frame: &mut [u8], overflow: Overflow) {
    if let Err(reason) = process::guarded(|| core.put_alone(frame, level, overflow)) {
        core.refuse(reason, level);
    }
}

/// Takes a record of a panic in; the thread's own buffers are left alone, and the wait for a full queue is short.
pub(super) fn log_panic(core: &Core, record: &Record<'_>) {
    if in_logger() || process::is_own_thread(core.id) || !core.wants_without_stderr(record.metadata()) {
        return;
    }
    let core = match core.get_or_start_in_child() {
        Ok(here) => here,
        Err(reason) => return core.refuse(reason, record.level()),
    };
    let thread = process::guarded(thread_name);
    let mut frame = new_frame();
    capture(record, &core.limits, &thread, &mut frame);
    mark_on_stderr(&mut frame);
    let overflow = match core.overflow {
        Overflow::BlockFor(limit) => Overflow::BlockFor(limit.min(PANIC_WAIT)),
        Overflow::Block => Overflow::BlockFor(PANIC_WAIT),
        other => other,
    };
    put_alone_within(core, record.level(), &mut frame, overflow);
    free(frame);
}

/// In a forked child: the logger there, which the first record builds, takes the record in.
#[cold]
fn log_in_child(core: &Core, record: &Record<'_>) {
    if !core.wants(record.metadata()) {
        return;
    }
    match core.get_or_start_in_child() {
        Ok(here) => log(here, record),
        Err(reason) => core.refuse(reason, record.level()),
    }
}

/// The process was forked by the `Display` of a record: the frame is there, and its chunk is the parent's.
#[cold]
fn put_in_child(core: &Core, level: Level, frame: &mut [u8]) {
    match core.get_or_start_in_child() {
        Ok(here) => put_alone(here, level, frame),
        Err(reason) => core.refuse(reason, level),
    }
}
