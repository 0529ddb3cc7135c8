//! A part: one sorted piece of a segment, some 16 kB, as it lies in the file and in memory.
//!
//! Body, little-endian: magic `CXP3` (4 bytes), length of the keys (4), of the table (4), of the postings (4), and these three.
//! A key is scope ‖ shelf ‖ text. It is written as what it has that the one before it has not: how many first bytes they share,
//! how many bytes follow, these, and the key's number, which `postings` explains; all numbers are LEB128. Every sixteenth key
//! begins a block: it is told from the first key of the part instead, so that it can be read without what stands before it, and
//! its offset stands in the table, in four bytes. The CRC-32 of the whole body stands in the part's row.

use std::cmp::Ordering;
use std::ops::Range;

use crate::db::index::index_store::BlockHandle;
use crate::error::{Error, Result};
use crate::index::segment::postings::{self, Posting, write_varint};

const MAGIC: [u8; 4] = *b"CXP3";
const HEADER_LEN: usize = 16;
/// Bytes of keys and postings at which a part is closed. A page wants a few keys of a part, and reads all of it.
const BLOCK_SIZE: usize = if cfg!(test) { 256 } else { 3800 };
/// Keys of a block.
const RESTART_INTERVAL: usize = if cfg!(test) { 4 } else { 16 };

/// A part in memory, verified.
pub(crate) struct LeafBlock {
    body: Vec<u8>,
    keys: Range<usize>,
    restarts: Range<usize>,
    postings: Range<usize>,
}

impl std::fmt::Debug for LeafBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("bytes", &self.byte_len()).finish_non_exhaustive()
    }
}

/// A key as it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockEntry<'p> {
    /// How many first bytes it shares with the key before it, or with the part's first if it begins a block.
    pub(crate) shared_len: usize,
    /// The bytes that follow.
    pub(crate) suffix: &'p [u8],
    /// Its number.
    pub(crate) postings_ref: u64,
    /// Where the next key is.
    pub(crate) next_offset: usize,
}

impl LeafBlock {
    /// Takes a body apart, having checked it against the checksum of its row.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is not what was written.
    pub(crate) fn decode(body: Vec<u8>, row: &BlockHandle) -> Result<Self> {
        let damaged = || Error::Damaged { what: "a part of the search index", source: None };
        if crc32fast::hash(&body) != row.checksum || !body.starts_with(&MAGIC) {
            return Err(damaged());
        }
        let mut at = HEADER_LEN;
        let mut section = |field: usize| {
            let bytes = body.get(field..field.checked_add(4)?)?;
            let length = usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()?;
            let section = at..at.checked_add(length)?;
            at = section.end;
            Some(section)
        };
        let sections = (section(4), section(8), section(12));
        match sections {
            (Some(keys), Some(table), Some(postings)) if at == body.len() => {
                Ok(Self { body, keys, restarts: table, postings })
            }
            _ => Err(damaged()),
        }
    }

    /// Bytes it takes in memory.
    pub(crate) fn byte_len(&self) -> usize {
        self.body.len()
    }

    pub(crate) fn postings(&self) -> &[u8] {
        self.body.get(self.postings.clone()).unwrap_or_default()
    }

    /// The key at an offset; `None` behind the last one.
    pub(crate) fn entry_at(&self, at: usize) -> Option<BlockEntry<'_>> {
        let keys = self.body.get(self.keys.clone())?;
        let mut rest = keys.get(at..)?;
        let (shared, length) = (read_varint(&mut rest)?, read_varint(&mut rest)?);
        let (own, mut rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        let value = read_varint(&mut rest)?;
        let end = keys.len().saturating_sub(rest.len());
        Some(BlockEntry {
            shared_len: usize::try_from(shared).ok()?,
            suffix: own,
            postings_ref: value,
            next_offset: end,
        })
    }

    /// How many blocks it has.
    pub(crate) fn restart_count(&self) -> usize {
        self.restarts.len() / 4
    }

    /// Where a block begins.
    pub(crate) fn restart_offset(&self, number: usize) -> Option<usize> {
        let table = self.body.get(self.restarts.clone())?;
        let at = number.checked_mul(4)?;
        let bytes = table.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    }

    /// The first bytes of the part's first key.
    pub(crate) fn first_key_prefix(&self, length: usize) -> &[u8] {
        self.entry_at(0).and_then(|first| first.suffix.get(..length)).unwrap_or_default()
    }

    /// The last block that begins at or below a key; the first one if none does.
    pub(crate) fn restart_for(&self, key: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.restart_count());
        while low < high {
            let middle = low.midpoint(high);
            if self.compare_restart_key(middle, key).is_gt() {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        low.saturating_sub(1)
    }

    /// How the first key of a block stands to another one; greater if there is no such block.
    pub(crate) fn compare_restart_key(&self, block: usize, key: &[u8]) -> Ordering {
        let Some(first) = self.restart_offset(block).and_then(|at| self.entry_at(at)) else {
            return Ordering::Greater;
        };
        let (start, rest) = key.split_at_checked(first.shared_len).unwrap_or((key, &[]));
        self.first_key_prefix(first.shared_len).cmp(start).then_with(|| first.suffix.cmp(rest))
    }
}

/// Takes a number off the front; `None` if it is cut off.
fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0_u64, 0_u32);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F).checked_shl(shift).unwrap_or_default();
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift = shift.saturating_add(7);
    }
}

/// A part ready to be stored.
#[derive(Debug)]
pub(crate) struct BuiltBlock {
    pub(crate) row: BlockHandle,
    pub(crate) body: Vec<u8>,
    /// Keys in it, tombstones included.
    pub(crate) key_count: i64,
}

/// Makes parts of keys given in order, handing each part on as it is full.
pub(crate) struct BlockBuilder {
    entries: Vec<u8>,
    restarts: Vec<u8>,
    postings: Vec<u8>,
    /// The key at hand and its contacts; written when the next one comes.
    pending_key: Vec<u8>,
    pending_postings: Vec<Posting>,
    first_key: Vec<u8>,
    last_key: Vec<u8>,
    /// Keys since the last block began.
    since_restart: usize,
    /// Keys in the part at hand, as many for each text as it has contacts.
    key_count: i64,
    /// Bytes at which a part is closed.
    max_bytes: usize,
}

impl std::fmt::Debug for BlockBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartBuilder").field("keys", &self.key_count).finish_non_exhaustive()
    }
}

impl BlockBuilder {
    pub(crate) fn new() -> Self {
        Self::with_block_size(BLOCK_SIZE)
    }

    /// A builder that closes a part at that many bytes.
    pub(crate) fn with_block_size(full: usize) -> Self {
        Self {
            max_bytes: full,
            entries: Vec::new(),
            restarts: Vec::new(),
            postings: Vec::new(),
            pending_key: Vec::new(),
            pending_postings: Vec::new(),
            first_key: Vec::new(),
            last_key: Vec::new(),
            since_restart: 0,
            key_count: 0,
        }
    }

    /// Adds a key (scope ‖ shelf ‖ text, contact); keys must come in rising order. Gives a part when one is full.
    pub(crate) fn add(&mut self, text: &[u8], posting: Posting) -> Result<Option<BuiltBlock>> {
        if self.pending_key == text && !self.pending_postings.is_empty() {
            self.pending_postings.push(posting);
            return Ok(None);
        }
        self.flush_pending_key()?;
        let size = self.entries.len().saturating_add(self.restarts.len()).saturating_add(self.postings.len());
        let full = (size >= self.max_bytes).then(|| self.build_block());
        self.pending_key.clear();
        self.pending_key.extend_from_slice(text);
        self.pending_postings.push(posting);
        Ok(full)
    }

    /// The last part, if there is anything in it.
    pub(crate) fn finish(mut self) -> Result<Option<BuiltBlock>> {
        self.flush_pending_key()?;
        Ok((!self.last_key.is_empty()).then(|| self.build_block()))
    }

    fn flush_pending_key(&mut self) -> Result<()> {
        if self.pending_postings.is_empty() {
            return Ok(());
        }
        if self.pending_key <= self.last_key {
            // A fault of ours, which must not become a wrong index.
            return Err(Error::Storage("keys of the search index are out of order".into()));
        }
        self.key_count =
            self.key_count.saturating_add(i64::try_from(self.pending_postings.len()).unwrap_or(i64::MAX));
        let value = postings::encode(&self.pending_postings, &mut self.postings);
        self.pending_postings.clear();
        if self.since_restart == RESTART_INTERVAL || self.first_key.is_empty() {
            self.since_restart = 0;
            self.restarts.extend_from_slice(&encode_u32(self.entries.len()));
        }
        let other = if self.since_restart == 0 { &self.first_key } else { &self.last_key };
        let shared = other.iter().zip(&self.pending_key).take_while(|(a, b)| a == b).count();
        let rest = self.pending_key.get(shared..).unwrap_or_default();
        for number in [shared, rest.len()] {
            write_varint(u64::try_from(number).unwrap_or(u64::MAX), &mut self.entries);
        }
        self.entries.extend_from_slice(rest);
        write_varint(value, &mut self.entries);
        self.since_restart = self.since_restart.saturating_add(1);
        if self.first_key.is_empty() {
            self.first_key.clone_from(&self.pending_key);
        }
        self.last_key.clone_from(&self.pending_key);
        Ok(())
    }

    fn build_block(&mut self) -> BuiltBlock {
        let sections = [&mut self.entries, &mut self.restarts, &mut self.postings].map(std::mem::take);
        let mut body = MAGIC.to_vec();
        body.extend(sections.iter().flat_map(|section| encode_u32(section.len())));
        body.extend(sections.iter().flatten());
        let row = BlockHandle {
            id: 0,
            first_key: std::mem::take(&mut self.first_key),
            last_key: std::mem::take(&mut self.last_key),
            checksum: crc32fast::hash(&body),
        };
        BuiltBlock { row, body, key_count: std::mem::take(&mut self.key_count) }
    }
}

/// A length or an offset in a part.
fn encode_u32(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::index::read::block_cursor::BlockCursor;

    fn value(part: &Arc<LeafBlock>, text: &[u8]) -> Option<u64> {
        let cursor = BlockCursor::at_or_after(Arc::clone(part), text);
        cursor.entry().filter(|(key, _)| *key == text).map(|(_, value)| value)
    }

    fn build(entries: &[(&[u8], i64, bool)]) -> Vec<BuiltBlock> {
        let mut builder = BlockBuilder::new();
        let mut parts = Vec::new();
        for (text, contact, live) in entries {
            let posting = Posting { contact: *contact, live: *live, dedup_prefix_len: 0 };
            parts.extend(builder.add(text, posting).unwrap());
        }
        parts.extend(builder.finish().unwrap());
        parts
    }

    #[test]
    fn block_round_trips() {
        let built = build(&[
            (b"a", 7, true),
            (b"b", 3, true),
            (b"b", 9, false),
            (b"b", 1 << 40, true),
            (b"c", 5, false),
        ]);
        let [built] = built.as_slice() else { panic!("one part") };
        assert_eq!((built.row.first_key.as_slice(), built.row.last_key.as_slice()), (&b"a"[..], &b"c"[..]));
        let part = Arc::new(LeafBlock::decode(built.body.clone(), &built.row).unwrap());
        let read = |text: &[u8]| {
            let mut out = Vec::new();
            postings::for_each(&part, value(&part, text).unwrap(), |p| out.push((p.contact, p.live)));
            out
        };
        assert_eq!(read(b"a"), [(7, true)]);
        assert_eq!(read(b"b"), [(3, true), (9, false), (1 << 40, true)]);
        assert_eq!(read(b"c"), [(5, false)]);
    }

    #[test]
    fn flipped_bits_and_truncation_are_detected() {
        let built = build(&[(b"anna", 1, true), (b"berta", 2, true), (b"berta", 3, true)]);
        let built = &built[0];
        for bit in 0..built.body.len() * 8 {
            let mut body = built.body.clone();
            body[bit / 8] ^= 1 << (bit % 8);
            assert!(LeafBlock::decode(body, &built.row).is_err(), "bit {bit}");
        }
        for length in 0..built.body.len() {
            assert!(LeafBlock::decode(built.body[..length].to_vec(), &built.row).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn large_input_becomes_several_blocks_and_no_key_is_split() {
        let texts: Vec<String> =
            (0..3_000_u64).map(|i| format!("{:016x}", i.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
        let mut texts = texts;
        texts.sort();
        let entries: Vec<_> =
            texts.iter().flat_map(|t| [(t.as_bytes(), 1, true), (t.as_bytes(), 2, true)]).collect();
        let parts = build(&entries);
        assert!(parts.len() > 1);
        for pair in parts.windows(2) {
            assert!(pair[0].row.last_key < pair[1].row.first_key);
        }
        let part = |built: &BuiltBlock| Arc::new(LeafBlock::decode(built.body.clone(), &built.row).unwrap());
        for text in &texts {
            let holding = parts.partition_point(|built| built.row.last_key < text.as_bytes().to_vec());
            assert!(value(&part(&parts[holding]), text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn keys_out_of_order_are_refused() {
        let mut builder = BlockBuilder::new();
        builder.add(b"b", Posting::live(1)).unwrap();
        builder.add(b"a", Posting::live(1)).unwrap();
        assert!(builder.finish().is_err());
    }
}
