#[path = "tests/limits.rs"]
mod limits;
#[path = "tests/parts.rs"]
mod parts;

use super::limits::OVERSHOOT;
use super::*;
use log::kv::Value as KvValue;
use std::fmt::{self, Write as _};

/// No key-values.
const NONE: Option<(&str, u64)> = None;

const LIMITS: fn() -> CaptureLimits = || CaptureLimits::new(100, 20, 50, 400);

fn frame_of(record: &log::Record<'_>) -> Vec<u8> {
    let mut out = Draft::new();
    capture(record, &LIMITS(), "main", &mut out);
    out.to_vec()
}

fn record<'a>(args: fmt::Arguments<'a>, kvs: &'a dyn log::kv::Source) -> log::Record<'a> {
    log::Record::builder()
        .args(args)
        .level(Level::Warn)
        .target("app::db")
        .module_path(Some("app::db"))
        .file(Some("src/db.rs"))
        .line(Some(7))
        .key_values(kvs)
        .build()
}

#[test]
fn a_record_comes_back_as_it_was_captured() {
    let kvs: &[(&str, KvValue<'_>)] = &[
        ("user", 7u64.into()),
        ("ms", 1.5f64.into()),
        ("big", KvValue::from(u128::MAX)),
        ("ok", true.into()),
        ("c", 'é'.into()),
        ("who", "bob".into()),
        ("neg", (-3i64).into()),
    ];
    let frame = frame_of(&record(format_args!("n={}", 1), &kvs));
    let view = View::read(&frame).unwrap();
    assert_eq!(
        (view.level, view.target(), view.module()),
        (Level::Warn, "app::db", Some("app::db"))
    );
    assert_eq!(
        (view.file(), view.line(), view.thread()),
        (Some("src/db.rs"), Some(7), "main")
    );
    assert_eq!((view.message(), view.message_cut()), ("n=1", false));
    let values: Vec<_> = view
        .extras()
        .map(|extra| (text(extra.key), extra.value))
        .collect();
    assert_eq!(
        values,
        [
            ("user", Value::U64(7)),
            ("ms", Value::F64(1.5)),
            ("big", Value::U128(u128::MAX)),
            ("ok", Value::Bool(true)),
            ("c", Value::Char('é')),
            ("who", Value::Str("bob")),
            ("neg", Value::I64(-3)),
        ]
    );
}

#[test]
fn a_message_stops_at_its_limit_plus_the_overshoot_on_a_character_boundary() {
    let long = "é".repeat(5_000);
    let frame = frame_of(&record(format_args!("x{long}"), &NONE));
    let view = View::read(&frame).unwrap();
    assert!(view.message_cut());
    assert_eq!(view.message().len(), 100 + OVERSHOOT - 1);
}

#[test]
fn a_display_without_end_stops() {
    struct Endless;
    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("more ")?;
            }
        }
    }
    let frame = frame_of(&record(format_args!("{Endless}"), &NONE));
    assert!(View::read(&frame).unwrap().message_cut());
}

struct Panics;
impl fmt::Display for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("planted")
    }
}

#[test]
fn a_display_that_panics_leaves_a_mark_and_keeps_the_rest() {
    let kvs: &[(&str, KvValue<'_>)] = &[("bad", KvValue::from_display(&Panics)), ("good", 1u64.into())];
    let frame = frame_of(&record(format_args!("before {Panics} after"), &kvs));
    let view = View::read(&frame).unwrap();
    assert_eq!(view.message(), "before <panic while formatting>");
    let values: Vec<_> = view
        .extras()
        .map(|extra| (text(extra.key), extra.value))
        .collect();
    assert_eq!(
        values,
        [("bad", Value::Text(PANIC_MARK)), ("good", Value::U64(1))]
    );
}

#[test]
fn extras_beyond_the_record_limit_are_left_out_and_counted() {
    let long = "v".repeat(900);
    let kvs: Vec<(&str, KvValue<'_>)> = (0..10).map(|_| ("k", KvValue::from(long.as_str()))).collect();
    let kvs = kvs.as_slice();
    let frame = frame_of(&record(format_args!("m"), &kvs));
    let view = View::read(&frame).unwrap();
    assert_eq!(view.extras().count() + usize::from(view.extras_left_out()), 10);
    assert!(view.extras_left_out() > 0);
    assert!(frame.len() <= LIMITS().largest_frame());
}

#[test]
fn a_masked_copy_keeps_what_was_not_replaced() {
    let kvs: &[(&str, KvValue<'_>)] = &[("token", "abc".into()), ("n", 3u64.into())];
    let frame = frame_of(&record(format_args!("m"), &kvs));
    let view = View::read(&frame).unwrap();
    let mut copy = Draft::new();
    let mut writer = FrameWriter::begin(&mut copy, &view.head());
    writer.message(usize::MAX, |out| out.write_str(view.message()));
    for extra in view.extras() {
        writer.copy_extra(&extra, (extra.key == b"token").then_some("***"));
    }
    writer.finish();
    let copy = View::read(&copy).unwrap();
    assert_eq!(copy.target(), "app::db");
    let values: Vec<_> = copy.extras().map(|extra| extra.value).collect();
    assert_eq!(values, [Value::Str("***"), Value::U64(3)]);
}

proptest::proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_the_reader(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        if let Some(view) = View::read(&bytes) {
            view.extras().count();
            let _text = (view.target(), view.module(), view.file(), view.message());
        }
    }

    #[test]
    fn a_damaged_frame_never_panics_the_reader(at in 0usize..100, byte: u8) {
        let kvs: &[(&str, KvValue<'_>)] = &[("a", 7u64.into()), ("b", "text".into())];
        let mut frame = frame_of(&record(format_args!("hello {}", 1), &kvs));
        let at = at % frame.len();
        frame[at] = byte;
        if let Some(view) = View::read(&frame) {
            view.extras().count();
            let _text = (view.target(), view.module(), view.file(), view.message());
        }
    }
}

#[test]
fn a_name_that_is_too_long_ends_in_a_mark() {
    for (long, kept) in [("t".repeat(513), 509), ("é".repeat(300), 508)] {
        let mut out = Draft::new();
        let head = Head {
            level: log::Level::Info,
            target: &long,
            module: Some(&long),
            file: Some(&long),
            line: None,
            thread: &long,
            on_stderr: false,
        };
        FrameWriter::begin(&mut out, &head).finish();
        let view = View::read(&out).unwrap();
        let wanted = format!("{}...", &long[..kept]);
        assert_eq!(
            [
                view.target(),
                view.module().unwrap(),
                view.file().unwrap(),
                view.thread()
            ],
            [wanted.as_str(); 4]
        );
        assert_eq!(uncut_name(view.target()), (&long[..kept], true));
    }
    let whole = "t".repeat(512);
    assert_eq!(uncut_name(&whole), (whole.as_str(), false));
    assert_eq!(uncut_name("short..."), ("short...", false));
}

/// A record from one of 32 call sites, as the macros create them. Neighbouring call sites differ in one field.
fn placed<'a>(n: usize, args: fmt::Arguments<'a>, kvs: &'a dyn log::kv::Source) -> log::Record<'a> {
    let gray = n ^ (n >> 1);
    let bit = |at: usize| gray >> at & 1;
    let module = ["app::db", "app::db::pool"][bit(0)];
    log::Record::builder()
        .args(args)
        .level([Level::Info, Level::Error][bit(1)])
        .target([module, "own"][bit(4)])
        .module_path_static(Some(module))
        .file_static(Some(["src/db.rs", "src/pool.rs"][bit(3)]))
        .line([None, Some(7)][bit(2)])
        .key_values(kvs)
        .build()
}

#[test]
fn a_buffer_that_remembers_its_last_place_gives_the_same_frames_as_a_new_one() {
    let mut scratch = Scratch::new();
    let long = "m".repeat(100 + OVERSHOOT + 1);
    let pairs: &[(&str, KvValue<'_>)] = &[("user", 7u64.into()), ("who", "bob".into())];
    for n in 0..2_000usize {
        // Runs of one call site, as in a loop, with truncated messages, panicking ones and key-values in between.
        let place = n / 3;
        let message: &dyn fmt::Display = match n % 7 {
            0 => &long,
            1 => &Panics,
            _ => &n,
        };
        let none: &[(&str, KvValue<'_>)] = &[];
        let kvs = if n % 4 == 0 { pairs } else { none };
        let args = format_args!("{message}");
        let record = placed(place, args, &kvs);
        let mut fresh = Draft::new();
        capture(&record, &LIMITS(), "main", &mut fresh);
        let kept = scratch.capture(&record, &LIMITS(), "main");
        stamp(kept, Tick(0));
        assert_eq!(kept, &fresh[..], "record {n}");
        stamp(kept, Tick(n as u64));
    }
}

#[test]
fn names_that_may_be_gone_tomorrow_are_not_remembered() {
    let mut scratch = Scratch::new();
    let mut name = String::from("first");
    for next in ["other", "third"] {
        let record = |name: &str, scratch: &mut Scratch| {
            let args = format_args!("m");
            let record = log::Record::builder()
                .args(args)
                .target(name)
                .module_path(Some(name))
                .build();
            View::read(scratch.capture(&record, &LIMITS(), "main"))
                .unwrap()
                .target()
                .to_owned()
        };
        assert_eq!(record(&name, &mut scratch), name);
        // The same address with another name.
        name.replace_range(.., next);
        assert_eq!(record(&name, &mut scratch), next);
    }
}

#[test]
fn a_stamped_time_and_the_mark_of_what_was_told_are_read_back_and_change_nothing_else() {
    let mut frame = frame_of(&record(format_args!("m"), &NONE));
    let before = View::read(&frame).unwrap();
    assert!(!before.is_on_stderr());
    let names = (
        before.target().to_owned(),
        before.module().map(str::to_owned),
        before.line(),
    );
    stamp(&mut frame, Tick(0x0102_0304_0506_0708));
    mark_on_stderr(&mut frame);
    assert_eq!(time_of(&frame), Some(Tick(0x0102_0304_0506_0708)));
    let after = View::read(&frame).unwrap();
    assert!(after.is_on_stderr());
    assert_eq!(after.time, Tick(0x0102_0304_0506_0708));
    assert_eq!(
        (
            after.target().to_owned(),
            after.module().map(str::to_owned),
            after.line()
        ),
        names
    );
    assert_eq!((after.file(), after.message()), (Some("src/db.rs"), "m"));
    mark_on_stderr(&mut frame);
    assert!(View::read(&frame).unwrap().is_on_stderr(), "twice is once");
}

/// The head, four names and the longer one of record and message, each with its overshoot.
#[test]
fn the_largest_frame_is_no_larger_than_its_parts() {
    assert_eq!(LIMITS().largest_frame(), 36 + 4 * 512 + 400 + OVERSHOOT);
    let long_message = CaptureLimits::new(500, 20, 50, 400);
    assert_eq!(long_message.largest_frame(), 36 + 4 * 512 + 500 + OVERSHOOT);
}

#[test]
fn a_name_that_ends_in_dots_is_cut_only_if_it_is_as_long_as_a_cut_one() {
    for (len, cut) in [(170, false), (508, false), (509, true), (512, true)] {
        let name = "t".repeat(len - 3) + "...";
        assert_eq!(uncut_name(&name).1, cut, "{len}");
    }
}

#[test]
fn values_of_every_kind_come_back_also_through_a_copy() {
    let kvs: &[(&str, KvValue<'_>)] = &[
        ("null", KvValue::null()),
        ("small", KvValue::from(i128::MIN)),
        ("text", KvValue::from_display(&"shown")),
        ("str", "plain".into()),
    ];
    let wanted = [
        Value::Null,
        Value::I128(i128::MIN),
        Value::Text("shown"),
        Value::Str("plain"),
    ];
    let values = |frame: &[u8]| {
        let view = View::read(frame).unwrap();
        let texts = view.extras().map(|extra| format!("{:?}", extra.value));
        texts.collect::<Vec<_>>()
    };
    let shown = |values: &[Value<'_>]| {
        values
            .iter()
            .map(|value| format!("{value:?}"))
            .collect::<Vec<_>>()
    };
    let frame = frame_of(&record(format_args!("m"), &kvs));
    assert_eq!(values(&frame), shown(&wanted));

    let all = [wanted.as_slice(), &[Value::Error("e: cause"), Value::Json("[1]")]].concat();
    let mut copy = Draft::new();
    let mut writer = FrameWriter::begin(&mut copy, &View::read(&frame).unwrap().head());
    writer.message(usize::MAX, |out| out.write_str("m"));
    let extra = View::read(&frame).unwrap().extras().next().unwrap();
    for value in &all {
        writer.copy_extra(
            &Extra {
                value: *value,
                ..extra
            },
            None,
        );
    }
    writer.finish();
    assert_eq!(values(&copy), shown(&all));
}
