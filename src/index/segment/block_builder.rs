//! Builds blocks from sorted keys; [`block`](super::block) documents the format.

use crate::error::{Error, Result};
use crate::host::tuning::IndexTuning;
use crate::index::segment::block::MAGIC;
use crate::index::segment::posting::Posting;
use crate::index::segment::posting_writer::PostingWriter;
use crate::index::segment::varint::write_varint;

/// A block ready to be stored.
#[derive(Debug)]
pub(crate) struct BuiltBlock {
    pub(crate) first_key: Vec<u8>,
    pub(crate) last_key: Vec<u8>,
    /// Without its checksum.
    pub(crate) body: Vec<u8>,
    /// Number of postings in it, tombstones included.
    pub(crate) key_count: i64,
}

/// Builds blocks from sorted keys, and returns each block when it is full.
pub(crate) struct BlockBuilder {
    tuning: IndexTuning,
    entries: Vec<u8>,
    restarts: Vec<u8>,
    postings: PostingWriter,
    /// The key added last, with its postings. It is written when the next key comes.
    pending_key: Vec<u8>,
    pending_postings: Vec<Posting>,
    first_key: Vec<u8>,
    /// The key written last.
    last_key: Vec<u8>,
    /// Entries written since the last restart point.
    since_restart: usize,
    /// Postings in the current block.
    key_count: i64,
}

impl std::fmt::Debug for BlockBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlockBuilder").field("keys", &self.key_count).finish_non_exhaustive()
    }
}

impl BlockBuilder {
    pub(crate) fn new(tuning: IndexTuning) -> Self {
        Self {
            tuning,
            entries: Vec::new(),
            restarts: Vec::new(),
            postings: PostingWriter::new(tuning.posting_chunk_len),
            pending_key: Vec::new(),
            pending_postings: Vec::new(),
            first_key: Vec::new(),
            last_key: Vec::new(),
            since_restart: 0,
            key_count: 0,
        }
    }

    /// Adds a posting; keys must ascend, and contacts within a key. Returns a block when one is full.
    ///
    /// # Errors
    /// [`Error::Storage`] if keys are out of order.
    pub(crate) fn add(&mut self, key: &[u8], posting: Posting) -> Result<Option<BuiltBlock>> {
        if self.pending_key == key && !self.pending_postings.is_empty() {
            self.pending_postings.push(posting);
            return Ok(None);
        }
        self.flush_pending_key()?;
        let size = self.entries.len().saturating_add(self.restarts.len()).saturating_add(self.postings.len());
        let full = (size >= self.tuning.block_size).then(|| self.build_block());
        self.pending_key.clear();
        self.pending_key.extend_from_slice(key);
        self.pending_postings.push(posting);
        Ok(full)
    }

    /// The last block, unless it is empty.
    ///
    /// # Errors
    /// [`Error::Storage`] if keys are out of order.
    pub(crate) fn finish(mut self) -> Result<Option<BuiltBlock>> {
        self.flush_pending_key()?;
        Ok((!self.last_key.is_empty()).then(|| self.build_block()))
    }

    fn flush_pending_key(&mut self) -> Result<()> {
        if self.pending_postings.is_empty() {
            return Ok(());
        }
        if self.pending_key <= self.last_key {
            // A bug of the caller. It must not become a wrong index.
            return Err(Error::Storage("keys of the search index are out of order".into()));
        }
        self.key_count =
            self.key_count.saturating_add(i64::try_from(self.pending_postings.len()).unwrap_or(i64::MAX));
        let postings_ref = self.postings.write(&self.pending_postings);
        self.pending_postings.clear();
        if self.since_restart == self.tuning.restart_interval || self.first_key.is_empty() {
            self.since_restart = 0;
            self.restarts.extend_from_slice(&encode_u32(self.entries.len()));
        }
        let base = if self.since_restart == 0 { &self.first_key } else { &self.last_key };
        let shared_len = base.iter().zip(&self.pending_key).take_while(|(a, b)| a == b).count();
        let suffix = self.pending_key.get(shared_len..).unwrap_or_default();
        for number in [shared_len, suffix.len()] {
            write_varint(u64::try_from(number).unwrap_or(u64::MAX), &mut self.entries);
        }
        self.entries.extend_from_slice(suffix);
        write_varint(postings_ref, &mut self.entries);
        self.since_restart = self.since_restart.saturating_add(1);
        if self.first_key.is_empty() {
            self.first_key.clone_from(&self.pending_key);
        }
        self.last_key.clone_from(&self.pending_key);
        Ok(())
    }

    fn build_block(&mut self) -> BuiltBlock {
        let [entries, restarts] = [&mut self.entries, &mut self.restarts].map(std::mem::take);
        let sections = [entries, restarts, self.postings.take()];
        let mut body = MAGIC.to_vec();
        body.extend(sections.iter().flat_map(|section| encode_u32(section.len())));
        body.extend(sections.iter().flatten());
        BuiltBlock {
            first_key: std::mem::take(&mut self.first_key),
            last_key: std::mem::take(&mut self.last_key),
            body,
            key_count: std::mem::take(&mut self.key_count),
        }
    }
}

/// A length or an offset in a block.
fn encode_u32(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::index::segment::block::LeafBlock;
    use crate::index::segment::block_cursor::BlockCursor;
    use crate::index::segment::posting_list;

    const SMALL: IndexTuning = IndexTuning::SMALL;

    fn postings_ref(block: &Arc<LeafBlock>, key: &[u8]) -> Option<u64> {
        let cursor = BlockCursor::at_or_after(Arc::clone(block), key);
        cursor.entry().filter(|(found, _)| *found == key).map(|(_, postings_ref)| postings_ref)
    }

    fn build(entries: &[(&[u8], i64, bool)]) -> Vec<BuiltBlock> {
        let mut builder = BlockBuilder::new(SMALL);
        let mut blocks = Vec::new();
        for (key, contact, live) in entries {
            let posting = Posting { contact: *contact, live: *live, dedup_prefix_len: 0 };
            blocks.extend(builder.add(key, posting).unwrap());
        }
        blocks.extend(builder.finish().unwrap());
        blocks
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
        let [built] = built.as_slice() else { panic!("one block") };
        assert_eq!((built.first_key.as_slice(), built.last_key.as_slice()), (&b"a"[..], &b"c"[..]));
        let block = Arc::new(LeafBlock::decode(built.body.clone(), SMALL).unwrap());
        let read = |key: &[u8]| {
            let mut out = Vec::new();
            let postings_ref = postings_ref(&block, key).unwrap();
            posting_list::for_each(&block, postings_ref, |p| out.push((p.contact, p.live)));
            out
        };
        assert_eq!(read(b"a"), [(7, true)]);
        assert_eq!(read(b"b"), [(3, true), (9, false), (1 << 40, true)]);
        assert_eq!(read(b"c"), [(5, false)]);
    }

    #[test]
    fn large_input_becomes_several_blocks_and_no_key_is_split() {
        let mut keys: Vec<String> =
            (0..3_000_u64).map(|i| format!("{:016x}", i.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
        keys.sort();
        let entries: Vec<_> =
            keys.iter().flat_map(|key| [(key.as_bytes(), 1, true), (key.as_bytes(), 2, true)]).collect();
        let blocks = build(&entries);
        assert!(blocks.len() > 1);
        for pair in blocks.windows(2) {
            assert!(pair[0].last_key < pair[1].first_key);
        }
        for key in &keys {
            let holding = blocks.partition_point(|built| built.last_key < key.as_bytes().to_vec());
            let built = &blocks[holding];
            let block = Arc::new(LeafBlock::decode(built.body.clone(), SMALL).unwrap());
            assert!(postings_ref(&block, key.as_bytes()).is_some(), "{key}");
        }
    }

    #[test]
    fn keys_out_of_order_are_refused() {
        let mut builder = BlockBuilder::new(SMALL);
        builder.add(b"b", Posting::live(1)).unwrap();
        builder.add(b"a", Posting::live(1)).unwrap();
        assert!(builder.finish().is_err());
    }
}
