//! The contacts under one key of a part.
//!
//! A key's number holds a lone contact whole: contact, one bit of [`Posting::hidden`] (0 or 1), and a zero bit.
//! With a one bit it is the offset of a list: the count, then the contacts in rising order, each as its distance from the
//! one before it and two bits: 0 and 1 are `hidden` itself, 2 says that `hidden` follows in a byte, 3 is a tombstone. More
//! than [`BLOCK`] contacts are cut into blocks, with a directory in front: of each, the distance of its first contact from
//! that of the block before, and its length in bytes. All numbers are LEB128.

use std::sync::Arc;

use crate::index::read::merge_iterator::Direction;
use crate::index::segment::block::LeafBlock;

/// Contacts in one block of a list: a look-up within a list reads the directory and one of them.
const CHUNK_LEN: usize = if cfg!(test) { 3 } else { 128 };

/// A contact under a key, or the mark that it is there no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) contact: i64,
    pub(crate) live: bool,
    /// The contact has a better key that starts with the first so many bytes of this one, less one; 0 if it has no better
    /// key. A query that is shorter finds it there, and this posting need not be looked at.
    pub(crate) dedup_prefix_len: u8,
}

impl Posting {
    #[cfg(test)]
    pub(crate) fn live(contact: i64) -> Self {
        Self { contact, live: true, dedup_prefix_len: 0 }
    }
}

/// The number of a key: the lone contact, or the place of the list that is appended to `out`. The list is not empty.
pub(crate) fn encode(list: &[Posting], out: &mut Vec<u8>) -> u64 {
    if let [Posting { contact, live: true, dedup_prefix_len: hidden @ (0 | 1) }] = list {
        return (to_unsigned(*contact) << 1 | u64::from(*hidden)) << 1;
    }
    let at = u64::try_from(out.len()).unwrap_or_default();
    write_varint(u64::try_from(list.len()).unwrap_or_default(), out);
    if list.len() <= CHUNK_LEN {
        write_chunk(list, 0, out);
    } else {
        let mut blocks = Vec::new();
        let mut before = 0;
        for block in list.chunks(CHUNK_LEN) {
            let first = block.first().map_or(0, |posting| posting.contact);
            let start = blocks.len();
            write_chunk(block, first, &mut blocks);
            write_varint(to_unsigned(first.saturating_sub(before)), out);
            write_varint(u64::try_from(blocks.len().saturating_sub(start)).unwrap_or_default(), out);
            before = first;
        }
        out.append(&mut blocks);
    }
    at << 1 | 1
}

fn write_chunk(block: &[Posting], mut before: i64, out: &mut Vec<u8>) {
    for posting in block {
        let step = to_unsigned(posting.contact.saturating_sub(before)) << 2;
        match posting {
            Posting { live: false, .. } => write_varint(step | 3, out),
            Posting { dedup_prefix_len: hidden @ (0 | 1), .. } => {
                write_varint(step | u64::from(*hidden), out)
            }
            Posting { dedup_prefix_len: hidden, .. } => {
                write_varint(step | 2, out);
                out.push(*hidden);
            }
        }
        before = posting.contact;
    }
}

/// Calls `each` with every contact under a key, in rising order.
pub(crate) fn for_each(part: &LeafBlock, value: u64, mut each: impl FnMut(Posting)) {
    if value & 1 == 0 {
        return each(inline_posting(value)); // as most are: nothing is allocated, nor for a list of one block
    }
    match single_chunk(part, value) {
        Ok(block) => block.read(part, each),
        Err(_) => chunks(part, value).into_iter().for_each(|block| block.read(part, &mut each)),
    }
}

fn inline_posting(value: u64) -> Posting {
    let contact = i64::try_from(value >> 2).unwrap_or_default();
    Posting { contact, live: true, dedup_prefix_len: u8::try_from(value >> 1 & 1).unwrap_or_default() }
}

fn list_bytes(part: &LeafBlock, value: u64) -> &[u8] {
    usize::try_from(value >> 1).ok().and_then(|at| part.postings().get(at..)).unwrap_or_default()
}

/// A piece of a list.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    /// What the first distance counts from.
    base: i64,
    /// No contact of the block is below this.
    first: i64,
    start: usize,
    posting_count: usize,
}

impl Chunk {
    fn read(self, part: &LeafBlock, mut each: impl FnMut(Posting)) {
        let mut rest = part.postings().get(self.start..).unwrap_or_default();
        let mut contact = self.base;
        for _ in 0..self.posting_count {
            let step = read_varint(&mut rest);
            contact = contact.saturating_add((step >> 2).cast_signed());
            let hidden = match step & 3 {
                2 => read_byte(&mut rest),
                1 => 1,
                _ => 0,
            };
            each(Posting { contact, live: step & 3 != 3, dedup_prefix_len: hidden });
        }
    }
}

/// The block of a list that has one; else how many contacts it has, and its directory with all that follows.
fn single_chunk(part: &LeafBlock, value: u64) -> Result<Chunk, (usize, &[u8])> {
    let mut rest = list_bytes(part, value);
    let contacts = usize::try_from(read_varint(&mut rest)).unwrap_or_default();
    if contacts > CHUNK_LEN {
        return Err((contacts, rest));
    }
    Ok(Chunk { base: 0, first: 0, start: offset(part, rest), posting_count: contacts })
}

/// Where a rest of the lists begins.
fn offset(part: &LeafBlock, rest: &[u8]) -> usize {
    part.postings().len().saturating_sub(rest.len())
}

fn chunks(part: &LeafBlock, value: u64) -> Vec<Chunk> {
    let (contacts, mut rest) = match single_chunk(part, value) {
        Ok(block) => return vec![block],
        Err(several) => several,
    };
    let mut blocks = Vec::new();
    let (mut first, mut start, mut left) = (0_i64, 0_usize, contacts);
    while left > 0 && !rest.is_empty() {
        first = first.saturating_add(i64::try_from(read_varint(&mut rest)).unwrap_or_default());
        let length = usize::try_from(read_varint(&mut rest)).unwrap_or_default();
        blocks.push(Chunk { base: first, first, start, posting_count: left.min(CHUNK_LEN) });
        start = start.saturating_add(length);
        left = left.saturating_sub(CHUNK_LEN);
    }
    let blocks_at = offset(part, rest);
    for block in &mut blocks {
        block.start = block.start.saturating_add(blocks_at);
    }
    blocks
}

/// A place in the list of a key, going one way.
#[derive(Debug)]
pub(crate) struct PostingCursor {
    block: Arc<LeafBlock>,
    /// The blocks not yet read, the next one last.
    chunks: Vec<Chunk>,
    /// The contact at hand.
    current: Option<Posting>,
    /// What is left of the block at hand behind it, the next one last.
    buffered: Vec<Posting>,
    direction: Direction,
}

impl PostingCursor {
    /// The contacts under a key, beyond one of them if it is given.
    pub(crate) fn open(part: &Arc<LeafBlock>, value: u64, direction: Direction, beyond: Option<i64>) -> Self {
        let part = Arc::clone(part);
        let mut postings =
            Self { block: part, chunks: Vec::new(), current: None, buffered: Vec::new(), direction };
        if value & 1 == 0 {
            postings.current = Some(inline_posting(value)); // as most are: nothing is allocated
        } else {
            postings.chunks = chunks(&postings.block, value);
            if let Some(beyond) = beyond {
                // The block that holds `beyond` is the last that starts at or below it.
                let holding =
                    postings.chunks.partition_point(|block| block.first <= beyond).saturating_sub(1);
                match direction {
                    Direction::Forward => drop(postings.chunks.drain(..holding)),
                    Direction::Backward => postings.chunks.truncate(holding.saturating_add(1)),
                }
            }
            if direction == Direction::Forward {
                postings.chunks.reverse();
            }
            postings.advance();
        }
        let is_passed = |here: Posting| {
            beyond.is_some_and(|beyond| match direction {
                Direction::Forward => here.contact <= beyond,
                Direction::Backward => here.contact >= beyond,
            })
        };
        while postings.current.is_some_and(is_passed) {
            postings.advance();
        }
        postings
    }

    /// The contact at hand; `None` past the last one.
    pub(crate) fn current(&self) -> Option<Posting> {
        self.current
    }

    /// Moves on.
    pub(crate) fn advance(&mut self) {
        if self.buffered.is_empty()
            && let Some(block) = self.chunks.pop()
        {
            let held = &mut self.buffered;
            block.read(&self.block, |posting| held.push(posting));
            if self.direction == Direction::Forward {
                self.buffered.reverse();
            }
        }
        self.current = self.buffered.pop();
    }
}

fn to_unsigned(contact: i64) -> u64 {
    u64::try_from(contact).unwrap_or_default()
}

pub(crate) fn write_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7F).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or_default());
}

#[inline]
fn read_varint(bytes: &mut &[u8]) -> u64 {
    match **bytes {
        // As most are.
        [byte @ 0..0x80, ref rest @ ..] => {
            *bytes = rest;
            u64::from(byte)
        }
        [low, high @ 0..0x80, ref rest @ ..] => {
            *bytes = rest;
            u64::from(low & 0x7F) | u64::from(high) << 7
        }
        _ => read_long_varint(bytes),
    }
}

fn read_long_varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0_u64;
    let mut shift = 0_u32;
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7F).checked_shl(shift).unwrap_or_default();
        if byte & 0x80 == 0 {
            break;
        }
        shift = shift.saturating_add(7);
    }
    number
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
    use crate::index::read::block_cursor::BlockCursor;
    use crate::index::segment::block::BlockBuilder;

    fn block(list: &[Posting]) -> (Arc<LeafBlock>, u64) {
        let mut builder = BlockBuilder::with_block_size(usize::MAX);
        for posting in list {
            assert!(builder.add(b"key", *posting).unwrap().is_none());
        }
        let built = builder.finish().unwrap().unwrap();
        let part = Arc::new(LeafBlock::decode(built.body, &built.row).unwrap());
        let value = BlockCursor::at_or_after(part.clone(), b"key").entry().unwrap().1;
        (part, value)
    }

    fn walk(mut postings: PostingCursor) -> Vec<Posting> {
        let mut all = Vec::new();
        while let Some(posting) = postings.current() {
            all.push(posting);
            postings.advance();
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
                entries.iter().map(|(contact, (live, hidden))| Posting { contact: *contact, live: *live, dedup_prefix_len: *hidden }).collect();
            let (part, value) = block(&list);
            let mut read = Vec::new();
            for_each(&part, value, |posting| read.push(posting));
            prop_assert_eq!(&read, &list);
            let mut back = list.clone();
            back.reverse();
            prop_assert_eq!(&walk(PostingCursor::open(&part, value, Direction::Forward, None)), &list);
            prop_assert_eq!(&walk(PostingCursor::open(&part, value, Direction::Backward, None)), &back);
            // From one of the list itself as often as from between two.
            for beyond in [beyond, list[list.len() / 2].contact] {
                let above: Vec<_> = list.iter().copied().filter(|p| p.contact > beyond).collect();
                let below: Vec<_> = back.iter().copied().filter(|p| p.contact < beyond).collect();
                prop_assert_eq!(walk(PostingCursor::open(&part, value, Direction::Forward, Some(beyond))), above);
                prop_assert_eq!(walk(PostingCursor::open(&part, value, Direction::Backward, Some(beyond))), below);
            }
        }
    }
}
