//! Where lines go. The worker hands whole lines to a sink and asks it to sync or to reopen.
//!
//! A sink knows no record, never sleeps, prints nothing, and returns its errors as data with a deadline for the next
//! try. Each kind of output implements [`opener::Opener`] in a file here.
//! Invariant: only files that are the logger's own are ever renamed, truncated or deleted.

mod backoff;
mod backups;
pub(crate) mod batch;
pub(crate) mod console;
pub(crate) mod disk;
mod error;
pub(crate) mod file;
pub(crate) mod file_opener;
mod lock;
pub(crate) mod opener;
mod outlook;
pub(crate) mod retention;
pub(crate) mod rooted;
mod rotation;
pub(crate) mod shared;
pub(crate) mod storage;
pub(crate) mod threaded;
pub(crate) mod writer;

#[cfg(any(test, fuzzing))]
pub(crate) use rotation::laws::holds as rotation_laws_hold;
