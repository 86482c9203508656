//! The process around the logger: its start and end, panics, signals, and its surroundings.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod lifecycle;
mod panics;
mod signals;
mod surroundings;
