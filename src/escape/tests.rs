use super::terminal::Terminal;
use super::*;
use proptest::prelude::*;

const FORMS: [Form; 4] = [Form::Text, Form::Symbol, Form::Quoted, Form::Json];

fn escaped(text: &str, form: Form) -> (String, bool) {
    let mut out = Vec::new();
    let outcome = escape(text, form, usize::MAX, &mut out);
    assert!(outcome.whole);
    (String::from_utf8(out).unwrap(), outcome.escaped)
}

/// The ranges of the laws P3 to P6, written a second time and in a different way.
fn forbidden(c: char) -> bool {
    let code = u32::from(c);
    let ranges = [
        (0x00, 0x1f),
        (0x7f, 0x9f),
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x180e, 0x180e),
        (0x200b, 0x200b),
        (0x200e, 0x200f),
        (0x2028, 0x2029),
        (0x202a, 0x202e),
        (0x2060, 0x2064),
        (0x2066, 0x2069),
        (0x206a, 0x206f),
        (0xfeff, 0xfeff),
        (0xfff9, 0xfffb),
        (0xe0000, 0xe007f),
    ];
    ranges.iter().any(|&(low, high)| (low..=high).contains(&code))
}

#[track_caller]
fn holds_the_laws(text: &str, form: Form) {
    let (line, changed) = escaped(text, form);
    assert!(!line.chars().any(forbidden), "{form:?} {text:?} gave {line:?}");
    assert_eq!(
        changed,
        text.chars().any(forbidden),
        "{form:?} {text:?}: is the escape reported"
    );
    let back = match form {
        Form::Json => serde_json::from_str(&format!("\"{line}\"")).ok(),
        Form::Symbol => None,
        _ => unescape(&line),
    };
    if form != Form::Symbol {
        let wanted = match form {
            Form::Json => text.replace('\0', NUL_SIGN),
            _ => text.to_owned(),
        };
        assert_eq!(back, Some(wanted), "{form:?} gave {line:?}");
    }
    let growth = if form == Form::Json { 12 } else { 8 };
    assert!(line.len() <= growth * text.len().max(1));
}

#[track_caller]
fn is_inert(lines: &str) {
    let seen = Terminal::reads(lines);
    assert_eq!(
        (seen.printed, seen.controls),
        (lines.chars().count(), 0),
        "{lines:?}"
    );
}

#[test]
fn every_scalar_value_holds_the_laws_in_every_form() {
    let mut text = String::new();
    for form in FORMS {
        let mut all = String::new();
        for c in '\0'..=char::MAX {
            text.clear();
            text.extend(['a', c, 'b']);
            holds_the_laws(&text, form);
            holds_the_laws(&text[1..1 + c.len_utf8()], form);
            all.push(c);
        }
        holds_the_laws(&all, form);
        is_inert(&escaped(&all, form).0);
    }
}

#[test]
fn every_pair_of_specials_holds_the_laws() {
    let mut specials: Vec<char> = ('\0'..=char::MAX).filter(|&c| forbidden(c)).take(128).collect();
    specials.extend(['\u{e0000}', '\u{e007f}', '\u{200c}', '\u{200d}', '\u{fe0f}']);
    specials.extend("\\\"{} =[],nrtu0123".chars());
    for form in FORMS {
        for &first in &specials {
            for &second in &specials {
                let pair: String = [first, second].iter().collect();
                holds_the_laws(&pair, form);
                is_inert(&escaped(&pair, form).0);
            }
        }
    }
}

#[test]
fn clean_text_is_unchanged_but_for_doubled_backslashes() {
    let clean = "né 漢字 👩‍👩‍👧 ❤️ می‌خواهم {\"a\": 1} <b> ${jndi} %0a &#10; [x=1]";
    assert_eq!(escaped(clean, Form::Text), (clean.to_owned(), false));
    assert_eq!(escaped(r"a\nb", Form::Text), (r"a\\nb".to_owned(), false));
}

/// A reader written in C would take NUL for the end of the text.
#[test]
fn nul_is_a_sign_where_a_reader_unescapes_and_what_follows_it_stays() {
    assert_eq!(escaped("a\0b", Form::Json), ("a\u{2400}b".to_owned(), true));
    assert_eq!(escaped("a\0b", Form::Text).0, r"a\u{0}b");
}

#[test]
fn a_typed_backslash_n_and_a_line_feed_look_different() {
    assert_ne!(escaped("\\n", Form::Text).0, escaped("\n", Form::Text).0);
}

#[test]
fn each_form_writes_its_own_escapes() {
    let text = "a\tb\u{1b}[\"\\\u{202e}\u{e0041}";
    assert_eq!(escaped(text, Form::Text).0, r#"a\tb\u{1b}["\\\u{202e}\u{e0041}"#);
    assert_eq!(
        escaped(text, Form::Quoted).0,
        r#"a\tb\u{1b}[\"\\\u{202e}\u{e0041}"#
    );
    assert_eq!(
        escaped(text, Form::Json).0,
        r#"a\tb\u001b[\"\\\u202e\udb40\udc41"#
    );
}

#[test]
fn a_line_break_of_any_kind_is_one_symbol() {
    assert_eq!(
        escaped("a\r\nb\nc\rd\u{2028}e\u{85}f\tg", Form::Symbol).0,
        "a\u{23ce}b\u{23ce}c\u{23ce}d\u{23ce}e\u{23ce}f\\tg"
    );
}

#[test]
fn an_indented_line_break_is_whole_at_every_size() {
    let text = "a\nb\r\n\r\"c\u{2028}\\d\u{85}\t\u{2029}";
    let mark = CONTINUATION;
    let (whole, changed) = escaped(text, Form::IndentQuoted);
    assert!(changed);
    assert_eq!(
        whole,
        format!("a\n{mark}b\n{mark}\n{mark}\\\"c\n{mark}\\\\d\n{mark}\\t\n{mark}")
    );
    assert_eq!(escaped(text, Form::Indent).0, whole.replace("\\\"", "\""));
    for room in 0..whole.len() {
        let mut out = Vec::new();
        let outcome = escape(text, Form::IndentQuoted, room, &mut out);
        let line = std::str::from_utf8(&out).unwrap();
        assert!(!outcome.whole && line.len() <= room && whole.starts_with(line));
        assert!(
            line.split('\n').skip(1).all(|line| line.starts_with(mark)),
            "{line:?}"
        );
    }
}

#[test]
fn an_embedded_document_stays_the_same_document() {
    let document = "{\n\t\"a\u{202e}\": [1, \"x\\n\u{7f}\"]\r\n}";
    let (line, changed) = escaped(document, Form::Embedded);
    assert!(changed && !line.chars().any(forbidden), "{line:?}");
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&line), value(document));
}

#[test]
fn the_room_is_kept_at_every_size_and_no_escape_is_cut() {
    let text = "plain text first, é漢\u{1b}\\\n\u{202e}\u{e0041}\" and then some more plain text";
    for form in [Form::Text, Form::Quoted, Form::Json] {
        let (whole, _) = escaped(text, form);
        for room in 0..whole.len() + 2 {
            let mut out = b"before".to_vec();
            let outcome = escape(text, form, room, &mut out);
            let line = std::str::from_utf8(&out[6..]).unwrap();
            assert!(line.len() <= room && whole.starts_with(line));
            assert_eq!(outcome.whole, room >= whole.len());
            let back = match form {
                Form::Json => serde_json::from_str(&format!("\"{line}\"")).ok(),
                _ => unescape(line),
            };
            assert!(text.starts_with(&back.unwrap()), "{line:?} ends inside an escape");
            assert!(whole.len() - line.len() == 0 || room - line.len() < 12);
        }
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\\".to_owned()),
        Just("\u{1b}[31m".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("ERROR forged".to_owned()),
        "[ -~]{0,40}",
        "\\PC{0,10}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_500))]
    #[test]
    fn any_text_comes_back(text in pieces()) {
        for form in FORMS {
            holds_the_laws(&text, form);
            is_inert(&escaped(&text, form).0);
        }
    }

    #[test]
    fn escaping_in_two_parts_is_escaping_the_whole(text in pieces(), at: prop::sample::Index) {
        let at = floor_boundary(&text, at.index(text.len() + 1));
        for form in [Form::Text, Form::Quoted, Form::Json] {
            let parts = escaped(&text[..at], form).0 + &escaped(&text[at..], form).0;
            prop_assert_eq!(parts, escaped(&text, form).0);
        }
    }
}

/// Escaped text that is clipped at any size is the escaped form of a prefix of the text.
#[test]
fn clipping_cuts_no_escape_in_two() {
    let text = "a\u{1b}[0m\\\n\u{e0041}é\u{202e}\t\\u{1b}}";
    let whole = shown(text);
    for limit in 0..=whole.len() + 1 {
        let part = clip(&whole, limit);
        assert!(
            part.len() <= limit && part.len() + 9 >= limit.min(whole.len()),
            "{limit}: {part}"
        );
        let back = unescape(part).unwrap();
        assert!(text.starts_with(&back), "{limit}: {part}");
    }
}

/// Text that needs no escape is copied as a whole, also within the limit of `room`.
#[test]
fn the_room_is_kept_by_text_that_needs_no_escape() {
    let text = "plain text, longer than two blocks of sixteen";
    for form in FORMS {
        for room in 0..text.len() + 2 {
            let mut out = Vec::new();
            let outcome = escape(text, form, room, &mut out);
            assert_eq!(out, text.as_bytes()[..room.min(text.len())], "{form:?} {room}");
            assert_eq!(outcome.whole, room >= text.len());
        }
    }
}

#[test]
fn text_shown_to_people_is_escaped() {
    assert_eq!(shown("a\n\\b\u{202e}"), "a\\n\\\\b\\u{202e}");
}

/// Runs longer than the blocks that are checked in one step, without any plain character.
#[test]
fn runs_of_one_character_hold_the_laws() {
    for c in ['\\', '"', '~', '\u{7f}', ' ', '\u{1f}', '\u{ad}', 'é'] {
        for len in 1..50 {
            let run = c.to_string().repeat(len);
            FORMS.into_iter().for_each(|form| holds_the_laws(&run, form));
        }
    }
}

#[test]
fn line_ends_have_the_short_escapes_that_people_know() {
    for form in [Form::Text, Form::Quoted, Form::Json] {
        assert_eq!(escaped("a\nb\rc\td", form).0, r"a\nb\rc\td", "{form:?}");
    }
}
