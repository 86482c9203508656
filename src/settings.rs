//! A `Config` parsed once: after this no stage checks a setting again.
//!
//! `logger` starts from it. Every setting is named here, so that a new one cannot be forgotten, and all faults are
//! collected before they are reported as one error.

mod color;
mod fields;
mod outputs;

use crate::clock::Zone;
use crate::config::{Config, ConfigError, Format, Mask, Overflow, TimeZone, faults, quoted};
use crate::error::Error;
use crate::filter::Filter;
use crate::format::{Layout, LineLimits, LineSettings, Style};
use crate::mask::Masker;
use crate::process;
use crate::record::CaptureLimits;
use crate::sink::opener::Opener;
use log::{Level, LevelFilter};
use outputs::outputs;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Whether settings are also read from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Environment {
    /// `RUST_LOG` replaces level and filter, for the installed logger.
    Read,
    /// A logger that is only started reads no settings from the environment.
    Ignored,
}

/// One output: how it is opened, and how its lines look.
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
        parsing.any_output(config, &openers);
        let settings = parsing.settings(config, openers, environment);
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
            ..self.clone()
        }
    }

    /// The most detailed level that any output wants.
    pub(crate) fn widest_level(&self) -> LevelFilter {
        widest(self.outputs.iter())
    }

    /// As `widest_level`, of the outputs that are not standard error.
    pub(crate) fn widest_level_beside_stderr(&self) -> LevelFilter {
        widest(self.outputs.iter().filter(|output| !output.is_stderr))
    }
}

fn widest<'a>(outputs: impl Iterator<Item = &'a OutputSpec>) -> LevelFilter {
    let levels = outputs.map(|output| output.level);
    levels.max().unwrap_or(LevelFilter::Off)
}

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

/// Names every setting: a new one that is not listed here does not compile.
const _EVERY_SETTING: fn(Config) = |config| {
    let Config {
        name: _,
        dir: _,
        file: _,
        console: _,
        level: _,
        level_for: _,
        filter: _,
        rust_log: _,
        console_level: _,
        file_level: _,
        console_format: _,
        file_format: _,
        color: _,
        level_color: _,
        newlines: _,
        json_schema: _,
        source: _,
        fields: _,
        time_zone: _,
        max_bytes: _,
        backup_count: _,
        locking: _,
        file_mode: _,
        queue_bytes: _,
        overflow: _,
        batch_bytes: _,
        flush_interval: _,
        shutdown_timeout: _,
        max_message_bytes: _,
        max_key_bytes: _,
        max_value_bytes: _,
        max_record_bytes: _,
        rotate_every: _,
        retention: _,
        mask: _,
        log_panics: _,
        flush_on_exit: _,
        env_faults: _,
    } = config;
};

/// The faults and warnings that were found while a configuration is parsed.
struct Parsing {
    faults: Vec<ConfigError>,
    warnings: Vec<String>,
}

impl Parsing {
    /// One error that reports all faults, if there are any, masked by the rules of `config`.
    fn error(&self, config: &Config) -> Option<Error> {
        let error = ConfigError::error(&self.faults)?;
        let mut masker = Masker::new(&config.mask);
        Some(error.map_text(|text| masker.text(text, false).into_owned()))
    }

    /// The settings, unless a part cannot be parsed; the caller checks for faults.
    fn settings(
        &mut self,
        config: &Config,
        openers: Vec<Arc<dyn Opener>>,
        environment: Environment,
    ) -> Option<Settings> {
        let capture = self.capture(config);
        let zone = self.zone(config.time_zone);
        let line = self.line(config, zone);
        let layouts = self.layouts(config, &line);
        let filter = self.filter(config, environment);
        Some(Settings {
            name: config.name.clone(),
            outputs: outputs(config, &layouts?, &line, openers),
            filter: filter?,
            mask: config.mask.clone(),
            capture,
            overflow: config.overflow,
            queue_bytes: config.queue_bytes,
            batch_bytes: config.batch_bytes,
            max_record_bytes: config.max_record_bytes,
            flush_interval: config.flush_interval,
            shutdown_timeout: config.shutdown_timeout,
            log_panics: config.log_panics,
            flush_on_exit: config.flush_on_exit,
            warnings: std::mem::take(&mut self.warnings),
        })
    }

    /// Without any output there is nothing to start.
    fn any_output(&mut self, config: &Config, openers: &[Arc<dyn Opener>]) {
        if config.log_path().is_none() && config.console.is_none() && openers.is_empty() {
            let message = "there is no output at all; set `log_dir` or `log_file`, or keep a console";
            self.faults.push(ConfigError::new("console", "none", message));
        }
    }

    /// How much of a record is captured; every record must fit into an empty queue.
    fn capture(&mut self, config: &Config) -> CaptureLimits {
        let capture = CaptureLimits::new(
            config.max_message_bytes,
            config.max_key_bytes,
            config.max_value_bytes,
            config.max_record_bytes,
        );
        let room = config.queue_bytes - config.queue_bytes / 4;
        if capture.largest_frame() > room {
            let least = (capture.largest_frame() / 3).saturating_mul(4).saturating_add(4);
            let message = format!("too small for the largest record with its names; at least {least}");
            self.faults.push(ConfigError::new(
                "queue_bytes",
                config.queue_bytes.to_string(),
                message,
            ));
        }
        capture
    }

    /// What the lines of all outputs have in common, without colour.
    fn line(&mut self, config: &Config, zone: Zone) -> LineSettings {
        LineSettings {
            name: config.name.clone(),
            limits: LineLimits {
                message: config.max_message_bytes,
                key: config.max_key_bytes,
                value: config.max_value_bytes,
                record: config.max_record_bytes,
            },
            newlines: config.newlines,
            color: false,
            level_styles: self.level_styles(&config.level_color),
            fields: fields::shown(config),
            source: config.source,
            schema: config.json_schema,
            host: process::host_name(),
            zone,
        }
    }

    fn zone(&mut self, zone: TimeZone) -> Zone {
        match zone {
            // `faults` has reported an offset out of range.
            TimeZone::Fixed { minutes_east } => Zone::Fixed(i32::from(minutes_east) * 60),
            #[cfg(feature = "local-time")]
            TimeZone::Local => Zone::of_the_system().unwrap_or_else(|cause| {
                let message =
                    format!("the zone of this machine is not known: {cause}; set TZ, or another zone");
                self.faults.push(ConfigError::new("time_zone", "local", message));
                Zone::Utc
            }),
            TimeZone::Utc => Zone::Utc,
        }
    }

    /// How file and console look; a line of each has room for all static fields.
    fn layouts(&mut self, config: &Config, plain: &LineSettings) -> Option<[Layout; 2]> {
        let file = self.layout("file_format", &config.file_format);
        let console = self.layout("console_format", &config.console_format);
        let layouts = [file?, console?];
        self.faults.extend(fields::fault(config, plain, &layouts));
        Some(layouts)
    }

    fn layout(&mut self, setting: &str, format: &Format) -> Option<Layout> {
        // `faults` has reported a format without any field, with the word that was meant.
        let is_reported = matches!(format, Format::Text(template) if !template.contains('{'));
        match Layout::parse(format) {
            Ok(layout) => Some(layout),
            Err(_) if is_reported => None,
            Err(faults) => {
                let found = faults
                    .iter()
                    .map(|fault| ConfigError::new(setting, "", fault.to_string()));
                self.faults.extend(found);
                None
            }
        }
    }

    fn level_styles(&mut self, level_color: &BTreeMap<Level, String>) -> [Style; 5] {
        let mut styles = Style::level_defaults();
        for (level, text) in level_color {
            match Style::parse(text) {
                Ok(style) => styles[*level as usize - 1] = style,
                Err(fault) => {
                    let setting = format!("level_color.{}", level.as_str().to_ascii_lowercase());
                    self.faults
                        .push(ConfigError::new(setting, quoted(text), fault.to_string()));
                }
            }
        }
        styles
    }

    fn filter(&mut self, config: &Config, environment: Environment) -> Option<Filter> {
        let set = Filter::from_settings(
            &config.name,
            config.level,
            &config.level_for,
            config.filter.as_deref(),
        );
        let set = set.map_err(|faults| self.faults.extend(faults)).ok();
        if !config.rust_log || environment == Environment::Ignored {
            return set;
        }
        let directives = std::env::var("RUST_LOG").unwrap_or_default();
        if directives.trim().is_empty() {
            return set;
        }
        match Filter::parse(&directives) {
            Ok(filter) => Some(filter),
            Err(fault) => {
                // The variable may have been set for another program, so it must not keep this one from starting.
                self.warnings.push(format!("RUST_LOG is ignored: {fault}"));
                set
            }
        }
    }
}

#[cfg(test)]
mod tests;
