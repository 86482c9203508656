//! Levels by target: the grammar of `RUST_LOG`, and a fast lookup of the level for a target.
//!
//! `settings` builds a filter when a logger starts, `set_filter` replaces it, and `logger` asks it for every record
//! that passes the process-wide level. A filter is immutable.

mod own;
mod read;
mod target;

pub(crate) use read::FilterFault;

use crate::config::ConfigError;
use crate::config::words::level_word;
use log::LevelFilter;
use own::almost_own;
use read::FilterBuilder;
use std::collections::BTreeMap;
use std::fmt;
use target::target_problem;

/// Which records are logged: a level for each named target and everything below it, and one for all others.
///
/// A target covers itself and everything after a `::`, so `foo` covers `foo` and `foo::bar` but not `foobaz`
/// (`env_logger` matches any prefix). The longest target that covers a record decides.
///
/// The text form is a comma-separated list of directives, as in `RUST_LOG`: `info` (all targets), `hyper=warn`,
/// `my_crate::db` alone (trace), `off`. What no directive covers is off. `Display` prints the directives from the
/// general to the specific; parsing the result gives an equal filter.
///
/// A `-` in a directive also covers `_`: `my-app` covers the targets of the package `my-app`, which begin with `my_app`,
/// and a target that a program has named `my-app` itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The level of targets that no rule covers.
    others: LevelFilter,
    /// Longest target first, so that the first rule that covers a target decides.
    rules: Box<[Rule]>,
    max: LevelFilter,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// The first eight bytes of the target as a number, and the mask of those that must be equal: one comparison rules
    /// out most other targets. The mask leaves out bytes after the end, and each `-`.
    head: u64,
    mask: u64,
    target: Box<str>,
    has_dash: bool,
    level: LevelFilter,
}

/// A filter, and what is to be reported about its directives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParsedFilter {
    pub(crate) filter: Filter,
    /// The most detailed level that a directive or a setting names; `Off` if none does. The default levels are not
    /// asked for.
    pub(crate) asked: LevelFilter,
    /// Whether these are the default levels, perhaps with exceptions by `level_for`: the logger's name selects the crate
    /// that logs at debug.
    pub(crate) by_name: bool,
    /// Directives that are in force and probably match nothing, each with what was probably meant.
    pub(crate) doubts: Vec<FilterFault>,
}

/// The settings of a configuration from which its filter is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LevelSettings<'a> {
    /// The name of the logger, which names the crate that logs at debug by default.
    pub(crate) name: &'a str,
    pub(crate) level: Option<LevelFilter>,
    pub(crate) level_for: &'a BTreeMap<String, LevelFilter>,
    pub(crate) filter: Option<&'a str>,
}

impl Filter {
    /// Parses directives; see [`Filter`] for the grammar. `own` are the names of the program's own crates, with `_`.
    ///
    /// # Errors
    ///
    /// The first directive that cannot be parsed. Text without any directive is an error, and so is `env_logger`'s
    /// `/regex` part, which is not supported.
    pub(crate) fn parse(directives: &str, own: &[String]) -> Result<ParsedFilter, FilterFault> {
        let mut builder = FilterBuilder::new(own);
        match builder.add_directives(directives).into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(parsed(LevelFilter::Off, builder, own)),
        }
    }

    /// Parses the directives that can be parsed, and returns the faults of the others. `None` if none can be parsed.
    ///
    /// If a directive is faulty and no other names a level for all targets, the directives are exceptions from `base`:
    /// the faulty one may have been that level, and without it everything else would be off.
    pub(crate) fn parse_leniently(
        directives: &str,
        own: &[String],
        base: Option<&Filter>,
    ) -> (Option<ParsedFilter>, Vec<FilterFault>) {
        let mut builder = FilterBuilder::new(own);
        let faults = builder.add_directives(directives);
        if builder.rules.is_empty() && builder.others.is_none() {
            return (None, faults);
        }
        let base = base.filter(|_| !faults.is_empty() && builder.others.is_none());
        let others = base.map_or(LevelFilter::Off, |base| base.others);
        for rule in base.into_iter().flat_map(|base| &base.rules) {
            let key = rule.target.replace('-', "_");
            if !builder.rules.contains_key(&*key) {
                builder.insert(&rule.target, rule.level, None);
            }
        }
        (Some(parsed(others, builder, own)), faults)
    }

    /// The filter of a configuration: `filter` overrides `level_for`, which overrides `level`, which overrides the
    /// default.
    ///
    /// `filter` defines all levels, as `RUST_LOG` does: with it, anything covered by neither `filter` nor `level` nor
    /// `level_for` is off. All faults are returned, each under the path of its setting.
    pub(crate) fn from_settings(
        settings: LevelSettings<'_>,
        own: &[String],
    ) -> Result<ParsedFilter, Vec<ConfigError>> {
        let LevelSettings {
            name,
            level,
            level_for,
            filter,
        } = settings;
        let mut builder = FilterBuilder::new(own);
        let others = match (level, filter) {
            (Some(level), _) => {
                builder.asks_for(level);
                level
            }
            (None, Some(_)) => LevelFilter::Off,
            (None, None) => {
                add_own_target(&mut builder, name);
                LevelFilter::Info
            }
        };
        let mut faults = Vec::new();
        for (target, level) in level_for {
            if let Err(fault) = builder.add(target, *level) {
                faults.push(fault.of_target(target, *level));
            }
        }
        if let Some(directives) = filter {
            let found = builder.add_directives(directives);
            faults.extend(found.into_iter().map(|fault| fault.at("filter")));
        }
        if faults.is_empty() {
            Ok(ParsedFilter {
                by_name: level.is_none() && filter.is_none(),
                ..parsed(others, builder, own)
            })
        } else {
            Err(faults)
        }
    }

    /// The most verbose level that is on for `target`.
    #[inline]
    pub(crate) fn level_of(&self, target: &str) -> LevelFilter {
        if self.rules.is_empty() {
            return self.others;
        }
        let target = target.as_bytes();
        let head = head(target);
        for rule in &self.rules {
            if rule.covers(target, head) {
                return rule.level;
            }
        }
        self.others
    }

    /// The most verbose level that is on for any target.
    pub(crate) fn max_level(&self) -> LevelFilter {
        self.max
    }

    fn build(others: LevelFilter, builder: FilterBuilder<'_>) -> Filter {
        let others = builder.others.unwrap_or(others);
        let mut rules: Vec<Rule> = builder
            .rules
            .into_values()
            .map(|rule| Rule::new(rule.target, rule.level))
            .collect();
        // A stable sort, so that rules of equal length stay in reverse order of their names.
        rules.reverse();
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.target.len()));
        let max = rules.iter().map(|rule| rule.level).fold(others, Ord::max);
        Filter {
            others,
            rules: rules.into(),
            max,
        }
    }
}

/// Makes the filter of `builder`, in which `others` is the level of targets that no directive covers.
fn parsed(others: LevelFilter, builder: FilterBuilder<'_>, own: &[String]) -> ParsedFilter {
    let written = builder.rules.values().filter_map(|rule| {
        let directive = rule.directive.as_deref()?;
        Some((&*rule.target, directive))
    });
    let doubts = almost_own(&written.collect::<Vec<_>>(), own);
    let asked = builder.asked.unwrap_or(LevelFilter::Off);
    let filter = Filter::build(others, builder);
    ParsedFilter {
        asked: asked.min(filter.max),
        by_name: false,
        filter,
        doubts,
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        if self.others != LevelFilter::Off || self.rules.is_empty() {
            f.write_str(level_word(self.others))?;
            comma = ",";
        }
        for Rule { target, level, .. } in self.rules.iter().rev() {
            write!(f, "{comma}{target}={}", level_word(*level))?;
            comma = ",";
        }
        Ok(())
    }
}

impl Rule {
    fn new(target: Box<str>, level: LevelFilter) -> Rule {
        let compared = target.bytes().take(8).enumerate();
        let mask = compared
            .filter(|(_, byte)| *byte != b'-')
            .fold(0, |mask, (place, _)| mask | 0xff << (8 * place));
        Rule {
            head: head(target.as_bytes()) & mask,
            mask,
            has_dash: target.contains('-'),
            target,
            level,
        }
    }

    #[inline]
    fn covers(&self, target: &[u8], head: u64) -> bool {
        if head & self.mask != self.head {
            return false;
        }
        let own = self.target.as_bytes();
        match target.split_at_checked(own.len()) {
            Some((start, below)) => {
                let same = if self.has_dash {
                    same_but_for_dashes(start, own)
                } else {
                    own.len() <= 8 || start[8..] == own[8..]
                };
                same && (below.is_empty() || below.starts_with(b"::"))
            }
            None => false,
        }
    }
}

/// Whether `target` equals `own`, in which a `-` stands for `_` as well. They have the same length.
fn same_but_for_dashes(target: &[u8], own: &[u8]) -> bool {
    let same = |(byte, own): (&u8, &u8)| byte == own || (*own == b'-' && *byte == b'_');
    target.iter().zip(own).all(same)
}

/// The first eight bytes of `text` as a little-endian number, padded with zeros.
#[inline]
fn head(text: &[u8]) -> u64 {
    if let Some(eight) = text.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    // Two overlapping reads; bytes covered by both are equal in both.
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let first = u64::from(u32::from_le_bytes(*first));
        return first | u64::from(u32::from_le_bytes(*last)) << (8 * (text.len() - 4));
    }
    text.iter()
        .rev()
        .fold(0, |head, byte| head << 8 | u64::from(*byte))
}

/// Adds the rule for the crate `name`: its targets begin with its name, in which `-` becomes `_`.
fn add_own_target(builder: &mut FilterBuilder<'_>, name: &str) {
    let target = name.replace('-', "_");
    if target_problem(&target).is_none() {
        builder.insert(&target, LevelFilter::Debug, None);
    }
}

#[cfg(test)]
mod tests;
