//! Hides in a value of a setting what may be a secret that was put into the wrong one.
//!
//! `fault` calls it for all that an error shows. It is coarser than the rules of `mask`, which stand above the
//! settings and which `settings` asks as well: a setting's value may lose a word that was none, and no log line does.

use std::borrow::Cow;

const STARS: &str = "***";
/// A run of letters and digits mixed that is so long is no word, no path and no target.
const LONG: usize = 16;
/// What the name before `=` or `:` holds if the value is secret.
const NAMES: &[&str] = &[
    "pass", "pwd", "secret", "token", "key", "auth", "cred", "cookie", "session",
];

/// `text` with stars in the place of what may be secret.
pub(super) fn redacted(text: &str) -> Cow<'_, str> {
    let hidden = hidden(text);
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut at = 0;
    for (start, end) in hidden {
        out.push_str(&text[at..start]);
        out.push_str(STARS);
        at = end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// The places to hide, in order.
fn hidden(text: &str) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let len = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let (word, end) = (&rest[..len], at + len);
        let after = &text[end..];
        let mark = after.chars().next().map_or(0, char::len_utf8);
        if is_random(word) {
            places.push((at, end));
        } else if let Some(separator) = separator_at(text, end).filter(|_| is_secret_name(word)) {
            let from = separator + 1 + blanks(&text[separator + 1..]);
            // Behind a colon a scheme and a credential may stand.
            let ends: &[char] = if text[separator..].starts_with(':') {
                &[',', ';']
            } else {
                &[' ', ',', '&', ';']
            };
            let to = from + text[from..].find(ends).unwrap_or(text.len() - from);
            places.extend((to > from).then_some((from, to)));
            at = to.max(end + mark);
            continue;
        } else if let Some((from, to)) = password_of_url(text, end) {
            places.push((from, to));
            at = to;
            continue;
        }
        at = end + mark;
    }
    places
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Letters and digits, and a piece that is too long for a word.
fn is_random(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        && word.split(['_', '-']).any(|piece| piece.len() >= LONG)
}

fn is_secret_name(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    NAMES.iter().any(|name| word.contains(name))
}

/// Where `=` or `:` stands behind the name that ends at `end`.
fn separator_at(text: &str, end: usize) -> Option<usize> {
    let at = end + blanks(&text[end..]);
    text[at..].starts_with(['=', ':']).then_some(at)
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Where the password stands behind `://` at `end`.
fn password_of_url(text: &str, end: usize) -> Option<(usize, usize)> {
    let rest = text[end..].strip_prefix("://")?;
    let from = text.len() - rest.len();
    let (user, _) = rest.rsplit_once('@')?;
    let colon = user.find(':')?;
    Some((from + colon + 1, from + user.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_is_hidden() {
        for (text, wanted) in [
            ("ghp_0000000000EXAMPLE0000", "***"),
            ("/srv/AKIAIOSFODNN7EXAMPLE/x", "/srv/***/x"),
            (
                "host=db password=EXAMPLE-pw user=app",
                "host=db password=*** user=app",
            ),
            ("apiKey: EXAMPLE", "apiKey: ***"),
            ("postgres://app:EXAMPLE@pw@db/x", "postgres://app:***@db/x"),
        ] {
            assert_eq!(redacted(text), wanted);
        }
    }

    #[test]
    fn values_of_settings_stay() {
        for text in [
            "info,hyper=warn,my_crate::module=debug",
            "[{asctime}] {level:<8} {message}{extras}",
            "/var/log/my-app-2026-logs-production/app.log",
            "C:\\logs\\app.log",
            "red on #00ff00",
            "10MiBs",
            "dark gray",
            "",
            "password=",
        ] {
            assert_eq!(redacted(text), text);
        }
    }
}
