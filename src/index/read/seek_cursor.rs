//! Going ever further on through the keys of a segment, past all that is not asked for.

use crate::db::index::index_store::PartRow;
use crate::error::Result;
use crate::index::read::block_cursor::PartCursor;
use crate::index::read::candidate_stream::Index;
use crate::index::read::merge_iterator::Span;
use crate::index::segment::Segment;

#[derive(Debug)]
pub(crate) struct Seeker<'a> {
    index: Index<'a>,
    segment: &'a Segment,
    span: Span,
    /// The part at hand, and the place in it.
    at: Option<(&'a PartRow, PartCursor)>,
}

impl<'a> Seeker<'a> {
    /// Through the keys of a span.
    pub(crate) fn new(index: Index<'a>, segment: &'a Segment, span: Span) -> Self {
        Self { index, segment, span, at: None }
    }

    /// The first key that is not below another one, which is not below what was asked for before.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
    pub(crate) fn seek(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        if let Some((row, cursor)) = &mut self.at
            && row.last_key.as_slice() >= key
        {
            cursor.seek(key);
        } else {
            let mut parts = self.segment.parts_from(self.index.db, key)?;
            self.at = match parts.next(self.index.db, &self.span)? {
                Some(row) => Some((row, PartCursor::at_or_after(self.index.source().part(row)?, key))),
                None => None,
            };
        }
        let entry = self.at.as_ref().and_then(|(_, cursor)| cursor.entry());
        Ok(entry.map(|(key, _)| key).filter(|key| self.span.has(key)).map(<[u8]>::to_vec))
    }
}
