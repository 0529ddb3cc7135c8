//! Verifies the parts of the index that no search compares with rows: term indexes and dictionaries.

use crate::db::Read;
use crate::error::{Error, Result};
use crate::index::segment::block_cache::BlockSource;
use crate::index::segment::block_cursor::BlockCursor;
use crate::index::segment::index_state::IndexState;
use crate::index::segment::segment_reader::SegmentReader;

/// Verifies that the term index of each segment finds each block, and its dictionary each word, and that blocks and words are in
/// order.
///
/// # Errors
/// [`Error::Damaged`] if that is not so, or a part cannot be read.
pub(crate) fn verify_segments(db: &Read<'_>, state: &IndexState) -> Result<()> {
    let source = BlockSource { db, cache: None };
    for segment in &state.segments {
        verify_blocks(source, segment)?;
        verify_words(source, segment)?;
    }
    Ok(())
}

fn verify_blocks(source: BlockSource<'_>, segment: &SegmentReader) -> Result<()> {
    let mut before = Vec::new();
    for number in 0..segment.header.block_count {
        let block = source.block(&segment.header, number)?;
        for cursor in [BlockCursor::at_or_after(block.clone(), &[]), BlockCursor::at_last(block)] {
            let key = cursor.entry().map(|(key, _)| key.to_vec()).ok_or_else(damaged_order)?;
            if key < before || segment.block_of(source, &key)? != number {
                return Err(damaged_order());
            }
            before = key;
        }
    }
    Ok(())
}

fn verify_words(source: BlockSource<'_>, segment: &SegmentReader) -> Result<()> {
    let mut before = Vec::new();
    for number in 0..segment.header.word_set_count {
        let words = source.word_set(&segment.header, number)?.words_after(None).ok_or_else(damaged_order)?;
        for word in [words.first(), words.last()].into_iter().flatten() {
            if *word < before || segment.word_set_of(word) != number {
                return Err(damaged_order());
            }
            before.clone_from(word);
        }
    }
    Ok(())
}

fn damaged_order() -> Error {
    Error::Damaged { what: "the order of a segment of the search index", source: None }
}
