//! The fields of a template, one row each. `parse` reads their names here, `text` how each is rendered.

use crate::format::LineSettings;
use crate::format::priority::priority;
use crate::record::View;

/// A field that can stand in braces. (`{key:NAME}` is not in the table: it takes an argument.)
#[derive(Debug)]
pub(in crate::format) struct FieldSpec {
    pub(in crate::format) name: &'static str,
    /// Another accepted name: that of Python's `logging`.
    pub(super) alias: &'static str,
    /// Names that are refused with the hint to write `name`: those of other loggers.
    pub(super) meant_by: &'static [&'static str],
    pub(in crate::format) source: Source,
}

/// Where the text of a field comes from.
#[derive(Debug, Clone, Copy)]
pub(in crate::format) enum Source {
    /// The time of the record.
    Time,
    /// The level of the record.
    Level,
    Message,
    /// The key-values that no other field shows.
    Extras,
    /// A text that depends only on the call site, the level and the thread; `-` where there is none.
    SiteText(for<'a> fn(&View<'a>) -> Option<&'a str>),
    /// A number that depends only on the call site and the level; `-` where there is none.
    SiteNumber(fn(&View<'_>) -> Option<u32>),
    /// A text that is the same in all lines of an output.
    Text(fn(&LineSettings) -> String),
    /// A number that is the same in all lines of an output.
    Number(fn(&LineSettings) -> u32),
}

/// All fields, in the order in which an error lists them.
pub(in crate::format) static FIELDS: [FieldSpec; 12] = [
    FieldSpec {
        name: "time",
        alias: "asctime",
        meant_by: &["ts", "timestamp", "date", "datetime"],
        source: Source::Time,
    },
    FieldSpec {
        name: "level",
        alias: "levelname",
        meant_by: &["severity"],
        source: Source::Level,
    },
    FieldSpec {
        name: "priority",
        alias: "",
        meant_by: &["prio", "pri", "syslog_priority"],
        source: Source::SiteNumber(|view| Some(priority(view.level))),
    },
    FieldSpec {
        name: "target",
        alias: "",
        meant_by: &["logger"],
        source: Source::SiteText(|view| Some(view.target())),
    },
    FieldSpec {
        name: "module",
        alias: "",
        meant_by: &["module_path"],
        source: Source::SiteText(|view| view.module()),
    },
    FieldSpec {
        name: "file",
        alias: "filename",
        meant_by: &[],
        source: Source::SiteText(|view| view.file()),
    },
    FieldSpec {
        name: "line",
        alias: "lineno",
        meant_by: &[],
        source: Source::SiteNumber(|view| view.line()),
    },
    FieldSpec {
        name: "thread",
        alias: "funcName",
        meant_by: &["threadName", "tid"],
        source: Source::SiteText(|view| Some(view.thread())),
    },
    FieldSpec {
        name: "pid",
        alias: "process",
        meant_by: &[],
        source: Source::Number(|_| std::process::id()),
    },
    FieldSpec {
        name: "name",
        alias: "",
        meant_by: &[],
        source: Source::Text(|settings| settings.name.clone()),
    },
    FieldSpec {
        name: "message",
        alias: "",
        meant_by: &["msg", "m", "args"],
        source: Source::Message,
    },
    FieldSpec {
        name: "extras",
        alias: "",
        meant_by: &["kv", "fields"],
        source: Source::Extras,
    },
];

/// The field that `name` selects.
pub(super) fn find(name: &str) -> Option<&'static FieldSpec> {
    FIELDS
        .iter()
        .find(|spec| spec.name == name || (!name.is_empty() && spec.alias == name))
}

/// The field that a user of another logger means by `name`.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let means = |spec: &&FieldSpec| spec.meant_by.iter().any(|word| word.eq_ignore_ascii_case(name));
    FIELDS.iter().find(means).map(|spec| spec.name)
}

/// All names that can be written, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let names = FIELDS.iter().map(|spec| spec.name).chain(["key"]);
    names.chain(
        FIELDS
            .iter()
            .map(|spec| spec.alias)
            .filter(|alias| !alias.is_empty()),
    )
}

impl FieldSpec {
    /// Whether it is a number, which is right-aligned by default and may be filled with zeros.
    pub(super) fn is_number(&self) -> bool {
        matches!(self.source, Source::Number(_) | Source::SiteNumber(_))
    }
}

/// No two fields have the same name.
impl PartialEq for FieldSpec {
    fn eq(&self, other: &FieldSpec) -> bool {
        self.name == other.name
    }
}

impl Eq for FieldSpec {}
