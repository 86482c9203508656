//! Every setting with its unit, default and limits; plain data.
//!
//! The application fills a `Config` by setters, from a file, or from the environment. It is only carried around
//! here: `settings` checks and parses it, once, when a logger starts, and no stage reads it after that.

mod check;
mod choices;
mod env;
mod error;
mod kinds;
mod limits;
mod mask;
mod output;
mod raw_value;
mod redact;
mod retention;
mod serial;
mod table;
mod table_setting;
mod units;
pub(crate) mod words;
mod zone;

pub(crate) use check::faults;
pub use choices::{Color, Console, Format, Locking, Newlines, Overflow, Period, Schema};
pub(crate) use error::{ConfigError, quoted};
pub use mask::Mask;
pub use retention::Retention;
pub(crate) use units::size_text;
pub use zone::TimeZone;

use log::{Level, LevelFilter};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Everything that can be set before a logger starts.
///
/// A fresh configuration logs to standard error, `Debug` and above for the crate that has the logger's name,
/// `Info` and above for all others. Each setter takes the configuration and gives it back, so calls are chained;
/// none of them fails. Values are judged together, when a logger starts or by [`validate`](Config::validate), and
/// every fault is told with its setting, its value and the message.
///
/// # Sources
///
/// Code or a file comes first, [`with_env`](Config::with_env) over it, `RUST_LOG` over that (only for the installed
/// logger, see [`rust_log`](Config::rust_log)), and [`set_filter`](crate::set_filter) at run time over all.
///
/// # Files
///
/// A configuration is read and written by serde, in any format that describes itself;
/// [`from_json_file`](Config::from_json_file) reads JSON, and TOML needs one line with the `toml` crate. Keys are the
/// names of the setters, what is left out has its default, and a key that is no setting is an error that names the
/// nearest one.
///
/// | kind | written as |
/// | --- | --- |
/// | sizes | `"10MiB"`, `"512KiB"`, `"4kB"`, `"1_000"`, or a number of bytes |
/// | durations | `"250ms"`, `"1.5s"`, `"1m"` (ns, us, ms, s, m, h, d), or a number of milliseconds |
/// | levels | `"off"`, `"error"`, `"warn"`, `"info"`, `"debug"`, `"trace"` |
/// | formats | `"text"`, `"json"`, `"logfmt"`, or a template, which contains a `{` |
/// | time zone | `"utc"`, an offset as in `"+05:30"`, or `"local"` (feature `local-time`) |
/// | choices | the lower-case word, as in `color = "never"`; no console is `console = "none"` |
/// | overflow | `"block"`, `"drop_newest"`, or `{ block_for = "100ms" }` |
/// | retention | `{ max_age = "30d", max_files = 100, max_total_bytes = "1GiB" }`; what is left out is no limit |
/// | mask | `"standard"`, `"none"`, or a table as [`Mask`] says |
/// | file mode | octal digits in quotes, `"0640"` |
/// | `level_for`, `level_color`, `field` | a table: `level_for = { hyper = "warn" }` |
///
/// # Examples
///
/// ```
/// use asynclogger::Config;
///
/// let config = Config::new("shop").log_dir("/var/log/shop").max_bytes(20 * 1024 * 1024);
/// assert_eq!(serde_json::to_value(&config)?["log_dir"], "/var/log/shop");
///
/// let config: Config = toml::from_str(
///     r#"
///     name = "shop"
///     log_dir = "/var/log/shop"
///     max_bytes = "20MiB"
///     level_for = { hyper = "warn" }
///     "#,
/// )?;
///
/// let refused = toml::from_str::<Config>("max_byte = 1").unwrap_err();
/// assert!(refused.to_string().contains("did you mean `max_bytes`?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a configuration does nothing until a logger is started with it"]
pub struct Config {
    pub(crate) name: String,
    /// Set by `log_dir`; the file's name follows from `name` in the end.
    pub(crate) dir: Option<PathBuf>,
    /// Set by `log_file`.
    pub(crate) file: Option<PathBuf>,
    pub(crate) console: Option<Console>,
    pub(crate) level: Option<LevelFilter>,
    pub(crate) level_for: BTreeMap<String, LevelFilter>,
    pub(crate) filter: Option<String>,
    pub(crate) rust_log: bool,
    pub(crate) console_level: LevelFilter,
    pub(crate) file_level: LevelFilter,
    pub(crate) console_format: Format,
    pub(crate) file_format: Format,
    pub(crate) color: Color,
    /// Only what was set; the other levels have the default colours.
    pub(crate) level_color: BTreeMap<Level, String>,
    pub(crate) newlines: Newlines,
    pub(crate) json_schema: Schema,
    pub(crate) source: bool,
    /// In the order in which they were set.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) time_zone: TimeZone,
    pub(crate) max_bytes: u64,
    pub(crate) backup_count: u32,
    pub(crate) locking: Locking,
    pub(crate) file_mode: u32,
    pub(crate) queue_bytes: usize,
    pub(crate) overflow: Overflow,
    pub(crate) batch_bytes: usize,
    pub(crate) flush_interval: Duration,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) max_message_bytes: usize,
    pub(crate) max_key_bytes: usize,
    pub(crate) max_value_bytes: usize,
    pub(crate) max_record_bytes: usize,
    pub(crate) rotate_every: Option<Period>,
    pub(crate) retention: Retention,
    pub(crate) mask: Mask,
    pub(crate) log_panics: bool,
    pub(crate) flush_on_exit: bool,
    /// Variables that `with_env` could not read.
    pub(crate) env_faults: Vec<ConfigError>,
}

impl Config {
    /// A configuration with all defaults for a logger called `name`; see [`name`](Config::name).
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop");
    /// let defaults = serde_json::to_value(&config)?;
    /// assert_eq!((&defaults["console"], &defaults["queue_bytes"]), (&"stderr".into(), &"4MiB".into()));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(name: impl Into<String>) -> Config {
        Config {
            name: name.into(),
            dir: None,
            file: None,
            console: Some(Console::Stderr),
            level: None,
            level_for: BTreeMap::new(),
            filter: None,
            rust_log: true,
            console_level: LevelFilter::Trace,
            file_level: LevelFilter::Trace,
            console_format: Format::default(),
            file_format: Format::default(),
            color: Color::default(),
            level_color: BTreeMap::new(),
            newlines: Newlines::default(),
            json_schema: Schema::default(),
            source: false,
            fields: Vec::new(),
            time_zone: TimeZone::default(),
            max_bytes: 10 * 1024 * 1024,
            backup_count: 5,
            locking: Locking::default(),
            file_mode: 0o640,
            queue_bytes: 4 * 1024 * 1024,
            overflow: Overflow::default(),
            batch_bytes: 256 * 1024,
            flush_interval: Duration::from_millis(5),
            shutdown_timeout: Duration::from_secs(5),
            max_message_bytes: 16 * 1024,
            max_key_bytes: 256,
            max_value_bytes: 1024,
            max_record_bytes: 32 * 1024,
            rotate_every: None,
            retention: Retention::new(),
            mask: Mask::standard(),
            log_panics: true,
            flush_on_exit: true,
            env_faults: Vec::new(),
        }
    }

    /// The log file, if there is one: the path that was set, or `<dir>/<name>.log`.
    pub(crate) fn log_path(&self) -> Option<PathBuf> {
        let in_dir = |dir: &PathBuf| dir.join(format!("{}.log", self.name));
        self.file.clone().or_else(|| self.dir.as_ref().map(in_dir))
    }

    /// Adds a static field, or gives the one of that key a new value in its place.
    fn set_field(&mut self, key: String, value: String) {
        match self.fields.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => self.fields.push((key, value)),
        }
    }
}

/// As [`Config::new`] with the name of the executable, without its extension.
impl Default for Config {
    fn default() -> Config {
        let executable = std::env::current_exe().unwrap_or_default();
        Config::new(stem(&executable))
    }
}

fn stem(executable: &Path) -> String {
    let stem = executable.file_stem().unwrap_or_default().to_string_lossy();
    // What Linux says of a program that was replaced while it runs.
    let stem = stem.strip_suffix(" (deleted)").unwrap_or(&stem);
    if stem.is_empty() {
        "app".to_owned()
    } else {
        stem.to_owned()
    }
}

#[cfg(test)]
mod tests;
