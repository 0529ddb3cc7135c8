//! Blocks in memory: shared by all connections of a store, bounded in bytes, least recently used evicted first.

use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;

use crate::db::Read;
use crate::db::index::index_store;
use crate::error::Result;
use crate::index::segment::block::LeafBlock;

/// A cache of verified blocks. A block never changes, and no later block has its id. After a rollback two blocks may have one id:
/// the checksum in the cache key separates them.
#[derive(Debug)]
pub(crate) struct BlockCache {
    max_bytes: usize,
    state: Mutex<CacheState>,
}

#[derive(Debug)]
struct CacheState {
    blocks: LruCache<(i64, u32), Arc<LeafBlock>>,
    bytes: usize,
}

impl BlockCache {
    /// A cache of up to `max_bytes`; it always holds the block used last, whatever its size.
    pub(crate) fn new(max_bytes: usize) -> Self {
        let state = CacheState { blocks: LruCache::new_unbounded(), bytes: 0 };
        Self { max_bytes, state: Mutex::new(state) }
    }

    /// The block, from memory or from the file.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if it cannot be read.
    fn get(&self, db: &Read<'_>, row: &index_store::BlockHandle) -> Result<Arc<LeafBlock>> {
        let key = (row.id, row.checksum);
        if let Some(block) = self.lock().blocks.get(&key).cloned() {
            return Ok(block);
        }
        // Outside the lock: two threads may read the same block, but neither waits for the other's disk.
        let block = Arc::new(load_block(db, row)?);
        self.lock().insert(key, Arc::clone(&block), self.max_bytes);
        Ok(block)
    }

    /// Bytes of all cached blocks.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CacheState> {
        // After a panic the cache is still valid; at worst its byte count is wrong.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where blocks come from. A search uses the cache; a merge reads each block once, so it does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockSource<'a> {
    pub(crate) db: &'a Read<'a>,
    pub(crate) cache: Option<&'a BlockCache>,
}

impl BlockSource<'_> {
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the block cannot be read.
    pub(crate) fn block(&self, row: &index_store::BlockHandle) -> Result<Arc<LeafBlock>> {
        match self.cache {
            Some(cache) => cache.get(self.db, row),
            None => Ok(Arc::new(load_block(self.db, row)?)),
        }
    }
}

/// Reads and verifies a block, without the cache.
fn load_block(db: &Read<'_>, row: &index_store::BlockHandle) -> Result<LeafBlock> {
    LeafBlock::decode(index_store::block_body(db, row.id)?, row, db.tuning().index)
}

impl CacheState {
    fn insert(&mut self, key: (i64, u32), block: Arc<LeafBlock>, max_bytes: usize) {
        let size = block.byte_len();
        while self.bytes.saturating_add(size) > max_bytes {
            let Some((_, oldest)) = self.blocks.remove_lru() else { break };
            self.bytes = self.bytes.saturating_sub(oldest.byte_len());
        }
        self.bytes = self.bytes.saturating_add(size);
        if let Some(replaced) = self.blocks.insert(key, block) {
            self.bytes = self.bytes.saturating_sub(replaced.byte_len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::tuning::IndexTuning;
    use crate::index::segment::block_builder::BlockBuilder;
    use crate::index::segment::posting::Posting;

    fn block(key: &str) -> Arc<LeafBlock> {
        let mut builder = BlockBuilder::new(IndexTuning::SMALL);
        builder.add(key.as_bytes(), Posting::live(1)).unwrap();
        let built = builder.finish().unwrap().unwrap();
        Arc::new(LeafBlock::decode(built.body, &built.row, IndexTuning::SMALL).unwrap())
    }

    #[test]
    fn least_recently_used_block_is_evicted() {
        let size = block("a").byte_len();
        let cache = BlockCache::new(2 * size);
        let insert = |id| cache.lock().insert((id, 0), block("a"), cache.max_bytes);
        let kept = || (1..5).filter(|id| cache.lock().blocks.contains_key(&(*id, 0))).collect::<Vec<_>>();
        insert(1);
        insert(2);
        assert_eq!((kept(), cache.bytes()), (vec![1, 2], 2 * size), "just full");
        cache.lock().blocks.get(&(1, 0)).unwrap();
        insert(3);
        assert_eq!((kept(), cache.bytes()), (vec![1, 3], 2 * size));
        cache.lock().insert((4, 0), block(&"long".repeat(99)), cache.max_bytes);
        assert_eq!(kept(), [4], "the block used last stays, whatever its size");
    }

    #[test]
    fn block_read_by_two_threads_is_counted_once() {
        let cache = BlockCache::new(usize::MAX);
        for _ in 0..2 {
            cache.lock().insert((1, 0), block("a"), cache.max_bytes);
        }
        assert_eq!(cache.bytes(), block("a").byte_len());
    }
}
