//! Readers of the places in a text that can hold a secret, a file for each kind of place.

mod command;
pub(super) mod context;
mod header;
pub(super) mod markup;
mod pem;
mod sql;
pub(super) mod tools;
mod url;
mod yaml;
