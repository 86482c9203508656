//! Levels by target: the `RUST_LOG` grammar, and the quick answer to how far a target is heard.
//!
//! `settings` builds a filter when a logger starts, `set_filter` swaps it, and `logger` asks it for every record
//! that the process-wide level lets through. A filter never changes once it is built.

mod read;

pub(crate) use read::FilterFault;

use crate::config::ConfigError;
use crate::config::words::level_word;
use log::LevelFilter;
use read::{FilterBuilder, target_problem};
use std::collections::BTreeMap;
use std::fmt;

/// Which records are on: a level for each named target and all below it, and one for the others.
///
/// A target covers itself and everything behind a `::`, so `foo` covers `foo` and `foo::bar`, not `foobaz`
/// (`env_logger` matches any prefix). The longest target that covers a record decides.
///
/// The text form is a list of directives with commas between them, as in `RUST_LOG`: `info` (all targets),
/// `hyper=warn`, `my_crate::db` alone (trace), `off`. What no directive covers is off. `Display` prints the
/// directives from the general to the particular; parsing them gives an equal filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    /// For targets that no rule covers.
    others: LevelFilter,
    /// The longest first, so that the first that covers a target decides.
    rules: Box<[Rule]>,
    max: LevelFilter,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// The first eight bytes of the target as a number, and which of them there are: one comparison tells
    /// most foreign targets apart.
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
    /// The first directive that cannot be read, with the message. So is text without any directive, and
    /// `env_logger`'s `/regex` part, which nothing here can apply.
    pub(crate) fn parse(directives: &str) -> Result<Filter, FilterFault> {
        let mut builder = FilterBuilder::default();
        match builder.add_directives(directives).into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Filter::build(LevelFilter::Off, builder)),
        }
    }

    /// The filter of a configuration: `filter` over `level_for` over `level` over the default.
    ///
    /// `filter` names all levels, as `RUST_LOG` does: with it, what neither it nor `level` or `level_for`
    /// covers is off. The faults are all there are, each under its setting's path.
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

    /// The most detailed level that is on for `target`.
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

    /// The most detailed level that is on for any target.
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
        // Stable, so that rules of one length stay in the order of their names, reversed.
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

/// The first eight bytes of `text` as a number, the first lowest; zeros where there are none.
#[inline]
fn head(text: &[u8]) -> u64 {
    if let Some(eight) = text.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    // Two reads that overlap: bytes that both cover come out the same in both.
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let first = u64::from(u32::from_le_bytes(*first));
        return first | u64::from(u32::from_le_bytes(*last)) << (8 * (text.len() - 4));
    }
    text.iter()
        .rev()
        .fold(0, |head, byte| head << 8 | u64::from(*byte))
}

/// A crate's targets begin with its name, in which `-` becomes `_`.
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
