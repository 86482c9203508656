//! Settings from the environment: `ASYNCLOGGER_<SETTING>`, read only when `Config::with_env` is called.
//!
//! Faults stay in the configuration; its validation reports them with those of all other sources.

use super::Config;
use super::error::ConfigError;
use super::lookup::{keys, meant, set};
use super::raw_value::RawValue;
use std::ffi::OsString;

pub(super) const PREFIX: &str = "ASYNCLOGGER_";

impl Config {
    /// As `with_env`, with these variables.
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
            // Both name the one log file, so a variable must not leave the other one from the code in place.
            self = self.no_log_file();
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
            "LOG_DIR" => self.records.log_dir = Some(value.into()),
            "LOG_FILE" => self.records.log_file = Some(value.into()),
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

/// The hint names a variable too, because people copy it from the message.
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
