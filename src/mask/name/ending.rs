//! The last eight letters of a name, which distinguish most names from the known ones.
//!
//! The prefilter reads them where three letters do not suffice: `duration` ends like `authorization`, and `request_id`
//! like `secret_id`. Names that still may be known, and all names with letters in another form, are left to `Key`.

use crate::mask::bytes::before;
use crate::mask::name::key::style_start;

/// The last letters and digits of a name in the form of `Key`: lower case, last one first.
#[derive(Debug, Default)]
pub(in crate::mask) struct Ending {
    /// Up to eight of them, the last one in the lowest byte.
    pub(in crate::mask) eight: u64,
    /// Bit n: a word may begin with the letter n from the end.
    pub(in crate::mask) words: u8,
}

/// This many letters distinguish most names from all known ones.
const ENOUGH: usize = 8;
/// A letter in another form, `\u0070`, takes at most this many bytes.
const WIDEST: usize = 6;

impl Ending {
    /// The ending of a name of plain letters; `numbered` if a number follows it. `None` if a letter may have another form,
    /// or if there is only one letter.
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
                    // Words also begin at digits and capitals: a capital or digit is taken for both.
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

    /// Marks the letter that was read last, the `len`th from the end, as the beginning of a word.
    fn begin_word(&mut self, len: usize) {
        self.words |= (1u16 << len >> 1) as u8;
    }
}

/// Whether these bytes may hold a letter in another form.
fn has_other_form(before: &[u8]) -> bool {
    before.iter().any(|byte| matches!(byte, b'%' | b'\\'))
}
