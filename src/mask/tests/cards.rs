//! Card numbers: the ranges and lengths that the networks issue, and the text that may surround a number.

use super::*;

/// The prefixes of a network's numbers, and the lengths it issues (ISO/IEC 7812; the tables of the networks).
#[rustfmt::skip]
const GIVEN: &[(&str, &[usize])] = &[
    ("40", &[13, 16, 19]), ("55", &[16]), ("2221", &[16]), ("2229", &[16]), ("23", &[16]), ("26", &[16]), ("2700", &[16]),
    ("2720", &[16]), ("34", &[15]), ("37", &[15]), ("36", &[14, 15, 16, 17, 18, 19]), ("38", &[14, 16]), ("39", &[14, 16]),
    ("300", &[14, 16]), ("305", &[14, 16]), ("309", &[14, 16]), ("3528", &[16, 17, 18, 19]), ("3589", &[16, 17, 18, 19]),
    ("2200", &[16, 17, 18, 19]), ("2205", &[16, 17, 18, 19]), ("62", &[16, 17, 18, 19]), ("81", &[16, 17, 18, 19]),
    ("644", &[16, 17, 18, 19]), ("65", &[16, 17, 18, 19]), ("6011", &[16, 17, 18, 19]), ("606282", &[16, 17, 18, 19]),
    ("608", &[16, 17, 18, 19]), ("82", &[16]), ("5018", &[13, 14, 15, 16, 17, 18, 19]), ("5893", &[13, 14, 15, 16, 17, 18, 19]),
    ("6304", &[13, 14, 15, 16, 17, 18, 19]), ("636", &[16]), ("6759", &[13, 14, 15, 16, 17, 18, 19]),
    // Issued by no network.
    ("1", &[]), ("2199", &[]), ("2206", &[]), ("2220", &[]), ("2721", &[]), ("28", &[]), ("306", &[]), ("3527", &[]), ("5017", &[]),
    ("5600", &[]), ("6012", &[]), ("606281", &[]), ("635", &[]), ("643", &[]), ("6760", &[]), ("70", &[]), ("9", &[]),
];

/// A number of `len` digits that begins with `prefix` and ends in its check digit.
fn number(prefix: &str, len: usize) -> String {
    let body = format!("{prefix:1<width$}", width = len - 1);
    let doubled = |(n, digit): (usize, u32)| {
        if n % 2 == 0 {
            digit * 2 / 10 + digit * 2 % 10
        } else {
            digit
        }
    };
    let digits = body.chars().rev().map(|digit| digit.to_digit(10).unwrap());
    let sum: u32 = digits.enumerate().map(doubled).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[test]
fn a_number_is_a_cards_in_the_ranges_and_lengths_of_its_network() {
    let mut faults = Vec::new();
    for (prefix, lengths) in GIVEN {
        for len in 12..=20 {
            let number = number(prefix, len);
            let hidden = masked(&format!("pay {number} now")) == "pay *** now";
            if hidden != lengths.contains(&len) {
                faults.push(format!("{number} of {len} digits: hidden is {hidden}"));
            }
        }
    }
    none_of(&faults);
}

#[test]
fn the_text_around_a_number_decides_whether_it_is_a_card_number() {
    let shown = [
        (
            "{\"pay\": 4111111111111111, \"n\":1}",
            "{\"pay\": \"***\", \"n\":1}",
        ),
        ("[1, 4111111111111111]", "[1, \"***\"]"),
        ("[4111111111111111,5555555555554444]", "[\"***\",\"***\"]"),
        ("a, 4111111111111111, 2]", "a, ***, 2]"),
        ("see x.4111111111111111", "see x.***"),
        ("see 1.4111111111111111", "see 1.4111111111111111"),
        ("-5555-5555-5555-4444", "-***"),
        ("5555-5555-5555-4444- x", "***- x"),
        ("id-4111-1111-1111-1111", "id-4111-1111-1111-1111"),
        ("3782 822463 10005u", "3782 822463 10005u"),
    ];
    all_shown(&shown, masked);
}
