//! The oracle: reads lines back and reports what happened to each numbered record.

use super::numbered;
use std::collections::BTreeMap;

/// Something that must never be in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// Records are missing: the thread, and how many.
    Lost { thread: usize, records: usize },
    /// A record comes after a later one of its thread, or twice.
    OutOfOrder { thread: usize, n: usize, after: usize },
    /// The text of a line does not match its checksum, or the line is not a record.
    Torn { line: String },
    /// A line that no test logged.
    Invented { thread: usize, n: usize },
    /// The last line has no end, a line is empty, or the log is not UTF-8.
    Shape { what: &'static str },
}

/// Checks that `log` holds records `0..records` of each thread, each once, whole and in order, and nothing else.
pub fn exactly(log: &[u8], threads: usize, records: usize) -> Result<(), Violation> {
    exactly_each(log, &vec![records; threads])
}

/// As `exactly`, with the number of records of each thread.
pub fn exactly_each(log: &[u8], records: &[usize]) -> Result<(), Violation> {
    let seen = in_order(log)?;
    for (&thread, numbers) in &seen {
        let sent = records.get(thread).copied().unwrap_or(0);
        if let Some(&n) = numbers.iter().find(|n| **n >= sent) {
            return Err(Violation::Invented { thread, n });
        }
    }
    for (thread, &sent) in records.iter().enumerate() {
        let found = seen.get(&thread).map_or(0, Vec::len);
        if found != sent {
            return Err(Violation::Lost {
                thread,
                records: sent - found,
            });
        }
    }
    Ok(())
}

/// Checks that every line is whole and that the numbers of each thread rise; returns the numbers.
///
/// Skips the logger's own lines (target `asynclogger`).
pub fn in_order(log: &[u8]) -> Result<BTreeMap<usize, Vec<usize>>, Violation> {
    let text = std::str::from_utf8(log).map_err(|_| Violation::Shape { what: "not UTF-8" })?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(Violation::Shape {
            what: "the last line has no end",
        });
    }
    let mut seen: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for line in text.lines() {
        if line.is_empty() {
            return Err(Violation::Shape {
                what: "an empty line",
            });
        }
        if is_own(line) {
            continue;
        }
        let (thread, n) = numbers_of(line).ok_or_else(|| Violation::Torn {
            line: line.to_owned(),
        })?;
        let numbers = seen.entry(thread).or_default();
        if let Some(last) = numbers.last().filter(|last| **last >= n) {
            return Err(Violation::OutOfOrder {
                thread,
                n,
                after: *last,
            });
        }
        numbers.push(n);
    }
    Ok(seen)
}

/// The content of a log whose writers were killed.
#[derive(Debug)]
pub struct AfterKills {
    /// The numbers of each thread.
    pub seen: BTreeMap<usize, Vec<usize>>,
    /// Lines that end too early, each the beginning of one record.
    pub torn: Vec<String>,
}

/// As `in_order`, for a log of `{message}` lines in which a line may end too early, if it is the beginning of one
/// record.
pub fn after_kills(log: &[u8]) -> Result<AfterKills, Violation> {
    let (mut whole, mut torn) = (Vec::new(), Vec::new());
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line)).into_owned();
        let is_whole = numbers_of(&text).is_some_and(|(thread, n)| text == numbered(thread, n));
        if is_whole {
            whole.extend_from_slice(line);
        } else if line.ends_with(b"\n") && begins_a_record(&text) {
            torn.push(text);
        } else {
            return Err(Violation::Torn { line: text });
        }
    }
    Ok(AfterKills {
        seen: in_order(&whole)?,
        torn,
    })
}

/// Whether `text` is a proper prefix of a `{message}` line and not empty.
fn begins_a_record(text: &str) -> bool {
    if let Some((body, _)) = text.split_once(" crc=") {
        let numbers = body
            .strip_prefix("t=")
            .and_then(|rest| rest.split_once(" n="))
            .and_then(|(thread, n)| Some((thread.parse().ok()?, n.parse().ok()?)));
        return numbers.is_some_and(|(thread, n)| {
            let record = numbered(thread, n);
            record != text && record.starts_with(text)
        });
    }
    let shape: String = text.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    let bare = text.len() > 1 && !text.starts_with("t=");
    !shape.is_empty() && !bare && "t= n= crc=".starts_with(&shape)
}

/// Whether the line is about the logger itself.
pub fn is_own(line: &str) -> bool {
    line.contains(" asynclogger: ") || line.contains("\"target\":\"asynclogger\"")
}

/// Returns the thread and number of a line, if its checksum matches and it holds exactly one record.
fn numbers_of(line: &str) -> Option<(usize, usize)> {
    if line.matches("crc=").count() != 1 {
        return None;
    }
    let from = line.find("t=").filter(|at| line[*at..].contains(" n="))?;
    let (body, rest) = line[from..].split_once(" crc=")?;
    let sum = u32::from_str_radix(rest.get(..8)?, 16).ok()?;
    let end = &rest[8..];
    // Text ends here. A JSON line closes its string and object, and may hold key-values.
    let ends_well = end.is_empty()
        || end.starts_with(" [") && end.ends_with(']')
        || end.starts_with('"') && end.ends_with('}');
    if sum != crc32fast::hash(body.as_bytes()) || !ends_well {
        return None;
    }
    let (thread, n) = body.split_once(' ')?;
    Some((
        thread.strip_prefix("t=")?.parse().ok()?,
        n.strip_prefix("n=")?.parse().ok()?,
    ))
}
