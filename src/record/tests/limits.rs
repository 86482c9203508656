//! The end of a frame: texts at their limits, extras, and the number of those left out. Found by mutating the code.

use super::*;

fn numbered(line: u32, thread: &str) -> usize {
    let mut out = Draft::new();
    let head = Head {
        level: Level::Info,
        target: "app",
        module: None,
        file: None,
        line: Some(line),
        thread,
        on_stderr: false,
    };
    FrameWriter::begin(&mut out, &head).finish();
    View::read(&out).unwrap().call_site_hash()
}

#[test]
fn an_extra_of_an_unknown_kind_ends_the_extras() {
    let kvs: &[(&str, KvValue<'_>)] = &[("a", 1u64.into()), ("b", 2u64.into())];
    let mut frame = frame_of(&record(format_args!("m"), &kvs));
    let at = frame.len() - (1 + 2 + 1 + 8);
    assert_eq!(frame[at], ValueKind::U64 as u8);
    let known = ValueKind::U64 as u8..=ValueKind::Json as u8;
    for kind in (0..KIND_CUT).filter(|kind| !known.contains(kind)) {
        for kind in [kind, kind | KIND_CUT] {
            frame[at] = kind;
            let keys: Vec<_> = View::read(&frame)
                .unwrap()
                .extras()
                .map(|extra| extra.key)
                .collect();
            assert_eq!(keys, [b"a"], "kind {kind}");
        }
    }
}

/// Otherwise the missing ones would not be the last ones.
#[test]
fn behind_an_extra_that_is_left_out_none_is_taken_in_even_if_it_fits() {
    // Three of them are more than the record's limit with its overshoot.
    let long = "v".repeat(600);
    let kvs: &[(&str, KvValue<'_>)] = &[
        ("a", long.as_str().into()),
        ("b", long.as_str().into()),
        ("c", long.as_str().into()),
        ("small", 1u64.into()),
        ("none", KvValue::null()),
    ];
    let frame = frame_of(&record(format_args!("m"), &kvs));
    let view = View::read(&frame).unwrap();
    let keys: Vec<_> = view.extras().map(|extra| text(extra.key)).collect();
    assert_eq!((keys, view.extras_left_out()), (vec!["a", "b"], 3));
}

#[test]
fn extras_that_were_left_out_before_are_counted_too_up_to_the_largest_number() {
    for (before, counted) in [(0, 0), (3, 3), (u16::MAX, u16::MAX)] {
        let frame = frame_of(&record(format_args!("m"), &NONE));
        let mut copy = Draft::new();
        let mut writer = FrameWriter::begin(&mut copy, &View::read(&frame).unwrap().head());
        writer.message(usize::MAX, |out| out.write_str("m"));
        writer.add_left_out(before);
        writer.add_left_out(u16::from(before == u16::MAX));
        writer.finish();
        assert_eq!(View::read(&copy).unwrap().extras_left_out(), counted);
    }
}

#[test]
fn neighbouring_lines_and_threads_have_different_hashes_and_no_line_is_too_large() {
    let lines: std::collections::BTreeSet<_> = (0..64).map(|line| numbered(line, "main")).collect();
    assert_eq!(lines.len(), 64);
    let threads: std::collections::BTreeSet<_> = (b'0'..=b'9')
        .map(|digit| numbered(7, &format!("worker-{}", char::from(digit))))
        .collect();
    assert_eq!(threads.len(), 10);
    for (line, thread) in [
        (0, "z".repeat(500)),
        (0, "0".repeat(500)),
        (u32::MAX, "z".repeat(500)),
    ] {
        assert_ne!(numbered(line, &thread), numbered(line / 2 + 1, &thread));
    }
}

#[test]
fn a_number_that_is_masked_becomes_a_text_and_others_stay_numbers() {
    let kvs: &[(&str, KvValue<'_>)] = &[("pin", 1234u64.into()), ("ok", true.into()), ("n", 5u64.into())];
    let frame = frame_of(&record(format_args!("m"), &kvs));
    let view = View::read(&frame).unwrap();
    let mut copy = Draft::new();
    let mut writer = FrameWriter::begin(&mut copy, &view.head());
    writer.message(usize::MAX, |out| out.write_str("m"));
    for extra in view.extras() {
        writer.copy_extra(&extra, (extra.key != b"n").then_some("***"));
    }
    writer.finish();
    let values: Vec<_> = View::read(&copy)
        .unwrap()
        .extras()
        .map(|extra| extra.value)
        .collect();
    assert_eq!(values, [Value::Str("***"), Value::Str("***"), Value::U64(5)]);
}

#[test]
fn an_extra_that_was_cut_and_is_left_out_marks_nothing_else() {
    let long = "v".repeat(50 + OVERSHOOT + 1);
    let kvs: &[(&str, KvValue<'_>)] = &[("long", long.as_str().into())];
    let frame = frame_of(&record(format_args!("m"), &kvs));
    let extra = View::read(&frame).unwrap().extras().next().unwrap();
    assert!(extra.cut);
    let mut copy = Draft::new();
    let mut writer = FrameWriter::begin(&mut copy, &View::read(&frame).unwrap().head());
    writer.message(usize::MAX, |out| out.write_str("m"));
    writer.add_left_out(1);
    writer.copy_extra(&extra, None);
    writer.finish();
    let copy = View::read(&copy).unwrap();
    assert_eq!(
        (copy.message(), copy.extras().count(), copy.extras_left_out()),
        ("m", 0, 2)
    );
}

#[test]
fn a_text_as_long_as_its_limit_is_whole_in_one_piece_and_in_many() {
    for (len, cut) in [(100 + OVERSHOOT, false), (100 + OVERSHOOT + 1, true)] {
        let whole = "m".repeat(len);
        let (first, rest) = whole.split_at(len / 2);
        for frame in [
            frame_of(&record(format_args!("{whole}"), &NONE)),
            frame_of(&record(format_args!("{first}{rest}"), &NONE)),
        ] {
            let view = View::read(&frame).unwrap();
            let found = (view.message().len(), view.message_cut());
            assert_eq!(found, (100 + OVERSHOOT, cut));
        }
    }
}

/// The count has two bytes.
#[test]
fn a_frame_holds_as_many_extras_as_it_can_count_and_the_next_one_is_left_out() {
    let kvs = vec![("", KvValue::null()); usize::from(u16::MAX) + 1];
    let kvs = kvs.as_slice();
    let mut frame = Draft::new();
    capture(
        &record(format_args!("m"), &kvs),
        &CaptureLimits::NONE,
        "main",
        &mut frame,
    );
    let view = View::read(&frame).unwrap();
    assert_eq!(
        (view.extras().count(), view.extras_left_out()),
        (usize::from(u16::MAX), 1)
    );
}

struct Fails;
impl fmt::Display for Fails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("begun ")?;
        Err(fmt::Error)
    }
}

#[test]
fn a_display_that_fails_leaves_a_mark_and_keeps_the_rest() {
    let kvs: &[(&str, KvValue<'_>)] = &[("bad", KvValue::from_display(&Fails)), ("good", 1u64.into())];
    let frame = frame_of(&record(format_args!("{Fails}"), &kvs));
    let view = View::read(&frame).unwrap();
    let marked = format!("begun {ERROR_MARK}");
    assert_eq!((view.message(), view.message_cut()), (&*marked, false));
    let values: Vec<_> = view.extras().map(|extra| (extra.value, extra.cut)).collect();
    assert_eq!(values, [(Value::Text(&marked), false), (Value::U64(1), false)]);
}

#[cfg(feature = "kv-serde")]
#[test]
fn a_serialize_that_panics_leaves_a_mark_and_keeps_the_rest() {
    #[derive(Debug)]
    struct Broken;
    impl serde::Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("planted")
        }
    }
    let kvs: &[(&str, KvValue<'_>)] = &[("bad", KvValue::from_serde(&Broken)), ("good", 1u64.into())];
    let frame = frame_of(&record(format_args!("m"), &kvs));
    let view = View::read(&frame).unwrap();
    let values: Vec<_> = view
        .extras()
        .map(|extra| (text(extra.key), extra.value))
        .collect();
    assert_eq!(
        values,
        [("bad", Value::Text(PANIC_MARK)), ("good", Value::U64(1))]
    );
}
