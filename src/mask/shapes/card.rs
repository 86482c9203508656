//! Card numbers: recognised by brand, by the lengths the brand issues, and by their check digit (Luhn).
//!
//! All three are needed: one in ten random numbers passes the check digit alone. Groups are those printed on cards;
//! a number inside a longer token, or with a fraction, does not count.

use crate::mask::bytes::{back_while, before, byte, is_number_part, until};
use crate::mask::prefilter::SHORTEST;
use crate::mask::quote::Quote;
use crate::mask::scan::{Scan, Show};

const LONGEST: usize = 19;

/// How far the text was searched for card numbers.
#[derive(Debug, Default)]
pub(in crate::mask) struct Cards {
    done: usize,
}

impl Cards {
    /// Looks for card numbers from the first digit among the eight bytes at `at` on.
    pub(in crate::mask) fn read(&mut self, scan: &mut Scan<'_>, at: usize) {
        let text = scan.text;
        let word = text.get(at..text.len().min(at + 8)).unwrap_or_default();
        if at < self.done || word.iter().filter(|byte| byte.is_ascii_digit()).count() < 6 {
            return;
        }
        let first = until(text, at, |byte| byte.is_ascii_digit());
        let mut start = back_while(text, first, scan.done().max(self.done), is_number_part);
        let end = until(text, first, |byte| !is_number_part(byte));
        self.done = end;
        while start < end {
            start = until(&text[..end], start, |byte| byte.is_ascii_digit());
            start = match card_end(text, start) {
                Some(card_end) => {
                    scan.hide(start, card_end, show_number(text, start, card_end));
                    card_end
                }
                None => until(&text[..end], start, |byte| !byte.is_ascii_digit()),
            };
        }
    }
}

/// The replacement for a number: in JSON a bare number needs quotation marks around its stars.
fn show_number(text: &[u8], start: usize, end: usize) -> Show {
    let blank = |byte: u8| byte == b' ' || byte == b'\n';
    let last = back_while(text, start, start.saturating_sub(16), blank);
    let next = byte(text, until(text, end, |byte| !blank(byte)));
    let key_end = back_while(text, last.saturating_sub(1), last.saturating_sub(8), blank);
    let listed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b',' | b' ' | b'\n' | b'"' | b'*');
    match (before(text, last), next) {
        (b':', b',' | b'}' | b']') => {
            match Quote::ending(text, key_end).and_then(|(quote, _)| quote.json()) {
                Some(slashes) => Show::Quoted(slashes),
                None => Show::Stars,
            }
        }
        (b'[' | b',', b',' | b']')
            if before(text, back_while(text, last, last.saturating_sub(256), listed)) == b'[' =>
        {
            Show::Quoted(0)
        }
        _ => Show::Stars,
    }
}

/// Whether a number could be a card number.
pub(in crate::mask) fn is_card_number(number: u128) -> bool {
    let mut digits = [0u8; LONGEST];
    let mut rest = number;
    let mut len = 0;
    while rest > 0 && len < LONGEST {
        digits[LONGEST - 1 - len] = (rest % 10) as u8;
        rest /= 10;
        len += 1;
    }
    rest == 0 && is_card(&digits[LONGEST - len..])
}

/// The end of the card number that begins at `start`.
fn card_end(text: &[u8], start: usize) -> Option<usize> {
    if !is_free(before(text, start))
        || (before(text, start) == b'.' && before(text, start - 1).is_ascii_digit())
    {
        return None;
    }
    let run = until(text, start, |byte| !byte.is_ascii_digit()) - start;
    if run >= SHORTEST {
        return plain(text, start, run);
    }
    // A dash before the first group: this is part of something longer.
    if run != 4 || (before(text, start) == b'-' && before(text, start - 1).is_ascii_alphanumeric()) {
        return None;
    }
    [
        &[4, 4, 4, 4, 3][..],
        &[4, 4, 4, 4],
        &[4, 6, 5],
        &[4, 6, 4],
        &[4, 4, 5],
    ]
    .iter()
    .find_map(|groups| grouped(text, start, groups))
}

fn plain(text: &[u8], start: usize, len: usize) -> Option<usize> {
    let end = start + len;
    let mut digits = [0u8; LONGEST];
    let digits = digits.get_mut(..len)?;
    for (digit, byte) in digits.iter_mut().zip(&text[start..end]) {
        *digit = byte - b'0';
    }
    let next = byte(text, end);
    let fraction = next == b'.' && byte(text, end + 1).is_ascii_digit();
    (is_free(next) && !fraction && is_card(digits)).then_some(end)
}

/// The end of a number in groups, with the same separator between all of them.
fn grouped(text: &[u8], start: usize, groups: &[usize]) -> Option<usize> {
    let mark = byte(text, start + 4);
    let mut digits = [0u8; LONGEST];
    let mut len = 0;
    let mut at = start;
    for (n, &size) in groups.iter().enumerate() {
        if n > 0 {
            (byte(text, at) == mark).then_some(())?;
            at += 1;
        }
        for &byte in text.get(at..at + size)? {
            byte.is_ascii_digit().then_some(())?;
            *digits.get_mut(len)? = byte - b'0';
            len += 1;
        }
        at += size;
    }
    let next = byte(text, at);
    let longer = next == mark && mark == b'-' && byte(text, at + 1).is_ascii_alphanumeric();
    (matches!(mark, b' ' | b'-') && is_free(next) && !longer && is_card(&digits[..len])).then_some(at)
}

/// Whether a number may begin or end next to this byte.
fn is_free(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && byte != b'_'
}

fn is_card(digits: &[u8]) -> bool {
    let lead = |len: usize| {
        digits
            .iter()
            .take(len)
            .fold(0u32, |all, &digit| all * 10 + u32::from(digit))
    };
    let len = digits.len();
    let fits = (SHORTEST..=LONGEST).contains(&len) && is_brand(lead(2), lead(3), lead(4), lead(6), len);
    fits && digits.iter().any(|&digit| digit != 0) && luhn(digits)
}

/// The number ranges of the card networks (ISO/IEC 7812; lengths as published by the networks).
fn is_brand(two: u32, three: u32, four: u32, six: u32, len: usize) -> bool {
    let sixteen_up = (16..=19).contains(&len);
    match two {
        40..=49 => matches!(len, 13 | 16 | 19), // Visa
        51..=55 => len == 16,                   // Mastercard
        34 | 37 => len == 15,                   // American Express
        36 | 38 | 39 => (14..=19).contains(&len) && (two == 36 || len == 14 || len == 16), // Diners Club
        35 => (3528..=3589).contains(&four) && sixteen_up, // JCB
        30 => (matches!(three, 300..=305 | 309) && (len == 14 || sixteen_up)) && len <= 16, // Diners Club
        22 => ((2221..=2229).contains(&four) && len == 16) || ((2200..=2205).contains(&four) && sixteen_up), // Mastercard, Mir
        23..=26 => len == 16,                                                // Mastercard
        27 => (2700..=2720).contains(&four) && len == 16,                    // Mastercard
        62 | 81 => sixteen_up,                                               // UnionPay
        64 | 65 => (three >= 644) && sixteen_up,                             // Discover
        60 => (four == 6011 || six == 606282 || three == 608) && sixteen_up, // Discover, Hipercard, RuPay
        82 => len == 16,                                                     // RuPay
        50 => matches!(four, 5018 | 5019 | 5020 | 5038 | 5061 | 5078 | 5079 | 5090), // Maestro, Verve, Elo
        56..=58 => matches!(four, 5612 | 5641 | 5893 | 5899),                // Maestro
        63 => matches!(four, 6304 | 6390) || (matches!(three, 636..=639) && len == 16), // Maestro, Elo
        67 => matches!(four, 6759 | 6761..=6763 | 6767 | 6771),              // Maestro
        _ => false,
    }
}

/// The check digit of ISO/IEC 7812-1.
fn luhn(digits: &[u8]) -> bool {
    let double = |digit: u8| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, &digit)| u32::from(if n % 2 == 1 { double(digit) } else { digit }))
        .sum();
    sum % 10 == 0
}
