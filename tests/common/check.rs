//! The oracle: reads lines back and says what became of each numbered record.

use std::collections::BTreeMap;

/// Something that must never be in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A record is not there; the thread and how many.
    Lost { thread: usize, records: usize },
    /// A record stands after a later one of its thread, or twice.
    OutOfOrder { thread: usize, n: usize, after: usize },
    /// A line whose text does not fit its checksum, or that is no record at all.
    Torn { line: String },
    /// A line that nobody logged.
    Invented { thread: usize, n: usize },
    /// The last line has no end, or a line is empty, or a byte is no text.
    Shape { what: &'static str },
}

/// Checks that `log` holds records `0..records` of each thread, each once, whole and in order, and nothing else.
pub fn exactly(log: &[u8], threads: usize, records: usize) -> Result<(), Violation> {
    let seen = in_order(log)?;
    for (thread, numbers) in &seen {
        if let Some(n) = numbers.iter().find(|n| *thread >= threads || **n >= records) {
            return Err(Violation::Invented {
                thread: *thread,
                n: *n,
            });
        }
    }
    for thread in 0..threads {
        let found = seen.get(&thread).map_or(0, Vec::len);
        if found != records {
            return Err(Violation::Lost {
                thread,
                records: records - found,
            });
        }
    }
    Ok(())
}

/// Checks that every line is whole and that each thread's numbers rise; gives them.
///
/// Lines of the logger's own (target `asynclogger`) are passed over.
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

/// Whether the logger wrote the line on its own account.
pub fn is_own(line: &str) -> bool {
    line.contains(" asynclogger: ") || line.contains("\"target\":\"asynclogger\"")
}

/// The thread and number of a line, if its checksum fits and it holds one record only.
fn numbers_of(line: &str) -> Option<(usize, usize)> {
    if line.matches("crc=").count() != 1 {
        return None;
    }
    let from = line.find("t=").filter(|at| line[*at..].contains(" n="))?;
    let (body, rest) = line[from..].split_once(" crc=")?;
    let sum = u32::from_str_radix(rest.get(..8)?, 16).ok()?;
    let end = &rest[8..];
    // Text ends here; JSON closes its string and object, and may hold key-values.
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
