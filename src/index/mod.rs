//! The search index: text to keys, recent keys, segments, merging, and the ordered stream of candidates.
//!
//! A key is scope ‖ shelf ‖ text, and the contact: its own place in the answer. New keys, and tombstones of old ones, are
//! appended to `search_delta`; when that passes [`FLUSH_AT`] they move into a segment, a sorted run of parts. Rows, delta and segments change in one transaction, so a snapshot always holds an
//! index that fits it.
//!
//! # Locking
//! A [`View`] belongs to one connection; only the cache of parts is shared, behind a mutex held for look-ups alone.
//!
//! # Compatibility
//! The fold's version stands in the file; parts carry a format version of their own. What does not fit is made anew from
//! the rows, contact by contact; those that have not been reached are answered from the rows.
//!
//! # Performance
//! The delta is mirrored in memory and refreshed by sequence number. Parts are immutable, verified on first touch and
//! kept up to a bound. The number of segments grows with the logarithm of the number of keys (see `merge.rs`).
//!
//! # Filesystems
//! None of its own: everything lives in the database file.

mod analyzer;
mod index_key;
mod match_kind;
mod plan;
pub(crate) mod read;
mod segment;
#[cfg(test)]
mod tests;
pub(crate) mod write;

pub(crate) use crate::index::analyzer::{ContactTerms, company_term};
pub use crate::index::match_kind::{Highlight, Match, MatchKind};
pub(crate) use crate::index::read::candidate_stream::{
    Candidate, CandidateFilter, CandidateStream, IndexReader, PrefixRanges,
};
pub(crate) use crate::index::read::contact_sets::{
    PostingScan, TermMatch, collect_contacts, expand_fuzzy, list_members,
};
pub(crate) use crate::index::read::lazy_doc_set::{ASSUMED_PAGE_LEN, LazyDocSet};
pub(crate) use crate::index::read::merge_iterator::Direction;
pub(crate) use crate::index::segment::block_cache::BlockCache;
pub(crate) use crate::index::segment::index_state::IndexState;
pub(crate) use crate::index::segment::memtable_log::{ContactKeys, log_key_changes};
pub(crate) use crate::index::write::compaction::{CompactionGoal, flush_memtable, run_compaction_step};
pub(crate) use crate::index::write::segment_builder::{
    BulkIndexer, fingerprints, for_each_fingerprint, reset_index, unindexed,
};
pub(crate) use index_key::{TermField, WORD_FIELDS};
pub use plan::SearchFields;
pub(crate) use plan::{NO_DEDUP, Query, Stage};

/// Keys in the delta at which they become a segment: few enough to be read at once when a book is opened.
/// In unit tests this and the other sizes of the index are such that a dozen contacts go through all that a million do.
pub(crate) const MEMTABLE_FLUSH_THRESHOLD: i64 = if cfg!(test) { 120 } else { 8_192 };

/// Keys after which a piece of a merge is done, if one is due: a fifteenth of what such a piece holds, since a key is rewritten some
/// six times on its way to the oldest segment.
pub(crate) const COMPACTION_STEP_INTERVAL: i64 = if cfg!(test) { 3 } else { 1_024 };
