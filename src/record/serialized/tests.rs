use super::bounded::LEVELS;
use super::*;
use crate::record::{CaptureLimits, Draft, FrameWriter, Value as Stored, View, frame, text};
use std::collections::BTreeMap;

/// The value that `store` leaves in a frame, as `{:?}` shows it; `limit` is in bytes.
fn stored<T: Serialize + std::fmt::Debug>(value: &T, limit: usize) -> String {
    shown(&Value::from_serde(value), limit)
}

fn shown(value: &Value<'_>, limit: usize) -> String {
    let head = frame(log::Level::Info, "m");
    let mut out = Draft::new();
    let mut writer = FrameWriter::begin(&mut out, &View::read(&head).unwrap().head());
    writer.message(100, |_| Ok(()));
    let limits = CaptureLimits::new(100, 100, limit, 1 << 30);
    store(value, &mut Pair::new(&mut writer, "k", &limits));
    writer.finish();
    let view = View::read(&out).unwrap();
    let extras: Vec<_> = view.extras().collect();
    assert_eq!((extras.len(), text(extras[0].key)), (1, "k"));
    format!("{:?}", extras[0].value)
}

fn is_json(value: &impl Serialize, limit: usize) -> bool {
    let depth = Depth::new();
    document(&Value::from_serde(value), limit, &depth).is_some()
}

#[test]
fn a_map_is_kept_as_json_and_a_text_as_text() {
    let map = BTreeMap::from([("a", vec![1, 2])]);
    let json = r#"{"a":[1,2]}"#;
    assert_eq!(stored(&map, 100), format!("{:?}", Stored::Json(json)));
    assert_eq!(
        shown(&Value::from_debug(&map), 100),
        format!("{:?}", Stored::Text(r#"{"a": [1, 2]}"#))
    );
    assert_eq!(stored(&"[1]", 100), format!("{:?}", Stored::Str("[1]")));
}

#[derive(Debug)]
struct Deep(usize);

impl Serialize for Deep {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == 0 {
            serializer.serialize_unit()
        } else {
            [Deep(self.0 - 1)].serialize(serializer)
        }
    }
}

/// A newtype in a `Some` in a newtype and so on: JSON shows nothing of it.
#[derive(Debug)]
struct Wrapped(usize);

impl Serialize for Wrapped {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            0 => serializer.serialize_u8(7),
            n if n % 2 == 0 => serializer.serialize_some(&Wrapped(n - 1)),
            n => serializer.serialize_newtype_struct("Wrapped", &Wrapped(n - 1)),
        }
    }
}

#[test]
fn a_value_of_a_million_levels_is_refused_and_no_stack_overflows() {
    let mark = format!("{:?}", Stored::Text(TOO_DEEP_MARK));
    let million = 1_000_000;
    assert_eq!(stored(&Deep(million), 10 * million), mark);
    assert_eq!(stored(&Wrapped(million), 10 * million), mark);
    assert_eq!(stored(&[Wrapped(million)], 10 * million), mark);
    assert_eq!(
        stored(&BTreeMap::from([("a", Wrapped(million))]), 10 * million),
        mark
    );
    assert_eq!(stored(&Wrapped(LEVELS - 1), 100), format!("{:?}", Stored::U64(7)));
    assert_eq!(
        stored(&[Wrapped(LEVELS - 2)], 100),
        format!("{:?}", Stored::Json("[7]"))
    );
}

#[test]
fn a_value_fits_up_to_its_last_byte_and_its_last_level() {
    let map = BTreeMap::from([("a", vec![1, 2])]);
    let json = r#"{"a":[1,2]}"#;
    assert!(is_json(&map, json.len()) && !is_json(&map, json.len() - 1));
    assert!(is_json(&Deep(LEVELS - 1), 1_000) && !is_json(&Deep(LEVELS), 1_000));
}

#[test]
fn values_next_to_each_other_are_not_nested() {
    let neighbours = vec![(vec![1], BTreeMap::from([("a", Some(1))])); 2 * LEVELS];
    assert!(is_json(&neighbours, 10_000));
}

#[test]
fn a_float_with_few_digits_needs_no_second_look() {
    for (float, may_be) in [
        (1.5, false),
        (7.0, false),
        (-0.25, false),
        (9_999.75, false),
        (0.1, false),
        (f64::from(0.1_f32), true),
        (f64::from(-1e20_f32), true),
        (0.1234567, false),
        (f64::NAN, false),
    ] {
        assert_eq!(may_be_f32(float), may_be, "{float}");
    }
}
