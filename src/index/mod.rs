//! The search index: an inverted index of contacts, kept as sorted segments in the database file.
//!
//! An index key is scope ‖ term field ‖ term. Under a key are postings: one contact each. New postings, and tombstones of old ones,
//! go to the memtable, whose log is the table `memtable_log`. A full memtable becomes a segment, a sorted run of blocks, and compaction
//! merges segments. Rows, memtable and segments change in one transaction, so every snapshot sees an index that fits its rows.
//!
//! # Layers
//! Each module imports only modules above it, and `db`, `text`, `host` and `model` below the index:
//!
//! | module | content |
//! | --- | --- |
//! | `index_key`, `key_range`, `match_kind` | keys, ranges of keys, the kinds of match |
//! | `analyzer` | the terms of a contact |
//! | `plan` | the stages of a query |
//! | `segment` | blocks, postings, segments, the memtable, the word dictionary |
//! | `read` | candidates of a query and their verification, sets of contacts, fuzzy search |
//! | `write` | key changes, compaction, bulk indexing |
//!
//! To change what a search finds, start in `analyzer` and `plan`; to change how it is stored, in `segment`.
//!
//! # Locking
//! An [`IndexState`] belongs to one connection. Connections share only the cache of blocks; its mutex is held for lookups, not for
//! reads of the file.
//!
//! # Compatibility
//! The file stores the version of text normalisation, and blocks have a magic number of their format. If the version differs, background
//! maintenance reindexes contact by contact. Until it is done, searches read the rows of the remaining contacts.
//!
//! # Performance
//! Each connection mirrors the memtable and reads only new rows of its log. Blocks are immutable, verified when they are read, and
//! cached up to a bound. The number of segments grows with the logarithm of the number of keys (see `write/compaction.rs`).

mod analyzer;
mod index_key;
mod key_range;
mod match_kind;
mod plan;
mod read;
mod segment;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use analyzer::{ContactTerms, company_term};
pub(crate) use index_key::{TermField, WORD_FIELDS};
pub(crate) use key_range::{Direction, PrefixRanges, TermPart};
pub use match_kind::{Highlight, Match, MatchKind};
pub(crate) use plan::{NO_DEDUP, Query, Stage};
pub use plan::{SearchFields, SearchOrder};
pub(crate) use read::{
    ASSUMED_PAGE_LEN, Candidate, CandidateFilter, CandidateStream, IndexReader, LazyDocSet, PostingScan,
    expand_fuzzy, fingerprints, for_each_fingerprint, list_members, verify_segments,
};
pub(crate) use segment::block_cache::BlockCache;
pub(crate) use segment::index_state::IndexState;
pub(crate) use write::{
    BulkIndexer, CompactionGoal, ContactKeys, flush_memtable, log_key_changes, reset_index,
    run_compaction_step, unindexed,
};
