//! Finds the known word that a misspelt one was meant to be: the "did you mean" of every message.
//!
//! Used wherever people type words: keys and values of settings, levels in filters, fields and styles of templates.

/// Longer words get no suggestion; no word of ours comes near this length.
const LONGEST_WORD: usize = 48;

/// Returns the entry of `known` that `word` most likely stands for, or `None` if nothing is close.
///
/// Case does not count, and `-` equals `_`. A word is close if it has at most one slip in three letters (a letter
/// too many, missing, wrong, or two swapped; two slips from four letters on if the first letter is right), if one
/// word starts or ends with the other, or if it abbreviates the known word, as `lvl` does `level`.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let word = folded(word);
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let letters = folded(candidate);
        let slips = slips(&word, &letters);
        let close =
            slips <= allowed(&word, &letters) || is_affix(&word, &letters) || abbreviates(&word, &letters);
        let better = best.is_none_or(|(fewest, _)| slips < fewest);
        if close && better {
            best = Some((slips, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns `; did you mean ...?` to append to a message, or nothing.
pub(crate) fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}

/// Returns the entry of `known` from which `word` differs by one slip, or which it abbreviates as `dbg` does `debug`.
///
/// Stricter than [`nearest`], for words that can also be right as they are.
pub(crate) fn one_slip_or_short_for<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let word = folded(word);
    let close = |candidate: &&str| {
        let letters = folded(candidate);
        slips(&word, &letters) == 1 || abbreviates(&word, &letters)
    };
    known.into_iter().find(close)
}

/// Returns the number of slips between two words; a high number for words that are too long to be misspelt.
pub(crate) fn slips_between(a: &str, b: &str) -> usize {
    if a.len().max(b.len()) > LONGEST_WORD {
        return usize::MAX;
    }
    slips(&folded(a), &folded(b))
}

fn folded(word: &str) -> Vec<char> {
    word.chars()
        .map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() })
        .collect()
}

/// Returns how many slips a word of this length may have. People rarely mistype the first letter.
fn allowed(word: &[char], known: &[char]) -> usize {
    let shorter = word.len().min(known.len());
    let least = if shorter >= 4 && word.first() == known.first() {
        2
    } else {
        1
    };
    (shorter / 3).max(least)
}

/// Returns true if the longer word starts or ends with the shorter one.
fn is_affix(a: &[char], b: &[char]) -> bool {
    let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
    short.len() >= 3 && (long.starts_with(short) || long.ends_with(short))
}

/// Returns true if `word` has the first letter of `known` and then only letters of it, in order, at least half of
/// them.
fn abbreviates(word: &[char], known: &[char]) -> bool {
    let mut letters = known.iter();
    let in_order = word.iter().all(|letter| letters.any(|other| other == letter));
    word.len() >= 3 && word.len() * 2 >= known.len() && word.first() == known.first() && in_order
}

/// Returns the optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
fn slips(a: &[char], b: &[char]) -> usize {
    let mut older = vec![0; b.len() + 1];
    let mut old: Vec<usize> = (0..=b.len()).collect();
    for (i, &letter) in a.iter().enumerate() {
        let mut new = vec![i + 1; b.len() + 1];
        for (j, &other) in b.iter().enumerate() {
            let changed = old[j] + usize::from(letter != other);
            new[j + 1] = changed.min(old[j + 1] + 1).min(new[j] + 1);
            let swapped = i > 0 && j > 0 && letter == b[j - 1] && a[i - 1] == other;
            if swapped {
                new[j + 1] = new[j + 1].min(older[j - 1] + 1);
            }
        }
        older = std::mem::replace(&mut old, new);
    }
    old[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

    #[test]
    fn a_slip_of_the_keyboard_finds_the_word() {
        for (typed, meant) in [
            ("inof", "info"),
            ("debg", "debug"),
            ("Warning", "warn"),
            ("err", "error"),
            ("tracee", "trace"),
            ("ifno", "info"),
            ("wrnn", "warn"),
        ] {
            assert_eq!(nearest(typed, LEVELS), Some(meant), "{typed}");
        }
    }

    #[test]
    fn case_and_hyphens_do_not_count() {
        assert_eq!(nearest("MAX-BYTES", ["max_bytes", "name"]), Some("max_bytes"));
        assert_eq!(nearest("maxBytes", ["max_bytes", "name"]), Some("max_bytes"));
        assert_eq!(nearest("log_level", ["level", "log_dir"]), Some("level"));
    }

    #[test]
    fn an_abbreviation_finds_its_word() {
        let fields = ["level", "line", "time", "target"];
        assert_eq!(nearest("lvl", fields), Some("level"));
        assert_eq!(nearest("LEVL", fields), Some("level"));
        assert_eq!(nearest("evl", fields), None, "another first letter");
        assert_eq!(nearest("tgt", fields), Some("target"));
        assert_eq!(nearest("mv", ["max_value"]), None, "too short");
    }

    #[test]
    fn a_word_like_none_of_them_gets_no_guess() {
        assert_eq!(nearest("banana", LEVELS), None);
        assert_eq!(nearest("", LEVELS), None);
        assert_eq!(nearest(&"info".repeat(1_000), LEVELS), None);
    }

    #[test]
    fn the_closest_of_several_wins() {
        let keys = ["max_key_bytes", "max_value_bytes", "max_bytes"];
        assert_eq!(nearest("max_byte", keys), Some("max_bytes"));
        assert_eq!(slips(&folded("ca"), &folded("abc")), 3);
        assert_eq!(slips(&folded("kitten"), &folded("sitting")), 3);
    }
}
