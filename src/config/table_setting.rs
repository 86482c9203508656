//! Settings that are a table with keys of their own, such as `retention = { max_files = 100 }`.
//!
//! `table` lays them over what was set before, and serde reads one alone. All faults of a table are told, each with
//! the path of its key.

use super::error::ConfigError;
use super::raw_value::RawValue;
use crate::nearest::hint;

/// A setting with parts.
pub(super) trait TableSetting: Sized {
    /// What a table is laid over where nothing was set before.
    fn empty() -> Self;

    /// Lays a value over this one; a part that it does not name stays. The setting's name is in the faults.
    fn merge(&mut self, setting: &str, raw: &RawValue) -> Result<(), Vec<ConfigError>>;

    /// The value so that laying it over a blank one gives it back.
    fn show(&self) -> RawValue;
}

/// Reads each pair of a table with `set`, which gets only keys among `known`; `words` may stand instead of a table.
pub(super) fn merge_pairs(
    setting: &str,
    raw: &RawValue,
    known: &[&str],
    words: &str,
    mut set: impl FnMut(&str, &RawValue) -> Result<(), String>,
) -> Result<(), Vec<ConfigError>> {
    let Ok(pairs) = raw.pairs() else {
        let keys: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
        let message = format!("must be {words} or a table with the keys {}", keys.join(", "));
        return Err(vec![ConfigError::new(setting, raw.to_string(), message)]);
    };
    let mut faults = Vec::new();
    for (key, value) in &pairs {
        let path = format!("{setting}.{}", key.escape_debug());
        if !known.contains(&key.as_str()) {
            let message = format!("there is no such key{}", hint(key, known.iter().copied()));
            faults.push(ConfigError::new(path, "", message));
        } else if let Err(message) = set(key, value) {
            faults.push(ConfigError::new(path, value.to_string(), message));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
