//! Key-values: one is secret because of its key, or because it is a card number.

use super::name::key::Key;
use super::name::rules::Rules;
use super::name::value_policy::ValuePolicy;
use super::readers::context::indexed;
use super::secret::STARS;
use super::shapes::card::is_card_number;
use super::value::policy;
use crate::record::{Extra, Value};

/// The smallest number with as many digits as a card number.
pub(super) const CARD: u64 = 1_000_000_000_000;

pub(super) fn is_secret(rules: &Rules, extra: &Extra<'_>) -> bool {
    let policy = policy_of(rules, extra.key);
    let by_key = match text_of(&extra.value) {
        Some(text) => is_secret_text(policy, text, extra.cut),
        None => size_of(&extra.value).is_some_and(|number| is_secret_number(policy, number)),
    };
    by_key || is_card(rules, &extra.value)
}

/// Whether no value of this key is secret.
pub(super) fn is_ordinary(rules: &Rules, key: &[u8]) -> bool {
    policy_of(rules, key) == ValuePolicy::Never
}

/// Whether a value is a card number, whatever its key.
#[inline]
pub(super) fn is_card(rules: &Rules, value: &Value<'_>) -> bool {
    size_of(value).is_some_and(|number| number >= CARD.into() && rules.standard && is_card_number(number))
}

fn policy_of(rules: &Rules, key: &[u8]) -> ValuePolicy {
    match rules.may_end(key, key.len()) {
        true => match rules.policy(&Key::before(key, key.len(), 0)) {
            ValuePolicy::Never if key.ends_with(b"]") => {
                indexed(rules, key, key.len(), 0).unwrap_or(ValuePolicy::Never)
            }
            policy => policy,
        },
        false => ValuePolicy::Never,
    }
}

/// The absolute value of a number, without its fraction.
#[inline]
fn size_of(value: &Value<'_>) -> Option<u128> {
    match *value {
        Value::U64(number) => Some(number.into()),
        Value::I64(number) => Some(number.unsigned_abs().into()),
        Value::U128(number) => Some(number),
        Value::I128(number) => Some(number.unsigned_abs()),
        Value::F64(number) => Some(number.abs() as u128),
        _ => None,
    }
}

/// The text of a value; `None` for numbers and other types.
pub(super) fn text_of<'a>(value: &Value<'a>) -> Option<&'a str> {
    match *value {
        Value::Str(text) | Value::Text(text) | Value::Error(text) | Value::Json(text) => Some(text),
        _ => None,
    }
}

/// The replacement for a secret value; JSON stays JSON.
pub(super) fn stars(value: &Value<'_>) -> &'static str {
    match value {
        Value::Json(_) => "\"***\"",
        _ => STARS,
    }
}

/// Whether a text is secret. A text that was cut always is: the telling part may be missing.
fn is_secret_text(policy: ValuePolicy, text: &str, cut: bool) -> bool {
    let unquoted = text.trim_matches(['"', '\'']);
    policy
        .in_extra()
        .is_some_and(|policy| cut || policy::is_secret(policy, unquoted.as_bytes(), false))
}

fn is_secret_number(policy: ValuePolicy, number: u128) -> bool {
    policy
        .smallest_number()
        .is_some_and(|smallest| number >= smallest)
}
