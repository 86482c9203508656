//! The import table as code: which module may import which, and where a word, such as the name of a crate, may appear.
//!
//! A module imports only modules of a lower rank. `src` is read as text, without comments, literals and tests. The
//! tests at the end show on planted sources that the reader finds each violation.

#[path = "layers/circles.rs"]
mod circles;
#[path = "layers/reading.rs"]
mod reading;

use circles::circles;
use reading::{Source, functions, imported, sources, words};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Each module of `src` with its rank; `lib` has the highest one, and no module imports from it.
const RANKS: [(&str, u8); 23] = [
    ("fuzzing", 5),
    ("global", 5),
    ("logger", 4),
    ("settings", 3),
    ("worker", 3),
    ("queue", 2),
    ("mask", 2),
    ("format", 2),
    ("sink", 2),
    ("filter", 2),
    ("record", 1),
    ("config", 1),
    ("health", 1),
    ("ticket", 1),
    ("level", 1),
    ("error", 0),
    ("clock", 0),
    ("escape", 0),
    ("nearest", 0),
    ("sync", 0),
    ("process", 0),
    ("docs", 0),
    ("lib", 6),
];

/// The allowed imports between modules of one rank. `sync` is std or its model, and `process` below all others.
const ALLOWED: [(&str, &str); 4] = [
    ("error", "escape"),
    ("clock", "sync"),
    ("clock", "process"),
    ("process", "sync"),
];

/// A word, and the files in which it may appear.
const HOMES: [(&str, &[&str]); 12] = [
    (
        "flume",
        &["queue.rs", "queue/", "sink/threaded.rs", "sink/threaded/"],
    ),
    ("fs2", &["sink/lock.rs"]),
    ("jiff", &["clock/zone.rs"]),
    ("termcolor", &["format/style.rs", "sink/console.rs"]),
    ("unsafe", &["process.rs", "process/"]),
    // The environment has one door, which is shut in a privileged program; what reads variables itself stands behind
    // a look at that.
    ("var", &["process/environment.rs"]),
    ("var_os", &["process/environment.rs"]),
    ("vars", &["process/environment.rs"]),
    ("vars_os", &["process/environment.rs"]),
    ("getenv", &["process/environment.rs"]),
    ("try_system", &["clock/zone.rs"]),
    ("Backtrace", &["global/panics.rs", "sync/model.rs"]),
];

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 40;

// The checks: each returns its violations, one line each

/// Imports that are not in the table.
fn forbidden_arrows(sources: &[Source]) -> Vec<String> {
    let mut wrong = BTreeSet::new();
    for source in sources.iter().filter(|source| source.module() != "lib") {
        for target in imported(source) {
            if !is_allowed(source.module(), &target) {
                wrong.insert(format!("{} imports {target}", source.path));
            }
        }
    }
    wrong.into_iter().collect()
}

fn is_allowed(from: &str, to: &str) -> bool {
    let rank = |module| {
        RANKS
            .iter()
            .find(|(name, _)| *name == module)
            .map(|(_, rank)| *rank)
    };
    match (rank(from), rank(to)) {
        _ if from == to || ALLOWED.contains(&(from, to)) => true,
        (Some(from), Some(to)) => to < from,
        // Items that are not in a module are in `lib`, from which no module imports.
        _ => false,
    }
}

/// Files whose module is not in the table, and modules of the table without a file.
fn misfits(sources: &[Source]) -> Vec<String> {
    let in_table = |source: &&Source| !RANKS.iter().any(|(name, _)| *name == source.module());
    let strangers = sources.iter().filter(in_table);
    let ghosts = RANKS
        .iter()
        .filter(|(name, _)| !sources.iter().any(|source| source.module() == *name));
    strangers
        .map(|source| format!("{} is in no rank", source.path))
        .chain(ghosts.map(|(name, _)| format!("{name} has a rank and no file")))
        .collect()
}

/// Words outside the files in which they may appear.
fn strays(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (word, homes) in HOMES {
        let at_home = |path: &str| {
            homes
                .iter()
                .any(|home| path == *home || home.ends_with('/') && path.starts_with(home))
        };
        let outside = sources.iter().filter(|source| !at_home(&source.path));
        let strayed = outside.filter(|source| words(&source.code).any(|(_, found)| found == word));
        wrong.extend(strayed.map(|source| format!("{} names {word}", source.path)));
    }
    wrong
}

fn long_files(sources: &[Source]) -> Vec<String> {
    let long = sources.iter().filter(|source| source.lines > FILE_LINES);
    long.map(|source| format!("{} has {} lines", source.path, source.lines))
        .collect()
}

/// Functions whose body has too many lines.
fn long_functions(sources: &[Source]) -> Vec<String> {
    let mut long = Vec::new();
    for source in sources {
        for (name, lines) in functions(&source.code) {
            if lines > FUNCTION_LINES {
                long.push(format!("{}: fn {name} has {lines} lines", source.path));
            }
        }
    }
    long
}

#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
}

#[test]
fn every_import_points_to_a_lower_rank() {
    assert_none(&forbidden_arrows(&sources()));
}

#[test]
fn every_module_has_a_rank_and_every_rank_a_module() {
    assert_none(&misfits(&sources()));
}

#[test]
fn crates_and_unsafe_are_named_only_where_they_belong() {
    assert_none(&strays(&sources()));
}

#[test]
fn no_files_of_a_folder_import_one_another() {
    assert_none(&circles(&sources()));
}

#[test]
fn no_file_is_longer_than_400_lines() {
    assert_none(&long_files(&sources()));
}

#[test]
fn no_function_is_longer_than_40_lines() {
    assert_none(&long_functions(&sources()));
}

#[test]
fn every_module_opens_with_its_page() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let without = sources().into_iter().map(|source| source.path).filter(|path| {
        let text = fs::read_to_string(src.join(path)).unwrap();
        !text.starts_with("//! ")
    });
    assert_none(&without.collect::<Vec<_>>());
}

// The reader itself, on planted sources

fn arrows_in(path: &str, text: &str) -> Vec<String> {
    forbidden_arrows(&[Source::new(path, text)])
}

#[test]
fn a_planted_arrow_is_found_however_it_is_written() {
    let planted = [
        "use crate::worker::Stage;",
        "use crate::{clock::Tick, worker::{Stage, Hook}};",
        "use crate::{\n    clock::Tick,\n    worker,\n};",
        "fn f() { let stage = crate::worker::Stage::Mask; }",
        "fn f(stage: &'static crate::worker::Stage) {}",
        "pub(crate) use super::super::worker::Stage;",
        "mod inner { use super::super::super::worker::Stage; }",
        "#[cfg(test)]\nmod tests;\nuse crate::worker::Stage;",
        "#[cfg(test)]\nmod tests { fn f() {} }\nuse crate::worker::Stage;",
        "const QUOTE: char = '\"'; use crate::worker::Stage; const END: char = '\"';",
        "const RAW: &str = r#\"\"\"#; use crate::worker::Stage;",
    ];
    for text in planted {
        assert_eq!(
            arrows_in("queue/budget.rs", text),
            ["queue/budget.rs imports worker"],
            "{text}"
        );
    }
}

#[test]
fn an_arrow_to_the_same_rank_or_to_the_root_is_found() {
    assert_eq!(
        arrows_in("health.rs", "use crate::ticket::Loss;"),
        ["health.rs imports ticket"]
    );
    assert_eq!(
        arrows_in("worker.rs", "use crate::Error;"),
        ["worker.rs imports Error"]
    );
    assert_eq!(
        arrows_in("escape.rs", "use crate::error::Error;"),
        ["escape.rs imports error"]
    );
}

#[test]
fn harmless_text_is_not_an_import() {
    let innocent = [
        "//! See [`crate::worker`].\nuse crate::clock::Tick;",
        "/* crate::worker */ const TEXT: &str = \"crate::worker\";",
        "#[cfg(test)]\nmod tests {\n    use crate::worker::Stage;\n}",
        "#[cfg(test)]\nuse crate::worker::Stage;",
        "use super::worker::Stage; use self::worker; use other::crate_worker;",
        "mod unix { use super::super::worker; }",
        "use crate::queue::Chunk;",
    ];
    for text in innocent {
        assert_none(&arrows_in("queue/budget.rs", text));
    }
    assert_none(&arrows_in("error.rs", "use crate::escape::shown;"));
}

fn circles_in(files: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
    circles(&sources)
}

#[test]
fn a_planted_circle_is_found_however_it_is_written() {
    let planted: [&[(&str, &str)]; 8] = [
        &[
            ("q.rs", ""),
            ("q/a.rs", "use super::b::B;"),
            ("q/b.rs", "use super::a::A;"),
        ],
        &[
            ("q.rs", ""),
            ("q/a.rs", "use crate::q::{c, b::{B, C}};"),
            ("q/b.rs", "fn f() { super::a::f() }"),
        ],
        // Through a third file.
        &[
            ("q.rs", ""),
            ("q/a.rs", "use super::c::C;"),
            ("q/b.rs", "use super::a::A;"),
            ("q/c.rs", "use super::b::B;"),
        ],
        // Through a file in a lower folder.
        &[
            ("q.rs", ""),
            ("q/a.rs", "mod x;"),
            ("q/a/x.rs", "use super::super::b::B;"),
            ("q/b.rs", "use super::a::A;"),
        ],
        &[
            ("q.rs", ""),
            ("q/a.rs", "use super::b::x::X;"),
            ("q/b.rs", "mod x;"),
            ("q/b/x.rs", "use crate::q::a::A;"),
        ],
        // Through an import of their parent from one of them.
        &[
            ("q.rs", "mod a; mod b; pub use b::B;"),
            ("q/a.rs", "use super::B;"),
            ("q/b.rs", "use super::a::A;"),
        ],
        &[
            ("q.rs", "use self::b::{B, C as D};"),
            ("q/a.rs", "use crate::q::{B};"),
            ("q/b.rs", "use super::{a::A, Q};"),
        ],
        &[
            ("q.rs", ""),
            ("q/a.rs", "mod inner { use super::super::b::B; }"),
            ("q/b.rs", "use super::a;"),
        ],
    ];
    for files in planted {
        let found = circles_in(files);
        assert!(
            found == ["q: a, b"] || found == ["q: a, b, c"],
            "{found:?} in {files:?}"
        );
    }
}

#[test]
fn a_circle_further_below_is_found_where_it_stands() {
    let files = [
        ("q.rs", ""),
        ("q/r.rs", ""),
        ("q/r/a.rs", "use super::b::B;"),
        ("q/r/b.rs", "use crate::q::r::a::A;"),
        ("q/s.rs", "use super::r::R;"),
    ];
    assert_eq!(circles_in(&files), ["q/r: a, b"]);
}

#[test]
fn harmless_imports_are_not_a_circle() {
    let innocent: [&[(&str, &str)]; 6] = [
        // Imports in one direction only.
        &[
            ("q.rs", ""),
            ("q/a.rs", "use super::{b::B, c::C};"),
            ("q/b.rs", "use super::c::C;"),
            ("q/c.rs", ""),
        ],
        // A parent and its children.
        &[
            ("q.rs", "mod a; use a::A;"),
            ("q/a.rs", "use super::Q;"),
            ("q/a/x.rs", "use super::super::Q; use super::A;"),
        ],
        &[
            ("q.rs", "use a::A; pub use b::B;"),
            ("q/a.rs", "use super::B;"),
            ("q/b.rs", "use super::Q;"),
        ],
        // In tests and comments.
        &[
            ("q.rs", ""),
            ("q/a.rs", "//! [`super::b`]\nuse super::b::B;"),
            ("q/b.rs", "#[cfg(test)]\nuse super::a::A;"),
        ],
        // Files of the same name in other folders.
        &[
            ("q/a.rs", "use crate::p::b::B;"),
            ("p/b.rs", "use crate::q::a::A;"),
            ("q/b.rs", ""),
            ("p/a.rs", ""),
        ],
        &[
            ("q/a.rs", "mod inner { use super::b; } use other::b::B;"),
            ("q/b.rs", "use super::a::A;"),
        ],
    ];
    for files in innocent {
        assert_eq!(circles_in(files), [""; 0], "{files:?}");
    }
}

#[test]
fn a_module_without_a_rank_is_found() {
    let stranger = [Source::new("util/strings.rs", "")];
    assert_eq!(misfits(&stranger)[0], "util/strings.rs is in no rank");
    assert_eq!(misfits(&stranger).len(), 1 + RANKS.len());
}

#[test]
fn a_stray_word_is_found() {
    let text = "fn f() { let (sender, _) = flume::unbounded(); unsafe { g() } }";
    let stray = [
        Source::new("worker.rs", text),
        Source::new("sink/threaded.rs", "use flume::Sender;"),
        Source::new("filter.rs", "use std::env::{self, var_os as get}; // var"),
    ];
    assert_eq!(
        strays(&stray),
        [
            "worker.rs names flume",
            "worker.rs names unsafe",
            "filter.rs names var_os"
        ]
    );
    assert_none(&strays(&[Source::new(
        "worker.rs",
        "// unsafe\nfn refuse_unsafe() {}",
    )]));
}

#[test]
fn a_long_file_and_a_long_function_are_found() {
    let mut text =
        String::from("type Pointer = fn(u8);\ntrait T { fn declared(&self); }\nfn short() {}\nfn long() {\n");
    for n in 0..FILE_LINES {
        writeln!(text, "    f({n}, '{{', \"}}\");").unwrap();
    }
    text.push_str("}\n");
    let source = [Source::new("worker.rs", &text)];
    assert_eq!(long_functions(&source), ["worker.rs: fn long has 400 lines"]);
    assert_eq!(long_files(&source), ["worker.rs has 405 lines"]);
}
