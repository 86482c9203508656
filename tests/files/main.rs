//! The log file: rotation, retention, other processes, and faults of the disk.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod disk_errors;
mod faults;
mod interference;
mod locking;
mod model;
mod obstacles;
mod retention;
mod rotation;
mod rotation_faults;
mod without_locks;
