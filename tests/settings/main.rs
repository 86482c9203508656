//! What is asked of the logger: settings, files and variables that hold them, filters, `init`.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod config;
mod config_faults;
mod filters;
mod init;
mod reference;
