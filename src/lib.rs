//! A backend for the [`log`] facade that is asynchronous without a runtime.
#![allow(dead_code, unused_imports)] // until the pipeline is complete

mod clock;
mod config;
mod error;
mod mask;
mod record;
mod sync;

pub use config::{Color, Config, Console, Format, Locking, Mask, Newlines, Overflow};
pub use error::{Error, ErrorKind};
pub use mask::Secret;
