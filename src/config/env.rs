//! Settings from the environment: `ASYNCLOGGER_<SETTING>`, read only when `Config::with_env` is called.
//!
//! Faults are kept in the configuration and told by its validation, beside those of all other sources.

use super::Config;
use super::error::ConfigError;
use super::raw_value::RawValue;
use super::table::{keys, meant, set};
use std::ffi::OsString;

const PREFIX: &str = "ASYNCLOGGER_";

impl Config {
    /// Lays the variables `ASYNCLOGGER_<SETTING>` of the environment over this configuration.
    ///
    /// The name of a variable is the prefix and the name of the setter in upper case, its value is written as in
    /// a file, without quotes: `ASYNCLOGGER_LEVEL=debug`, `ASYNCLOGGER_MAX_BYTES=20MiB`,
    /// `ASYNCLOGGER_OVERFLOW=block_for=1s`, `ASYNCLOGGER_LEVEL_FOR=hyper=warn,sqlx=error` (added to the targets
    /// that are there; so are fields and colours). An empty variable counts as not set. Setters called after this
    /// one win; `RUST_LOG` is read by [`init`](crate::init) and wins over both.
    ///
    /// Nothing fails here: a variable that names no setting, or whose value cannot be read, is remembered and told
    /// by [`validate`](Config::validate) and when a logger starts, with all other faults.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("app").max_bytes(1_000_000).with_env();
    /// ```
    pub fn with_env(self) -> Config {
        self.with_variables(std::env::vars_os())
    }

    pub(super) fn with_variables(mut self, variables: impl Iterator<Item = (OsString, OsString)>) -> Config {
        let mut ours: Vec<(String, OsString)> = variables
            .filter(|(_, value)| !value.is_empty())
            .filter_map(|(name, value)| Some((name.to_str()?.strip_prefix(PREFIX)?.to_owned(), value)))
            .collect();
        ours.sort();
        if ours
            .iter()
            .any(|(name, _)| name == "LOG_DIR" || name == "LOG_FILE")
        {
            // The place of the file is one setting with two forms: the code's form must not stay beside this one.
            (self.dir, self.file) = (None, None);
        }
        for (name, value) in ours {
            let faults = self.set_variable(&name, value).err().unwrap_or_default();
            self.env_faults.extend(faults);
        }
        self
    }

    fn set_variable(&mut self, name: &str, value: OsString) -> Result<(), Vec<ConfigError>> {
        // Paths need not be UTF-8.
        match name {
            "LOG_DIR" => self.dir = Some(value.into()),
            "LOG_FILE" => self.file = Some(value.into()),
            _ => {
                let path = format!("{PREFIX}{}", name.escape_debug());
                let key = name.to_ascii_lowercase();
                if !keys().any(|known| known == key) {
                    return Err(vec![ConfigError::new(path, "", unknown(&key))]);
                }
                let Ok(text) = value.into_string() else {
                    return Err(vec![ConfigError::new(path, "", "the value is not UTF-8")]);
                };
                return set(self, &key, &RawValue::Text(text)).map_err(|faults| {
                    let in_variable = |fault| renamed(fault, &path);
                    faults.into_iter().map(in_variable).collect()
                });
            }
        }
        Ok(())
    }
}

/// The hint is a variable too: people copy it from the message.
fn unknown(key: &str) -> String {
    let hint = meant(key).map_or_else(String::new, |known| {
        format!("; did you mean `{PREFIX}{}`?", known.to_ascii_uppercase())
    });
    format!("no setting has this variable{hint}")
}

/// A fault under the name of the variable, where people will look for it.
fn renamed(fault: ConfigError, variable: &str) -> ConfigError {
    let path = match fault.path.split_once('.') {
        Some((_, key)) => format!("{variable}.{key}"),
        None => variable.to_owned(),
    };
    ConfigError { path, ..fault }
}
