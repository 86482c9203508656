//! The laws of the fuzz targets hold for random inputs in every run of the tests; a fuzzer tries more of them.

use super::*;
use proptest::prelude::*;

/// Pieces of inputs, so that random ones come close to the rules.
#[rustfmt::skip]
const PIECES: &[&[u8]] = &[
    b"\xff", b"\xff", b"\0", b"\x01", b"\x0a", b"\x8a", b"\n", b"\r\n", b"\t", b"\x1b[31m", "\u{202e}".as_bytes(),
    "\u{e0041}".as_bytes(), "é".as_bytes(), b"\\", b"\\u{", b"\"", b"'", b"{", b"}", b"[", b"]", b"<", b">", b"=", b":", b",", b" ",
    b"password=", b"token: ", b"Bearer ", b"://a:b@", b"user", b"ab_1234", b"{time:%H}", b"{level:<5}", b"{message}",
    b"{key:str}", b"<red+bold>", b"</>", b"{{", b"<<", b"info", b"app::db", b"warn", b"off", b"::", b".1", b".10", b".01", b"app.log",
    b"message", b"level", b"x_level", b"str", b"1e999", b"{\"a\":1}", b"[1,2]", b"{\"a\":1,\"a\":2}", b"\"queue_bytes\":",
    b"\"10MiB\"", b"\"file_format\":", b"\"json\"", b"\"{lvl}\"", b"\"level\":", b"\"field\":{\"a\":\"b\"}", b"\"250ms\"", b"null", b"7",
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    let raw = prop::collection::vec(any::<u8>(), 0..120);
    prop_oneof![
        4 => prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
        1 => raw,
    ]
}

/// A captured frame with some of its bytes changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (changes, any::<bool>()).prop_map(|(changes, fits)| {
        let kvs: &[(&str, &str)] = &[("who", "bob"), ("password", "EXAMPLE-pw")];
        let record = log::Record::builder()
            .args(format_args!("hello"))
            .level(log::Level::Info)
            .target("app::db")
            .key_values(&kvs)
            .build();
        let limits = crate::record::CaptureLimits::new(100, 100, 100, 400);
        let mut frame = crate::record::Draft::from(vec![u8::from(fits)]);
        crate::record::capture(&record, &limits, "main", &mut frame);
        for (at, byte) in changes {
            let at = at.index(frame.len());
            frame[at] = byte;
        }
        frame.to_vec()
    })
}

/// JSON with known keys of settings and arbitrary values.
fn settings() -> impl Strategy<Value = Vec<u8>> {
    let key = prop::sample::select(vec![
        "name",
        "level",
        "filter",
        "file_format",
        "console_format",
        "field",
        "queue_bytes",
        "max_bytes",
        "time_zone",
        "level_color",
        "flush_interval",
        "newlines",
        "retention",
        "mask",
        "overflow",
        "nmae",
    ]);
    let value = prop_oneof![
        "\"([a-z]{1,6}|[0-9]{1,4}(ms|KiB)?|\\{message\\}|\\{lvl\\})\"",
        "[0-9]{1,9}",
        "\\{\"[a-z_]{1,9}\":\"?[0-9]{1,3}\"?\\}",
        "null|true|\\[\\]",
    ];
    prop::collection::vec((key, value), 0..4).prop_map(|pairs| {
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(key, value)| format!("\"{key}\":{value}"))
            .collect();
        format!("{{{}}}", pairs.join(",")).into_bytes()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_hold_the_laws_of_texts(data in bytes()) {
        escape(&data);
        mask(&data);
        template(&data);
        filter(&data);
    }

    #[test]
    fn any_bytes_hold_the_laws_of_records_and_rotations(data in bytes()) {
        json(&data);
        rotation(&data);
        frame(&data);
    }

    #[test]
    fn a_damaged_frame_is_refused_or_written_safely(data in damaged()) {
        frame(&data);
    }

    #[test]
    fn any_configuration_holds_the_laws(data in prop_oneof![settings(), bytes()]) {
        config(&data);
    }
}
