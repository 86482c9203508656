//! A text template, parsed once into its parts.
//!
//! `settings` parses it when a logger starts; `text` compiles the parts for one output. A template printed with
//! `Display` parses to an equal one. A message is never parsed as a template.

mod fields;
mod parse;

pub(super) use fields::{FieldSpec, Source};

use super::fault::FormatFault;
use super::style::Style;
use super::time::{ASCTIME, Pattern};
use std::fmt;

/// The parts of a text line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(super) parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Literal(String),
    Field(Field, Option<Padding>),
    Style(Style),
    /// The style of the record's level.
    LevelStyle,
    /// Ends all styles.
    Reset,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// A time with a pattern.
    Time(Pattern),
    /// The value of one key-value, which `{extras}` then leaves out.
    Key(String),
    /// A field that takes no argument.
    Simple(&'static FieldSpec),
}

/// How a field is padded to a width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Padding {
    pub(super) fill: char,
    pub(super) align: Align,
    /// In characters.
    pub(super) width: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

impl Template {
    /// Parses a template. Each fault shows where it is and, if possible, what was probably meant.
    pub(crate) fn parse(text: &str) -> Result<Template, Vec<FormatFault>> {
        let mut parts = parse::parts(text)?;
        let (message, extras) = (place(&parts, "message"), place(&parts, "extras"));
        // Key-values that no field shows follow the message.
        if let (Some(message), None, Some(extras)) = (message, extras, fields::find("extras")) {
            parts.insert(message + 1, Part::Field(Field::Simple(extras), None));
        }
        Ok(Template { parts })
    }
}

/// Where the field `name` stands among the parts.
fn place(parts: &[Part], name: &str) -> Option<usize> {
    let is_it = |part: &Part| matches!(part, Part::Field(Field::Simple(spec), _) if spec.name == name);
    parts.iter().position(is_it)
}

impl Padding {
    /// How many of `fill` characters go to the left. As in Rust, centred text has the odd one on the right.
    pub(super) fn left(&self, fill: usize) -> usize {
        match self.align {
            Align::Left => 0,
            Align::Center => fill / 2,
            Align::Right => fill,
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| write!(f, "{part}"))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Literal(text) => {
                let text = text.replace('{', "{{").replace('}', "}}").replace('<', "<<");
                f.write_str(&text)
            }
            Part::Field(field, None) => write!(f, "{{{field}}}"),
            Part::Field(field, Some(padding)) => write!(f, "{{{field}:{padding}}}"),
            Part::Style(style) => write!(f, "<{style}>"),
            Part::LevelStyle => f.write_str("<level_color>"),
            Part::Reset => f.write_str("<reset>"),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Time(pattern) if *pattern == Pattern::rfc3339() => f.write_str("time"),
            Field::Time(pattern) if pattern.as_str() == ASCTIME => f.write_str("asctime"),
            Field::Time(pattern) => write!(f, "time:{}", pattern.as_str()),
            Field::Simple(spec) => f.write_str(spec.name),
            Field::Key(name) => write!(f, "key:{name}"),
        }
    }
}

impl fmt::Display for Padding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let align = match self.align {
            Align::Left => '<',
            Align::Center => '^',
            Align::Right => '>',
        };
        write!(f, "{}{align}{}", self.fill, self.width)
    }
}

#[cfg(test)]
mod tests;
