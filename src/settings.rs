//! A `Config` parsed once: after this no stage checks a setting again.
//!
//! `logger` starts from it. Every setting is taken apart by name, so that a new one cannot be forgotten, and all
//! faults are collected before the first of them is told.

use crate::config::{Color, Config, Console, Fault, Format, Mask, Newlines, Overflow, check};
use crate::error::Error;
use crate::filter::Filter;
use crate::format::{Layout, LineLimits, LineSettings, Style};
use crate::record::CaptureLimits;
use crate::sink::console;
use crate::sink::file::{FileSettings, Offsets};
use log::LevelFilter;
use std::path::PathBuf;
use std::time::Duration;

/// One output: where it goes and how its lines look.
#[derive(Debug, Clone)]
pub(crate) struct OutputSettings<T> {
    pub(crate) target: T,
    pub(crate) layout: Layout,
    pub(crate) line: LineSettings,
    pub(crate) level: LevelFilter,
}

/// Everything a logger starts from.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) file: Option<OutputSettings<FileSettings>>,
    pub(crate) console: Option<OutputSettings<Console>>,
    /// How a user's own writer gets its lines.
    pub(crate) writer: OutputSettings<()>,
    has_writer: bool,
    pub(crate) filter: Filter,
    pub(crate) mask: Mask,
    pub(crate) capture: CaptureLimits,
    pub(crate) overflow: Overflow,
    pub(crate) queue_bytes: usize,
    pub(crate) batch_bytes: usize,
    pub(crate) line_bytes: usize,
    pub(crate) flush_interval: Duration,
    pub(crate) shutdown_timeout: Duration,
}
