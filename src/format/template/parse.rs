//! Reads the text of a template: fields in braces, tags in angle brackets, the rest as it stands.

use super::fields::{self, FIELDS, Source};
use super::{Align, Field, Padding, Part};
use crate::escape::{needs_escape, shown};
use crate::format::fault::FormatFault;
use crate::format::style::{Style, names};
use crate::format::time::{ASCTIME, Pattern};
use crate::nearest::nearest;

const WIDEST: usize = 256;

/// At most this many faults of one template are reported: each of them shows the whole template.
const MOST_FAULTS: usize = 8;

pub(super) fn parts(text: &str) -> Result<Vec<Part>, Vec<FormatFault>> {
    let parser = Parser {
        text,
        parts: Vec::new(),
        faults: Vec::new(),
    };
    parser.run()
}

struct Parser<'t> {
    text: &'t str,
    parts: Vec<Part>,
    faults: Vec<FormatFault>,
}

impl<'t> Parser<'t> {
    fn run(mut self) -> Result<Vec<Part>, Vec<FormatFault>> {
        self.faults.extend(self.unsafe_character());
        let mut at = 0;
        while let Some(next) = self.text[at..].find(['{', '}', '<']) {
            self.literal(&self.text[at..at + next]);
            at += next;
            let read = match self.text.as_bytes()[at] {
                b'{' => self.field(at),
                b'<' => self.tag(at),
                _ => self.closing_brace(at),
            };
            at = read.unwrap_or_else(|fault| {
                self.faults.push(fault);
                self.behind(at)
            });
        }
        self.literal(&self.text[at..]);
        if self.faults.is_empty() && !self.parts.iter().any(|part| matches!(part, Part::Field(..))) {
            let fault = self.fault(0, self.text.len(), no_field(self.text));
            self.faults.push(fault);
        }
        self.faults.truncate(MOST_FAULTS);
        if self.faults.is_empty() {
            Ok(self.parts)
        } else {
            Err(self.faults)
        }
    }

    /// Where parsing continues after the faulty part that begins at `at`.
    fn behind(&self, at: usize) -> usize {
        let inside = &self.text[at + 1..];
        let len = match self.text.as_bytes()[at] {
            b'{' => match inside.find(['{', '}']) {
                Some(end) => end + usize::from(inside[end..].starts_with('}')),
                None => inside.len(),
            },
            // A `>` by itself is plain text, so it may be skipped or not.
            b'<' => inside.find('>').unwrap_or(0),
            _ => 0,
        };
        at + 1 + len
    }

    /// A control or format character, which no line may contain, in the template.
    fn unsafe_character(&self) -> Option<FormatFault> {
        let (at, c) = self.text.char_indices().find(|&(_, c)| needs_escape(c))?;
        let what = format!(
            "U+{:04X} cannot stand in a template: a record is one line without control characters",
            u32::from(c)
        );
        Some(self.fault(at, c.len_utf8(), what))
    }

    fn literal(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Literal(before)) => before.push_str(text),
            _ => self.parts.push(Part::Literal(text.to_owned())),
        }
    }

    fn closing_brace(&mut self, at: usize) -> Result<usize, FormatFault> {
        if self.text[at..].starts_with("}}") {
            self.literal("}");
            return Ok(at + 2);
        }
        Err(self.fault(at, 1, "`}` closes nothing: write `}}` for a literal one"))
    }

    fn field(&mut self, at: usize) -> Result<usize, FormatFault> {
        let inside = &self.text[at + 1..];
        if inside.starts_with('{') {
            self.literal("{");
            return Ok(at + 2);
        }
        let end = match inside.find(['{', '}']) {
            Some(end) if inside[end..].starts_with('}') => end,
            open => {
                let len = open.unwrap_or(inside.len()) + 1;
                return Err(self.fault(at, len, "`{` is not closed: write `{{` for a literal one"));
            }
        };
        let part = self.field_of(at, &inside[..end])?;
        self.parts.push(part);
        Ok(at + end + 2)
    }

    /// Parses the field `inside` the braces that begin at `at`.
    fn field_of(&self, at: usize, inside: &str) -> Result<Part, FormatFault> {
        let whole = inside.len() + 2;
        let (name, spec) = match inside.split_once(':') {
            Some((name, spec)) => (name.trim(), Some(spec)),
            None => (inside.trim(), None),
        };
        let spec_at = at + whole - 1 - spec.map_or(0, str::len);
        let (field, spec, spec_at) = match (name, spec) {
            ("key", Some(spec)) => {
                let (key, rest) = spec
                    .split_once(':')
                    .map_or((spec, None), |(key, rest)| (key, Some(rest)));
                let field = self.key(at, whole, key.trim())?;
                (field, rest, spec_at + key.len() + 1)
            }
            ("time" | "asctime", Some(pattern)) if pattern.contains('%') => {
                return Ok(Part::Field(Field::Time(self.pattern(spec_at, pattern)?), None));
            }
            _ => (self.named(at, whole, name)?, spec, spec_at),
        };
        let padding = match spec {
            Some(spec) => self.padding(spec_at, spec, &field)?,
            None => None,
        };
        Ok(Part::Field(field, padding))
    }

    fn named(&self, at: usize, len: usize, name: &str) -> Result<Field, FormatFault> {
        let Some(spec) = fields::find(name) else {
            return Err(self.fault(at, len, unknown_field(name)));
        };
        Ok(match spec.source {
            Source::Time if name == spec.alias => Field::Time(self.pattern(at, ASCTIME)?),
            Source::Time => Field::Time(Pattern::rfc3339()),
            _ => Field::Simple(spec),
        })
    }

    fn key(&self, at: usize, len: usize, key: &str) -> Result<Field, FormatFault> {
        if key.is_empty() {
            return Err(self.fault(at, len, "`{key:}` names no key: write `{key:user}`"));
        }
        Ok(Field::Key(key.to_owned()))
    }

    fn pattern(&self, at: usize, pattern: &str) -> Result<Pattern, FormatFault> {
        Pattern::parse(pattern).map_err(|fault| fault.within(self.text, at))
    }

    /// Parses a padding as Rust writes it: fill and alignment, or `0`, then the width.
    fn padding(&self, at: usize, spec: &str, field: &Field) -> Result<Option<Padding>, FormatFault> {
        let is_number = matches!(field, Field::Simple(spec) if spec.is_number());
        let mut padding = Padding {
            fill: ' ',
            align: if is_number { Align::Right } else { Align::Left },
            width: 0,
        };
        let mut digits = spec;
        let mut chars = spec.chars();
        let (first, second) = (chars.next(), chars.next());
        if let (Some(fill), Some(align)) = (first, second.and_then(align_of)) {
            (padding.fill, padding.align) = (fill, align);
            digits = chars.as_str();
        } else if let Some(align) = first.and_then(align_of) {
            padding.align = align;
            digits = &spec[1..];
        } else if spec.starts_with('0') && is_number {
            padding.fill = '0';
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let what = format!(
                "`{}` is no width: write an alignment (`<`, `^` or `>`) and a number, as in `{{level:<5}}`",
                shown(spec)
            );
            return Err(self.fault(at, spec.len(), what));
        }
        padding.width = match digits {
            "" => 0,
            // A number too large for `usize` is too wide in any case.
            digits => digits.parse().unwrap_or(usize::MAX),
        };
        if padding.width > WIDEST {
            let what = format!("a field is at most {WIDEST} characters wide");
            return Err(self.fault(at, spec.len(), what));
        }
        Ok((padding.width > 0).then_some(padding))
    }

    fn tag(&mut self, at: usize) -> Result<usize, FormatFault> {
        let inside = &self.text[at + 1..];
        if inside.starts_with('<') {
            self.literal("<");
            return Ok(at + 2);
        }
        let Some(end) = inside.find('>') else {
            return Err(self.fault(at, 1, "`<` is not closed: write `<<` for a literal one"));
        };
        let name = inside[..end].trim().to_ascii_lowercase();
        let parts = tag_parts(&name).map_err(|what| self.fault(at, end + 2, what))?;
        self.parts.extend(parts);
        Ok(at + end + 2)
    }

    fn fault(&self, at: usize, len: usize, what: impl Into<String>) -> FormatFault {
        FormatFault::in_text(self.text, at, len, what)
    }
}

fn align_of(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '^' => Some(Align::Center),
        '>' => Some(Align::Right),
        _ => None,
    }
}

fn no_field(template: &str) -> &'static str {
    match template.trim().to_ascii_lowercase().as_str() {
        "json" => "a template needs a field, such as `{message}`; for JSON lines use `Format::Json`",
        "logfmt" => "a template needs a field, such as `{message}`; for logfmt use `Format::Logfmt`",
        "text" => "a template needs a field, such as `{message}`; for the default use `Format::default()`",
        _ => "a template needs a field, such as `{message}`",
    }
}

fn unknown_field(name: &str) -> String {
    let meant = fields::meant(name).or_else(|| nearest(name, fields::names()));
    match meant {
        _ if name == "key" => "`{key}` names no key: write `{key:user}`".to_owned(),
        _ if name.is_empty() => "`{}` names no field: write `{{` and `}}` for literal ones".to_owned(),
        Some(meant) => format!("unknown field `{}`: did you mean `{meant}`?", shown(name)),
        None => format!(
            "unknown field `{}`: there are {}; a key-value is `{{key:NAME}}`",
            shown(name),
            FIELDS.each_ref().map(|spec| spec.name).join(", ")
        ),
    }
}

/// The parts that the tag `name`, in lower case, stands for.
fn tag_parts(name: &str) -> Result<Vec<Part>, String> {
    if let Some(closed) = name.strip_prefix('/') {
        // `</>` and `</red>` both end all styles, but `red` must be the name of a style.
        return match closed.trim() {
            "" => Ok(vec![Part::Reset]),
            closed => tag_parts(closed).map(|_| vec![Part::Reset]),
        };
    }
    if name == "reset" {
        return Ok(vec![Part::Reset]);
    }
    let (level, styles): (Vec<&str>, Vec<&str>) = name
        .split('+')
        .map(str::trim)
        .partition(|name| *name == "level_color");
    let mut parts = Vec::new();
    if !level.is_empty() {
        parts.push(Part::LevelStyle);
    }
    if !styles.is_empty() {
        let style = Style::parse_with(&styles.join("+"), unknown_style).map_err(|fault| fault.what)?;
        parts.push(Part::Style(style));
    }
    Ok(parts)
}

fn unknown_style(name: &str) -> String {
    match nearest(name, names().chain(["level_color", "reset"])) {
        Some(near) => format!("unknown style `{}`: did you mean `{near}`?", shown(name)),
        None => format!("unknown style `{}`: write `<<` for a literal `<`", shown(name)),
    }
}
