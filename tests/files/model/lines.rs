//! How lines are read from files that were moved, copied and cut: each file for itself, as its readers do.

use std::collections::BTreeSet;

/// What one file has, or had when it was cut.
#[derive(Debug)]
pub struct Piece {
    pub bytes: Vec<u8>,
    pub end: End,
}

/// What became of the file behind a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is the log.
    Here,
    /// It was moved or deleted. If it ends with half a line, nobody need end that.
    Away,
    /// It was copied and cut, and goes on with the next piece: perhaps with the other half of a line.
    Cut,
}

/// A line, or the beginning of one.
#[derive(Debug)]
pub struct Line {
    pub text: String,
    /// Without its end it is none yet, even if all of its text is there: it is written again.
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

/// What the lines of one output say.
#[derive(Debug, Default)]
pub struct Found {
    /// The numbers that are there, once and rising.
    pub numbers: BTreeSet<usize>,
    /// Beginnings of lines.
    pub torn: usize,
    /// The log itself ends with one, which the next write would end.
    pub ends_torn: bool,
}

/// The lines of all pieces. Halves of a line are joined where a file was cut within a write, and nowhere else:
/// `begins` knows whether text is the beginning of a line.
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
        // The half of a copy whose file has nothing more is torn, too, but not in the log.
        found.ends_torn |= piece.end == End::Here && !text.is_empty() && !text.ends_with('\n');
        if piece.end != End::Cut && !half.is_empty() {
            lines.push(Line::torn(&mut half));
        }
    }
    lines
}
