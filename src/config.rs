//! Every setting with its unit, default and limits; plain data.
//!
//! The application fills a `Config` by setters, from a file, or from the environment. The rows of `settings/*.rs` hold
//! everything about a setting. The module `settings` of the crate checks and parses a `Config` once, when a logger
//! starts; no stage reads it after that.

mod check;
mod choices;
mod env;
mod error;
mod fields;
mod files;
mod kinds;
mod limit;
mod line_format;
mod lookup;
mod making;
mod mask;
mod raw_value;
mod redact;
mod retention;
mod serial;
mod settings;
mod table;
mod table_setting;
mod unexpanded;
mod units;
pub(crate) mod words;
mod zone;

pub(crate) use check::faults;
pub use choices::{BigIntegers, Color, Console, Locking, Newlines, Overflow, Period, Schema};
pub(crate) use error::{ConfigError, quoted};
pub(crate) use fields::Fields;
pub use line_format::Format;
pub use mask::Mask;
pub use retention::Retention;
pub(crate) use settings::{
    DeliverySettings, FormatSettings, LimitSettings, RecordSettings, RotationSettings, log_path,
};
pub(crate) use units::size_text;
pub use zone::TimeZone;

use std::path::Path;

/// Everything that can be set before a logger starts.
///
/// A new configuration logs to standard error: `Debug` and above for the crate that has the logger's name,
/// `Info` and above for all others. Each setter takes the configuration and returns it, so calls are chained;
/// none of them fails. Values are checked together, when a logger starts or by [`validate`](Config::validate). The
/// error names every fault, with its setting, its value and a remedy.
///
/// [`Config::new`] and [`Config::default`] make one in code, [`from_json_file`](Config::from_json_file) and
/// `from_toml_file` read one, [`with_env`](Config::with_env) overrides it by variables, and
/// [`validate`](Config::validate) checks it without starting a logger.
///
/// # Sources
///
/// Settings come from code or a file; [`with_env`](Config::with_env) overrides them; `RUST_LOG` overrides the levels
/// (only for the installed logger, see [`rust_log`](Config::rust_log)); [`set_filter`](crate::set_filter) changes them
/// while the logger runs.
///
/// # Files
///
/// serde reads and writes a configuration in any self-describing format;
/// [`from_json_file`](Config::from_json_file) reads JSON, and `from_toml_file` (feature `toml`) reads TOML. Keys are
/// the names of the setters. A missing key means the default. An unknown key is an error that names the nearest
/// setting.
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
/// | retention | `{ max_age = "30d", max_files = 100, max_total_bytes = "1GiB" }`; a missing key is no limit |
/// | mask | `"standard"`, `"none"`, or a table, see [`Mask`] |
/// | file mode | octal digits in quotes, `"0640"` |
/// | `level_for`, `level_color`, `field` | a table: `level_for = { hyper = "warn" }` |
///
/// # A section of your own file
///
/// A program with its own configuration file has the settings in a section of it, as a field of type `Config`:
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct App {
///     port: u16,
///     #[serde(default)]
///     logging: asynclogger::Config,
/// }
///
/// let app: App = toml::from_str(
///     r#"
///     port = 8080
///
///     [logging]
///     name = "shop"
///     level = "warn"
///     "#,
/// )?;
/// assert_eq!((app.port, app.logging.get("level").as_deref()), (8080, Some("warn")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Examples
///
/// ```
/// use asynclogger::Config;
///
/// let config = Config::new("shop").log_dir("/var/log/shop").max_bytes(20 * 1024 * 1024);
/// assert_eq!(config.get("max_bytes").as_deref(), Some("20MiB"));
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
    pub(crate) records: RecordSettings,
    pub(crate) format: FormatSettings,
    pub(crate) rotation: RotationSettings,
    pub(crate) delivery: DeliverySettings,
    pub(crate) limits: LimitSettings,
    /// What is wrong with variables that `with_env` could not read.
    pub(crate) env_faults: Vec<ConfigError>,
    /// Whether `with_env` found variables that it must not obey.
    pub(crate) env_ignored: bool,
}

/// As [`Config::new`], with the name of the executable without its extension.
impl Default for Config {
    fn default() -> Config {
        Config::new(executable_stem())
    }
}

/// Returns the name of the executable without its extension.
pub(crate) fn executable_stem() -> String {
    stem(&std::env::current_exe().unwrap_or_default())
}

fn stem(executable: &Path) -> String {
    let stem = executable.file_stem().unwrap_or_default().to_string_lossy();
    // Linux appends this to the path of a program that was replaced while it runs.
    let stem = stem.strip_suffix(" (deleted)").unwrap_or(&stem);
    if stem.is_empty() {
        "app".to_owned()
    } else {
        stem.to_owned()
    }
}

#[cfg(test)]
mod tests;
