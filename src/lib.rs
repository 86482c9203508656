//! A backend for the [`log`] facade that is asynchronous without a runtime.
#![allow(dead_code, unused_imports)] // until the pipeline is complete

mod clock;
mod config;
mod error;
mod record;
mod sink;
mod sync;

pub use config::{Color, Config, Console, Format, Locking, Newlines, Overflow, Period, Retention};
pub use error::{Error, ErrorKind};
pub use sink::retention::PurgeReport;
#[doc(hidden)]
pub use sink::{
    disk::Disk,
    storage::{Handle, Identity, Stat, Storage},
};
