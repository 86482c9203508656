//! Neighbouring pieces of a line that depend only on the call site, rendered once and cached together.

use super::{Kind, Piece};
use crate::format::callsite::CallsiteCache;
use crate::format::line::Line;
use crate::record::View;

#[derive(Debug)]
pub(super) struct SitePieces {
    pieces: Vec<Piece>,
    reserved: usize,
    cache: CallsiteCache,
}

/// Joins each run of pieces that depend only on the call site into one piece with a cache.
pub(super) fn grouped(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut grouped: Vec<Piece> = Vec::new();
    for piece in pieces {
        if !piece.depends_on_site_only() {
            grouped.push(piece);
            continue;
        }
        match grouped.last_mut() {
            Some(Piece {
                kind: Kind::Site(site),
                reserved,
                ..
            }) => {
                *reserved += piece.reserved;
                site.push(piece);
            }
            _ => grouped.push(Piece {
                reserved: piece.reserved,
                padding: None,
                kind: Kind::Site(Box::new(SitePieces::of(piece))),
            }),
        }
    }
    grouped
}

impl SitePieces {
    fn of(piece: Piece) -> SitePieces {
        SitePieces {
            reserved: piece.reserved,
            pieces: vec![piece],
            cache: CallsiteCache::default(),
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
        if !self.render_cached(view, line) {
            self.render_and_store(view, line);
        }
    }

    /// Returns `false`, with nothing written, if the call site is not cached or there is not enough room.
    #[inline]
    pub(super) fn render_cached(&self, view: &View<'_>, line: &mut Line<'_>) -> bool {
        self.cache.write(view, 0, line)
    }

    #[cold]
    fn render_and_store(&mut self, view: &View<'_>, line: &mut Line<'_>) {
        let SitePieces {
            pieces,
            reserved,
            cache,
        } = self;
        cache.write_and_store(view, line, |line| {
            line.reserve(*reserved);
            for piece in pieces {
                line.release(piece.reserved);
                let from = line.len();
                piece.render_site(view, line);
                if let Some(padding) = &piece.padding {
                    line.pad(from, padding);
                }
            }
        });
    }
}
