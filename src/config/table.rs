//! The table of settings: what a row declares and gives.
//!
//! The rows stand in `settings/*.rs`, one group a file. A row holds everything about its setting: docs, type, default,
//! kind, limits, help. From it follow the field, the setter, the key in files, the environment variable, the check of
//! the limits, and the line in the reference table. `settings` uses the value; no other place knows a setting by name.

use super::Config;
use super::error::ConfigError;
use super::raw_value::RawValue;

/// A row of the table, as files, variables and the reference table see it.
pub(super) struct Setting {
    /// The name of the setter, of the field, of the key in files and, in upper case, of the variable.
    pub(super) key: &'static str,
    /// What the setting is, in a few words, for the reference table.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) help: &'static str,
    /// The default in words, where a file has no value for it.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) unset: Option<&'static str>,
    /// The limits, for the reference table.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) limits: fn() -> String,
    /// Reads a value into the setting; the errors are all that is wrong with it.
    pub(super) read: fn(&mut Config, &RawValue) -> Result<(), Vec<ConfigError>>,
    /// The value that `read` reads back; `RawValue::Nothing` if the setting is not set.
    pub(super) show: fn(&Config) -> RawValue,
    /// What is wrong if the value is outside of its limits.
    pub(super) fault: fn(&Config) -> Option<String>,
}

/// Declares a group of settings from its rows: the struct with their values, an `impl Config` with the setters, and
/// the rows of the table.
///
/// A row looks like a function with its docs, which become the setter and its docs. Its return type is the type of
/// the field. The braces hold, in this order:
///
/// - `default`: the value of a new configuration;
/// - `kind`: the module of `kinds` that reads and shows the value;
/// - `limits`: `any()`, a range of `limit`, or `words("..")` for a limit that `check` tests;
/// - `help`: the cell of the reference table;
/// - `unset`, optional: the default in words, where no value stands for it;
/// - `set`, optional: what the setter does to the group, where it is more than to store its argument.
macro_rules! settings {
    (
        $(#[$heading:meta])*
        impl Config as $group:ident: $Group:ident;
        $(
            $(#[$docs:meta])*
            $key:ident($($arg:ident: $Arg:ty),*) -> $Type:ty {
                default: $default:expr,
                kind: $kind:ident,
                limits: $limits:expr,
                help: $help:literal,
                $(unset: $unset:literal,)?
                $(set: |$values:ident| $set:expr,)?
            }
        )*
    ) => {
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) struct $Group {
            $(pub(crate) $key: $Type,)*
        }

        impl Default for $Group {
            fn default() -> $Group {
                $Group { $($key: $default,)* }
            }
        }

        $(#[$heading])*
        impl Config {
            $($crate::config::table::setter! {
                $(#[$docs])*
                $group.$key($($arg: $Arg),*) $(|$values| $set)?
            })*
        }

        pub(in crate::config) static SETTINGS: &[Setting] = &[$(
            Setting {
                key: stringify!($key),
                help: $help,
                unset: [$(Some($unset),)? None][0],
                limits: || Limit::<$Type>::words(&$limits, $kind::show),
                read: |config, raw| $kind::merge(&mut config.$group.$key, stringify!($key), raw),
                show: |config| $kind::show(&config.$group.$key),
                fault: |config| Limit::<$Type>::fault(&$limits, &config.$group.$key, $kind::show),
            },
        )*];
    };
}

/// The setter of a row: it stores its argument, or does what the row's `set` says.
macro_rules! setter {
    ($(#[$docs:meta])* $group:ident.$key:ident($arg:ident: $Arg:ty)) => {
        $(#[$docs])*
        pub fn $key(mut self, $arg: $Arg) -> Config {
            self.$group.$key = $arg.into();
            self
        }
    };
    ($(#[$docs:meta])* $group:ident.$key:ident($($arg:ident: $Arg:ty),*) |$values:ident| $set:expr) => {
        $(#[$docs])*
        pub fn $key(mut self, $($arg: $Arg),*) -> Config {
            let $values = &mut self.$group;
            $set;
            self
        }
    };
}

pub(super) use {setter, settings};
