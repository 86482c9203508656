//! Lines for machines: the same fields in the same order in every syntax.
//!
//! A line has the time, level, target and message, then the source fields if they are on, the static fields, and the
//! key-values with unique keys. `schema` defines the names of the fields, `json` and `logfmt` how keys and texts are
//! written.

mod parts;
mod source;
mod timestamp;
mod values;

use super::callsite::CallsiteCache;
use super::extras::{KeyDelimiters, Keys, Renamed, Unique, ValueForm};
use super::line::{CutText, Line};
use super::number::{IntegerRange, non_finite};
use super::schema::{ID_KEYS, Ids, Names};
use super::{CacheFigures, LineLimits, LineSettings};
use crate::clock::Wall;
use crate::record::{Extra, View};
use log::Level;
use parts::Fields;
use source::{SOURCE_TEXT, SourceKeys};
use std::marker::PhantomData;
use timestamp::Timestamp;
use values::{ValueLimits, as_text, id, is_id, value};

/// How keys and values are written in one syntax.
pub(super) trait Syntax {
    const OPEN: &'static str;
    /// Between two pairs.
    const BETWEEN: &'static str;
    const CLOSE: &'static str;
    /// Written around a text that needs no escaping, such as a level.
    const QUOTE: &'static str;
    /// Written around the time.
    const TIME_QUOTE: &'static str;

    /// Written before each key but the first, and between a key and its value.
    const KEY_DELIMITERS: KeyDelimiters;

    /// The key of a further pair with its delimiters: `,"target":`.
    fn next_key(key: &str) -> Vec<u8> {
        let KeyDelimiters(before, behind) = Self::KEY_DELIMITERS;
        [before, key, behind].concat().into_bytes()
    }

    /// Writes a text, cut to fit into the room.
    fn write_truncated(line: &mut Line<'_>, cut_text: CutText<'_>);
    /// Writes a text of printable ASCII without backslashes or quotation marks. Returns `false` if it does not fit.
    fn try_write(line: &mut Line<'_>, text: &[u8]) -> bool;
    /// Writes a text. If it does not fit, the line is marked as overflowing; see [`Line::write_text`].
    fn write_text(line: &mut Line<'_>, cut_text: CutText<'_>);
    /// Writes NaN or an infinity.
    fn write_non_finite(line: &mut Line<'_>, number: f64) {
        line.write_all_or_none(non_finite(number).as_bytes());
    }
    /// Writes a map or a sequence, given as JSON.
    fn write_document(line: &mut Line<'_>, cut_text: CutText<'_>, _: IntegerRange) {
        Self::write_text(line, cut_text);
    }
}

/// The key of the number of key-values that are missing, if any are.
const LEFT_OUT: &str = "extras_left_out";

#[derive(Debug)]
pub(super) struct MachineLayout<S> {
    limits: LineLimits,
    value_limits: ValueLimits,
    timestamp: Timestamp,
    keys: Keys,
    unique: Unique,
    /// `{"timestamp":"`
    lead: Vec<u8>,
    /// `","level":"INFO","target":`, `Error` first.
    by_level: [Vec<u8>; 5],
    message_before_target: bool,
    /// `,"message":`, between the two texts.
    between: Vec<u8>,
    behind: &'static [u8],
    /// `,"TraceId":` and `,"SpanId":`, if they are outside `attributes`.
    top_level_ids: Option<[Vec<u8>; 2]>,
    targets: Box<CallsiteCache>,
    source: Option<SourceKeys>,
    sources: Box<CallsiteCache>,
    /// The fields that are the same in every line: `,"pid":7,"name":"app","env":"prod"`.
    fields: Vec<u8>,
    fields_left_out: usize,
    /// `,"Attributes":`
    attributes: Option<Vec<u8>>,
    /// `,"extras_left_out":`
    left_out: Vec<u8>,
    /// Bytes to reserve for everything that is the same in every line.
    reserved: usize,
    syntax: PhantomData<S>,
}

/// Bytes reserved for the second of target and message while the first is written.
const SECOND_TEXT: usize = 64;
/// Bytes reserved for a 32-bit number.
const COUNT: usize = 10;

impl<S: Syntax> MachineLayout<S> {
    pub(super) fn new(names: &Names, settings: &LineSettings) -> MachineLayout<S> {
        let limits = settings.limits;
        let fields = Fields::<S>::new(names, settings);
        let unique = Unique::new(fields.taken.iter().map(String::as_str));
        let mut keys = Keys::new(limits.key, fields.taken, S::KEY_DELIMITERS);
        keys.rename(renamed(names));
        let levels = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];
        let mut layout = MachineLayout {
            limits,
            value_limits: ValueLimits {
                bytes: limits.value,
                integers: IntegerRange::new(settings.big_integers, names.integers),
            },
            timestamp: Timestamp::new(names.time_form, &settings.zone),
            keys,
            unique,
            lead: parts::lead::<S>(names),
            by_level: levels.map(|level| parts::behind_time::<S>(names, level)),
            message_before_target: names.message_before_target,
            between: parts::between_texts::<S>(names),
            behind: parts::behind_texts(names),
            top_level_ids: match names.trace {
                Ids::TopLevel(keys) => Some(keys.map(S::next_key)),
                _ => None,
            },
            targets: Box::default(),
            sources: Box::default(),
            source: settings.source.then(|| SourceKeys::new::<S>(names)),
            fields: fields.bytes,
            fields_left_out: fields.left_out,
            attributes: names.attributes.map(S::next_key),
            left_out: S::next_key(LEFT_OUT),
            reserved: 0,
            syntax: PhantomData,
        };
        layout.reserved = layout.fixed_bytes();
        // No line has less room than `SMALLEST_RECORD`, whatever the keys of the schema.
        debug_assert!(layout.reserved + SOURCE_TEXT < super::SMALLEST_RECORD.max(limits.record));
        layout
    }

    fn fixed_bytes(&mut self) -> usize {
        let level = self.by_level.iter().map(Vec::len).max().unwrap_or(0);
        let texts = self.between.len() + SECOND_TEXT + self.behind.len();
        let source = self.source.as_ref().map_or(0, SourceKeys::reserved);
        let attributes = self.attributes.as_ref().map_or(0, |key| key.len() + 1);
        let ends = self.left_out.len() + COUNT + S::CLOSE.len();
        let start = self.lead.len() + self.timestamp.bytes() + level;
        start + texts + source + self.fields.len() + attributes + ends
    }

    #[inline]
    pub(super) fn render(&mut self, view: &View<'_>, at: Wall, line: &mut Line<'_>) {
        line.reserve(self.reserved);
        line.write_reserved(&self.lead);
        self.timestamp.write(at, line);
        if self.message_before_target {
            line.write_reserved(&self.by_level[view.level as usize - 1]);
            self.message(view, line);
            line.release(SECOND_TEXT);
            self.target(view, line);
        } else {
            self.target(view, line);
            line.release(SECOND_TEXT);
            self.message(view, line);
        }
        if self.attributes.is_some() {
            self.in_attributes(view, line);
        } else {
            self.source(view, line);
            line.write_reserved(&self.fields);
            self.extras(view, line, [false; 2]);
        }
        line.write_reserved(S::CLOSE.as_bytes());
    }

    #[inline]
    fn message(&self, view: &View<'_>, line: &mut Line<'_>) {
        let limit = self.limits.message;
        let plain = view.plain_message().filter(|bytes| bytes.len() <= limit);
        if !plain.is_some_and(|bytes| S::try_write(line, bytes)) {
            let mut message = CutText::limited(view.message(), limit);
            message.cut |= view.message_cut();
            S::write_truncated(line, message);
        }
    }

    /// Writes the target, with the keys between it and its neighbours: time and level, or message.
    #[inline]
    fn target(&mut self, view: &View<'_>, line: &mut Line<'_>) {
        let level: &[u8] = match self.message_before_target {
            true => b"",
            false => &self.by_level[view.level as usize - 1],
        };
        let (between, behind) = (&self.between, self.behind);
        let kept = level.len() + between.len() + behind.len();
        if !self.targets.write(view, kept, line) {
            let target_first = !self.message_before_target;
            self.targets.write_and_store(view, line, |line| {
                line.write_reserved(if target_first { level } else { between });
                S::write_truncated(line, CutText::whole(view.target()));
                line.write_reserved(if target_first { between } else { behind });
            });
        }
    }

    #[inline]
    fn source(&mut self, view: &View<'_>, line: &mut Line<'_>) {
        let Some(keys) = &self.source else { return };
        if !self.sources.write(view, keys.reserved(), line) {
            self.sources
                .write_and_store(view, line, |line| keys.write::<S>(view, line));
        }
    }

    /// Writes the rest of a line whose source fields and key-values are in a separate object.
    fn in_attributes(&mut self, view: &View<'_>, line: &mut Line<'_>) {
        let written = self.ids(view, line);
        line.write_reserved(&self.fields);
        let Some(key) = &self.attributes else { return };
        let object = line.open_object(key);
        self.source(view, line);
        self.extras(view, line, written);
        line.close_object(object);
    }

    /// Writes the first valid id of each kind, and returns which were written.
    fn ids(&self, view: &View<'_>, line: &mut Line<'_>) -> [bool; 2] {
        let mut written = [false; 2];
        let Some(keys) = &self.top_level_ids else {
            return written;
        };
        for extra in view.extras() {
            let Some(which) = id_key(&extra).filter(|which| !written[*which]) else {
                continue;
            };
            written[which] = is_id(&extra.value, ID_KEYS[which].1)
                && line.group(|line| {
                    line.write_all_or_none(&keys[which]);
                    id::<S>(line, &extra, &self.value_limits, ID_KEYS[which].1);
                });
        }
        written
    }

    /// Writes the key-values, except the first of each id in `written`.
    #[inline]
    fn extras(&mut self, view: &View<'_>, line: &mut Line<'_>, written: [bool; 2]) {
        let mut left_out = self.fields_left_out + usize::from(view.extras_left_out());
        if view.has_extras() {
            left_out += self.list(view, line, written);
        }
        if left_out > 0 {
            line.mark_truncated(true);
            line.write_reserved(&self.left_out);
            line.release(COUNT);
            line.write_integer(left_out);
        }
    }

    /// Writes the key-values that fit, and returns how many do not.
    fn list(&mut self, view: &View<'_>, line: &mut Line<'_>, mut written: [bool; 2]) -> usize {
        self.unique.begin();
        let mut extras = view.extras();
        while let Some(extra) = extras.next() {
            if written != [false; 2] && was_written(&extra, &mut written) {
                continue;
            }
            let key = self.keys.clean(extra.key);
            let suffix = self.unique.suffix(key);
            let fits = line.group(|line| {
                line.mark_truncated(key.cut);
                match suffix {
                    None => line.write_all_or_none(key.written.as_bytes()),
                    Some(number) => numbered_key::<S>(line, &key.text, number),
                }
                match key.form {
                    ValueForm::Typed => value::<S>(line, &extra, &self.value_limits),
                    ValueForm::Id(digits) => id::<S>(line, &extra, &self.value_limits, digits),
                    ValueForm::Text => as_text::<S>(line, &extra, &self.value_limits),
                }
            });
            if !fits {
                return 1 + extras.filter(|extra| !was_written(extra, &mut written)).count();
            }
        }
        0
    }

    pub(super) fn fields_left_out(&self) -> usize {
        self.fields_left_out
    }

    pub(super) fn figures(&self) -> CacheFigures {
        self.keys.figures()
    }
}

/// The keys that are written under another name or in another form.
fn renamed(names: &Names) -> Vec<Renamed> {
    let error = names.error.map(|shown| Renamed {
        raw: "error",
        shown,
        form: ValueForm::Text,
    });
    let ids = match names.trace {
        Ids::Renamed(shown) => Some(ID_KEYS.into_iter().zip(shown)),
        _ => None,
    };
    let id = |((raw, digits), shown)| Renamed {
        raw,
        shown,
        form: ValueForm::Id(digits),
    };
    ids.into_iter().flatten().map(id).chain(error).collect()
}

fn id_key(extra: &Extra<'_>) -> Option<usize> {
    ID_KEYS.iter().position(|(key, _)| key.as_bytes() == extra.key)
}

/// Whether `extra` is an id marked in `written`. Removes the mark, so that a second one of that name is written.
fn was_written(extra: &Extra<'_>, written: &mut [bool; 2]) -> bool {
    let is_one = |which: &usize| written[*which] && is_id(&extra.value, ID_KEYS[*which].1);
    match id_key(extra).filter(is_one) {
        Some(which) => std::mem::take(&mut written[which]),
        None => false,
    }
}

fn numbered_key<S: Syntax>(line: &mut Line<'_>, key: &str, number: u32) {
    let KeyDelimiters(before, behind) = S::KEY_DELIMITERS;
    line.write_all_or_none(before.as_bytes());
    line.write_all_or_none(key.as_bytes());
    line.write_all_or_none(b"_");
    line.write_integer(number);
    line.write_all_or_none(behind.as_bytes());
}
