//! Which texts can be the target of a directive, and which bare words are levels with a typing error.
//!
//! `env_logger` takes any text for a target. A misspelt level, a quote or a wrong separator then names a target that
//! no record has, and everything else is off. Such texts are refused here, with what was probably meant.

use crate::config::words::{LEVELS, foreign_level};
use crate::escape::needs_escape;
use crate::nearest::one_slip_or_short_for;
use log::LevelFilter;

/// Crates whose names differ from a level by one letter.
const CRATES_LIKE_LEVELS: [&str; 2] = ["tract", "warp"];

/// Returns what is wrong with a target, if anything. Directives must print in a form that can be parsed again.
pub(super) fn target_problem(target: &str) -> Option<String> {
    let problem = if target.is_empty() {
        "the target is empty"
    } else if target.contains(|c: char| matches!(c, ',' | '=' | '/') || c.is_control()) {
        "a target cannot contain `,`, `=`, `/` or a control character"
    } else if target.contains(is_quote) {
        "remove the quotes; they are not removed from a variable in an env file, and no target has them"
    } else if target.contains(|c: char| needs_escape(c) || c == '\u{feff}') {
        "remove the invisible character; no target has it"
    } else if target.contains(['$', '%']) {
        "this looks like a variable that was not replaced by its value; no target has `$` or `%`"
    } else if target.contains(['[', ']', '{', '}']) {
        "filters by span or field are not supported; name targets only, as in `my_crate::module=debug`"
    } else if target.contains('*') {
        "wildcards are not supported; `my_crate` covers the crate and all its modules"
    } else if target.ends_with(':') {
        "remove the `::` at the end; a target covers itself and all its modules"
    } else if target.trim() != target {
        "remove the blanks around the target"
    } else if target.contains(';') {
        "directives are separated by commas; write `info,hyper=warn`, not `info;hyper=warn`"
    } else if level_among_words(target) {
        "a comma is missing; write `info,hyper=warn`, not `info hyper=warn`"
    } else {
        return misnamed(target);
    };
    Some(problem.to_owned())
}

/// Returns what is wrong with a target that has only usual characters.
fn misnamed(target: &str) -> Option<String> {
    if let Some((name, level)) = target.rsplit_once(':') {
        if !name.ends_with(':') && level.parse::<LevelFilter>().is_ok() {
            return Some(format!("write `=` before the level, as in `{name}={level}`"));
        }
    }
    let first = target.split("::").next().unwrap_or(target);
    if matches!(first, "crate" | "self" | "super" | "Self") {
        return Some(format!(
            "targets begin with the name of a crate; write that name in place of `{first}`"
        ));
    }
    if matches!(first, "Level" | "LevelFilter") || target.starts_with('-') {
        return Some(
            "targets begin with the name of a crate; for all targets write a level, as in `debug`".to_owned(),
        );
    }
    target
        .eq_ignore_ascii_case("rust_log")
        .then(|| "remove `RUST_LOG=`; the value begins after it".to_owned())
}

/// Returns what is wrong with a word without `=` that is not a level: it names a target, unless it was clearly meant
/// as a level. `own` are the names of the program's own crates.
pub(super) fn bare_word_problem(word: &str, own: &[String]) -> Option<String> {
    if let Some(problem) = target_problem(word) {
        return Some(problem);
    }
    let is_crate =
        CRATES_LIKE_LEVELS.contains(&word) || own.iter().any(|name| *name == word.replace('-', "_"));
    let meant = match foreign_level(word) {
        None if is_crate => None,
        None => one_slip_or_short_for(word, LEVELS),
        meant => meant,
    };
    // The name of a crate does not begin with a digit.
    let is_number = word.starts_with(|first: char| first.is_ascii_digit());
    if meant.is_none() && !is_number {
        return None;
    }
    let meant = meant.map_or_else(String::new, |level| format!(", did you mean `{level}`?"));
    Some(format!(
        "not a level{meant} (for a target of this name write `{word}=trace`)"
    ))
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}'
    )
}

/// Returns true if `target` is several words, of which one is a level.
fn level_among_words(target: &str) -> bool {
    let separates = |c: char| c.is_whitespace() || matches!(c, '|' | '&' | '+');
    let mut words = target.split(separates);
    target.contains(separates) && words.any(|word| word.parse::<LevelFilter>().is_ok())
}
