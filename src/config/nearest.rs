//! The known word that a misspelt one was meant to be: the "did you mean" of every message.
//!
//! Used where words come from people: keys and values of a configuration, levels in a filter, fields of a template.

/// No word of ours is longer; comparing a whole file with each of them would help nobody.
const LONGEST_WORD: usize = 48;

/// The one of `known` that `word` most likely stands for, or none if nothing is close.
///
/// Case and the kind of hyphen do not count. Close is: one slip in three letters (a letter too many, too few,
/// wrong, or two swapped), or one word at the start or end of the other.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let word = plain(word);
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let letters = plain(candidate);
        let slips = slips(&word, &letters);
        let close = slips <= (word.len().min(letters.len()) / 3).max(1) || holds(&word, &letters);
        let better = best.is_none_or(|(fewest, _)| slips < fewest);
        if close && better {
            best = Some((slips, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `; did you mean ...?` behind a fault, or nothing.
pub(crate) fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}

fn plain(word: &str) -> Vec<char> {
    word.chars()
        .map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() })
        .collect()
}

fn holds(a: &[char], b: &[char]) -> bool {
    let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
    short.len() >= 3 && (long.starts_with(short) || long.ends_with(short))
}

/// The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
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
    fn a_word_like_none_of_them_gets_no_guess() {
        assert_eq!(nearest("banana", LEVELS), None);
        assert_eq!(nearest("", LEVELS), None);
        assert_eq!(nearest(&"info".repeat(1_000), LEVELS), None);
    }

    #[test]
    fn the_closest_of_several_wins() {
        let keys = ["max_key_bytes", "max_value_bytes", "max_bytes"];
        assert_eq!(nearest("max_byte", keys), Some("max_bytes"));
        assert_eq!(slips(&plain("ca"), &plain("abc")), 3);
        assert_eq!(slips(&plain("kitten"), &plain("sitting")), 3);
    }
}
