//! Stores a serialized value that is a number, a text, a boolean or null.

use super::super::ValueKind;
use super::super::pair::Pair;
use super::bounded::Depth;
use log::kv::Value;
use serde::ser::{Error, Impossible, Serialize, Serializer};
use std::fmt::{self, Display};

/// Stores the value in a key-value, or returns [`NotScalar`] and stores nothing.
pub(super) struct Scalar<'s, 'a, 'o> {
    pair: &'s mut Pair<'a, 'o>,
    depth: &'s Depth,
}

impl<'s, 'a, 'o> Scalar<'s, 'a, 'o> {
    pub(super) fn new(pair: &'s mut Pair<'a, 'o>, depth: &'s Depth) -> Scalar<'s, 'a, 'o> {
        Scalar { pair, depth }
    }

    /// Stores `value` if it is a scalar. Returns whether it was.
    pub(super) fn accepts(self, value: &Value<'_>) -> bool {
        value.serialize(self).is_ok()
    }

    fn fixed<const N: usize>(self, kind: ValueKind, value: [u8; N]) -> Result<(), NotScalar> {
        self.pair.fixed(kind, value);
        Ok(())
    }

    fn inner<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotScalar> {
        let depth = self.depth;
        depth.enter(|| value.serialize(self)).unwrap_or(Err(NotScalar))
    }
}

/// The value is something else, or its `Serialize` failed.
#[derive(Debug)]
pub(super) struct NotScalar;

impl Display for NotScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a number, text, boolean or null")
    }
}

impl std::error::Error for NotScalar {}

impl Error for NotScalar {
    fn custom<T: Display>(_: T) -> NotScalar {
        NotScalar
    }
}

macro_rules! numbers {
    ($($method:ident($value:ty) as $wide:ty, $kind:ident;)*) => {$(
        fn $method(self, value: $value) -> Result<(), NotScalar> {
            self.fixed(ValueKind::$kind, <$wide>::from(value).to_le_bytes())
        }
    )*};
}

macro_rules! refused {
    ($($method:ident($($argument:ty),*) -> $ok:ident;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<Self::$ok, NotScalar> {
            Err(NotScalar)
        }
    )*};
}

type Name = &'static str;

impl Serializer for Scalar<'_, '_, '_> {
    type Ok = ();
    type Error = NotScalar;
    type SerializeSeq = Impossible<(), NotScalar>;
    type SerializeTuple = Impossible<(), NotScalar>;
    type SerializeTupleStruct = Impossible<(), NotScalar>;
    type SerializeTupleVariant = Impossible<(), NotScalar>;
    type SerializeMap = Impossible<(), NotScalar>;
    type SerializeStruct = Impossible<(), NotScalar>;
    type SerializeStructVariant = Impossible<(), NotScalar>;

    numbers! {
        serialize_i8(i8) as i64, I64;
        serialize_i16(i16) as i64, I64;
        serialize_i32(i32) as i64, I64;
        serialize_i64(i64) as i64, I64;
        serialize_i128(i128) as i128, I128;
        serialize_u8(u8) as u64, U64;
        serialize_u16(u16) as u64, U64;
        serialize_u32(u32) as u64, U64;
        serialize_u64(u64) as u64, U64;
        serialize_u128(u128) as u128, U128;
        serialize_f64(f64) as f64, F64;
        serialize_char(char) as u32, Char;
    }

    refused! {
        serialize_bytes(&[u8]) -> Ok;
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(Name, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(Name, u32, Name, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(Name, usize) -> SerializeStruct;
        serialize_struct_variant(Name, u32, Name, usize) -> SerializeStructVariant;
    }

    /// Stores the `f64` with the same decimal digits: `0.1_f32` is 0.1, not 0.10000000149011612.
    fn serialize_f32(self, value: f32) -> Result<(), NotScalar> {
        let decimal = value.to_string().parse().unwrap_or(f64::from(value));
        self.serialize_f64(decimal)
    }
    fn serialize_bool(self, value: bool) -> Result<(), NotScalar> {
        self.fixed(ValueKind::Bool, [u8::from(value)])
    }
    fn serialize_str(self, value: &str) -> Result<(), NotScalar> {
        self.pair.whole(ValueKind::Str, value);
        Ok(())
    }
    fn serialize_none(self) -> Result<(), NotScalar> {
        self.fixed(ValueKind::Null, [])
    }
    fn serialize_unit(self) -> Result<(), NotScalar> {
        self.fixed(ValueKind::Null, [])
    }
    fn serialize_unit_struct(self, _: Name) -> Result<(), NotScalar> {
        self.fixed(ValueKind::Null, [])
    }
    fn serialize_unit_variant(self, _: Name, _: u32, variant: Name) -> Result<(), NotScalar> {
        self.serialize_str(variant)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotScalar> {
        self.inner(value)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: Name, value: &T) -> Result<(), NotScalar> {
        self.inner(value)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: u32,
        _: Name,
        _: &T,
    ) -> Result<(), NotScalar> {
        Err(NotScalar)
    }
    /// Values that have only a `Display` or `Debug` come here.
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), NotScalar> {
        self.pair.shown(ValueKind::Text, format_args!("{value}"));
        Ok(())
    }
}
