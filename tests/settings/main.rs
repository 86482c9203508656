//! What is asked of the logger: settings, files and variables that hold them, filters, `init`.

#[path = "../common/mod.rs"]
mod common;

mod config;
mod config_faults;
mod filters;
mod init;
mod reference;
