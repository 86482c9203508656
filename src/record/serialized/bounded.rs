//! Serializes a value up to a depth, whatever it consists of.
//!
//! Newtypes and `Some` leave no trace in JSON, so counting brackets would not find a value that is endless in them,
//! and its recursion would overflow the stack, which ends the process.

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::cell::Cell;
use std::fmt::Display;

/// Largest nesting depth. Each map, sequence, struct, variant, newtype and `Some` counts, and so does the innermost value.
pub(super) const LEVELS: usize = 100;

/// How deep a serialization may still go, and whether one wanted to go deeper.
pub(super) struct Depth {
    left: Cell<usize>,
    exceeded: Cell<bool>,
}

impl Depth {
    pub(super) fn new() -> Depth {
        Depth {
            left: Cell::new(LEVELS),
            exceeded: Cell::new(false),
        }
    }

    pub(super) fn is_exceeded(&self) -> bool {
        self.exceeded.get()
    }

    /// Runs `serialize` one level deeper. Returns `None` if that is too deep.
    pub(super) fn enter<T>(&self, serialize: impl FnOnce() -> T) -> Option<T> {
        let left = self.left.get();
        let Some(below) = left.checked_sub(1) else {
            self.exceeded.set(true);
            return None;
        };
        self.left.set(below);
        let result = serialize();
        self.left.set(left);
        Some(result)
    }
}

/// A value that is serialized at most as deep as `depth` allows.
pub(super) struct Bounded<'d, T: ?Sized> {
    value: &'d T,
    depth: &'d Depth,
}

impl<'d, T: ?Sized> Bounded<'d, T> {
    pub(super) fn new(value: &'d T, depth: &'d Depth) -> Bounded<'d, T> {
        Bounded { value, depth }
    }
}

impl<T: Serialize + ?Sized> Serialize for Bounded<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let serializer = Counted {
            inner: serializer,
            depth: self.depth,
        };
        let entered = self.depth.enter(|| self.value.serialize(serializer));
        entered.unwrap_or_else(|| Err(S::Error::custom("nested too deeply")))
    }
}

/// Passes everything on to `inner`, with each value inside of the value bounded.
struct Counted<'d, S> {
    inner: S,
    depth: &'d Depth,
}

impl<'d, S> Counted<'d, S> {
    fn around<C, E>(depth: &'d Depth, inner: Result<C, E>) -> Result<Counted<'d, C>, E> {
        inner.map(|inner| Counted { inner, depth })
    }
}

macro_rules! pass_on {
    ($($method:ident($value:ty))*) => {$(
        fn $method(self, value: $value) -> Result<S::Ok, S::Error> {
            self.inner.$method(value)
        }
    )*};
}

type Name = &'static str;

impl<'d, S: Serializer> Serializer for Counted<'d, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Counted<'d, S::SerializeSeq>;
    type SerializeTuple = Counted<'d, S::SerializeTuple>;
    type SerializeTupleStruct = Counted<'d, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Counted<'d, S::SerializeTupleVariant>;
    type SerializeMap = Counted<'d, S::SerializeMap>;
    type SerializeStruct = Counted<'d, S::SerializeStruct>;
    type SerializeStructVariant = Counted<'d, S::SerializeStructVariant>;

    pass_on! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128) serialize_f32(f32) serialize_f64(f64) serialize_char(char) serialize_str(&str)
        serialize_bytes(&[u8]) serialize_unit_struct(Name)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }
    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }
    fn serialize_unit_variant(self, name: Name, index: u32, variant: Name) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&Bounded::new(value, self.depth))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: Name,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner
            .serialize_newtype_struct(name, &Bounded::new(value, self.depth))
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: Name,
        index: u32,
        variant: Name,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner
            .serialize_newtype_variant(name, index, variant, &Bounded::new(value, self.depth))
    }
    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Counted::<S>::around(self.depth, self.inner.serialize_seq(len))
    }
    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        Counted::<S>::around(self.depth, self.inner.serialize_tuple(len))
    }
    fn serialize_tuple_struct(self, name: Name, len: usize) -> Result<Self::SerializeTupleStruct, S::Error> {
        Counted::<S>::around(self.depth, self.inner.serialize_tuple_struct(name, len))
    }
    fn serialize_tuple_variant(
        self,
        name: Name,
        index: u32,
        variant: Name,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        let inner = self.inner.serialize_tuple_variant(name, index, variant, len);
        Counted::<S>::around(self.depth, inner)
    }
    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Counted::<S>::around(self.depth, self.inner.serialize_map(len))
    }
    fn serialize_struct(self, name: Name, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        Counted::<S>::around(self.depth, self.inner.serialize_struct(name, len))
    }
    fn serialize_struct_variant(
        self,
        name: Name,
        index: u32,
        variant: Name,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        let inner = self.inner.serialize_struct_variant(name, index, variant, len);
        Counted::<S>::around(self.depth, inner)
    }
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! compound {
    ($($part:ident: $($method:ident($($key:ident)?))*;)*) => {$(
        impl<S: $part> $part for Counted<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;

            $(fn $method<T: Serialize + ?Sized>(
                &mut self,
                $($key: Name,)?
                value: &T,
            ) -> Result<(), S::Error> {
                self.inner.$method($($key,)? &Bounded::new(value, self.depth))
            })*

            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        }
    )*};
}

compound! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeMap: serialize_key() serialize_value();
    SerializeStruct: serialize_field(key);
    SerializeStructVariant: serialize_field(key);
}
