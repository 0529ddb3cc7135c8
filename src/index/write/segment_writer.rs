//! Writes the blocks of a segment.

use crate::db::Write;
use crate::db::index::index_store::{self, SegmentRow, SegmentState};
use crate::db::index::term_index;
use crate::error::Result;
use crate::index::segment::block_builder::{BlockBuilder, BuiltBlock};
use crate::index::segment::posting::Posting;

/// Writes the blocks of a segment; keys come in ascending order.
#[derive(Debug)]
pub(super) struct SegmentWriter<'d, 'c> {
    db: &'d Write<'c>,
    segment: i64,
    /// Blocks stored so far.
    block_count: i64,
    /// Postings in the blocks stored so far.
    key_count: i64,
    builder: BlockBuilder,
}

impl<'d, 'c> SegmentWriter<'d, 'c> {
    /// Starts a new segment, the newest of all.
    pub(super) fn new(db: &'d Write<'c>) -> Result<Self> {
        let segment = index_store::insert_segment(db, SegmentState::Live)?;
        let builder = BlockBuilder::new(db.tuning().index);
        Ok(Self { db, segment, block_count: 0, key_count: 0, builder })
    }

    /// Continues a segment that a merge is writing.
    pub(super) fn resume(db: &'d Write<'c>, building: &SegmentRow) -> Self {
        Self {
            db,
            segment: building.id,
            block_count: i64::try_from(building.blocks.len()).unwrap_or(i64::MAX),
            key_count: building.key_count,
            builder: BlockBuilder::new(db.tuning().index),
        }
    }

    /// Adds a posting. True if this stored a block; the posting is then not in it but in the next one.
    pub(super) fn add(&mut self, key: &[u8], posting: Posting) -> Result<bool> {
        let full = self.builder.add(key, posting)?;
        let is_full = full.is_some();
        self.store_block(full)?;
        Ok(is_full)
    }

    fn store_block(&mut self, block: Option<BuiltBlock>) -> Result<()> {
        if let Some(block) = block {
            index_store::insert_block(self.db, self.segment, self.block_count, &block.row, &block.body)?;
            self.block_count = self.block_count.saturating_add(1);
            self.key_count = self.key_count.saturating_add(block.key_count);
        }
        Ok(())
    }

    /// Appends built blocks.
    pub(super) fn add_blocks(&mut self, blocks: Vec<BuiltBlock>) -> Result<()> {
        blocks.into_iter().try_for_each(|block| self.store_block(Some(block)))
    }

    /// Stores the counts of the segment, so that [`resume`](Self::resume) can continue it. Postings since the last stored block
    /// are lost: `resume` continues after that block.
    pub(super) fn pause(self) -> Result<()> {
        Ok(index_store::set_segment_counts(self.db, self.segment, self.key_count, self.block_count)?)
    }

    /// Completes the segment. False if it is empty: it is then deleted.
    pub(super) fn finish(mut self) -> Result<bool> {
        let empty = BlockBuilder::new(self.db.tuning().index);
        let last = std::mem::replace(&mut self.builder, empty).finish()?;
        self.store_block(last)?;
        if self.block_count == 0 {
            index_store::delete_segment(self.db, self.segment)?;
            return Ok(false);
        }
        let (db, segment) = (self.db, self.segment);
        self.pause()?;
        term_index::write_term_index(db, segment)?;
        Ok(true)
    }
}
