//! How a logger is configured: settings, files and variables, filters, `init`.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod config;
mod config_faults;
mod filters;
mod init;
mod reference;
