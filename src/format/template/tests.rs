use super::*;
use proptest::prelude::*;

#[track_caller]
fn fault(template: &str) -> String {
    match Template::parse(template) {
        Ok(template) => panic!("{template} is accepted"),
        Err(faults) => match faults.as_slice() {
            [fault] => fault.to_string(),
            faults => panic!("not one fault: {faults:?}"),
        },
    }
}

#[track_caller]
fn printed(template: &str) -> String {
    match Template::parse(template) {
        Ok(template) => template.to_string(),
        Err(faults) => panic!("{faults:?}"),
    }
}

#[test]
fn a_template_prints_as_it_is_understood() {
    let table = [
        ("{time} {level:<5}", "{time} {level: <5}"),
        ("{asctime:>30}{time:%H}", "{asctime: >30}{time:%H}"),
        ("{levelname} {funcName:^17}", "{level} {thread: ^17}"),
        ("{line:05}{pid:3}", "{line:0>5}{pid: >3}"),
        ("{message}|", "{message}{extras}|"),
        ("{extras} {message}", "{extras} {message}"),
        ("{{}} <<x> {key:a:*>3}", "{{}} <<x> {key:a:*>3}"),
        ("{ key : a b :>3}", "{key:a b: >3}"),
        ("<Red + Bold>{level}</red>", "<red+bold>{level}<reset>"),
        ("<level_color+dim>{level}</>", "<level_color><dim>{level}<reset>"),
    ];
    for (template, wanted) in table {
        assert_eq!(printed(template), wanted);
    }
}

#[test]
fn an_unknown_field_is_told_with_its_place_and_the_nearest_name() {
    assert_eq!(
        fault("{time} {lvl} {message}"),
        "unknown field `lvl`: did you mean `level`? (column 8)\n  {time} {lvl} {message}\n         ^^^^^"
    );
}

#[test]
fn every_fault_says_what_to_write() {
    let table = [
        ("{msg}", "unknown field `msg`: did you mean `message`?"),
        ("{Level}", "unknown field `Level`: did you mean `level`?"),
        ("{mesage:<4}", "unknown field `mesage`: did you mean `message`?"),
        (
            "{somewhere}",
            "unknown field `somewhere`: there are time, level, priority, target, module, file, line, thread, pid, name, message, extras; a key-value is `{key:NAME}`",
        ),
        ("{}", "`{}` names no field: write `{{` and `}}` for literal ones"),
        ("{key}", "`{key}` names no key: write `{key:user}`"),
        ("{key:}", "`{key:}` names no key: write `{key:user}`"),
        ("{key: }", "`{key:}` names no key: write `{key:user}`"),
        ("{level", "`{` is not closed: write `{{` for a literal one"),
        (
            "{level {message}",
            "`{` is not closed: write `{{` for a literal one",
        ),
        ("{level} }", "`}` closes nothing: write `}}` for a literal one"),
        (
            "json",
            "a template needs a field, such as `{message}`; for JSON lines use `Format::Json`",
        ),
        (
            " Logfmt ",
            "a template needs a field, such as `{message}`; for logfmt use `Format::Logfmt`",
        ),
        (
            "text",
            "a template needs a field, such as `{message}`; for the default use `Format::default()`",
        ),
        ("", "a template needs a field, such as `{message}`"),
        ("a < {message}", "`<` is not closed: write `<<` for a literal one"),
        ("<rde>{message}", "unknown style `rde`: did you mean `red`?"),
        (
            "<levelcolor>{message}",
            "unknown style `levelcolor`: did you mean `level_color`?",
        ),
        (
            "<me@example.com> {message}",
            "unknown style `me@example.com`: write `<<` for a literal `<`",
        ),
        ("</rde>{message}", "unknown style `rde`: did you mean `red`?"),
        (
            "<red+blue>{message}",
            "`blue` is a second color: a style has at most one",
        ),
        (
            "{level:<x}",
            "`<x` is no width: write an alignment (`<`, `^` or `>`) and a number, as in `{level:<5}`",
        ),
        (
            "{level:<99999999999999999999}",
            "a field is at most 256 characters wide",
        ),
        ("{time:%H:%Q}", "`%Q` is not supported: a time is made of %Y"),
        (
            "{message}\n",
            "U+000A cannot stand in a template: a record is one line without control characters",
        ),
        (
            "\u{202e}{message}",
            "U+202E cannot stand in a template: a record is one line without control characters",
        ),
    ];
    for (template, wanted) in table {
        let text = fault(template);
        assert!(text.starts_with(wanted), "{template:?} gave {text}");
        let caret = text.lines().last().unwrap().trim_start();
        assert!(
            !caret.is_empty() && caret.bytes().all(|byte| byte == b'^'),
            "{text}"
        );
    }
}

#[test]
fn a_fault_inside_a_field_is_shown_in_its_place() {
    assert_eq!(
        fault("{time:%H:%Q} {message}")
            .lines()
            .skip(1)
            .collect::<Vec<_>>(),
        ["  {time:%H:%Q} {message}", "           ^^"]
    );
    assert_eq!(
        fault("{key:user:<x}").lines().skip(1).collect::<Vec<_>>(),
        ["  {key:user:<x}", "            ^^"]
    );
}

#[test]
fn all_faults_of_a_template_are_told_and_none_that_follows_from_another() {
    let reported = |template: &str| -> Vec<String> {
        let faults = Template::parse(template).unwrap_err();
        let first_line = |fault: &FormatFault| fault.to_string().lines().next().unwrap().to_owned();
        faults.iter().map(first_line).collect()
    };
    assert_eq!(
        reported("{lvl} <rde>{time:%Q}</> } {level:<5x} {msg} {message"),
        [
            "unknown field `lvl`: did you mean `level`? (column 1)",
            "unknown style `rde`: did you mean `red`? (column 7)",
            "`%Q` is not supported: a time is made of %Y %m %d %H %M %S %3f %6f %9f %.3f %.6f %.9f %j %a %b %y %e \
             %I %p %z %:z %Z %% (column 18)",
            "`}` closes nothing: write `}}` for a literal one (column 25)",
            "`<5x` is no width: write an alignment (`<`, `^` or `>`) and a number, as in `{level:<5}` (column 34)",
            "unknown field `msg`: did you mean `message`? (column 39)",
            "`{` is not closed: write `{{` for a literal one (column 45)",
        ]
    );
    assert_eq!(
        reported("{time {lvl} <x"),
        [
            "`{` is not closed: write `{{` for a literal one (column 1)",
            "unknown field `lvl`: did you mean `level`? (column 7)",
            "`<` is not closed: write `<<` for a literal one (column 13)",
        ]
    );
    assert_eq!(reported(&"{x}".repeat(100)).len(), 8);
}

#[test]
fn the_widest_field_is_256_characters_wide_and_the_narrowest_is_as_wide_as_it_is() {
    assert_eq!(
        printed("{level:256}{target:0}{file:<}"),
        "{level: <256}{target}{file}"
    );
    assert!(fault("{level:257}").starts_with("a field is at most 256 characters wide (column 8)"));
}

#[test]
fn text_between_fields_is_one_part_whatever_is_escaped_in_it() {
    let template = Template::parse("a{{b}} <<c {message}").unwrap();
    let wanted = [
        Part::Literal("a{b} <c ".to_owned()),
        Part::Field(Field::Simple(fields::find("message").unwrap()), None),
        Part::Field(Field::Simple(fields::find("extras").unwrap()), None),
    ];
    assert_eq!(template.parts, wanted);
}

#[test]
fn what_stands_in_a_faulty_tag_is_no_fault_of_its_own_and_what_stands_behind_it_is() {
    let faults = Template::parse("<rde {lvl} <x> {mesage}").unwrap_err();
    let columns: Vec<_> = faults.iter().map(|fault| fault.to_string()).collect();
    assert_eq!(columns.len(), 2, "{columns:?}");
    assert!(columns[0].starts_with("unknown style") && columns[1].starts_with("unknown field `mesage`"));
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("{{"),
        Just("}}"),
        Just("<"),
        Just("<<"),
        Just(">"),
        Just("</"),
        Just(":"),
        Just("{time}"),
        Just("{time:%H:%M}"),
        Just("{asctime:<9}"),
        Just("{level:^7}"),
        Just("{line:07}"),
        Just("{message}"),
        Just("{extras}"),
        Just("{key:a b:é>3}"),
        Just("<red>"),
        Just("<level_color+bold>"),
        Just("</>"),
        Just("<reset>"),
        Just("{target:*<}"),
        Just(" é %"),
        Just("\n"),
        Just("{pid:<<3}"),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]
    #[test]
    fn a_printed_template_parses_to_the_same_one(text in pieces()) {
        match Template::parse(&text) {
            Ok(template) => {
                let printed = template.to_string();
                prop_assert_eq!(Template::parse(&printed), Ok(template), "{} printed as {}", text, printed);
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.iter().all(|fault| fault.to_string().lines().count() == 3));
            }
        }
    }

    #[test]
    fn any_text_is_a_template_or_a_fault(text in any::<String>()) {
        for fault in Template::parse(&text).err().unwrap_or_default() {
            let text = fault.to_string();
            prop_assert!(!text.replace('\n', "").chars().any(crate::escape::needs_escape));
        }
    }
}

#[test]
fn every_name_of_the_table_selects_one_field_and_misleading_names_select_none() {
    let names: Vec<&str> = fields::names().filter(|name| *name != "key").collect();
    for (n, name) in names.iter().enumerate() {
        assert!(!names[..n].contains(name), "{name} twice");
        assert!(Template::parse(&format!("{{{name}}}")).is_ok(), "{name}");
    }
    for spec in &fields::FIELDS {
        for word in spec.meant_by {
            assert!(fields::find(word).is_none(), "{word} is accepted");
            let fault = Template::parse(&format!("{{{word}}}")).unwrap_err()[0].to_string();
            assert!(
                fault.contains(&format!("did you mean `{}`?", spec.name)),
                "{fault}"
            );
        }
    }
    assert!(fields::find("").is_none());
}
