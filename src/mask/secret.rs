//! A wrapper for values that no output may show, for secrets that no rule recognises.

use log::kv::{ToValue, Value};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// The text that replaces a secret of any length.
pub(crate) const STARS: &str = "***";

/// A value that prints as `***`: with `{}`, with `{:?}`, as a key-value and when it is serialised.
///
/// The rules of [`Mask`](crate::Mask) recognise secrets by key and by shape. They do not find a secret of unknown shape
/// under a harmless key. If a program wraps that secret, it cannot be logged by accident. Deserialising reads the plain
/// value, so the type can be used in a settings struct.
///
/// # Examples
///
/// ```
/// use asynclogger::Secret;
///
/// #[derive(Debug)]
/// struct Login { user: String, phrase: Secret<String> }
///
/// let login = Login { user: "bob".into(), phrase: Secret::new("open sesame".into()) };
/// assert_eq!(format!("{login:?}"), r#"Login { user: "bob", phrase: *** }"#);
/// assert_eq!(login.phrase.expose(), "open sesame");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    ///
    /// # Examples
    ///
    /// ```
    /// const PIN: asynclogger::Secret<u32> = asynclogger::Secret::new(4711);
    /// assert_eq!(PIN.to_string(), "***");
    /// ```
    pub const fn new(value: T) -> Secret<T> {
        Secret(value)
    }

    /// Returns the value itself. Nothing hides it from here on.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(*asynclogger::Secret::new(4711).expose(), 4711);
    /// ```
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Unwraps the value.
    ///
    /// # Examples
    ///
    /// ```
    /// let phrase: String = asynclogger::Secret::new("open sesame".to_owned()).into_inner();
    /// assert_eq!(phrase, "open sesame");
    /// ```
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Secret<T> {
        Secret(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(STARS)
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(STARS)
    }
}

impl<T> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(STARS)
    }
}

impl<T> ToValue for Secret<T> {
    fn to_value(&self) -> Value<'_> {
        Value::from(STARS)
    }
}
