//! Locks, atomics and parking: std's, or loom's while a model explores the protocol.
//!
//! The modules that share state between threads take these types from here and nowhere else, so that a
//! model checks the very code that runs.

#[cfg(not(loom))]
pub(crate) use std::sync::{
    Arc, Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

#[cfg(loom)]
pub(crate) use loom::sync::{
    Arc, Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

/// Enters a lock also after a holder panicked: what these locks guard is whole between any two statements
/// that can panic, and a logger that gives up on a poisoned lock would lose records.
pub(crate) fn enter<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
