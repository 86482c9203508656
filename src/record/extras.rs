//! Key-values: as stored in a frame, and decoded.

use super::{KIND_CUT, ValueKind, text};

/// The value of a key-value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    U64(u64),
    I64(i64),
    U128(u128),
    I128(i128),
    F64(f64),
    Bool(bool),
    Char(char),
    Null,
    /// A string.
    Str(&'a str),
    /// The text of a `Display` or `Debug`.
    Text(&'a str),
    /// An error with its chain of sources.
    Error(&'a str),
    /// A map or sequence as JSON; incomplete if the key-value was cut.
    Json(&'a str),
}

impl<'a> Value<'a> {
    /// How a value other than a text is stored: its kind, its bytes and their number. `None` for texts.
    pub(super) fn number(&self) -> Option<(ValueKind, [u8; 16], usize)> {
        let stored = |kind, bytes: &[u8]| {
            let mut all = [0; 16];
            all[..bytes.len()].copy_from_slice(bytes);
            Some((kind, all, bytes.len()))
        };
        match *self {
            Value::U64(v) => stored(ValueKind::U64, &v.to_le_bytes()),
            Value::I64(v) => stored(ValueKind::I64, &v.to_le_bytes()),
            Value::U128(v) => stored(ValueKind::U128, &v.to_le_bytes()),
            Value::I128(v) => stored(ValueKind::I128, &v.to_le_bytes()),
            Value::F64(v) => stored(ValueKind::F64, &v.to_le_bytes()),
            Value::Bool(v) => stored(ValueKind::Bool, &[u8::from(v)]),
            Value::Char(v) => stored(ValueKind::Char, &u32::from(v).to_le_bytes()),
            Value::Null => stored(ValueKind::Null, &[]),
            Value::Str(_) | Value::Text(_) | Value::Error(_) | Value::Json(_) => None,
        }
    }

    /// The kind and the text of a text value. Other values become an empty string, to be replaced by a text.
    pub(super) fn text(&self) -> (ValueKind, &'a str) {
        match *self {
            Value::Text(text) => (ValueKind::Text, text),
            Value::Error(text) => (ValueKind::Error, text),
            Value::Json(text) => (ValueKind::Json, text),
            Value::Str(text) => (ValueKind::Str, text),
            _ => (ValueKind::Str, ""),
        }
    }
}

/// One key-value of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extra<'a> {
    /// Not checked to be UTF-8; most callers only compare it.
    pub(crate) key: &'a [u8],
    pub(crate) value: Value<'a>,
    /// The value was longer than the capture takes in.
    pub(crate) cut: bool,
}

/// A key-value as stored in the frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored<'a> {
    /// Not checked to be UTF-8, as in [`Extra`].
    pub(crate) key: &'a [u8],
    kind: u8,
    bytes: &'a [u8],
}

impl<'a> Stored<'a> {
    /// The text of a text value, not checked to be UTF-8.
    #[inline]
    pub(crate) fn text(&self) -> Option<&'a [u8]> {
        (size_of_kind(self.kind) == OWN_LENGTH).then_some(self.bytes)
    }

    /// The value was longer than the capture takes in.
    #[inline]
    pub(crate) fn is_cut(&self) -> bool {
        self.kind & KIND_CUT != 0
    }

    /// Returns true if the value is a non-negative integer below `limit`. A fast path: it decodes nothing else.
    #[inline]
    pub(crate) fn is_below(&self, limit: u64) -> bool {
        match self.array() {
            Some(bytes) if self.kind == ValueKind::U64 as u8 || self.kind == ValueKind::I64 as u8 => {
                u64::from_le_bytes(bytes) < limit
            }
            _ => false,
        }
    }

    /// Decodes the key-value. Returns `None` if it is damaged.
    #[inline(always)]
    pub(crate) fn extra(&self) -> Option<Extra<'a>> {
        let value = match self.kind & !KIND_CUT {
            k if k == ValueKind::U64 as u8 => Value::U64(u64::from_le_bytes(self.array()?)),
            k if k == ValueKind::I64 as u8 => Value::I64(i64::from_le_bytes(self.array()?)),
            k if k == ValueKind::U128 as u8 => Value::U128(u128::from_le_bytes(self.array()?)),
            k if k == ValueKind::I128 as u8 => Value::I128(i128::from_le_bytes(self.array()?)),
            k if k == ValueKind::F64 as u8 => Value::F64(f64::from_le_bytes(self.array()?)),
            k if k == ValueKind::Bool as u8 => Value::Bool(self.array::<1>()? != [0]),
            k if k == ValueKind::Char as u8 => {
                Value::Char(char::from_u32(u32::from_le_bytes(self.array()?))?)
            }
            k if k == ValueKind::Null as u8 => Value::Null,
            k if k == ValueKind::Str as u8 => Value::Str(text(self.bytes)),
            k if k == ValueKind::Text as u8 => Value::Text(text(self.bytes)),
            k if k == ValueKind::Error as u8 => Value::Error(text(self.bytes)),
            k if k == ValueKind::Json as u8 => Value::Json(text(self.bytes)),
            _ => return None,
        };
        Some(Extra {
            key: self.key,
            value,
            cut: self.is_cut(),
        })
    }

    #[inline]
    fn array<const N: usize>(&self) -> Option<[u8; N]> {
        self.bytes.try_into().ok()
    }
}

/// The size of a text, which is stored with its length.
const OWN_LENGTH: u8 = u8::MAX;
const UNKNOWN: u8 = OWN_LENGTH - 1;

/// The size of values of one kind, in bytes.
#[inline]
fn size_of_kind(kind: u8) -> u8 {
    SIZES[usize::from(kind & !KIND_CUT)]
}

const SIZES: [u8; 128] = {
    let mut sizes = [UNKNOWN; 128];
    sizes[ValueKind::U64 as usize] = 8;
    sizes[ValueKind::I64 as usize] = 8;
    sizes[ValueKind::U128 as usize] = 16;
    sizes[ValueKind::I128 as usize] = 16;
    sizes[ValueKind::F64 as usize] = 8;
    sizes[ValueKind::Bool as usize] = 1;
    sizes[ValueKind::Char as usize] = 4;
    sizes[ValueKind::Null as usize] = 0;
    sizes[ValueKind::Str as usize] = OWN_LENGTH;
    sizes[ValueKind::Text as usize] = OWN_LENGTH;
    sizes[ValueKind::Error as usize] = OWN_LENGTH;
    sizes[ValueKind::Json as usize] = OWN_LENGTH;
    sizes
};

/// Iterator over the stored key-values of a [`View`](super::View).
#[derive(Debug, Clone)]
pub(crate) struct StoredExtras<'a> {
    rest: &'a [u8],
    left: u16,
}

impl<'a> StoredExtras<'a> {
    #[inline]
    pub(super) fn new(rest: &'a [u8], left: u16) -> StoredExtras<'a> {
        StoredExtras { rest, left }
    }

    #[inline(always)]
    fn read(&mut self) -> Option<Stored<'a>> {
        let (&[kind, low, high], rest) = self.rest.split_first_chunk()?;
        let (key, mut rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([low, high])))?;
        let len = match size_of_kind(kind) {
            OWN_LENGTH => {
                let (len, text) = rest.split_first_chunk()?;
                rest = text;
                u32::from_le_bytes(*len) as usize
            }
            UNKNOWN => return None,
            len => usize::from(len),
        };
        let (bytes, rest) = rest.split_at_checked(len)?;
        self.rest = rest;
        Some(Stored { key, kind, bytes })
    }
}

impl<'a> Iterator for StoredExtras<'a> {
    type Item = Stored<'a>;

    /// Ends at the first damaged key-value.
    #[inline(always)]
    fn next(&mut self) -> Option<Stored<'a>> {
        self.left = self.left.checked_sub(1)?;
        let stored = self.read();
        if stored.is_none() {
            self.left = 0;
        }
        stored
    }
}

/// Iterator over the decoded key-values of a [`View`](super::View).
#[derive(Debug, Clone)]
pub(crate) struct Extras<'a>(pub(super) StoredExtras<'a>);

impl<'a> Iterator for Extras<'a> {
    type Item = Extra<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Extra<'a>> {
        let extra = self.0.next()?.extra();
        if extra.is_none() {
            self.0.left = 0;
        }
        extra
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_below(kind: ValueKind, bytes: &[u8]) -> bool {
        let kind = kind as u8;
        Stored {
            key: b"n",
            kind,
            bytes,
        }
        .is_below(1_000)
    }

    #[test]
    fn only_a_whole_number_from_zero_on_is_known_to_be_below_a_limit() {
        for (number, below) in [
            (0, true),
            (999, true),
            (1_000, false),
            (-1, false),
            (i64::MIN, false),
        ] {
            assert_eq!(is_below(ValueKind::I64, &number.to_le_bytes()), below, "{number}");
            assert_eq!(is_below(ValueKind::U64, &number.to_le_bytes()), below, "{number}");
        }
        assert!(!is_below(ValueKind::F64, &0f64.to_le_bytes()));
        assert!(!is_below(ValueKind::U128, &7u128.to_le_bytes()));
        assert!(!is_below(ValueKind::Str, b"12345678"));
    }

    #[test]
    fn only_what_was_captured_as_text_has_text_also_where_it_was_cut() {
        let text_of = |kind, bytes| {
            Stored {
                key: b"k",
                kind,
                bytes,
            }
            .text()
        };
        let texts = [ValueKind::Str, ValueKind::Text, ValueKind::Error, ValueKind::Json];
        for kind in texts.map(|kind| kind as u8) {
            assert_eq!(text_of(kind, b"seven"), Some(b"seven".as_slice()), "{kind}");
            assert_eq!(
                text_of(kind | KIND_CUT, b"sev"),
                Some(b"sev".as_slice()),
                "{kind}"
            );
        }
        assert_eq!(text_of(ValueKind::U64 as u8, &[7; 8]), None);
        assert_eq!(text_of(ValueKind::Null as u8, b""), None);
    }
}
