//! Records and fields that are written again with their secrets replaced.

use super::records::frame_of;
use super::*;
use crate::mask::scan::Show;
use log::kv::Value as KvValue;

fn frame_at(target: &str, module: &str, file: &str) -> Vec<u8> {
    let mut out = Draft::new();
    let record = log::Record::builder()
        .level(log::Level::Info)
        .target(target)
        .module_path(Some(module))
        .file(Some(file))
        .args(format_args!("m"))
        .build();
    let limits = record::CaptureLimits::new(16384, 256, 1024, 32768);
    record::capture(&record, &limits, "main", &mut out);
    out.to_vec()
}

#[test]
fn a_secret_in_the_name_of_a_target_module_or_file_is_hidden() {
    let (plain, secret, shown) = ("app", "app password=EXAMPLE-pw", "app password=***");
    for at in 0..3 {
        let name = |n: usize| if n == at { secret } else { plain };
        let expected = |n: usize| if n == at { shown } else { plain };
        let frame = frame_at(name(0), name(1), name(2));
        let mut scratch = Draft::new();
        let masked = Masker::new(&Mask::standard()).mask(View::read(&frame).unwrap(), &mut scratch);
        let names = (masked.view.target(), masked.view.module(), masked.view.file());
        assert_eq!(names, (expected(0), Some(expected(1)), Some(expected(2))));
        assert_eq!(masked.places, 1);
    }
}

/// A text that a format copies unchanged must contain no character to escape.
#[test]
fn only_a_message_of_plain_characters_is_reported_plain() {
    let mut masker = Masker::new(&Mask::standard());
    for (message, plain) in [
        ("served in 5 ms", true),
        ("said \"no\"", false),
        ("über", false),
        ("a\nb", false),
    ] {
        let frame = frame_of(message, "main", &[("user", 7u64.into())]);
        let mut scratch = Draft::new();
        let masked = masker.mask(View::read(&frame).unwrap(), &mut scratch);
        assert_eq!(masked.view.plain_message().is_some(), plain, "{message:?}");
    }
}

#[test]
fn a_secret_key_is_looked_at_again_after_a_value_that_was_none() {
    let mut masker = Masker::new(&Mask::standard());
    for (value, shown) in [("none", "none"), ("EXAMPLE-pw", STARS), ("none", "none")] {
        let frame = frame_of("m", "main", &[("password", value.into())]);
        let mut scratch = Draft::new();
        let masked = masker.mask(View::read(&frame).unwrap(), &mut scratch);
        assert_eq!(masked.view.extras().next().unwrap().value, Value::Str(shown));
    }
}

#[test]
fn a_secret_in_a_key_and_one_in_its_value_are_two() {
    for (value, places) in [
        ("x", 1),
        ("token=EXAMPLE-pw1", 2),
        ("token=EXAMPLE-pw1 pin=4711", 3),
    ] {
        let frame = frame_of("m", "main", &[("password=EXAMPLE-pw bob", value.into())]);
        let mut scratch = Draft::new();
        let masked = Masker::new(&Mask::standard()).mask(View::read(&frame).unwrap(), &mut scratch);
        assert_eq!(masked.places, places, "{value}");
    }
    let mut masker = Masker::new(&Mask::standard());
    assert_eq!(masker.hide("authorization: ApiKey 0 =E", false), 2);
}

#[test]
fn a_number_of_any_type_may_be_a_cards() {
    let hidden = |value: KvValue<'_>| {
        let frame = frame_of("m", "main", &[("n", value)]);
        let mut scratch = Draft::new();
        let view = View::read(&frame).unwrap();
        Masker::new(&Mask::standard()).mask(view, &mut scratch).places > 0
    };
    for value in [
        KvValue::from(4_111_111_111_111_111u64),
        KvValue::from(4_111_111_111_111_111i64),
        KvValue::from(4_111_111_111_111_111f64),
        KvValue::from(&4_111_111_111_111_111u128),
        KvValue::from(&-4_111_111_111_111_111i128),
        KvValue::from(&6_205_500_000_000_000_004u128),
    ] {
        assert!(hidden(value.clone()), "{value}");
    }
    for value in [
        KvValue::from(&62_055_000_000_000_000_040u128),
        KvValue::from(&u128::MAX),
        KvValue::from(4_111_111_111_111_112f64),
        KvValue::from(4.0f64),
    ] {
        assert!(!hidden(value.clone()), "{value}");
    }
    let own = Mask::none().key("voucher");
    let frame = frame_of("m", "main", &[("n", 4_111_111_111_111_111u64.into())]);
    let mut scratch = Draft::new();
    let masked = Masker::new(&own).mask(View::read(&frame).unwrap(), &mut scratch);
    assert_eq!(masked.places, 0);
}

#[test]
fn a_field_is_masked_as_a_key_value_is() {
    let mut masker = Masker::new(&Mask::standard());
    for (key, value, shown) in [
        ("zone", "eu-1", ("zone", "eu-1")),
        ("password", "EXAMPLE-pw", ("password", STARS)),
        ("note", "token=EXAMPLE-pw1", ("note", "token=***")),
        ("token=EXAMPLE-pw1 bob", "x", ("token=*** bob", "x")),
    ] {
        assert_eq!(masker.field(key, value), (shown.0.to_owned(), shown.1.to_owned()));
    }
}

/// Whatever a rule finds, characters are never split.
#[test]
fn a_hit_within_a_character_hides_the_whole_of_it() {
    for (start, end) in [(1, 3), (2, 3), (1, 2), (2, 4), (0, 2), (3, 4)] {
        let hit = Hit {
            start,
            end,
            show: Show::Stars,
        };
        let mut out = String::new();
        replace("\u{1f600}a\u{20ac}", &mut [hit], &mut out);
        assert_eq!(out, "***a\u{20ac}", "{start}..{end}");
    }
    let hit = Hit {
        start: 6,
        end: 9,
        show: Show::Stars,
    };
    let mut out = String::new();
    replace("\u{1f600}a\u{20ac}", &mut [hit], &mut out);
    assert_eq!(out, "\u{1f600}a***");
}

#[test]
fn own_rules_alone_hide_nothing_else() {
    let mut masker = Masker::new(&Mask::none().key("voucher"));
    let tables = [values::HIDDEN, keys::HIDDEN, places::HIDDEN, shapes::HIDDEN];
    let shown = |(text, _): &(&str, &str)| (masker.text(text, false) != *text).then(|| (*text).to_owned());
    let hidden: Vec<String> = tables.into_iter().flatten().filter_map(shown).collect();
    none_of(&hidden);
    assert_eq!(masker.text("voucher=x1", false), "voucher=***");
}

/// A single rule is enough for a record to be masked.
#[test]
fn a_record_is_masked_by_the_only_rule_there_is() {
    for (mask, message, shown) in [
        (
            Mask::none().emails(true),
            "mail bob@example.com",
            "mail b***@example.com",
        ),
        (Mask::none().key("voucher"), "voucher=x1", "voucher=***"),
        (Mask::none().token_prefix("ab", 3), "upload ab123", "upload ***"),
        (
            Mask::none(),
            "password=x1 bob@example.com",
            "password=x1 bob@example.com",
        ),
    ] {
        let frame = frame_of(message, "main", &[]);
        let mut scratch = Draft::new();
        let masked = Masker::new(&mask).mask(View::read(&frame).unwrap(), &mut scratch);
        assert_eq!(masked.view.message(), shown);
    }
}

#[test]
fn a_card_is_hidden_under_a_key_that_never_had_one() {
    let mut masker = Masker::new(&Mask::standard());
    for (number, places) in [
        (7u64, 0),
        (4_111_111_111_111_111, 1),
        (4_111_111_111_111_112, 0),
        (4_111_111_111_111_111, 1),
    ] {
        let frame = frame_of("m", "main", &[("n", number.into())]);
        let mut scratch = Draft::new();
        assert_eq!(
            masker.mask(View::read(&frame).unwrap(), &mut scratch).places,
            places,
            "{number}"
        );
    }
}
