//! A `Config` parsed once: after this no stage checks a setting again.
//!
//! `logger` starts from it. Each group of settings is taken apart by name, so a new setting cannot be forgotten. All
//! faults are collected and reported in one error.

// A setting that nothing uses must not compile.
#![deny(unused_variables)]

mod color;
mod fields;
mod file;
mod lines;
mod records;

use crate::config::{Config, ConfigError, Console, DeliverySettings, LimitSettings, Mask, Overflow, faults};
use crate::error::Error;
use crate::filter::Filter;
use crate::format::{Layout, LineSettings};
use crate::mask::Masker;
use crate::record::CaptureLimits;
use crate::sink::file::FileSettings;
use log::LevelFilter;
use std::time::Duration;

/// Where else settings may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Environment {
    /// `RUST_LOG` replaces level and filter, for the installed logger.
    Read,
    /// A logger that is only started reads no settings from the environment.
    Ignored,
}

/// One output: where it goes and how its lines look.
#[derive(Debug, Clone)]
pub(crate) struct OutputSettings<T> {
    pub(crate) target: T,
    pub(crate) layout: Layout,
    pub(crate) line: LineSettings,
    pub(crate) level: LevelFilter,
}

/// How the lines of an output look.
struct Looks {
    layout: Layout,
    line: LineSettings,
    level: LevelFilter,
}

impl Looks {
    fn of<T>(self, target: T) -> OutputSettings<T> {
        let Looks { layout, line, level } = self;
        OutputSettings {
            target,
            layout,
            line,
            level,
        }
    }
}

/// Everything a logger starts from.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) file: Option<OutputSettings<FileSettings>>,
    pub(crate) console: Option<OutputSettings<Console>>,
    /// How a user's own writer gets its lines, if there is one.
    pub(crate) writer: Option<OutputSettings<()>>,
    pub(crate) filter: Filter,
    pub(crate) mask: Mask,
    pub(crate) capture: CaptureLimits,
    pub(crate) overflow: Overflow,
    pub(crate) queue_bytes: usize,
    pub(crate) batch_bytes: usize,
    pub(crate) line_bytes: usize,
    pub(crate) flush_interval: Duration,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) log_panics: bool,
    pub(crate) flush_on_exit: bool,
    /// Notices for the user that do not keep the logger from starting: one line each.
    pub(crate) warnings: Vec<String>,
}

impl Settings {
    /// Parses `config`; `with_writer` is true if there is an output in addition to those it names.
    ///
    /// # Errors
    ///
    /// One error that lists every fault, with its setting, its value and the message.
    pub(crate) fn parse(
        config: &Config,
        with_writer: bool,
        environment: Environment,
    ) -> Result<Settings, Error> {
        let mut parsing = Parsing {
            faults: faults(config),
            warnings: Vec::new(),
        };
        let settings = parsing.settings(config, with_writer, environment);
        match parsing.error(config) {
            Some(error) => Err(error),
            // OK because only a fault makes a part missing, and there is none.
            None => Ok(settings.expect("every setting was parsed")),
        }
    }

    /// The most detailed level that any output wants.
    pub(crate) fn widest_level(&self) -> LevelFilter {
        let console = self
            .console
            .as_ref()
            .map_or(LevelFilter::Off, |output| output.level);
        console.max(self.widest_level_beside_stderr())
    }

    /// As `widest_level`, of the outputs that are not standard error.
    pub(crate) fn widest_level_beside_stderr(&self) -> LevelFilter {
        let file = self.file.as_ref().map(|output| output.level);
        let console = self
            .console
            .as_ref()
            .filter(|output| output.target != Console::Stderr);
        let writer = self.writer.as_ref().map(|output| output.level);
        [file, console.map(|output| output.level), writer]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or(LevelFilter::Off)
    }
}

/// # Checking a configuration
impl Config {
    /// Checks every setting, as `init` does, without starting anything.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config); the text names every fault, with its setting, its value
    /// and the message.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::Config;
    ///
    /// let error = Config::new("app").batch_bytes(0).console_format("{lvl} {message}").validate().unwrap_err();
    /// assert!(error.to_string().contains("batch_bytes"));
    /// assert!(error.to_string().contains("did you mean `level`?"));
    /// ```
    pub fn validate(&self) -> Result<(), Error> {
        let mut parsing = Parsing {
            faults: faults(self),
            warnings: Vec::new(),
        };
        // Whether there is an output at all is judged when a logger starts: a writer may be given there.
        parsing.settings(self, true, Environment::Ignored);
        parsing.error(self).map_or(Ok(()), Err)
    }
}

/// What is known while a configuration is parsed.
struct Parsing {
    faults: Vec<ConfigError>,
    warnings: Vec<String>,
}

impl Parsing {
    /// Returns one error that lists all faults, if there are any; the mask of `config` is applied to its text.
    fn error(&self, config: &Config) -> Option<Error> {
        let error = ConfigError::error(&self.faults)?;
        let mut masker = Masker::new(&config.format.mask);
        Some(error.map_text(|text| masker.text(text, false).into_owned()))
    }

    /// The settings, unless a part cannot be parsed; whether there are faults, the caller looks.
    ///
    /// Each group of settings is taken apart without `..`, here or in what is called here, and an unused binding is
    /// an error: a new setting does not compile until something uses it.
    fn settings(&mut self, config: &Config, with_writer: bool, environment: Environment) -> Option<Settings> {
        let DeliverySettings {
            queue_bytes,
            overflow,
            batch_bytes,
            flush_interval,
            shutdown_timeout,
            flush_on_exit,
            log_panics,
        } = config.delivery;
        let capture = self.capture(&config.limits, queue_bytes);
        let lines = self.lines(config);
        let records = self.records(&config.records, with_writer, environment);
        let (lines, records) = (lines?, records?);
        let [in_file, on_console] = &lines.layouts;
        let zone = lines.plain.zone.clone();
        let file = (records.path).map(|path| file::file_settings(path, &config.rotation, zone));
        Some(Settings {
            name: records.name,
            file: file.map(|target| lines.looks(in_file, false, records.file_level).of(target)),
            console: records.console.map(|target| {
                let color = color::is_on_console(lines.color, target);
                lines.looks(on_console, color, records.console_level).of(target)
            }),
            writer: with_writer.then(|| lines.looks(in_file, false, LevelFilter::Trace).of(())),
            filter: records.filter,
            mask: lines.mask.clone(),
            capture,
            overflow,
            queue_bytes,
            batch_bytes,
            line_bytes: config.limits.max_record_bytes,
            flush_interval,
            shutdown_timeout,
            log_panics,
            flush_on_exit,
            warnings: std::mem::take(&mut self.warnings),
        })
    }

    /// How much of a record is captured; every record must fit into an empty queue.
    fn capture(&mut self, limits: &LimitSettings, queue_bytes: usize) -> CaptureLimits {
        let LimitSettings {
            max_message_bytes,
            max_key_bytes,
            max_value_bytes,
            max_record_bytes,
        } = *limits;
        let capture = CaptureLimits::new(
            max_message_bytes,
            max_key_bytes,
            max_value_bytes,
            max_record_bytes,
        );
        let room = queue_bytes - queue_bytes / 4;
        if capture.largest_frame() > room {
            let least = (capture.largest_frame() / 3).saturating_mul(4).saturating_add(4);
            let message = format!("too small for the largest record with its names; at least {least}");
            let fault = ConfigError::new("queue_bytes", queue_bytes.to_string(), message);
            self.faults.push(fault);
        }
        capture
    }
}

#[cfg(test)]
mod tests;
