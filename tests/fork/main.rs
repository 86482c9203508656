//! Children made by `fork` without `exec`.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod children;
mod descriptors;
mod in_std;
mod lock;
mod refused;
mod unreachable;
mod waits;
