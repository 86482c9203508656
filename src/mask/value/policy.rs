//! Decides whether a value is secret under a policy, or a status word, a mark of redaction, prose, or a count.

use crate::mask::bytes::{byte, is_closer, is_one_of, is_quote};
use crate::mask::name::names::{MESSAGE, PROSE, STATUS};
use crate::mask::name::value_policy::ValuePolicy;

/// Whether `value` is secret after a key with `policy`; `query` is set for keys in the query of a URL.
pub(in crate::mask) fn is_secret(policy: ValuePolicy, value: &[u8], query: bool) -> bool {
    use ValuePolicy::*;
    let value = trim(value);
    if value.is_empty() || policy == Never {
        return false;
    }
    // Longer than any harmless value: no further checks, which also bounds the work.
    if value.len() > 256 {
        return value.iter().any(|&byte| byte != b'*');
    }
    if is_mark(value) || is_status(value) {
        return false;
    }
    match policy {
        Never => false,
        Always | Phrase | Cookies | Slash | Lines | NameOf => true,
        Directory => !is_path(value),
        Keyfile => !is_file(value),
        Short => !is_number(value, 3) && !is_version(value),
        Pin => {
            (value.len() >= 4 && value.iter().all(u8::is_ascii_digit))
                || (value.len() >= 8 && !is_word(value, 16))
        }
        Token => (query || !is_word(value, 10)) && !is_sign(value) && !is_number(value, 3) && !is_kind(value),
        Count => !is_word(value, 16) && !is_number(value, 12),
        Open | Header => !is_word(value, 16) && !is_number(value, 3) && !is_file(value),
        Auth => is_secret(Header, value, query) && !is_mechanism(value),
        Foreign => is_mostly_ascii(value) && !is_number(value, 3),
        Long => (query && value.len() >= 6 && !is_word(value, 10)) || is_long(value),
        Query => query && value.len() >= 16 && looks_random(value) && !is_uuid(value),
        Digits => !is_word(value, 64) && !is_number(value, 3) && value.iter().any(u8::is_ascii_digit),
    }
}

/// Whether a sentence begins at `at` instead of a value: `password: must be longer`.
pub(in crate::mask) fn is_prose(text: &[u8], at: usize) -> bool {
    let word = first_of_many(text, at);
    is_one_of(word, MESSAGE) || is_one_of(word, PROSE)
}

/// Whether this is a word of a sentence and not a value: `missing --token argument`.
pub(in crate::mask) fn is_prose_word(value: &[u8]) -> bool {
    is_one_of(value, PROSE)
}

/// As [`is_prose`], for text in quotes, which may also be a pass phrase.
pub(in crate::mask) fn is_message(text: &[u8], at: usize) -> bool {
    is_one_of(first_of_many(text, at), MESSAGE)
}

/// The word at `at` if more words follow it, else nothing.
fn first_of_many(text: &[u8], at: usize) -> &[u8] {
    let rest = &text[at.min(text.len())..text.len().min(at + 32)];
    let letters = |byte: &&u8| byte.is_ascii_alphabetic() || **byte == b'\'';
    let word_len = rest.iter().take_while(letters).count();
    let follows =
        rest.get(word_len) == Some(&b' ') && rest.get(word_len + 1).is_some_and(u8::is_ascii_alphanumeric);
    if follows { &rest[..word_len] } else { &[] }
}

/// Whether a value shows nothing: stars, a note of redaction in brackets, a name to be filled in, a type.
pub(in crate::mask) fn is_mark(value: &[u8]) -> bool {
    let uniform = value
        .iter()
        .all(|&byte| matches!(byte, b'*' | b'.' | b'-' | b'_' | b'?'));
    if uniform || is_bullets(value) || is_type(value) {
        return true;
    }
    let (first, rest) = (value[0], &value[1..]);
    let last = value[value.len() - 1];
    match (first, last) {
        (b'<', b'>') => is_template(&rest[..rest.len() - 1]) || is_placeholder(&rest[..rest.len() - 1]),
        (b'[', b']') | (b'(', b')') | (b'{', b'}') => is_template(&rest[..rest.len() - 1]),
        (b'$', _) => is_variable(value),
        (b':' | b'@', _) => {
            rest.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_') && rest.len() <= 24
        }
        (b'%', b'%') => is_upper_name(rest.strip_suffix(b"%").unwrap_or(rest)),
        (b'%', b's' | b'd' | b'v' | b'q') => value.len() == 2,
        _ => false,
    }
}

/// Whether the content of brackets is a note of redaction or a name to be filled in: `{{ password }}`.
pub(in crate::mask) fn is_template(inner: &[u8]) -> bool {
    let inner = trim(inner);
    let word_len = inner.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let redacted = inner.get(word_len) == Some(&b' ') && is_status(&inner[..word_len]);
    inner.is_empty()
        || is_status(inner)
        || redacted
        || inner == b"known after apply"
        || (inner[0] == b'{' && inner[inner.len() - 1] == b'}')
}

/// `Option<String>`, `Vec<u8>`: a declaration, not a value.
fn is_type(value: &[u8]) -> bool {
    let part = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'<' | b'>' | b'&' | b'\'' | b',')
    };
    value[0].is_ascii_uppercase() && value.ends_with(b">") && value.contains(&b'<') && value.iter().all(part)
}

fn is_bullets(value: &[u8]) -> bool {
    let text = std::str::from_utf8(value).unwrap_or_default();
    !text.is_empty()
        && text
            .chars()
            .all(|char| matches!(char, '•' | '●' | '·' | '…' | '█' | '*'))
}

/// `<password>`, `<your-token>`, `<API_KEY>`.
fn is_placeholder(inner: &[u8]) -> bool {
    let named = inner
        .iter()
        .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b' '));
    (named || is_upper_name(inner)) && inner.len() <= 24
}

/// `$TOKEN`, `${TOKEN}`, `$(cat file)`, `${{ secrets.TOKEN }}`, `$1`.
fn is_variable(value: &[u8]) -> bool {
    match byte(value, 1) {
        b'{' => is_closer(value[value.len() - 1]),
        b'(' => true,
        _ => is_upper_name(&value[1..]) || (value.len() <= 3 && value[1..].iter().all(u8::is_ascii_digit)),
    }
}

fn is_upper_name(value: &[u8]) -> bool {
    !value.is_empty()
        && value
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        && !value.iter().all(u8::is_ascii_digit)
}

pub(in crate::mask) fn is_status(value: &[u8]) -> bool {
    let value = trim(value);
    value.len() <= 20
        && STATUS
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

/// Letters of one case, like `enabled`, `Basic` or `SIGTERM`.
pub(in crate::mask) fn is_word(value: &[u8], max_len: usize) -> bool {
    let Some((first, rest)) = value.split_first() else {
        return true;
    };
    let lower = rest.iter().all(u8::is_ascii_lowercase);
    let upper = rest.iter().all(u8::is_ascii_uppercase) && first.is_ascii_uppercase();
    value.len() <= max_len && first.is_ascii_alphabetic() && (lower || upper)
}

/// A token of a parser: `Ident("foo")`, `Punct(';')`.
fn is_kind(value: &[u8]) -> bool {
    let Some(bracket) = value.iter().position(|&byte| byte == b'(') else {
        return false;
    };
    let inner = value[bracket + 1..].strip_suffix(b")").unwrap_or_default();
    let inner = inner
        .iter()
        .filter(|byte| !is_quote(**byte))
        .copied()
        .collect::<Vec<u8>>();
    is_word(&value[..bracket], 10) && (is_word(&inner, 10) || (is_sign(&inner) && inner.len() <= 3))
}

fn is_number(value: &[u8], max_len: usize) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let others = value.iter().all(|byte| {
        byte.is_ascii_digit()
            || matches!(
                byte,
                b'.' | b',' | b'_' | b'-' | b'+' | b'k' | b'K' | b'M' | b'/' | b'%' | b's' | b'm'
            )
    });
    digits > 0 && digits <= max_len && others && value.len() - digits <= 3
}

fn is_sign(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_punctuation)
}

fn is_long(value: &[u8]) -> bool {
    let letters = value.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let harmless = value.starts_with(b"S-1-")
        || is_file(value)
        || is_compound(value.strip_suffix(b":").unwrap_or(value))
        || is_word(value, 23)
        || is_pair(value);
    value.len() >= 16 && letters >= 12 && !harmless
}

/// `name=value`: another pair begins here.
fn is_pair(value: &[u8]) -> bool {
    let name = value
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase() || **byte == b'_')
        .count();
    name >= 6 && byte(value, name) == b'=' && !matches!(byte(value, name + 1), b'=' | b'\n')
}

/// Words of one case joined by dashes, each with up to three digits after it: `scram-sha-256`, `ecdsa-sha2-nistp256`.
fn is_compound(value: &[u8]) -> bool {
    let part = |part: &[u8]| {
        let letters = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        letters <= 16
            && part.len() - letters <= 3
            && part[letters..].iter().all(u8::is_ascii_digit)
            && !part.is_empty()
    };
    let joint = |byte: &u8| matches!(byte, b'-' | b'_' | b'.' | b'/');
    let cased = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    !cased && value.iter().any(joint) && value.split(joint).all(part)
}

/// The name of an authentication mechanism or a hash: `oauth2`, `sha256`, `scram-sha-256`.
fn is_mechanism(value: &[u8]) -> bool {
    let letters = value.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let digits = &value[letters..];
    let numbered = digits.len() == 1 && digits[0].is_ascii_digit();
    let sized = matches!(digits, b"256" | b"384" | b"512");
    let named = letters <= 8 && (numbered || sized);
    let parts = value
        .iter()
        .filter(|byte| **byte == b'-' || **byte == b'_')
        .count();
    named || (value.len() <= 24 && parts <= 2 && is_compound(value))
}

/// `26.2.1`
fn is_version(value: &[u8]) -> bool {
    value.contains(&b'.')
        && value.len() <= 12
        && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// `/srv/app`, `~/x`, `./x`, `C:\x`.
fn is_path(value: &[u8]) -> bool {
    matches!(
        value,
        [b'/', ..] | [b'~', b'/', ..] | [b'.', b'/', ..] | [b'.', b'.', b'/', ..] | [b'~'] | [b'.']
    ) || (value.len() >= 3
        && value[0].is_ascii_alphabetic()
        && value[1] == b':'
        && matches!(value[2], b'\\' | b'/'))
}

/// A path to a file: it begins like a path and ends in an extension, or has nothing but plain words.
fn is_file(value: &[u8]) -> bool {
    let name = value
        .rsplit(|&byte| matches!(byte, b'/' | b'\\'))
        .next()
        .unwrap_or_default();
    let ending = name
        .iter()
        .rposition(|&byte| byte == b'.')
        .map_or(0, |dot| name.len() - dot - 1);
    let ended = (1..=5).contains(&ending) && name.len() > ending + 1;
    let plain = value.iter().all(|byte| {
        byte.is_ascii_lowercase()
            || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~' | b'\\' | b':')
            || byte.is_ascii_digit()
    });
    (is_path(value) && (ended || plain)) || (ended && is_key_ending(&name[name.len() - ending..]))
}

fn is_key_ending(ending: &[u8]) -> bool {
    [
        &b"pem"[..],
        b"key",
        b"crt",
        b"der",
        b"p12",
        b"pfx",
        b"jks",
        b"json",
        b"ppk",
        b"txt",
    ]
    .contains(&ending)
}

/// Whether this could be typed on most keyboards: after a key in another script, a sentence in that script is not a value.
fn is_mostly_ascii(value: &[u8]) -> bool {
    value.iter().filter(|byte| byte.is_ascii_graphic()).count() * 2 > value.len()
}

pub(in crate::mask) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(n, byte)| {
            if matches!(n, 8 | 13 | 18 | 23) {
                *byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

/// Whether a token looks machine-made: letters and digits mixed, or capitals where a word has none.
pub(in crate::mask) fn looks_random(token: &[u8]) -> bool {
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = token.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let upper = token.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let marks = token.iter().filter(|byte| !byte.is_ascii_alphanumeric()).count();
    (digits > 0 && letters > 0)
        || (upper > 0 && upper < letters && marks > 0)
        || (upper == token.len() && upper >= 16)
}

pub(in crate::mask) fn trim(value: &[u8]) -> &[u8] {
    value.trim_ascii()
}

/// The item without the quotation marks around it, escaped or not.
pub(in crate::mask) fn trim_quotes(item: &[u8]) -> &[u8] {
    let mark = |byte: &u8| is_quote(*byte) || *byte == b'\\';
    let start = item.iter().position(|byte| !mark(byte)).unwrap_or(item.len());
    let end = item
        .iter()
        .rposition(|byte| !mark(byte))
        .map_or(start, |last| last + 1);
    &item[start..end]
}
