//! Parses directives, and describes what is wrong with those that cannot be parsed.
//!
//! The grammar is `env_logger`'s without the regex. Directives that `env_logger` accepts silently but that never
//! match are errors here.

use crate::config::words::{foreign_level, level, level_word};
use crate::config::{ConfigError, quoted};
use crate::error::{Error, ErrorKind};
use log::LevelFilter;
use std::collections::BTreeMap;
use std::fmt;

/// Collects directives; a later one replaces an earlier one for the same target.
#[derive(Debug, Default)]
pub(super) struct FilterBuilder {
    pub(super) others: Option<LevelFilter>,
    pub(super) by_target: BTreeMap<Box<str>, LevelFilter>,
}

/// A directive that cannot be parsed, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilterFault {
    pub(crate) directive: String,
    pub(crate) problem: String,
}

impl FilterBuilder {
    /// Adds the directives that can be parsed, and returns the faults of the others.
    pub(super) fn add_directives(&mut self, directives: &str) -> Vec<FilterFault> {
        let mut faults = Vec::new();
        // A regex may contain commas, so it is split off first.
        let (list, regex) = match directives.split_once('/') {
            Some((list, regex)) => (list, Some(regex)),
            None => (directives, None),
        };
        let mut none = true;
        for directive in list
            .split(',')
            .map(str::trim)
            .filter(|directive| !directive.is_empty())
        {
            none = false;
            if let Err(problem) = self.read(directive) {
                faults.push(FilterFault::new(directive, problem));
            }
        }
        if let Some(regex) = regex {
            let problem = "filters by regex are not supported; remove everything from the `/` on";
            faults.push(FilterFault::new(&format!("/{regex}"), problem));
        } else if none {
            let problem = "there is no directive; write a level such as `info`, or leave the filter out";
            faults.push(FilterFault::new(directives, problem));
        }
        faults
    }

    /// Adds a level for one target.
    pub(super) fn add(&mut self, target: &str, level: LevelFilter) -> Result<(), FilterFault> {
        if let Some(problem) = target_problem(target) {
            let directive = format!("{target}={}", level_word(level));
            return Err(FilterFault::new(&directive, problem));
        }
        self.by_target.insert(target.into(), level);
        Ok(())
    }

    fn read(&mut self, directive: &str) -> Result<(), String> {
        let (target, level) = match directive.split_once('=') {
            None => match directive.parse() {
                Ok(level) => {
                    self.others = Some(level);
                    return Ok(());
                }
                Err(_) => (bare_target(directive)?, LevelFilter::Trace),
            },
            Some((_, word)) if word.contains('=') => {
                return Err("more than one `=`; write `target=level`, with commas between directives".into());
            }
            Some(("", word)) => {
                // The message shows the whole directive, escaped; the word itself is repeated only if it is a level.
                let level = word.trim().parse().map_or("info", level_word);
                return Err(format!(
                    "no target before `=`; for all targets write `{level}` alone"
                ));
            }
            Some((target, word)) => (target.trim(), level_or_trace(word.trim())?),
        };
        match target_problem(target) {
            Some(problem) => Err(problem),
            None => {
                self.by_target.insert(target.into(), level);
                Ok(())
            }
        }
    }
}

/// `target=` means trace, as in `env_logger`.
fn level_or_trace(word: &str) -> Result<LevelFilter, String> {
    if word.is_empty() {
        return Ok(LevelFilter::Trace);
    }
    level(word).map_err(|problem| format!("{} is {problem}", quoted(word)))
}

/// A single word is a target, unless it clearly stands for a level.
fn bare_target(word: &str) -> Result<&str, String> {
    let meant = foreign_level(word);
    let number = word.bytes().all(|byte| byte.is_ascii_digit());
    if meant.is_none() && !number {
        return Ok(word);
    }
    let meant = meant.map_or_else(String::new, |level| format!(", did you mean `{level}`?"));
    Err(format!(
        "not a level{meant} (for a target of this name write `{word}=trace`)"
    ))
}

/// What is wrong with a target, if anything. Directives must print in a form that can be parsed again.
pub(super) fn target_problem(target: &str) -> Option<String> {
    let problem = if target.is_empty() {
        "the target is empty"
    } else if target.contains(|c: char| matches!(c, ',' | '=' | '/') || c.is_control()) {
        "a target cannot contain `,`, `=`, `/` or a control character"
    } else if target.contains(['[', ']', '{', '}']) {
        "filters by span or field are not supported; name targets only, as in `my_crate::module=debug`"
    } else if target.contains('*') {
        "wildcards are not supported; `my_crate` covers the crate and all its modules"
    } else if target.ends_with(':') {
        "remove the `::` at the end; a target covers itself and all its modules"
    } else if target.trim() != target {
        "remove the blanks around the target"
    } else if level_among_words(target) {
        "a comma is missing; write `info,hyper=warn`, not `info hyper=warn`"
    } else {
        return None;
    };
    Some(problem.to_owned())
}

fn level_among_words(target: &str) -> bool {
    let mut words = target.split_whitespace();
    target.contains(char::is_whitespace) && words.any(|word| word.parse::<LevelFilter>().is_ok())
}

impl FilterFault {
    fn new(directive: &str, problem: impl Into<String>) -> FilterFault {
        FilterFault {
            directive: directive.to_owned(),
            problem: problem.into(),
        }
    }

    /// Converts it to an error of the setting `level_for`, whose keys are targets.
    pub(super) fn of_target(self, target: &str, level: LevelFilter) -> ConfigError {
        let path = match target {
            "" => "level_for.\"\"".to_owned(),
            target => format!("level_for.{}", target.escape_debug()),
        };
        ConfigError::new(path, quoted(level_word(level)), self.problem)
    }

    /// Converts it to an error of the setting `path`.
    pub(crate) fn at(self, path: &str) -> ConfigError {
        ConfigError::new(path, quoted(&self.directive), self.problem)
    }
}

impl From<FilterFault> for Error {
    fn from(fault: FilterFault) -> Error {
        Error::new(ErrorKind::Config, format!("cannot use the {fault}"))
    }
}

impl fmt::Display for FilterFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "filter directive {}: {}",
            quoted(&self.directive),
            self.problem
        )
    }
}
