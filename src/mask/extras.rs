//! Whether a key-value is secret: because of its key, or because it is the number of a card.

use super::card::is_card_number;
use super::judge;
use super::key::Key;
use super::rules::{Rules, Test};
use super::secret::STARS;
use crate::record::{Extra, Value};

/// The smallest number that is as long as a card's.
const CARD: u128 = 1_000_000_000_000;
/// Smaller numbers count something or are no secret worth the name.
const SMALL: u128 = 1_000;

pub(super) fn is_secret(rules: &Rules, extra: &Extra<'_>) -> bool {
    let name = extra.key.as_bytes();
    let test = match rules.may_end(name, name.len()) {
        true => rules.test(&Key::before(name, name.len(), 0)),
        false => Test::Never,
    };
    match extra.value {
        Value::Str(text) | Value::Text(text) | Value::Error(text) | Value::Json(text) => {
            is_secret_text(test, text, extra.cut)
        }
        Value::U64(number) => is_secret_number(rules, test, number.into()),
        Value::I64(number) => is_secret_number(rules, test, number.unsigned_abs().into()),
        Value::U128(number) => is_secret_number(rules, test, number),
        Value::I128(number) => is_secret_number(rules, test, number.unsigned_abs()),
        Value::F64(number) => is_secret_number(rules, test, number.abs() as u128),
        Value::Bool(_) | Value::Char(_) | Value::Null => false,
    }
}

/// The text of a value, unless it is a number or the like.
pub(super) fn text_of<'a>(value: &Value<'a>) -> Option<&'a str> {
    match *value {
        Value::Str(text) | Value::Text(text) | Value::Error(text) | Value::Json(text) => Some(text),
        _ => None,
    }
}

/// What is shown in the place of a secret value; JSON stays JSON.
pub(super) fn stars(value: &Value<'_>) -> &'static str {
    match value {
        Value::Json(_) => "\"***\"",
        _ => STARS,
    }
}

/// A key says more than a word in a sentence: there is no prose, and no parser's token.
fn is_secret_text(test: Test, text: &str, cut: bool) -> bool {
    let test = match test {
        Test::Never | Test::Query | Test::NameOf => return false,
        Test::Token | Test::Cookies => Test::Always,
        test => test,
    };
    let unquoted = text.trim_matches(['"', '\'']);
    cut || judge::is_secret(test, unquoted.as_bytes(), false)
}

fn is_secret_number(rules: &Rules, test: Test, number: u128) -> bool {
    let by_key = match test {
        Test::Never | Test::Count | Test::Long | Test::Query | Test::NameOf | Test::Slash | Test::Lines => {
            false
        }
        Test::Always | Test::Directory => true,
        _ => number >= SMALL,
    };
    by_key || (number >= CARD && rules.standard && is_card_number(number))
}
