//! Parts of segments in memory: shared by all connections of a store, bounded in bytes, least recently used evicted first.

use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;

use crate::db::Read;
use crate::db::index_store::SegmentHeader;
use crate::db::segment_parts::{self, PartKind};
use crate::error::Result;
use crate::host::tuning::IndexTuning;
use crate::index::segment::block::LeafBlock;
use crate::index::segment::checksum::{PartLabel, PartLabelKind};
use crate::index::segment::separator_map::SeparatorMap;
use crate::index::segment::word_set::DictionarySet;

/// A cache of verified parts. A part never changes, and no other segment has its label, also after a rollback.
#[derive(Debug)]
pub(crate) struct BlockCache {
    max_bytes: usize,
    state: Mutex<CacheState>,
}

#[derive(Debug)]
struct CacheState {
    parts: LruCache<PartLabel, CachedPart>,
    bytes: usize,
}

/// A part in memory.
#[derive(Debug, Clone)]
enum CachedPart {
    Block(Arc<LeafBlock>),
    TermIndex(Arc<SeparatorMap>),
    DictionarySet(Arc<DictionarySet>),
}

impl CachedPart {
    fn decode(body: Vec<u8>, label: PartLabel, tuning: IndexTuning) -> Result<Self> {
        let body = label.strip_checksum(body)?;
        let part = match label.kind {
            PartLabelKind::Block => LeafBlock::decode(body, tuning).map(|block| Self::Block(Arc::new(block))),
            PartLabelKind::DictionarySet => {
                DictionarySet::decode(body).map(|set| Self::DictionarySet(Arc::new(set)))
            }
            _ => SeparatorMap::decode(&body).map(|map| Self::TermIndex(Arc::new(map))),
        };
        part.ok_or_else(|| label.damaged())
    }

    fn byte_len(&self) -> usize {
        match self {
            Self::Block(block) => block.byte_len(),
            Self::TermIndex(map) => map.byte_len(),
            Self::DictionarySet(set) => set.byte_len(),
        }
    }
}

impl BlockCache {
    /// A cache of up to `max_bytes`; it always holds the part used last, whatever its size.
    pub(crate) fn new(max_bytes: usize) -> Self {
        let state = CacheState { parts: LruCache::new_unbounded(), bytes: 0 };
        Self { max_bytes, state: Mutex::new(state) }
    }

    /// Bytes of all cached parts.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CacheState> {
        // After a panic the cache is still valid; at worst its byte count is wrong.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where parts come from. A search uses the cache; a merge reads each part once, so it does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockSource<'a> {
    pub(crate) db: &'a Read<'a>,
    pub(crate) cache: Option<&'a BlockCache>,
}

impl BlockSource<'_> {
    /// A block of a segment.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if it cannot be read.
    pub(crate) fn block(&self, segment: &SegmentHeader, number: u32) -> Result<Arc<LeafBlock>> {
        let label = PartLabel { nonce: segment.nonce, kind: PartLabelKind::Block, number };
        match self.part(segment.id, label, PartKind::Block)? {
            CachedPart::Block(block) => Ok(block),
            _ => Err(label.damaged()),
        }
    }

    /// A piece of a segment's term index.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if it cannot be read.
    pub(super) fn term_index_piece(&self, segment: &SegmentHeader, number: u32) -> Result<Arc<SeparatorMap>> {
        let label = PartLabel { nonce: segment.nonce, kind: PartLabelKind::TermIndexPiece, number };
        match self.part(segment.id, label, PartKind::TermIndex)? {
            CachedPart::TermIndex(map) => Ok(map),
            _ => Err(label.damaged()),
        }
    }

    /// A set of words of a segment's dictionary.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if it cannot be read.
    pub(crate) fn word_set(&self, segment: &SegmentHeader, number: u32) -> Result<Arc<DictionarySet>> {
        let label = PartLabel { nonce: segment.nonce, kind: PartLabelKind::DictionarySet, number };
        match self.part(segment.id, label, PartKind::DictionarySet)? {
            CachedPart::DictionarySet(set) => Ok(set),
            _ => Err(label.damaged()),
        }
    }

    fn part(&self, segment: i64, label: PartLabel, kind: PartKind) -> Result<CachedPart> {
        let cached = self.cache.and_then(|cache| cache.lock().parts.get(&label).cloned());
        if let Some(part) = cached {
            return Ok(part);
        }
        // Outside the lock: two threads may read the same part, but neither waits for the other's disk.
        let body = segment_parts::body(self.db, kind, segment, label.number)?;
        let body = body.ok_or_else(|| label.damaged())?;
        let part = CachedPart::decode(body, label, self.db.tuning().index)?;
        if let Some(cache) = self.cache {
            cache.lock().insert(label, part.clone(), cache.max_bytes);
        }
        Ok(part)
    }
}

impl CacheState {
    fn insert(&mut self, label: PartLabel, part: CachedPart, max_bytes: usize) {
        let size = part.byte_len();
        while self.bytes.saturating_add(size) > max_bytes {
            let Some((_, oldest)) = self.parts.remove_lru() else { break };
            self.bytes = self.bytes.saturating_sub(oldest.byte_len());
        }
        self.bytes = self.bytes.saturating_add(size);
        if let Some(replaced) = self.parts.insert(label, part) {
            self.bytes = self.bytes.saturating_sub(replaced.byte_len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::segment::block_builder::BlockBuilder;
    use crate::index::segment::posting::Posting;

    fn part(key: &str) -> CachedPart {
        let mut builder = BlockBuilder::new(IndexTuning::SMALL);
        builder.add(key.as_bytes(), Posting::live(1)).unwrap();
        let built = builder.finish().unwrap().unwrap();
        CachedPart::Block(Arc::new(LeafBlock::decode(built.body, IndexTuning::SMALL).unwrap()))
    }

    fn label(number: u32) -> PartLabel {
        PartLabel { nonce: 7, kind: PartLabelKind::Block, number }
    }

    #[test]
    fn least_recently_used_part_is_evicted() {
        let size = part("a").byte_len();
        let cache = BlockCache::new(2 * size);
        let insert = |number| cache.lock().insert(label(number), part("a"), cache.max_bytes);
        let kept = || (1..5).filter(|n| cache.lock().parts.contains_key(&label(*n))).collect::<Vec<_>>();
        insert(1);
        insert(2);
        assert_eq!((kept(), cache.bytes()), (vec![1, 2], 2 * size), "just full");
        cache.lock().parts.get(&label(1)).unwrap();
        insert(3);
        assert_eq!((kept(), cache.bytes()), (vec![1, 3], 2 * size));
        cache.lock().insert(label(4), part(&"long".repeat(99)), cache.max_bytes);
        assert_eq!(kept(), [4], "the part used last stays, whatever its size");
    }

    #[test]
    fn part_read_by_two_threads_is_counted_once() {
        let cache = BlockCache::new(usize::MAX);
        for _ in 0..2 {
            cache.lock().insert(label(1), part("a"), cache.max_bytes);
        }
        assert_eq!(cache.bytes(), part("a").byte_len());
    }
}
