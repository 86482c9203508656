//! Named styles, parsed once into the bytes that a terminal interprets.
//!
//! `template` parses tags with it, and `settings` the level colours. A style never comes from a message, so these
//! bytes are the only escape sequences in a line.

use super::fault::FormatFault;
use crate::escape::shown;
use crate::nearest::nearest;
use log::Level;
use std::fmt;
use std::str::FromStr;
use termcolor::{Ansi, Color, ColorSpec, WriteColor};

/// Ends every style.
pub(crate) const RESET: &[u8] = b"\x1b[0m";

/// A style such as `blue+bold`, ready to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    name: String,
    sgr: Vec<u8>,
}

impl Style {
    /// Parses names joined by `+`, in any case, with optional spaces around them.
    pub(crate) fn parse(text: &str) -> Result<Style, FormatFault> {
        Style::parse_with(text, unknown_style)
    }

    /// As [`parse`](Style::parse); `unknown` describes a name that no style has.
    pub(super) fn parse_with(text: &str, unknown: fn(&str) -> String) -> Result<Style, FormatFault> {
        let mut names = Vec::new();
        let mut wanted = Wanted::default();
        for part in text.split('+') {
            let name = part.trim().to_ascii_lowercase();
            wanted.add(&name).map_err(|fault| match fault {
                Refused::Unknown => FormatFault::new(unknown(&name)),
                Refused::TwoColors => {
                    FormatFault::new(format!("`{name}` is a second color: a style has at most one"))
                }
            })?;
            names.push(name);
        }
        Ok(Style {
            name: names.join("+"),
            sgr: wanted.sgr(),
        })
    }

    /// The bytes that turn the style on.
    pub(crate) fn sgr(&self) -> &[u8] {
        &self.sgr
    }

    /// The default level styles, in the order of `Level`, `Error` first.
    ///
    /// Warn and debug use the fixed 256-colour palette: the terminal's own bold yellow has a contrast of 1.1 on
    /// xterm's white (this one 3.3), its blue 2.2 on black (this one 5.6), by the formula of WCAG 2.1.
    pub(crate) fn level_defaults() -> [Style; 5] {
        Level::iter()
            .map(|level| match level {
                Level::Error => "red+bold",
                Level::Warn => "muted_yellow+bold",
                Level::Info => "green",
                Level::Debug => "muted_blue",
                Level::Trace => "cyan",
            })
            // OK because a test parses these five names.
            .map(|name| Style::parse(name).expect("the names of the default styles are known"))
            .collect::<Vec<_>>()
            .try_into()
            // OK because `Level` has five values.
            .expect("one style for each level")
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl FromStr for Style {
    type Err = FormatFault;

    fn from_str(text: &str) -> Result<Style, FormatFault> {
        Style::parse(text)
    }
}

fn unknown_style(name: &str) -> String {
    match nearest(name, names()) {
        Some(near) => format!("unknown style `{}`: did you mean `{near}`?", shown(name)),
        None => format!(
            "unknown style `{}`: use names such as `red`, `muted_blue` or `bold`, joined by `+`",
            shown(name)
        ),
    }
}

/// Why a name cannot be added to a style.
enum Refused {
    Unknown,
    /// The style already has a colour.
    TwoColors,
}

/// The names that set a colour, with termcolor's name for it.
const COLORS: &[(&str, Color, Intensity)] = &[
    ("black", Color::Black, Intensity::Normal),
    ("red", Color::Red, Intensity::Normal),
    ("green", Color::Green, Intensity::Normal),
    ("yellow", Color::Yellow, Intensity::Normal),
    ("blue", Color::Blue, Intensity::Normal),
    ("magenta", Color::Magenta, Intensity::Normal),
    ("cyan", Color::Cyan, Intensity::Normal),
    ("white", Color::White, Intensity::Normal),
    ("gray", Color::Black, Intensity::Bright),
    ("bright_red", Color::Red, Intensity::Bright),
    ("bright_green", Color::Green, Intensity::Bright),
    ("bright_yellow", Color::Yellow, Intensity::Bright),
    ("bright_blue", Color::Blue, Intensity::Bright),
    ("bright_magenta", Color::Magenta, Intensity::Bright),
    ("bright_cyan", Color::Cyan, Intensity::Bright),
    ("bright_white", Color::White, Intensity::Bright),
    ("dark_red", Color::Ansi256(88), Intensity::Normal),
    ("dark_green", Color::Ansi256(22), Intensity::Normal),
    ("dark_yellow", Color::Ansi256(58), Intensity::Normal),
    ("dark_blue", Color::Ansi256(18), Intensity::Normal),
    ("dark_magenta", Color::Ansi256(90), Intensity::Normal),
    ("dark_cyan", Color::Ansi256(23), Intensity::Normal),
    ("dark_gray", Color::Ansi256(240), Intensity::Normal),
    ("muted_red", Color::Ansi256(131), Intensity::Normal),
    ("muted_green", Color::Ansi256(108), Intensity::Normal),
    ("muted_yellow", Color::Ansi256(136), Intensity::Normal),
    ("muted_blue", Color::Ansi256(67), Intensity::Normal),
    ("muted_magenta", Color::Ansi256(132), Intensity::Normal),
    ("muted_cyan", Color::Ansi256(73), Intensity::Normal),
];

/// The names that set an effect.
const EFFECTS: &[&str] = &[
    "bold",
    "dim",
    "italic",
    "underline",
    "blink",
    "reverse",
    "hidden",
    "strike",
    "reset",
];

#[derive(Clone, Copy, PartialEq)]
enum Intensity {
    Normal,
    Bright,
}

/// All style names, for tables and suggestions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    COLORS
        .iter()
        .map(|&(name, ..)| name)
        .chain(EFFECTS.iter().copied())
}

/// The attributes of a style: those that termcolor can write, and those that it cannot.
#[derive(Default)]
struct Wanted {
    spec: ColorSpec,
    reset: bool,
    blink: bool,
    reverse: bool,
    hidden: bool,
}

impl Wanted {
    fn add(&mut self, name: &str) -> Result<(), Refused> {
        match name {
            "bold" => drop(self.spec.set_bold(true)),
            "dim" => drop(self.spec.set_dimmed(true)),
            "italic" => drop(self.spec.set_italic(true)),
            "underline" => drop(self.spec.set_underline(true)),
            "strike" => drop(self.spec.set_strikethrough(true)),
            "blink" => self.blink = true,
            "reverse" => self.reverse = true,
            "hidden" => self.hidden = true,
            "reset" => self.reset = true,
            _ => return self.add_color(name),
        }
        Ok(())
    }

    fn add_color(&mut self, name: &str) -> Result<(), Refused> {
        let Some(&(_, color, intensity)) = COLORS.iter().find(|(known, ..)| *known == name) else {
            return Err(Refused::Unknown);
        };
        if self.spec.fg().is_some() {
            return Err(Refused::TwoColors);
        }
        self.spec
            .set_fg(Some(color))
            .set_intense(intensity == Intensity::Bright);
        Ok(())
    }

    fn sgr(mut self) -> Vec<u8> {
        // Styles accumulate until a reset, so termcolor must not start with one.
        self.spec.set_reset(self.reset);
        let mut ansi = Ansi::new(Vec::new());
        ansi.set_color(&self.spec)
            // OK because writing to a `Vec` does not fail.
            .expect("a Vec takes every byte");
        let mut sgr = ansi.into_inner();
        let plain: [(bool, &[u8]); 3] = [
            (self.blink, b"\x1b[5m"),
            (self.reverse, b"\x1b[7m"),
            (self.hidden, b"\x1b[8m"),
        ];
        plain
            .iter()
            .filter(|(on, _)| *on)
            .for_each(|(_, code)| sgr.extend_from_slice(code));
        sgr
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sgr(text: &str) -> String {
        String::from_utf8(Style::parse(text).unwrap().sgr().to_vec()).unwrap()
    }

    #[test]
    fn every_name_of_the_table_is_a_style() {
        let table = "black red green yellow blue magenta cyan white gray \
            bright_red bright_green bright_yellow bright_blue bright_magenta bright_cyan bright_white \
            dark_red dark_green dark_yellow dark_blue dark_magenta dark_cyan dark_gray \
            muted_red muted_green muted_yellow muted_blue muted_magenta muted_cyan \
            bold dim italic underline blink reverse hidden strike reset";
        for name in table.split_whitespace() {
            let bytes = sgr(name);
            assert!(bytes.starts_with("\x1b[") && bytes.ends_with('m'), "{name}");
        }
        assert_eq!(names().count(), table.split_whitespace().count());
    }

    #[test]
    fn the_indexed_colours_have_the_indices_of_the_table() {
        for (name, index) in [
            ("dark_red", 88),
            ("dark_gray", 240),
            ("muted_yellow", 136),
            ("muted_cyan", 73),
        ] {
            assert_eq!(sgr(name), format!("\x1b[38;5;{index}m"));
        }
    }

    #[test]
    fn names_combine_in_any_case_with_blanks_around_them() {
        assert_eq!(sgr(" Blue + BOLD "), "\x1b[1m\x1b[34m");
        assert_eq!(sgr("red+reverse+blink+hidden"), "\x1b[31m\x1b[5m\x1b[7m\x1b[8m");
        assert_eq!(sgr("reset+red"), "\x1b[0m\x1b[31m");
        assert_eq!(Style::parse(" Blue + BOLD ").unwrap().to_string(), "blue+bold");
    }

    #[test]
    fn a_style_does_not_end_the_one_before_it() {
        assert!(
            names()
                .filter(|name| *name != "reset")
                .all(|name| !sgr(name).contains("[0m"))
        );
    }

    #[test]
    fn an_unknown_name_is_reported_with_the_nearest_one() {
        let fault = |text: &str| Style::parse(text).unwrap_err().to_string();
        assert_eq!(fault("blu"), "unknown style `blu`: did you mean `blue`?");
        assert_eq!(fault("red+blodd"), "unknown style `blodd`: did you mean `bold`?");
        assert_eq!(
            fault("red+blue"),
            "`blue` is a second color: a style has at most one"
        );
        assert!(fault("").starts_with("unknown style ``: use names"));
        assert!(fault("\x1b[31m").starts_with("unknown style `\\u{1b}[31m`"));
    }

    #[test]
    fn the_level_defaults_are_those_of_the_documentation() {
        let names = Style::level_defaults().map(|style| style.to_string());
        assert_eq!(
            names,
            ["red+bold", "muted_yellow+bold", "green", "muted_blue", "cyan"]
        );
    }
}
