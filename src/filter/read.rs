//! Parses directives, and describes what is wrong with those that cannot be parsed.
//!
//! The grammar is `env_logger`'s without the regex. Directives that `env_logger` accepts silently but that never
//! match are errors here; `target` lists them.

use super::target::{bare_word_problem, target_problem};
use crate::config::words::{level, level_word};
use crate::config::{ConfigError, quoted};
use crate::error::{Error, ErrorKind};
use log::LevelFilter;
use std::collections::BTreeMap;
use std::fmt;

/// Collects directives; a later one replaces an earlier one for the same target, where `-` equals `_`.
#[derive(Debug, Default)]
pub(super) struct FilterBuilder<'a> {
    pub(super) others: Option<LevelFilter>,
    pub(super) rules: BTreeMap<Box<str>, NewRule>,
    /// The most detailed level that a directive names.
    pub(super) asked: Option<LevelFilter>,
    /// The names of the program's own crates, with `_`.
    own: &'a [String],
}

/// The rule of one target, under that target with `_` in place of `-`.
#[derive(Debug)]
pub(super) struct NewRule {
    /// As it was written. It has a `-` wherever one of several directives for it has one, since a `-` covers `_` too.
    pub(super) target: Box<str>,
    pub(super) level: LevelFilter,
    /// The directive that set it, as it was written; `None` for a rule that nobody has written.
    pub(super) directive: Option<Box<str>>,
}

/// A directive that cannot be parsed, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilterFault {
    pub(crate) directive: String,
    pub(crate) problem: String,
}

impl<'a> FilterBuilder<'a> {
    pub(super) fn new(own: &'a [String]) -> FilterBuilder<'a> {
        FilterBuilder {
            own,
            ..FilterBuilder::default()
        }
    }

    /// Adds the directives that can be parsed, and returns the faults of the others.
    pub(super) fn add_directives(&mut self, directives: &str) -> Vec<FilterFault> {
        let mut faults = Vec::new();
        // A regex may contain commas, so it is split off first.
        let (list, regex) = match directives.split_once('/') {
            Some((list, regex)) => (list, Some(regex)),
            None => (directives, None),
        };
        if let Some(fault) = quoted_list(directives) {
            return vec![fault];
        }
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
        let directive = format!("{target}={}", level_word(level));
        if let Some(problem) = target_problem(target) {
            return Err(FilterFault::new(&directive, problem));
        }
        self.insert(target, level, Some(directive.into()));
        Ok(())
    }

    /// Adds a rule for a target that has no problem.
    pub(super) fn insert(&mut self, target: &str, level: LevelFilter, directive: Option<Box<str>>) {
        if directive.is_some() {
            self.asks_for(level);
        }
        let key: Box<str> = target.replace('-', "_").into();
        let target = match self.rules.get(&key) {
            Some(earlier) => with_dashes_of_both(&earlier.target, target),
            None => target.into(),
        };
        let rule = NewRule {
            target,
            level,
            directive,
        };
        self.rules.insert(key, rule);
    }

    pub(super) fn asks_for(&mut self, level: LevelFilter) {
        self.asked = self.asked.max(Some(level));
    }

    fn read(&mut self, directive: &str) -> Result<(), String> {
        let (target, level) = match directive.split_once('=') {
            None => match directive.parse() {
                Ok(level) => {
                    self.others = Some(level);
                    self.asks_for(level);
                    return Ok(());
                }
                Err(_) => (directive, LevelFilter::Trace),
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
        let problem = match target.len() == directive.len() {
            true => bare_word_problem(target, self.own),
            false => target_problem(target),
        };
        match problem {
            Some(problem) => Err(problem),
            None => {
                self.insert(target, level, Some(directive.into()));
                Ok(())
            }
        }
    }
}

/// Returns the fault of a list that is in quotes as a whole: one, and not one for each end.
fn quoted_list(directives: &str) -> Option<FilterFault> {
    let list = directives.trim();
    let quote = list.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let is_quoted = list.len() > 1 && list.ends_with(quote);
    is_quoted.then(|| {
        FilterFault::new(
            list,
            "remove the quotes around the list; they are a part of the value",
        )
    })
}

/// Returns `later` with a `-` wherever `earlier` has one; they differ in `-` and `_` only.
fn with_dashes_of_both(earlier: &str, later: &str) -> Box<str> {
    let pairs = earlier.chars().zip(later.chars());
    let both: String = pairs
        .map(|(earlier, later)| if earlier == '-' { '-' } else { later })
        .collect();
    both.into()
}

/// `target=` means trace, as in `env_logger`.
fn level_or_trace(word: &str) -> Result<LevelFilter, String> {
    if word.is_empty() {
        return Ok(LevelFilter::Trace);
    }
    level(word).map_err(|problem| format!("{} is {problem}", quoted(word)))
}

impl FilterFault {
    pub(super) fn new(directive: &str, problem: impl Into<String>) -> FilterFault {
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
