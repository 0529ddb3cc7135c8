//! Walking the keys of a part in order, both ways.

use std::sync::Arc;

use crate::index::read::merge_iterator::Direction;
use crate::index::segment::block::LeafBlock;

/// A place in one part: at a key, or past one of its ends.
#[derive(Debug)]
pub(crate) struct BlockCursor {
    block: Arc<LeafBlock>,
    /// The key at hand and its number.
    key: Vec<u8>,
    postings_ref: u64,
    /// Where it is written, and where the one after it; `None` past an end.
    entry_range: Option<(usize, usize)>,
    /// The block it is in.
    restart: usize,
}

/// Room for the bytes of most keys.
const KEY_CAPACITY: usize = 64;

impl BlockCursor {
    /// At the first key that is not below `text`.
    pub(crate) fn at_or_after(part: Arc<LeafBlock>, text: &[u8]) -> Self {
        let block = part.restart_for(text);
        let mut cursor = Self::at_restart(part, block);
        while cursor.entry_range.is_some() && cursor.key.as_slice() < text {
            cursor.next();
        }
        cursor
    }

    /// At the last key that is below `text`.
    pub(crate) fn before(part: Arc<LeafBlock>, text: &[u8]) -> Self {
        let mut cursor = Self::at_or_after(part, text);
        if cursor.entry_range.is_some() {
            cursor.previous();
        } else {
            cursor = Self::at_last(cursor.block);
        }
        cursor
    }

    /// At the last key that is not above `text`.
    pub(crate) fn at_or_before(part: Arc<LeafBlock>, text: &[u8]) -> Self {
        let cursor = Self::at_or_after(Arc::clone(&part), text);
        if cursor.entry().is_some_and(|(key, _)| key == text) { cursor } else { Self::before(part, text) }
    }

    /// At the last key.
    pub(crate) fn at_last(part: Arc<LeafBlock>) -> Self {
        let last = part.restart_count().saturating_sub(1);
        let mut cursor = Self::at_restart(part, last);
        cursor.advance_until(None);
        cursor
    }

    /// At the first key of a block.
    fn at_restart(part: Arc<LeafBlock>, block: usize) -> Self {
        let mut cursor = Self {
            block: part,
            key: Vec::with_capacity(KEY_CAPACITY),
            postings_ref: 0,
            entry_range: None,
            restart: block,
        };
        cursor.read_restart();
        cursor
    }

    /// The key at hand and its number; `None` past an end.
    pub(crate) fn entry(&self) -> Option<(&[u8], u64)> {
        self.entry_range?;
        Some((&self.key, self.postings_ref))
    }

    pub(crate) fn block(&self) -> &Arc<LeafBlock> {
        &self.block
    }

    /// Moves to the neighbour.
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

    /// Goes on to the first key that is not below `text`.
    pub(crate) fn seek(&mut self, text: &[u8]) {
        if self.block.compare_restart_key(self.restart.saturating_add(1), text).is_le() {
            self.restart = self.block.restart_for(text);
            self.read_restart();
        }
        while self.entry_range.is_some() && self.key.as_slice() < text {
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

    /// Reads the first key of the block at hand.
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

    /// Goes on to the key behind which another one is written, or to the last one.
    fn advance_until(&mut self, next: Option<usize>) {
        while let Some((_, end)) = self.entry_range {
            if next == Some(end) {
                return;
            }
            if self.block.entry_at(end).is_none() {
                // Where a key is told to follow, there is one, unless the part is not what was written.
                self.entry_range = self.entry_range.filter(|_| next.is_none());
                return;
            }
            self.next();
        }
    }

    /// Reads the key that is written at an offset, given the one it is told from.
    fn read_entry(&mut self, at: usize) {
        self.entry_range = self.block.entry_at(at).map(|written| {
            self.key.truncate(written.shared_len);
            self.key.extend_from_slice(written.suffix);
            self.postings_ref = written.postings_ref;
            (at, written.next_offset)
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::index::segment::block::BlockBuilder;
    use crate::index::segment::postings::Posting;

    fn block(keys: &BTreeMap<Vec<u8>, i64>) -> Option<Arc<LeafBlock>> {
        let mut builder = BlockBuilder::with_block_size(usize::MAX);
        for (key, contact) in keys {
            assert!(builder.add(key, Posting::live(*contact)).unwrap().is_none());
        }
        let built = builder.finish().unwrap()?;
        Some(Arc::new(LeafBlock::decode(built.body, &built.row).unwrap()))
    }

    fn current(cursor: &BlockCursor) -> Option<(Vec<u8>, i64)> {
        cursor.entry().map(|(key, value)| (key.to_vec(), i64::try_from(value >> 2).unwrap()))
    }

    proptest! {
        #[test]
        fn moves_like_a_btree_iterator(
            keys in prop::collection::btree_map(prop::collection::vec(0_u8..4, 1..6), 1_i64..1000, 1..60),
            from in prop::collection::vec(0_u8..4, 0..6),
            more in prop::collection::vec(0_u8..4, 0..4),
        ) {
            let part = block(&keys).unwrap();
            let mut cursor = BlockCursor::at_or_after(part.clone(), &from);
            for (key, contact) in keys.range(from.clone()..) {
                prop_assert_eq!(current(&cursor), Some((key.clone(), *contact)));
                cursor.next();
            }
            prop_assert_eq!(current(&cursor), None);
            let mut cursor = BlockCursor::at_or_after(part.clone(), &from);
            for length in 1..=more.len() {
                let further = [&from[..], &more[..length]].concat();
                cursor.seek(&further);
                let beyond = keys.range(further..).next().map(|(key, contact)| (key.clone(), *contact));
                prop_assert_eq!(current(&cursor), beyond);
            }
            let last = keys.range(..=from.clone()).next_back().map(|(key, contact)| (key.clone(), *contact));
            prop_assert_eq!(current(&BlockCursor::at_or_before(part.clone(), &from)), last);
            let mut cursor = BlockCursor::before(part.clone(), &from);
            for (key, contact) in keys.range(..from).rev() {
                prop_assert_eq!(current(&cursor), Some((key.clone(), *contact)));
                cursor.previous();
            }
            prop_assert_eq!(current(&cursor), None);
            let mut cursor = BlockCursor::at_last(part);
            for (key, contact) in keys.iter().rev() {
                prop_assert_eq!(current(&cursor), Some((key.clone(), *contact)));
                cursor.previous();
            }
        }
    }
}
