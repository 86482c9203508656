//! Each part of a frame holds its own value and nothing else. Found by mutating the code.

use super::*;

/// A head with nothing that may be left out.
fn bare(target: &str) -> Head<'_> {
    Head {
        level: Level::Info,
        target,
        module: None,
        file: None,
        line: None,
        thread: "main",
        on_stderr: false,
    }
}

fn frame_with(head: &Head<'_>) -> Vec<u8> {
    let mut out = Draft::new();
    FrameWriter::begin(&mut out, head).finish();
    out.to_vec()
}

#[test]
fn what_a_record_does_not_say_is_none_and_not_empty() {
    let frame = frame_with(&bare("app"));
    let view = View::read(&frame).unwrap();
    assert_eq!((view.module(), view.file(), view.line()), (None, None, None));
    assert!(!view.has_extras());
    let frame = frame_with(&Head {
        module: Some("app::db"),
        file: Some(""),
        line: Some(0),
        ..bare("app")
    });
    let view = View::read(&frame).unwrap();
    assert_eq!(
        (view.target(), view.module(), view.file(), view.line()),
        ("app", Some("app::db"), Some(""), Some(0))
    );
}

#[test]
fn each_level_comes_back_and_no_other_is_read() {
    for level in Level::iter() {
        let mut frame = frame_with(&Head { level, ..bare("app") });
        assert_eq!(View::read(&frame).unwrap().level, level);
        for other in [0, 6, 255] {
            frame[LEVEL_AT] = other;
            assert!(View::read(&frame).is_none(), "{other}");
        }
    }
}

#[test]
fn frames_of_one_place_have_one_place_and_all_others_have_others() {
    let of = |change: fn(&mut Head<'_>)| {
        let mut head = bare("app");
        change(&mut head);
        let frame = frame_with(&head);
        View::read(&frame).unwrap().call_site().to_vec()
    };
    let places = [
        of(|_| {}),
        of(|head| head.level = Level::Warn),
        of(|head| head.target = "apq"),
        of(|head| head.module = Some("app")),
        of(|head| head.module = Some("app::db")),
        of(|head| head.file = Some("")),
        of(|head| head.line = Some(0)),
        of(|head| head.line = Some(7)),
        of(|head| head.thread = "mail"),
    ];
    for (n, place) in places.iter().enumerate() {
        let same = places.iter().filter(|other| *other == place).count();
        assert_eq!(same, 1, "place {n}");
    }
    assert_eq!(places[0], of(|_| {}));
}

#[test]
fn a_message_is_plain_only_if_that_was_found_and_it_is_whole() {
    let frame = frame_of(&record(format_args!("all of it"), &NONE));
    let mut view = View::read(&frame).unwrap();
    assert_eq!(
        (view.message_bytes(), view.plain_message()),
        (&b"all of it"[..], None)
    );
    view.set_plain();
    assert_eq!(view.plain_message(), Some(&b"all of it"[..]));
    let long = "m".repeat(100 + OVERSHOOT + 1);
    let frame = frame_of(&record(format_args!("{long}"), &NONE));
    let mut view = View::read(&frame).unwrap();
    view.set_plain();
    assert_eq!(view.plain_message(), None, "its last token may be half a secret");
}

#[test]
fn the_extra_that_was_cut_is_marked_and_no_other_also_in_a_copy() {
    let long = "v".repeat(50 + OVERSHOOT + 1);
    let kvs: &[(&str, KvValue<'_>)] = &[
        ("whole", "v".into()),
        ("long", long.as_str().into()),
        ("n", 1u64.into()),
    ];
    let frame = frame_of(&record(format_args!("m"), &kvs));
    let view = View::read(&frame).unwrap();
    assert!(view.has_extras());
    let mut copy = Draft::new();
    let mut writer = FrameWriter::begin(&mut copy, &view.head());
    writer.message(usize::MAX, |out| out.write_str("m"));
    view.extras().for_each(|extra| writer.copy_extra(&extra, None));
    writer.finish();
    for view in [view, View::read(&copy).unwrap()] {
        let cuts: Vec<_> = view.extras().map(|extra| (text(extra.key), extra.cut)).collect();
        assert_eq!(cuts, [("whole", false), ("long", true), ("n", false)]);
        let extra = view.extras().nth(1).unwrap();
        assert_eq!(extra.value, Value::Str(&long[..50 + OVERSHOOT]));
    }
}

/// Also if the frame does not begin at the start of the buffer.
#[test]
fn a_record_takes_extras_in_up_to_its_limit_and_not_a_byte_more() {
    // The head, target, file and thread, and the message, which is one byte.
    let begins = HEAD + 7 + 9 + 4 + 1;
    let first = "v".repeat(1_000);
    let room = HEAD + 400 + OVERSHOOT - begins - (8 + first.len()) - 8;
    for before in [0, 10_000] {
        for (len, extras) in [(room, 2), (room + 1, 1)] {
            let last = "w".repeat(len);
            let kvs: &[(&str, KvValue<'_>)] = &[("a", first.as_str().into()), ("b", last.as_str().into())];
            let mut out = Draft::from(vec![0; before]);
            capture(&record(format_args!("m"), &kvs), &LIMITS(), "main", &mut out);
            let view = View::read(&out[before..]).unwrap();
            let found = (view.extras().count(), usize::from(view.extras_left_out()));
            assert_eq!(found, (extras, 2 - extras), "{len} bytes behind {before}");
        }
    }
}

#[test]
fn what_is_written_of_a_frame_is_counted_from_its_start() {
    let head = bare("app");
    let mut out = Draft::from(vec![0; 1_000]);
    assert_eq!(FrameWriter::begin(&mut out, &head).written(), HEAD + 3 + 4);
}

#[cfg(feature = "kv-error")]
#[test]
fn an_error_comes_with_the_chain_of_its_causes() {
    #[derive(Debug)]
    struct Outer(fmt::Error);
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    let error = Outer(fmt::Error);
    let kvs: &[(&str, KvValue<'_>)] = &[("error", KvValue::from_dyn_error(&error))];
    let frame = frame_of(&record(format_args!("m"), &kvs));
    let view = View::read(&frame).unwrap();
    let values: Vec<_> = view.extras().map(|extra| extra.value).collect();
    let wanted = format!("outer: {}", fmt::Error);
    assert_eq!(values, [Value::Error(&wanted)]);
}
