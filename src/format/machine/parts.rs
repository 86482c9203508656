//! The parts that are the same in every line, built once when a logger starts: keys, levels, process and static fields.

use super::super::extras::clean_into;
use super::super::line::{CutText, Line};
use super::super::schema::{Names, ProcessField};
use super::super::{LineLimits, LineSettings};
use super::source::taken_keys;
use super::{LEFT_OUT, Syntax};
use log::Level;
use std::marker::PhantomData;

/// `{"v":0,"time":"`
pub(super) fn lead<S: Syntax>(names: &Names) -> Vec<u8> {
    let mut pairs = Vec::new();
    for (key, value) in names.first {
        pairs.extend(S::next_key(key));
        pairs.extend_from_slice(value.as_bytes());
    }
    pairs.extend(S::next_key(names.time));
    let pairs = &pairs[S::BETWEEN.len()..];
    [S::OPEN.as_bytes(), pairs, S::TIME_QUOTE.as_bytes()].concat()
}

/// `","level":"INFO","target":`: from the end of the time to the first of target and message.
pub(super) fn behind_time<S: Syntax>(names: &Names, level: Level) -> Vec<u8> {
    let mut bytes = S::TIME_QUOTE.as_bytes().to_vec();
    for field in names.levels {
        let quote = if field.is_text { S::QUOTE } else { "" };
        bytes.extend(S::next_key(field.key));
        bytes.extend([quote, field.values[level as usize - 1], quote].concat().bytes());
    }
    if names.message_before_target {
        bytes.extend(S::next_key(names.message));
    } else {
        bytes.extend(target_key::<S>(names));
    }
    bytes
}

/// From the end of the first of target and message to the beginning of the second.
pub(super) fn between_texts<S: Syntax>(names: &Names) -> Vec<u8> {
    if names.message_before_target {
        return target_key::<S>(names);
    }
    [target_end(names), &S::next_key(names.message)].concat()
}

/// What follows the second of target and message.
pub(super) fn behind_texts(names: &Names) -> &'static [u8] {
    if names.message_before_target {
        target_end(names)
    } else {
        b""
    }
}

fn target_key<S: Syntax>(names: &Names) -> Vec<u8> {
    let [outer, inner @ ..] = names.target else {
        return Vec::new();
    };
    let mut bytes = S::next_key(outer);
    for key in inner {
        bytes.push(b'{');
        bytes.extend_from_slice(&S::next_key(key)[S::BETWEEN.len()..]);
    }
    bytes
}

fn target_end(names: &Names) -> &'static [u8] {
    if names.target.len() > 1 { b"}" } else { b"" }
}

/// The fields that are the same in every line.
pub(super) struct Fields<S> {
    /// `,"pid":7,"name":"app","env":"prod"`
    pub(super) bytes: Vec<u8>,
    pub(super) left_out: usize,
    /// The keys that no key-value may have.
    pub(super) taken: Vec<String>,
    syntax: PhantomData<S>,
}

impl<S: Syntax> Fields<S> {
    pub(super) fn new(names: &Names, settings: &LineSettings) -> Fields<S> {
        let mut fields = Fields {
            bytes: Vec::new(),
            left_out: 0,
            taken: taken_by_fields(names, settings.source),
            syntax: PhantomData,
        };
        fields.fill(names, settings);
        if let (Some(resource), false) = (names.resource, fields.bytes.is_empty()) {
            fields.bytes[0] = b'{';
            fields.bytes.splice(..0, S::next_key(resource));
            fields.bytes.push(b'}');
        }
        if names.attributes.is_some() {
            fields.taken = taken_by_attributes(names, settings.source);
        }
        fields
    }

    fn fill(&mut self, names: &Names, settings: &LineSettings) {
        let LineLimits {
            key, value, record, ..
        } = settings.limits;
        // Process and static fields together may fill a quarter of a line.
        let limit = record / 4;
        for (constant, text) in names.constants {
            self.add(limit, constant, |line| S::write_text(line, CutText::whole(text)));
        }
        let wanted = |field| settings.source || names.always.contains(&field);
        if wanted(ProcessField::Pid) {
            self.add(limit, names.pid, |line| line.write_integer(std::process::id()));
        }
        // Some schemas require these two, so they are cut rather than left out.
        if wanted(ProcessField::Name) {
            self.add(limit, names.name, |line| {
                S::write_truncated(line, CutText::whole(&settings.name))
            });
        }
        if let (Some(host), true) = (names.host, wanted(ProcessField::Host)) {
            self.add(limit, host, |line| {
                S::write_truncated(line, CutText::whole(&settings.host))
            });
        }
        for (raw, text) in &settings.fields {
            let shown = self.free_key(raw, key);
            let text = CutText::limited(text, value);
            self.add(limit, &shown, |line| S::write_text(line, text));
            self.taken.push(shown);
        }
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
            line.write_all_or_none(&S::next_key(key));
            value(line);
        });
        self.left_out += usize::from(!fits);
    }
}

/// The keys that no static field may have.
fn taken_by_fields(names: &Names, source: bool) -> Vec<String> {
    let process = [Some(names.pid), Some(names.name), names.host];
    let process = [ProcessField::Pid, ProcessField::Name, ProcessField::Host]
        .into_iter()
        .zip(process);
    let process = process.filter(|(field, _)| source || names.always.contains(field));
    let mut taken: Vec<&str> = process.filter_map(|(_, key)| key).collect();
    taken.extend(names.constants.iter().map(|(key, _)| *key));
    if names.resource.is_none() {
        taken.extend([names.time, names.target[0], names.message, LEFT_OUT]);
        taken.extend(names.first.iter().map(|(key, _)| *key));
        taken.extend(names.levels.iter().map(|field| field.key));
        taken.extend(names.reserved);
        taken.extend(source.then(|| taken_keys(names)).into_iter().flatten());
    }
    taken.into_iter().map(str::to_owned).collect()
}

/// The keys that no key-value may have in the object of the attributes.
fn taken_by_attributes(names: &Names, source: bool) -> Vec<String> {
    let fields = if source { taken_keys(names) } else { Vec::new() };
    let taken = fields.into_iter().chain([LEFT_OUT]);
    taken
        .chain(names.reserved.iter().copied())
        .map(str::to_owned)
        .collect()
}
