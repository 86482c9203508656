//! Kinds of values: how a size, a number, a file mode, ... is read and shown.
//!
//! A row of the table of settings names its kind, which is one of these modules. `merge` reads a value into a setting:
//! it replaces the old value, or adds to it where the setting is a table. `show` gives a value that `merge` reads back
//! the same. The kinds of single values also have `read`, for the keys inside of tables such as `retention`.

use super::error::ConfigError;
use super::raw_value::RawValue;

type Merged = Result<(), Vec<ConfigError>>;

/// Replaces a setting by what `read` makes of the raw value.
fn replace<T>(
    value: &mut T,
    key: &str,
    raw: &RawValue,
    read: impl FnOnce(&RawValue) -> Result<T, String>,
) -> Merged {
    *value = read(raw).map_err(|message| one_fault(key, raw, message))?;
    Ok(())
}

fn one_fault(key: &str, raw: &RawValue, message: String) -> Vec<ConfigError> {
    vec![ConfigError::new(key, raw.to_string(), message)]
}

/// A value whose type alone says how it is read and shown.
pub(super) mod by_type {
    use super::{Merged, replace};
    use crate::config::raw_value::{RawValue, SettingValue};

    pub(in crate::config) fn merge<T: SettingValue>(value: &mut T, key: &str, raw: &RawValue) -> Merged {
        replace(value, key, raw, T::read)
    }

    pub(in crate::config) fn read<T: SettingValue>(raw: &RawValue) -> Result<T, String> {
        T::read(raw)
    }

    pub(in crate::config) fn show<T: SettingValue>(value: &T) -> RawValue {
        value.show()
    }
}

/// A number of bytes.
pub(super) mod size {
    use super::{Merged, replace};
    use crate::config::raw_value::RawValue;
    use crate::config::units::{self, size_text};

    pub(in crate::config) fn merge<T: TryFrom<u64>>(value: &mut T, key: &str, raw: &RawValue) -> Merged {
        replace(value, key, raw, read)
    }

    pub(in crate::config) fn read<T: TryFrom<u64>>(raw: &RawValue) -> Result<T, String> {
        let bytes = match raw {
            RawValue::Number(bytes) => *bytes,
            RawValue::Text(text) => units::size(text)?,
            _ => return Err("must be a size, as in `10MiB`".to_owned()),
        };
        T::try_from(bytes).map_err(|_| "too large for this machine".to_owned())
    }

    /// Large numbers become text, because TOML's numbers end at 2^63.
    pub(in crate::config) fn show<T: TryInto<u64> + Copy>(bytes: &T) -> RawValue {
        let bytes = (*bytes).try_into().unwrap_or(u64::MAX);
        match size_text(bytes) {
            number if number.len() < 19 && number.ends_with(|c: char| c.is_ascii_digit()) => {
                RawValue::Number(bytes)
            }
            text => RawValue::Text(text),
        }
    }
}

/// A number of bytes, or none.
pub(super) mod optional_size {
    use super::{Merged, replace};
    use crate::config::raw_value::RawValue;

    pub(in crate::config) fn merge(value: &mut Option<usize>, key: &str, raw: &RawValue) -> Merged {
        replace(value, key, raw, |raw| match raw {
            RawValue::Nothing => Ok(None),
            raw => super::size::read(raw).map(Some),
        })
    }

    pub(in crate::config) fn show(bytes: &Option<usize>) -> RawValue {
        bytes.as_ref().map_or(RawValue::Nothing, super::size::show)
    }
}

/// A number of things.
pub(super) mod count {
    use super::{Merged, replace};
    use crate::config::raw_value::RawValue;

    pub(in crate::config) fn merge(value: &mut u32, key: &str, raw: &RawValue) -> Merged {
        replace(value, key, raw, read)
    }

    pub(in crate::config) fn read(raw: &RawValue) -> Result<u32, String> {
        let number = match raw {
            RawValue::Number(number) => u32::try_from(*number).ok(),
            RawValue::Text(text) => text.trim().replace('_', "").parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| format!("must be a whole number from 0 to {}", u32::MAX))
    }

    pub(in crate::config) fn show(number: &u32) -> RawValue {
        RawValue::Number(u64::from(*number))
    }
}

/// The permissions of a file; as text they are octal.
pub(super) mod mode {
    use super::{Merged, replace};
    use crate::config::raw_value::RawValue;

    pub(in crate::config) fn merge(value: &mut u32, key: &str, raw: &RawValue) -> Merged {
        replace(value, key, raw, read)
    }

    fn read(raw: &RawValue) -> Result<u32, String> {
        let mode = match raw {
            RawValue::Number(mode) => u32::try_from(*mode).ok(),
            RawValue::Text(text) => {
                let digits = text.trim();
                u32::from_str_radix(digits.strip_prefix("0o").unwrap_or(digits), 8).ok()
            }
            _ => None,
        };
        mode.ok_or_else(|| "must be octal digits in quotes, as in \"0640\"".to_owned())
    }

    pub(in crate::config) fn show(mode: &u32) -> RawValue {
        RawValue::Text(format!("{mode:04o}"))
    }
}

/// A console or none; the word `none` stands for it because TOML has no `null`.
pub(super) mod console {
    use super::{Merged, replace};
    use crate::config::Console;
    use crate::config::raw_value::{RawValue, SettingValue};
    use crate::config::words::Word;

    pub(in crate::config) fn merge(value: &mut Option<Console>, key: &str, raw: &RawValue) -> Merged {
        replace(value, key, raw, read)
    }

    fn read(raw: &RawValue) -> Result<Option<Console>, String> {
        match raw {
            RawValue::Text(word) if word.trim().eq_ignore_ascii_case("none") => Ok(None),
            RawValue::Text(word) => Console::from_word(word)
                .map(Some)
                .map_err(|_| "must be `stdout`, `stderr`, `test` or `none`".to_owned()),
            RawValue::Nothing | RawValue::Switch(false) => Ok(None),
            _ => Err("must be `stdout`, `stderr`, `test` or `none`".to_owned()),
        }
    }

    pub(in crate::config) fn show(console: &Option<Console>) -> RawValue {
        console.map_or_else(|| RawValue::Text("none".to_owned()), |console| console.show())
    }
}

/// `overflow`, whose limited wait stands one level deeper: a faulty time is reported as `overflow.block_for`.
pub(super) mod overflow {
    use super::{Merged, one_fault};
    use crate::config::Overflow;
    use crate::config::raw_value::{RawValue, SettingValue};

    pub(in crate::config) fn merge(value: &mut Overflow, key: &str, raw: &RawValue) -> Merged {
        *value = Overflow::read(raw).map_err(|message| match raw.pairs().as_deref() {
            Ok([(inner, time)]) if inner == "block_for" => {
                one_fault(&format!("{key}.{inner}"), time, message)
            }
            _ => one_fault(key, raw, message),
        })?;
        Ok(())
    }

    pub(in crate::config) fn show(value: &Overflow) -> RawValue {
        value.show()
    }
}

/// A table with fixed keys, such as `retention`: keys that are left out keep their values.
pub(super) mod table {
    use super::Merged;
    use crate::config::raw_value::RawValue;
    use crate::config::table_setting::TableSetting;

    pub(in crate::config) fn merge<T: TableSetting>(value: &mut T, key: &str, raw: &RawValue) -> Merged {
        value.merge(key, raw)
    }

    pub(in crate::config) fn show<T: TableSetting>(value: &T) -> RawValue {
        if value.is_set() {
            value.show()
        } else {
            RawValue::Nothing
        }
    }
}

/// Pairs of a key and a value that users name, such as `level_for`: pairs that were set before stay.
pub(super) mod pairs {
    use super::Merged;
    use crate::config::error::ConfigError;
    use crate::config::raw_value::RawValue;

    /// A collection of pairs, read and shown as text.
    pub(in crate::config) trait Pairs {
        /// Adds a pair, or replaces the value of its key.
        fn add(&mut self, key: &str, value: &str) -> Result<(), String>;

        /// All pairs.
        fn texts(&self) -> Vec<(&str, &str)>;
    }

    pub(in crate::config) fn merge<T: Pairs>(value: &mut T, key: &str, raw: &RawValue) -> Merged {
        let pairs = raw
            .pairs()
            .map_err(|message| vec![ConfigError::new(key, "", message)])?;
        let mut faults = Vec::new();
        for (inner, text) in &pairs {
            if let Err(message) = text.text().and_then(|text| value.add(inner, &text)) {
                let path = format!("{key}.{}", inner.escape_debug());
                faults.push(ConfigError::new(path, text.to_string(), message));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    pub(in crate::config) fn show<T: Pairs>(value: &T) -> RawValue {
        let pairs: Vec<(String, RawValue)> = (value.texts().into_iter())
            .map(|(key, value)| (key.to_owned(), RawValue::Text(value.to_owned())))
            .collect();
        if pairs.is_empty() {
            RawValue::Nothing
        } else {
            RawValue::Pairs(pairs)
        }
    }
}
