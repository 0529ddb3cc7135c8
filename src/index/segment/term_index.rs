//! The term index of a segment: which block may hold a key.
//!
//! The separator of a block is the shortest start of its first key that is above the last key of the block before; that of the first
//! block is empty. The separators of [`IndexTuning::blocks_per_term_index_piece`] blocks make a piece, a
//! [`SeparatorMap`] from separators to block numbers. The root is a map from the separators of pieces to their numbers. If there is
//! only one piece, it is the root.
//!
//! The root is a column of the segment: `CXT1` (4 bytes), 1 if there are pieces or else 0 (1), the number of blocks (4, little-endian),
//! the bytes of the map, the checksum (4). A piece is a row: the bytes of the map, the checksum (4).
//!
//! [`IndexTuning::blocks_per_term_index_piece`]: crate::host::tuning::IndexTuning::blocks_per_term_index_piece

use crate::db::index_store::{self, SegmentHeader};
use crate::db::{Read, Write, segment_parts};
use crate::error::Result;
use crate::index::segment::checksum::{PartLabel, PartLabelKind};
use crate::index::segment::separator_map::SeparatorMap;
use crate::index::segment::varint::{try_read_varint, write_varint};

const MAGIC: &[u8; 4] = b"CXT1";

/// The root of a term index.
#[derive(Debug)]
pub(crate) enum TermIndexRoot {
    /// The separators of the blocks.
    Blocks(SeparatorMap),
    /// The separators of the pieces, without the first one. They are few, and every look-up begins with them: in an array they take a
    /// third of the instructions.
    Pieces(Vec<Vec<u8>>),
}

fn label(segment: &SegmentHeader, kind: PartLabelKind, number: u32) -> PartLabel {
    PartLabel { nonce: segment.nonce, kind, number }
}

impl TermIndexRoot {
    /// Decodes the root of a segment.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if it is not what was written, or has another number of blocks than the segment.
    pub(crate) fn decode(segment: &SegmentHeader, stored: Option<Vec<u8>>) -> Result<Self> {
        let label = label(segment, PartLabelKind::TermIndexRoot, 0);
        let body = label.strip_checksum(stored.unwrap_or_default())?;
        let header = body.strip_prefix(MAGIC).and_then(<[u8]>::split_first_chunk::<5>);
        let Some(([height, counts @ ..], rest)) = header else { return Err(label.damaged()) };
        let (has_pieces, block_count) = (*height == 1, u32::from_le_bytes(*counts));
        match SeparatorMap::decode(rest) {
            Some(map) if block_count == segment.block_count && has_pieces => {
                map.separators().map(Self::Pieces).ok_or_else(|| label.damaged())
            }
            Some(map) if block_count == segment.block_count => Ok(Self::Blocks(map)),
            _ => Err(label.damaged()),
        }
    }

    fn encode(segment: &SegmentHeader, has_pieces: bool, separators: &[Vec<u8>]) -> Result<Vec<u8>> {
        let mut body = MAGIC.to_vec();
        body.push(u8::from(has_pieces));
        body.extend_from_slice(&segment.block_count.to_le_bytes());
        body.extend_from_slice(&SeparatorMap::encode(separators, 0)?);
        label(segment, PartLabelKind::TermIndexRoot, 0).append_checksum(&mut body);
        Ok(body)
    }
}

/// Collects the separators of a segment's blocks, and writes pieces when they are full.
#[derive(Debug)]
pub(crate) struct TermIndexWriter {
    blocks_per_piece: usize,
    /// Pieces written so far.
    piece_count: u32,
    /// Separators of the blocks after the last piece.
    pending: Vec<Vec<u8>>,
    /// The last key of the last block.
    last_key: Vec<u8>,
}

impl TermIndexWriter {
    pub(crate) fn new(blocks_per_piece: usize) -> Self {
        Self { blocks_per_piece, piece_count: 0, pending: Vec::new(), last_key: Vec::new() }
    }

    /// Continues the term index of a segment that a merge is writing. `last_key` is the last key of its last block.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the pending separators are not what was written.
    pub(crate) fn resume(db: &Read<'_>, segment: &SegmentHeader, last_key: Vec<u8>) -> Result<Self> {
        let mut writer = Self::new(db.tuning().index.blocks_per_term_index_piece);
        let label = label(segment, PartLabelKind::PendingSeparators, segment.block_count);
        let stored = index_store::pending_separators(db, segment.id)?;
        let stored = label.strip_checksum(stored.unwrap_or_default())?;
        writer.pending = decode_keys(&stored).ok_or_else(|| label.damaged())?;
        let blocks = usize::try_from(segment.block_count).unwrap_or_default();
        let in_pieces = blocks.checked_sub(writer.pending.len()).ok_or_else(|| label.damaged())?;
        writer.piece_count = in_pieces
            .checked_div(writer.blocks_per_piece)
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or_default();
        writer.last_key = last_key;
        Ok(writer)
    }

    /// Adds the keys of the next block. `segment.block_count` does not count it yet.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn add(
        &mut self,
        db: &Write<'_>,
        segment: &SegmentHeader,
        first_key: &[u8],
        last_key: Vec<u8>,
    ) -> Result<()> {
        if self.pending.len() >= self.blocks_per_piece {
            self.write_piece(db, segment)?;
        }
        self.pending.push(separator(&self.last_key, first_key));
        self.last_key = last_key;
        Ok(())
    }

    /// Stores the pending separators, so that [`resume`](Self::resume) can continue.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn pause(&self, db: &Write<'_>, segment: &SegmentHeader) -> Result<()> {
        let mut body = encode_keys(&self.pending);
        label(segment, PartLabelKind::PendingSeparators, segment.block_count).append_checksum(&mut body);
        Ok(index_store::set_pending_separators(db, segment.id, &body)?)
    }

    /// Writes the last piece, and returns the root.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn finish(mut self, db: &Write<'_>, segment: &SegmentHeader) -> Result<Vec<u8>> {
        if self.piece_count == 0 {
            return TermIndexRoot::encode(segment, false, &self.pending);
        }
        self.write_piece(db, segment)?;
        TermIndexRoot::encode(segment, true, &segment_parts::separators(db, segment.id)?)
    }

    fn write_piece(&mut self, db: &Write<'_>, segment: &SegmentHeader) -> Result<()> {
        let Some(first) = self.pending.first() else { return Ok(()) };
        let blocks_before =
            usize::try_from(self.piece_count).unwrap_or_default().saturating_mul(self.blocks_per_piece);
        let first_block = u32::try_from(blocks_before).unwrap_or(u32::MAX);
        let mut body = SeparatorMap::encode(&self.pending, first_block)?;
        label(segment, PartLabelKind::TermIndexPiece, self.piece_count).append_checksum(&mut body);
        segment_parts::insert_term_index_piece(db, segment.id, self.piece_count, first, &body)?;
        self.piece_count = self.piece_count.saturating_add(1);
        self.pending.clear();
        Ok(())
    }
}

/// The shortest start of `key` that is above `before`, a smaller key.
fn separator(before: &[u8], key: &[u8]) -> Vec<u8> {
    if before.is_empty() {
        return Vec::new(); // of the first block: no key is below it
    }
    let shared = before.iter().zip(key).take_while(|(one, other)| one == other).count();
    key.get(..=shared).unwrap_or(key).to_vec()
}

/// Sorted keys as bytes: for each the length that it shares with the one before, the length of the rest, and the rest.
fn encode_keys(keys: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut before: &[u8] = &[];
    for key in keys {
        let shared = before.iter().zip(key).take_while(|(one, other)| one == other).count();
        let rest = key.get(shared..).unwrap_or_default();
        for length in [shared, rest.len()] {
            write_varint(u64::try_from(length).unwrap_or(u64::MAX), &mut bytes);
        }
        bytes.extend_from_slice(rest);
        before = key;
    }
    bytes
}

/// The keys of [`encode_keys`]; `None` if the bytes are not what it writes.
fn decode_keys(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut keys: Vec<Vec<u8>> = Vec::new();
    while !bytes.is_empty() {
        let shared = usize::try_from(try_read_varint(&mut bytes)?).ok()?;
        let length = usize::try_from(try_read_varint(&mut bytes)?).ok()?;
        let (rest, after) = bytes.split_at_checked(length)?;
        let before = keys.last().map_or(&[][..], Vec::as_slice);
        keys.push([before.get(..shared)?, rest].concat());
        bytes = after;
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separator_is_the_shortest_start_above_the_key_before() {
        for (before, key, expected) in [
            ("", "anna", ""),
            ("anna", "annb", "annb"),
            ("anna", "berta", "b"),
            ("anna", "annab", "annab"),
            ("an", "anna", "ann"),
        ] {
            assert_eq!(separator(before.as_bytes(), key.as_bytes()), expected.as_bytes(), "{before} {key}");
        }
    }

    #[test]
    fn pending_keys_round_trip() {
        let keys: Vec<Vec<u8>> = ["", "a", "ab", "abc", "b"].map(|key| key.as_bytes().to_vec()).to_vec();
        let bytes = encode_keys(&keys);
        assert_eq!(decode_keys(&bytes).unwrap(), keys);
        for length in 0..bytes.len() {
            assert_ne!(decode_keys(&bytes[..length]).as_ref(), Some(&keys), "cut at {length}");
        }
    }
}
