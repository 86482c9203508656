//! Children made by `fork` without `exec`.

#[path = "../common/mod.rs"]
mod common;

mod children;
mod in_std;
mod lock;
mod refused;
mod waits;
