//! A block: one sorted piece of a segment, about 4 kB, in the file and in memory.
//!
//! The body is little-endian: magic `CXP4` (4 bytes), length of the entries (4), of the restart table (4), of the postings (4),
//! then these three sections, then the checksum (4, see [`checksum`](super::checksum)).
//!
//! An entry is a key and its postings reference. The key is scope ‖ term field ‖ term, and only its difference from the previous key
//! is stored. The numbers of an entry are LEB128: length of the shared prefix, length of the suffix, the suffix itself, the
//! postings reference ([`posting_list`](super::posting_list) documents it).
//!
//! Every sixteenth entry is a restart point: its shared prefix is that of the first key of the block, so that a reader
//! needs no entry before it. The restart table holds the offset of each restart point, four bytes each.

use std::cmp::Ordering;
use std::ops::Range;

use crate::host::tuning::IndexTuning;
use crate::index::segment::varint::try_read_varint;

pub(super) const MAGIC: [u8; 4] = *b"CXP4";
const HEADER_LEN: usize = 16;

/// A block in memory, verified.
pub(crate) struct LeafBlock {
    body: Vec<u8>,
    entries: Range<usize>,
    restarts: Range<usize>,
    postings: Range<usize>,
    posting_chunk_len: usize,
}

impl std::fmt::Debug for LeafBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeafBlock").field("bytes", &self.byte_len()).finish_non_exhaustive()
    }
}

/// An entry as it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockEntry<'b> {
    /// Length of the prefix shared with the previous key; at a restart point, with the first key of the block.
    pub(crate) shared_len: usize,
    /// The rest of the key.
    pub(crate) suffix: &'b [u8],
    pub(crate) postings_ref: u64,
    /// Offset of the next entry.
    pub(crate) next_offset: usize,
}

impl LeafBlock {
    /// Finds the sections of a body without its checksum; `None` if it is not that of a block. `tuning` is that of the writer.
    pub(crate) fn decode(body: Vec<u8>, tuning: IndexTuning) -> Option<Self> {
        if !body.starts_with(&MAGIC) {
            return None;
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
            (Some(entries), Some(restarts), Some(postings)) if at == body.len() => {
                Some(Self { body, entries, restarts, postings, posting_chunk_len: tuning.posting_chunk_len })
            }
            _ => None,
        }
    }

    /// Bytes of the body.
    pub(crate) fn byte_len(&self) -> usize {
        self.body.len()
    }

    /// The postings section.
    pub(crate) fn postings(&self) -> &[u8] {
        self.body.get(self.postings.clone()).unwrap_or_default()
    }

    /// [`IndexTuning::posting_chunk_len`] of the writer.
    pub(super) fn posting_chunk_len(&self) -> usize {
        self.posting_chunk_len
    }

    /// The entry at an offset; `None` behind the last one.
    pub(crate) fn entry_at(&self, at: usize) -> Option<BlockEntry<'_>> {
        let entries = self.body.get(self.entries.clone())?;
        let mut rest = entries.get(at..)?;
        let (shared_len, length) = (try_read_varint(&mut rest)?, try_read_varint(&mut rest)?);
        let (suffix, mut rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        let postings_ref = try_read_varint(&mut rest)?;
        let next_offset = entries.len().saturating_sub(rest.len());
        Some(BlockEntry { shared_len: usize::try_from(shared_len).ok()?, suffix, postings_ref, next_offset })
    }

    /// Number of restart points.
    pub(crate) fn restart_count(&self) -> usize {
        self.restarts.len() / 4
    }

    /// Offset of a restart point; `None` behind the last one.
    pub(crate) fn restart_offset(&self, number: usize) -> Option<usize> {
        let table = self.body.get(self.restarts.clone())?;
        let at = number.checked_mul(4)?;
        let bytes = table.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    }

    /// The first `length` bytes of the first key of the block.
    pub(crate) fn first_key_prefix(&self, length: usize) -> &[u8] {
        self.entry_at(0).and_then(|first| first.suffix.get(..length)).unwrap_or_default()
    }

    /// The last restart point at or below a key; the first one if there is none.
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

    /// Compares the key of a restart point with `key`; greater if there is no such restart point.
    pub(crate) fn compare_restart_key(&self, restart: usize, key: &[u8]) -> Ordering {
        let Some(entry) = self.restart_offset(restart).and_then(|at| self.entry_at(at)) else {
            return Ordering::Greater;
        };
        let (start, rest) = key.split_at_checked(entry.shared_len).unwrap_or((key, &[]));
        self.first_key_prefix(entry.shared_len).cmp(start).then_with(|| entry.suffix.cmp(rest))
    }
}
