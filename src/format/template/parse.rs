//! Reads the text of a template: fields in braces, tags in angle brackets, the rest as it stands.

use super::{Align, Field, Padding, Part};
use crate::escape::{is_on_table, shown};
use crate::format::fault::TemplateFault;
use crate::format::style::{Style, StyleFault, names};
use crate::format::time::{ASCTIME, Pattern};
use crate::nearest::nearest;

const WIDEST: usize = 256;

const FIELDS: [&str; 18] = [
    "time",
    "level",
    "target",
    "module",
    "file",
    "line",
    "thread",
    "pid",
    "name",
    "message",
    "extras",
    "key",
    // As Python's logging calls them.
    "asctime",
    "levelname",
    "funcName",
    "filename",
    "lineno",
    "process",
];

/// Names of other loggers, and of people in a hurry.
const MEANT: [(&str, &str); 14] = [
    ("msg", "message"),
    ("m", "message"),
    ("args", "message"),
    ("ts", "time"),
    ("timestamp", "time"),
    ("date", "time"),
    ("datetime", "time"),
    ("severity", "level"),
    ("logger", "target"),
    ("module_path", "module"),
    ("threadName", "thread"),
    ("tid", "thread"),
    ("kv", "extras"),
    ("fields", "extras"),
];

/// More faults of one template help nobody, and each shows the whole template.
const MOST_FAULTS: usize = 8;

pub(super) fn parts(text: &str) -> Result<Vec<Part>, Vec<TemplateFault>> {
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
    faults: Vec<TemplateFault>,
}

impl<'t> Parser<'t> {
    fn run(mut self) -> Result<Vec<Part>, Vec<TemplateFault>> {
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

    /// Where reading goes on behind the faulty part that begins at `at`.
    fn behind(&self, at: usize) -> usize {
        let inside = &self.text[at + 1..];
        let len = match self.text.as_bytes()[at] {
            b'{' => match inside.find(['{', '}']) {
                Some(end) => end + usize::from(inside[end..].starts_with('}')),
                None => inside.len(),
            },
            // A `>` by itself is text, whether it is read or not.
            b'<' => inside.find('>').unwrap_or(0),
            _ => 0,
        };
        at + 1 + len
    }

    /// A record is one line, and a template is a part of it.
    fn unsafe_character(&self) -> Option<TemplateFault> {
        let (at, c) = self.text.char_indices().find(|&(_, c)| is_on_table(c))?;
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

    fn closing_brace(&mut self, at: usize) -> Result<usize, TemplateFault> {
        if self.text[at..].starts_with("}}") {
            self.literal("}");
            return Ok(at + 2);
        }
        Err(self.fault(at, 1, "`}` closes nothing: write `}}` for a literal one"))
    }

    fn field(&mut self, at: usize) -> Result<usize, TemplateFault> {
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

    /// The field `inside` the braces that begin at `at`.
    fn field_of(&self, at: usize, inside: &str) -> Result<Part, TemplateFault> {
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

    fn named(&self, at: usize, len: usize, name: &str) -> Result<Field, TemplateFault> {
        Ok(match name {
            "time" => Field::Time(Pattern::rfc3339()),
            "asctime" => Field::Time(self.pattern(at, ASCTIME)?),
            "level" | "levelname" => Field::Level,
            "target" => Field::Target,
            "module" => Field::Module,
            "file" | "filename" => Field::File,
            "line" | "lineno" => Field::Line,
            "thread" | "funcName" => Field::Thread,
            "pid" | "process" => Field::Pid,
            "name" => Field::Name,
            "message" => Field::Message,
            "extras" => Field::Extras,
            _ => return Err(self.fault(at, len, unknown_field(name))),
        })
    }

    fn key(&self, at: usize, len: usize, key: &str) -> Result<Field, TemplateFault> {
        if key.is_empty() {
            return Err(self.fault(at, len, "`{key:}` names no key: write `{key:user}`"));
        }
        Ok(Field::Key(key.to_owned()))
    }

    fn pattern(&self, at: usize, pattern: &str) -> Result<Pattern, TemplateFault> {
        Pattern::parse(pattern).map_err(|fault| self.fault(at + fault.at, fault.len, fault.what))
    }

    /// As in Rust: fill and alignment, or `0`, then the width.
    fn padding(&self, at: usize, spec: &str, field: &Field) -> Result<Option<Padding>, TemplateFault> {
        let is_number = matches!(field, Field::Line | Field::Pid);
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
            // More digits than fit are too wide in any case.
            digits => digits.parse().unwrap_or(usize::MAX),
        };
        if padding.width > WIDEST {
            let what = format!("a field is at most {WIDEST} characters wide");
            return Err(self.fault(at, spec.len(), what));
        }
        Ok((padding.width > 0).then_some(padding))
    }

    fn tag(&mut self, at: usize) -> Result<usize, TemplateFault> {
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

    fn fault(&self, at: usize, len: usize, what: impl Into<String>) -> TemplateFault {
        TemplateFault::new(self.text, at, len, what)
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
    let meant = MEANT
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(name))
        .map(|&(_, meant)| meant)
        .or_else(|| nearest(name, FIELDS));
    match meant {
        _ if name == "key" => "`{key}` names no key: write `{key:user}`".to_owned(),
        _ if name.is_empty() => "`{}` names no field: write `{{` and `}}` for literal ones".to_owned(),
        Some(meant) => format!("unknown field `{}`: did you mean `{meant}`?", shown(name)),
        None => format!(
            "unknown field `{}`: there are {}; a key-value is `{{key:NAME}}`",
            shown(name),
            FIELDS[..11].join(", ")
        ),
    }
}

/// What the tag `name` stands for, in lower case.
fn tag_parts(name: &str) -> Result<Vec<Part>, String> {
    if let Some(closed) = name.strip_prefix('/') {
        // `</>` ends all styles, and so does `</red>`; what is closed must be a style all the same.
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
        parts.push(Part::Style(Style::parse(&styles.join("+")).map_err(tag_fault)?));
    }
    Ok(parts)
}

fn tag_fault(fault: StyleFault) -> String {
    match fault {
        StyleFault::Unknown(name, _) => match nearest(&name, names().chain(["level_color", "reset"])) {
            Some(near) => format!("unknown style `{}`: did you mean `{near}`?", shown(&name)),
            None => format!("unknown style `{}`: write `<<` for a literal `<`", shown(&name)),
        },
        fault => fault.to_string(),
    }
}
