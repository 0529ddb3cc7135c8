//! A segment that is searched. Its term index says which block may hold a key.

use std::cell::OnceCell;

use crate::db::Read;
use crate::db::index::index_store::{BlockHandle, SegmentHeader};
use crate::db::index::term_index;
use crate::error::Result;
use crate::index::key_range::{Direction, KeyRange, UpperBound};

/// A segment that is searched. The term index is read page by page: each page on first use, and then kept.
#[derive(Debug)]
pub(crate) struct SegmentReader {
    pub(crate) id: i64,
    pub(crate) sequence: i64,
    pages: Vec<TermIndexPage>,
}

/// A page of the term index.
#[derive(Debug)]
struct TermIndexPage {
    handle: BlockHandle,
    blocks: OnceCell<Vec<BlockHandle>>,
}

impl SegmentReader {
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the root of the term index cannot be read.
    pub(crate) fn open(db: &Read<'_>, header: SegmentHeader) -> Result<Self> {
        let page = |handle| TermIndexPage { handle, blocks: OnceCell::new() };
        let pages = term_index::term_index_root(db, header)?.into_iter().map(page).collect();
        Ok(Self { id: header.id, sequence: header.sequence, pages })
    }

    /// The blocks in ascending order, from the first one that may hold a key at or above `start`.
    pub(crate) fn blocks_from(&self, db: &Read<'_>, start: &[u8]) -> Result<BlockIter<'_>> {
        let page = self.pages.partition_point(|page| page.handle.last_key.as_slice() < start);
        let blocks = self.page_blocks(db, page)?;
        let from = blocks.partition_point(|block| block.last_key.as_slice() < start);
        let remaining = blocks.get(from..).unwrap_or_default();
        Ok(BlockIter { segment: self, page, remaining, direction: Direction::Forward })
    }

    /// The blocks in descending order, from the last one that may hold a key below `end`; all if there is no end.
    pub(crate) fn blocks_before(&self, db: &Read<'_>, end: Option<UpperBound<'_>>) -> Result<BlockIter<'_>> {
        let below = |handle: &BlockHandle| end.is_none_or(|end| end.is_above(&handle.first_key));
        let pages = self.pages.partition_point(|page| below(&page.handle));
        let page = pages.saturating_sub(1);
        let blocks = if pages == 0 { &[] } else { self.page_blocks(db, page)? };
        let remaining = blocks.get(..blocks.partition_point(below)).unwrap_or_default();
        Ok(BlockIter { segment: self, page, remaining, direction: Direction::Backward })
    }

    /// The blocks of a page; none past the ends.
    fn page_blocks(&self, db: &Read<'_>, at: usize) -> Result<&[BlockHandle]> {
        let Some(TermIndexPage { handle, blocks }) = self.pages.get(at) else { return Ok(&[]) };
        if let Some(blocks) = blocks.get() {
            return Ok(blocks);
        }
        let read = term_index::term_index_page(db, handle)?;
        Ok(blocks.get_or_init(|| read))
    }
}

/// The blocks of a segment in one direction.
#[derive(Debug)]
pub(crate) struct BlockIter<'s> {
    segment: &'s SegmentReader,
    /// The page that `remaining` belongs to.
    page: usize,
    remaining: &'s [BlockHandle],
    direction: Direction,
}

impl<'s> BlockIter<'s> {
    /// The next block, if it may hold a key of `range`. `None` ends the scan.
    pub(crate) fn next(&mut self, db: &Read<'_>, range: &KeyRange) -> Result<Option<&'s BlockHandle>> {
        if self.remaining.is_empty() {
            let next = match self.direction {
                Direction::Forward => Some(self.page.saturating_add(1)),
                Direction::Backward => self.page.checked_sub(1),
            };
            let overlaps =
                |page: &usize| self.segment.pages.get(*page).is_some_and(|page| range.overlaps(&page.handle));
            let Some(next) = next.filter(overlaps) else { return Ok(None) };
            (self.page, self.remaining) = (next, self.segment.page_blocks(db, next)?);
        }
        let taken = match self.direction {
            Direction::Forward => self.remaining.split_first(),
            Direction::Backward => self.remaining.split_last(),
        };
        let Some((block, rest)) = taken.filter(|(block, _)| range.overlaps(block)) else { return Ok(None) };
        self.remaining = rest;
        Ok(Some(block))
    }
}
