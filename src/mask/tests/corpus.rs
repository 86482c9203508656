use super::*;
use serde_json::Value as Json;

pub(super) struct Row {
    id: String,
    pub(super) text: String,
    secret: String,
    place: String,
    keep: Vec<String>,
}

pub(super) fn rows(file: &str) -> Vec<Row> {
    let path = format!("{}/tests/corpus/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let row: Json = serde_json::from_str(line).unwrap();
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let keep = row["keep"].as_array().into_iter().flatten();
        Row {
            id: field("id"),
            text: field("text") + &field("payload"),
            secret: field("secret"),
            place: field("where"),
            keep: keep.map(|part| part.as_str().unwrap().to_owned()).collect(),
        }
    };
    text.lines().map(row).collect()
}

/// Rows for key-values are tested in `records`.
fn is_key_value(row: &Row) -> bool {
    row.place.starts_with("kv:") && !row.place.contains('(')
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<Json>(text).is_ok()
}

#[test]
fn every_secret_of_the_corpus_is_hidden() {
    let mut leaks = Vec::new();
    for row in rows("secrets").into_iter().chain(rows("secrets-more")) {
        let shown = masked(&row.text);
        if !is_key_value(&row) && shown.contains(&row.secret) {
            leaks.push(format!("{}: {shown:?}", row.id));
        }
    }
    none_of(&leaks);
}

#[test]
fn text_next_to_a_secret_stays() {
    let mut lost = Vec::new();
    for row in rows("secrets-more") {
        let shown = masked(&row.text);
        for part in row.keep.iter().filter(|part| !shown.contains(*part)) {
            lost.push(format!("{}: {part:?} is not in {shown:?}", row.id));
        }
        if is_json(&row.text) && !is_json(&shown) {
            lost.push(format!("{}: no JSON any more: {shown}", row.id));
        }
    }
    none_of(&lost);
}

#[test]
fn benign_rows_of_the_corpus_stay_unchanged() {
    let mut changed = Vec::new();
    for row in rows("benign").into_iter().chain(rows("benign-more")) {
        let shown = masked(&row.text);
        if shown != row.text && !row.id.starts_with("hard-") {
            changed.push(format!("{}: {:?} -> {shown:?}", row.id, row.text));
        }
    }
    none_of(&changed);
}

/// Each of these could be read in two ways; the choice must not change unnoticed.
#[test]
fn hard_cases_are_shown_as_they_are() {
    let hard: Vec<Row> = rows("benign")
        .into_iter()
        .filter(|row| row.id.starts_with("hard-"))
        .collect();
    assert!(hard.len() >= 10);
    let more = [
        "PWD=C:\\srv\\app",
        "secret_name=db",
        "password=",
        "token: null",
        "pin=11",
        "sig=SIGTERM",
        "code=200",
    ];
    for text in hard.iter().map(|row| row.text.as_str()).chain(more) {
        assert_eq!(masked(text), text);
    }
    assert_eq!(masked("PWD=EXAMPLE-example-pw"), "PWD=***");
    assert_eq!(masked("pin=1234"), "pin=***");
    assert_eq!(masked("password=admin"), "password=***");
    assert_eq!(masked("session=0123456789abcdef0123"), "session=***");
}

#[test]
fn a_masked_corpus_stays_as_it_is_when_it_is_masked_again() {
    let mut masker = Masker::new(&Mask::standard());
    for file in ["secrets", "secrets-more", "benign", "injection"] {
        for row in rows(file) {
            let once = masker.text(&row.text, false).into_owned();
            assert_eq!(masker.text(&once, false), once, "{}", row.id);
        }
    }
}

#[test]
fn every_key_value_of_the_corpus_is_hidden() {
    let key_values: Vec<Row> = rows("secrets").into_iter().filter(is_key_value).collect();
    assert!(key_values.len() >= 15);
    for row in key_values {
        let key = row.place.strip_prefix("kv:").unwrap();
        let shown = super::records::shown_value(key, &row.text);
        assert_eq!(shown, STARS, "{}: {key}", row.id);
    }
}

/// The part that every token of a kind has.
const PREFIXES: &[&str] = &["github_pat_", "rk_live_", "AGE-SECRET-KEY-1"];

/// A text that is cut anywhere shows no more than a few characters of the secret.
#[test]
fn a_secret_that_is_cut_anywhere_is_hidden() {
    let mut leaks = Vec::new();
    for row in rows("secrets") {
        let start = row.text.find(&row.secret).unwrap_or(0);
        let shape = row.id.starts_with("tok-") || row.id.starts_with("pan-") || row.id.starts_with("pw-");
        for end in (start + 8..row.text.len()).filter(|end| shape && row.text.is_char_boundary(*end)) {
            let part = &row.text[start..end.min(start + row.secret.len())];
            let shown = masked_when_cut(&row.text[..end]);
            let public = PREFIXES.iter().any(|prefix| prefix.starts_with(part));
            if !public && part.len() >= 8 && shown.contains(part) {
                leaks.push(format!("{}: {shown:?}", row.id));
            }
        }
    }
    none_of(&leaks);
}

/// `src/docs/masking.md` lists these limits: a rule that closes one of them changes that page as well.
#[test]
fn what_is_not_found_is_what_the_documentation_says() {
    for text in [
        "the password is EXAMPLE-pw1",
        "password EXAMPLE-pw1 accepted",
        "machine example.com login bob password EXAMPLE-pw1",
        "CONFIG SET requirepass EXAMPLE-pw1",
        "your verification code is 123456",
        "OTP for bob: 482913",
        "ENV MYSQL_ROOT_PASSWORD EXAMPLE-pw1",
        "access token expired: EXAMPLE0000",
        "token: abcdef",
        "token='abcdef'",
        "{\"token\":\"abcdef\"}",
    ] {
        assert_eq!(masked(text), text);
    }
    assert_eq!(
        masked("password EXAMPLE00000000000 accepted"),
        "password *** accepted"
    );
    assert_eq!(masked("access_token: abcdef"), "access_token: ***");
    assert_eq!(masked("/x?token=abcdef"), "/x?token=***");
    assert_eq!(masked("app --token abcdef"), "app --token ***");
}
