//! What a thread remembers of the loggers it logs to: its chunk in each, a copy of the filter, a buffer.
//!
//! User code runs in here only while nothing is borrowed, so that a `Display` may itself log. A thread whose
//! thread-locals are gone logs all the same, with a chunk for the one record.

use super::Core;
use crate::filter::Filter;
use crate::health::DropReason;
use crate::process;
use crate::queue::Chunk;
use crate::record::{Scratch, capture};
use crate::sync::thread_local;
use crate::worker::Shared;
use log::{Metadata, Record};
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::{Arc, Weak};
use std::thread;

/// Records inside the `Display` of records are taken in to this depth.
const DEPTH: u32 = 8;

thread_local! {
    static LOCAL: Local = const { Local::new() };
}

struct Local {
    seats: RefCell<Vec<Seat>>,
    installed: RefCell<Option<(u64, Arc<Core>)>>,
    scratch: Cell<Scratch>,
    name: OnceCell<Box<str>>,
    depth: Cell<u32>,
    /// The queue's own code runs; whatever logs from in there (an allocator) is refused.
    in_queue: Cell<bool>,
}

/// A thread's place in one logger.
struct Seat {
    logger: u64,
    shared: Weak<Shared>,
    chunk: Arc<Chunk>,
    filter: Arc<Filter>,
    epoch: u64,
    /// The generation in which the chunk was made: a child does not touch its parent's.
    generation: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.generation == process::generation() {
            self.chunk.retire();
        }
    }
}

/// Whether the logger wants records of this level and target.
pub(super) fn enabled(core: &Core, metadata: &Metadata<'_>) -> bool {
    let fast = LOCAL.try_with(|local| local.wants(core, metadata));
    fast.unwrap_or_else(|_| core.is_of_this_process() && core.wants(metadata))
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
    drop(remembered);
    Some(result)
}

impl Local {
    const fn new() -> Local {
        Local {
            seats: RefCell::new(Vec::new()),
            installed: RefCell::new(None),
            scratch: Cell::new(Scratch::new()),
            name: OnceCell::new(),
            depth: Cell::new(0),
            in_queue: Cell::new(false),
        }
    }

    #[inline]
    fn wants(&self, core: &Core, metadata: &Metadata<'_>) -> bool {
        if metadata.level() > core.widest {
            return false;
        }
        let epoch = process::epoch();
        if let Some(seat) = self.seats.borrow().iter().find(|seat| seat.logger == core.id) {
            if seat.epoch == epoch {
                return metadata.level() <= seat.filter.level_of(metadata.target());
            }
        }
        self.sit_down(core, epoch) && core.wants(metadata)
    }

    /// Takes a place in the logger, or looks at its filter again; there is none in a forked child.
    #[cold]
    fn sit_down(&self, core: &Core, epoch: u64) -> bool {
        if !core.is_of_this_process() {
            return false;
        }
        // An allocator that logs comes here while the list is being changed.
        if self.in_queue.replace(true) {
            return true;
        }
        let filter = core.filter();
        let mut seats = self.seats.borrow_mut();
        match seats.iter_mut().find(|seat| seat.logger == core.id) {
            Some(seat) => (seat.filter, seat.epoch) = (filter, epoch),
            None => {
                seats.retain(|seat| seat.shared.strong_count() > 0);
                seats.push(Seat {
                    logger: core.id,
                    shared: Arc::downgrade(&core.shared),
                    chunk: core.shared.queue.new_chunk(),
                    filter,
                    epoch,
                    generation: core.generation,
                });
            }
        }
        drop(seats);
        self.in_queue.set(false);
        true
    }

    #[inline]
    fn log(&self, core: &Core, record: &Record<'_>) {
        if self.in_queue.get() {
            return core.refuse_if_wanted(DropReason::Nested, record);
        }
        if !self.wants(core, record.metadata()) {
            if !core.is_of_this_process() {
                core.refuse_if_wanted(DropReason::Forked, record);
            }
            return;
        }
        if process::is_own_thread(core.id) {
            return core.refuse(DropReason::OwnThread, record);
        }
        if self.depth.get() >= DEPTH {
            return core.refuse(DropReason::Nested, record);
        }
        self.depth.set(self.depth.get() + 1);
        // Inside another record the buffer is in use, and this takes an empty one.
        let mut scratch = self.scratch.take();
        let frame = scratch.capture(record, &core.limits, self.thread_name());
        self.put(core, record, frame);
        scratch.trim();
        self.scratch.set(scratch);
        self.depth.set(self.depth.get() - 1);
    }

    #[inline]
    fn put(&self, core: &Core, record: &Record<'_>, frame: &mut [u8]) {
        self.in_queue.set(true);
        let seats = self.seats.borrow();
        let result = match seats.iter().find(|seat| seat.logger == core.id) {
            Some(seat) => core
                .shared
                .queue
                .put(&seat.chunk, frame, record.level(), core.overflow),
            None => core.put_alone(frame, record.level()),
        };
        drop(seats);
        self.in_queue.set(false);
        if let Err(reason) = result {
            core.refuse(reason, record);
        }
    }

    #[inline]
    fn thread_name(&self) -> &str {
        self.name.get_or_init(thread_name)
    }
}

fn thread_name() -> Box<str> {
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
    if !core.is_of_this_process() {
        return core.refuse_if_wanted(DropReason::Forked, record);
    }
    if !core.wants(record.metadata()) {
        return;
    }
    let mut frame = Vec::new();
    // `thread::current` may be gone as well, and would panic.
    capture(record, &core.limits, "ending thread", &mut frame);
    if let Err(reason) = core.put_alone(&mut frame, record.level()) {
        core.refuse(reason, record);
    }
}
