//! Copies a text with stars in place of its hits.

use super::scan::{Hit, Show};
use super::secret::STARS;

/// Text with more backslashes before a quotation mark is not JSON in JSON.
const SLASHES: usize = 15;

/// Copies `text` to `out` with stars in place of each hit; overlapping hits become one.
pub(super) fn replace(text: &str, hits: &mut [Hit], out: &mut String) {
    hits.sort_unstable_by_key(|hit| hit.start);
    out.clear();
    let mut from = 0;
    for hit in hits.iter() {
        let end = ceil_char(text, hit.end);
        if end > from {
            out.push_str(&text[from..floor_char(text, hit.start).max(from)]);
            show(hit.show, out);
            from = end;
        }
    }
    out.push_str(&text[from..]);
}

fn show(show: Show, out: &mut String) {
    match show {
        Show::Stars => out.push_str(STARS),
        Show::Quoted(slashes) => {
            let slashes = slashes.min(SLASHES);
            out.extend(std::iter::repeat_n('\\', slashes));
            out.push('"');
            out.push_str(STARS);
            out.extend(std::iter::repeat_n('\\', slashes));
            out.push('"');
        }
    }
}

fn floor_char(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil_char(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}
