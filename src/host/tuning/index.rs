//! Sizes of the search index.

/// Sizes of the search index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexTuning {
    /// Bytes of entries, restart table and postings at which a block is closed. A search uses few keys of a block but reads all of it.
    pub(crate) block_size: usize,
    /// Keys from one restart point of a block to the next.
    pub(crate) restart_interval: usize,
    /// Postings in one chunk of a posting list. A lookup reads the directory of the list and one chunk. Readers need the
    /// value that the list was written with.
    pub(crate) posting_chunk_len: usize,
    /// Blocks per piece of a term index. A piece of the standard has about six kilobytes.
    pub(crate) blocks_per_term_index_piece: usize,
    /// Bytes at which a set of words is complete. A set is built in one step, and read as a whole.
    pub(crate) word_set_size: usize,
    /// Keys in the memtable at which it becomes a segment. Every connection reads the memtable log when it opens a book.
    pub(crate) memtable_flush_threshold: i64,
    /// New keys per compaction step. A step holds about fifteen times as many: a key is rewritten about six times on its way to
    /// the oldest segment.
    pub(crate) compaction_step_interval: i64,
    /// Blocks that one compaction step writes.
    pub(crate) blocks_per_merge_step: usize,
    /// Blocks of an obsolete segment that one compaction step deletes.
    pub(crate) blocks_per_delete_step: u32,
    /// Scopes in one row of the memtable log. It bounds the row of a contact with very many advisors.
    pub(crate) scopes_per_log_row: usize,
    /// New contacts in one transaction from which on their keys become a segment, past the memtable.
    pub(crate) bulk_segment_threshold: usize,
    /// Filtered contacts that one step of a candidate stream may skip. It bounds the work of a call.
    pub(crate) max_skipped_per_step: usize,
    /// Blocks that are scanned in the time in which one row is read and verified. An estimate.
    pub(crate) blocks_per_row: usize,
    /// Contacts in the postings of one block. An estimate.
    pub(crate) contacts_per_block: usize,
    /// Sets of contacts that a connection keeps in memory until the next write. Each has one bit for each contact of the book.
    pub(crate) cached_sets: usize,
    /// Postings that are scanned in the time in which one row is read and verified. An estimate.
    pub(crate) lookups_per_row_read: usize,
}

impl IndexTuning {
    /// As measured.
    pub(crate) const STANDARD: Self = Self {
        block_size: 3_800,
        restart_interval: 16,
        posting_chunk_len: 128,
        blocks_per_term_index_piece: 512,
        word_set_size: 1 << 16,
        memtable_flush_threshold: 8_192,
        compaction_step_interval: 1_024,
        blocks_per_merge_step: 64,
        blocks_per_delete_step: 1_024,
        scopes_per_log_row: 4_096,
        bulk_segment_threshold: 512,
        max_skipped_per_step: 4_096,
        blocks_per_row: 2,
        contacts_per_block: 600,
        cached_sets: 8,
        lookups_per_row_read: 1_500,
    };

    /// For tests.
    pub(crate) const SMALL: Self = Self {
        block_size: 256,
        restart_interval: 4,
        posting_chunk_len: 3,
        blocks_per_term_index_piece: 3,
        word_set_size: 96,
        memtable_flush_threshold: 120,
        compaction_step_interval: 3,
        blocks_per_merge_step: 1,
        blocks_per_delete_step: 2,
        scopes_per_log_row: 2,
        bulk_segment_threshold: 8,
        max_skipped_per_step: 3,
        blocks_per_row: 1,
        contacts_per_block: 32,
        cached_sets: 2,
        lookups_per_row_read: 2,
    };
}
