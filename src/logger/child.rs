//! A logger in a child made by `fork`: its first record there builds queue, worker and outputs anew.
//!
//! Invariant: in a child no mutex, channel, chunk or buffer of the parent is entered, changed or freed. What is
//! read of the parent's logger never changes after the start (settings), is an atomic, or is a `ArcCell`.

use super::{Core, start};
use crate::clock::Tick;
use crate::error::{Error, ErrorKind};
use crate::health::{Counters, DropReason, Health};
use crate::process::{self, WeakStream};
use crate::sync::{Arc, AtomicBool, Mutex, Ordering, enter};
use crate::worker;
use std::sync::OnceLock;
use std::time::Duration;

/// After a logger could not be built in a child, it is tried again with the first record after so long.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What one generation of children has in place of its parent's logger.
#[derive(Default)]
pub(super) struct Heritage {
    core: OnceLock<Arc<Core>>,
    /// Held while it is built; when that last failed.
    building: Mutex<Option<Tick>>,
    /// It was shut down before it was built.
    shut: AtomicBool,
    /// Made when the first record is refused: an allocator that logs must not need it for itself.
    counters: OnceLock<Arc<Counters>>,
}

/// The streams that the parent keeps open under numbers of its own.
#[derive(Default)]
pub(super) struct Streams {
    pub(super) notices: WeakStream,
}

impl Heritage {
    fn counters(&self) -> &Arc<Counters> {
        self.counters.get_or_init(|| process::guarded(Arc::default))
    }

    /// From here on no logger is built here.
    pub(super) fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
    }
}

impl Core {
    /// The logger of this process: itself, or in a forked child the one that took its place, if there is one.
    pub(crate) fn here(&self) -> Option<&Core> {
        if self.is_of_this_process() {
            return Some(self);
        }
        self.heir.get().core.get().map(|core| &**core)
    }

    /// As `here`, for an owner; itself when there is none.
    pub(crate) fn or_heir(self: Arc<Self>) -> Arc<Core> {
        if self.is_of_this_process() {
            return self;
        }
        let heir = self.heir.get().core.get().cloned();
        heir.unwrap_or(self)
    }

    /// As `here`, and builds the one in the child if there is none yet.
    pub(super) fn here_or_built(&self) -> Result<&Core, DropReason> {
        if let Some(core) = self.here() {
            return Ok(core);
        }
        let heritage = self.heir.get();
        // Asked for before the fork, or here: a logger that was shut down stays so.
        let shut_before = self.shared.deadline.load(Ordering::SeqCst) != u64::MAX;
        if shut_before || heritage.shut.load(Ordering::SeqCst) {
            return Err(DropReason::AfterShutdown);
        }
        if process::in_logger() {
            return Err(DropReason::Nested);
        }
        process::guarded(|| self.build(heritage))
    }

    #[cold]
    fn build<'a>(&self, heritage: &'a Heritage) -> Result<&'a Core, DropReason> {
        let mut failed_at = enter(&heritage.building);
        if let Some(core) = heritage.core.get() {
            return Ok(core);
        }
        if failed_at.is_some_and(|at| Tick::now() < at.after(TRY_AGAIN_AFTER)) {
            return Err(DropReason::Forked);
        }
        match start::start_in_child(self, Arc::clone(heritage.counters())) {
            Ok(core) => Ok(heritage.core.get_or_init(|| core)),
            Err(error) => {
                if let (None, Some(mut stream)) = (*failed_at, self.streams.notices.upgrade()) {
                    let text = format!("no logger in this forked process, records are dropped: {error}");
                    worker::print_notice(&mut stream, &self.name, &text);
                }
                *failed_at = Some(Tick::now());
                Err(DropReason::Forked)
            }
        }
    }

    /// The counters of records that are refused in this process.
    pub(super) fn counters_here(&self) -> &Counters {
        if self.is_of_this_process() {
            return &self.shared.counters;
        }
        let heritage = self.heir.get();
        if process::in_logger() {
            // What an allocator logs while the counters are being made goes where nobody looks any more.
            return heritage.counters.get().unwrap_or(&self.shared.counters);
        }
        heritage.counters()
    }

    /// What is known in a child that has not logged yet.
    pub(super) fn health_in_child(&self) -> Health {
        let dropped = self.heir.get().counters().dropped();
        Health {
            name: self.name.clone(),
            total_messages: dropped.total,
            dropped,
            ..Health::not_started()
        }
    }

    /// In a forked child: whatever the last owner gives up there is not freed, since it is the parent's.
    pub(super) fn leave_to_parent(self: &Arc<Self>) {
        if !self.is_of_this_process() {
            std::mem::forget(Arc::clone(self));
        }
    }
}

pub(super) fn not_logged_yet(what: &str) -> Error {
    let text = format!(
        "{what}: this process was forked from the one in which the logger was started, and has not logged yet; its \
         first record starts a logger of its own"
    );
    Error::new(ErrorKind::NotRunning, text)
}
