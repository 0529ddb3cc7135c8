//! Reads the postings of a key.
//!
//! Each key of a block has a postings reference, a number. If its lowest bit is 0, it holds a lone posting: the contact, then one
//! bit of [`Posting::dedup_prefix_len`] (0 or 1), then the zero bit. If its lowest bit is 1, the rest is the offset of a list in
//! the postings section.
//!
//! A list is the number of postings, then the postings by contact, ascending. A posting is the distance from the previous contact,
//! and two low bits: 0 and 1 are `dedup_prefix_len` itself, 2 means that `dedup_prefix_len` follows in a byte, 3 is a tombstone.
//!
//! A list longer than one chunk is cut into chunks, with a directory in front of them. For each chunk the directory holds the
//! distance of its first contact from the first of the previous chunk, and the chunk's length in bytes. All numbers are LEB128.

use std::sync::Arc;

use crate::index::key_range::Direction;
use crate::index::segment::block::LeafBlock;
use crate::index::segment::posting::Posting;
use crate::index::segment::varint::read_varint;

/// Calls `each` with every posting of a key, by contact, ascending. Sets of contacts are made of some 100,000 of them.
#[inline]
pub(crate) fn for_each(block: &LeafBlock, postings_ref: u64, mut each: impl FnMut(Posting)) {
    if postings_ref & 1 == 0 {
        return each(inline_posting(postings_ref)); // most keys; neither this nor a list of one chunk allocates
    }
    match single_chunk(block, postings_ref) {
        Ok(chunk) => chunk.read(block, each),
        Err(_) => chunks(block, postings_ref).into_iter().for_each(|chunk| chunk.read(block, &mut each)),
    }
}

fn inline_posting(postings_ref: u64) -> Posting {
    let contact = i64::try_from(postings_ref >> 2).unwrap_or_default();
    let dedup_prefix_len = u8::try_from(postings_ref >> 1 & 1).unwrap_or_default();
    Posting { contact, live: true, dedup_prefix_len }
}

fn list_bytes(block: &LeafBlock, postings_ref: u64) -> &[u8] {
    usize::try_from(postings_ref >> 1).ok().and_then(|at| block.postings().get(at..)).unwrap_or_default()
}

/// A chunk of a list.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    /// The contact from which the first distance counts.
    base: i64,
    /// No contact of the chunk is below this.
    first: i64,
    /// Offset in the postings section.
    start: usize,
    posting_count: usize,
}

impl Chunk {
    #[inline]
    fn read(self, block: &LeafBlock, mut each: impl FnMut(Posting)) {
        let mut rest = block.postings().get(self.start..).unwrap_or_default();
        let mut contact = self.base;
        for _ in 0..self.posting_count {
            let step = read_varint(&mut rest);
            contact = contact.saturating_add((step >> 2).cast_signed());
            let dedup_prefix_len = match step & 3 {
                2 => read_byte(&mut rest),
                1 => 1,
                _ => 0,
            };
            each(Posting { contact, live: step & 3 != 3, dedup_prefix_len });
        }
    }
}

/// The chunk of a list that has only one; else the number of postings, and the directory with all that follows.
fn single_chunk(block: &LeafBlock, postings_ref: u64) -> Result<Chunk, (usize, &[u8])> {
    let mut rest = list_bytes(block, postings_ref);
    let posting_count = usize::try_from(read_varint(&mut rest)).unwrap_or_default();
    if posting_count > block.posting_chunk_len() {
        return Err((posting_count, rest));
    }
    Ok(Chunk { base: 0, first: 0, start: offset(block, rest), posting_count })
}

/// The offset of `rest`, a tail of the postings section.
fn offset(block: &LeafBlock, rest: &[u8]) -> usize {
    block.postings().len().saturating_sub(rest.len())
}

fn chunks(block: &LeafBlock, postings_ref: u64) -> Vec<Chunk> {
    let (posting_count, mut rest) = match single_chunk(block, postings_ref) {
        Ok(chunk) => return vec![chunk],
        Err(several) => several,
    };
    let chunk_len = block.posting_chunk_len();
    let mut chunks = Vec::new();
    let (mut first, mut start, mut left) = (0_i64, 0_usize, posting_count);
    while left > 0 && !rest.is_empty() {
        first = first.saturating_add(i64::try_from(read_varint(&mut rest)).unwrap_or_default());
        let length = usize::try_from(read_varint(&mut rest)).unwrap_or_default();
        chunks.push(Chunk { base: first, first, start, posting_count: left.min(chunk_len) });
        start = start.saturating_add(length);
        left = left.saturating_sub(chunk_len);
    }
    let directory_end = offset(block, rest);
    for chunk in &mut chunks {
        chunk.start = chunk.start.saturating_add(directory_end);
    }
    chunks
}

/// A position in the posting list of a key; it moves in one direction.
#[derive(Debug)]
pub(crate) struct PostingCursor {
    block: Arc<LeafBlock>,
    /// The chunks not yet read, the next one last.
    chunks: Vec<Chunk>,
    current: Option<Posting>,
    /// The unread postings of the current chunk, the next one last.
    buffered: Vec<Posting>,
    direction: Direction,
}

impl PostingCursor {
    /// The postings of a key, strictly beyond the contact `beyond` if it is given.
    pub(crate) fn open(
        block: &Arc<LeafBlock>,
        postings_ref: u64,
        direction: Direction,
        beyond: Option<i64>,
    ) -> Self {
        let block = Arc::clone(block);
        let mut cursor = Self { block, chunks: Vec::new(), current: None, buffered: Vec::new(), direction };
        if postings_ref & 1 == 0 {
            cursor.current = Some(inline_posting(postings_ref)); // most keys; this does not allocate
        } else {
            cursor.chunks = chunks(&cursor.block, postings_ref);
            if let Some(beyond) = beyond {
                // The chunk that holds `beyond` is the last that starts at or below it.
                let holding = cursor.chunks.partition_point(|chunk| chunk.first <= beyond).saturating_sub(1);
                match direction {
                    Direction::Forward => drop(cursor.chunks.drain(..holding)),
                    Direction::Backward => cursor.chunks.truncate(holding.saturating_add(1)),
                }
            }
            if direction == Direction::Forward {
                cursor.chunks.reverse();
            }
            cursor.advance();
        }
        let is_passed = |posting: Posting| {
            beyond.is_some_and(|beyond| match direction {
                Direction::Forward => posting.contact <= beyond,
                Direction::Backward => posting.contact >= beyond,
            })
        };
        while cursor.current.is_some_and(is_passed) {
            cursor.advance();
        }
        cursor
    }

    /// The current posting; `None` past the last one.
    pub(crate) fn current(&self) -> Option<Posting> {
        self.current
    }

    /// Moves to the next posting.
    pub(crate) fn advance(&mut self) {
        if self.buffered.is_empty()
            && let Some(chunk) = self.chunks.pop()
        {
            let buffered = &mut self.buffered;
            chunk.read(&self.block, |posting| buffered.push(posting));
            if self.direction == Direction::Forward {
                self.buffered.reverse();
            }
        }
        self.current = self.buffered.pop();
    }
}

fn read_byte(bytes: &mut &[u8]) -> u8 {
    let (byte, rest) = bytes.split_first().map_or((0, &[][..]), |(byte, rest)| (*byte, rest));
    *bytes = rest;
    byte
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::host::tuning::IndexTuning;
    use crate::index::segment::block_builder::BlockBuilder;
    use crate::index::segment::block_cursor::BlockCursor;

    fn block(postings: &[Posting]) -> (Arc<LeafBlock>, u64) {
        let tuning = IndexTuning { block_size: usize::MAX, ..IndexTuning::SMALL };
        let mut builder = BlockBuilder::new(tuning);
        for posting in postings {
            assert!(builder.add(b"key", *posting).unwrap().is_none());
        }
        let built = builder.finish().unwrap().unwrap();
        let block = Arc::new(LeafBlock::decode(built.body, tuning).unwrap());
        let postings_ref = BlockCursor::at_or_after(block.clone(), b"key").entry().unwrap().1;
        (block, postings_ref)
    }

    fn collect(mut cursor: PostingCursor) -> Vec<Posting> {
        let mut all = Vec::new();
        while let Some(posting) = cursor.current() {
            all.push(posting);
            cursor.advance();
        }
        all
    }

    proptest! {
        #[test]
        fn postings_round_trip_in_both_directions(
            entries in prop::collection::btree_map(1_i64..1_000_000, prop_oneof![
                Just((true, 0_u8)), Just((true, 1)), Just((true, 200)), Just((false, 0))], 1..20),
            beyond in prop_oneof![0_i64..1_000_001, Just(0)],
        ) {
            let list: Vec<Posting> =
                entries.iter().map(|(contact, (live, dedup))| Posting { contact: *contact, live: *live, dedup_prefix_len: *dedup }).collect();
            let (block, postings_ref) = block(&list);
            let mut read = Vec::new();
            for_each(&block, postings_ref, |posting| read.push(posting));
            prop_assert_eq!(&read, &list);
            let mut reversed = list.clone();
            reversed.reverse();
            prop_assert_eq!(&collect(PostingCursor::open(&block, postings_ref, Direction::Forward, None)), &list);
            prop_assert_eq!(&collect(PostingCursor::open(&block, postings_ref, Direction::Backward, None)), &reversed);
            // `beyond` is as often a contact of the list as one between two of them.
            for beyond in [beyond, list[list.len() / 2].contact] {
                let above: Vec<_> = list.iter().copied().filter(|p| p.contact > beyond).collect();
                let below: Vec<_> = reversed.iter().copied().filter(|p| p.contact < beyond).collect();
                prop_assert_eq!(collect(PostingCursor::open(&block, postings_ref, Direction::Forward, Some(beyond))), above);
                prop_assert_eq!(collect(PostingCursor::open(&block, postings_ref, Direction::Backward, Some(beyond))), below);
            }
        }
    }
}
