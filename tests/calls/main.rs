//! Records, flushes and shutdowns, called on threads, in tasks and in executors.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod caller_faults;
mod delivery;
mod executors;
mod flush_shutdown;
mod reentry;
mod runtimes;
mod threads;
