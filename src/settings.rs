//! A `Config` parsed once: after this no stage checks a setting again.
//!
//! `logger` starts from it. Every setting is taken apart by name, so that a new one cannot be forgotten, and all
//! faults are collected before the first of them is told.

mod color;

use crate::config::{Config, Console, Fault, Format, Mask, Overflow, faults, quoted};
use crate::error::Error;
use crate::filter::Filter;
use crate::format::{Layout, LineLimits, LineSettings, Style};
use crate::record::CaptureLimits;
use crate::sink::console;
use crate::sink::file::{FileSettings, Offsets};
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

/// Everything a logger starts from.
#[derive(Debug)]
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
    /// What the user is to be told although the logger starts: one line each.
    pub(crate) warnings: Vec<String>,
}

impl Settings {
    /// Parses `config`; `with_writer` says that there is an output beside those it names.
    ///
    /// # Errors
    ///
    /// One error that tells every fault, with its setting, its value and the remedy.
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
        match Fault::error(&parsing.faults) {
            Some(error) => Err(error),
            // OK because only a fault makes a part missing, and there is none.
            None => Ok(settings.expect("every setting was parsed")),
        }
    }

    /// The most detailed level that any output wants.
    pub(crate) fn widest_level(&self) -> LevelFilter {
        let file = self.file.as_ref().map(|output| output.level);
        let console = self.console.as_ref().map(|output| output.level);
        let writer = self.writer.as_ref().map(|output| output.level);
        [file, console, writer]
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
    /// and the remedy.
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
        Fault::error(&parsing.faults).map_or(Ok(()), Err)
    }
}

/// What is known while a configuration is parsed.
struct Parsing {
    faults: Vec<Fault>,
    warnings: Vec<String>,
}

impl Parsing {
    /// The settings, unless a part cannot be parsed; whether there are faults, the caller looks.
    fn settings(&mut self, config: &Config, with_writer: bool, environment: Environment) -> Option<Settings> {
        // By name and whole: a setting that is added and forgotten here does not compile.
        let Config {
            name,
            dir: _,
            file: _,
            console,
            level,
            level_for,
            filter,
            rust_log,
            console_level,
            file_level,
            console_format,
            file_format,
            color,
            level_color,
            newlines,
            source,
            fields,
            max_bytes,
            backup_count,
            locking,
            file_mode,
            queue_bytes,
            overflow,
            batch_bytes,
            flush_interval,
            shutdown_timeout,
            max_message_bytes,
            max_key_bytes,
            max_value_bytes,
            max_record_bytes,
            rotate_every,
            retention,
            mask,
            env_faults: _,
        } = config;
        let path = config.log_path();
        if path.is_none() && console.is_none() && !with_writer {
            self.faults.push(Fault::new(
                "console",
                "none",
                "there is no output at all; set `log_dir` or `log_file`, or keep a console",
            ));
        }
        let capture = CaptureLimits::new(
            *max_message_bytes,
            *max_key_bytes,
            *max_value_bytes,
            *max_record_bytes,
        );
        if capture.largest_frame() > queue_bytes - queue_bytes / 4 {
            let least = capture.largest_frame() / 3 * 4 + 4;
            let remedy = format!("too small for the largest record with its names; at least {least}");
            self.faults
                .push(Fault::new("queue_bytes", queue_bytes.to_string(), remedy));
        }
        let limits = LineLimits {
            message: *max_message_bytes,
            key: *max_key_bytes,
            value: *max_value_bytes,
            record: *max_record_bytes,
        };
        let plain = LineSettings {
            name: name.clone(),
            limits,
            newlines: *newlines,
            color: false,
            level_styles: self.level_styles(level_color),
            fields: fields.clone(),
            source: *source,
        };
        let file_layout = self.layout("file_format", file_format);
        let console_layout = self.layout("console_format", console_format);
        let file_settings = path.map(|path| FileSettings {
            path,
            max_bytes: *max_bytes,
            backup_count: *backup_count,
            period: *rotate_every,
            offsets: Offsets::default(),
            locking: *locking,
            mode: *file_mode,
            retention: retention.clone(),
        });
        let filter = self.filter(
            config,
            *level,
            level_for,
            filter.as_deref(),
            *rust_log,
            environment,
        );
        let (file_layout, console_layout) = (file_layout?, console_layout?);
        let colored = |console| {
            color::is_on(
                *color,
                |name| std::env::var(name).ok(),
                console::is_terminal(console),
            )
        };
        Some(Settings {
            name: name.clone(),
            file: file_settings.map(|target| OutputSettings {
                target,
                layout: file_layout.clone(),
                line: plain.clone(),
                level: *file_level,
            }),
            console: console.map(|target| OutputSettings {
                target,
                layout: console_layout,
                line: LineSettings {
                    color: colored(target),
                    ..plain.clone()
                },
                level: *console_level,
            }),
            writer: with_writer.then_some(OutputSettings {
                target: (),
                layout: file_layout,
                line: plain,
                level: LevelFilter::Trace,
            }),
            filter: filter?,
            mask: mask.clone(),
            capture,
            overflow: *overflow,
            queue_bytes: *queue_bytes,
            batch_bytes: *batch_bytes,
            line_bytes: *max_record_bytes,
            flush_interval: *flush_interval,
            shutdown_timeout: *shutdown_timeout,
            warnings: std::mem::take(&mut self.warnings),
        })
    }

    fn layout(&mut self, setting: &str, format: &Format) -> Option<Layout> {
        // What has no field at all was told by `faults`, with the word that was meant.
        let is_told = matches!(format, Format::Text(template) if !template.contains('{'));
        match Layout::parse(format) {
            Ok(layout) => Some(layout),
            Err(_) if is_told => None,
            Err(fault) => {
                self.faults.push(Fault::new(setting, "", fault.to_string()));
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
                        .push(Fault::new(setting, quoted(text), fault.to_string()));
                }
            }
        }
        styles
    }

    fn filter(
        &mut self,
        config: &Config,
        level: Option<LevelFilter>,
        level_for: &BTreeMap<String, LevelFilter>,
        filter: Option<&str>,
        rust_log: bool,
        environment: Environment,
    ) -> Option<Filter> {
        let set = Filter::from_settings(&config.name, level, level_for, filter);
        let set = set.map_err(|faults| self.faults.extend(faults)).ok();
        if !rust_log || environment == Environment::Ignored {
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
