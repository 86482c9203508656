//! Levels by target: the grammar of `RUST_LOG`, and a fast lookup of the level for a target.
//!
//! `settings` builds a filter when a logger starts, `set_filter` replaces it, and `logger` asks it for every record
//! that passes the process-wide level. A filter is immutable.

mod read;

pub(crate) use read::FilterFault;

use crate::config::ConfigError;
use crate::config::words::level_word;
use log::LevelFilter;
use read::{FilterBuilder, target_problem};
use std::collections::BTreeMap;
use std::fmt;

/// Which records are logged: a level for each named target and everything below it, and one for all others.
///
/// A target covers itself and everything after a `::`, so `foo` covers `foo` and `foo::bar` but not `foobaz`
/// (`env_logger` matches any prefix). The longest target that covers a record decides.
///
/// The text form is a comma-separated list of directives, as in `RUST_LOG`: `info` (all targets), `hyper=warn`,
/// `my_crate::db` alone (trace), `off`. What no directive covers is off. `Display` prints the directives from the
/// general to the specific; parsing the result gives an equal filter.
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
    /// The first eight bytes of the target as a number, and the mask of those that exist: one comparison rules out
    /// most other targets.
    head: u64,
    mask: u64,
    target: Box<str>,
    level: LevelFilter,
}

impl Filter {
    /// Reads directives; see [`Filter`] for the grammar.
    ///
    /// # Errors
    ///
    /// The first directive that cannot be parsed. Text without any directive is an error, and so is `env_logger`'s
    /// `/regex` part, which is not supported.
    pub(crate) fn parse(directives: &str) -> Result<Filter, FilterFault> {
        let mut builder = FilterBuilder::default();
        match builder.add_directives(directives).into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Filter::build(LevelFilter::Off, builder)),
        }
    }

    /// The filter of a configuration: `filter` overrides `level_for`, which overrides `level`, which overrides the
    /// default.
    ///
    /// `filter` defines all levels, as `RUST_LOG` does: with it, anything covered by neither `filter` nor `level` nor
    /// `level_for` is off. All faults are returned, each under the path of its setting.
    pub(crate) fn from_settings(
        name: &str,
        level: Option<LevelFilter>,
        level_for: &BTreeMap<String, LevelFilter>,
        filter: Option<&str>,
    ) -> Result<Filter, Vec<ConfigError>> {
        let (others, mut builder) = match (level, filter) {
            (Some(level), _) => (level, FilterBuilder::default()),
            (None, Some(_)) => (LevelFilter::Off, FilterBuilder::default()),
            (None, None) => (LevelFilter::Info, own_targets(name)),
        };
        let mut faults = Vec::new();
        for (target, level) in level_for {
            if let Err(fault) = builder.add(target, *level) {
                faults.push(fault.of_target(target, *level));
            }
        }
        if let Some(directives) = filter {
            faults.extend(
                builder
                    .add_directives(directives)
                    .into_iter()
                    .map(|fault| fault.at("filter")),
            );
        }
        if faults.is_empty() {
            Ok(Filter::build(others, builder))
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

    fn build(others: LevelFilter, builder: FilterBuilder) -> Filter {
        let others = builder.others.unwrap_or(others);
        let mut rules: Vec<Rule> = builder
            .by_target
            .into_iter()
            .map(|(target, level)| Rule::new(target, level))
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
        let mask = match target.len() {
            0..8 => (1 << (8 * target.len())) - 1,
            _ => u64::MAX,
        };
        Rule {
            head: head(target.as_bytes()),
            mask,
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
                let same = own.len() <= 8 || start[8..] == own[8..];
                same && (below.is_empty() || below.starts_with(b"::"))
            }
            None => false,
        }
    }
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

/// The rule for the crate `name`: its targets begin with its name, in which `-` becomes `_`.
fn own_targets(name: &str) -> FilterBuilder {
    let mut builder = FilterBuilder::default();
    let target = name.replace('-', "_");
    if target_problem(&target).is_none() {
        builder.by_target.insert(target.into(), LevelFilter::Debug);
    }
    builder
}

#[cfg(test)]
mod tests;
