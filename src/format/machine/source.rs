//! The source fields of a line for machines: where in the code, and on which thread, a record was logged.

use super::super::line::{CutText, Line};
use super::super::schema::Names;
use super::{COUNT, Syntax};
use crate::record::View;

/// One source field. What it is called is in [`Names`].
struct SourceField {
    key: fn(&Names) -> &'static str,
    value: SourceValue,
    /// In a schema with an object for the place in the code ([`Names::place`]), the field is in that object. Fields of
    /// the object are neighbours in [`FIELDS`].
    in_place: bool,
}

enum SourceValue {
    Text(for<'a> fn(&View<'a>) -> Option<&'a str>),
    Number(fn(&View<'_>) -> Option<u32>),
}

/// The source fields, in the order of a line.
const FIELDS: [SourceField; 4] = [
    SourceField {
        key: |names| names.module,
        value: SourceValue::Text(|view| view.module()),
        in_place: false,
    },
    SourceField {
        key: |names| names.file,
        value: SourceValue::Text(|view| view.file()),
        in_place: true,
    },
    SourceField {
        key: |names| names.line,
        value: SourceValue::Number(|view| view.line()),
        in_place: true,
    },
    SourceField {
        key: |names| names.thread,
        value: SourceValue::Text(|view| Some(view.thread())),
        in_place: false,
    },
];

/// Bytes reserved for each source text while the message is written.
pub(super) const SOURCE_TEXT: usize = 32;

/// The keys that the source fields take at the level of the line on which they are.
pub(super) fn taken_keys(names: &Names) -> Vec<&'static str> {
    let own = |field: &&SourceField| names.place.is_none() || !field.in_place;
    let keys = FIELDS.iter().filter(own).map(|field| (field.key)(names));
    keys.chain(names.place).collect()
}

/// The keys of the source fields as they are written: `,"module":` and so on.
#[derive(Debug)]
pub(super) struct SourceKeys {
    /// In the order of [`FIELDS`].
    keys: [Vec<u8>; FIELDS.len()],
    /// `,"src":`, of the object for the place in the code.
    place: Option<Vec<u8>>,
    /// Written around numbers.
    number_quote: &'static str,
}

impl SourceKeys {
    pub(super) fn new<S: Syntax>(names: &Names) -> SourceKeys {
        SourceKeys {
            keys: FIELDS.map(|field| S::next_key((field.key)(names))),
            place: names.place.map(S::next_key),
            number_quote: if names.line_is_text { S::QUOTE } else { "" },
        }
    }

    /// Bytes to reserve for all source fields.
    pub(super) fn reserved(&self) -> usize {
        let fields = FIELDS.iter().zip(&self.keys);
        let fields: usize = fields.map(|(field, key)| self.reserved_for(field, key)).sum();
        fields + self.place.as_ref().map_or(0, |key| key.len() + 1)
    }

    fn reserved_for(&self, field: &SourceField, key: &[u8]) -> usize {
        match field.value {
            SourceValue::Text(_) => key.len() + SOURCE_TEXT,
            SourceValue::Number(_) => key.len() + 2 * self.number_quote.len() + COUNT,
        }
    }

    /// Writes the fields that the record has, into the reserved room.
    pub(super) fn write<S: Syntax>(&self, view: &View<'_>, line: &mut Line<'_>) {
        let mut object = None;
        for (field, key) in FIELDS.iter().zip(&self.keys) {
            if field.in_place && object.is_none() {
                object = self.place.as_ref().map(|key| line.open_object(key));
            }
            if !field.in_place {
                if let Some(object) = object.take() {
                    line.close_object(object);
                }
            }
            line.release(self.reserved_for(field, key));
            self.write_field::<S>(field, key, view, line);
        }
        if let Some(object) = object {
            line.close_object(object);
        }
    }

    fn write_field<S: Syntax>(&self, field: &SourceField, key: &[u8], view: &View<'_>, line: &mut Line<'_>) {
        match field.value {
            SourceValue::Text(get) => {
                if let Some(text) = get(view) {
                    line.write_all_or_none(key);
                    S::write_truncated(line, CutText::whole(text));
                }
            }
            SourceValue::Number(get) => {
                if let Some(number) = get(view) {
                    line.write_all_or_none(key);
                    line.write_all_or_none(self.number_quote.as_bytes());
                    line.write_integer(number);
                    line.write_all_or_none(self.number_quote.as_bytes());
                }
            }
        }
    }
}
