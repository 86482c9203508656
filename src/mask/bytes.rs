//! Classes of single bytes and characters, and searches for them, which all other files of the folder use.

/// Blanks and line ends. Other control characters are part of the text around them, so that they cannot split a secret.
#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Letters, digits, `_` and `-`: the characters of a token.
#[inline]
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// A digit, or a separator between the groups of a number.
#[inline]
pub(super) fn is_number_part(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'-')
}

/// The characters of a credential after `Bearer` (RFC 6750, `b68token`).
#[inline]
pub(super) fn is_credential(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=')
}

#[inline]
pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

#[inline]
pub(super) fn is_closer(byte: u8) -> bool {
    matches!(byte, b')' | b']' | b'}')
}

/// Control characters other than blanks.
#[inline]
pub(super) fn is_control(byte: u8) -> bool {
    byte == 0x7F || (byte < 0x20 && !is_space(byte))
}

/// The byte at `at`; a line end beyond the end of the text.
#[inline]
pub(super) fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(b'\n')
}

/// The byte before `at`; a line end before the beginning of the text.
#[inline]
pub(super) fn before(text: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(b'\n', |at| byte(text, at))
}

/// Whether `text` has `prefix` at `at`, ignoring case.
#[inline]
pub(super) fn has(text: &[u8], at: usize, prefix: &[u8]) -> bool {
    text.get(at..at + prefix.len())
        .is_some_and(|part| part.eq_ignore_ascii_case(prefix))
}

/// Whether `word` is one of `words`, ignoring case.
pub(super) fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// The first offset from `at` on at which `ends` holds, or the end of the text.
#[inline]
pub(super) fn until(text: &[u8], at: usize, ends: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let len = rest.iter().position(|&byte| ends(byte)).unwrap_or(rest.len());
    super::work::count(len + 1);
    at + len
}

/// The start of the run of bytes before `at` for which `holds` holds; not before `floor`.
#[inline]
pub(super) fn back_while(text: &[u8], at: usize, floor: usize, holds: impl Fn(u8) -> bool) -> usize {
    let part = text.get(floor..at).unwrap_or_default();
    let len = part.iter().rev().take_while(|&&byte| holds(byte)).count();
    super::work::count(len + 1);
    at - len
}

/// The character that ends at `at`, and where it begins.
pub(super) fn last_char(text: &[u8], at: usize) -> Option<(char, usize)> {
    let floor = at.saturating_sub(4);
    let start = (floor..at)
        .rev()
        .find(|&start| !matches!(text[start], 0x80..=0xBF))?;
    let part = std::str::from_utf8(&text[start..at]).ok()?;
    part.chars().next().map(|char| (char, start))
}

/// The character that begins at `at`.
pub(super) fn first_char(text: &[u8], at: usize) -> Option<char> {
    let end = text.len().min(at + 4);
    text[at..end].utf8_chunks().next()?.valid().chars().next()
}

/// The meaning of a character in the name of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Folded {
    Plain(u8),
    Invisible,
    Other,
}

/// Wide forms, and letters of other scripts that look like ASCII, count as ASCII; invisible characters do not count.
pub(super) fn fold(char: char) -> Folded {
    let code = u32::from(char);
    match code {
        0..=0x1F | 0x7F..=0x9F => Folded::Invisible,
        0x20..=0x7E => Folded::Plain(code as u8),
        0xAD | 0x34F | 0x61C | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F => {
            Folded::Invisible
        }
        0x300..=0x36F | 0xFE00..=0xFE0F | 0xFEFF | 0xE0000..=0xE007F => Folded::Invisible,
        0xA0 | 0x1680 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Folded::Plain(b' '),
        0xFF01..=0xFF5E => Folded::Plain((code - 0xFEE0) as u8),
        0x1D400..=0x1D6A3 => {
            let letter = ((code - 0x1D400) % 52) as u8;
            Folded::Plain(if letter < 26 {
                b'A' + letter
            } else {
                b'a' + letter - 26
            })
        }
        _ => twin(char)
            .or_else(|| unaccented(char))
            .map_or(Folded::Other, Folded::Plain),
    }
}

/// The ASCII letter that a Cyrillic or Greek letter looks like.
fn twin(char: char) -> Option<u8> {
    Some(match char {
        'а' | 'А' | 'α' | 'Α' => b'a',
        'с' | 'С' => b'c',
        'ԁ' => b'd',
        'е' | 'Е' | 'Ε' => b'e',
        'һ' | 'Н' => b'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' => b'i',
        'ј' | 'Ј' => b'j',
        'к' | 'К' | 'κ' | 'Κ' => b'k',
        'о' | 'О' | 'ο' | 'Ο' => b'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => b'p',
        'ѕ' | 'Ѕ' | 'ſ' => b's',
        'т' | 'Т' | 'τ' | 'Τ' => b't',
        'ѵ' | 'ν' => b'v',
        'ԝ' | 'ш' => b'w',
        'х' | 'Х' => b'x',
        'у' | 'У' | 'Υ' => b'y',
        _ => return None,
    })
}

/// A Latin letter without its accent: `hasło`, `lösenord`, `şifre`. A table, as this runs for each letter of a name.
fn unaccented(char: char) -> Option<u8> {
    let letter = match u32::from(char) {
        code @ 0xC0..=0x17F => LATIN[code as usize - 0xC0],
        0x1A0..=0x1A1 | 0x1ECC..=0x1EE3 => b'o',
        0x1AF..=0x1B0 | 0x1EE4..=0x1EF1 => b'u',
        0x218..=0x219 => b's',
        0x21A..=0x21B => b't',
        0x1EA0..=0x1EB7 => b'a',
        0x1EB8..=0x1EC7 => b'e',
        0x1EC8..=0x1ECB => b'i',
        0x1EF2..=0x1EF9 => b'y',
        _ => return None,
    };
    (letter != b'.').then_some(letter)
}

/// From U+00C0 to U+017F.
const LATIN: &[u8; 0xC0] = b"aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y\
    aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllllllllnnnnnnnnnoooooo..rrrrrrsssssssstttttt\
    uuuuuuuuuuuuwwyyyzzzzzzs";
