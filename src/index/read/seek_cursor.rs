//! Going ever further on through the keys of a segment, past all that is not asked for.

use crate::db::index::index_store::BlockHandle;
use crate::error::Result;
use crate::index::read::block_cursor::BlockCursor;
use crate::index::read::candidate_stream::IndexReader;
use crate::index::read::merge_iterator::KeyRange;
use crate::index::segment::Segment;

#[derive(Debug)]
pub(crate) struct SeekCursor<'a> {
    index: IndexReader<'a>,
    segment: &'a Segment,
    range: KeyRange,
    /// The part at hand, and the place in it.
    position: Option<(&'a BlockHandle, BlockCursor)>,
}

impl<'a> SeekCursor<'a> {
    /// Through the keys of a span.
    pub(crate) fn new(index: IndexReader<'a>, segment: &'a Segment, span: KeyRange) -> Self {
        Self { index, segment, range: span, position: None }
    }

    /// The first key that is not below another one, which is not below what was asked for before.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
    pub(crate) fn seek(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        if let Some((row, cursor)) = &mut self.position
            && row.last_key.as_slice() >= key
        {
            cursor.seek(key);
        } else {
            let mut parts = self.segment.blocks_from(self.index.db, key)?;
            self.position = match parts.next(self.index.db, &self.range)? {
                Some(row) => {
                    Some((row, BlockCursor::at_or_after(self.index.block_source().block(row)?, key)))
                }
                None => None,
            };
        }
        let entry = self.position.as_ref().and_then(|(_, cursor)| cursor.entry());
        Ok(entry.map(|(key, _)| key).filter(|key| self.range.contains(key)).map(<[u8]>::to_vec))
    }
}
