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
mod key;
mod match_kind;
mod plan;
pub(crate) mod read;
mod segment;
#[cfg(test)]
mod tests;
pub(crate) mod write;

pub(crate) use crate::index::analyzer::{Texts, company_text};
pub use crate::index::match_kind::{Class, Highlight, Match};
pub(crate) use crate::index::read::candidate_filter::{Extent, Fit, collect, members, near};
pub(crate) use crate::index::read::candidate_stream::{Among, Candidate, Index, Reach, Stream};
pub(crate) use crate::index::read::lazy_doc_set::{PAGE, WordSet};
pub(crate) use crate::index::read::merge_iterator::Direction;
pub(crate) use crate::index::segment::block_cache::PartCache;
pub(crate) use crate::index::segment::memtable::View;
pub(crate) use crate::index::segment::memtable_log::{Keys, record};
pub(crate) use crate::index::write::compaction::{Due, flush, step};
pub(crate) use crate::index::write::segment_builder::{
    Bulk, all_fingerprints, fingerprints, retire, unkeyed,
};
pub(crate) use key::{Shelf, WORDS};
pub use plan::Within;
pub(crate) use plan::{NEVER, Query, Stage};

/// Keys in the delta at which they become a segment: few enough to be read at once when a book is opened.
/// In unit tests this and the other sizes of the index are such that a dozen contacts go through all that a million do.
pub(crate) const FLUSH_AT: i64 = if cfg!(test) { 120 } else { 8_192 };

/// Keys after which a piece of a merge is done, if one is due: a fifteenth of what such a piece holds, since a key is rewritten some
/// six times on its way to the oldest segment.
pub(crate) const STEP_EVERY: i64 = if cfg!(test) { 3 } else { 1_024 };
