//! Every setting with its unit, default and limits; plain data.
//!
//! A `Config` is only carried around here; `settings` checks and parses it, once, when a logger starts.

mod choices;
mod mask;

pub use choices::{Color, Console, Format, Locking, Newlines, Overflow};
pub use mask::Mask;

use log::LevelFilter;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be set before a logger starts.
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) name: String,
    pub(crate) file: Option<PathBuf>,
    pub(crate) console: Option<Console>,
    pub(crate) level: Option<LevelFilter>,
    pub(crate) console_format: Format,
    pub(crate) file_format: Format,
    pub(crate) console_level: LevelFilter,
    pub(crate) file_level: LevelFilter,
    pub(crate) color: Color,
    pub(crate) max_bytes: u64,
    pub(crate) backup_count: u32,
    pub(crate) locking: Locking,
    pub(crate) queue_bytes: usize,
    pub(crate) overflow: Overflow,
    pub(crate) batch_bytes: usize,
    pub(crate) flush_interval: Duration,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) max_message_bytes: usize,
    pub(crate) max_key_bytes: usize,
    pub(crate) max_value_bytes: usize,
    pub(crate) max_record_bytes: usize,
}
