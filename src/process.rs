//! State of the whole process: its epoch, forks, which threads belong to a logger, signals; and all `unsafe` code.
//!
//! Callbacks registered here only change numbers, which other code reads.

#[cfg(not(any(unix, windows)))]
compile_error!("asynclogger needs threads, files and file locks: it can be built for Unix and for Windows");

mod avx2;
#[cfg(unix)]
mod descriptors;
mod environment;
mod fork;
#[cfg(unix)]
mod inherited;
mod own_file;
mod prefetch;
mod reentry;
mod streams;
mod threads;

pub(crate) use avx2::{Avx2, BLOCK, Kind};
#[cfg(unix)]
pub(crate) use descriptors::ClosedInChild;
pub(crate) use environment::{is_ignored, is_privileged, variable, variable_os, variables};
pub(crate) use fork::{ArcCell, PerProcess, generation, watch_forks};
#[cfg(unix)]
pub(crate) use inherited::{duplicate_of, effective_ids, stream_identity};
pub(crate) use own_file::OwnFile;
pub(crate) use prefetch::fetch_to_write;
pub(crate) use reentry::{depth, guarded, in_logger, is_probing, probe, set_depth, set_in_logger};
pub(crate) use streams::{Stream, StreamKind, WeakStream};
pub(crate) use threads::{start as start_thread, start_own as start_own_thread};

use crate::sync::thread_local;
use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

static EPOCH: AtomicU64 = AtomicU64::new(1);
static NEXT_LOGGER: AtomicU64 = AtomicU64::new(1);

/// A number that increases whenever a thread's cached view of the loggers may be out of date: after a new filter, a
/// newly installed logger, or a fork. [`new_epoch`] increases it. A record reads it once, relaxed, because the data
/// behind it is then read under a lock.
#[inline]
pub(crate) fn epoch() -> u64 {
    EPOCH.load(Ordering::Relaxed)
}

/// Makes every thread refresh its cached view before its next record.
pub(crate) fn new_epoch() {
    EPOCH.fetch_add(1, Ordering::Release);
}

/// A number that no other logger of this process has.
pub(crate) fn next_logger_id() -> u64 {
    NEXT_LOGGER.fetch_add(1, Ordering::Relaxed)
}

/// Runs code that may panic, such as a user's. Returns `None` if it panicked.
///
/// The payload of the panic is the user's too: if its drop panics, it is leaked.
#[inline]
pub(crate) fn caught<R>(run: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => Some(result),
        Err(payload) => {
            discard(payload);
            None
        }
    }
}

#[cold]
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(payload_of_the_drop) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(payload_of_the_drop);
    }
}

thread_local! {
    static OWNER: Cell<u64> = const { Cell::new(0) };
}

/// Makes the calling thread one of the logger `id`: marks it, and blocks the signals that a write could raise.
///
/// Its scheduling class stays that of the thread that started it. `sched_setscheduler` ends the process under a
/// seccomp filter that forbids it, such as `SystemCallFilter=~@resources` of systemd.
pub(crate) fn become_own_thread(id: u64) {
    OWNER.with(|owner| owner.set(id));
    block_signals();
}

/// Whether the calling thread belongs to the logger `id`. Such a thread must neither wait for the logger nor log to
/// it.
#[inline]
pub(crate) fn is_own_thread(id: u64) -> bool {
    OWNER.try_with(|owner| owner.get() == id).unwrap_or(false)
}

/// Blocks all signals except synchronous faults in the calling thread. SIGPIPE and SIGXFSZ then become errors of the
/// write, and the application's handlers never run on a logger's thread.
#[cfg(unix)]
fn block_signals() {
    const FAULTS: [libc::c_int; 7] = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGSYS,
    ];
    // SAFETY: `set` is written by sigfillset before it is read, and lives through all calls; changing the
    // mask of the calling thread touches no memory of ours.
    #[allow(unsafe_code)]
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut set);
        for fault in FAULTS {
            libc::sigdelset(&raw mut set, fault);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut());
    }
}

#[cfg(not(unix))]
fn block_signals() {}

/// The monotonic clock, in nanoseconds since a fixed moment.
///
/// This is the clock of `Instant` on these systems, without the subtraction for each record. Other systems use
/// another clock: on macOS this one has a resolution of microseconds, so two records could get the same time although
/// their order matters.
#[cfg(all(any(target_os = "linux", target_os = "android"), not(loom)))]
#[inline]
pub(crate) fn monotonic_nanos() -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` lives through the call. It cannot fail: the clock is one that each system has.
    #[allow(unsafe_code)]
    unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now);
    }
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Registers `callback` to be called when the process exits: by returning from `main` or by `process::exit`.
///
/// On Windows only a return from `main` calls it, because `process::exit` bypasses the C library there.
pub(crate) fn at_exit(callback: extern "C" fn()) {
    #[cfg(unix)]
    use libc::atexit;
    // SAFETY: the callback is a function of this program that never unwinds; what it touches are statics.
    #[allow(unsafe_code)]
    unsafe {
        // It fails only if memory is exhausted; then a program must call `shutdown` itself.
        atexit(callback);
    }
}

/// Has `callback` called before each fork, on the thread that forks. `posix_spawn` and `vfork` do not call it.
pub(crate) fn before_fork(callback: extern "C" fn()) {
    // SAFETY: the callback is a function of this program that never unwinds. If memory is exhausted, it is not called.
    #[cfg(unix)]
    #[allow(unsafe_code)]
    unsafe {
        libc::pthread_atfork(Some(callback as unsafe extern "C" fn()), None, None);
    }
    #[cfg(not(unix))]
    let _: extern "C" fn() = callback;
}

// SAFETY: as the C standard declares it; each C library that Rust links on Windows has it.
#[cfg(windows)]
#[allow(unsafe_code)]
unsafe extern "C" {
    fn atexit(callback: extern "C" fn()) -> std::ffi::c_int;
}

/// Whether the system has already ended all other threads, so that waiting for one would never end.
///
/// Windows does so before it unloads a DLL, and the DLL's `atexit` handlers run only then.
#[cfg(windows)]
pub(crate) fn other_threads_have_ended() -> bool {
    // SAFETY: as the system exports it, without an argument; std links the same library.
    #[allow(unsafe_code)]
    #[link(name = "ntdll")]
    unsafe extern "system" {
        safe fn RtlDllShutdownInProgress() -> u8;
    }
    RtlDllShutdownInProgress() != 0
}

#[cfg(not(windows))]
pub(crate) fn other_threads_have_ended() -> bool {
    false
}

/// The host name, or `localhost` if the system does not know it.
pub(crate) fn host_name() -> String {
    let name = system_host_name().unwrap_or_default();
    if name.is_empty() {
        "localhost".to_owned()
    } else {
        name
    }
}

#[cfg(unix)]
fn system_host_name() -> Option<String> {
    // POSIX: at most 255 bytes, and a NUL unless it was cut.
    let mut buffer = [0_u8; 256];
    // SAFETY: the call writes at most as many bytes as the buffer has.
    #[allow(unsafe_code)]
    let result = unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len()) };
    let name = buffer.split(|byte| *byte == 0).next()?;
    (result == 0).then(|| String::from_utf8_lossy(name).into_owned())
}

#[cfg(not(unix))]
fn system_host_name() -> Option<String> {
    variable("COMPUTERNAME")
}
