//! What `key:serde` shows: what serde_json says of the same value, at the top of a line as inside of a document.

use crate::common::golden::{lines, plain};
use asynclogger::{AsyncLogger, BigIntegers, Config, Mask};
use log::{Log, Record};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Value as Json;

/// serde's data model.
#[derive(Debug, Clone)]
enum Model {
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    I128(i128),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    U128(u128),
    F32(f32),
    F64(f64),
    Char(char),
    Str(String),
    Bytes(Vec<u8>),
    None,
    Some(Box<Model>),
    Unit,
    UnitStruct,
    UnitVariant,
    NewtypeStruct(Box<Model>),
    NewtypeVariant(Box<Model>),
    Seq(Vec<Model>),
    Tuple(Vec<Model>),
    TupleStruct(Vec<Model>),
    TupleVariant(Vec<Model>),
    Map(Vec<(Model, Model)>),
    Struct(Vec<Model>),
    StructVariant(Vec<Model>),
}

const FIELDS: [&str; 4] = ["one", "two", "three", "four"];

impl Serialize for Model {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Model::Bool(value) => s.serialize_bool(*value),
            Model::I8(value) => s.serialize_i8(*value),
            Model::I16(value) => s.serialize_i16(*value),
            Model::I32(value) => s.serialize_i32(*value),
            Model::I64(value) => s.serialize_i64(*value),
            Model::I128(value) => s.serialize_i128(*value),
            Model::U8(value) => s.serialize_u8(*value),
            Model::U16(value) => s.serialize_u16(*value),
            Model::U32(value) => s.serialize_u32(*value),
            Model::U64(value) => s.serialize_u64(*value),
            Model::U128(value) => s.serialize_u128(*value),
            Model::F32(value) => s.serialize_f32(*value),
            Model::F64(value) => s.serialize_f64(*value),
            Model::Char(value) => s.serialize_char(*value),
            Model::Str(value) => s.serialize_str(value),
            Model::Bytes(value) => s.serialize_bytes(value),
            Model::None => s.serialize_none(),
            Model::Some(value) => s.serialize_some(value),
            Model::Unit => s.serialize_unit(),
            Model::UnitStruct => s.serialize_unit_struct("UnitStruct"),
            Model::UnitVariant => s.serialize_unit_variant("Enum", 0, "Unit"),
            Model::NewtypeStruct(value) => s.serialize_newtype_struct("Newtype", value),
            Model::NewtypeVariant(value) => s.serialize_newtype_variant("Enum", 1, "Newtype", value),
            compound => compound.serialize_compound(s),
        }
    }
}

/// Serializes `values` with `$begin` and one `$add` each.
macro_rules! parts {
    ($values:expr, $begin:expr, $add:ident) => {{
        let mut parts = $begin?;
        for value in $values {
            parts.$add(value)?;
        }
        parts.end()
    }};
}

macro_rules! fields {
    ($values:expr, $begin:expr) => {{
        let mut parts = $begin?;
        for (name, value) in FIELDS.into_iter().zip($values) {
            parts.serialize_field(name, value)?;
        }
        parts.end()
    }};
}

impl Model {
    fn serialize_compound<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Model::Seq(values) => parts!(values, s.serialize_seq(None), serialize_element),
            Model::Tuple(values) => parts!(values, s.serialize_tuple(values.len()), serialize_element),
            Model::TupleStruct(values) => {
                parts!(
                    values,
                    s.serialize_tuple_struct("Tuple", values.len()),
                    serialize_field
                )
            }
            Model::TupleVariant(values) => {
                let begin = s.serialize_tuple_variant("Enum", 2, "Tuple", values.len());
                parts!(values, begin, serialize_field)
            }
            Model::Map(pairs) => {
                let mut map = s.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Model::Struct(values) => fields!(values, s.serialize_struct("Struct", values.len())),
            Model::StructVariant(values) => {
                fields!(
                    values,
                    s.serialize_struct_variant("Enum", 3, "Struct", values.len())
                )
            }
            scalar => scalar.serialize(s),
        }
    }
}

/// Texts without NUL, which lines write as another character.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[^\u{0}]{0,8}", "(\"|\\\\|\n|,|u0000|[0-9]{20}){0,4}"]
}

fn scalar() -> impl Strategy<Value = Model> {
    let float = prop_oneof![any::<f64>(), Just(f64::NAN), Just(f64::INFINITY), Just(0.1)];
    let single = prop_oneof![
        any::<f32>(),
        Just(f32::NAN),
        Just(f32::NEG_INFINITY),
        Just(0.1),
        Just(1e20)
    ];
    let numbers = prop_oneof![
        any::<i8>().prop_map(Model::I8),
        any::<i16>().prop_map(Model::I16),
        any::<i32>().prop_map(Model::I32),
        any::<i64>().prop_map(Model::I64),
        any::<i128>().prop_map(Model::I128),
        any::<u8>().prop_map(Model::U8),
        any::<u16>().prop_map(Model::U16),
        any::<u32>().prop_map(Model::U32),
        any::<u64>().prop_map(Model::U64),
        any::<u128>().prop_map(Model::U128),
        single.prop_map(Model::F32),
        float.prop_map(Model::F64),
    ];
    prop_oneof![
        numbers,
        any::<bool>().prop_map(Model::Bool),
        any::<char>()
            .prop_filter("see `text`", |c| *c != '\0')
            .prop_map(Model::Char),
        text().prop_map(Model::Str),
        proptest::collection::vec(any::<u8>(), 0..4).prop_map(Model::Bytes),
        Just(Model::None),
        Just(Model::Unit),
        Just(Model::UnitStruct),
        Just(Model::UnitVariant),
    ]
}

/// What serde_json takes as a key, each of them another one.
fn keys() -> impl Strategy<Value = Vec<Model>> {
    let key = prop_oneof![
        text().prop_map(Model::Str),
        any::<u64>().prop_map(Model::U64),
        any::<i128>().prop_map(Model::I128),
        any::<bool>().prop_map(Model::Bool),
        Just(Model::UnitVariant),
    ];
    let key = prop_oneof![
        key.clone(),
        key.prop_map(|key| Model::NewtypeStruct(Box::new(key)))
    ];
    proptest::collection::vec(key, 0..4).prop_map(|mut keys| {
        let mut seen = std::collections::HashSet::new();
        keys.retain(|key| {
            seen.insert(serde_json::to_string(&Model::Map(vec![(key.clone(), Model::Unit)])).unwrap())
        });
        keys
    })
}

fn model() -> impl Strategy<Value = Model> {
    scalar().prop_recursive(4, 24, 4, |inner| {
        let several = proptest::collection::vec(inner.clone(), 0..4);
        let map = (keys(), proptest::collection::vec(inner.clone(), 4));
        prop_oneof![
            inner.clone().prop_map(|value| Model::Some(Box::new(value))),
            inner
                .clone()
                .prop_map(|value| Model::NewtypeStruct(Box::new(value))),
            inner.prop_map(|value| Model::NewtypeVariant(Box::new(value))),
            several.clone().prop_map(Model::Seq),
            several.clone().prop_map(Model::Tuple),
            several.clone().prop_map(Model::TupleStruct),
            several.clone().prop_map(Model::TupleVariant),
            several.clone().prop_map(Model::Struct),
            several.prop_map(Model::StructVariant),
            map.prop_map(|(keys, values)| Model::Map(keys.into_iter().zip(values).collect())),
        ]
    })
}

fn json() -> Config {
    plain("json")
        .mask(Mask::none())
        .max_record_bytes(1 << 20)
        .max_value_bytes(1 << 19)
        .queue_bytes(64 << 20)
        .big_integers(BigIntegers::Number)
        .batch_bytes(1 << 20)
}

fn log_value(logger: &AsyncLogger, value: &impl Serialize) {
    let pairs = [("v", log::kv::Value::from_serde(value))];
    let mut record = Record::builder();
    record.target("app").key_values(&pairs);
    logger.log(&record.args(format_args!("m")).build());
}

/// The JSON of the key-value `v` of a line.
fn shown(line: &str) -> &str {
    let value = line
        .split_once(r#","v":"#)
        .and_then(|(_, value)| value.strip_suffix('}'));
    value.unwrap_or_else(|| panic!("{line}"))
}

#[test]
fn every_value_of_serdes_data_model_is_what_serde_json_says() {
    let mut runner = TestRunner::new(Cases::with_cases(20));
    let values = proptest::collection::vec(model(), 150);
    let test = |values: Vec<Model>| {
        let lines = lines(json(), |logger| {
            values.iter().for_each(|value| log_value(logger, value))
        });
        prop_assert_eq!(lines.len(), values.len());
        for (line, value) in lines.iter().zip(&values) {
            let wanted: Json = serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap();
            let found: Json = serde_json::from_str(shown(line)).unwrap();
            prop_assert_eq!(&wanted, &found, "{:?}: {}", value, line);
        }
        Ok(())
    };
    runner.run(&values, test).unwrap();
}

#[derive(Debug, Serialize)]
struct OrderId(u64);

#[derive(Debug, Serialize)]
struct Nothing;

#[derive(Debug, Serialize)]
struct Named(String);

#[derive(Debug, Serialize)]
struct Order {
    id: OrderId,
    parent: Option<OrderId>,
    nothing: Nothing,
    share: f32,
    rest: f64,
}

/// One field has one type, wherever it is.
#[test]
fn a_newtype_and_a_unit_struct_are_the_same_at_the_top_and_inside() {
    let order = || Order {
        id: OrderId(5),
        parent: Some(OrderId(4)),
        nothing: Nothing,
        share: 0.1,
        rest: f64::NAN,
    };
    let log = |logger: &AsyncLogger| {
        let Order {
            id,
            parent,
            nothing,
            share,
            rest,
        } = order();
        log::info!(logger: logger, target: "app", order:serde = order(), id:serde = id, parent:serde = parent,
            nothing:serde = nothing, share:serde = share, rest:serde = rest; "m");
    };
    let pairs = r#""id":5,"parent":4,"nothing":null,"share":0.1,"rest":null"#;
    let line = lines(plain("json"), log).remove(0);
    assert!(
        line.ends_with(&format!(r#","order":{{{pairs}}},{pairs}}}"#)),
        "{line}"
    );
    let text = lines(plain("{key:id} {key:parent} {key:nothing} {key:share}"), log).remove(0);
    assert_eq!(text, "5 4 null 0.1");
}

#[test]
fn a_long_text_in_a_newtype_is_cut_like_any_other_text() {
    let config = plain("json").max_value_bytes(20);
    let line = lines(config, |logger| {
        log_value(logger, &Some(Named("n".repeat(5_000))))
    })
    .remove(0);
    assert_eq!(shown(&line), format!("\"{}[...TRUNCATED]\"", "n".repeat(20)));
}

/// Their recursion would overflow the stack, and end the process.
#[test]
fn newtypes_in_newtypes_without_an_end_are_refused() {
    #[derive(Debug)]
    struct Endless;
    impl Serialize for Endless {
        fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            s.serialize_newtype_struct("", &Some(Endless))
        }
    }
    for config in [plain("json"), json()] {
        let lines = lines(config, |logger| {
            log_value(logger, &Endless);
            log_value(logger, &[Endless]);
            log_value(logger, &7);
        });
        let shown: Vec<&str> = lines.iter().map(|line| shown(line)).collect();
        assert_eq!(
            shown,
            [r#""<nested too deeply>""#, r#""<nested too deeply>""#, "7"]
        );
    }
}
