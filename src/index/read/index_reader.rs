//! The index as a search reads it.

use crate::db::Read;
use crate::error::Result;
use crate::host::tuning::IndexTuning;
use crate::index::index_key::KEY_PREFIX_LEN;
use crate::index::key_range::{Direction, KeyRange};
use crate::index::read::merge_iterator::MergeIterator;
use crate::index::segment::block_cache::{BlockCache, BlockSource};
use crate::index::segment::index_state::IndexState;

/// The index as a search reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexReader<'a> {
    pub(crate) db: &'a Read<'a>,
    pub(crate) cache: &'a BlockCache,
    pub(crate) state: &'a IndexState,
}

impl<'a> IndexReader<'a> {
    pub(super) fn block_source(&self) -> BlockSource<'a> {
        BlockSource { db: self.db, cache: Some(self.cache) }
    }

    pub(super) fn tuning(&self) -> IndexTuning {
        self.db.tuning().index
    }

    /// The keys of a range, memtable and segments merged.
    pub(super) fn merge(
        &self,
        range: KeyRange,
        from: Option<&(Vec<u8>, i64)>,
        direction: Direction,
    ) -> Result<MergeIterator<'a>> {
        MergeIterator::new(self.block_source(), self.state, &self.state.segments, range, from, direction)
    }

    /// Whether there may be a key with a key prefix and the first byte of `term`.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
    pub(crate) fn may_have_prefix(&self, key_prefix: [u8; KEY_PREFIX_LEN], term: &str) -> Result<bool> {
        self.state.may_have_prefix((key_prefix, term.bytes().next()), |prefix| {
            let range = KeyRange::with_prefix(prefix.to_vec());
            Ok(self.merge(range, None, Direction::Forward)?.advance()?.is_some())
        })
    }
}
