//! Limits of single values, as data: the check of a setting and its cell in the reference table come from one place.
//!
//! A limit that needs a second setting, such as `batch_bytes` and `max_record_bytes`, is [`words`] here and is checked
//! in `check`.

use super::raw_value::RawValue;
use std::time::Duration;

/// What values of type `T` a setting may have.
pub(super) trait Limit<T> {
    /// The limit as the reference table shows it; `show` gives the text of a value.
    fn words(&self, show: fn(&T) -> RawValue) -> String;

    /// What is wrong with `value` and what to set instead; `None` if it is within the limit.
    fn fault(&self, value: &T, show: fn(&T) -> RawValue) -> Option<String>;
}

/// No limit, or one that `check` tests; the reference table shows these words.
pub(super) const fn words(text: &'static str) -> Words {
    Words(text)
}

/// Every value is valid.
pub(super) const fn any() -> Words {
    Words("")
}

pub(super) struct Words(&'static str);

impl<T> Limit<T> for Words {
    fn words(&self, _: fn(&T) -> RawValue) -> String {
        self.0.to_owned()
    }

    fn fault(&self, _: &T, _: fn(&T) -> RawValue) -> Option<String> {
        None
    }
}

/// A smallest value, a largest one, or both.
pub(super) struct Range<T> {
    least: Option<T>,
    most: Option<T>,
    /// The message for a value below `least`, in place of the usual one.
    below: Option<&'static str>,
    /// The message for a value above `most`, in place of the usual one.
    above: Option<&'static str>,
    /// A further limit that `check` tests, for the reference table.
    also: Option<&'static str>,
}

pub(super) const fn at_least<T: Copy>(least: T) -> Range<T> {
    Range {
        least: Some(least),
        most: None,
        below: None,
        above: None,
        also: None,
    }
}

pub(super) const fn at_most<T: Copy>(most: T) -> Range<T> {
    Range {
        least: None,
        most: Some(most),
        below: None,
        above: None,
        also: None,
    }
}

pub(super) const fn between<T: Copy>(least: T, most: T) -> Range<T> {
    Range {
        least: Some(least),
        most: Some(most),
        below: None,
        above: None,
        also: None,
    }
}

impl<T: Copy> Range<T> {
    /// Sets the message for values below the range.
    pub(super) const fn below(mut self, message: &'static str) -> Range<T> {
        self.below = Some(message);
        self
    }

    /// Sets the message for values on either side of the range.
    pub(super) const fn outside(mut self, message: &'static str) -> Range<T> {
        self.below = Some(message);
        self.above = Some(message);
        self
    }

    /// Adds words to the reference table, for a further limit that `check` tests.
    pub(super) const fn also(mut self, words: &'static str) -> Range<T> {
        self.also = Some(words);
        self
    }
}

/// A type that ranges are made of, with the words for too little and too much of it.
pub(super) trait Amount: Copy + PartialOrd {
    const TOO_LITTLE: &'static str = "too small";
    const TOO_MUCH: &'static str = "too large";
}

impl Amount for u32 {}
impl Amount for u64 {}
impl Amount for usize {}
impl Amount for Duration {
    const TOO_LITTLE: &'static str = "too short";
    const TOO_MUCH: &'static str = "too long";
}

impl<T: Amount> Limit<T> for Range<T> {
    fn words(&self, show: fn(&T) -> RawValue) -> String {
        let text = |value: &T| show(value).plain_text();
        let range = match (&self.least, &self.most) {
            (Some(least), Some(most)) => format!("`{}` to `{}`", text(least), text(most)),
            (Some(least), None) => format!("from `{}`", text(least)),
            (None, Some(most)) => format!("at most `{}`", text(most)),
            (None, None) => String::new(),
        };
        match self.also {
            Some(more) => format!("{range}, {more}"),
            None => range,
        }
    }

    fn fault(&self, value: &T, show: fn(&T) -> RawValue) -> Option<String> {
        let text = |value: &T| show(value).plain_text();
        match (self.least, self.most) {
            (Some(least), _) if *value < least => Some(self.below.map_or_else(
                || format!("{}; set at least {}", T::TOO_LITTLE, text(&least)),
                str::to_owned,
            )),
            (_, Some(most)) if *value > most => Some(self.above.map_or_else(
                || format!("{}; set at most {}", T::TOO_MUCH, text(&most)),
                str::to_owned,
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::{by_type, size};
    use super::*;

    #[test]
    fn a_range_gives_its_words_and_its_faults() {
        let range = between(1024_usize, 64 << 20);
        assert_eq!(range.words(size::show), "`1KiB` to `64MiB`");
        assert_eq!(range.fault(&1024, size::show), None);
        assert_eq!(range.fault(&(64 << 20), size::show), None);
        let fault = |bytes| range.fault(&bytes, size::show).unwrap();
        assert_eq!(fault(1023), "too small; set at least 1KiB");
        assert_eq!(fault((64 << 20) + 1), "too large; set at most 64MiB");
    }

    #[test]
    fn an_open_range_has_one_end_and_words_of_a_further_limit() {
        let least = at_least(1_u64).also("at most `x`");
        assert_eq!(least.words(size::show), "from `1`, at most `x`");
        assert_eq!(
            least.fault(&0, size::show).as_deref(),
            Some("too small; set at least 1")
        );
        assert_eq!(least.fault(&u64::MAX, size::show), None);
        let most = at_most(Duration::from_secs(3_600));
        assert_eq!(most.words(by_type::show), "at most `1h`");
        let long = Duration::from_secs(3_601);
        assert_eq!(
            most.fault(&long, by_type::show).as_deref(),
            Some("too long; set at most 1h")
        );
    }

    #[test]
    fn a_message_of_its_own_replaces_the_usual_one() {
        let range = between(8_usize, 16).below("low");
        assert_eq!(range.fault(&7, size::show).as_deref(), Some("low"));
        assert_eq!(
            range.fault(&17, size::show).as_deref(),
            Some("too large; set at most 16")
        );
        let range = between(8_usize, 16).outside("wrong");
        assert_eq!(range.fault(&17, size::show).as_deref(), Some("wrong"));
    }
}
