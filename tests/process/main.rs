//! The life of the process around the logger: starts, panics, signals, its surroundings.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod lifecycle;
mod panics;
mod signals;
mod surroundings;
