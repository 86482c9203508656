//! The content of a line: formats, styles, key-values, escapes and masks.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod formats;
mod injection;
mod journal;
mod key_values;
mod machines;
mod masking;
mod styles;
