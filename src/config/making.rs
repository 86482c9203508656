//! How a configuration is made and read.
//!
//! rustdoc shows the blocks of `Config` in the order of the modules: this one is declared before `settings`, so that
//! its functions come first.

use super::env::PREFIX;
use super::raw_value::RawValue;
use super::{
    Config, DeliverySettings, FormatSettings, LimitSettings, RecordSettings, RotationSettings, files, lookup,
};
use crate::error::Error;
use crate::process;
use std::path::Path;

/// # Making and reading a configuration
impl Config {
    /// Returns a configuration with all defaults for a logger called `name`; see [`name`](Config::name).
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop");
    /// assert_eq!(config.get("console").as_deref(), Some("stderr"));
    /// assert_eq!(config.get("queue_bytes").as_deref(), Some("4MiB"));
    /// ```
    pub fn new(name: impl Into<String>) -> Config {
        let records = RecordSettings {
            name: name.into(),
            ..RecordSettings::default()
        };
        Config {
            records,
            format: FormatSettings::default(),
            rotation: RotationSettings::default(),
            delivery: DeliverySettings::default(),
            limits: LimitSettings::default(),
            env_faults: Vec::new(),
            env_ignored: false,
        }
    }

    /// Reads a configuration from a JSON file whose keys are the names of the setters.
    ///
    /// Missing keys have their defaults; [`Config`] lists how values are written. Values are read here and checked
    /// against each other when a logger starts, or by [`validate`](Config::validate).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read. [`ErrorKind::Config`](crate::ErrorKind::Config)
    /// if it is not JSON in UTF-8 (the error names line and column), or has keys that are no settings (the error names
    /// the nearest one) or values that their settings cannot take; the error lists all of these.
    ///
    /// # Examples
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("logging.json");
    /// std::fs::write(&path, r#"{ "name": "shop", "level": "warn", "max_bytes": "20MiB" }"#)?;
    /// let config = asynclogger::Config::from_json_file(&path)?;
    /// assert_eq!(config.get("max_bytes").as_deref(), Some("20MiB"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json_file(path: impl AsRef<Path>) -> Result<Config, Error> {
        files::read(path.as_ref(), files::json)
    }

    /// Reads a configuration from a TOML file whose keys are the names of the setters; needs the feature `toml`.
    ///
    /// Missing keys have their defaults; [`Config`] lists how values are written, and how to read them from a section of
    /// your own file. Values are read here and checked against each other when a logger starts, or by
    /// [`validate`](Config::validate).
    ///
    /// # Errors
    ///
    /// As [`from_json_file`](Config::from_json_file). The text of the error never contains the whole file.
    ///
    /// # Examples
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("logging.toml");
    /// std::fs::write(&path, "name = \"shop\"\nlevel_for = { hyper = \"warn\" }\n")?;
    /// let config = asynclogger::Config::from_toml_file(&path)?;
    /// assert_eq!(config.get("level_for").as_deref(), Some("hyper=warn"));
    ///
    /// std::fs::write(&path, "levle = \"info\"\nmax_bytes = \"10M\"\n")?;
    /// let error = asynclogger::Config::from_toml_file(&path).unwrap_err();
    /// assert!(error.to_string().contains("levle: there is no such setting; did you mean `level`?"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "toml")]
    pub fn from_toml_file(path: impl AsRef<Path>) -> Result<Config, Error> {
        files::read(path.as_ref(), files::toml)
    }

    /// Overrides this configuration by the environment variables `ASYNCLOGGER_<SETTING>`.
    ///
    /// The name of a variable is the prefix and the name of the setter in upper case. Its value is written as in
    /// a file, without quotes: `ASYNCLOGGER_LEVEL=debug`, `ASYNCLOGGER_MAX_BYTES=20MiB`,
    /// `ASYNCLOGGER_OVERFLOW=block_for=1s`, `ASYNCLOGGER_LEVEL_FOR=hyper=warn,sqlx=error`. Tables (targets, fields,
    /// colours) are added to those that are already set. An empty variable counts as not set. Setters called after this
    /// one override the variables; [`init`](crate::init) reads `RUST_LOG`, which overrides both.
    ///
    /// In a program that runs with other rights than those of the user who started it (set-user-ID, set-group-ID, file
    /// capabilities) the variables are ignored, and a notice on standard error reports this if there are any.
    ///
    /// Nothing fails here: a variable that names no setting, or whose value cannot be read, is an error of
    /// [`validate`](Config::validate) and of the start of a logger, together with all other faults.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("app").max_bytes(1_000_000).with_env();
    /// ```
    pub fn with_env(self) -> Config {
        let mut config = self.with_variables(process::variables());
        config.env_ignored |= process::is_ignored(|name| name.starts_with(PREFIX));
        config
    }

    /// Returns the value of the setting `key` as an environment variable holds it, such as `10MiB`, `never`, or
    /// `hyper=warn,sqlx=error` for a table.
    ///
    /// `key` is the name of a setter. `None` if the setting is not set (no filter, no log file), or if there is no such
    /// setting. A configuration serialised by serde has all values under these keys.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").level_for("hyper", log::LevelFilter::Warn);
    /// assert_eq!(config.get("flush_interval").as_deref(), Some("5ms"));
    /// assert_eq!(config.get("level_for").as_deref(), Some("hyper=warn"));
    /// assert_eq!(config.get("filter"), None);
    /// ```
    pub fn get(&self, key: &str) -> Option<String> {
        let setting = lookup::rows().find(|setting| setting.key == key)?;
        match (setting.show)(self) {
            RawValue::Nothing => None,
            value => Some(value.plain_text()),
        }
    }
}
