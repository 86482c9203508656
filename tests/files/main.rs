//! The log file: rotation, retention, other processes, and faults of the disk.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

#[cfg(unix)]
mod access;
mod disk_errors;
mod faults;
mod interference;
mod locking;
mod model;
mod obstacles;
mod periods;
mod retention;
mod rotation;
mod rotation_faults;
#[cfg(unix)]
mod streams;
#[cfg(unix)]
mod unreachable;
mod without_locks;
