//! Parts in memory: shared by all connections of a store, bounded in bytes, least recently used out first.

use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;

use crate::db::Read;
use crate::db::index::index_store;
use crate::error::Result;
use crate::index::segment::block::Part;

/// A cache of verified parts. A part never changes and its id is never used again; the checksum in the key keeps
/// apart what a rolled-back transaction numbered the same.
#[derive(Debug)]
pub(crate) struct PartCache {
    limit: usize,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    parts: LruCache<(i64, u32), Arc<Part>>,
    bytes: usize,
}

impl PartCache {
    /// A cache that holds up to `limit` bytes, and always the part used last.
    pub(crate) fn new(limit: usize) -> Self {
        let held = Held { parts: LruCache::new_unbounded(), bytes: 0 };
        Self { limit, held: Mutex::new(held) }
    }

    /// The part, from memory or from the file.
    pub(crate) fn get(&self, db: &Read<'_>, row: &index_store::PartRow) -> Result<Arc<Part>> {
        let key = (row.id, row.checksum);
        if let Some(part) = self.held().parts.get(&key).cloned() {
            return Ok(part);
        }
        // Read and verified outside the lock: two threads may do it twice, neither waits for the other's disk.
        let part = Arc::new(load(db, row)?);
        self.held().insert(key, Arc::clone(&part), self.limit);
        Ok(part)
    }

    /// Bytes held now.
    pub(crate) fn bytes(&self) -> usize {
        self.held().bytes
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        // What a panicking thread leaves here is a valid cache, at worst with a wrong byte count.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads and verifies a part, past the cache.
pub(crate) fn load(db: &Read<'_>, row: &index_store::PartRow) -> Result<Part> {
    Part::read(index_store::body(db, row.id)?, row)
}

impl Held {
    fn insert(&mut self, key: (i64, u32), part: Arc<Part>, limit: usize) {
        let size = part.size();
        while self.bytes.saturating_add(size) > limit {
            let Some((_, oldest)) = self.parts.remove_lru() else { break };
            self.bytes = self.bytes.saturating_sub(oldest.size());
        }
        self.bytes = self.bytes.saturating_add(size);
        if let Some(same) = self.parts.insert(key, part) {
            self.bytes = self.bytes.saturating_sub(same.size());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::segment::block::PartBuilder;
    use crate::index::segment::postings::Posting;

    fn part(name: &str) -> Arc<Part> {
        let mut builder = PartBuilder::new();
        builder.add(name.as_bytes(), Posting::live(1)).unwrap();
        let built = builder.finish().unwrap().unwrap();
        Arc::new(Part::read(built.body, &built.row).unwrap())
    }

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let size = part("a").size();
        let cache = PartCache::new(2 * size);
        let insert = |id| cache.held().insert((id, 0), part("a"), cache.limit);
        let kept = || (1..5).filter(|id| cache.held().parts.contains_key(&(*id, 0))).collect::<Vec<_>>();
        insert(1);
        insert(2);
        assert_eq!((kept(), cache.bytes()), (vec![1, 2], 2 * size), "just full");
        cache.held().parts.get(&(1, 0)).unwrap();
        insert(3);
        assert_eq!((kept(), cache.bytes()), (vec![1, 3], 2 * size));
        cache.held().insert((4, 0), part(&"long".repeat(99)), cache.limit);
        assert_eq!(kept(), [4], "the one used last, whatever its size");
    }

    #[test]
    fn a_part_that_two_threads_read_is_counted_once() {
        let cache = PartCache::new(usize::MAX);
        for _ in 0..2 {
            cache.held().insert((1, 0), part("a"), cache.limit);
        }
        assert_eq!(cache.bytes(), part("a").size());
    }
}
