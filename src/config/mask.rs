//! What counts as secret: plain data, read by `mask` when a logger starts.
//!
//! A setting can only add to the standard rules or take a key out of them. Nothing here is parsed or checked,
//! because every name and every prefix is valid.

use super::error::ConfigError;
use super::kinds::{by_type, size};
use super::raw_value::{RawValue, SettingValue};
use super::table_setting::{TableSetting, merge_pairs};
use std::collections::BTreeMap;

/// Which keys and which text are secret and are shown as `***`.
///
/// [`Mask::standard`] is the default: it knows the common names of passwords, keys, tokens, cookies and card
/// numbers in any case and with any separator, and the shapes of common tokens, URLs with passwords, private
/// keys and cards. Your own keys and prefixes are added to it.
///
/// In files it is `"standard"`, `"none"`, or a table whose keys are the names of the methods below. The table is added to
/// the standard rules unless it has `standard = false`:
///
/// ```toml
/// mask = { key = ["voucher"], keep_key = ["session_id"], token_prefix = { acme_ = 20 }, emails = true }
/// ```
///
/// A prefix has the least length of the rest of the token; a list of pairs, `[["acme_", 20]]`, is read as well. In a
/// variable it is `key=voucher,key=pin,token_prefix=acme_:20`. A table of a later source adds to the keys of an earlier
/// one; only the two words replace them.
///
/// # Examples
///
/// ```
/// use asynclogger::Mask;
///
/// let mask = Mask::standard()
///     .key("voucher")                 // also `Voucher`, `user_voucher`, `userVoucher=`
///     .keep_key("session_id")         // ours is a number that may be shown
///     .token_prefix("acme_", 20)      // acme_ and at least 20 characters more
///     .emails(true);                  // u***@example.com
/// assert_ne!(mask, Mask::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    pub(crate) standard: bool,
    pub(crate) key: Vec<String>,
    pub(crate) keep_key: Vec<String>,
    /// Each with the smallest length that was set for it.
    pub(crate) token_prefix: BTreeMap<String, usize>,
    pub(crate) emails: bool,
}

impl Mask {
    /// Returns the rules that suit most programs; this is the default.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(asynclogger::Mask::standard(), asynclogger::Mask::default());
    /// ```
    #[must_use]
    pub fn standard() -> Mask {
        Mask {
            standard: true,
            ..Mask::none()
        }
    }

    /// Returns no rules at all; keys and prefixes that are added to it are masked.
    ///
    /// # Examples
    ///
    /// ```
    /// let only_vouchers = asynclogger::Mask::none().key("voucher");
    /// assert_ne!(only_vouchers, asynclogger::Mask::none());
    /// ```
    #[must_use]
    pub fn none() -> Mask {
        Mask {
            standard: false,
            key: Vec::new(),
            keep_key: Vec::new(),
            token_prefix: BTreeMap::new(),
            emails: false,
        }
    }

    /// Adds a key whose value is secret, as key-value and in text.
    ///
    /// Whole words are compared; case and `-`, `_`, `.` and blanks do not count: `voucher` also covers `user_voucher` and
    /// `userVoucher`, but not `vouchers_used`. An empty name adds nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config, Mask};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let config = Config::new("app").console(None).file_format("{message}{extras}").mask(Mask::standard().key("voucher"));
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, voucher = "SUMMER"; "bought");
    /// logger.flush().wait()?;
    /// assert_eq!(capture.lines(), ["bought [voucher=***]"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn key(mut self, name: impl Into<String>) -> Mask {
        self.key.push(name.into());
        self
    }

    /// Takes a key out of the rules: its value is not masked because of the key.
    ///
    /// The whole key must be this name (case and separators do not matter): `token` keeps `token`, and
    /// `access_token` stays secret. A value with the shape of a secret is still masked.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config, Mask};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let config = Config::new("app").console(None).file_format("{message}{extras}").mask(Mask::standard().keep_key("session_id"));
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, session_id = 7; "signed in");
    /// logger.flush().wait()?;
    /// assert_eq!(capture.lines(), ["signed in [session_id=7]"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn keep_key(mut self, name: impl Into<String>) -> Mask {
        self.keep_key.push(name.into());
        self
    }

    /// Adds a kind of token: `prefix` at the beginning of a word, followed by at least `min_len` of the characters
    /// `A-Z a-z 0-9 _ - .`. An empty prefix adds nothing; if a prefix is added twice, the smaller length counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config, Mask};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let config = Config::new("app").console(None).file_format("{message}{extras}").mask(Mask::standard().token_prefix("acme_", 8));
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, "asked with acme_0123456789");
    /// logger.flush().wait()?;
    /// assert_eq!(capture.lines(), ["asked with ***"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn token_prefix(mut self, prefix: impl Into<String>, min_len: usize) -> Mask {
        self.add_prefix(prefix.into(), min_len);
        self
    }

    /// Adds a prefix; of two lengths the smaller one masks everything that the other one would.
    fn add_prefix(&mut self, prefix: String, min_len: usize) {
        let kept = self.token_prefix.entry(prefix).or_insert(min_len);
        *kept = min_len.min(*kept);
    }

    /// Sets whether e-mail addresses are shortened to `u***@example.com`. Default: false, they are shown.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config, Mask};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let config = Config::new("app").console(None).file_format("{message}{extras}").mask(Mask::standard().emails(true));
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, "mail to user@example.com");
    /// logger.flush().wait()?;
    /// assert_eq!(capture.lines(), ["mail to u***@example.com"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn emails(mut self, on: bool) -> Mask {
        self.emails = on;
        self
    }
}

impl Default for Mask {
    fn default() -> Mask {
        Mask::standard()
    }
}

impl TableSetting for Mask {
    fn empty() -> Mask {
        Mask::standard()
    }

    fn merge(&mut self, setting: &str, raw: &RawValue) -> Result<(), Vec<ConfigError>> {
        if raw.is_word("standard") || raw.is_word("none") {
            *self = match raw.is_word("none") {
                true => Mask::none(),
                false => Mask::standard(),
            };
            return Ok(());
        }
        let known = ["standard", "key", "keep_key", "token_prefix", "emails"];
        merge_pairs(setting, raw, &known, "`standard`, `none`", |key, value| {
            match key {
                "standard" => self.standard = by_type::read(value)?,
                "key" => self.key.extend(names(value)?),
                "keep_key" => self.keep_key.extend(names(value)?),
                "token_prefix" => prefixes(value)?
                    .into_iter()
                    .for_each(|(prefix, min_len)| self.add_prefix(prefix, min_len)),
                _ => self.emails = by_type::read(value)?,
            }
            Ok(())
        })
    }

    fn show(&self) -> RawValue {
        if *self == Mask::standard() || *self == Mask::none() {
            let word = if self.standard { "standard" } else { "none" };
            return RawValue::Text(word.to_owned());
        }
        let texts = |names: &[String]| RawValue::List(names.iter().map(SettingValue::show).collect());
        let pair = |(prefix, min_len): (&String, &usize)| (prefix.clone(), size::show(min_len));
        let parts = [
            ("standard", self.standard.show()),
            ("key", texts(&self.key)),
            ("keep_key", texts(&self.keep_key)),
            ("emails", self.emails.show()),
            (
                "token_prefix",
                RawValue::Pairs(self.token_prefix.iter().map(pair).collect()),
            ),
        ];
        RawValue::Pairs(parts.map(|(key, value)| (key.to_owned(), value)).to_vec())
    }
}

/// Reads a list of names, or a single name.
fn names(raw: &RawValue) -> Result<Vec<String>, String> {
    let names = raw.items().iter().map(RawValue::text).collect::<Result<_, _>>();
    names.map_err(|_| "must be a list of names, as in [\"voucher\", \"pin\"]".to_owned())
}

/// Reads a table of prefixes and lengths, a list of such pairs, or a single pair as text.
fn prefixes(raw: &RawValue) -> Result<Vec<(String, usize)>, String> {
    let prefixes: Option<_> = match raw {
        RawValue::Pairs(pairs) => pairs
            .iter()
            .map(|(prefix, min_len)| Some((prefix.clone(), size::read(min_len).ok()?)))
            .collect(),
        raw => raw.items().iter().map(prefix).collect(),
    };
    prefixes.ok_or_else(|| "must be a table of prefixes and lengths, as in { acme_ = 20 }".to_owned())
}

/// Reads `["acme_", 20]`, or `acme_:20` from a variable.
fn prefix(raw: &RawValue) -> Option<(String, usize)> {
    match raw {
        RawValue::List(pair) => match pair.as_slice() {
            [prefix, min_len] => Some((prefix.text().ok()?, size::read(min_len).ok()?)),
            _ => None,
        },
        raw => {
            let text = raw.text().ok()?;
            let (prefix, min_len) = text.rsplit_once(':')?;
            Some((prefix.to_owned(), min_len.trim().parse().ok()?))
        }
    }
}
