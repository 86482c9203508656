//! Turns a record into the bytes of its line.
//!
//! `settings` parses a [`Layout`] when a logger starts. `worker` renders each record once for each output, with one
//! [`Renderer`] per output. Rendering cannot fail: every record becomes exactly one line, within its limit, with one
//! line feed at its end, and without characters that a terminal or a line reader interprets. One setting makes an
//! exception on consoles: `Newlines::Indent` shows line breaks, and each further line then begins with a mark.

mod callsite;
mod extras;
mod fault;
mod json;
mod line;
mod logfmt;
mod machine;
mod number;
mod priority;
mod schema;
mod style;
mod template;
mod text;
mod time;

pub(crate) use fault::FormatFault;
pub(crate) use style::Style;
pub(crate) use template::Template;

use crate::clock::{Wall, Zone};
use crate::config::{BigIntegers, Format, Newlines, Schema};
use crate::record::View;
use json::Json;
use line::Line;
use logfmt::Logfmt;
use machine::MachineLayout;
use text::TextLayout;
use time::{Pattern, TimeFormatter};

/// The parsed form of the setting that defines how a line looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    Text(Template),
    Json,
    Logfmt,
}

impl Layout {
    /// Parses the user's setting. An error holds at least one fault.
    pub(crate) fn parse(format: &Format) -> Result<Layout, Vec<FormatFault>> {
        match format {
            Format::Text(template) => Template::parse(template).map(Layout::Text),
            Format::Json => Ok(Layout::Json),
            Format::Logfmt => Ok(Layout::Logfmt),
        }
    }
}

/// The limits of a line and its parts, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineLimits {
    /// Limit of the message, before escaping.
    pub(crate) message: usize,
    /// Limit of a key, as it is written.
    pub(crate) key: usize,
    /// Limit of a value, before escaping.
    pub(crate) value: usize,
    /// Limit of the whole line including its line feed; at least [`SMALLEST_RECORD`].
    pub(crate) record: usize,
}

impl LineLimits {
    /// These limits, for lines of at most `record` bytes.
    pub(crate) fn within(self, record: usize) -> LineLimits {
        let record = self.record.min(record);
        LineLimits {
            message: self.message.min(record),
            value: self.value.min(record),
            record,
            ..self
        }
    }
}

/// The smallest limit of a line: it leaves room for the parts that every line has.
pub(crate) const SMALLEST_RECORD: usize = 1024;

/// Settings shared by all lines of one output, apart from the layout.
#[derive(Debug, Clone)]
pub(crate) struct LineSettings {
    /// The logger's name.
    pub(crate) name: String,
    pub(crate) limits: LineLimits,
    pub(crate) newlines: Newlines,
    pub(crate) color: bool,
    /// `Error` first.
    pub(crate) level_styles: [Style; 5],
    /// Keys and values of the static fields, which every line has.
    pub(crate) fields: Vec<(String, String)>,
    /// Whether lines for machines have the fields module, file, line, thread, pid and name.
    pub(crate) source: bool,
    /// Field names of JSON lines.
    pub(crate) schema: Schema,
    /// How JSON lines show integers beyond 63 bits; `None` as the schema needs it.
    pub(crate) big_integers: Option<BigIntegers>,
    /// Field names of logfmt lines.
    pub(crate) logfmt_schema: Schema,
    /// The host name, for schemas that have a field for it.
    pub(crate) host: String,
    /// Time zone of timestamps.
    pub(crate) zone: Zone,
    /// Whether each line begins with its priority, for the journal.
    pub(crate) priority_prefix: bool,
}

impl LineSettings {
    /// The defaults, without colour.
    pub(crate) fn new(name: String, limits: LineLimits) -> LineSettings {
        LineSettings {
            name,
            limits,
            newlines: Newlines::Escape,
            color: false,
            level_styles: Style::level_defaults(),
            fields: Vec::new(),
            source: false,
            schema: Schema::Native,
            big_integers: None,
            logfmt_schema: Schema::Usual,
            host: String::new(),
            zone: Zone::Utc,
            priority_prefix: false,
        }
    }
}

/// What happened to a record when its line was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct LineFlags {
    /// Something was cut or left out.
    pub(crate) truncated: bool,
    /// A character was escaped because it must not appear in a line.
    pub(crate) escaped: bool,
}

/// Hits and misses of the cache of key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CacheFigures {
    pub(crate) size: u64,
    pub(crate) hits: u64,
    pub(crate) misses: u64,
}

/// Writes the lines of one output.
#[derive(Debug)]
pub(crate) struct Renderer {
    body: Body,
    /// Without the priority.
    record_limit: usize,
    priority_prefix: bool,
}

#[derive(Debug)]
enum Body {
    Text(Box<TextLayout>),
    Json(Box<MachineLayout<Json>>),
    Logfmt(Box<MachineLayout<Logfmt>>),
}

impl Renderer {
    pub(crate) fn new(layout: &Layout, mut settings: LineSettings) -> Renderer {
        settings.limits.record = settings.limits.record.max(SMALLEST_RECORD);
        let body = match layout {
            Layout::Text(template) => {
                let template = on_this_output(template, &settings);
                Body::Text(Box::new(TextLayout::new(&template, &settings)))
            }
            Layout::Json => {
                let names = schema::names(settings.schema);
                Body::Json(Box::new(MachineLayout::new(names, &settings)))
            }
            Layout::Logfmt => {
                let names = schema::flat_names(settings.logfmt_schema);
                Body::Logfmt(Box::new(MachineLayout::new(&names, &settings)))
            }
        };
        let prefix = if settings.priority_prefix {
            priority::PREFIX_LEN
        } else {
            0
        };
        Renderer {
            body,
            record_limit: settings.limits.record - prefix,
            priority_prefix: settings.priority_prefix,
        }
    }

    /// Appends the line of `view`, a record logged at `at`. The only line feed is the last byte, unless a console shows
    /// line breaks (`Newlines::Indent`).
    ///
    /// Not inlined: in the worker's loop it takes the registers of the loop, which costs 70 instructions a record.
    #[inline(never)]
    pub(crate) fn render(&mut self, view: &View<'_>, at: Wall, out: &mut Vec<u8>) -> LineFlags {
        if self.priority_prefix {
            out.extend_from_slice(&priority::prefix(view.level));
        }
        let mut line = Line::begin(out, self.record_limit);
        match &mut self.body {
            Body::Text(layout) => layout.render(view, at, &mut line),
            Body::Json(layout) => layout.render(view, at, &mut line),
            Body::Logfmt(layout) => layout.render(view, at, &mut line),
        }
        line.finish()
    }

    /// Number of static fields that appear in no line because all of them together are too long.
    pub(crate) fn fields_left_out(&self) -> usize {
        match &self.body {
            Body::Text(layout) => layout.fields_left_out(),
            Body::Json(layout) => layout.fields_left_out(),
            Body::Logfmt(layout) => layout.fields_left_out(),
        }
    }

    /// Figures of the cache of key names.
    pub(crate) fn extras_cache(&self) -> CacheFigures {
        match &self.body {
            Body::Text(layout) => layout.figures(),
            Body::Json(layout) => layout.figures(),
            Body::Logfmt(layout) => layout.figures(),
        }
    }
}

/// The default template on a terminal: the parts that are alike in most lines are dimmed, so that messages stand out.
const DEFAULT_IN_COLOR: &str =
    "<dim>{time}<reset> <level_color>{level:<5}<reset> <dim>{target}:<reset> {message}{extras}";

/// Returns the template to use on this output. The default template is styled where colour is on; a user's template
/// has its own styles.
fn on_this_output(template: &Template, settings: &LineSettings) -> Template {
    let is_default = Layout::parse(&Format::default()).is_ok_and(|default| match default {
        Layout::Text(default) => default == *template,
        _ => false,
    });
    if is_default && settings.color {
        // OK because a test renders lines with it.
        return Template::parse(DEFAULT_IN_COLOR).expect("the default template is sound");
    }
    template.clone()
}

/// `2025-01-02T03:04:05.123456Z`, for the logger's own lines.
pub(crate) fn rfc3339(at: Wall) -> String {
    String::from_utf8_lossy(TimeFormatter::new(Pattern::rfc3339(), &Zone::Utc).text(at)).into_owned()
}

#[cfg(test)]
mod tests;
