//! Everything that the README and the pages of `src/docs` refer to exists: files, headings, tests, examples, scripts.
//! The README stays short.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

struct Page {
    path: PathBuf,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<Page> {
    let docs = fs::read_dir(root().join("src/docs")).unwrap();
    let paths = docs
        .map(|entry| entry.unwrap().path())
        .chain([root().join("README.md")]);
    let page = |path: PathBuf| Page {
        text: fs::read_to_string(&path).unwrap(),
        path,
    };
    paths.map(page).collect()
}

/// The targets of links in a page: `[text](target)`, `![text](target)` and `[text]: target`.
fn links(text: &str) -> Vec<&str> {
    let inline = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
    let defined = text
        .lines()
        .filter(|line| line.starts_with('['))
        .filter_map(|line| line.split_once("]: ").map(|(_, target)| target));
    inline.chain(defined).collect()
}

/// The fragment of a heading, as links use it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn has_heading(path: &Path, wanted: &str) -> bool {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| anchor(line) == wanted)
}

/// Why a link of `page` is broken; `None` if it works.
fn broken(page: &Page, target: &str) -> Option<String> {
    if target.contains("://") {
        return None;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = match file {
        "" => page.path.clone(),
        file => page.path.parent().unwrap().join(file),
    };
    if !path.exists() {
        // Directories that a checkout has and the published package does not have.
        let is_package = !root().join(".ci").exists();
        let is_left_out = is_package
            && ["benches/peers", ".ci", "examples"]
                .iter()
                .any(|dir| target.starts_with(dir));
        // Drawn by `benches/run`.
        return (!is_left_out && target != "benches/plot.svg")
            .then(|| format!("{}: no file {target}", page.path.display()));
    }
    (!heading.is_empty() && !has_heading(&path, heading))
        .then(|| format!("{}: no heading {target}", page.path.display()))
}

/// The words that follow `lead` in a text.
fn words_after<'a>(text: &'a str, lead: &'a str) -> impl Iterator<Item = &'a str> + 'a {
    let word = |rest: &'a str| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'));
        &rest[..end.unwrap_or(rest.len())]
    };
    text.split(lead).skip(1).map(word)
}

#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut wrong = Vec::new();
    let mut found = 0;
    for page in pages() {
        let links = links(&page.text);
        found += links.len();
        wrong.extend(links.into_iter().filter_map(|target| broken(&page, target)));
    }
    assert!(found > 40, "only {found} links: the reader of links is wrong");
    assert_none(&wrong);
}

#[test]
fn every_test_example_and_benchmark_that_is_named_exists() {
    let mut wrong = BTreeSet::new();
    for page in pages() {
        for (lead, dir) in [
            ("--test ", "tests"),
            ("--example ", "examples"),
            ("--bench ", "benches"),
        ] {
            // The published package has no examples.
            if !root().join(dir).exists() {
                continue;
            }
            for name in words_after(&page.text, lead).filter(|name| !name.is_empty()) {
                let is_there = |file: &str| root().join(dir).join(file).exists();
                if !is_there(&format!("{name}.rs")) && !is_there(&format!("{name}/main.rs")) {
                    wrong.insert(format!("{}: no {dir}/{name}.rs", page.path.display()));
                }
            }
        }
    }
    assert_none(&wrong.into_iter().collect::<Vec<_>>());
}

/// In `--test files rotation::` the second word is a module of the test program.
#[test]
fn every_module_of_a_test_program_that_is_named_exists() {
    let mut wrong = BTreeSet::new();
    for page in pages() {
        for rest in page.text.split("--test ").skip(1) {
            let mut words = rest.split([' ', '`', '\n']);
            let (program, filter) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let Some(module) = filter.strip_suffix("::") else {
                continue;
            };
            if !root().join(format!("tests/{program}/{module}.rs")).exists() {
                wrong.insert(format!("{}: no tests/{program}/{module}.rs", page.path.display()));
            }
        }
    }
    assert_none(&wrong.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_script_that_is_named_exists() {
    // The published package has none of them.
    if !root().join(".ci").exists() {
        return;
    }
    let mut wrong = BTreeSet::new();
    for page in pages() {
        for name in words_after(&page.text, ".ci/").filter(|name| !name.is_empty()) {
            if !root().join(".ci").join(name).exists() {
                wrong.insert(format!("{}: no .ci/{name}", page.path.display()));
            }
        }
    }
    assert_none(&wrong.into_iter().collect::<Vec<_>>());
}

/// The README is not longer than those of comparable crates.
#[test]
fn the_readme_has_at_most_220_lines_and_1600_words() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let (lines, words) = (text.lines().count(), text.split_whitespace().count());
    assert!(lines <= 220 && words <= 1600, "{lines} lines, {words} words");
}

/// Each page is a module of the documentation, and each module is a page.
#[test]
fn every_page_is_a_module_of_the_documentation() {
    let modules = fs::read_to_string(root().join("src/docs.rs")).unwrap();
    let included: BTreeSet<&str> = words_after(&modules, "include_str!(\"docs/").collect();
    let declared: BTreeSet<&str> = words_after(&modules, "pub mod ").collect();
    let pages: BTreeSet<String> = pages()
        .iter()
        .filter(|page| !page.path.ends_with("README.md"))
        .map(|page| page.path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(included, declared);
    assert_eq!(included, pages.iter().map(String::as_str).collect());
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let page = Page {
        path: root().join("README.md"),
        text: "[a](src/none.md) ![b](README.md#no-such-heading) [c](#limits)\n[d]: nothing.md\n".to_owned(),
    };
    let found: Vec<_> = links(&page.text)
        .into_iter()
        .filter_map(|target| broken(&page, target))
        .collect();
    assert_eq!(found.len(), 3, "{found:?}");
}
