//! The type and the stack trace of an error, for schemas that have fields for them; only with the feature `kv-error`.
//!
//! A `dyn Error` has neither. Its `Debug` has: a derived one begins with the name of the type or variant, and that of
//! `anyhow` ends with the stack trace. It runs only where a schema asks for it.

use crate::process;
use log::kv::Value;
use std::error::Error;
use std::fmt::{self, Write};
use std::io;

/// The key of the error that these fields are about.
const ERROR: &str = "error";
const TYPE: &str = "error.type";
const TRACE: &str = "error.stack_trace";

/// The line of `anyhow` before a stack trace.
const TRACE_BEGINS: &str = "Stack backtrace:\n";

/// Bytes of a `Debug` that are looked at.
const LONGEST_DEBUG: usize = 64 * 1024;
/// Longer names are no types.
const LONGEST_TYPE: usize = 100;

/// What the first error of a record adds to its key-values.
#[derive(Debug, Default)]
pub(super) struct ErrorDetails {
    is_found: bool,
    kind: Option<String>,
    trace: Option<String>,
    /// The record has these keys itself.
    has_kind: bool,
    has_trace: bool,
}

impl ErrorDetails {
    /// Looks at one key-value of the record.
    pub(super) fn look_at(&mut self, key: &str, value: &Value<'_>) {
        self.has_kind |= key == TYPE;
        self.has_trace |= key == TRACE;
        if key != ERROR || self.is_found {
            return;
        }
        if let Some(error) = value.to_borrowed_error() {
            self.is_found = true;
            // A `Debug` that panics has no details; the error's text gets the mark of the panic if it panics too.
            (self.kind, self.trace) = process::caught(|| details(error)).unwrap_or_default();
        }
    }

    /// The key-values to add to the record.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let kind = self.kind.as_deref().filter(|_| !self.has_kind);
        let trace = self.trace.as_deref().filter(|_| !self.has_trace);
        let pairs = [(TYPE, kind), (TRACE, trace)].into_iter();
        pairs.filter_map(|(key, text)| Some((key, text?)))
    }
}

fn details(error: &(dyn Error + 'static)) -> (Option<String>, Option<String>) {
    let mut debug = Debugged(String::new());
    // Its error is that of the limit, or of the user's code; what was written so far counts.
    let whole = write!(debug, "{error:?}").is_ok();
    let Debugged(text) = debug;
    // The variants of its private parts are no types.
    if error.is::<io::Error>() {
        return (Some("std::io::Error".to_owned()), None);
    }
    let trace = text
        .split_once(TRACE_BEGINS)
        .map(|(_, trace)| trace.trim_end().to_owned());
    (type_of(&text, whole).map(str::to_owned), trace)
}

/// The name with which a derived `Debug` begins: `Refused`, `Refused(..)`, `Refused { .. }`.
fn type_of(debug: &str, whole: bool) -> Option<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let len = debug.find(|c| !is_part(c)).unwrap_or(debug.len());
    let (name, rest) = debug.split_at(len);
    let is_derived = rest.starts_with('(') || rest.starts_with(" {") || rest.is_empty() && whole;
    let is_name = name.starts_with(char::is_uppercase) && len <= LONGEST_TYPE;
    (is_derived && is_name).then_some(name)
}

/// Takes the text of a `Debug` up to the limit.
struct Debugged(String);

impl Write for Debugged {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST_DEBUG {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    enum Failure {
        Refused,
        TimedOut(#[expect(dead_code)] u32),
        Broken {
            #[expect(dead_code)]
            part: &'static str,
        },
    }

    /// An error whose `Debug` is the text.
    struct Shown(&'static str);

    impl fmt::Debug for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    macro_rules! errors {
        ($($error:ty)*) => {$(
            impl fmt::Display for $error {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("failed")
                }
            }
            impl Error for $error {}
        )*};
    }

    errors!(Failure Shown);

    fn found(error: &(dyn Error + 'static)) -> Vec<(&'static str, String)> {
        let mut details = ErrorDetails::default();
        details.look_at("error", &Value::from_dyn_error(error));
        details
            .pairs()
            .map(|(key, text)| (key, text.to_owned()))
            .collect()
    }

    #[test]
    fn the_type_is_the_name_of_a_derived_debug_and_of_nothing_else() {
        let number = "x".parse::<u8>().unwrap_err();
        let io = io::Error::from(io::ErrorKind::NotFound);
        let none: Vec<&dyn Error> = vec![
            &Shown("Connection refused"),
            &Shown("refused"),
            &Shown("\"Refused\""),
            &Shown(""),
            &Shown("404"),
        ];
        for error in none {
            let debug = format!("{error:?}");
            assert_eq!(type_of(&debug, true), None, "{debug}");
        }
        let errors: [(&(dyn Error + 'static), &str); 5] = [
            (&Failure::Refused, "Refused"),
            (&Failure::TimedOut(7), "TimedOut"),
            (&Failure::Broken { part: "x" }, "Broken"),
            (&number, "ParseIntError"),
            (&io, "std::io::Error"),
        ];
        for (error, name) in errors {
            assert_eq!(found(error), [(TYPE, name.to_owned())]);
        }
    }

    #[test]
    fn the_stack_trace_is_what_anyhow_shows_of_it() {
        let error =
            Shown("no invoice\n\nCaused by:\n    refused\n\nStack backtrace:\n   0: main\n   1: start\n");
        assert_eq!(found(&error), [(TRACE, "   0: main\n   1: start".to_owned())]);
    }

    #[test]
    fn details_that_the_record_has_itself_are_not_added() {
        let mut details = ErrorDetails::default();
        details.look_at("error", &Value::from_dyn_error(&Failure::Refused));
        details.look_at("error.type", &Value::from("timeout"));
        assert_eq!(details.pairs().count(), 0);
        let mut other = ErrorDetails::default();
        other.look_at("cause", &Value::from_dyn_error(&Failure::Refused));
        other.look_at("error", &Value::from("text"));
        assert_eq!(other.pairs().count(), 0);
    }
}
