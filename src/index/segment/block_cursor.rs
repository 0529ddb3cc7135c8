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
    /// For backward steps: the entries between the restart point and the current entry. Empty after a forward step.
    passed: Vec<PassedEntry>,
    /// Their keys.
    passed_keys: Vec<u8>,
}

/// An entry that was read on the way from a restart point to a later entry.
#[derive(Debug, Clone, Copy)]
struct PassedEntry {
    offset: usize,
    next_offset: usize,
    postings_ref: u64,
    /// Where its key starts in `passed_keys`; it ends where the next one starts.
    key_start: usize,
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
        while let Some((_, end)) = cursor.entry_range
            && cursor.block.entry_at(end).is_some()
        {
            cursor.next();
        }
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
            passed: Vec::new(),
            passed_keys: Vec::new(),
        };
        cursor.read_restart();
        cursor
    }

    /// The current key and its postings reference; `None` past an end.
    pub(crate) fn entry(&self) -> Option<(&[u8], u64)> {
        self.entry_range?;
        Some((&self.key, self.postings_ref))
    }

    /// The offset of the current entry; `None` past an end.
    pub(crate) fn offset(&self) -> Option<usize> {
        self.entry_range.map(|(offset, _)| offset)
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
        self.passed.clear();
        self.passed_keys.clear();
        let next = self.restart.saturating_add(1);
        if self.block.restart_offset(next) == Some(end) {
            self.restart = next;
            self.read_restart();
        } else {
            self.read_entry(end);
        }
    }

    /// Moves to the previous key. Entries know only the key before them, so the first step reads all entries since the restart
    /// point, and the next steps take them from memory.
    pub(crate) fn previous(&mut self) {
        let Some((start, _)) = self.entry_range else { return };
        if self.passed.is_empty() {
            if self.block.restart_offset(self.restart) == Some(start) {
                let Some(before) = self.restart.checked_sub(1) else {
                    self.entry_range = None;
                    return;
                };
                self.restart = before;
            }
            self.read_restart();
            self.pass_until(start);
        }
        self.entry_range = self.passed.pop().map(|entry| {
            self.key.clear();
            self.key.extend_from_slice(self.passed_keys.get(entry.key_start..).unwrap_or_default());
            self.passed_keys.truncate(entry.key_start);
            self.postings_ref = entry.postings_ref;
            (entry.offset, entry.next_offset)
        });
    }

    /// Reads the entries of a restart interval up to the one that ends at offset `end`, into `passed`. If no entry ends there, the
    /// block is damaged, and `passed` stays empty.
    fn pass_until(&mut self, end: usize) {
        let mut next = self.entry_range;
        while let Some((offset, next_offset)) = next {
            let key_start = self.passed_keys.len();
            self.passed_keys.extend_from_slice(&self.key);
            self.passed.push(PassedEntry { offset, next_offset, postings_ref: self.postings_ref, key_start });
            if next_offset == end {
                return;
            }
            self.read_entry(next_offset);
            next = self.entry_range;
        }
        self.passed.clear();
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
        Some(Arc::new(LeafBlock::decode(built.body, tuning).unwrap()))
    }

    fn current(cursor: &BlockCursor) -> Option<(Vec<u8>, i64)> {
        cursor.entry().map(|(key, postings_ref)| (key.to_vec(), i64::try_from(postings_ref >> 2).unwrap()))
    }

    proptest! {
        #[test]
        fn moves_like_a_btree_iterator(
            keys in prop::collection::btree_map(prop::collection::vec(0_u8..4, 1..6), 1_i64..1000, 1..60),
            from in prop::collection::vec(0_u8..4, 0..6),
        ) {
            let block = block(&keys).unwrap();
            let mut cursor = BlockCursor::at_or_after(block.clone(), &from);
            for (key, contact) in keys.range(from.clone()..) {
                prop_assert_eq!(current(&cursor), Some((key.clone(), *contact)));
                cursor.next();
            }
            prop_assert_eq!(current(&cursor), None);
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
