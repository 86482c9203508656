//! Law M6: limits and pieces let no part of a secret through.

use super::*;

/// Writes its text one character at a time.
struct Pieces<'t>(&'t str);

impl fmt::Display for Pieces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| fmt::Write::write_char(f, c))
    }
}

#[test]
fn a_secret_that_is_written_in_pieces_is_hidden() {
    let rows: Vec<Row> = all_rows().into_iter().filter(|row| row.key.is_none()).collect();
    let found = shown(message_only(), |logger| {
        for row in &rows {
            log::info!(logger: logger, part:% = Pieces(&row.text); "{}", Pieces(&row.text));
        }
    });
    rows.iter()
        .zip(found)
        .for_each(|(row, line)| row.assert_hidden_in(&line));
}

/// The part that every token of its kind has.
const PREFIXES: [&str; 3] = ["github_pat_", "rk_live_", "AGE-SECRET-KEY-1"];

/// The longest beginning of the secret at the end of `shown`, before the mark of the cut.
fn part_at_the_end<'r>(row: &'r Row, shown: &str) -> &'r str {
    let shown = shown.trim_end_matches(['.', ']', '"', '}']);
    let fits = |len: &usize| row.secret.is_char_boundary(*len) && shown.ends_with(&row.secret[..*len]);
    let len = (0..=row.secret.len()).rev().find(fits).unwrap_or(0);
    &row.secret[..len]
}

/// Puts every limit at every place of each secret, by text of that length before it.
#[test]
fn a_secret_that_a_limit_cuts_leaves_no_part() {
    const LIMIT: usize = 1024;
    let rows: Vec<Row> = samples().into_iter().filter(|row| row.key.is_none()).collect();
    let before = |row: &Row, kept: usize| format!("{} {}", "x".repeat(LIMIT - 1 - kept), row.text);
    let cuts = || {
        rows.iter()
            .flat_map(|row| (1..row.text.len().min(400)).map(move |kept| (row, kept)))
    };
    let message = message_only().max_message_bytes(LIMIT);
    let value = message_only().max_value_bytes(LIMIT);
    let record = message_only()
        .max_record_bytes(LIMIT)
        .max_message_bytes(LIMIT)
        .max_value_bytes(LIMIT);
    for (config, in_value) in [(message, false), (value, true), (record, false)] {
        let found = shown(config, |logger| {
            for (row, kept) in cuts() {
                let text = before(row, kept);
                match in_value {
                    true => log::info!(logger: logger, part = text.as_str(); "m"),
                    false => log::info!(logger: logger, "{text}"),
                }
            }
        });
        for ((row, kept), line) in cuts().zip(found) {
            let part = part_at_the_end(row, &line);
            let public = PREFIXES.iter().any(|prefix| prefix.starts_with(part));
            assert!(
                part.len() < 8 || public,
                "{} cut after {kept}: {part:?} ends {line:?}",
                row.id
            );
            row.assert_hidden_in(&line);
        }
    }
}

/// A style sequence, a zero byte or an invisible character in a value does not reveal the rest of it.
#[test]
fn invisible_characters_do_not_split_a_secret_with_a_key() {
    let keyed = [
        "pw-", "sec-", "json-", "dbg-", "cs-", "form-", "yaml-", "env-", "hdr-", "url-",
    ];
    let rows: Vec<Row> = samples()
        .into_iter()
        .filter(|row| {
            keyed.iter().any(|kind| row.id.starts_with(kind))
                && row.secret.is_ascii()
                && row.secret.len() >= 12
        })
        .collect();
    assert!(rows.len() >= 20);
    for inside in ["\u{1b}[0m", "\0", "\u{200b}", "\u{7f}", "\u{202e}", "\u{feff}"] {
        let found = shown(message_only(), |logger| {
            for row in &rows {
                let (start, end) = row.secret.split_at(row.secret.len() / 2);
                let text = row.text.replace(&row.secret, &format!("{start}{inside}{end}"));
                log::info!(logger: logger, "{text}");
            }
        });
        for (row, line) in rows.iter().zip(found) {
            let (start, end) = row.secret.split_at(row.secret.len() / 2);
            assert!(
                !line.contains(start) && !line.contains(end),
                "{} with {inside:?}: {line:?}",
                row.id
            );
        }
    }
}
