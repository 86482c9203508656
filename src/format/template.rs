//! A text template, parsed once into its parts.
//!
//! `settings` parses it when a logger starts; `text` compiles the parts for one output. A template printed with
//! `Display` parses to an equal one. Nothing in a message is ever read as a template.

mod parse;

use super::fault::TemplateFault;
use super::style::Style;
use super::time::{ASCTIME, Pattern};
use std::fmt;

/// What a text line is made of.
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
    Time(Pattern),
    Level,
    Target,
    Module,
    File,
    Line,
    Thread,
    Pid,
    Name,
    Message,
    Extras,
    /// The value of one key, which `Extras` then leaves out.
    Key(String),
}

/// How a field is filled up to a width.
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
    /// Parses a template; each fault shows its place and what was probably meant.
    pub(crate) fn parse(text: &str) -> Result<Template, Vec<TemplateFault>> {
        let mut parts = parse::parts(text)?;
        let place = |wanted: &Field| {
            parts
                .iter()
                .position(|part| matches!(part, Part::Field(field, _) if field == wanted))
        };
        // Key-values that no field shows stand behind the message.
        if let (Some(message), None) = (place(&Field::Message), place(&Field::Extras)) {
            parts.insert(message + 1, Part::Field(Field::Extras, None));
        }
        Ok(Template { parts })
    }
}

impl Padding {
    /// How much of `fill` stands on the left; as Rust does it, the odd one is on the right.
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
            Field::Level => f.write_str("level"),
            Field::Target => f.write_str("target"),
            Field::Module => f.write_str("module"),
            Field::File => f.write_str("file"),
            Field::Line => f.write_str("line"),
            Field::Thread => f.write_str("thread"),
            Field::Pid => f.write_str("pid"),
            Field::Name => f.write_str("name"),
            Field::Message => f.write_str("message"),
            Field::Extras => f.write_str("extras"),
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
