//! Finds targets that were probably meant for the program's own crate, and do not match it.
//!
//! Such a target can be right: another crate may have that name. So it is only reported.

use super::read::FilterFault;
use crate::nearest::slips_between;

/// Returns the directives of `targets` that almost name one of the crates `own`, each with the target that was
/// probably meant. If one of the targets names such a crate, there are none: its name is then known to the user.
pub(super) fn almost_own(targets: &[(&str, &str)], own: &[String]) -> Vec<FilterFault> {
    let is_own = |target: &str| own.iter().any(|name| *name == target.replace('-', "_"));
    let names_own =
        |(target, _): &(&str, &str)| is_own(first_segment(target)) && meant(target, own).is_none();
    if targets.iter().any(names_own) {
        return Vec::new();
    }
    let almost = |&(target, directive): &(&str, &str)| {
        let meant = meant(target, own)?;
        let problem = format!("this probably matches nothing; did you mean the target `{meant}`?");
        Some(FilterFault::new(directive, problem))
    };
    targets.iter().filter_map(almost).collect()
}

/// Returns the target of a crate of `own` that was probably meant by `target`; `None` if `target` is right, or like
/// none of them.
fn meant(target: &str, own: &[String]) -> Option<String> {
    let root = target.split([':', '.']).next().unwrap_or(target);
    let below = &target[root.len()..];
    let root = root.replace('-', "_");
    let name = own.iter().find(|name| **name == root);
    let name = match name {
        Some(name) => Some(name),
        None => own.iter().find(|name| is_close(&root, name)),
    }?;
    let below = match below {
        "::main" => String::new(),
        _ if below.starts_with("::") => below.to_owned(),
        _ => below.replacen([':', '.'], "::", 1),
    };
    let meant = format!("{name}{below}");
    (meant != target.replace('-', "_")).then_some(meant)
}

fn first_segment(target: &str) -> &str {
    target.split("::").next().unwrap_or(target)
}

/// Returns true if `word` is `name` with another case, without its `_`, or with one slip of the keyboard. `app1` and
/// `app2` are two crates, and so are `shop` and `shops`, and short names that differ by a letter.
fn is_close(word: &str, name: &str) -> bool {
    let bare = |text: &str| text.to_ascii_lowercase().replace('_', "");
    let (word, name) = (bare(word), bare(name));
    let stem = |text: &str| {
        text.trim_end_matches(|c: char| c.is_ascii_digit() || c == 's')
            .to_owned()
    };
    let is_long = word.len().min(name.len()) >= 4;
    word == name || (is_long && stem(&word) != stem(&name) && slips_between(&word, &name) == 1)
}
