//! The calls of a program: records, flushes, shutdowns, on threads, tasks and executors.

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
