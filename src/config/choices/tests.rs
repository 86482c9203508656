use super::*;
use crate::config::Format;

#[test]
fn a_choice_is_parsed_from_the_word_that_it_prints() {
    fn assert_all<T: Word + FromStr + fmt::Display + fmt::Debug>() {
        for (word, value) in T::WORDS {
            assert_eq!(value.to_string(), *word);
            assert_eq!(word.to_uppercase().parse::<T>().ok(), Some(*value));
        }
        assert!("banana".parse::<T>().is_err());
    }
    assert_all::<BigIntegers>();
    assert_all::<Color>();
    assert_all::<Console>();
    assert_all::<Locking>();
    assert_all::<Newlines>();
    assert_all::<Period>();
    assert_all::<Schema>();
}

#[test]
fn overflow_zone_and_format_are_parsed_from_what_they_print() {
    for overflow in [
        Overflow::Block,
        Overflow::DropNewest,
        Overflow::BlockFor(Duration::from_millis(1_500)),
    ] {
        assert_eq!(overflow.to_string().parse::<Overflow>().ok(), Some(overflow));
    }
    let zone = TimeZone::Fixed { minutes_east: -570 };
    assert_eq!(zone.to_string(), "-09:30");
    assert_eq!("-09:30".parse::<TimeZone>().ok(), Some(zone));
    for format in [Format::default(), Format::Json, Format::from("{level} {message}")] {
        assert_eq!(format.to_string().parse::<Format>().ok(), Some(format));
    }
    assert_eq!(format!("[{:>6}]", Format::Json), "[  json]");
}

#[test]
fn a_wrong_word_is_an_error_with_the_nearest_one() {
    let error = |parsed: Result<Format, Error>| parsed.unwrap_err().to_string();
    assert_eq!(
        error("josn".parse()),
        "\"josn\": neither `text`, `json`, `logfmt` nor a template, which has a `{`; did you mean `json`?"
    );
    let color = "allways".parse::<Color>().unwrap_err();
    assert_eq!(color.kind(), ErrorKind::Config);
    assert_eq!(
        color.to_string(),
        "\"allways\": must be auto, always or never; did you mean `always`?"
    );
}
