//! Cached parts of a line appear only in lines of their own call site.

use super::*;

fn renderer(template: &str, limit: usize) -> Renderer {
    let settings = LineSettings {
        limits: LineLimits {
            record: limit,
            ..LIMITS
        },
        ..settings()
    };
    Renderer::new(&text(template), settings)
}

fn line(renderer: &mut Renderer, sample: &Sample<'_>) -> (String, LineFlags) {
    let frame = sample.frame(LIMITS);
    let mut out = Vec::new();
    let flags = renderer.render(&View::read(&frame).unwrap(), MOMENT, &mut out);
    (String::from_utf8(out).unwrap(), flags)
}

const ALL: &str = "{level} {target} {module} {file} {line} {thread} | {message}";

#[test]
fn each_line_names_its_own_place_in_any_order() {
    let mut warm = renderer(ALL, 4096);
    let targets = ["a", "ab", "abc", "ab\n", "ab"];
    for round in 0..3 {
        for n in 0..200 {
            let target = targets[n * 7 % targets.len()];
            let sample = Sample {
                target,
                module: (n % 3 > 0).then_some(["bc", "c"][n % 2]),
                file: (n % 5 > 0).then_some(["src/x.rs", "x.rs"][n % 2]),
                line: (n % 4 > 0).then_some(n as u32 % 70),
                thread: ["main", "nmai", "é"][n % 3],
                level: [Level::Info, Level::Error][n % 2],
                ..sample("m")
            };
            let fresh = line(&mut renderer(ALL, 4096), &sample);
            assert_eq!(line(&mut warm, &sample), fresh, "round {round}, record {n}");
        }
    }
}

#[test]
fn names_that_are_the_same_only_when_joined_are_two_places() {
    let mut renderer = renderer("{target}/{module} {message}", 4096);
    let with = |target, module| Sample {
        target,
        module: Some(module),
        ..sample("m")
    };
    assert_eq!(line(&mut renderer, &with("ab", "c")).0, "ab/c m\n");
    assert_eq!(line(&mut renderer, &with("a", "bc")).0, "a/bc m\n");
    assert_eq!(line(&mut renderer, &with("ab", "c")).0, "ab/c m\n");
}

#[test]
fn an_escape_in_a_name_is_told_each_time() {
    let mut renderer = renderer(ALL, 4096);
    let sample = Sample {
        target: "a\u{1b}b",
        ..sample("m")
    };
    for _ in 0..3 {
        let (line, flags) = line(&mut renderer, &sample);
        assert!(flags.escaped && line.contains("a\\u{1b}b"), "{line}");
    }
}

#[test]
fn a_name_that_is_cut_for_want_of_room_is_not_remembered_as_if_it_were_whole() {
    let long = "t".repeat(400);
    let message = "m".repeat(3_000);
    let mut warm = renderer("{message} {target} {thread}", SMALLEST_RECORD);
    let short = Sample {
        target: &long,
        ..sample("m")
    };
    let full = Sample {
        target: &long,
        ..sample(&message)
    };
    for sample in [&full, &short, &full, &short] {
        let mut fresh = renderer("{message} {target} {thread}", SMALLEST_RECORD);
        assert_eq!(line(&mut warm, sample), line(&mut fresh, sample));
    }
}

/// The mask finds most messages plain; a faster path then writes the same line.
#[test]
fn a_plain_message_from_a_known_place_gets_the_line_that_any_message_gets() {
    let kvs = [Vec::new(), vec![("user", KvValue::from(7))]];
    let templates = [
        "{time} {level} {target}: {message}{extras}",
        ALL,
        "{message:>250}|{target}",
    ];
    for (template, len) in templates
        .into_iter()
        .flat_map(|one| (0..1_100).map(move |len| (one, len)))
    {
        let message = "m".repeat(len);
        let sample = Sample {
            target: "app\u{1b}",
            extras: kvs[len % 2].clone(),
            ..sample(&message)
        };
        let mut renderer = renderer(template, SMALLEST_RECORD);
        let any = line(&mut renderer, &sample);
        let frame = sample.frame(LIMITS);
        let mut plain = View::read(&frame).unwrap();
        plain.set_plain();
        let mut out = Vec::new();
        let flags = renderer.render(&plain, MOMENT, &mut out);
        assert_eq!(
            (String::from_utf8(out).unwrap(), flags),
            any,
            "{template} with {len} bytes"
        );
    }
}
