//! Kinds of values: how a size, a number, a mode, ... is read and shown.
//!
//! Each module has `read` and `show`, which `table` and the settings that are tables call by the name of the kind.
//! What `show` gives, `read` takes back the same.

/// A value that its type reads and shows.
pub(super) mod plain {
    use crate::config::raw::{Plain, Raw};

    pub(in crate::config) fn read<T: Plain>(raw: &Raw) -> Result<T, String> {
        T::read(raw)
    }

    pub(in crate::config) fn show<T: Plain>(value: &T) -> Raw {
        value.show()
    }
}

/// A number of bytes.
pub(super) mod size {
    use crate::config::raw::Raw;
    use crate::config::units::{self, size_text};

    pub(in crate::config) fn read<T: TryFrom<u64>>(raw: &Raw) -> Result<T, String> {
        let bytes = match raw {
            Raw::Number(bytes) => *bytes,
            Raw::Text(text) => units::size(text)?,
            _ => return Err("must be a size, as in `10MiB`".to_owned()),
        };
        T::try_from(bytes).map_err(|_| "too large for this machine".to_owned())
    }

    /// Large numbers as text, since TOML's end at 2^63.
    pub(in crate::config) fn show<T: TryInto<u64> + Copy>(bytes: &T) -> Raw {
        let bytes = (*bytes).try_into().unwrap_or(u64::MAX);
        match size_text(bytes) {
            number if number.len() < 19 && number.ends_with(|c: char| c.is_ascii_digit()) => {
                Raw::Number(bytes)
            }
            text => Raw::Text(text),
        }
    }
}

/// A number of things.
pub(super) mod count {
    use crate::config::raw::Raw;

    pub(in crate::config) fn read(raw: &Raw) -> Result<u32, String> {
        let number = match raw {
            Raw::Number(number) => u32::try_from(*number).ok(),
            Raw::Text(text) => text.trim().replace('_', "").parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| format!("must be a whole number from 0 to {}", u32::MAX))
    }

    pub(in crate::config) fn show(number: &u32) -> Raw {
        Raw::Number(u64::from(*number))
    }
}

/// The permissions of a file: octal where they are text.
pub(super) mod mode {
    use crate::config::raw::Raw;

    pub(in crate::config) fn read(raw: &Raw) -> Result<u32, String> {
        let mode = match raw {
            Raw::Number(mode) => u32::try_from(*mode).ok(),
            Raw::Text(text) => {
                let digits = text.trim();
                u32::from_str_radix(digits.strip_prefix("0o").unwrap_or(digits), 8).ok()
            }
            _ => None,
        };
        mode.ok_or_else(|| "must be octal digits in quotes, as in \"0640\"".to_owned())
    }

    pub(in crate::config) fn show(mode: &u32) -> Raw {
        Raw::Text(format!("{mode:04o}"))
    }
}

/// A console or none, which TOML has no `null` for.
pub(super) mod console {
    use crate::config::Console;
    use crate::config::raw::{Plain, Raw};
    use crate::config::words::Word;

    pub(in crate::config) fn read(raw: &Raw) -> Result<Option<Console>, String> {
        match raw {
            Raw::Text(word) if word.trim().eq_ignore_ascii_case("none") => Ok(None),
            Raw::Text(word) => Console::from_word(word)
                .map(Some)
                .map_err(|_| "must be `stdout`, `stderr` or `none`".to_owned()),
            Raw::Nothing | Raw::Switch(false) => Ok(None),
            _ => Err("must be `stdout`, `stderr` or `none`".to_owned()),
        }
    }

    pub(in crate::config) fn show(console: &Option<Console>) -> Raw {
        console.map_or_else(|| Raw::Text("none".to_owned()), |console| console.show())
    }
}
