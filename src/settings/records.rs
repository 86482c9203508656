//! Which records are logged, and where they go; every setting of that group is used here.

use super::{Environment, PRIVILEGED, Parsing};
use crate::config::{Console, RecordSettings, log_path};
use crate::filter::Filter;
use crate::process;
use log::LevelFilter;
use std::path::PathBuf;

/// Which records are logged, and where to.
pub(super) struct Records {
    pub(super) name: String,
    /// The log file, if there is one.
    pub(super) path: Option<PathBuf>,
    pub(super) console: Option<Console>,
    pub(super) filter: Filter,
    pub(super) console_level: LevelFilter,
    pub(super) file_level: LevelFilter,
}

impl Parsing {
    /// Where records go, and the filter.
    pub(super) fn records(&mut self, records: &RecordSettings, environment: Environment) -> Option<Records> {
        let RecordSettings {
            name,
            log_dir,
            log_file,
            console,
            level,
            level_for,
            filter,
            rust_log,
            console_level,
            file_level,
        } = records;
        let path = log_path(name, log_dir.as_deref(), log_file.as_deref());
        let filter = Filter::from_settings(name, *level, level_for, filter.as_deref());
        let filter = filter.map_err(|faults| self.faults.extend(faults)).ok();
        let filter = match *rust_log && environment == Environment::Read {
            true => self.rust_log().or(filter),
            false => filter,
        };
        Some(Records {
            name: name.clone(),
            path,
            console: *console,
            filter: filter?,
            console_level: *console_level,
            file_level: *file_level,
        })
    }

    /// The filter of the variable `RUST_LOG`, if it is set and valid.
    fn rust_log(&mut self) -> Option<Filter> {
        if process::is_ignored(|name| name == "RUST_LOG") {
            self.warnings.push(format!("RUST_LOG is ignored: {PRIVILEGED}"));
        }
        let directives = process::variable("RUST_LOG").unwrap_or_default();
        if directives.trim().is_empty() {
            return None;
        }
        match Filter::parse(&directives) {
            Ok(filter) => Some(filter),
            Err(fault) => {
                // A variable that was set for another program must not keep this one from starting.
                self.warnings.push(format!("RUST_LOG is ignored: {fault}"));
                None
            }
        }
    }
}
