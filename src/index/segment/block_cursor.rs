//! Iterates over the keys of a block, in both directions.

use std::sync::Arc;

use crate::index::key_range::Direction;
use crate::index::segment::block::LeafBlock;

/// A position in a block: at a key, or past one of the ends.
#[derive(Debug)]
pub(crate) struct BlockCursor {
    block: Arc<LeafBlock>,
    /// The current key and its postings reference.
    key: Vec<u8>,
    postings_ref: u64,
    /// Offsets of the current entry and of the next one; `None` past an end.
    entry_range: Option<(usize, usize)>,
    /// The last restart point at or before the current entry.
    restart: usize,
}

/// Bytes that hold most keys, so that the buffer rarely grows.
const KEY_CAPACITY: usize = 64;

impl BlockCursor {
    /// At the first key that is not below `key`.
    pub(crate) fn at_or_after(block: Arc<LeafBlock>, key: &[u8]) -> Self {
        let restart = block.restart_for(key);
        let mut cursor = Self::at_restart(block, restart);
        while cursor.entry_range.is_some() && cursor.key.as_slice() < key {
            cursor.next();
        }
        cursor
    }

    /// At the last key that is below `key`.
    pub(crate) fn before(block: Arc<LeafBlock>, key: &[u8]) -> Self {
        let mut cursor = Self::at_or_after(block, key);
        if cursor.entry_range.is_some() {
            cursor.previous();
        } else {
            cursor = Self::at_last(cursor.block);
        }
        cursor
    }

    /// At the last key that is not above `key`.
    pub(crate) fn at_or_before(block: Arc<LeafBlock>, key: &[u8]) -> Self {
        let cursor = Self::at_or_after(Arc::clone(&block), key);
        if cursor.entry().is_some_and(|(found, _)| found == key) { cursor } else { Self::before(block, key) }
    }

    /// At the last key.
    pub(crate) fn at_last(block: Arc<LeafBlock>) -> Self {
        let last = block.restart_count().saturating_sub(1);
        let mut cursor = Self::at_restart(block, last);
        cursor.advance_until(None);
        cursor
    }

    /// At a restart point.
    fn at_restart(block: Arc<LeafBlock>, restart: usize) -> Self {
        let mut cursor = Self {
            block,
            key: Vec::with_capacity(KEY_CAPACITY),
            postings_ref: 0,
            entry_range: None,
            restart,
        };
        cursor.read_restart();
        cursor
    }

    /// The current key and its postings reference; `None` past an end.
    pub(crate) fn entry(&self) -> Option<(&[u8], u64)> {
        self.entry_range?;
        Some((&self.key, self.postings_ref))
    }

    pub(crate) fn block(&self) -> &Arc<LeafBlock> {
        &self.block
    }

    /// Moves to the next key in a direction.
    pub(crate) fn step(&mut self, direction: Direction) {
        match direction {
            Direction::Forward => self.next(),
            Direction::Backward => self.previous(),
        }
    }

    /// Moves to the next key.
    pub(crate) fn next(&mut self) {
        let Some((_, end)) = self.entry_range else { return };
        let next = self.restart.saturating_add(1);
        if self.block.restart_offset(next) == Some(end) {
            self.restart = next;
            self.read_restart();
        } else {
            self.read_entry(end);
        }
    }

    /// Moves forward to the first key that is not below `key`. Does not move if the current key is one.
    pub(crate) fn seek(&mut self, key: &[u8]) {
        if self.block.compare_restart_key(self.restart.saturating_add(1), key).is_le() {
            self.restart = self.block.restart_for(key);
            self.read_restart();
        }
        while self.entry_range.is_some() && self.key.as_slice() < key {
            self.next();
        }
    }

    /// Moves to the previous key.
    pub(crate) fn previous(&mut self) {
        let Some((start, _)) = self.entry_range else { return };
        if self.block.restart_offset(self.restart) == Some(start) {
            let Some(before) = self.restart.checked_sub(1) else {
                self.entry_range = None;
                return;
            };
            self.restart = before;
        }
        self.read_restart();
        self.advance_until(Some(start));
    }

    /// Reads the entry of the current restart point.
    fn read_restart(&mut self) {
        self.key.clear();
        let at = self.block.restart_offset(self.restart);
        let shared = at.and_then(|at| self.block.entry_at(at)).map_or(0, |first| first.shared_len);
        self.key.extend_from_slice(self.block.first_key_prefix(shared));
        self.entry_range = None;
        if let Some(at) = at {
            self.read_entry(at);
        }
    }

    /// Moves forward to the entry that ends at offset `next`; to the last entry for `None`.
    fn advance_until(&mut self, next: Option<usize>) {
        while let Some((_, end)) = self.entry_range {
            if next == Some(end) {
                return;
            }
            if self.block.entry_at(end).is_none() {
                // An entry ends at `next` unless the block is damaged.
                self.entry_range = self.entry_range.filter(|_| next.is_none());
                return;
            }
            self.next();
        }
    }

    /// Reads the entry at an offset. `self.key` must start with the prefix that the entry shares.
    fn read_entry(&mut self, at: usize) {
        self.entry_range = self.block.entry_at(at).map(|entry| {
            self.key.truncate(entry.shared_len);
            self.key.extend_from_slice(entry.suffix);
            self.postings_ref = entry.postings_ref;
            (at, entry.next_offset)
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::host::tuning::IndexTuning;
    use crate::index::segment::block_builder::BlockBuilder;
    use crate::index::segment::posting::Posting;

    fn block(keys: &BTreeMap<Vec<u8>, i64>) -> Option<Arc<LeafBlock>> {
        let tuning = IndexTuning { block_size: usize::MAX, ..IndexTuning::SMALL };
        let mut builder = BlockBuilder::new(tuning);
        for (key, contact) in keys {
            assert!(builder.add(key, Posting::live(*contact)).unwrap().is_none());
        }
        let built = builder.finish().unwrap()?;
        Some(Arc::new(LeafBlock::decode(built.body, &built.row, tuning).unwrap()))
    }

    fn current(cursor: &BlockCursor) -> Option<(Vec<u8>, i64)> {
        cursor.entry().map(|(key, postings_ref)| (key.to_vec(), i64::try_from(postings_ref >> 2).unwrap()))
    }

    proptest! {
        #[test]
        fn moves_like_a_btree_iterator(
            keys in prop::collection::btree_map(prop::collection::vec(0_u8..4, 1..6), 1_i64..1000, 1..60),
            from in prop::collection::vec(0_u8..4, 0..6),
            more in prop::collection::vec(0_u8..4, 0..4),
        ) {
            let block = block(&keys).unwrap();
            let mut cursor = BlockCursor::at_or_after(block.clone(), &from);
            for (key, contact) in keys.range(from.clone()..) {
                prop_assert_eq!(current(&cursor), Some((key.clone(), *contact)));
                cursor.next();
            }
            prop_assert_eq!(current(&cursor), None);
            let mut cursor = BlockCursor::at_or_after(block.clone(), &from);
            for length in 1..=more.len() {
                let further = [&from[..], &more[..length]].concat();
                cursor.seek(&further);
                let beyond = keys.range(further..).next().map(|(key, contact)| (key.clone(), *contact));
                prop_assert_eq!(current(&cursor), beyond);
            }
            let last = keys.range(..=from.clone()).next_back().map(|(key, contact)| (key.clone(), *contact));
            prop_assert_eq!(current(&BlockCursor::at_or_before(block.clone(), &from)), last);
            let mut cursor = BlockCursor::before(block.clone(), &from);
            for (key, contact) in keys.range(..from).rev() {
                prop_assert_eq!(current(&cursor), Some((key.clone(), *contact)));
                cursor.previous();
            }
            prop_assert_eq!(current(&cursor), None);
            let mut cursor = BlockCursor::at_last(block);
            for (key, contact) in keys.iter().rev() {
                prop_assert_eq!(current(&cursor), Some((key.clone(), *contact)));
                cursor.previous();
            }
        }
    }
}
