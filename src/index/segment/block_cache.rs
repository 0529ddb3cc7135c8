//! Parts in memory: shared by all connections of a store, bounded in bytes, least recently used out first.

use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;

use crate::db::Read;
use crate::db::index::index_store;
use crate::error::Result;
use crate::index::segment::block::LeafBlock;

/// A cache of verified parts. A part never changes and its id is never used again; the checksum in the key keeps
/// apart what a rolled-back transaction numbered the same.
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
    /// A cache that holds up to `limit` bytes, and always the part used last.
    pub(crate) fn new(limit: usize) -> Self {
        let held = CacheState { blocks: LruCache::new_unbounded(), bytes: 0 };
        Self { max_bytes: limit, state: Mutex::new(held) }
    }

    /// The part, from memory or from the file.
    pub(crate) fn get(&self, db: &Read<'_>, row: &index_store::BlockHandle) -> Result<Arc<LeafBlock>> {
        let key = (row.id, row.checksum);
        if let Some(part) = self.lock().blocks.get(&key).cloned() {
            return Ok(part);
        }
        // Read and verified outside the lock: two threads may do it twice, neither waits for the other's disk.
        let part = Arc::new(load_block(db, row)?);
        self.lock().insert(key, Arc::clone(&part), self.max_bytes);
        Ok(part)
    }

    /// Bytes held now.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CacheState> {
        // What a panicking thread leaves here is a valid cache, at worst with a wrong byte count.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads and verifies a part, past the cache.
pub(crate) fn load_block(db: &Read<'_>, row: &index_store::BlockHandle) -> Result<LeafBlock> {
    LeafBlock::decode(index_store::block_body(db, row.id)?, row)
}

impl CacheState {
    fn insert(&mut self, key: (i64, u32), part: Arc<LeafBlock>, limit: usize) {
        let size = part.byte_len();
        while self.bytes.saturating_add(size) > limit {
            let Some((_, oldest)) = self.blocks.remove_lru() else { break };
            self.bytes = self.bytes.saturating_sub(oldest.byte_len());
        }
        self.bytes = self.bytes.saturating_add(size);
        if let Some(same) = self.blocks.insert(key, part) {
            self.bytes = self.bytes.saturating_sub(same.byte_len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::segment::block::BlockBuilder;
    use crate::index::segment::postings::Posting;

    fn block(name: &str) -> Arc<LeafBlock> {
        let mut builder = BlockBuilder::new();
        builder.add(name.as_bytes(), Posting::live(1)).unwrap();
        let built = builder.finish().unwrap().unwrap();
        Arc::new(LeafBlock::decode(built.body, &built.row).unwrap())
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
        assert_eq!(kept(), [4], "the one used last, whatever its size");
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
