use super::*;
use serde_json::Value as Json;

fn masked(text: &str) -> String {
    Masker::new(&Mask::standard()).text(text, false).into_owned()
}

fn rows(file: &str) -> Vec<Json> {
    let path = format!("{}/tests/corpus/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_secret_of_the_corpus_is_hidden() {
    let mut leaks = Vec::new();
    for row in rows("secrets") {
        let field = |name: &str| row[name].as_str().unwrap().to_owned();
        let (id, text, secret, place) = (field("id"), field("text"), field("secret"), field("where"));
        if place.starts_with("kv:") && !place.contains('(') {
            continue;
        }
        let shown = masked(&text);
        if shown.contains(&secret) {
            leaks.push(format!("{id}: {shown}"));
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[test]
fn what_is_benign_in_the_corpus_stays_as_it_is() {
    let mut changed = Vec::new();
    for row in rows("benign") {
        let (id, text) = (row["id"].as_str().unwrap(), row["text"].as_str().unwrap());
        let shown = masked(text);
        if shown != text {
            changed.push(format!("{id}: {text:?} -> {shown:?}"));
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}
