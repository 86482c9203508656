//! A `Config` parsed once: after this no stage checks a setting again.
//!
//! `logger` starts from it. Each group of settings is taken apart by name, so a new setting cannot be forgotten. All
//! faults are collected and reported in one error.

// A setting that nothing uses must not compile.
#![deny(unused_variables)]

mod color;
mod fields;
mod file;
mod journal;
mod lines;
mod outputs;
mod records;

use crate::config::{Config, ConfigError, DeliverySettings, LimitSettings, Mask, Overflow, faults};
use crate::error::Error;
use crate::filter::Filter;
use crate::format::{Layout, LineSettings};
use crate::mask::Masker;
use crate::record::CaptureLimits;
use crate::sink::opener::Opener;
use log::LevelFilter;
use outputs::outputs;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why variables are ignored in a program that is privileged.
const PRIVILEGED: &str = "this program runs with other rights than those of the user who started it (set-user-ID, \
                          set-group-ID or file capabilities)";

/// Whether settings are also read from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Environment {
    /// `RUST_LOG` replaces level and filter, for the installed logger.
    Read,
    /// A logger that is only started reads no settings from the environment.
    Ignored,
}

/// One output: its opener and the layout of its lines.
#[derive(Clone)]
pub(crate) struct OutputSpec {
    /// Its name in health and in messages.
    pub(crate) name: &'static str,
    /// The most detailed level that it gets.
    pub(crate) level: LevelFilter,
    pub(crate) layout: Layout,
    pub(crate) line: LineSettings,
    /// It is standard error, which has some records already (panics).
    pub(crate) is_stderr: bool,
    /// Its lines are printed by the calling thread, for the output that a test harness captures.
    pub(crate) prints_on_caller: bool,
    pub(crate) opener: Arc<dyn Opener>,
}

impl fmt::Debug for OutputSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputSpec")
            .field("name", &self.name)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl OutputSpec {
    /// The same output in a forked child, if it is not the parent's alone.
    fn in_child(&self) -> Option<OutputSpec> {
        let opener = self.opener.in_child()?;
        Some(OutputSpec {
            opener,
            ..self.clone()
        })
    }
}

/// Everything a logger starts from.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) name: String,
    /// The outputs, in the order in which they are asked to be a record's primary output: files, consoles, others.
    pub(crate) outputs: Vec<OutputSpec>,
    pub(crate) filter: Filter,
    /// The most detailed level that a setting or `RUST_LOG` names; `Off` if only the default levels are in force.
    pub(crate) asked: LevelFilter,
    /// The names of the crates that the program certainly has, with `_`.
    pub(crate) own_crates: Vec<String>,
    /// The crate that the name of the installed logger puts at debug, if the executable has another name.
    pub(crate) watched_crate: Option<String>,
    pub(crate) mask: Mask,
    pub(crate) capture: CaptureLimits,
    pub(crate) overflow: Overflow,
    pub(crate) queue_bytes: usize,
    pub(crate) batch_bytes: usize,
    pub(crate) max_record_bytes: usize,
    pub(crate) flush_interval: Duration,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) log_panics: bool,
    pub(crate) flush_on_exit: bool,
    /// Notices for the user that do not keep the logger from starting: one line each.
    pub(crate) warnings: Vec<String>,
}

impl Settings {
    /// Parses `config`; `openers` are outputs in addition to those that it names.
    ///
    /// # Errors
    ///
    /// One error that reports every fault, with its setting, its value and the message.
    pub(crate) fn parse(
        config: &Config,
        openers: Vec<Arc<dyn Opener>>,
        environment: Environment,
    ) -> Result<Settings, Error> {
        let mut parsing = Parsing {
            faults: faults(config),
            warnings: Vec::new(),
        };
        if config.env_ignored {
            let warning = format!("the variables ASYNCLOGGER_* are ignored: {PRIVILEGED}");
            parsing.warnings.push(warning);
        }
        let settings = parsing.settings(config, openers, environment);
        parsing.any_output(settings.as_ref());
        match parsing.error(config) {
            Some(error) => Err(error),
            // OK because only a fault makes a part missing, and there is none.
            None => Ok(settings.expect("every setting was parsed")),
        }
    }

    /// The settings of the logger that a forked child starts: without the outputs that stay with the parent.
    pub(crate) fn in_child(&self) -> Settings {
        Settings {
            outputs: self.outputs.iter().filter_map(OutputSpec::in_child).collect(),
            // The parent reports it.
            watched_crate: None,
            ..self.clone()
        }
    }

    /// The most detailed level that any output wants.
    pub(crate) fn widest_level(&self) -> LevelFilter {
        widest(self.outputs.iter())
    }

    /// As `widest_level`, of the outputs that are not standard error.
    pub(crate) fn max_level_without_stderr(&self) -> LevelFilter {
        widest(self.outputs.iter().filter(|output| !output.is_stderr))
    }
}

fn widest<'a>(outputs: impl Iterator<Item = &'a OutputSpec>) -> LevelFilter {
    let levels = outputs.map(|output| output.level);
    levels.max().unwrap_or(LevelFilter::Off)
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
        // Whether there is an output at all is checked when a logger starts: a writer may be given there.
        parsing.settings(self, Vec::new(), Environment::Ignored);
        parsing.error(self).map_or(Ok(()), Err)
    }
}

/// The faults and warnings that were found while a configuration is parsed.
struct Parsing {
    faults: Vec<ConfigError>,
    warnings: Vec<String>,
}

impl Parsing {
    /// One error that reports all faults, if there are any, masked by the rules of `config`.
    fn error(&self, config: &Config) -> Option<Error> {
        let error = ConfigError::error(&self.faults)?;
        let mut masker = Masker::new(&config.format.mask);
        Some(error.map_text(|text| masker.text(text, false).into_owned()))
    }

    /// The settings, unless a part cannot be parsed; the caller checks for faults.
    ///
    /// Each group of settings is destructured without `..`, here or in functions called here, and an unused binding is
    /// an error: a new setting does not compile until something uses it.
    fn settings(
        &mut self,
        config: &Config,
        openers: Vec<Arc<dyn Opener>>,
        environment: Environment,
    ) -> Option<Settings> {
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
        #[cfg(feature = "kv-error")]
        let capture = capture.with_error_details(config.format.shows_error_details());
        let lines = self.lines(config);
        let records = self.records(&config.records, environment);
        let (lines, records) = (lines?, records?);
        Some(Settings {
            outputs: outputs(&records, &lines, &config.rotation, openers),
            name: records.name,
            filter: records.filter,
            asked: records.asked,
            own_crates: records.own_crates,
            watched_crate: records.watched_crate,
            mask: lines.mask,
            capture,
            overflow,
            queue_bytes,
            batch_bytes,
            max_record_bytes: config.limits.max_record_bytes,
            flush_interval,
            shutdown_timeout,
            log_panics,
            flush_on_exit,
            warnings: std::mem::take(&mut self.warnings),
        })
    }

    /// Without any output there is nothing to start.
    fn any_output(&mut self, settings: Option<&Settings>) {
        if settings.is_some_and(|settings| settings.outputs.is_empty()) {
            let message = "there is no output at all; set `log_dir` or `log_file`, or keep a console";
            self.faults.push(ConfigError::new("console", "none", message));
        }
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
