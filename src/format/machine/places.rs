//! What is the same in all lines of a place in the code: written once, and remembered.
//!
//! A place is told by what a frame holds of it, so that two records share what is remembered only if all of it,
//! level and thread included, is equal.

use super::super::LineFlags;
use super::super::line::Line;
use crate::record::View;

/// How many places are remembered; a newer one takes the seat of an older one.
const SEATS: usize = 32;
/// Places of longer names are not remembered.
const LONGEST: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Places {
    seats: [Seat; SEATS],
}

#[derive(Debug, Default)]
struct Seat {
    place: Vec<u8>,
    bytes: Vec<u8>,
    escaped: bool,
}

impl Places {
    /// Writes what is remembered into the room of which `kept` bytes were kept for it; `false` if it has to be
    /// written anew.
    #[inline]
    pub(super) fn write(&self, view: &View<'_>, kept: usize, line: &mut Line<'_>) -> bool {
        let seat = &self.seats[view.call_site_hash() % SEATS];
        if seat.place != view.call_site() {
            return false;
        }
        line.release(kept);
        let fits = line.try_write(&seat.bytes);
        if fits {
            line.mark_escaped(seat.escaped);
        } else {
            line.reserve(kept);
        }
        fits
    }

    /// Runs `write`, and remembers what it has written, if that is whole.
    #[cold]
    pub(super) fn write_anew<'o>(
        &mut self,
        view: &View<'_>,
        line: &mut Line<'o>,
        write: impl FnOnce(&mut Line<'o>),
    ) {
        let from = line.len();
        let LineFlags { truncated, escaped } = line.with_flags(write);
        if truncated || view.call_site().len() > LONGEST {
            return;
        }
        let seat = &mut self.seats[view.call_site_hash() % SEATS];
        seat.place.clear();
        seat.place.extend_from_slice(view.call_site());
        seat.bytes.clear();
        seat.bytes.extend_from_slice(line.since(from));
        seat.escaped = escaped;
    }
}
