//! Whatever a configuration holds, it is written and read back the same.

use super::words::Word;
use super::*;
use proptest::prelude::*;

fn any_level() -> impl Strategy<Value = LevelFilter> {
    prop::sample::select(LevelFilter::iter().collect::<Vec<_>>())
}

fn any_time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
        (0..100_000_u64).prop_map(Duration::from_millis),
    ]
}

fn any_path() -> impl Strategy<Value = Option<PathBuf>> {
    prop::option::of(".{0,12}".prop_map(PathBuf::from))
}

fn any_format() -> impl Strategy<Value = Format> {
    ("[a-z]{0,3}\\{.{0,9}|text|json|logfmt").prop_map(Format::from)
}

fn any_size() -> impl Strategy<Value = usize> {
    (any::<usize>(), 0..64).prop_map(|(bytes, shift)| bytes << shift)
}

type Outputs = (
    (String, Option<PathBuf>, Option<PathBuf>, Option<Console>),
    (
        Option<LevelFilter>,
        BTreeMap<String, LevelFilter>,
        Option<String>,
        bool,
        LevelFilter,
        LevelFilter,
    ),
    (
        Format,
        Format,
        Color,
        BTreeMap<Level, String>,
        Newlines,
        bool,
        BTreeMap<String, String>,
    ),
);

fn any_outputs() -> impl Strategy<Value = Outputs> {
    let console = prop::sample::select(vec![None, Some(Console::Stdout), Some(Console::Stderr)]);
    let level = || prop::sample::select(Level::iter().collect::<Vec<_>>());
    (
        (".{0,9}", any_path(), any_path(), console),
        (
            prop::option::of(any_level()),
            prop::collection::btree_map(".{0,9}", any_level(), 0..3),
            prop::option::of(".{0,9}"),
            any::<bool>(),
            any_level(),
            any_level(),
        ),
        (
            any_format(),
            any_format(),
            prop::sample::select(vec![Color::Auto, Color::Always, Color::Never]),
            prop::collection::btree_map(level(), ".{0,9}", 0..3),
            prop::sample::select(vec![Newlines::Escape, Newlines::Symbol]),
            any::<bool>(),
            prop::collection::btree_map(".{0,9}", ".{0,9}", 0..3),
        ),
    )
}

fn any_retention() -> impl Strategy<Value = Retention> {
    let limits = (
        prop::option::of(any_time()),
        prop::option::of(any::<u32>()),
        prop::option::of(any::<u64>()),
    );
    limits.prop_map(|(max_age, max_files, max_total_bytes)| Retention {
        max_age,
        max_files,
        max_total_bytes,
    })
}

fn any_mask() -> impl Strategy<Value = Mask> {
    let names = || prop::collection::vec(".{0,9}", 0..3);
    let prefixes = prop::collection::btree_map(".{0,9}", any_size(), 0..3);
    let parts = (any::<bool>(), names(), names(), prefixes, any::<bool>());
    parts.prop_map(|(standard, key, keep_key, token_prefix, emails)| Mask {
        standard,
        key,
        keep_key,
        token_prefix,
        emails,
    })
}

type Limits = (
    (u64, u32, Locking, u32),
    (
        Option<Period>,
        Retention,
        ((&'static str, Schema), TimeZone),
        Mask,
    ),
    (usize, Overflow, usize, Duration, Duration),
    (usize, usize, usize, usize),
    (bool, bool),
);

fn any_zone() -> impl Strategy<Value = TimeZone> {
    let fixed = any::<i16>().prop_map(|minutes_east| TimeZone::Fixed { minutes_east });
    #[cfg(feature = "local-time")]
    return prop_oneof![Just(TimeZone::Utc), Just(TimeZone::Local), fixed];
    #[cfg(not(feature = "local-time"))]
    prop_oneof![Just(TimeZone::Utc), fixed]
}

fn any_limits() -> impl Strategy<Value = Limits> {
    let overflow = prop_oneof![
        Just(Overflow::Block),
        Just(Overflow::DropNewest),
        any_time().prop_map(Overflow::BlockFor),
    ];
    let locking = prop::sample::select(vec![Locking::Shared, Locking::Require, Locking::Off]);
    (
        (any::<u64>(), any::<u32>(), locking, any::<u32>()),
        (
            prop::sample::select(vec![None, Some(Period::Hour), Some(Period::Day)]),
            any_retention(),
            (prop::sample::select(Schema::WORDS), any_zone()),
            prop_oneof![Just(Mask::standard()), Just(Mask::none()), any_mask()],
        ),
        (any_size(), overflow, any_size(), any_time(), any_time()),
        (any_size(), any_size(), any_size(), any_size()),
        any::<(bool, bool)>(),
    )
}

/// Any values at all, good or bad; written without `..`, so that a new setting must be added here.
fn any_config() -> impl Strategy<Value = Config> {
    (any_outputs(), any_limits()).prop_map(|(outputs, limits)| {
        let ((name, dir, file, console), levels, looks) = outputs;
        let (level, level_for, filter, rust_log, console_level, file_level) = levels;
        let (console_format, file_format, color, level_color, newlines, source, fields) = looks;
        let ((max_bytes, backup_count, locking, file_mode), kept, queue, sizes, exits) = limits;
        let (log_panics, flush_on_exit) = exits;
        let (rotate_every, retention, ((_, json_schema), time_zone), mask) = kept;
        let (queue_bytes, overflow, batch_bytes, flush_interval, shutdown_timeout) = queue;
        let (max_message_bytes, max_key_bytes, max_value_bytes, max_record_bytes) = sizes;
        Config {
            name,
            dir,
            file,
            console,
            level,
            level_for,
            filter,
            rust_log,
            console_level,
            file_level,
            console_format,
            file_format,
            color,
            level_color,
            newlines,
            json_schema,
            source,
            time_zone,
            fields: fields.into_iter().collect(),
            max_bytes,
            backup_count,
            locking,
            file_mode,
            queue_bytes,
            overflow,
            batch_bytes,
            flush_interval,
            shutdown_timeout,
            max_message_bytes,
            max_key_bytes,
            max_value_bytes,
            max_record_bytes,
            rotate_every,
            retention,
            mask,
            log_panics,
            flush_on_exit,
            env_faults: Vec::new(),
        }
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(config in any_config()) {
        let text = serde_json::to_string(&config).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Config>(&text).unwrap(), &config, "{}", text);
        let text = toml::to_string(&config).unwrap();
        prop_assert_eq!(&toml::from_str::<Config>(&text).unwrap(), &config, "{}", text);
    }

    #[test]
    fn a_retention_and_a_mask_alone_read_back_the_same(retention in any_retention(), mask in any_mask()) {
        let text = serde_json::to_string(&retention).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Retention>(&text).unwrap(), &retention, "{}", text);
        let text = serde_json::to_string(&mask).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Mask>(&text).unwrap(), &mask, "{}", text);
    }

    #[test]
    fn any_values_are_judged_without_a_panic(config in any_config()) {
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
