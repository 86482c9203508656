//! A backend for the [`log`] facade that is asynchronous without a runtime.
#![allow(dead_code, unused_imports)] // until the pipeline is complete

#[path = "worker/backlog.rs"]
mod backlog;
mod clock;
mod config;
mod error;
mod health;
mod process;
mod queue;
mod record;
mod sync;
mod ticket;

pub use config::{Color, Config, Console, Format, Locking, Newlines, Overflow};
pub use error::{Error, ErrorKind};
pub use health::*;
pub use ticket::*;
