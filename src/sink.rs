//! Where lines go. The worker hands whole lines to a sink and asks it to sync or to reopen; a sink knows no
//! record, sleeps nowhere, prints nothing, and returns its errors as data with a deadline for the next try.
//! Invariant: only files that are the logger's own are ever renamed, truncated or deleted.

mod backoff;
mod backups;
pub(crate) mod console;
pub(crate) mod disk;
mod error;
pub(crate) mod file;
mod lock;
pub(crate) mod retention;
mod rotation;
pub(crate) mod storage;
pub(crate) mod threaded;

pub(crate) mod writer;

#[cfg(any(test, fuzzing))]
pub(crate) use rotation::laws::holds as rotation_laws_hold;
