//! Which records are logged, and to which outputs; every setting of that group is used here.

use super::{Environment, PRIVILEGED, Parsing};
use crate::config::{Console, RecordSettings, executable_stem, log_path};
use crate::filter::{Filter, FilterFault, LevelSettings, ParsedFilter};
use crate::process;
use log::LevelFilter;
use std::path::PathBuf;

/// Which records are logged, and to which outputs.
pub(super) struct Records {
    pub(super) name: String,
    /// The log file, if there is one.
    pub(super) path: Option<PathBuf>,
    pub(super) console: Option<Console>,
    pub(super) filter: Filter,
    /// The most detailed level that a setting or `RUST_LOG` names.
    pub(super) asked: LevelFilter,
    /// The names of the crates that the program certainly has, with `_`.
    pub(super) own_crates: Vec<String>,
    /// The crate that the name of the installed logger puts at debug, if the executable has another name.
    pub(super) watched_crate: Option<String>,
    pub(super) console_level: LevelFilter,
    pub(super) file_level: LevelFilter,
}

impl Parsing {
    /// Parses the outputs and the filter.
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
        let own_crates = own_crates(name);
        let levels = LevelSettings {
            name,
            level: *level,
            level_for,
            filter: filter.as_deref(),
        };
        let reads_variable = *rust_log && environment == Environment::Read;
        let parsed = self.filter(levels, &own_crates, reads_variable)?;
        let is_watched = parsed.by_name && environment == Environment::Read && own_crates.len() > 1;
        Some(Records {
            watched_crate: own_crates.first().filter(|_| is_watched).cloned(),
            name: name.clone(),
            path,
            console: *console,
            filter: parsed.filter,
            asked: parsed.asked,
            own_crates,
            console_level: *console_level,
            file_level: *file_level,
        })
    }

    /// The filter of `RUST_LOG`, or of the settings.
    fn filter(
        &mut self,
        levels: LevelSettings<'_>,
        own: &[String],
        reads_variable: bool,
    ) -> Option<ParsedFilter> {
        let settings = Filter::from_settings(levels, own);
        let settings = settings.map_err(|faults| self.faults.extend(faults)).ok();
        let variable = match reads_variable {
            true => self.rust_log(own, settings.as_ref()),
            false => None,
        };
        variable.or_else(|| {
            let settings = settings?;
            let doubts = settings.doubts.iter().map(FilterFault::to_string);
            self.warnings.extend(doubts);
            Some(settings)
        })
    }

    /// The filter of the variable `RUST_LOG`, if it is set and has a valid directive.
    ///
    /// A variable that was set for another program must not keep this one from starting, so its faults are warnings.
    fn rust_log(&mut self, own: &[String], settings: Option<&ParsedFilter>) -> Option<ParsedFilter> {
        if process::is_ignored(|name| name == "RUST_LOG") {
            self.warnings.push(format!("RUST_LOG is ignored: {PRIVILEGED}"));
        }
        let directives = process::variable_os("RUST_LOG").unwrap_or_default();
        let Some(directives) = directives.to_str() else {
            self.warnings
                .push("RUST_LOG is ignored: it is not UTF-8".to_owned());
            return None;
        };
        if directives.trim().is_empty() {
            return None;
        }
        let base = settings.map(|settings| &settings.filter);
        let (parsed, faults) = Filter::parse_leniently(directives, own, base);
        if let Some(fault) = faults.first() {
            let what = match parsed {
                Some(_) => "a part of RUST_LOG is ignored",
                None => "RUST_LOG is ignored",
            };
            let more = match faults.len() {
                1 => String::new(),
                count => format!(" (and {} more)", count - 1),
            };
            self.warnings.push(format!("{what}: {fault}{more}"));
        }
        let doubts = parsed.iter().flat_map(|parsed| &parsed.doubts);
        self.warnings
            .extend(doubts.map(|doubt| format!("RUST_LOG: {doubt}")));
        parsed
    }
}

/// The names of the crates that the program certainly has: the logger's name, and that of the executable if it is
/// another one.
fn own_crates(name: &str) -> Vec<String> {
    let mut names = vec![name.replace('-', "_"), executable_stem().replace('-', "_")];
    names.dedup();
    names
}
