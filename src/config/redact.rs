//! Hides possible secrets in the values that errors show: a secret may have been put into the wrong setting.
//!
//! `error` and `files` call it. It is coarser than the rules of `mask`, which `config` cannot import and which
//! `settings` applies as well: here a harmless word may be hidden, which would be wrong in a log line.

use std::borrow::Cow;

const STARS: &str = "***";
/// A run of mixed letters and digits of this length is not a word, a path or a target.
const LONG: usize = 16;
/// A name before `=` or `:` that contains one of these has a secret value.
const NAMES: &[&str] = &[
    "pass", "pwd", "secret", "token", "key", "auth", "cred", "cookie", "session",
];

/// Returns `text` with stars in place of possible secrets.
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

/// Returns the ranges to hide, in order.
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
            // After a colon there may be a scheme and a credential.
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

/// Returns true for mixed letters and digits with a piece that is too long for a word.
fn is_random(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        && word.split(['_', '-']).any(|piece| piece.len() >= LONG)
}

fn is_secret_name(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    NAMES.iter().any(|name| word.contains(name))
}

/// Returns the position of the `=` or `:` that follows the name ending at `end`.
fn separator_at(text: &str, end: usize) -> Option<usize> {
    let at = end + blanks(&text[end..]);
    text[at..].starts_with(['=', ':']).then_some(at)
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Returns the range of the password in a URL whose `://` is at `end`.
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
    fn possible_secrets_are_hidden() {
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
