//! Whether the name before a separator can be one that is known, told by its last eight letters.
//!
//! `quiet` asks where three letters did not tell: `duration` ends like `authorization`, and `request_id` like
//! `secret_id`. The name itself is read by `key` where a doubt is left, and there always is one where letters may
//! be written in another form.

use crate::mask::bytes::before;
use crate::mask::name::key::style_start;

/// The last letters and digits of a name, as `key` keeps them: in lower case, the last one first.
#[derive(Debug, Default)]
pub(in crate::mask) struct Ending {
    /// Eight of them, the last one in the lowest byte; fewer if the name has no more.
    pub(in crate::mask) eight: u64,
    /// Bit n: a word may begin with the letter n from the end.
    pub(in crate::mask) words: u8,
}

/// How many letters are enough to know most names from all others.
const ENOUGH: usize = 8;
/// A letter in another form, `\u0070`, begins at most so far before its end.
const WIDEST: usize = 6;

impl Ending {
    /// The ending of a name of plain letters, `numbered` if there is a number behind it; `None` where a letter may have
    /// another form, or there is but one.
    pub(in crate::mask) fn read(text: &[u8], mut at: usize, floor: usize, numbered: bool) -> Option<Ending> {
        if !numbered && !before(text, at).is_ascii_alphabetic() {
            return None;
        }
        let (mut ending, mut len) = (Ending::default(), 0);
        while at > floor && len < ENOUGH {
            let byte = text[at - 1];
            match byte {
                b'0'..=b'9' if len == 0 => {}
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                    if byte == b'm' && style_start(text, at).is_some() {
                        return None;
                    }
                    ending.eight |= u64::from(byte.to_ascii_lowercase()) << (8 * len);
                    // Words begin at digits and at humps as well: there, one may begin anywhere.
                    ending.words |= if byte.is_ascii_lowercase() { 0 } else { 0xFF };
                    len += 1;
                }
                b'_' | b'-' | b'.' | b' ' => ending.begin_word(len),
                b'%' | b'\\' | b'}' | 0x7F.. => return None,
                _ if byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') => return None,
                _ => break,
            }
            at -= 1;
        }
        let whole = len < ENOUGH;
        if len == 1
            || (len == 0 && !numbered)
            || (!whole && has_other_form(&text[at.saturating_sub(WIDEST)..at]))
        {
            return None;
        }
        ending.begin_word(len);
        Some(ending)
    }

    /// A word begins with the letter that was read last, the `len`th from the end.
    fn begin_word(&mut self, len: usize) {
        self.words |= (1u16 << len >> 1) as u8;
    }
}

/// Whether letters further left may stand in these bytes in another form.
fn has_other_form(before: &[u8]) -> bool {
    before.iter().any(|byte| matches!(byte, b'%' | b'\\'))
}
