//! The contacts under one key of a part.
//!
//! A key's number holds a lone contact whole: contact, one bit of [`Posting::hidden`] (0 or 1), and a zero bit.
//! With a one bit it is the offset of a list: the count, then the contacts in rising order, each as its distance from the
//! one before it and two bits: 0 and 1 are `hidden` itself, 2 says that `hidden` follows in a byte, 3 is a tombstone. More
//! than [`BLOCK`] contacts are cut into blocks, with a directory in front: of each, the distance of its first contact from
//! that of the block before, and its length in bytes. All numbers are LEB128.

use std::sync::Arc;

use crate::index::read::merge_iterator::Direction;
use crate::index::segment::block::Part;

/// Contacts in one block of a list: a look-up within a list reads the directory and one of them.
const BLOCK: usize = if cfg!(test) { 3 } else { 128 };

/// A contact under a key, or the mark that it is there no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) contact: i64,
    pub(crate) live: bool,
    /// The contact has a better key that starts with the first so many bytes of this one, less one; 0 if it has no better
    /// key. A query that is shorter finds it there, and this posting need not be looked at.
    pub(crate) hidden: u8,
}

impl Posting {
    #[cfg(test)]
    pub(crate) fn live(contact: i64) -> Self {
        Self { contact, live: true, hidden: 0 }
    }
}

/// The number of a key: the lone contact, or the place of the list that is appended to `out`. The list is not empty.
pub(crate) fn write(list: &[Posting], out: &mut Vec<u8>) -> u64 {
    if let [Posting { contact, live: true, hidden: hidden @ (0 | 1) }] = list {
        return (number(*contact) << 1 | u64::from(*hidden)) << 1;
    }
    let at = u64::try_from(out.len()).unwrap_or_default();
    write_number(u64::try_from(list.len()).unwrap_or_default(), out);
    if list.len() <= BLOCK {
        write_block(list, 0, out);
    } else {
        let mut blocks = Vec::new();
        let mut before = 0;
        for block in list.chunks(BLOCK) {
            let first = block.first().map_or(0, |posting| posting.contact);
            let start = blocks.len();
            write_block(block, first, &mut blocks);
            write_number(number(first.saturating_sub(before)), out);
            write_number(u64::try_from(blocks.len().saturating_sub(start)).unwrap_or_default(), out);
            before = first;
        }
        out.append(&mut blocks);
    }
    at << 1 | 1
}

fn write_block(block: &[Posting], mut before: i64, out: &mut Vec<u8>) {
    for posting in block {
        let step = number(posting.contact.saturating_sub(before)) << 2;
        match posting {
            Posting { live: false, .. } => write_number(step | 3, out),
            Posting { hidden: hidden @ (0 | 1), .. } => write_number(step | u64::from(*hidden), out),
            Posting { hidden, .. } => {
                write_number(step | 2, out);
                out.push(*hidden);
            }
        }
        before = posting.contact;
    }
}

/// Calls `each` with every contact under a key, in rising order.
pub(crate) fn each(part: &Part, value: u64, mut each: impl FnMut(Posting)) {
    if value & 1 == 0 {
        return each(lone(value)); // as most are: nothing is allocated, nor for a list of one block
    }
    match only_block(part, value) {
        Ok(block) => block.read(part, each),
        Err(_) => blocks(part, value).into_iter().for_each(|block| block.read(part, &mut each)),
    }
}

fn lone(value: u64) -> Posting {
    let contact = i64::try_from(value >> 2).unwrap_or_default();
    Posting { contact, live: true, hidden: u8::try_from(value >> 1 & 1).unwrap_or_default() }
}

fn list(part: &Part, value: u64) -> &[u8] {
    usize::try_from(value >> 1).ok().and_then(|at| part.postings().get(at..)).unwrap_or_default()
}

/// A piece of a list.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// What the first distance counts from.
    base: i64,
    /// No contact of the block is below this.
    first: i64,
    start: usize,
    contacts: usize,
}

impl Block {
    fn read(self, part: &Part, mut each: impl FnMut(Posting)) {
        let mut rest = part.postings().get(self.start..).unwrap_or_default();
        let mut contact = self.base;
        for _ in 0..self.contacts {
            let step = read_number(&mut rest);
            contact = contact.saturating_add((step >> 2).cast_signed());
            let hidden = match step & 3 {
                2 => read_byte(&mut rest),
                1 => 1,
                _ => 0,
            };
            each(Posting { contact, live: step & 3 != 3, hidden });
        }
    }
}

/// The block of a list that has one; else how many contacts it has, and its directory with all that follows.
fn only_block(part: &Part, value: u64) -> Result<Block, (usize, &[u8])> {
    let mut rest = list(part, value);
    let contacts = usize::try_from(read_number(&mut rest)).unwrap_or_default();
    if contacts > BLOCK {
        return Err((contacts, rest));
    }
    Ok(Block { base: 0, first: 0, start: offset(part, rest), contacts })
}

/// Where a rest of the lists begins.
fn offset(part: &Part, rest: &[u8]) -> usize {
    part.postings().len().saturating_sub(rest.len())
}

fn blocks(part: &Part, value: u64) -> Vec<Block> {
    let (contacts, mut rest) = match only_block(part, value) {
        Ok(block) => return vec![block],
        Err(several) => several,
    };
    let mut blocks = Vec::new();
    let (mut first, mut start, mut left) = (0_i64, 0_usize, contacts);
    while left > 0 && !rest.is_empty() {
        first = first.saturating_add(i64::try_from(read_number(&mut rest)).unwrap_or_default());
        let length = usize::try_from(read_number(&mut rest)).unwrap_or_default();
        blocks.push(Block { base: first, first, start, contacts: left.min(BLOCK) });
        start = start.saturating_add(length);
        left = left.saturating_sub(BLOCK);
    }
    let blocks_at = offset(part, rest);
    for block in &mut blocks {
        block.start = block.start.saturating_add(blocks_at);
    }
    blocks
}

/// A place in the list of a key, going one way.
#[derive(Debug)]
pub(crate) struct Postings {
    part: Arc<Part>,
    /// The blocks not yet read, the next one last.
    blocks: Vec<Block>,
    /// The contact at hand.
    here: Option<Posting>,
    /// What is left of the block at hand behind it, the next one last.
    held: Vec<Posting>,
    direction: Direction,
}

impl Postings {
    /// The contacts under a key, beyond one of them if it is given.
    pub(crate) fn open(part: &Arc<Part>, value: u64, direction: Direction, beyond: Option<i64>) -> Self {
        let part = Arc::clone(part);
        let mut postings = Self { part, blocks: Vec::new(), here: None, held: Vec::new(), direction };
        if value & 1 == 0 {
            postings.here = Some(lone(value)); // as most are: nothing is allocated
        } else {
            postings.blocks = blocks(&postings.part, value);
            if let Some(beyond) = beyond {
                // The block that holds `beyond` is the last that starts at or below it.
                let holding =
                    postings.blocks.partition_point(|block| block.first <= beyond).saturating_sub(1);
                match direction {
                    Direction::Forward => drop(postings.blocks.drain(..holding)),
                    Direction::Backward => postings.blocks.truncate(holding.saturating_add(1)),
                }
            }
            if direction == Direction::Forward {
                postings.blocks.reverse();
            }
            postings.advance();
        }
        let is_passed = |here: Posting| {
            beyond.is_some_and(|beyond| match direction {
                Direction::Forward => here.contact <= beyond,
                Direction::Backward => here.contact >= beyond,
            })
        };
        while postings.here.is_some_and(is_passed) {
            postings.advance();
        }
        postings
    }

    /// The contact at hand; `None` past the last one.
    pub(crate) fn here(&self) -> Option<Posting> {
        self.here
    }

    /// Moves on.
    pub(crate) fn advance(&mut self) {
        if self.held.is_empty()
            && let Some(block) = self.blocks.pop()
        {
            let held = &mut self.held;
            block.read(&self.part, |posting| held.push(posting));
            if self.direction == Direction::Forward {
                self.held.reverse();
            }
        }
        self.here = self.held.pop();
    }
}

fn number(contact: i64) -> u64 {
    u64::try_from(contact).unwrap_or_default()
}

pub(crate) fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7F).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or_default());
}

#[inline]
fn read_number(bytes: &mut &[u8]) -> u64 {
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
        _ => read_long(bytes),
    }
}

fn read_long(bytes: &mut &[u8]) -> u64 {
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
    use crate::index::read::block_cursor::PartCursor;
    use crate::index::segment::block::PartBuilder;

    fn part(list: &[Posting]) -> (Arc<Part>, u64) {
        let mut builder = PartBuilder::with_parts_of(usize::MAX);
        for posting in list {
            assert!(builder.add(b"key", *posting).unwrap().is_none());
        }
        let built = builder.finish().unwrap().unwrap();
        let part = Arc::new(Part::read(built.body, &built.row).unwrap());
        let value = PartCursor::at_or_after(part.clone(), b"key").entry().unwrap().1;
        (part, value)
    }

    fn walk(mut postings: Postings) -> Vec<Posting> {
        let mut all = Vec::new();
        while let Some(posting) = postings.here() {
            all.push(posting);
            postings.advance();
        }
        all
    }

    proptest! {
        #[test]
        fn lists_are_read_as_written_both_ways_and_from_anywhere(
            entries in prop::collection::btree_map(1_i64..1_000_000, prop_oneof![
                Just((true, 0_u8)), Just((true, 1)), Just((true, 200)), Just((false, 0))], 1..20),
            beyond in prop_oneof![0_i64..1_000_001, Just(0)],
        ) {
            let list: Vec<Posting> =
                entries.iter().map(|(contact, (live, hidden))| Posting { contact: *contact, live: *live, hidden: *hidden }).collect();
            let (part, value) = part(&list);
            let mut read = Vec::new();
            each(&part, value, |posting| read.push(posting));
            prop_assert_eq!(&read, &list);
            let mut back = list.clone();
            back.reverse();
            prop_assert_eq!(&walk(Postings::open(&part, value, Direction::Forward, None)), &list);
            prop_assert_eq!(&walk(Postings::open(&part, value, Direction::Backward, None)), &back);
            // From one of the list itself as often as from between two.
            for beyond in [beyond, list[list.len() / 2].contact] {
                let above: Vec<_> = list.iter().copied().filter(|p| p.contact > beyond).collect();
                let below: Vec<_> = back.iter().copied().filter(|p| p.contact < beyond).collect();
                prop_assert_eq!(walk(Postings::open(&part, value, Direction::Forward, Some(beyond))), above);
                prop_assert_eq!(walk(Postings::open(&part, value, Direction::Backward, Some(beyond))), below);
            }
        }
    }
}
