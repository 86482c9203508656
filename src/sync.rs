//! Locks, atomics and threads: std's, or loom's while a model runs.
//!
//! Modules that share state between threads take these types only from here, so that a model checks the code that
//! really runs. `plain` holds std's types for state that no model examines.

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

/// std's types, also in a model: for statics, and for figures without ordering, which would only enlarge a model's
/// state.
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

    /// Process-wide statics, which start anew in each run of a model.
    #[cfg(not(loom))]
    macro_rules! statics {
        ($($item:item)*) => { $($item)* };
    }
    #[cfg(not(loom))]
    pub(crate) use statics;

    /// Locks a mutex, ignoring poisoning: the data behind these locks is consistent between any two statements that
    /// can panic, and a logger that gave up on a poisoned lock would lose records.
    pub(crate) fn enter<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
        lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
