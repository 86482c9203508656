//! Locks, atomics and threads: std's, or loom's while a model explores the protocol.
//!
//! The modules that share state between threads take these types from here and nowhere else, so that a
//! model checks the very code that runs. `plain` is for what no model looks at.

#[cfg(loom)]
pub(crate) mod model;
#[cfg(loom)]
mod time;

pub(crate) use std::sync::Arc;

#[cfg(not(loom))]
pub(crate) use plain::{
    AtomicBool, AtomicU64, Condvar, Instant, Mutex, MutexGuard, Ordering, enter, statics, thread,
    thread_local,
};

#[cfg(loom)]
pub(crate) use model::{
    AtomicBool, AtomicU64, Condvar, Instant, Mutex, MutexGuard, Ordering, enter, statics, thread,
    thread_local,
};

/// std's own, also in a model: for statics, and for figures that order nothing, of which each would only make
/// a model's state larger.
pub(crate) mod plain {
    pub(crate) use std::sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    };

    #[cfg(not(loom))]
    pub(crate) use std::{
        sync::{Condvar, MutexGuard},
        thread, thread_local,
        time::Instant,
    };

    /// Statics of the whole process, which in a model begin anew with each of its runs.
    #[cfg(not(loom))]
    macro_rules! statics {
        ($($item:item)*) => { $($item)* };
    }
    #[cfg(not(loom))]
    pub(crate) use statics;

    /// Enters a lock also after a holder panicked: what these locks guard is whole between any two statements
    /// that can panic, and a logger that gives up on a poisoned lock would lose records.
    pub(crate) fn enter<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
        lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
