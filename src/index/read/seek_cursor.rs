//! Seeks forward through the keys of a segment.

use crate::db::index::index_store::BlockHandle;
use crate::error::Result;
use crate::index::key_range::KeyRange;
use crate::index::read::index_reader::IndexReader;
use crate::index::segment::block_cursor::BlockCursor;
use crate::index::segment::segment_reader::SegmentReader;

#[derive(Debug)]
pub(super) struct SeekCursor<'a> {
    index: IndexReader<'a>,
    segment: &'a SegmentReader,
    range: KeyRange,
    /// The current block, and the position in it.
    position: Option<(&'a BlockHandle, BlockCursor)>,
}

impl<'a> SeekCursor<'a> {
    /// A cursor over the keys of `range`.
    pub(super) fn new(index: IndexReader<'a>, segment: &'a SegmentReader, range: KeyRange) -> Self {
        Self { index, segment, range, position: None }
    }

    /// The first key that is not below `key`. Each call must pass a key that is not below the one of the call before.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
    pub(super) fn seek(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        if let Some((handle, cursor)) = &mut self.position
            && handle.last_key.as_slice() >= key
        {
            cursor.seek(key);
        } else {
            let mut blocks = self.segment.blocks_from(self.index.db, key)?;
            self.position = match blocks.next(self.index.db, &self.range)? {
                Some(handle) => {
                    let block = self.index.block_source().block(handle)?;
                    Some((handle, BlockCursor::at_or_after(block, key)))
                }
                None => None,
            };
        }
        let entry = self.position.as_ref().and_then(|(_, cursor)| cursor.entry());
        Ok(entry.map(|(key, _)| key).filter(|key| self.range.contains(key)).map(<[u8]>::to_vec))
    }
}
