//! Values read back from a line.

use super::*;
use crate::escape::unescape;
use proptest::prelude::*;
use serde_json::Value as Json;

/// A value as it is logged, and as a JSON parser returns it.
#[derive(Debug, Clone)]
pub(super) enum Typed {
    U64(u64),
    I64(i64),
    F64(f64),
    Bool(bool),
    Char(char),
    Text(String),
    Null,
}

impl Typed {
    pub(super) fn logged(&self) -> KvValue<'_> {
        match self {
            Typed::U64(value) => (*value).into(),
            Typed::I64(value) => (*value).into(),
            Typed::F64(value) => (*value).into(),
            Typed::Bool(value) => (*value).into(),
            Typed::Char(value) => (*value).into(),
            Typed::Text(value) => value.as_str().into(),
            Typed::Null => KvValue::null(),
        }
    }

    pub(super) fn as_json(&self) -> Json {
        match self {
            Typed::U64(value) => Json::from(*value),
            Typed::I64(value) => Json::from(*value),
            // Parsed by the same parser, which may be off by one bit.
            Typed::F64(value) if value.is_finite() => serde_json::from_str(&self.as_text()).unwrap(),
            Typed::F64(_) | Typed::Null => Json::Null,
            Typed::Bool(value) => Json::from(*value),
            _ => Json::from(laws::in_json(&self.as_text())),
        }
    }

    /// As [`as_json`](Typed::as_json), in lines of a schema.
    pub(super) fn as_json_in(&self, schema: Schema) -> Json {
        match self {
            Typed::U64(value) if matches!(schema, Schema::Ecs | Schema::Otel) && *value > i64::MAX as u64 => {
                Json::from(value.to_string())
            }
            _ => self.as_json(),
        }
    }

    /// The value in a layout without types.
    fn as_text(&self) -> String {
        match self {
            Typed::F64(value) if value.is_finite() => {
                let text = serde_json::to_string(value).unwrap();
                assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
                text
            }
            Typed::F64(value) if value.is_nan() => "NaN".to_owned(),
            Typed::U64(value) => value.to_string(),
            Typed::I64(value) => value.to_string(),
            Typed::F64(value) => value.to_string(),
            Typed::Bool(value) => value.to_string(),
            Typed::Char(value) => value.to_string(),
            Typed::Text(value) => value.clone(),
            Typed::Null => "null".to_owned(),
        }
    }
}

fn typed() -> impl Strategy<Value = Typed> {
    let text = prop_oneof![
        any::<String>(),
        "[ ,=\"\\[\\]\\\\a\n]{0,12}",
        "(a|, b=c|\\]|\"|\\\\)*"
    ];
    prop_oneof![
        any::<u64>().prop_map(Typed::U64),
        any::<i64>().prop_map(Typed::I64),
        any::<f64>().prop_map(Typed::F64),
        any::<bool>().prop_map(Typed::Bool),
        any::<char>().prop_map(Typed::Char),
        text.prop_map(Typed::Text),
        Just(Typed::Null),
    ]
}

pub(super) fn pairs() -> impl Strategy<Value = Vec<(String, Typed)>> {
    let key = prop_oneof!["[a-c_]{0,2}", "level|message|k_2|k", any::<String>()];
    proptest::collection::vec((key, typed()), 0..12)
}

/// Reads ` [user=7, who="a b"]`; `None` if it is ambiguous.
fn text_extras(mut rest: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    if rest.is_empty() {
        return Some(pairs);
    }
    rest = rest.strip_prefix(" [")?;
    loop {
        let (key, after) = rest.split_once('=')?;
        let end = match after.strip_prefix('"') {
            Some(quoted) => closing_quote(quoted)? + 2,
            None => after.find([',', ']'])?,
        };
        let value = &after[..end];
        let value = value
            .strip_prefix('"')
            .map_or(value, |quoted| &quoted[..quoted.len() - 1]);
        pairs.push((key.to_owned(), unescape(value)?));
        match after[end..].strip_prefix(", ") {
            Some(next) => rest = next,
            None => return (&after[end..] == "]").then_some(pairs),
        }
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn values_come_back_from_every_layout(pairs in pairs(), message in any::<String>()) {
        let mut record = sample(&message);
        record.extras = pairs.iter().map(|(key, value)| (key.as_str(), value.logged())).collect();
        let shown = record.text("{extras}");
        let back = text_extras(if shown == "-" { "" } else { &shown });
        let texts: Vec<String> = pairs.iter().map(|(_, value)| value.as_text()).collect();
        prop_assert_eq!(
            back.map(|pairs| pairs.into_iter().map(|(_, value)| value).collect::<Vec<_>>()),
            Some(texts.clone()), "{}", shown
        );

        let (line, _) = record.render(&Layout::Json, &settings());
        let object = laws::strict_object(&line);
        prop_assert_eq!(object[3].1.as_str(), Some(&*laws::in_json(&message)));
        let values: Vec<&Json> = object[4..].iter().map(|(_, value)| value).collect();
        let wanted: Vec<Json> = pairs.iter().map(|(_, value)| value.as_json()).collect();
        prop_assert_eq!(values, wanted.iter().collect::<Vec<_>>(), "{}", line);

        let (line, _) = record.render(&Layout::Logfmt, &settings());
        let object = laws::logfmt_pairs(&line);
        prop_assert_eq!(
            object.map(|pairs| pairs.into_iter().skip(4).map(|(_, value)| value).collect::<Vec<_>>()),
            Some(texts.iter().map(|text| laws::in_json(text)).collect()), "{}", line
        );
    }

    #[test]
    fn integers_of_128_bits_keep_all_their_digits(unsigned: u128, signed: i128) {
        let mut record = sample("m");
        record.extras = vec![("u", KvValue::from(unsigned)), ("i", KvValue::from(signed))];
        let settings = LineSettings { big_integers: Some(BigIntegers::Number), ..settings() };
        let (line, _) = record.render(&Layout::Json, &settings);
        prop_assert!(line.ends_with(&format!(",\"u\":{unsigned},\"i\":{signed}}}")), "{}", line);
        laws::strict_object(&line);
    }
}
