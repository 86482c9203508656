//! Every row of the table: a value that is read is shown so that it reads back the same.

use super::*;
use crate::config::lookup::set;
use crate::config::raw_value::RawValue;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Words that some setting takes, and some that none does.
const WORDS: [&str; 28] = [
    "stdout",
    "stderr",
    "none",
    "off",
    "warn",
    "Trace",
    "text",
    "json",
    "logfmt",
    "auto",
    "always",
    "never",
    "escape",
    "symbol",
    "native",
    "ecs",
    "otel",
    "bunyan",
    "utc",
    "local",
    "hour",
    "day",
    "shared",
    "require",
    "block",
    "drop_newest",
    "standard",
    "banana",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
        2 => "[0-9]{1,9}(\\.[0-9]{1,3})?(B|kB|KiB|MiB|ns|us|ms|s|m|h|d)?",
        1 => "[+-][01][0-9]:[0-5][0-9]",
        1 => "0[0-7]{3}",
        1 => "[a-z]{0,3}\\{.{0,9}",
        1 => "[a-z_:]{1,9}=[a-z0-9]{1,5}(,[a-z]{1,5}=[0-9]{1,3}(ms|d)?)?",
        2 => ".{0,9}",
    ]
}

fn single() -> impl Strategy<Value = RawValue> {
    prop_oneof![
        4 => texts().prop_map(RawValue::Text),
        1 => any::<u64>().prop_map(RawValue::Number),
        1 => (0_u64..10_000).prop_map(RawValue::Number),
        1 => any::<bool>().prop_map(RawValue::Switch),
    ]
}

fn inner_keys() -> impl Strategy<Value = String> {
    let known = [
        "block_for",
        "max_age",
        "max_files",
        "max_total_bytes",
        "standard",
        "key",
        "keep_key",
        "emails",
        "error",
        "info",
        "trace",
    ];
    prop_oneof![
        prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        ".{0,9}"
    ]
}

fn table_of(values: impl Strategy<Value = RawValue>) -> impl Strategy<Value = RawValue> {
    prop::collection::btree_map(inner_keys(), values, 0..3)
        .prop_map(|pairs| RawValue::Pairs(pairs.into_iter().collect()))
}

/// A mask with prefixes, which chance would hardly ever make.
fn mask() -> impl Strategy<Value = RawValue> {
    let size = any::<u32>().prop_map(|len| RawValue::Number(u64::from(len)));
    let names = prop::collection::vec(texts().prop_map(RawValue::Text), 0..3).prop_map(RawValue::List);
    (prop::collection::btree_map(".{0,9}", size, 0..3), names).prop_map(|(prefixes, names)| {
        let prefixes = RawValue::Pairs(prefixes.into_iter().collect());
        RawValue::Pairs(vec![
            ("token_prefix".to_owned(), prefixes),
            ("key".to_owned(), names),
        ])
    })
}

/// Any value that a file could hold.
fn any_value() -> impl Strategy<Value = RawValue> {
    prop_oneof![
        6 => single(),
        3 => table_of(single()),
        1 => mask(),
        1 => prop::collection::vec(single(), 0..3).prop_map(RawValue::List),
        1 => Just(RawValue::Nothing),
    ]
}

/// A configuration in which each setting has any value that it takes, sensible or not.
fn any_config() -> impl Strategy<Value = Config> {
    let count = rows().count();
    prop::collection::vec(prop::collection::vec(any_value(), 4), count).prop_map(|values| {
        let mut config = app();
        for (setting, candidates) in rows().zip(values) {
            for raw in candidates {
                let mut tried = config.clone();
                if set(&mut tried, setting.key, &raw).is_ok() {
                    config = tried;
                    break;
                }
            }
        }
        config
    })
}

#[track_caller]
fn assert_reads_back(config: &Config) {
    let text = serde_json::to_string(config).unwrap();
    assert_eq!(&serde_json::from_str::<Config>(&text).unwrap(), config, "{text}");
    let text = toml::to_string(config).unwrap();
    // `toml` gives the keys of a table in the order of the alphabet.
    let mut sorted = config.clone();
    sorted.format.field.0.sort();
    assert_eq!(toml::from_str::<Config>(&text).unwrap(), sorted, "{text}");
}

/// Also shows that the values above reach every row: each takes some that change it.
#[test]
fn every_setting_reads_back_what_it_shows() {
    let mut runner = TestRunner::deterministic();
    for setting in rows() {
        let mut changed = 0;
        for _ in 0..1_000 {
            let raw = any_value().new_tree(&mut runner).unwrap().current();
            let mut config = app();
            if (setting.read)(&mut config, &raw).is_ok() && config != app() {
                changed += 1;
                let shown = (setting.show)(&config);
                let mut again = app();
                (setting.read)(&mut again, &shown).unwrap();
                assert_eq!(again, config, "{} = {raw:?} is shown as {shown:?}", setting.key);
                assert_reads_back(&config);
            }
        }
        assert!(changed > 0, "no value changed {}", setting.key);
    }
}

proptest! {
    #[test]
    fn a_configuration_with_any_values_reads_back_the_same(config in any_config()) {
        assert_reads_back(&config);
    }

    #[test]
    fn a_retention_and_a_mask_alone_read_back_the_same(config in any_config()) {
        let retention = config.rotation.retention;
        let text = serde_json::to_string(&retention).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Retention>(&text).unwrap(), &retention, "{}", text);
        let mask = config.format.mask;
        let text = serde_json::to_string(&mask).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Mask>(&text).unwrap(), &mask, "{}", text);
    }

    #[test]
    fn any_values_are_checked_without_a_panic(config in any_config()) {
        for fault in faults(&config) {
            prop_assert!(!fault.path.is_empty() && !fault.message.is_empty());
            prop_assert!(!fault.to_string().contains(char::is_control), "{}", fault);
        }
    }

    #[test]
    fn any_json_is_read_or_refused_without_a_panic(
        key in "[a-z_]{0,12}|level|overflow|field|retention|mask|rotate_every|level_color|file_mode|max_bytes|flush_interval",
        text in ".{0,20}|[0-9]{1,22}(ms|KiB)?|[a-z]{1,5}=[a-z]{1,5}",
    ) {
        for value in [serde_json::json!(text), serde_json::json!([text]), serde_json::json!({ text.clone(): text })] {
            match serde_json::from_value::<Config>(serde_json::json!({ key.clone(): value })) {
                Ok(config) => prop_assert!(serde_json::to_value(&config).is_ok_and(|shown| shown.is_object())),
                Err(error) => prop_assert!(error.to_string().contains("invalid setting"), "{}", error),
            }
        }
    }
}
