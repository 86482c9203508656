//! Settings that are a table with fixed keys, such as `retention = { max_files = 100 }`.
//!
//! The kind `table` merges them into the value that was set before; serde also reads one alone. All faults of a table
//! are reported, each with the path of its key.

use super::error::ConfigError;
use super::raw_value::RawValue;
use crate::nearest::hint;

/// A setting that is a table.
pub(super) trait TableSetting: Sized {
    /// The value that a table is merged into when nothing was set before.
    fn empty() -> Self;

    /// Merges a value into this one; keys that it does not name keep their values. `setting` is the key in the faults.
    fn merge(&mut self, setting: &str, raw: &RawValue) -> Result<(), Vec<ConfigError>>;

    /// Returns a value that merges into `empty()` as this one.
    fn show(&self) -> RawValue;

    /// Returns false if a file leaves the setting out because nothing in it is set.
    fn is_set(&self) -> bool {
        true
    }
}

/// Calls `set` for each pair of a table whose key is among `known`; `words` names what is valid in place of a table.
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
