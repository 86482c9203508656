//! Readers of the places in a text that can hold a secret, a file for each kind of place.

pub(super) mod command;
pub(super) mod context;
mod header;
mod markup;
mod pem;
mod sql;
mod tools;
pub(super) mod url;
mod yaml;
