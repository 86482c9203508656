//! What counts as secret: plain data, read by `mask` when a logger starts.
//!
//! A setting can only add to the standard rules or take a key out of them; nothing here is parsed or checked,
//! since every name and every prefix is valid.

use serde::{Deserialize, Serialize};

/// Which keys and which text are secret and are shown as `***`.
///
/// [`Mask::standard`] is the default: it knows the common names of passwords, keys, tokens, cookies and card
/// numbers in any case and with any separator, and the shapes of common tokens, URLs with passwords, private
/// keys and cards. Own keys and prefixes are added to it.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mask {
    pub(crate) standard: bool,
    pub(crate) key: Vec<String>,
    pub(crate) keep_key: Vec<String>,
    pub(crate) token_prefix: Vec<(String, usize)>,
    pub(crate) emails: bool,
}

impl Mask {
    /// The rules that suit most programs; this is the default.
    #[must_use]
    pub fn standard() -> Mask {
        Mask {
            standard: true,
            ..Mask::none()
        }
    }

    /// No rule at all; what is added to it is still masked.
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
            token_prefix: Vec::new(),
            emails: false,
        }
    }

    /// Adds a key whose value is secret, as key-value and in text.
    ///
    /// It is compared by whole words, without regard to case and to `-`, `_`, `.` and blanks: `voucher` also
    /// covers `user_voucher` and `userVoucher`, not `vouchers_used`. An empty name adds nothing.
    #[must_use]
    pub fn key(mut self, name: impl Into<String>) -> Mask {
        self.key.push(name.into());
        self
    }

    /// Takes a key out of the rules: its value is not masked because of the key.
    ///
    /// The whole key must be this name (case and separators do not matter): `token` keeps `token`, and
    /// `access_token` stays secret. A value with the shape of a secret is masked all the same.
    #[must_use]
    pub fn keep_key(mut self, name: impl Into<String>) -> Mask {
        self.keep_key.push(name.into());
        self
    }

    /// Adds a kind of token: `prefix` at the beginning of a word, and at least `min_len` of the characters
    /// `A-Z a-z 0-9 _ - .` behind it. An empty prefix adds nothing.
    #[must_use]
    pub fn token_prefix(mut self, prefix: impl Into<String>, min_len: usize) -> Mask {
        self.token_prefix.push((prefix.into(), min_len));
        self
    }

    /// Whether e-mail addresses are shortened to `u***@example.com`; by default they are shown.
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
