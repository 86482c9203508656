//! Reads Rust as far as the checks of the layers need it: not a parser, only text without comments and the words around
//! imports.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file: its path below `src`, its text, and the text that the checks read.
pub struct Source {
    pub path: String,
    pub lines: usize,
    pub code: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            lines: text.lines().count(),
            code: without_tests(&without_comments_and_literals(text)),
        }
    }

    /// The module of the file: `sink` for `sink/file/rotate.rs`.
    pub fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many `super` lead from the file's own code to the root: one for `sink.rs`, two for `sink/file.rs`.
    pub fn depth(&self) -> usize {
        self.path.split('/').count()
    }
}

/// Every file of the product.
pub fn sources() -> Vec<Source> {
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

/// Replaces comments, strings and character literals by blanks; line ends stay.
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

/// The length of the comment or literal at the start of `text`.
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
    // A lifetime has no closing quote after its first character.
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

/// Removes every item with `#[cfg(test)]`.
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

/// The length of the item at the start of `code`: up to its `;` or the end of its body.
fn item_len(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                // An attribute ends with a bracket, and its item follows.
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

/// The words of the code with their offsets.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
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
pub fn imported(source: &Source) -> BTreeSet<String> {
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

/// The number of `mod name { .. }` around an offset.
pub fn inline_modules_around(code: &str, place: usize) -> usize {
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

/// The functions, including nested ones, with the number of lines between the braces of their bodies.
pub fn functions(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in words(code).filter(|(_, word)| *word == "fn") {
        let Some((_, name)) = words(&code[at + 2..]).next().filter(|(from, _)| *from == 1) else {
            // The type of a function pointer is not a function.
            continue;
        };
        let item = &code[at..];
        let item = &item[..item_len(item)];
        // `where` clauses and types have no braces, except for a constant in one, which makes the body longer and not
        // shorter.
        if let Some(open) = item.find('{').filter(|_| item.ends_with('}')) {
            found.push((
                name.to_owned(),
                item[open..].matches('\n').count().saturating_sub(1),
            ));
        }
    }
    found
}
