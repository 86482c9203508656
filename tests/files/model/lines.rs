//! Reading lines from files that were moved, copied and cut: each file separately, as its readers do.

use std::collections::BTreeSet;

/// The content of one file, or its content when it was cut.
#[derive(Debug)]
pub struct Piece {
    pub bytes: Vec<u8>,
    pub end: End,
}

/// What happened to the file after this piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is still the log.
    Here,
    /// It was moved or deleted. If it ends with half a line, no one must end that.
    Away,
    /// It was copied and cut, and goes on with the next piece, perhaps with the other half of a line.
    Cut,
}

/// A line, or the beginning of one.
#[derive(Debug)]
pub struct Line {
    pub text: String,
    /// Without its line feed it is not a line yet, even if all of its text is there: it is written again.
    pub ended: bool,
}

impl Line {
    fn torn(half: &mut String) -> Line {
        Line {
            text: std::mem::take(half),
            ended: false,
        }
    }
}

/// The lines of one output.
#[derive(Debug, Default)]
pub struct Found {
    /// The numbers found, each once and rising.
    pub numbers: BTreeSet<usize>,
    /// Beginnings of lines.
    pub torn: usize,
    /// The log ends with the beginning of a line, which the next write would end.
    pub ends_torn: bool,
}

/// Returns the lines of all pieces. Halves of a line are joined only where a file was cut during a write. `begins`
/// returns whether text is the beginning of a line.
pub fn split(pieces: &[Piece], begins: impl Fn(&str) -> bool, found: &mut Found) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut half = String::new();
    for piece in pieces {
        let text = std::str::from_utf8(&piece.bytes).expect("the log is text");
        for line in text.split_inclusive('\n') {
            let goes_on = !half.is_empty() && !begins(line.trim_end_matches('\n'));
            if !half.is_empty() && !goes_on {
                lines.push(Line::torn(&mut half));
            }
            half.push_str(line);
            if half.ends_with('\n') {
                half.pop();
                lines.push(Line {
                    text: std::mem::take(&mut half),
                    ended: true,
                });
            }
        }
        // Half a line at the end of a copy whose file has no more lines is torn as well, but not in the log.
        found.ends_torn |= piece.end == End::Here && !text.is_empty() && !text.ends_with('\n');
        if piece.end != End::Cut && !half.is_empty() {
            lines.push(Line::torn(&mut half));
        }
    }
    lines
}
