//! Lines for machines: the same fields in the same order, whatever the syntax.
//!
//! `timestamp`, `level`, `target`, `message`, then the source fields if wanted, the static fields, and the
//! key-values, all side by side with unique keys. `json` and `logfmt` say how a key and a text are written.

use super::extras::{Around, Keys, Unique, clean_into};
use super::line::{Line, Passage};
use super::number::{non_finite, number};
use super::time::{Pattern, Stamps};
use super::{CacheFigures, LineLimits, LineSettings};
use crate::clock::Wall;
use crate::record::{Extra, Value, View};
use log::Level;
use std::marker::PhantomData;

/// How keys and values are written.
pub(super) trait Syntax {
    const OPEN: &'static str;
    /// Between two pairs.
    const BETWEEN: &'static str;
    const CLOSE: &'static str;
    /// Around a text that is known to be plain: a time, a level.
    const QUOTE: &'static str;

    /// What stands before each key but the first, and between a key and its value.
    const AROUND_KEY: Around;

    /// Writes a text that is cut as far as the room demands.
    fn fitted(line: &mut Line<'_>, passage: Passage<'_>);
    /// Writes a text whole, or more than there is room for.
    fn whole(line: &mut Line<'_>, passage: Passage<'_>);
    /// Writes a map or a sequence, which is given as JSON.
    fn document(line: &mut Line<'_>, passage: Passage<'_>) {
        Self::whole(line, passage);
    }
}

/// How many key-values are missing, where some are.
const LEFT_OUT: &str = "extras_left_out";
/// The keys that every line may have, and those of the source fields.
const RESERVED: [&str; 5] = ["timestamp", "level", "target", "message", LEFT_OUT];
const SOURCE: [&str; 6] = ["module", "file", "line", "thread", "pid", "name"];

#[derive(Debug)]
pub(super) struct MachineLayout<S> {
    limits: LineLimits,
    stamps: Stamps,
    keys: Keys,
    unique: Unique,
    /// `{"timestamp":"`
    lead: Vec<u8>,
    /// `","level":"INFO","target":`, `Error` first.
    by_level: [Vec<u8>; 5],
    /// `,"message":`
    message: Vec<u8>,
    source: Option<SourceKeys>,
    /// The fields that are the same in every line: `,"pid":7,"name":"app","env":"prod"`.
    fields: Vec<u8>,
    fields_left_out: usize,
    /// `,"extras_left_out":`
    left_out: Vec<u8>,
    /// Bytes to keep for all that is the same in every line.
    held: usize,
    syntax: PhantomData<S>,
}

/// `,"module":` and its like.
#[derive(Debug)]
struct SourceKeys {
    module: Vec<u8>,
    file: Vec<u8>,
    line: Vec<u8>,
    thread: Vec<u8>,
}

/// Kept for each text of the source while the message is written.
const SOURCE_TEXT: usize = 32;
/// Kept for a number that counts what was left out.
const COUNT: usize = 10;

impl<S: Syntax> MachineLayout<S> {
    pub(super) fn new(settings: &LineSettings) -> MachineLayout<S> {
        let limits = settings.limits;
        let fields = Fields::<S>::new(settings);
        let quote = S::QUOTE;
        let Around(before, behind) = S::AROUND_KEY;
        let next = |key: &str| [before, key, behind].concat().into_bytes();
        let by_level = |level: Level| {
            let (level_key, target) = (next("level"), next("target"));
            let level = [quote, level.as_str(), quote].concat();
            [quote.as_bytes(), &level_key, level.as_bytes(), &target].concat()
        };
        let mut layout = MachineLayout {
            limits,
            stamps: Stamps::new(Pattern::rfc3339()),
            unique: Unique::new(fields.taken.iter().map(String::as_str)),
            keys: Keys::new(limits.key, fields.taken, S::AROUND_KEY),
            lead: [S::OPEN, &before[S::BETWEEN.len()..], "timestamp", behind, quote]
                .concat()
                .into_bytes(),
            by_level: [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace].map(by_level),
            message: next("message"),
            source: settings.source.then(|| SourceKeys {
                module: next("module"),
                file: next("file"),
                line: next("line"),
                thread: next("thread"),
            }),
            fields: fields.bytes,
            fields_left_out: fields.left_out,
            left_out: next(LEFT_OUT),
            held: 0,
            syntax: PhantomData,
        };
        layout.held = layout.fixed_bytes();
        layout
    }

    fn fixed_bytes(&mut self) -> usize {
        let level = self.by_level.iter().map(Vec::len).max().unwrap_or(0);
        let source = self.source.as_ref().map_or(0, |keys| {
            keys.module.len()
                + keys.file.len()
                + keys.line.len()
                + keys.thread.len()
                + 3 * SOURCE_TEXT
                + COUNT
        });
        let stamp = self.stamps.text(Wall::default()).len();
        let ends = self.left_out.len() + COUNT + S::CLOSE.len();
        self.lead.len() + stamp + level + self.message.len() + source + self.fields.len() + ends
    }

    #[inline]
    pub(super) fn render(&mut self, view: &View<'_>, at: Wall, line: &mut Line<'_>) {
        line.hold(self.held);
        line.spend(&self.lead);
        line.spend(self.stamps.text(at));
        line.spend(&self.by_level[view.level as usize - 1]);
        S::fitted(line, Passage::whole(view.target()));
        line.spend(&self.message);
        let mut message = Passage::limited(view.message(), self.limits.message);
        message.cut |= view.message_cut();
        S::fitted(line, message);
        if let Some(keys) = &self.source {
            source::<S>(keys, view, line);
        }
        line.spend(&self.fields);
        self.extras(view, line);
        line.spend(S::CLOSE.as_bytes());
    }

    #[inline]
    fn extras(&mut self, view: &View<'_>, line: &mut Line<'_>) {
        let mut left_out = self.fields_left_out + usize::from(view.extras_left_out());
        if view.has_extras() {
            left_out += self.list(view, line);
        }
        if left_out > 0 {
            line.note(true);
            line.spend(&self.left_out);
            line.free(COUNT);
            line.integer(left_out);
        }
    }

    /// Writes the key-values that fit, and tells how many do not.
    fn list(&mut self, view: &View<'_>, line: &mut Line<'_>) -> usize {
        self.unique.begin();
        let mut extras = view.extras();
        while let Some(extra) = extras.next() {
            let key = self.keys.clean(extra.key);
            let suffix = self.unique.suffix(key);
            let fits = line.group(|line| {
                line.note(key.cut);
                match suffix {
                    None => line.fixed(key.written.as_bytes()),
                    Some(number) => numbered_key::<S>(line, key.text, number),
                }
                value::<S>(line, &extra, self.limits.value);
            });
            if !fits {
                return 1 + extras.count();
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

fn numbered_key<S: Syntax>(line: &mut Line<'_>, key: &str, number: u32) {
    let Around(before, behind) = S::AROUND_KEY;
    line.fixed(before.as_bytes());
    line.fixed(key.as_bytes());
    line.fixed(b"_");
    line.integer(number);
    line.fixed(behind.as_bytes());
}

fn source<S: Syntax>(keys: &SourceKeys, view: &View<'_>, line: &mut Line<'_>) {
    let text = |line: &mut Line<'_>, key: &[u8], text: Option<&str>| {
        line.free(key.len() + SOURCE_TEXT);
        if let Some(text) = text {
            line.fixed(key);
            S::fitted(line, Passage::whole(text));
        }
    };
    text(line, &keys.module, view.module());
    text(line, &keys.file, view.file());
    line.free(keys.line.len() + COUNT);
    if let Some(number) = view.line() {
        line.fixed(&keys.line);
        line.integer(number);
    }
    text(line, &keys.thread, Some(view.thread()));
}

#[inline]
fn value<S: Syntax>(line: &mut Line<'_>, extra: &Extra<'_>, limit: usize) {
    if number(line, &extra.value) {
        return;
    }
    let limited = |text| {
        let mut passage = Passage::limited(text, limit);
        passage.cut |= extra.cut;
        passage
    };
    match extra.value {
        Value::Bool(flag) => line.fixed(if flag { b"true" } else { b"false" }),
        Value::Null => line.fixed(b"null"),
        Value::F64(number) => S::whole(line, Passage::whole(non_finite(number))),
        Value::Char(c) => S::whole(line, Passage::whole(c.encode_utf8(&mut [0; 4]))),
        Value::Str(text) | Value::Text(text) | Value::Error(text) => S::whole(line, limited(text)),
        Value::Json(text) => S::document(line, limited(text)),
        // `number` wrote these.
        Value::U64(_) | Value::I64(_) | Value::U128(_) | Value::I128(_) => {}
    }
}

/// The fields that are the same in every line, put together once.
struct Fields<S> {
    bytes: Vec<u8>,
    left_out: usize,
    /// The keys that no key-value may have.
    taken: Vec<String>,
    syntax: PhantomData<S>,
}

impl<S: Syntax> Fields<S> {
    fn new(settings: &LineSettings) -> Fields<S> {
        let mut fields = Fields {
            bytes: Vec::new(),
            left_out: 0,
            taken: RESERVED.map(str::to_owned).to_vec(),
            syntax: PhantomData,
        };
        // They may take a quarter of a line.
        let limit = settings.limits.record / 4;
        if settings.source {
            fields.taken.extend(SOURCE.map(str::to_owned));
            fields.add(limit, "pid", |line| line.integer(std::process::id()));
            fields.add(limit, "name", |line| {
                S::whole(line, Passage::whole(&settings.name))
            });
        }
        for (key, value) in &settings.fields {
            let key = fields.free_key(key, settings.limits.key);
            let value = Passage::limited(value, settings.limits.value);
            fields.add(limit, &key, |line| S::whole(line, value));
            fields.taken.push(key);
        }
        fields
    }

    fn free_key(&self, raw: &str, limit: usize) -> String {
        let mut key = String::new();
        clean_into(&mut key, raw, limit, &self.taken);
        while self.taken.contains(&key) {
            key.insert_str(0, "x_");
        }
        key
    }

    fn add(&mut self, limit: usize, key: &str, value: impl FnOnce(&mut Line<'_>)) {
        let left = limit.saturating_sub(self.bytes.len()).max(1);
        let fits = Line::begin(&mut self.bytes, left).group(|line| {
            let Around(before, behind) = S::AROUND_KEY;
            line.fixed([before, key, behind].concat().as_bytes());
            value(line);
        });
        self.left_out += usize::from(!fits);
    }
}
