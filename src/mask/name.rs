//! Which names are those of secrets: the tables, and the key that is read backwards from a separator.

mod ending;
pub(super) mod key;
pub(super) mod names;
pub(super) mod rules;
mod suffix_index;
pub(super) mod value_policy;
