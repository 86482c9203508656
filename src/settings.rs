//! A `Config` parsed once: after this no stage checks a setting again.
//!
//! `logger` starts from it. Every setting is taken apart by name, so that a new one cannot be forgotten, and all
//! faults are collected before the first of them is told.

mod color;
mod fields;
mod file;

use crate::clock::Zone;
use crate::config::{Config, ConfigError, Console, Format, Mask, Overflow, TimeZone, faults, quoted};
use crate::error::Error;
use crate::filter::Filter;
use crate::format::{Layout, LineLimits, LineSettings, Style};
use crate::mask::Masker;
use crate::process;
use crate::record::CaptureLimits;
use crate::sink::file::FileSettings;
use log::{Level, LevelFilter};
use std::collections::BTreeMap;
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
    /// What the user is to be told although the logger starts: one line each.
    pub(crate) warnings: Vec<String>,
}

impl Settings {
    /// Parses `config`; `with_writer` says that there is an output beside those it names.
    ///
    /// # Errors
    ///
    /// One error that tells every fault, with its setting, its value and the message.
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

/// Every setting by its name: one that is added and forgotten here does not compile.
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

/// What is known while a configuration is parsed.
struct Parsing {
    faults: Vec<ConfigError>,
    warnings: Vec<String>,
}

impl Parsing {
    /// One error that tells all faults, if there are any, without what the mask of `config` hides.
    fn error(&self, config: &Config) -> Option<Error> {
        let error = ConfigError::error(&self.faults)?;
        let mut masker = Masker::new(&config.mask);
        Some(error.map_text(|text| masker.text(text, false).into_owned()))
    }

    /// The settings, unless a part cannot be parsed; whether there are faults, the caller looks.
    fn settings(&mut self, config: &Config, with_writer: bool, environment: Environment) -> Option<Settings> {
        let capture = self.capture(config);
        let zone = self.zone(config.time_zone);
        let plain = self.line(config, zone.clone());
        let layouts = self.layouts(config, &plain);
        let filter = self.filter(config, environment);
        let file = self.file(config, with_writer, zone);
        let [file_layout, console_layout] = layouts?;
        let output = |layout: &Layout, color, level| Looks {
            layout: layout.clone(),
            line: LineSettings {
                color,
                ..plain.clone()
            },
            level,
        };
        Some(Settings {
            name: config.name.clone(),
            file: file.map(|target| output(&file_layout, false, config.file_level).of(target)),
            console: (config.console).map(|target| {
                output(
                    &console_layout,
                    color::is_on_console(config, target),
                    config.console_level,
                )
                .of(target)
            }),
            writer: with_writer.then(|| output(&file_layout, false, LevelFilter::Trace).of(())),
            filter: filter?,
            mask: config.mask.clone(),
            capture,
            overflow: config.overflow,
            queue_bytes: config.queue_bytes,
            batch_bytes: config.batch_bytes,
            line_bytes: config.max_record_bytes,
            flush_interval: config.flush_interval,
            shutdown_timeout: config.shutdown_timeout,
            log_panics: config.log_panics,
            flush_on_exit: config.flush_on_exit,
            warnings: std::mem::take(&mut self.warnings),
        })
    }

    /// The file, if there is one; without any output there is nothing to start.
    fn file(&mut self, config: &Config, with_writer: bool, zone: Zone) -> Option<FileSettings> {
        let file = file::file_settings(config, zone);
        if file.is_none() && config.console.is_none() && !with_writer {
            let message = "there is no output at all; set `log_dir` or `log_file`, or keep a console";
            self.faults.push(ConfigError::new("console", "none", message));
        }
        file
    }

    /// How much of a record is taken in; every record must fit into an empty queue.
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

    /// What the lines of all outputs have in common; without colour.
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
            // What is out of range was told by `faults`.
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
        // What has no field at all was told by `faults`, with the word that was meant.
        let is_told = matches!(format, Format::Text(template) if !template.contains('{'));
        match Layout::parse(format) {
            Ok(layout) => Some(layout),
            Err(_) if is_told => None,
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
                // A variable that somebody set for another program must not keep this one from starting.
                self.warnings.push(format!("RUST_LOG is ignored: {fault}"));
                set
            }
        }
    }
}

#[cfg(test)]
mod tests;
