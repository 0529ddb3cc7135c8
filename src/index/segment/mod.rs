//! A segment that is searched: which parts it has, as far as somebody has asked.

pub(crate) mod block;
pub(crate) mod block_cache;
pub(crate) mod memtable;
pub(crate) mod memtable_log;
pub(crate) mod postings;
pub(crate) mod word_dictionary;

use std::cell::OnceCell;

use crate::db::Read;
use crate::db::index::index_store::{self, PartRow, SegmentHead};
use crate::error::Result;
use crate::index::read::merge_iterator::{Direction, Span};

/// A segment. The list of its parts is in pieces; each is read when a part of it is first looked for, and kept.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) id: i64,
    pub(super) age: i64,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    row: PartRow,
    parts: OnceCell<Vec<PartRow>>,
}

impl Segment {
    pub(super) fn open(db: &Read<'_>, head: SegmentHead) -> Result<Self> {
        let piece = |row| Piece { row, parts: OnceCell::new() };
        let pieces = index_store::pieces(db, head)?.into_iter().map(piece).collect();
        Ok(Self { id: head.id, age: head.age, pieces })
    }

    /// The parts from the first one on that may have a key at or above `start`.
    pub(super) fn parts_from(&self, db: &Read<'_>, start: &[u8]) -> Result<Parts<'_>> {
        let piece = self.pieces.partition_point(|piece| piece.row.last_key.as_slice() < start);
        let parts = self.piece(db, piece)?;
        let from = parts.partition_point(|part| part.last_key.as_slice() < start);
        let rest = parts.get(from..).unwrap_or_default();
        Ok(Parts { segment: self, piece, rest, direction: Direction::Forward })
    }

    /// The parts before `end` and down, the last one first; all if there is no end.
    pub(super) fn parts_before(&self, db: &Read<'_>, end: Option<End<'_>>) -> Result<Parts<'_>> {
        let below = |row: &PartRow| end.is_none_or(|end| end.is_above(&row.first_key));
        let pieces = self.pieces.partition_point(|piece| below(&piece.row));
        let piece = pieces.saturating_sub(1);
        let parts = if pieces == 0 { &[] } else { self.piece(db, piece)? };
        let rest = parts.get(..parts.partition_point(below)).unwrap_or_default();
        Ok(Parts { segment: self, piece, rest, direction: Direction::Backward })
    }

    /// The parts of a piece; none past the ends.
    fn piece(&self, db: &Read<'_>, at: usize) -> Result<&[PartRow]> {
        let Some(Piece { row, parts }) = self.pieces.get(at) else { return Ok(&[]) };
        if let Some(parts) = parts.get() {
            return Ok(parts);
        }
        let read = index_store::piece(db, row)?;
        Ok(parts.get_or_init(|| read))
    }
}

/// Where something ends that goes down.
#[derive(Debug, Clone, Copy)]
pub(super) struct End<'k> {
    pub(super) key: &'k [u8],
    pub(super) included: bool,
}

impl End<'_> {
    fn is_above(self, key: &[u8]) -> bool {
        if self.included { key <= self.key } else { key < self.key }
    }
}

/// Parts still to come.
#[derive(Debug)]
pub(super) struct Parts<'s> {
    segment: &'s Segment,
    /// The piece that `rest` is of.
    piece: usize,
    rest: &'s [PartRow],
    direction: Direction,
}

impl<'s> Parts<'s> {
    /// The next one that may have a key of a span.
    pub(super) fn next(&mut self, db: &Read<'_>, span: &Span) -> Result<Option<&'s PartRow>> {
        if self.rest.is_empty() {
            let next = match self.direction {
                Direction::Forward => Some(self.piece.saturating_add(1)),
                Direction::Backward => self.piece.checked_sub(1),
            };
            let within =
                |piece: &usize| self.segment.pieces.get(*piece).is_some_and(|piece| span.meets(&piece.row));
            let Some(next) = next.filter(within) else { return Ok(None) };
            (self.piece, self.rest) = (next, self.segment.piece(db, next)?);
        }
        let taken = match self.direction {
            Direction::Forward => self.rest.split_first(),
            Direction::Backward => self.rest.split_last(),
        };
        let Some((part, rest)) = taken.filter(|(part, _)| span.meets(part)) else { return Ok(None) };
        self.rest = rest;
        Ok(Some(part))
    }
}
