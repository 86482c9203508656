//! The reference table of the documentation, line by line as the rows of the table of settings give it.

use super::*;
use std::fs;
use std::path::Path;

const HEAD: &str = "| setting | default | limits | what it is |";

/// The line of each setting, as the documentation has to show it.
fn lines() -> Vec<String> {
    let config = app();
    let line = |setting: &Setting| {
        let default = match setting.unset {
            Some(words) => words.to_owned(),
            None => format!("`{}`", config.get(setting.key).unwrap_or_default()),
        };
        let (limits, help) = ((setting.limits)(), setting.help);
        let line = format!("| `{}` | {default} | {limits} | {help} |", setting.key);
        line.replace("|  |", "| |")
    };
    rows().map(line).collect()
}

/// The page that has the table, in the README or below `src/docs`.
fn page() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("src/docs")).unwrap();
    let pages = docs
        .map(|entry| entry.unwrap().path())
        .chain([root.join("README.md")]);
    let texts = pages.map(|page| fs::read_to_string(page).unwrap());
    let with_table: Vec<String> = texts.filter(|text| text.contains(HEAD)).collect();
    assert_eq!(with_table.len(), 1, "not one page has the line: {HEAD}");
    with_table[0].clone()
}

#[test]
fn the_reference_table_is_what_the_rows_say() {
    let page = page();
    let table = page.split(HEAD).nth(1).unwrap().lines().skip(2);
    // Links start from the README's folder or from `src/docs`.
    let from_docs = |line: &str| line.replace("](src/docs/", "](");
    let found: Vec<String> = table
        .take_while(|line| line.starts_with('|'))
        .map(from_docs)
        .collect();
    let wanted: Vec<String> = lines().iter().map(|line| from_docs(line)).collect();
    let missing: Vec<&String> = wanted.iter().filter(|line| !found.contains(line)).collect();
    let stale: Vec<&String> = found.iter().filter(|line| !wanted.contains(line)).collect();
    assert!(
        missing.is_empty() && stale.is_empty() && found.len() == wanted.len(),
        "missing: {missing:#?}\nstale: {stale:#?}\nthe whole table:\n{HEAD}\n| --- | --- | --- | --- |\n{}",
        lines().join("\n")
    );
}
