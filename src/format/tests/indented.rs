//! Line breaks that a console shows: each further line of a record has a mark, and no record can look like another.

use super::*;
use crate::escape::{CONTINUATION, needs_escape};
use proptest::prelude::*;

fn indenting(color: bool) -> LineSettings {
    LineSettings {
        newlines: Newlines::Indent,
        color,
        fields: vec![("env".to_owned(), "p\nq".to_owned())],
        ..settings()
    }
}

fn shown(template: &str, record: &Sample<'_>) -> String {
    let settings = LineSettings {
        fields: Vec::new(),
        ..indenting(false)
    };
    record.render(&text(template), &settings).0
}

#[test]
fn a_backtrace_stands_below_its_message() {
    let mut record = sample("panicked at src/main.rs:2\nstack backtrace:\n   0: main\n");
    record.extras = vec![("user", 7.into()), ("cause", "disk \"a\"\nfull".into())];
    assert_eq!(
        shown("{level} {target}: {message}{extras}", &record),
        "INFO app::db: panicked at src/main.rs:2\n    | stack backtrace:\n    |    0: main\n    |  [user=7, \
         cause=\"disk \\\"a\\\"\n    | full\"]"
    );
}

#[test]
fn every_kind_of_line_break_is_one_and_all_else_is_escaped() {
    let record = sample("a\nb\r\nc\rd\u{85}e\u{2028}f\u{2029}g\t\u{1b}[2J\\n");
    assert_eq!(
        shown("{message}", &record),
        "a\n    | b\n    | c\n    | d\n    | e\n    | f\n    | g\\t\\u{1b}[2J\\\\n"
    );
}

#[test]
fn no_record_begins_like_a_further_line_of_another() {
    for (template, line) in [
        ("{message}", "\\   | x"),
        ("{message:>9}", "      | x"),
        ("<dim>{message}", "\\   | x"),
    ] {
        let found = shown(template, &sample("    | x"));
        assert_eq!(found, line, "{template}");
    }
    let colored = sample("    | x")
        .render(&text("<red><bold>{message}"), &indenting(true))
        .0;
    assert!(colored.starts_with("\u{1b}[31m\u{1b}[1m\\   | x"), "{colored:?}");
    let padded = shown("{message:>7}", &sample("| x"));
    assert_eq!(padded, "\\   | x");
    // Other layouts know no further lines.
    let json = sample("a\nb").render(&Layout::Json, &indenting(false)).0;
    assert!(!json.contains('\n'), "{json}");
}

proptest! {
    #[test]
    fn the_lines_of_each_record_can_be_put_together_again(
        payload in "(    )?(\\| )?(\\PC{0,3}|\n|\r|\r\n|\u{2028}|\u{1b}\\[0m|    \\| |[ |\\\\\"a]){0,8}",
        template in prop_oneof![
            Just("{message}"), Just("{message:>12}{extras}"), Just("<red>{message}"), Just("{key:k} {message}"),
            Just("{thread} {message}"), Just("{time} {target} {message}")
        ],
        color in any::<bool>(),
    ) {
        let mut record = sample(&payload);
        (record.thread, record.target) = (&payload, &payload);
        record.extras = vec![("k", payload.as_str().into()), ("l", payload.as_str().into())];
        let (shown, _) = record.render(&text(template), &indenting(color));
        let mut lines = shown.split('\n');
        let first = lines.next().unwrap();
        let plain = first.replace("\u{1b}[31m", "").replace("\u{1b}[0m", "");
        prop_assert!(!plain.starts_with(CONTINUATION), "{:?}", shown);
        prop_assert!(lines.all(|line| line.starts_with(CONTINUATION)), "{:?}", shown);
        let unstyled = shown.replace("\u{1b}[31m", "").replace("\u{1b}[0m", "").replace('\n', "");
        prop_assert!(!unstyled.contains(needs_escape), "{:?}", shown);
    }

    #[test]
    fn a_record_with_line_breaks_keeps_its_limit(breaks in 0usize..2_000, unit in "(\n|a\n|é\n)") {
        let mut settings = indenting(false);
        settings.limits = LineLimits { message: 1_500, key: 20, value: 700, record: 1_024 };
        let message = unit.repeat(breaks);
        let mut record = sample(&message);
        record.extras = vec![("k", message.as_str().into()), ("last", 1.into())];
        // `render` looks at the length.
        let (shown, _) = record.render(&default_layout(), &settings);
        prop_assert!(shown.split('\n').skip(1).all(|line| line.starts_with(CONTINUATION) || line.is_empty()), "{:?}", shown);
    }
}
