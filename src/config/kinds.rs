//! Kinds of values: how a size, a number, a mode, ... is read and shown.
//!
//! Each module has `read` and `show`, which `table` and the settings that are tables call by the name of the kind.
//! What `show` gives, `read` takes back the same.

/// A value that its type reads and shows.
pub(super) mod plain {
    use crate::config::raw_value::{RawValue, SettingValue};

    pub(in crate::config) fn read<T: SettingValue>(raw: &RawValue) -> Result<T, String> {
        T::read(raw)
    }

    pub(in crate::config) fn show<T: SettingValue>(value: &T) -> RawValue {
        value.show()
    }
}

/// A number of bytes.
pub(super) mod size {
    use crate::config::raw_value::RawValue;
    use crate::config::units::{self, size_text};

    pub(in crate::config) fn read<T: TryFrom<u64>>(raw: &RawValue) -> Result<T, String> {
        let bytes = match raw {
            RawValue::Number(bytes) => *bytes,
            RawValue::Text(text) => units::size(text)?,
            _ => return Err("must be a size, as in `10MiB`".to_owned()),
        };
        T::try_from(bytes).map_err(|_| "too large for this machine".to_owned())
    }

    /// Large numbers as text, since TOML's end at 2^63.
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

/// A number of things.
pub(super) mod count {
    use crate::config::raw_value::RawValue;

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

/// The permissions of a file: octal where they are text.
pub(super) mod mode {
    use crate::config::raw_value::RawValue;

    pub(in crate::config) fn read(raw: &RawValue) -> Result<u32, String> {
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

/// A console or none, which TOML has no `null` for.
pub(super) mod console {
    use crate::config::Console;
    use crate::config::raw_value::{RawValue, SettingValue};
    use crate::config::words::Word;

    pub(in crate::config) fn read(raw: &RawValue) -> Result<Option<Console>, String> {
        match raw {
            RawValue::Text(word) if word.trim().eq_ignore_ascii_case("none") => Ok(None),
            RawValue::Text(word) => Console::from_word(word)
                .map(Some)
                .map_err(|_| "must be `stdout`, `stderr` or `none`".to_owned()),
            RawValue::Nothing | RawValue::Switch(false) => Ok(None),
            _ => Err("must be `stdout`, `stderr` or `none`".to_owned()),
        }
    }

    pub(in crate::config) fn show(console: &Option<Console>) -> RawValue {
        console.map_or_else(|| RawValue::Text("none".to_owned()), |console| console.show())
    }
}
