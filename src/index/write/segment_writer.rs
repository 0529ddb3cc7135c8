//! Writes the parts of a segment.

use crate::db::index_store::{self, SegmentHeader, SegmentRoots, SegmentState};
use crate::db::{Write, segment_parts};
use crate::error::Result;
use crate::index::segment::block_builder::{BlockBuilder, BuiltBlock};
use crate::index::segment::block_cache::BlockSource;
use crate::index::segment::block_cursor::BlockCursor;
use crate::index::segment::checksum::{PartLabel, PartLabelKind};
use crate::index::segment::posting::Posting;
use crate::index::segment::term_index::TermIndexWriter;
use crate::index::segment::word_dictionary::{DictionaryWriter, store_set};
use crate::index::segment::word_set::BuiltWordSet;

/// Writes the parts of a segment: first all words, then all keys, both in ascending order.
#[derive(Debug)]
pub(super) struct SegmentWriter<'d, 'c> {
    db: &'d Write<'c>,
    /// With the counts of the parts stored so far.
    segment: SegmentHeader,
    dictionary: DictionaryWriter,
    blocks: BlockBuilder,
    term_index: TermIndexWriter,
}

impl<'d, 'c> SegmentWriter<'d, 'c> {
    /// Starts a new segment, the newest of all.
    pub(super) fn new(db: &'d Write<'c>) -> Result<Self> {
        let segment = index_store::insert_segment(db, SegmentState::Live)?;
        let term_index = TermIndexWriter::new(db.tuning().index.blocks_per_term_index_piece);
        Ok(Self::with_term_index(db, segment, term_index))
    }

    /// Continues a segment that a merge is writing. `last_key` is the last key of its last block; `None` without blocks.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if its pending separators cannot be read.
    pub(super) fn resume(
        db: &'d Write<'c>,
        segment: SegmentHeader,
        last_key: Option<Vec<u8>>,
    ) -> Result<Self> {
        let term_index = match last_key {
            Some(last_key) => TermIndexWriter::resume(db, &segment, last_key)?,
            None => TermIndexWriter::new(db.tuning().index.blocks_per_term_index_piece),
        };
        Ok(Self::with_term_index(db, segment, term_index))
    }

    fn with_term_index(db: &'d Write<'c>, segment: SegmentHeader, term_index: TermIndexWriter) -> Self {
        let tuning = db.tuning().index;
        Self {
            db,
            segment,
            dictionary: DictionaryWriter::new(tuning.word_set_size),
            blocks: BlockBuilder::new(tuning),
            term_index,
        }
    }

    /// Adds a word, given with its owner. True if this stored a set of words.
    pub(super) fn add_word(&mut self, word: &[u8]) -> Result<bool> {
        self.dictionary.add(self.db, &mut self.segment, word)
    }

    /// Stores all words added so far. It is needed before [`pause`](Self::pause), else they are lost.
    pub(super) fn flush_words(&mut self) -> Result<()> {
        self.dictionary.flush(self.db, &mut self.segment)
    }

    /// Appends built sets of words.
    pub(super) fn add_word_sets(&mut self, sets: Vec<BuiltWordSet>) -> Result<()> {
        sets.into_iter().try_for_each(|set| store_set(self.db, &mut self.segment, set))
    }

    /// Adds a posting. True if this stored a block; the posting is then not in it but in the next one.
    pub(super) fn add(&mut self, key: &[u8], posting: Posting) -> Result<bool> {
        let full = self.blocks.add(key, posting)?;
        let is_full = full.is_some();
        self.store_block(full)?;
        Ok(is_full)
    }

    fn store_block(&mut self, block: Option<BuiltBlock>) -> Result<()> {
        let Some(BuiltBlock { first_key, last_key, mut body, key_count }) = block else { return Ok(()) };
        let number = self.segment.block_count;
        let label = PartLabel { nonce: self.segment.nonce, kind: PartLabelKind::Block, number };
        label.append_checksum(&mut body);
        segment_parts::insert_block(self.db, self.segment.id, number, &body)?;
        self.term_index.add(self.db, &self.segment, &first_key, last_key)?;
        self.segment.block_count = number.saturating_add(1);
        self.segment.key_count = self.segment.key_count.saturating_add(key_count);
        Ok(())
    }

    /// Appends built blocks.
    pub(super) fn add_blocks(&mut self, blocks: Vec<BuiltBlock>) -> Result<()> {
        blocks.into_iter().try_for_each(|block| self.store_block(Some(block)))
    }

    /// Stores the counts of the segment, so that [`resume`](Self::resume) can continue it. Postings since the last stored block
    /// are lost: `resume` continues after that block.
    pub(super) fn pause(self) -> Result<()> {
        self.term_index.pause(self.db, &self.segment)?;
        Ok(index_store::set_segment_counts(self.db, &self.segment)?)
    }

    /// Completes the segment. False if it is empty: it is then deleted.
    pub(super) fn finish(mut self) -> Result<bool> {
        let db = self.db;
        let empty = BlockBuilder::new(db.tuning().index);
        let last = std::mem::replace(&mut self.blocks, empty).finish()?;
        self.store_block(last)?;
        if self.segment.block_count == 0 {
            index_store::delete_segment(db, self.segment.id)?;
            return Ok(false);
        }
        let dictionary = self.dictionary.finish(db, &mut self.segment)?;
        index_store::set_segment_counts(db, &self.segment)?;
        let term_index = Some(self.term_index.finish(db, &self.segment)?);
        let roots = SegmentRoots { term_index, dictionary };
        index_store::set_segment_roots(db, self.segment.id, &roots)?;
        Ok(true)
    }
}

/// The last key of a segment that is being built; `None` if it has no blocks yet.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if the last block cannot be read.
pub(super) fn last_key(source: BlockSource<'_>, segment: &SegmentHeader) -> Result<Option<Vec<u8>>> {
    let Some(last) = segment.block_count.checked_sub(1) else { return Ok(None) };
    let cursor = BlockCursor::at_last(source.block(segment, last)?);
    Ok(cursor.entry().map(|(key, _)| key.to_vec()))
}
