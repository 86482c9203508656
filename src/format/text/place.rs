//! The pieces of a line that are the same for all records of a place in the code: rendered once, and remembered.
//!
//! `text` puts neighbouring pieces together here. A place is told by what a frame holds of it, so that two records
//! share what is remembered only if all of it is equal.

use super::{Kind, Piece};
use crate::format::line::Line;
use crate::record::View;

/// How many places are remembered; a newer one takes the seat of an older one.
const SEATS: usize = 32;
/// Places of longer names are not remembered.
const LONGEST: usize = 512;

#[derive(Debug)]
pub(super) struct Place {
    pieces: Vec<Piece>,
    reserved: usize,
    seats: [Seat; SEATS],
}

#[derive(Debug, Default)]
struct Seat {
    place: Vec<u8>,
    bytes: Vec<u8>,
    escaped: bool,
}

/// Puts pieces that depend on the place alone together, where two or more stand side by side.
pub(super) fn gathered(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut gathered: Vec<Piece> = Vec::new();
    for piece in pieces {
        let place = match gathered
            .last_mut()
            .map(|last| (&mut last.kind, &mut last.reserved))
        {
            Some((Kind::Place(place), reserved)) if piece.is_of_place() => Some((place, reserved)),
            _ => None,
        };
        match place {
            Some((place, reserved)) => {
                *reserved += piece.reserved;
                place.push(piece);
            }
            None if piece.is_of_place() => gathered.push(Piece {
                reserved: piece.reserved,
                padding: None,
                kind: Kind::Place(Box::new(Place::of(piece))),
            }),
            None => gathered.push(piece),
        }
    }
    gathered
}

impl Place {
    fn of(piece: Piece) -> Place {
        Place {
            reserved: piece.reserved,
            pieces: vec![piece],
            seats: Default::default(),
        }
    }

    fn push(&mut self, piece: Piece) {
        self.reserved += piece.reserved;
        self.pieces.push(piece);
    }

    pub(super) fn reserved(&self) -> usize {
        self.reserved
    }

    #[inline]
    pub(super) fn render(&mut self, view: &View<'_>, line: &mut Line<'_>) {
        if !self.render_known(view, line) {
            self.render_anew(view, line);
        }
    }

    /// `false`, and nothing written, if the place is not remembered, or there is no room.
    #[inline]
    pub(super) fn render_known(&self, view: &View<'_>, line: &mut Line<'_>) -> bool {
        let seat = &self.seats[view.call_site_hash() % SEATS];
        let is_done = seat.place == view.call_site() && line.try_write(&seat.bytes);
        line.mark_escaped(is_done && seat.escaped);
        is_done
    }

    #[cold]
    fn render_anew(&mut self, view: &View<'_>, line: &mut Line<'_>) {
        let from = line.len();
        let flags = line.with_flags(|line| {
            line.reserve(self.reserved);
            for piece in &self.pieces {
                line.release(piece.reserved);
                let from = line.len();
                piece.render_name(view, line);
                if let Some(padding) = &piece.padding {
                    line.pad(from, padding);
                }
            }
        });
        if !flags.truncated && view.call_site().len() <= LONGEST {
            let seat = &mut self.seats[view.call_site_hash() % SEATS];
            seat.place.clear();
            seat.place.extend_from_slice(view.call_site());
            seat.bytes.clear();
            seat.bytes.extend_from_slice(line.since(from));
            seat.escaped = flags.escaped;
        }
    }
}
