//! Whole ranges of characters, and the console of a terminal.

use super::*;

#[test]
fn a_terminal_with_colour_on_obeys_our_own_styles_and_nothing_else() {
    let console = Capture::new();
    let seams = Seams::default().console(console.clone());
    let config = Config::new("app")
        .console_format(
            "<dim>{time}<reset> <level_color>{level:<5}</> {target:>9} {thread} {message}<bold>{extras}</>",
        )
        .color(Color::Always);
    let logger = AsyncLogger::start_with_seams(config, seams).unwrap();
    let payloads = payloads();
    for payload in &payloads {
        PLACES
            .iter()
            .for_each(|place| log_in(&logger, place, &payload.text));
    }
    logger.shutdown().wait().unwrap();
    let lines = console.lines();
    assert_eq!(lines.len(), payloads.len() * PLACES.len());
    for line in lines {
        assert_eq!(
            Seen::of(&line),
            Seen {
                styles: 6,
                controls: 0
            },
            "P12: {line:?}"
        );
        let plain: String = line
            .split('\x1b')
            .skip(1)
            .map(|part| part.split_once('m').unwrap().1)
            .collect();
        assert_inert(&plain);
    }
}

// Sweeps

/// Logs `texts` and returns the line of each.
#[track_caller]
fn became(format: &str, texts: &[String]) -> Vec<String> {
    let log = log_of(roomy(format).overflow(asynclogger::Overflow::Block), |logger| {
        for text in texts {
            log::info!(logger: logger, "{text}");
        }
    });
    let lines = lines(&log);
    assert_eq!(lines.len(), texts.len(), "P1: {format}");
    let message = |line: &&str| {
        assert_inert(line);
        match format {
            "{message}" => unescape(line).unwrap_or_else(|| panic!("P7: {line:?}")),
            _ => {
                members(format, line)
                    .into_iter()
                    .find(|(key, _)| key == own_keys(format)[1])
                    .unwrap()
                    .1
            }
        }
    };
    lines.iter().map(message).collect()
}

#[track_caller]
fn assert_all_come_back(texts: &[String]) {
    for format in ["{message}", "json", "logfmt"] {
        for (text, back) in texts.iter().zip(became(format, texts)) {
            let wanted = match format {
                "{message}" => text.clone(),
                _ => in_json(text),
            };
            assert!(wanted == back, "P7: {text:?} came back from {format} as {back:?}");
        }
    }
}

#[test]
fn every_scalar_value_alone_and_between_letters_is_inert_and_comes_back() {
    let scalars: Vec<char> = ('\0'..=char::MAX).collect();
    assert_eq!(scalars.len(), 1_112_064);
    let text = |chunk: &[char]| {
        chunk
            .iter()
            .fold("<".to_owned(), |text, c| format!("{text} {c} a{c}b"))
    };
    let texts: Vec<String> = scalars.chunks(512).map(text).collect();
    assert_all_come_back(&texts);
}

#[test]
fn every_pair_of_special_characters_is_inert_and_comes_back() {
    let mut special: Vec<char> = ('\0'..=char::MAX)
        .filter(|c| is_forbidden(*c) && u32::from(*c) < 0xE0000)
        .collect();
    special.extend([
        '\u{e0001}',
        '\u{e0041}',
        '\u{e007f}',
        '\\',
        '"',
        '{',
        '}',
        ' ',
        '=',
        '\'',
        'u',
        'n',
        '\u{200d}',
    ]);
    assert!(special.len() >= 110, "{}", special.len());
    let pairs = |first: &char| {
        special
            .iter()
            .map(|second| format!("{first}{second} "))
            .collect::<String>()
            + "."
    };
    let texts: Vec<String> = special.iter().map(pairs).collect();
    assert_all_come_back(&texts);
}

/// Pieces of the payloads in any order, split at any place over a message and key-values.
#[test]
fn ten_thousand_mixed_texts_are_inert_and_come_back() {
    let pieces: Vec<String> = payloads()
        .into_iter()
        .map(|payload| payload.text.chars().take(40).collect())
        .collect();
    let piece = prop_oneof![4 => prop::sample::select(pieces), 1 => any::<char>().prop_map(String::from)];
    let text = (
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        any::<prop::sample::Index>(),
    );
    let mut runner = TestRunner::deterministic();
    let cases: Vec<(String, usize)> = (0..10_000)
        .map(|_| {
            let (text, at) = text.new_tree(&mut runner).unwrap().current();
            let mut at = at.index(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            (text, at)
        })
        .collect();
    for format in ["json", "logfmt"] {
        let config = roomy(format).overflow(asynclogger::Overflow::Block);
        let log = log_of(config, |logger| {
            for (text, at) in &cases {
                log::info!(logger: logger, rest = &text[*at..], all = text.as_str(); "{}", &text[..*at]);
            }
        });
        let lines = lines(&log);
        assert_eq!(lines.len(), cases.len(), "P1");
        for ((text, at), line) in cases.iter().zip(lines) {
            assert_inert(line);
            let members = members(format, line);
            let of = |key: &str| members.iter().find(|(name, _)| name == key).unwrap().1.as_str();
            assert_eq!(
                (of(own_keys(format)[1]), of("rest"), of("all")),
                (&*in_json(&text[..*at]), &*in_json(&text[*at..]), &*in_json(text))
            );
        }
    }
    let texts: Vec<String> = cases.into_iter().map(|(text, _)| format!("<{text}")).collect();
    for (text, back) in texts.iter().zip(became("{message}", &texts)) {
        assert_eq!(*text, back, "P7");
    }
}
