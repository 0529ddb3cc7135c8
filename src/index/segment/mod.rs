//! A segment that is searched: which parts it has, as far as somebody has asked.

pub(crate) mod block;
pub(crate) mod block_cache;
pub(crate) mod index_state;
pub(crate) mod memtable_log;
pub(crate) mod postings;
pub(crate) mod word_dictionary;

use std::cell::OnceCell;

use crate::db::Read;
use crate::db::index::index_store::{self, BlockHandle, SegmentHeader};
use crate::error::Result;
use crate::index::read::merge_iterator::{Direction, KeyRange};

/// A segment. The list of its parts is in pieces; each is read when a part of it is first looked for, and kept.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) id: i64,
    pub(super) age: i64,
    pages: Vec<BlockListPage>,
}

#[derive(Debug)]
struct BlockListPage {
    row: BlockHandle,
    blocks: OnceCell<Vec<BlockHandle>>,
}

impl Segment {
    pub(super) fn open(db: &Read<'_>, head: SegmentHeader) -> Result<Self> {
        let piece = |row| BlockListPage { row, blocks: OnceCell::new() };
        let pieces = index_store::term_index_root(db, head)?.into_iter().map(piece).collect();
        Ok(Self { id: head.id, age: head.sequence, pages: pieces })
    }

    /// The parts from the first one on that may have a key at or above `start`.
    pub(super) fn blocks_from(&self, db: &Read<'_>, start: &[u8]) -> Result<BlockIter<'_>> {
        let piece = self.pages.partition_point(|piece| piece.row.last_key.as_slice() < start);
        let parts = self.page_blocks(db, piece)?;
        let from = parts.partition_point(|part| part.last_key.as_slice() < start);
        let rest = parts.get(from..).unwrap_or_default();
        Ok(BlockIter { segment: self, page: piece, remaining: rest, direction: Direction::Forward })
    }

    /// The parts before `end` and down, the last one first; all if there is no end.
    pub(super) fn blocks_before(&self, db: &Read<'_>, end: Option<UpperBound<'_>>) -> Result<BlockIter<'_>> {
        let below = |row: &BlockHandle| end.is_none_or(|end| end.is_above(&row.first_key));
        let pieces = self.pages.partition_point(|piece| below(&piece.row));
        let piece = pieces.saturating_sub(1);
        let parts = if pieces == 0 { &[] } else { self.page_blocks(db, piece)? };
        let rest = parts.get(..parts.partition_point(below)).unwrap_or_default();
        Ok(BlockIter { segment: self, page: piece, remaining: rest, direction: Direction::Backward })
    }

    /// The parts of a piece; none past the ends.
    fn page_blocks(&self, db: &Read<'_>, at: usize) -> Result<&[BlockHandle]> {
        let Some(BlockListPage { row, blocks: parts }) = self.pages.get(at) else { return Ok(&[]) };
        if let Some(parts) = parts.get() {
            return Ok(parts);
        }
        let read = index_store::term_index_page(db, row)?;
        Ok(parts.get_or_init(|| read))
    }
}

/// Where something ends that goes down.
#[derive(Debug, Clone, Copy)]
pub(super) struct UpperBound<'k> {
    pub(super) key: &'k [u8],
    pub(super) inclusive: bool,
}

impl UpperBound<'_> {
    fn is_above(self, key: &[u8]) -> bool {
        if self.inclusive { key <= self.key } else { key < self.key }
    }
}

/// Parts still to come.
#[derive(Debug)]
pub(super) struct BlockIter<'s> {
    segment: &'s Segment,
    /// The piece that `rest` is of.
    page: usize,
    remaining: &'s [BlockHandle],
    direction: Direction,
}

impl<'s> BlockIter<'s> {
    /// The next one that may have a key of a span.
    pub(super) fn next(&mut self, db: &Read<'_>, span: &KeyRange) -> Result<Option<&'s BlockHandle>> {
        if self.remaining.is_empty() {
            let next = match self.direction {
                Direction::Forward => Some(self.page.saturating_add(1)),
                Direction::Backward => self.page.checked_sub(1),
            };
            let within =
                |piece: &usize| self.segment.pages.get(*piece).is_some_and(|piece| span.overlaps(&piece.row));
            let Some(next) = next.filter(within) else { return Ok(None) };
            (self.page, self.remaining) = (next, self.segment.page_blocks(db, next)?);
        }
        let taken = match self.direction {
            Direction::Forward => self.remaining.split_first(),
            Direction::Backward => self.remaining.split_last(),
        };
        let Some((part, rest)) = taken.filter(|(part, _)| span.overlaps(part)) else { return Ok(None) };
        self.remaining = rest;
        Ok(Some(part))
    }
}
