//! What a thread remembers between records: the installed logger, and for each logger its chunk and a copy of the
//! filter; a buffer; the thread's name.

use super::core::Core;
use crate::filter::Filter;
use crate::process::{self, in_logger};
use crate::queue::Chunk;
use crate::record::Scratch;
use crate::sync::thread_local;
use crate::worker::Shared;
use log::Metadata;
use std::cell::{OnceCell, RefCell};
use std::sync::{Arc, Weak};
use std::thread;

thread_local! {
    static LOCAL: Local = const { Local::new() };
}

/// Runs `run` on the data of the calling thread; `None` if the thread is ending and the data are gone.
#[inline(always)]
pub(super) fn with<R>(run: impl FnOnce(&Local) -> R) -> Option<R> {
    LOCAL.try_with(run).ok()
}

pub(super) struct Local {
    pub(super) handles: RefCell<Vec<ThreadHandle>>,
    /// The installed logger and the epoch in which it was looked up.
    installed: RefCell<Option<(u64, Arc<Core>)>>,
    pub(super) scratch: RefCell<Scratch>,
    name: OnceCell<Box<str>>,
}

/// A thread's handle to one logger.
pub(super) struct ThreadHandle {
    pub(super) logger: u64,
    shared: Weak<Shared>,
    pub(super) chunk: Arc<Chunk>,
    filter: Arc<Filter>,
    /// The epoch in which `filter` was read.
    epoch: u64,
    /// The fork generation in which the chunk was made.
    generation: u64,
}

impl Drop for ThreadHandle {
    fn drop(&mut self) {
        if self.generation == process::generation() {
            self.chunk.retire();
        } else {
            // A forked child does not free memory that is its parent's.
            std::mem::forget((Arc::clone(&self.chunk), Weak::clone(&self.shared)));
        }
    }
}

/// Runs `with` on the installed logger. `load` looks it up if the thread does not know it, or if that may be out of
/// date.
///
/// The remembered logger is used in place: if each record counted a reference to it, all threads would contend for
/// one cache line.
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
        // This record was logged inside another one, which uses the remembered logger. A later record replaces it.
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

    /// Whether the filter and an output want this level and target; `None` in a forked child, which has a logger of
    /// its own.
    #[inline(always)]
    pub(super) fn wants(&self, core: &Core, metadata: &Metadata<'_>) -> Option<bool> {
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

    /// Makes a handle for this logger, or updates its filter. Returns false in a forked child, which makes none.
    #[cold]
    fn register(&self, core: &Core, epoch: u64) -> bool {
        if !core.is_of_this_process() {
            return false;
        }
        // An allocator that calls `enabled` gets here while the list is being changed.
        if in_logger() {
            return true;
        }
        process::guarded(|| self.add_or_update(core, epoch));
        true
    }

    fn add_or_update(&self, core: &Core, epoch: u64) {
        let filter = core.filter();
        let mut handles = self.handles.borrow_mut();
        if let Some(handle) = handles.iter_mut().find(|handle| handle.logger == core.id) {
            (handle.filter, handle.epoch) = (filter, epoch);
            return;
        }
        // Handles of loggers that have ended go now.
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
    pub(super) fn thread_name(&self) -> &str {
        if let Some(name) = self.name.get() {
            return name;
        }
        // The name is made before `get_or_init`, which panics if an allocator logs inside it.
        let name = process::guarded(name_of_this_thread);
        self.name.get_or_init(|| name)
    }
}

/// The name in records of a thread whose own name cannot be read any more.
pub(super) const THREAD_IS_ENDING: &str = "ending thread";

/// The name of the calling thread, or its number if it has none.
///
/// std panics if its data about the thread are gone, which an allocator that logs finds when the last memory of the
/// thread is freed.
pub(super) fn name_of_this_thread() -> Box<str> {
    process::probe(name_from_std).unwrap_or_else(|| THREAD_IS_ENDING.into())
}

fn name_from_std() -> Box<str> {
    let thread = thread::current();
    match thread.name() {
        Some(name) => name.into(),
        // As `ThreadId(7)`: std has no other stable form of the number.
        None => format!("{:?}", thread.id()).into(),
    }
}
