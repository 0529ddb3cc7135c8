//! Walking the keys of a part in order, both ways.

use std::sync::Arc;

use crate::index::read::merge_iterator::Direction;
use crate::index::segment::block::Part;

/// A place in one part: at a key, or past one of its ends.
#[derive(Debug)]
pub(crate) struct PartCursor {
    part: Arc<Part>,
    /// The key at hand and its number.
    key: Vec<u8>,
    value: u64,
    /// Where it is written, and where the one after it; `None` past an end.
    here: Option<(usize, usize)>,
    /// The block it is in.
    block: usize,
}

/// Room for the bytes of most keys.
const LENGTH: usize = 64;

impl PartCursor {
    /// At the first key that is not below `text`.
    pub(crate) fn at_or_after(part: Arc<Part>, text: &[u8]) -> Self {
        let block = part.block_of(text);
        let mut cursor = Self::at_block(part, block);
        while cursor.here.is_some() && cursor.key.as_slice() < text {
            cursor.next();
        }
        cursor
    }

    /// At the last key that is below `text`.
    pub(crate) fn before(part: Arc<Part>, text: &[u8]) -> Self {
        let mut cursor = Self::at_or_after(part, text);
        if cursor.here.is_some() {
            cursor.previous();
        } else {
            cursor = Self::at_last(cursor.part);
        }
        cursor
    }

    /// At the last key that is not above `text`.
    pub(crate) fn at_or_before(part: Arc<Part>, text: &[u8]) -> Self {
        let cursor = Self::at_or_after(Arc::clone(&part), text);
        if cursor.entry().is_some_and(|(key, _)| key == text) { cursor } else { Self::before(part, text) }
    }

    /// At the last key.
    pub(crate) fn at_last(part: Arc<Part>) -> Self {
        let last = part.blocks().saturating_sub(1);
        let mut cursor = Self::at_block(part, last);
        cursor.go_on_until(None);
        cursor
    }

    /// At the first key of a block.
    fn at_block(part: Arc<Part>, block: usize) -> Self {
        let mut cursor = Self { part, key: Vec::with_capacity(LENGTH), value: 0, here: None, block };
        cursor.begin();
        cursor
    }

    /// The key at hand and its number; `None` past an end.
    pub(crate) fn entry(&self) -> Option<(&[u8], u64)> {
        self.here?;
        Some((&self.key, self.value))
    }

    pub(crate) fn part(&self) -> &Arc<Part> {
        &self.part
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
        let Some((_, end)) = self.here else { return };
        let next = self.block.saturating_add(1);
        if self.part.block(next) == Some(end) {
            self.block = next;
            self.begin();
        } else {
            self.read(end);
        }
    }

    /// Goes on to the first key that is not below `text`.
    pub(crate) fn seek(&mut self, text: &[u8]) {
        if self.part.begins(self.block.saturating_add(1), text).is_le() {
            self.block = self.part.block_of(text);
            self.begin();
        }
        while self.here.is_some() && self.key.as_slice() < text {
            self.next();
        }
    }

    /// Moves to the previous key.
    pub(crate) fn previous(&mut self) {
        let Some((start, _)) = self.here else { return };
        if self.part.block(self.block) == Some(start) {
            let Some(before) = self.block.checked_sub(1) else {
                self.here = None;
                return;
            };
            self.block = before;
        }
        self.begin();
        self.go_on_until(Some(start));
    }

    /// Reads the first key of the block at hand.
    fn begin(&mut self) {
        self.key.clear();
        let at = self.part.block(self.block);
        let shared = at.and_then(|at| self.part.written(at)).map_or(0, |first| first.shared);
        self.key.extend_from_slice(self.part.start(shared));
        self.here = None;
        if let Some(at) = at {
            self.read(at);
        }
    }

    /// Goes on to the key behind which another one is written, or to the last one.
    fn go_on_until(&mut self, next: Option<usize>) {
        while let Some((_, end)) = self.here {
            if next == Some(end) {
                return;
            }
            if self.part.written(end).is_none() {
                // Where a key is told to follow, there is one, unless the part is not what was written.
                self.here = self.here.filter(|_| next.is_none());
                return;
            }
            self.next();
        }
    }

    /// Reads the key that is written at an offset, given the one it is told from.
    fn read(&mut self, at: usize) {
        self.here = self.part.written(at).map(|written| {
            self.key.truncate(written.shared);
            self.key.extend_from_slice(written.rest);
            self.value = written.value;
            (at, written.end)
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::index::segment::block::PartBuilder;
    use crate::index::segment::postings::Posting;

    fn part(keys: &BTreeMap<Vec<u8>, i64>) -> Option<Arc<Part>> {
        let mut builder = PartBuilder::with_parts_of(usize::MAX);
        for (key, contact) in keys {
            assert!(builder.add(key, Posting::live(*contact)).unwrap().is_none());
        }
        let built = builder.finish().unwrap()?;
        Some(Arc::new(Part::read(built.body, &built.row).unwrap()))
    }

    fn here(cursor: &PartCursor) -> Option<(Vec<u8>, i64)> {
        cursor.entry().map(|(key, value)| (key.to_vec(), i64::try_from(value >> 2).unwrap()))
    }

    proptest! {
        #[test]
        fn walks_like_a_btree(
            keys in prop::collection::btree_map(prop::collection::vec(0_u8..4, 1..6), 1_i64..1000, 1..60),
            from in prop::collection::vec(0_u8..4, 0..6),
            more in prop::collection::vec(0_u8..4, 0..4),
        ) {
            let part = part(&keys).unwrap();
            let mut cursor = PartCursor::at_or_after(part.clone(), &from);
            for (key, contact) in keys.range(from.clone()..) {
                prop_assert_eq!(here(&cursor), Some((key.clone(), *contact)));
                cursor.next();
            }
            prop_assert_eq!(here(&cursor), None);
            let mut cursor = PartCursor::at_or_after(part.clone(), &from);
            for length in 1..=more.len() {
                let further = [&from[..], &more[..length]].concat();
                cursor.seek(&further);
                let beyond = keys.range(further..).next().map(|(key, contact)| (key.clone(), *contact));
                prop_assert_eq!(here(&cursor), beyond);
            }
            let last = keys.range(..=from.clone()).next_back().map(|(key, contact)| (key.clone(), *contact));
            prop_assert_eq!(here(&PartCursor::at_or_before(part.clone(), &from)), last);
            let mut cursor = PartCursor::before(part.clone(), &from);
            for (key, contact) in keys.range(..from).rev() {
                prop_assert_eq!(here(&cursor), Some((key.clone(), *contact)));
                cursor.previous();
            }
            prop_assert_eq!(here(&cursor), None);
            let mut cursor = PartCursor::at_last(part);
            for (key, contact) in keys.iter().rev() {
                prop_assert_eq!(here(&cursor), Some((key.clone(), *contact)));
                cursor.previous();
            }
        }
    }
}
