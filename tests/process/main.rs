//! The process around the logger: its start and end, panics, signals, and its surroundings.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod lifecycle;
mod panics;
#[cfg(target_os = "linux")]
mod privileged;
mod signals;
mod surroundings;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod system_calls;
