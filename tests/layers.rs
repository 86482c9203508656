//! The import table as code: which module may import which, and where a crate may be named.
//!
//! A module imports only modules of a lower rank. `src` is read as text, without comments, literals and tests;
//! that the reader finds what it looks for is shown at the end, on planted sources.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of `src` with its rank; `lib` is above all, and nobody imports from it.
const RANKS: [(&str, u8); 20] = [
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
    ("sync", 0),
    ("process", 0),
    ("lib", 6),
];

/// The arrows between modules of one rank: `sync` stands below all of them, being std or a model's.
const ALLOWED: [(&str, &str); 3] = [("error", "escape"), ("clock", "sync"), ("process", "sync")];

/// Where a word may stand.
const HOMES: [(&str, &[&str]); 4] = [
    ("flume", &["queue.rs", "queue/", "sink/outlet.rs", "sink/outlet/"]),
    ("fs2", &["sink/lock.rs"]),
    ("termcolor", &["format/style.rs", "sink/console.rs"]),
    ("unsafe", &["process.rs", "process/"]),
];

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 40;

/// A source file: its path below `src`, as it is, and as the checks read it.
struct Source {
    path: String,
    lines: usize,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            lines: text.lines().count(),
            code: without_tests(&without_comments_and_literals(text)),
        }
    }

    /// `sink` for `sink/file/turn.rs`.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many `super` lead from the file's own code to the root: one for `sink.rs`, two for `sink/file.rs`.
    fn depth(&self) -> usize {
        self.path.split('/').count()
    }
}

/// Every file of the product.
fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    let relative = |file: &PathBuf| {
        let path = file
            .strip_prefix(&src)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        Source::new(&path, &fs::read_to_string(file).unwrap())
    };
    files.iter().map(relative).collect()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "tests.rs" || name == "tests" {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
}

// The checks: each gives what is wrong, one line each

/// Arrows that are not in the table.
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
        // What is no module stands in `lib`, from which nobody imports.
        _ => false,
    }
}

/// The files whose module is not in the table, and the modules of the table that have no file.
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

/// Words outside of their homes.
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

/// Functions whose body has more lines than it should.
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

// Reading Rust, as far as this needs it

/// Puts blanks in place of comments, strings and characters; line ends stay.
fn without_comments_and_literals(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let literal = literal_len(rest, after_word);
        let len = literal.unwrap_or(first.len_utf8());
        match literal {
            None => code.push(first),
            Some(_) => code.extend(rest[..len].chars().map(|c| if c == '\n' { '\n' } else { ' ' })),
        }
        rest = &rest[len..];
    }
    code
}

/// The length of the comment or literal that `text` begins with.
fn literal_len(text: &str, after_word: bool) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |at| at + 2));
    }
    if !after_word {
        let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
            let quoted = text.strip_prefix(prefix).map(|rest| rest.trim_start_matches('#'));
            let hashes = prefix.ends_with('r');
            quoted.is_some_and(|rest| rest.starts_with('"'))
                && (hashes || text[prefix.len()..].starts_with('"'))
        });
        if let Some(prefix) = prefix {
            return Some(string_len(text, prefix));
        }
    }
    // A lifetime has no closing quote behind its first character.
    let inner = text.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        return Some(3 + inner[2..].find('\'')? + 1);
    }
    let first = inner.chars().next()?.len_utf8();
    inner[first..].starts_with('\'').then_some(first + 2)
}

fn string_len(text: &str, prefix: &str) -> usize {
    let rest = &text[prefix.len()..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let from = prefix.len() + hashes + 1;
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return text[from..]
            .find(&end)
            .map_or(text.len(), |at| from + at + end.len());
    }
    let mut escaped = false;
    for (at, c) in text[from..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return from + at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Takes away every item behind `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        kept.push_str(&rest[..at]);
        let item = &rest[at + MARK.len()..];
        let end = item_len(item);
        kept.extend(item[..end].chars().filter(|c| *c == '\n'));
        rest = &item[end..];
    }
    kept + rest
}

/// The length of the item that `code` begins with: up to its `;` or the end of its body.
fn item_len(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                // An attribute ends with a bracket, and its item is still to come.
                if depth == 0 && c == '}' {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The words of the code with their places.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + code[from..].find(is_word)?;
        let len = code[start..].find(|c| !is_word(c)).unwrap_or(code.len() - start);
        from = start + len;
        Some((start, &code[start..from]))
    })
}

/// The modules at the root that a file names by `crate::` or by enough `super::`.
fn imported(source: &Source) -> BTreeSet<String> {
    let mut targets = BTreeSet::new();
    for (at, word) in words(&source.code) {
        let Some(mut rest) = source.code[at + word.len()..].strip_prefix("::") else {
            continue;
        };
        if source.code[..at].ends_with("::") {
            continue;
        }
        match word {
            "crate" => {}
            "super" => {
                let mut supers = 1;
                while let Some(next) = rest.strip_prefix("super::") {
                    (rest, supers) = (next, supers + 1);
                }
                if supers < source.depth() + inline_modules_around(&source.code, at) {
                    continue;
                }
            }
            _ => continue,
        }
        targets.extend(heads(rest));
    }
    targets
}

/// The first names of a path: one, or those of its group in braces.
fn heads(path: &str) -> Vec<String> {
    let name_of = |text: &str| words(text).next().map(|(_, word)| word.to_owned());
    let Some(group) = path.strip_prefix('{') else {
        return name_of(path).into_iter().collect();
    };
    let (mut depth, mut names, mut expects) = (0_usize, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expects = true,
            c if expects && (c.is_alphabetic() || c == '_') => {
                names.extend(name_of(&group[at..]));
                expects = false;
            }
            _ => {}
        }
    }
    names
}

/// In how many `mod name { .. }` the place lies.
fn inline_modules_around(code: &str, place: usize) -> usize {
    let opened = words(code)
        .filter(|(at, word)| *at < place && *word == "mod")
        .filter(|(at, _)| {
            let item = &code[*at..];
            let body = item
                .find(['{', ';'])
                .filter(|open| item[*open..].starts_with('{'));
            body.is_some() && at + item_len(item) > place
        });
    opened.count()
}

/// The functions with the number of lines between the braces of their bodies, those inside of others too.
fn functions(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in words(code).filter(|(_, word)| *word == "fn") {
        let Some((_, name)) = words(&code[at + 2..]).next().filter(|(from, _)| *from == 1) else {
            // The type of a function pointer.
            continue;
        };
        let item = &code[at..];
        let item = &item[..item_len(item)];
        // `where` clauses and types hold no brace; a constant in one would make the body longer, not shorter.
        if let Some(open) = item.find('{').filter(|_| item.ends_with('}')) {
            found.push((
                name.to_owned(),
                item[open..].matches('\n').count().saturating_sub(1),
            ));
        }
    }
    found
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
fn what_is_no_arrow_is_passed_over() {
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
        Source::new("sink/outlet.rs", "use flume::Sender;"),
    ];
    assert_eq!(
        strays(&stray),
        ["worker.rs names flume", "worker.rs names unsafe"]
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
